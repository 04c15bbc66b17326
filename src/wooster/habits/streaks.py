"""Streaks, rate and best days: pure functions of local dates, a habit's rules and its check-ins.

Nothing of it is ever stored. A streak is the number of periods that were done with none missed
between them. A period that isn't over yet is never missed; one that nothing was asked of (skipped,
on vacation, paused) is passed over. The cost is that of the check-ins and free days, not of the
time that went by.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from wooster.habits.log import Log
from wooster.habits.model import Rule
from wooster.habits.periods import Reign, Share, reigns, weekdays_between

State = Literal["done", "due", "open", "free", "off"]
"""done · due today, or it is missed · something is asked, and there are more days for it · nothing
is asked, by a break · not due today."""


Mark = float | Literal["empty", "free", "off"]
"""A day as it is drawn: how much of what it asks was done, up to 1 · it was asked for and nothing
was done · free · not asked for."""


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of a habit, in ordinals of local dates: `rules` with the days from which
    they hold, the days that are `free`, and what was done."""

    rules: tuple[tuple[int, Rule], ...]
    created: int
    free: Collection[int] = field(default_factory=frozenset)
    log: Log = field(default_factory=Log)


@dataclass(frozen=True, slots=True)
class Summary:
    """`current` and `longest` are streaks in periods. `done` and `missed` are the periods since the
    creation; `best` the weekdays that went best, empty where none stands out."""

    current: int
    longest: int
    done: int
    missed: int
    check_ins: int
    best: tuple[int, ...] = ()

    @property
    def rate(self) -> float | None:
        """The part of the periods that were done; None before one is over or done."""
        ended = self.done + self.missed
        return self.done / ended if ended else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a habit stands on a day: of its period, what was done and what is asked, in days or in
    thousandths of the amount. `days_left` counts that day; `is_logged` tells whether anything was
    done on it."""

    state: State
    measure: int
    share: Share
    days_left: int
    is_logged: bool

    @property
    def is_asked(self) -> bool:
        """Whether something is to be done that day that wasn't yet."""
        return self.state == "due" or (self.state == "open" and not self.is_logged)


class Count:
    """A habit's history counted on the day `today`."""

    def __init__(self, history: History, today: int) -> None:
        self._history = history
        self._today = today
        self._reigns = list(
            reigns(history.rules, history.created, today, history.free, history.log)
        )

    @property
    def first_day(self) -> int:
        """The first of which anything is asked or known."""
        return min([self._history.created, *self._history.log.days[:1]])

    def current(self, known_from: int = 0) -> int | None:
        """The streak that goes on; its cost is that of the streak. None where that can't be told
        because only what was logged since `known_from` was given."""
        streak = 0
        for reign in reversed(self._reigns):
            done = set(reign.done())
            for key in reversed(reign.keys):
                if key in done:
                    streak += 1
                elif reign.is_missed(key, self._today):
                    # The period in which the log begins may lack what was logged before.
                    return streak if reign.bounds(key)[0] >= known_from else None
        return streak if known_from == 0 else None

    def summary(self) -> Summary:
        """All figures."""
        runs, done_since, missed = _Runs(), 0, 0
        created = self._history.created
        for reign in self._reigns:
            done = reign.done()
            runs = runs.then(_runs(reign, done, self._today))
            if reign.last >= created:
                done_since += len(done) - bisect_left(done, reign.key(max(created, reign.first)))
                missed += reign.missed(done, self._today)
        best = _best_weekdays(self._history, self._reigns, self._today)
        return Summary(runs.tail, runs.best, done_since, missed, len(self._history.log.days), best)

    def standing(self) -> Standing:
        """How it stands today."""
        day = self._today
        reign = [each for each in self._reigns if each.first <= day][-1]
        key = reign.key(day)
        share, measure = reign.share(key), reign.measures.get(key, 0)
        is_done = share.is_met_by(measure)
        if reign.rule.amount is not None and reign.rule.is_daily:
            full = reign.rule.amount.thousandths
            measure, share = reign.amounts.get(day, 0), Share(full, full if share.asked else 0)
        left = sum(1 for each in range(day, reign.end(key) + 1) if not reign.is_free(each))
        state = "done" if is_done else _state(reign, day, share.asked - measure, left)
        return Standing(state, measure, share, left, day in reign.days)

    def mark(self, day: int) -> Mark:
        """What a day of the past shows."""
        reign = next((each for each in self._reigns if each.first <= day <= each.last), None)
        if reign is None:
            return "off"
        if level := reign.level(day):
            return level
        if day < self._history.created or day > self._today or not reign.is_due(reign.key(day)):
            return "off"
        return "free" if reign.is_free(day) else "empty"


# --- parts ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Runs:
    """Done periods between missed ones: how many before the first miss and after the last, and the
    most in a row. Of two stretches of time, those of both together can be told."""

    head: int = 0
    tail: int = 0
    best: int = 0
    is_clear: bool = True

    def then(self, after: _Runs) -> _Runs:
        return _Runs(
            self.head + after.head if self.is_clear else self.head,
            self.tail + after.tail if after.is_clear else after.tail,
            max(self.best, after.best, self.tail + after.head),
            self.is_clear and after.is_clear,
        )


def _runs(reign: Reign, done: Sequence[int], today: int) -> _Runs:
    keys, run, found = reign.keys, 0, []
    following = keys.start
    for key in [*done, keys.stop]:
        for between in range(following, key):
            if reign.is_missed(between, today):
                found.append(run)
                run = 0
                break
        run += 1
        following = key + 1
    found.append(run - 1)  # the end of the keys was counted as if it were done
    return _Runs(found[0], found[-1], max(found), len(found) == 1)


def _best_weekdays(history: History, found: Sequence[Reign], today: int) -> tuple[int, ...]:
    """The weekdays on which it was done most often, of those on which it could be."""
    done, asked = [0] * 8, [0] * 8
    for reign in found:
        if reign.rule.period == "month" and reign.rule.days:
            continue  # its dates choose the weekday
        first, last = max(reign.first, history.created), min(reign.last, today - 1)
        met = {day for day, measure in reign.days.items() if measure and day >= first}
        # A free day, or today, counts where it was done all the same.
        lost = Counter([day % 7 for day in history.free if first <= day <= last and day not in met])
        lost.subtract(day % 7 for day in met if day > last)
        counted = Counter([day % 7 for day in met])
        for each in reign.weekdays():
            asked[each] += weekdays_between(first, last, each) - lost[each % 7]
            done[each] += counted[each % 7]
    rates = {each: done[each] / asked[each] for each in range(1, 8) if asked[each] > 0}
    top = max(rates.values(), default=0.0)
    best = tuple(each for each, rate in rates.items() if rate == top)
    return best if top > 0 and len(best) < len(rates) else ()


def _state(reign: Reign, day: int, missing: int, left: int) -> State:
    """Of what isn't done: `missing` of what is asked, with so many days `left`."""
    rule, key = reign.rule, reign.key(day)
    if not reign.is_due(key):
        return "off"
    if reign.share(key).asked == 0 or reign.is_free(day):
        return "free"
    if rule.is_daily:
        return "due"
    if rule.days:
        return "due" if reign.called(day) > reign.measures.get(key, 0) else "off"
    last_chance = left == 1 if rule.in_total else missing >= left
    return "due" if last_chance and (rule.in_total or day not in reign.days) else "open"
