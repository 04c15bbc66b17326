"""What was done elsewhere, as habits: on local days, once a day, to the habit that is there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wooster.core.clock import ManualClock
from wooster.core.days import LocalDays
from wooster.habits.model import Rule
from wooster.habits.past import Done, PastHabit, PastHabits
from wooster.habits.phrases import Said
from wooster.habits.service import Habits
from wooster.storage import Database


async def test_days_are_those_of_the_person(database: Database) -> None:
    """Seven evenings and mornings in Berlin are a streak of seven, whatever day it was in UTC; what
    was checked in here stays, and is taken back by itself."""
    clock = ManualClock(datetime(2026, 1, 10, 12, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    days = LocalDays(clock)
    habits = Habits(database, days)
    await habits.add(Said("meditate"))
    await habits.check_in("meditate", "yesterday", note="here")
    # 23:30 in UTC is half past midnight in Berlin; twice on one day is once.
    at = [datetime(2026, 1, day, 23, 30, tzinfo=UTC) for day in range(3, 10)]
    done = (*(Done(each) for each in at), Done(at[0].replace(day=4, hour=12), "noon"))
    undone: list[Any] = []
    past = PastHabit("Méditate", Rule(), at[0], done=done)
    number = await PastHabits(database, days).take_in(past, lambda _, undo: undone.append(undo))
    (figures,) = await habits.figures("meditate")
    assert figures.looked.habit.id == number
    assert figures.looked.streak == 7
    ((name, given),) = undone
    assert name == "habits_uncheck" and len(given["check_ins"]) == 6
    notes = {each.day: each.note for each in await habits.latest(number, 9)}
    assert notes[date(2026, 1, 9)] == "here" and notes[date(2026, 1, 4)] == "noon"
