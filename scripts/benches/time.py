"""Rules of time over a decade in every IANA zone: fires that are wrong, lost or doubled, as a
second reading of the rules has it, beside croniter and APScheduler's cron trigger.

Two decades are looked at: one to come, and 2007 to 2016, in which clocks were changed most oddly
(Samoa skipped a day, Egypt and Morocco changed four times a year). Zones whose clocks go alike in a
decade share one run. Of each decade, what lies within thirty hours of every change of the clocks
is walked through, and some stretches of three days by chance; not every day of ten years. In a gap,
the others may fire up to the gap's length late: what is right there is a matter of taste.
`--soak` lets the whole engine run through a year instead.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version
from random import Random
from time import monotonic
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
from scripts.benches import time_fires, time_oracle, time_rules
from scripts.benches.report import figure, progress
from scripts.benches.time_oracle import Expected, Offsets, Seconds
from scripts.benches.time_rules import Case

_DECADES = (2007, 2027)
_BEFORE, _BY_CHANCE = timedelta(hours=30), timedelta(days=3)
OURS = ("wooster", "wooster.engine")
Tally = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Run:
    """One zone for all whose clocks go alike in the decade that begins with `year`."""

    year: int
    zone: str
    alike: int
    offsets: Offsets
    stretches: int
    others: bool


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench time", description=__doc__)
    parser.add_argument("--stretches", type=int, default=6, help="by chance, of each zone")
    parser.add_argument("--zones", nargs="*", help="only these")
    parser.add_argument("--ours", action="store_true", help="measure no other library")
    parser.add_argument("--soak", action="store_true", help="a year of the whole engine")
    parser.add_argument("--jobs", type=int, default=200, help="of the soak")
    given = parser.parse_args()
    if given.soak:
        from scripts.benches import time_soak

        return time_soak.run(given.jobs)
    begun = monotonic()
    runs = _runs(given.zones or sorted(available_timezones()), given.stretches, not given.ours)
    total: Tally = Counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for number, (run, tally) in enumerate(zip(runs, pool.map(measured, runs), strict=True), 1):
            total += tally
            if number % 10 == 0 or any(tally[name, kind] for name in OURS for kind in _KINDS):
                ours = [tally[OURS[0], kind] + tally[OURS[1], kind] for kind in _KINDS]
                progress(f"{number}/{len(runs)} {run.year} {run.zone}: {ours} {_took(begun)}")
    _tell(total, runs, _took(begun))
    return 0


_KINDS = ("wrong", "lost", "doubled")


def _took(begun: float) -> str:
    return f"{monotonic() - begun:.0f} s"


def _runs(zones: Sequence[str], stretches: int, others: bool) -> list[Run]:
    found = []
    for year in _DECADES:
        alike: dict[Offsets, list[str]] = defaultdict(list)
        for name in zones:
            alike[time_oracle.offsets_of(name, *_decade(year))].append(name)
        for offsets, names in alike.items():
            found.append(Run(year, names[0], len(names), offsets, stretches, others))
        changes = sum(len(offsets.begins) - 1 for offsets in alike)
        progress(f"{year}: {len(zones)} zones of {len(alike)} kinds, {changes} changes of clocks")
    return found


def _decade(year: int) -> tuple[datetime, datetime]:
    return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 10, 1, 1, tzinfo=UTC)


@cache
def _cases(year: int) -> list[tuple[Case, Seconds]]:
    return [(e, time_oracle.walls(e, _decade(year)[1])) for e in time_rules.rules(year)]


def measured(run: Run) -> Tally:
    """What each program fired wrongly, lost and doubled, and how many fires were looked at."""
    zone, tally, end = ZoneInfo(run.zone), Tally(), _decade(run.year)[1]
    windows = _windows(run)
    for number, (case, walls) in enumerate(_cases(run.year)):
        expected = time_oracle.expected(case, walls, run.offsets, end)
        programs: dict[str, time_fires.Fires | None] = {
            OURS[0]: time_fires.by_rule(case, zone),
            OURS[1]: time_fires.by_engine(case, zone, f"{run.zone} {number}"),
        }
        if run.others:
            programs["croniter"] = time_fires.by_croniter(case, zone)
            programs["apscheduler"] = time_fires.by_apscheduler(case, zone)
        for name, fires in programs.items():
            if fires is None:
                continue
            tally[name, "rules"] += 1
            for begin, until in windows:
                wanted = _within(expected, begin, until)
                got = fires(time_oracle.instant(begin), time_oracle.instant(until))
                tally += _compared(name, wanted, got, run.offsets)
    return tally


def _windows(run: Run) -> list[tuple[int, int]]:
    around, chance = int(_BEFORE.total_seconds()), Random(run.zone)
    begin, end = (int(each.timestamp()) for each in _decade(run.year))
    begin += 8 * 86400  # by then every rule has begun
    found = [(e - around, e + around) for e in run.offsets.begins[1:] if begin < e - around]
    for _ in range(run.stretches):
        at = chance.randrange(begin, end - 10 * 86400)
        found.append((at, at + int(_BY_CHANCE.total_seconds())))
    return found


def _within(expected: Expected, begin: int, until: int) -> Expected:
    first, last = np.searchsorted(expected.instants, [begin, until], "right")
    return Expected(expected.instants[first:last], expected.gaps[first:last])


def _compared(name: str, wanted: Expected, got: Sequence[int], offsets: Offsets) -> Tally:
    """A fire is doubled where that instant, or what the clocks showed, was fired already; else it
    is wrong where none is wanted."""
    tally = Tally({(name, "fires"): len(wanted.instants)})
    waiting = dict(zip(wanted.instants.tolist(), wanted.gaps.tolist(), strict=True))
    if list(waiting) == list(got):
        return tally
    walls: set[int] = set()
    of = time_oracle.shown(np.array(got, np.int64), offsets).tolist()
    for at, wall in zip(got, of, strict=True):
        late = 0 if name in OURS else None
        meant = next(
            (e for e, gap in waiting.items() if e == at or (late is None and e < at <= e + gap)),
            None,
        )
        if meant is not None:
            del waiting[meant]
        else:
            tally[name, "doubled" if wall in walls else "wrong"] += 1
        walls.add(wall)
    tally[name, "lost"] += len(waiting)
    return tally


def _tell(total: Tally, runs: Sequence[Run], took: str) -> None:
    names = sorted({name for name, _ in total})

    def rate(name: str, kind: str) -> float:
        return total[name, kind]

    for name in names:
        known = "" if name in OURS else f" {version(name)}"
        counts = ", ".join(f"{total[name, kind]} {kind}" for kind in _KINDS)
        rules = total[name, "rules"] // len(runs)
        progress(f"{name}{known}: {rules} rules, {total[name, 'fires']} fires, {counts}")
    progress(f"{len(runs)} kinds of zones in {took}")
    versus = [name for name in names if name not in OURS]
    for kind in _KINDS:
        ours = sum(rate(name, kind) for name in OURS)
        figure("time", f"time.{kind}", ours, "fires", {each: rate(each, kind) for each in versus})
    fires = {each: rate(each, "fires") for each in versus}
    figure("time", "time.fires", sum(rate(name, "fires") for name in OURS), "fires", fires)


if __name__ == "__main__":
    raise SystemExit(main())
