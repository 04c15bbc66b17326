"""The life of one model server, as decisions: a pure generator, events in, steps out.

The shell around it looks at ports, starts and ends processes, and sends back what it saw:

    step = next(machine)               # Claim()
    step = machine.send(Free())        # Start()
    step = machine.send(Started(123))  # Look(123, after_s=0.25), and so on for good

It knows nothing of HTTP, signals or clocks: the times in it are what the shell read.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal[
    "off", "starting", "loading", "ready", "silent", "failed", "restarting", "blocked", "away"
]
"""off: not to be started · starting: the process is coming up · loading: its model is ·
silent: it runs and doesn't answer · failed: it can't load or start · restarting: it died, back-off
runs · blocked: a foreign program has its port · away: a server that isn't ours doesn't answer."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient a server is looked after. Times in seconds.

    `retries` looks may fail before a server counts as silent. A server's HTTP side answers while
    its model loads or computes, so that a silence of `hang_s` is a hang, and it is ended; coming
    up, it imports for a while before it answers, and has `start_s`. After a life of `stable_s` the
    count of crashes in a row begins anew; with as many of them as `backoff_s` has pauses, it is
    given up.
    """

    interval_s: float
    retries: int
    poll_s: float = 0.25
    hang_s: float = 15.0
    start_s: float = 180.0
    stable_s: float = 60.0
    blocked_s: float = 10.0
    backoff_s: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


# --- steps: what the shell is asked to do -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """Look who has the port; send `Free`, `Ours`, `Stale` or `Foreign`."""


@dataclass(frozen=True, slots=True)
class Start:
    """Start the process; send `Started` or `CouldNotStart`."""


@dataclass(frozen=True, slots=True)
class End:
    """End a process, whatever it takes; send None."""

    pid: int


@dataclass(frozen=True, slots=True)
class Look:
    """Ask for its health in `after_s`; send `Health` or `NoAnswer`, or at once `Ended`."""

    pid: int
    after_s: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Send None in so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing more is tried; send None when a person wants it tried again."""


@dataclass(frozen=True, slots=True)
class Tell:
    """This is how it is now; send None."""

    state: State
    pid: int | None = None
    health: dict[str, Any] = field(default_factory=dict)
    failed_looks: int = 0


@dataclass(frozen=True, slots=True)
class Mourn:
    """It ended for the `crashes`-th time in a row, by itself or since it hung; send None."""

    pid: int | None
    crashes: int
    hung: bool
    given_up: bool
    reason: str = ""


# --- events: what the shell saw ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Free:
    """Nobody has the port."""


@dataclass(frozen=True, slots=True)
class Ours:
    """A server of ours has it, and serves what is wanted."""

    pid: int


@dataclass(frozen=True, slots=True)
class Stale:
    """A server of ours has it, and serves something else."""

    pid: int


@dataclass(frozen=True, slots=True)
class Foreign:
    """A program that isn't ours has it; it was told."""


@dataclass(frozen=True, slots=True)
class Started:
    pid: int
    at_s: float


@dataclass(frozen=True, slots=True)
class CouldNotStart:
    reason: str


@dataclass(frozen=True, slots=True)
class Health:
    """It answered."""

    report: dict[str, Any]
    at_s: float


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """It was asked and said nothing, or nothing that makes sense."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The process is gone."""

    at_s: float


Step = Claim | Start | End | Look | Wait | Rest | Tell | Mourn
Event = Free | Ours | Stale | Foreign | Started | CouldNotStart | Health | NoAnswer | Ended | None
Machine = Generator[Step, Event, None]


@dataclass(frozen=True, slots=True)
class _Death:
    lived_s: float
    hung: bool


def run(rules: Rules, adopted: int | None = None) -> Machine:
    """Keep one server running, for good; `adopted` is a process that serves already."""
    crashes = 0
    while True:
        pid = adopted if adopted is not None else (yield from _claim(rules))
        adopted = None
        if isinstance(pid, CouldNotStart):
            crashes += 1
            yield Mourn(None, crashes, False, crashes >= len(rules.backoff_s), pid.reason)
        else:
            death = yield from _follow(rules, pid)
            crashes = 1 if death.lived_s > rules.stable_s else crashes + 1
            yield Mourn(pid, crashes, death.hung, crashes >= len(rules.backoff_s))
        if crashes >= len(rules.backoff_s):
            yield Rest()
            crashes = 0
        else:
            yield Wait(rules.backoff_s[crashes - 1])


def _claim(rules: Rules) -> Generator[Step, Event, int | CouldNotStart]:
    """The process that has the port and is ours, once there is one."""
    while True:
        found = yield Claim()
        if isinstance(found, Ours):
            return found.pid
        if isinstance(found, Foreign):
            yield Wait(rules.blocked_s)
            continue
        if isinstance(found, Stale):
            yield End(found.pid)
        started = yield Start()
        if isinstance(started, Started):
            yield Tell("starting", started.pid)
            return started.pid
        assert isinstance(started, CouldNotStart)
        return started


def _follow(rules: Rules, pid: int) -> Generator[Step, Event, _Death]:
    """Look at a process until it is gone, or hangs and is ended."""
    failed = 0
    answered = False
    began_s: float | None = None
    quiet_since_s = 0.0
    wait_s = 0.0
    while True:
        seen = yield Look(pid, wait_s)
        assert isinstance(seen, Health | NoAnswer | Ended)
        began_s = seen.at_s if began_s is None else began_s
        if isinstance(seen, Ended):
            return _Death(seen.at_s - began_s, hung=False)
        if isinstance(seen, Health):
            state = _state(seen.report)
            yield Tell(state, pid, seen.report)
            answered, failed = True, 0
            wait_s = rules.interval_s if state in ("ready", "failed") else rules.poll_s
            continue
        quiet_since_s = seen.at_s if failed == 0 else quiet_since_s
        failed += 1
        wait_s = rules.poll_s
        if not answered:
            yield Tell("starting", pid)
        elif failed > rules.retries:
            yield Tell("silent", pid, failed_looks=failed)
        limit_s = rules.hang_s if answered else rules.start_s
        if failed > rules.retries and seen.at_s - quiet_since_s >= limit_s:
            yield End(pid)
            return _Death(seen.at_s - began_s, hung=True)


def _state(report: dict[str, Any]) -> State:
    told = report.get("status")
    return told if told in ("ready", "failed") else "loading"
