"""Where a life is made to fail, and what is counted of it: each fault at a system call, or the
power cut. A point counts where the fault came to pass.
"""

from __future__ import annotations

import json
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol

from scripts.benches.report import progress
from tests.fault.disk import (
    DATA,
    ENTER,
    MARK,
    SYNCED,
    Disk,
    Event,
    Tree,
    events,
    lay_out,
    tree_of,
)
from tests.fault.points import FAULTS, Fault, Faults, in_a_process

Judged = tuple[list[str], list[str]]
"""What was acknowledged and isn't there, and what is damaged or disagrees with itself."""

_FAR = 1 << 40
# Of a home, what is no loss whatever becomes of it.
_ANYTHING = ("home/cache/", "home/run/", "home/logs/")


@dataclass
class Count:
    """At how many points, by kind of fault, the next daemon lacked something acknowledged, or
    `verify` disagreed."""

    points: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    """Faults that were planted and didn't come to pass."""

    def add(self, subject: str, kind: str, where: object, judged: Judged) -> None:
        self.points[kind] += 1
        for counted, found in zip((self.lost, self.wrong), judged, strict=True):
            if found:
                counted[kind] += 1
                progress(f"  {subject} {kind} {where}: {'; '.join(found)}")

    def told(self) -> str:
        """A line for each kind."""
        return "\n".join(
            f"  {kind}: {points} points, {self.lost[kind]} lost, {self.wrong[kind]} wrong"
            for kind, points in sorted(self.points.items())
        )


class Under(Protocol):
    """What a life goes through."""

    def wake(self) -> None:
        """It is about to begin."""

    def begin(self) -> None:
        """So is the operation."""

    def did(self) -> None:
        """The operation has ended, well or not."""

    def end(self) -> None:
        """So has the life."""


@dataclass(frozen=True)
class Failing:
    """Its `at`-th system call of the fault's kinds is the fault's; says how many there were of each
    kind."""

    faults: Faults
    fault: Fault
    at: int
    seen: Path

    def wake(self) -> None:
        pass

    def begin(self) -> None:
        self.faults.arm(self.fault, self.at)

    def did(self) -> None:
        self.faults.disarm()
        self.seen.write_text(json.dumps(self.faults.seen()))

    def end(self) -> None:
        pass


@dataclass(frozen=True)
class Watched:
    """All that it writes is written down, and where the operation begins."""

    faults: Faults
    book: Path

    def wake(self) -> None:
        self.faults.record(self.book)

    def begin(self) -> None:
        self.faults.mark()

    def did(self) -> None:
        pass

    def end(self) -> None:
        self.faults.disarm()


@dataclass(frozen=True)
class Unharmed:
    """Nothing of here happens to it."""

    def wake(self) -> None:
        pass

    def begin(self) -> None:
        pass

    def did(self) -> None:
        pass

    def end(self) -> None:
        pass


@dataclass(frozen=True)
class Subject:
    """What is broken, as it was before: `prepared` has a `home`, and the `world` around it, where
    what was told and delivered stands. `lives` and `judges` run in processes of their own."""

    name: str
    prepared: Path
    lives: Callable[[Path, Path, Under], None]
    judges: Callable[[Path, Path], Judged]

    @property
    def now(self) -> Path:
        """Where copies of it are broken: paths are as they were when it was prepared."""
        return self.prepared.with_name("now")

    @contextmanager
    def fresh(self) -> Iterator[Path]:
        """As if nothing had happened yet."""
        shutil.copytree(self.prepared, self.now)
        try:
            yield self.now
        finally:
            shutil.rmtree(self.now)

    def live(self, under: Under) -> int:
        """The exit code of one life, in the copy."""

        def work() -> int:
            self.lives(self.now / "home", self.now / "world", under)
            return 0

        return in_a_process(work)

    def judged(self) -> Judged:
        """What the next life finds in the copy."""
        told = self.now / "judged"

        def look() -> int:
            told.write_text(json.dumps(self.judges(self.now / "home", self.now / "world")))
            return 0

        if in_a_process(look):
            return [], ["it doesn't start any more"]
        lost, wrong = json.loads(told.read_text())
        return lost, wrong


def spread(total: int, most: int) -> list[int]:
    """At most so many of 1 to `total`, evenly, the last one with them."""
    if total <= most:
        return list(range(1, total + 1))
    return sorted({round(total - n * (total - 1) / max(1, most - 1)) for n in range(most)})


# --- system calls that fail -------------------------------------------------------------------


