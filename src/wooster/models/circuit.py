"""Whether a provider is worth asking: a circuit for each, opened by failures.

    closed ── failures ──▶ open ── time, or a look that succeeds ──▶ half-open
       ▲                     ▲                                         │ one request tries
       └──── it answers ─────┼───────────── it fails ──────────────────┘

Pure: transitions are functions of a circuit, what happened and the time. An open circuit is asked
last, when nobody else answers; it forbids nothing. It knows no HTTP, and no rules of what may be
sent where.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from wooster.models.model import Died, Failure, Look, Refused, Rejected

State = Literal["closed", "open", "half_open", "wrong_key"]

# A server that answers with errors is given this many chances; one that hangs or isn't there, none:
# the next request would wait for it again.
_CHANCES = 3
_FIRST_S, _LONGEST_S = 5.0, 300.0
_KEY_S = 300.0
_BUSY_S = 10.0
# Looks in a row that must succeed. A server that comes and goes must not be believed each time.
_GOOD_LOOKS = 2
_JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Circuit:
    """One provider's. `failures` and the looks are counted in a row; `openings` since it last
    answered; `until_s` is when an open one may be tried again; `reason` why it is open."""

    state: State = "closed"
    failures: int = 0
    bad_looks: int = 0
    good_looks: int = 0
    openings: int = 0
    until_s: float = 0.0
    reason: str = ""
    is_being_tried: bool = False


CLOSED = Circuit()
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Policy:
    """`title` is the server's, for the reasons. `is_watched`: the background looks at it, so that
    an open circuit waits for a look that succeeds; others are tried again after a time. `retries`
    looks may fail before it counts as down. `luck` gives numbers from 0 to 1, which spread out
    what would otherwise happen to all at the same moment.
    """

    title: str
    is_watched: bool
    retries: int
    luck: Callable[[], float]


def is_worth_asking(circuit: Circuit, now_s: float) -> bool:
    """Closed, or due for a try that nobody else makes at the moment."""
    if circuit.state == "closed":
        return True
    is_due = circuit.state == "half_open" or now_s >= circuit.until_s
    return is_due and not circuit.is_being_tried


def asked(circuit: Circuit) -> Circuit:
    """A request goes there now; where the circuit isn't closed, it is the one that tries."""
    if circuit.state == "closed":
        return circuit
    return replace(circuit, is_being_tried=True)


def left(circuit: Circuit) -> Circuit:
    """The request ended and told nothing: the listener went away."""
    return replace(circuit, is_being_tried=False)


def answered(circuit: Circuit) -> Circuit:
    """A word came, or an error that says more about the request than about the server."""
    return circuit if circuit == CLOSED else CLOSED


def failed(circuit: Circuit, failure: Failure, now_s: float, policy: Policy) -> Circuit:
    """A request ended like this."""
    match failure:
        case Rejected(fault="key"):
            return _open(circuit, "wrong_key", failure.reason, now_s + _KEY_S)
        case Rejected(fault="busy", retry_after_s=wait_s):
            pause_s = _BUSY_S if wait_s is None else wait_s
            return _open(circuit, "open", failure.reason, now_s + pause_s)
        case Rejected(fault="server", retry_after_s=float(wait_s)):
            return _open(circuit, "open", failure.reason, now_s + wait_s)
        case Rejected(fault="server") | Died(hangs=False):
            failures = circuit.failures + 1
            if circuit.state == "closed" and failures < _CHANCES:
                return replace(circuit, failures=failures)
        case Rejected():
            return answered(circuit)
        case Refused() | Died():
            pass
    pause_s = min(_FIRST_S * 2**circuit.openings, _LONGEST_S) * (1 + _JITTER * policy.luck())
    until_s = NEVER if policy.is_watched else now_s + pause_s
    return _open(circuit, "open", failure.reason, until_s)


def looked(circuit: Circuit, look: Look, now_s: float, policy: Policy) -> Circuit:
    """The background asked how the server is.

    A look never closes a circuit: only an answer does. A refused key isn't mended by a list of
    models that needs none.
    """
    if circuit.state == "wrong_key":
        return circuit
    if look == "refuses key":
        return _open(circuit, "wrong_key", f"{policy.title} refuses the key", now_s + _KEY_S)
    if look != "answers":
        bad = circuit.bad_looks + 1
        if circuit.state == "open" or bad <= policy.retries:
            return replace(circuit, bad_looks=bad, good_looks=0)
        down = replace(circuit, bad_looks=bad)
        reason = f"{policy.title} didn't answer when it was asked how it is"
        return _open(down, "open", reason, NEVER)
    good = circuit.good_looks + 1
    is_left_alone = now_s < circuit.until_s < NEVER  # as it asked for
    if circuit.state == "open" and good >= _GOOD_LOOKS and not is_left_alone:
        return replace(circuit, state="half_open", bad_looks=0, good_looks=0)
    return replace(circuit, bad_looks=0, good_looks=good)


def _open(circuit: Circuit, state: State, reason: str, until_s: float) -> Circuit:
    return replace(
        circuit,
        state=state,
        failures=0,
        good_looks=0,
        openings=min(circuit.openings + 1, 30),
        until_s=until_s,
        reason=reason,
        is_being_tried=False,
    )
