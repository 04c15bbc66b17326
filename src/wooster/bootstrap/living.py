"""The capabilities of a person's days, put together from settings and the database."""

from __future__ import annotations

from typing import Any

from wooster.actions.registry import Action
from wooster.bootstrap.serving import ServingHabits
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.core.days import LocalDays
from wooster.goals import actions as goal_actions
from wooster.goals import checks as goal_checks
from wooster.goals.ports import NoHabits
from wooster.goals.service import Goals
from wooster.goals.steps import Steps
from wooster.habits import actions as habit_actions
from wooster.habits import checks as habit_checks
from wooster.habits.breaks import Breaks
from wooster.habits.service import Habits
from wooster.health import actions as health_actions
from wooster.health.service import HealthLog
from wooster.reminders import actions as reminder_actions
from wooster.schedule.phrases import Context
from wooster.storage import Database
from wooster.storage.verify import Check

CHECKS: list[Check] = [habit_checks.verify, goal_checks.verify]


def actions(
    paths: Paths, settings: Settings, database: Database, clock: Clock
) -> list[Action[Any]]:
    """What can be done in one home, as far as it is switched on."""
    days = LocalDays(clock, settings.person.day_ends_at)
    habits = Habits(database, days)
    person = settings.person
    made = reminder_actions.actions(clock, person.date_order, person.day_ends_at)
    made += health_actions.actions(HealthLog(paths.health, clock))
    if settings.services.habits.enabled:
        made += habit_actions.actions(habits, Breaks(database, days), days)
    if settings.services.goals.enabled:
        serving = ServingHabits(habits) if settings.services.habits.enabled else NoHabits()

        def context() -> Context:
            return Context(clock.local(), person.date_order, person.day_ends_at)

        goals = Goals(database, days, context, serving)
        made += goal_actions.actions(goals, Steps(database, days, serving))
    return made