def each_call(subject: Subject, most: int, count: Count) -> None:
    """Every fault at every call, or at `most` of them."""
    with subject.fresh():
        _, calls = _lived(subject, FAULTS[0], _FAR)  # which is of all kinds
    for fault in FAULTS:
        for at in spread(_of(fault, calls), most):
            with subject.fresh():
                code, seen = _lived(subject, fault, at)
                if code != -signal.SIGKILL and _of(fault, seen) < at:
                    count.missed += 1
                    continue
                lost, wrong = subject.judged()
                if code not in (0, -signal.SIGKILL):
                    wrong.append(f"the process ended with {code}")
                count.add(subject.name, fault.name, at, (lost, wrong))


def _of(fault: Fault, seen: Mapping[str, int]) -> int:
    return sum(number for kind, number in seen.items() if fault.kinds & int(kind))


def _lived(subject: Subject, fault: Fault, at: int) -> tuple[int, dict[str, int]]:
    seen = subject.now / "seen"
    code = subject.live(Failing(Faults(subject.now / "home"), fault, at, seen))
    return code, json.loads(seen.read_text()) if seen.exists() else {}


# --- the power is cut -------------------------------------------------------------------------


def each_cut(subject: Subject, most: int, count: Count) -> None:
    """The power is cut in a life, before anything is synced or told, and after it; `most` times so
    that all is dropped that wasn't synced, and as often so that some of it is."""
    book = subject.now.with_name("book")
    with subject.fresh():
        before = Disk(subject.now)
        world = (subject.now / "world").stat().st_ino
        code = subject.live(Watched(Faults(subject.now), book))
        assert code == 0, f"{subject.name} ended with {code}"
        done = events(book)
        _must_be_all(before, done, subject.now)
    moments = _moments(done, world)
    some = Random(subject.name)  # another at each cut, and the same at each run
    again = max(1, most // len(moments))
    for kind, dropped, times in (
        ("cut", lambda disk: disk.safe(), 1),
        ("cut, some kept", lambda disk: disk.survived(some), again),
    ):
        told = list(_cuts(before, done, [each for each in moments for _ in range(times)], dropped))
        for at in spread(len(told), most):
            moment, tree = told[at - 1]
            lay_out(tree, subject.now)
            try:
                count.add(subject.name, kind, f"{moment} of {len(done)}", subject.judged())
            finally:
                shutil.rmtree(subject.now)


def _must_be_all(before: Disk, done: Sequence[Event], now: Path) -> None:
    """What was written down is what happened; else nothing that follows from it is so."""
    disk = deepcopy(before)
    for event in done:
        disk.does(event)
    ours, there = disk.tree(), tree_of(now)
    wrong = [each for each in {*ours, *there} if ours.get(each, "") != there.get(each, "")]
    wrong = [each for each in wrong if not each.startswith(_ANYTHING)]
    assert not wrong, f"something was written by other ways: {sorted(wrong)}"
    told = [f"{path} {data!r}" for path, data in ours.items() if _is_world(path)]
    assert any("acknowledged" in each for each in told), "without a fault it isn't done either"


def _moments(done: Sequence[Event], world: int) -> list[int]:
    """How many events have been when the next makes something safe, or the world sees something;
    from the operation's begin to the life's end."""
    files = {world}
    found: list[int] = []
    for number, event in enumerate(done):
        if event.kind == MARK:
            found.clear()
        if event.kind == ENTER and event.first in files:
            files.add(event.second)
        if event.kind == SYNCED or (event.kind in (DATA, ENTER) and event.first in files):
            found.append(number)
    return [*found, len(done)]


def _cuts(
    before: Disk,
    done: Sequence[Event],
    moments: Sequence[int],
    dropped: Callable[[Disk], Tree],
) -> Iterator[tuple[int, Tree]]:
    """What the disk has after each cut by which something is lost, each once; the world is as it
    is."""
    disk, seen, at = deepcopy(before), set[int](), 0
    for moment in moments:
        for event in done[at:moment]:
            disk.does(event)
        at = moment
        now = disk.tree()
        world = {path: data for path, data in now.items() if _is_world(path)}
        left = {path: data for path, data in dropped(disk).items() if not _is_world(path)}
        tree = {**left, **world}
        if not _differ(tree, now) or (key := hash(frozenset(tree.items()))) in seen:
            continue
        seen.add(key)
        yield moment, tree


def _is_world(path: str) -> bool:
    return path.split("/")[0] != "home"


def _differ(one: Tree, other: Tree) -> bool:
    return any(
        one.get(path, "") != other.get(path, "")
        for path in {*one, *other}
        if not path.startswith(_ANYTHING)
    )
