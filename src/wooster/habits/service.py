"""Habits, check-ins and how they go: one call for each thing that a person does with them.

Each change is one transaction and returns what takes it back: the name of an action and its
arguments. It refuses to know breaks (`breaks`) and how anything is shown.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import partial
from typing import Any, Literal

from wooster.core.days import LocalDays
from wooster.core.errors import NotFound, UsageError
from wooster.core.units import TIMES, Amount
from wooster.habits import choosing, counting, store
from wooster.habits.counting import Figures, Looked
from wooster.habits.model import Break, CheckIn, DatedRule, Habit, Rule
from wooster.habits.phrases import Said
from wooster.habits.rhythms import rule_text
from wooster.habits.streaks import Count
from wooster.storage import Database

Undo = tuple[str, dict[str, Any]]
"""The name of an action that takes a change back, and its arguments."""

# A streak is mostly told by this much; only one that reaches back to it needs all check-ins.
_KNOWN_DAYS = 400


@dataclass(frozen=True, slots=True)
class Changed:
    """A habit after a change; `undo` None when nothing was changed."""

    habit: Habit
    undo: Undo | None


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What became of a check-in: `made` None where the day was done already. `looked` is how the
    habit stands today, after it; `was` the streak before."""

    looked: Looked
    day: date
    made: tuple[CheckIn, ...]
    was: int
    undo: Undo | None


@dataclass(frozen=True, slots=True)
class Recent:
    """A habit as it stands today, and its count, which knows at least the last year."""

    looked: Looked
    count: Count


@dataclass(frozen=True, slots=True)
class Reminder:
    """A habit that isn't done on a day, and the time of the clock at which to say so."""

    habit: Habit
    day: date
    at: time


