"""What moving in writes to: the capabilities, each through its own service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from wooster.calendars.room import Room
from wooster.config.paths import Paths
from wooster.core.clock import Clock
from wooster.core.days import LocalDays
from wooster.goals.past import PastGoals
from wooster.habits.past import PastHabits
from wooster.health.service import HealthLog
from wooster.memory.facts.service import Facts
from wooster.memory.service import Conversations
from wooster.schedule.service import Schedule
from wooster.storage import Database
from wooster.tasks.project_changes import ProjectChanges
from wooster.tasks.service import Tasks
from wooster.wire.requests import ActionResult

Act = Callable[[str, dict[str, Any]], Awaitable[ActionResult]]
"""Runs an action of the registry, by name and arguments."""


class Leaves(Protocol):
    """Removes conversations that were taken in, with what was made of them."""

    async def take_out(self, session_ids: list[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Rooms:
    """Those of one home. `dates` None is without calendars."""

    paths: Paths
    environ: Mapping[str, str]
    database: Database
    clock: Clock
    days: LocalDays
    conversations: Conversations
    facts: Facts
    leaves: Callable[[], Leaves]
    habits: PastHabits
    goals: PastGoals
    schedule: Schedule
    health: HealthLog
    tasks: Tasks
    projects: ProjectChanges
    dates: Room | None
    act: Act
