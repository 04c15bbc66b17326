"""Which periods a rule has, what each asks for, and which of them were done.

A *period* is what is done or missed as one: a day, or a week or month of which so many days, or so
much, is asked. Pure arithmetic over ordinals of local dates (`date.toordinal`) and numbered weeks
(from Monday) and months; it refuses to know clocks, zones and names.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from wooster.habits.log import Log
from wooster.habits.model import Rule


@dataclass(frozen=True, slots=True)
class Share:
    """What a period asks for: in full, and what is left of it where days of it are free."""

    full: int
    asked: int

    def is_met_by(self, measure: int) -> bool:
        return measure >= self.full or 0 < self.asked <= measure


class Grid:
    """How days fall into the numbered periods of a rule."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._is_daily = rule.is_daily
        self._weekdays = frozenset(rule.days if rule.period == "week" else ())

    def key(self, day: int) -> int:
        """The number of the period that a day is in."""
        if self._is_daily:
            return day
        return (day - 1) // 7 if self.rule.period == "week" else _month(day)

    def bounds(self, key: int) -> tuple[int, int]:
        """First and last day of a period in the calendar."""
        if self._is_daily:
            return key, key
        return (key * 7 + 1, key * 7 + 7) if self.rule.period == "week" else _month_days(key)

    def is_due(self, key: int) -> bool:
        """Whether the rule asks for it at all, free or not."""
        return not self._weekdays or weekday(key) in self._weekdays

    def targets(self, key: int) -> list[int]:
        """The days that a monthly rule names, in the month `key`: the 31st is its last."""
        begin, end = _month_days(key)
        return sorted({min(begin + each - 1, end) for each in self.rule.days})

    def next_due(self, day: int) -> int | None:
        """The first day from `day` on that the rule names; None where it names none."""
        if self.rule.period == "day":
            return day
        if not self.rule.days:
            return None
        if self._is_daily:
            return next(each for each in range(day, day + 7) if self.is_due(each))
        key = _month(day)
        return next(each for at in (key, key + 1) for each in self.targets(at) if each >= day)

    def weekdays(self) -> Sequence[int]:
        """Those on which something can be done that counts."""
        return sorted(self._weekdays) or range(1, 8)


class Reign(Grid):
    """A rule from the day `first` to the day `last`, with what was done meanwhile.

    Before `created` nothing was asked, but what was done then counts. On `free` days nothing is
    asked. A period of which days are free, or weren't the rule's, asks for its share of the days
    that are left, rounded down; a share of nothing is neither done nor missed.
    """

    def __init__(
        self, rule: Rule, span: tuple[int, int], created: int, free: Collection[int], log: Log
    ) -> None:
        super().__init__(rule)
        self.first, self.last = span
        self.created = created
        self._free = free
        self._cut = self._cut_periods()
        self._shares: dict[int, Share] = {}
        self.amounts = _amounts(rule, log)
        self.days = _measures(rule, self.amounts)
        self.measures = self._by_period()

    @property
    def keys(self) -> range:
        """The numbers of its periods."""
        return range(self.key(self.first), self.key(self.last) + 1)

    def end(self, key: int) -> int:
        """The last day on which a period can be done by this rule."""
        return key if self._is_daily else min(self.bounds(key)[1], self.last)

    def is_free(self, day: int) -> bool:
        return day in self._free

    def called(self, day: int) -> int:
        """How many of the days that a monthly rule names have come by `day`, and weren't free."""
        targets = self.targets(self.key(day))
        return sum(1 for each in targets if each <= day and each not in self._free)

    # --- what is asked ------------------------------------------------------------------------

    def share(self, key: int) -> Share:
        found = self._shares.get(key)
        if found is None:
            full = self._full(key)
            found = Share(full, self._asked(key, full) if key in self._cut else full)
            self._shares[key] = found
        return found

    def _full(self, key: int) -> int:
        if self.rule.in_total:
            assert self.rule.amount is not None
            return self.rule.amount.thousandths
        if self.rule.period == "month" and self.rule.days:
            return len(self.targets(key))
        return self.rule.times

    def _cut_periods(self) -> Collection[int]:
        """Those that may not be asked for in full: the ends, and those with free days."""
        if self._is_daily:
            return self._free
        days = [each for each in self._free if self.first <= each <= self.last]
        days += [self.first, self.last, min(max(self.created, self.first), self.last)]
        return {self.key(each) for each in days}

    def _asked(self, key: int, full: int) -> int:
        begin, end = self.bounds(key)
        first, last = max(begin, self.first), min(end, self.last)
        if last >= self.created:  # a period before all asking is a gap where it isn't done
            first = max(first, self.created)
        asked = [day for day in range(first, last + 1) if day not in self._free]
        if self.rule.period == "month" and self.rule.days:
            return len(set(asked) & set(self.targets(key)))
        return full * len(asked) // (end - begin + 1)

    def level(self, day: int) -> float:
        """How much of what a day asks was done, from 0 to 1; a total asks a part of each day."""
        done = self.amounts.get(day, 0)
        if not done or self.rule.amount is None:
            return float(min(done, 1))
        full = self.rule.amount.thousandths
        if self.rule.in_total:
            begin, end = self.bounds(self.key(day))
            done *= end - begin + 1
        return min(done / full, 1.0)

    # --- what was done ------------------------------------------------------------------------

    def _by_period(self) -> dict[int, int]:
        if self._is_daily:
            due = self._weekdays
            return {
                day: 1 for day, met in self.days.items() if met and (not due or weekday(day) in due)
            }
        found: dict[int, int] = {}
        is_week = self.rule.period == "week"
        for day, measure in self.days.items():
            key = (day - 1) // 7 if is_week else _month(day)  # as `key`, for the many
            found[key] = found.get(key, 0) + measure
        return found

    def done(self) -> list[int]:
        """The periods that were done, in order."""
        if self._is_daily:
            return sorted(self.measures)
        cut, full = self._cut, self._full
        return sorted(
            key
            for key, measure in self.measures.items()
            if measure >= full(key) or (key in cut and self.share(key).is_met_by(measure))
        )

    def is_missed(self, key: int, today: int) -> bool:
        """Of a period that isn't done: whether it was asked for and is over."""
        if self._is_daily:  # as below, for the many
            due = self._weekdays
            if key >= today or (due and weekday(key) not in due):
                return False
            return key not in self._free
        return self.end(key) < today and (key not in self._cut or self.share(key).asked > 0)

    def missed(self, done: Sequence[int], today: int) -> int:
        """How many periods since the creation were missed, where `done` are the done ones."""
        first, last = self.key(max(self.first, self.created)), self.key(self.last)
        while last >= first and self.end(last) >= today:  # what is open isn't missed, done or not
            last -= 1
        were_done = set(done[bisect_left(done, first) : bisect_right(done, last)])
        lenient = [key for key in self._cut if first <= key <= last and key not in were_done]
        if self._is_daily:
            lenient = [key for key in lenient if self.is_due(key)]
        else:
            lenient = [key for key in lenient if self.share(key).asked == 0]
        return self._due_between(first, last) - len(were_done) - len(lenient)

    def _due_between(self, first: int, last: int) -> int:
        if not self._weekdays:
            return max(last - first + 1, 0)
        return sum(weekdays_between(first, last, each) for each in self._weekdays)