class Habits:
    """The habits of one home."""

    def __init__(self, database: Database, days: LocalDays) -> None:
        self._database = database
        self._days = days

    # --- how they go --------------------------------------------------------------------------

    async def today(self) -> list[Looked]:
        """How each habit that isn't in the archive stands today, in the order of their making."""
        return await self._database.read(partial(_today, days=self._days))

    async def lately(self) -> list[Recent]:
        """The same, with what was done day by day within the last year."""
        return await self._database.read(partial(_lately, days=self._days))

    async def figures(self, words: str = "") -> list[Figures]:
        """All that is counted of the habit that `words` mean; without any, of all that aren't in
        the archive. Raises `NotFound`, `UsageError`."""

        def read(connection: sqlite3.Connection) -> list[Figures]:
            habits = store.listed(connection)
            which = [choosing.one(words, habits)] if words.strip() else choosing.live(habits)
            return _figures(connection, which, self._days)

        return await self._database.read(read)

    async def figures_of(self, numbers: Collection[int]) -> list[Figures]:
        """The same of the habits with these numbers, as far as they are there, in their order."""

        def read(connection: sqlite3.Connection) -> list[Figures]:
            which = [each for each in store.listed(connection) if each.id in numbers]
            return _figures(connection, which, self._days)

        return await self._database.read(read)

    async def all(self) -> list[Habit]:
        """Also those in the archive."""
        return await self._database.read(store.listed)

    async def are_meant(self, words: str) -> bool:
        """Whether words that a sentence may go on with name one habit, or several."""
        habits = choosing.live(await self.all())
        return choosing.are_meant(words, habits)

    async def latest(self, habit_id: int, count: int) -> list[CheckIn]:
        """The newest check-ins of a habit."""
        return await self._database.read(partial(store.latest, habit_id=habit_id, count=count))

    async def reminders(self) -> list[Reminder]:
        """Those of today, in their order: of habits of which something is asked and nothing was
        done yet. What time it is isn't looked at."""
        found = [
            Reminder(each.habit, each.day, each.habit.remind_at)
            for each in await self.today()
            if each.habit.remind_at is not None and each.standing.is_asked
        ]
        return sorted(found, key=lambda each: (each.at, each.habit.id))

    # --- the habits themselves ----------------------------------------------------------------

    async def add(self, said: Said) -> Changed:
        """Begin a habit today. Raises `UsageError` for a name that is taken."""
        today, now = self._days.today(), self._days.now()
        rule = said.rule()
        remind_at = said.remind_at if isinstance(said.remind_at, time) else None

        def change(connection: sqlite3.Connection) -> Changed:
            name = choosing.a_name(said.name, store.listed(connection))
            number = store.add(connection, name, DatedRule(today, rule), remind_at, now)
            undo = ("habits_delete", {"habit": f"#{number}"})
            return Changed(_by_number(connection, number), undo)

        return await self._database.write(change)

    async def edit(
        self, words: str, said: Said, rules: Sequence[DatedRule] | None = None
    ) -> Changed:
        """Give the habit that `words` mean what `said` says: a name, a rule, a reminder. A rule
        holds from the period that is now; what was before stays as it was judged. With `rules` it
        has just these: that takes back a change.

        Raises `NotFound`, `UsageError`.
        """
        today = self._days.today()

        def change(connection: sqlite3.Connection) -> Changed:
            habits = store.listed(connection)
            habit = choosing.living(words, habits)
            before: dict[str, Any] = {}
            if said.name:
                store.rename(connection, habit.id, choosing.a_name(said.name, habits, habit))
                before["name"] = habit.name
            if rules or said.has_rule:
                new = rules or changed_rules(habit, said.rule(habit.rule), today)
                store.put_rules(connection, habit.id, new)
                before["rules"] = [[e.since.isoformat(), rule_text(e.rule)] for e in habit.rules]
            if said.remind_at is not None:
                at = None if said.remind_at == "off" else said.remind_at
                store.remind(connection, habit.id, at)
                before["remind"] = f"{habit.remind_at:%H:%M}" if habit.remind_at else "off"
            if not before:
                raise UsageError(
                    f"What of “{habit.name}” is to be changed?",
                    hint=f"`edit habit {habit.name}: 3 times a week`, or `… to NEW NAME`.",
                )
            undo = ("habits_edit", {"habit": f"#{habit.id}", **before})
            return Changed(_by_number(connection, habit.id), undo)

        return await self._database.write(change)

    async def archive(
        self, words: str, since: date | None = None, breaks: Sequence[int] = ()
    ) -> Changed:
        """Put a habit with all that is known of it into the archive, from today or from `since`;
        remove the breaks `breaks`, which bringing it back had made."""
        day = since or self._days.today()

        def change(connection: sqlite3.Connection) -> Changed:
            habit = choosing.living(words, store.listed(connection))
            store.drop_breaks(connection, [e.id for e in habit.breaks if e.id in breaks])
            store.archive(connection, habit.id, day)
            undo = ("habits_restore", {"habit": f"#{habit.id}"})
            return Changed(_by_number(connection, habit.id), undo)

        return await self._database.write(change)

    async def restore(self, words: str) -> Changed:
        """Bring a habit back from the archive; nothing was asked of it meanwhile."""
        today = self._days.today()

        def change(connection: sqlite3.Connection) -> Changed:
            habits = store.listed(connection)
            there = [each for each in habits if each.archived is not None]
            habit = choosing.one(words, there)
            since = habit.archived
            assert since is not None
            choosing.a_name(habit.name, habits)
            store.archive(connection, habit.id, None)
            made: list[int] = []
            if since < today:
                away = Break(0, habit.id, "pause", since, today - timedelta(days=1))
                made = [store.put_break(connection, away).id]
            told = {"habit": f"#{habit.id}", "since": since.isoformat(), "breaks": made}
            return Changed(_by_number(connection, habit.id), ("habits_delete", told))

        return await self._database.write(change)

    # --- check-ins ----------------------------------------------------------------------------

    async def check_in(
        self, words: str, day: str = "", amount: str = "", note: str = ""
    ) -> CheckedIn:
        """Say that a habit was done: `words` name it and may say a day and an amount, too.

        Raises `NotFound`, `UsageError`.
        """
        today, now, zone = self._days.today(), self._days.now(), self._days.zone_name()

        def change(connection: sqlite3.Connection) -> CheckedIn:
            which = choosing.chosen(words, store.listed(connection))
            habit = which.habit
            on = choosing.past_day(day or which.day, habit, today)
            rule = counting.rule_on(habit, on)
            said = choosing.an_amount(amount or which.amount, rule, habit.name)
            there = store.on_day(connection, habit.id, on)
            was = _look(connection, habit, self._days).streak
            done = _what_was_done(habit, rule, said, there)
            if done == "already":
                return CheckedIn(_look(connection, habit, self._days), on, (), was, None)
            made = store.put_check_in(connection, CheckIn(0, habit.id, on, now, zone, done, note))
            undo = ("habits_uncheck", {"habit": f"#{habit.id}", "check_ins": [made.id]})
            return CheckedIn(_look(connection, habit, self._days), on, (made,), was, undo)

        return await self._database.write(change)

    async def uncheck(self, words: str, day: str = "", ids: Collection[int] = ()) -> CheckedIn:
        """Remove a day's check-ins of a habit, or just those with `ids`.

        Raises `NotFound`, `UsageError`.
        """
        today = self._days.today()

        def change(connection: sqlite3.Connection) -> CheckedIn:
            which = choosing.chosen(words, store.listed(connection))
            habit = which.habit
            on = choosing.past_day(day or which.day, habit, today)
            of_day = [each.id for each in store.on_day(connection, habit.id, on)]
            was = _look(connection, habit, self._days).streak
            gone = store.drop_check_ins(connection, ids or of_day)
            if not gone or any(each.habit_id != habit.id for each in gone):
                raise NotFound(
                    f"“{habit.name}” has no such check-in{'' if ids else f' on {on.isoformat()}'}.",
                    hint=f"`habit stats {habit.name}` shows its days.",
                )
            undo = ("habits_checkin", {"habit": f"#{habit.id}", "rows": [_row(e) for e in gone]})
            looked = _look(connection, habit, self._days)
            return CheckedIn(looked, gone[0].day, tuple(gone), was, undo)

        return await self._database.write(change)

    async def put_back(self, words: str, rows: Sequence[CheckIn]) -> CheckedIn:
        """Store check-ins as they were: takes back that they were removed."""

        def change(connection: sqlite3.Connection) -> CheckedIn:
            habit = choosing.living(words, store.listed(connection))
            was = _look(connection, habit, self._days).streak
            own = [replace(each, habit_id=habit.id) for each in rows]
            there = store.drop_check_ins(connection, [each.id for each in own])
            if any(each.habit_id != habit.id for each in there):
                raise UsageError(
                    f"These are check-ins of another habit than “{habit.name}”.",
                    hint="Nothing was changed.",
                )
            made = tuple(store.put_check_in(connection, each) for each in own)
            undo = ("habits_uncheck", {"habit": f"#{habit.id}", "check_ins": [e.id for e in made]})
            looked = _look(connection, habit, self._days)
            return CheckedIn(looked, made[0].day, made, was, undo)

        return await self._database.write(change)


