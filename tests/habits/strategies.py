"""Random rules, and random histories of a habit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from wooster.core import units
from wooster.core.units import Amount
from wooster.habits.log import Log
from wooster.habits.model import MOST_TIMES, Period, Rule
from wooster.habits.streaks import History

START = date(2026, 1, 1)
UNITS = ["min", "h", "l", "ml", "cups", "km", "mi", "pages", "push-ups"]


def amounts(unit: str) -> st.SearchStrategy[Amount]:
    """Amounts as they can be typed: up to three digits after the point."""
    numbers = st.decimals("0.001", "5000", places=3).map(lambda d: f"{d:f}")
    return numbers.map(lambda n: units.amount(n, unit)).filter(lambda a: a is not None)  # type: ignore[return-value]


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule that there can be."""
    periods: list[Period] = ["day", "week", "month"]
    period = draw(st.sampled_from(periods))
    amount = draw(st.none() | st.sampled_from(UNITS).flatmap(amounts))
    last = {"day": 0, "week": 7, "month": 31}[period]
    most = {"day": 0, "week": 6, "month": 3}[period]
    days = tuple(sorted(draw(st.sets(st.integers(1, last), max_size=most)))) if last else ()
    times = 1 if days else draw(st.integers(1, MOST_TIMES[period]))
    in_total = period != "day" and not days and amount is not None and draw(st.booleans())
    if draw(st.sampled_from([True, False, False, False])):
        least = MOST_TIMES[period] if in_total else 1
        amount = Amount(draw(st.integers(least + 1, least + 30)) * 1000, "times")
    return Rule(period, days, 1 if in_total else times, amount, in_total)


@dataclass
class Life:
    """A habit's history in dates, as the reference takes it."""

    rules: list[tuple[date, Rule]]
    created: date
    today: date
    free: set[date]
    log: list[tuple[date, int | None, str]]

    def history(self) -> History:
        return History(
            tuple((since.toordinal(), rule) for since, rule in self.rules),
            self.created.toordinal(),
            {each.toordinal() for each in self.free},
            Log.of((d.toordinal(), (amount, kind)) for d, amount, kind in self.log),
        )


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Some months of a habit, often kept, with breaks, back-fills and changes of its rule."""
    created = START + timedelta(days=draw(st.integers(0, 40)))
    length = draw(st.integers(0, 130))
    today = created + timedelta(days=length)
    kept = [(created, draw(rules()))]
    for _ in range(draw(st.integers(0, 2))):
        since = kept[-1][0] + timedelta(days=draw(st.integers(1, 60)))
        kept.append((since, draw(rules())))
    # Days of each, most of them or few; some before it was created, one perhaps after today.
    share = draw(st.sampled_from([1, 2, 5, 9, 10]))
    days = range(
        -draw(st.sampled_from([0, 0, 3, 20])), length + 1 + draw(st.sampled_from([0, 0, 1]))
    )
    chosen = [d for d in days if draw(st.integers(1, 10)) <= share]
    log: list[tuple[date, int | None, str]] = []
    for each in chosen:
        amount = next((r.amount for _, r in reversed(kept) if r.amount), None)
        how = draw(st.sampled_from(["whole", "full", "half", "other"]))
        day = created + timedelta(days=each)
        if how == "whole" or amount is None:
            log.append((day, None, ""))
        elif how == "other":
            log.append((day, 7_000, "a star"))
        else:
            part = amount.thousandths if how == "full" else (amount.thousandths + 1) // 2
            log.append((day, part, amount.kind))
    free: set[date] = set()
    for _ in range(draw(st.integers(0, 3))):
        first = created + timedelta(days=draw(st.integers(-25, 130)))
        free |= {first + timedelta(days=n) for n in range(draw(st.integers(1, 12)))}
    return Life(kept, created, today, free, log)
