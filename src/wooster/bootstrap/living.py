"""The capabilities of a person's days, put together from settings and the database."""

from __future__ import annotations

from typing import Any

from wooster.actions.registry import Action
from wooster.calendars import checks as calendar_checks
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.habits import actions as habit_actions
from wooster.habits import checks as habit_checks
from wooster.habits.breaks import Breaks
from wooster.habits.days import LocalDays
from wooster.habits.service import Habits
from wooster.storage import Database
from wooster.storage.verify import Check

CHECKS: list[Check] = [habit_checks.verify, calendar_checks.verify]


def actions(settings: Settings, database: Database, clock: Clock) -> list[Action[Any]]:
    """What can be done in one home, as far as it is switched on."""
    if not settings.services.habits.enabled:
        return []
    days = LocalDays(clock, settings.person.day_ends_at)
    return habit_actions.actions(Habits(database, days), Breaks(database, days), days)
