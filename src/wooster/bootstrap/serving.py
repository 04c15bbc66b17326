"""The habits that serve a goal, as goals know them."""

from __future__ import annotations

from collections.abc import Collection

from wooster.core.errors import NotFound, UsageError
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
        found = []
        for number in ids:
            try:
                (figures,) = await self._habits.figures(f"#{number}")
            except NotFound:
                continue  # removed since it was linked
            found.append(_told(figures))
        return found


def _told(found: Figures) -> Habit:
    habit, summary = found.looked.habit, found.summary
    return Habit(habit.id, habit.name, summary.rate, streak_text(habit.rule, summary.current))
