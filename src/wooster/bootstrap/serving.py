"""The habits that serve a goal, as goals know them."""

from __future__ import annotations

from collections.abc import Collection

from wooster.core.errors import UsageError
from wooster.goals.ports import Habit
from wooster.habits.counting import Figures
from wooster.habits.service import Habits
from wooster.habits.showing import streak_text


class ServingHabits:
    """`goals.ports.HabitPort` over the habits of one home."""

    def __init__(self, habits: Habits) -> None:
        self._habits = habits

    async def find(self, words: str) -> Habit:
        if not words.strip():
            raise UsageError("Say which habit.", hint="`habits` shows them.")
        (found,) = await self._habits.figures(words)
        return _told(found)

    async def look(self, ids: Collection[int]) -> list[Habit]:
        return [_told(each) for each in await self._habits.figures_of(ids)] if ids else []


def _told(found: Figures) -> Habit:
    habit, summary = found.looked.habit, found.summary
    return Habit(habit.id, habit.name, summary.rate, streak_text(habit.rule, summary.current))