def reigns(
    rules: Sequence[tuple[int, Rule]], created: int, today: int, free: Collection[int], log: Log
) -> Iterator[Reign]:
    """A habit's rules, each with the day from which it holds and all in order, one after the other:
    from the first check-in or the creation to the end of the period that is now.

    A check-in for a day after today was made east of here: its day counts already.
    """
    horizon = max([today, *log.days[-1:]])
    begin = min([created, *log.days[:1]])
    held = [rules[0], *(each for each in rules[1:] if each[0] <= horizon)]
    for index, (since, rule) in enumerate(held):
        grid = Grid(rule)
        first = grid.bounds(grid.key(begin))[0] if index == 0 else since
        is_last = index == len(held) - 1
        last = grid.bounds(grid.key(horizon))[1] if is_last else held[index + 1][0] - 1
        yield Reign(rule, (first, last), created, free, log.between(first, last))


def weekday(day: int) -> int:
    """1 for Monday to 7."""
    return (day - 1) % 7 + 1


def weekdays_between(first: int, last: int, which: int) -> int:
    """How many days from `first` to `last`, both in, are that weekday."""
    return max(last - first - (which - weekday(first)) % 7 + 7, 0) // 7 if first <= last else 0


def _amounts(rule: Rule, log: Log) -> dict[int, int]:
    """What was done on each day, of the kind that `rule` counts; without an amount, just 1."""
    if rule.amount is None:
        return dict.fromkeys(log.days, 1)
    # Who says no amount has done what a day asks; of a week's amount that is nothing.
    whole = 0 if rule.in_total else rule.amount.thousandths
    return log.amounts(rule.amount.kind, whole)


def _measures(rule: Rule, amounts: dict[int, int]) -> dict[int, int]:
    """What each day counts: 1 or 0 for met or not, or how much of a total."""
    if rule.amount is None or rule.in_total:
        return amounts
    full = rule.amount.thousandths
    return {day: int(done >= full) for day, done in amounts.items()}


@cache
def _month(day: int) -> int:
    at = date.fromordinal(day)
    return at.year * 12 + at.month - 1


@cache
def _month_days(key: int) -> tuple[int, int]:
    year, index = divmod(key, 12)
    following, after = divmod(key + 1, 12)
    return date(year, index + 1, 1).toordinal(), date(following, after + 1, 1).toordinal() - 1