# --- pure parts -------------------------------------------------------------------------------


def changed_rules(habit: Habit, rule: Rule, today: date) -> list[DatedRule]:
    """The habit's rules with `rule` from now on: of one with the same periods, from the begin of
    the period that is now, so that what was done in it counts."""
    old, since = habit.rule, today
    if rule == old:
        return list(habit.rules)
    if not rule.is_daily and not old.is_daily and rule.period == old.period:
        is_week = rule.period == "week"
        since = today - timedelta(days=today.weekday()) if is_week else today.replace(day=1)
        since = max(since, habit.rules[-1].since)
    since = max(since, habit.created)
    return [*(each for each in habit.rules if each.since < since), DatedRule(since, rule)]


def _what_was_done(
    habit: Habit, rule: Rule, said: Amount | None, there: Sequence[CheckIn]
) -> Amount | Literal["already"] | None:
    """The amount to store of a check-in, or that there is nothing to store."""
    if said is not None:
        return said
    full = rule.amount
    if full is None:
        return "already" if there else None
    if rule.by_times:
        return Amount(1_000, TIMES)
    if rule.in_total:
        raise UsageError(
            f"How much of “{habit.name}” was done?", hint=f"`check in {habit.name} {full}`"
        )
    done = 0
    for each in there:
        if each.amount is None:
            return "already"
        done += each.amount.thousandths if each.amount.kind == full.kind else 0
    # Without an amount all of it was done, whatever had been before.
    return (
        replace(full, thousandths=full.thousandths - done) if done < full.thousandths else "already"
    )


def _row(made: CheckIn) -> dict[str, Any]:
    """A check-in as an action takes it back."""
    return {
        "id": made.id,
        "day": made.day.isoformat(),
        "at": made.at.isoformat(),
        "zone": made.zone,
        "thousandths": made.amount.thousandths if made.amount else None,
        "unit": made.amount.unit if made.amount else "",
        "note": made.note,
    }


# --- over a connection ------------------------------------------------------------------------


def _by_number(connection: sqlite3.Connection, number: int) -> Habit:
    return next(each for each in store.listed(connection) if each.id == number)


def _today(connection: sqlite3.Connection, days: LocalDays) -> list[Looked]:
    return [each.looked for each in _lately(connection, days)]


def _lately(connection: sqlite3.Connection, days: LocalDays) -> list[Recent]:
    today = days.today()
    habits = choosing.live(store.listed(connection))
    known = today - timedelta(days=_KNOWN_DAYS)
    logs = store.logs(connection, [each.id for each in habits], known)
    first = min([known, *(each.created for each in habits)])
    absent = days.absent(first, counting.last_day(today))
    counts = {e.id: counting.count(e, logs[e.id], today, absent, known) for e in habits}
    streaks = {number: each.current(known.toordinal()) for number, each in counts.items()}
    unknown = [number for number, streak in streaks.items() if streak is None]
    if unknown:
        logs = store.logs(connection, unknown)
        absent = days.absent(
            counting.first_day(habits, logs.values(), today), counting.last_day(today)
        )
        for each in habits:
            if each.id in logs:
                whole = counting.count(each, logs[each.id], today, absent)
                streaks[each.id] = whole.current()
    return [
        Recent(counting.looked(e, counts[e.id], streaks[e.id] or 0, today), counts[e.id])
        for e in habits
    ]


def _figures(
    connection: sqlite3.Connection, habits: Sequence[Habit], days: LocalDays
) -> list[Figures]:
    today = days.today()
    logs = store.logs(connection, [each.id for each in habits])
    first = counting.first_day(habits, logs.values(), today)
    absent = days.absent(first, counting.last_day(today))
    counts = ((e, counting.count(e, logs[e.id], today, absent)) for e in habits)
    return [counting.figures(each, counted, today) for each, counted in counts]


def _look(connection: sqlite3.Connection, habit: Habit, days: LocalDays) -> Looked:
    (found,) = _figures(connection, [habit], days)
    return found.looked
