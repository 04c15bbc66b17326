"""What goals need of habits: to find one by its name, and how it goes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from wooster.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Habit:
    """A habit that serves a goal. `rate` is the share that was done since it began, 0 to 1; None
    while no period of it is over. `streak` is in words: "12 days"."""

    id: int
    name: str
    rate: float | None
    streak: str


class HabitPort(Protocol):
    async def find(self, words: str) -> Habit:
        """The one that `words` mean. Raises `NotFound`, `UsageError`."""

    async def look(self, ids: Collection[int]) -> list[Habit]:
        """How these go, in the order of their numbers; those that aren't there are left out."""


class NoHabits:
    """Where habits are switched off."""

    async def find(self, words: str) -> Habit:
        raise UsageError(
            f"There are no habits to link: “{words}”.",
            hint="`services.habits.enabled` in the settings switches them on.",
        )

    async def look(self, ids: Collection[int]) -> list[Habit]:
        return []
