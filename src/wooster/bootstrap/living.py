"""The capabilities of a person's days, put together from settings and the database."""

from __future__ import annotations

from typing import Any

from wooster.actions.action import Action
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.habits import actions as habit_actions
from wooster.habits import checks as habit_checks
from wooster.habits.breaks import Breaks
from wooster.habits.days import LocalDays
from wooster.habits.service import Habits
from wooster.reminders import looking, setting
from wooster.reminders.setting import Reminders
from wooster.schedule import store as schedule_store
from wooster.schedule.service import Schedule
from wooster.storage import Database
from wooster.storage.verify import Check

CHECKS: list[Check] = [habit_checks.verify, schedule_store.verify]


class Living:
    """What can be done in one home, as far as it is switched on."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self.schedule = Schedule(database, clock)
        self.days = LocalDays(clock, settings.person.day_ends_at)
        self.habits = Habits(database, self.days)
        self.breaks = Breaks(database, self.days)
        self.reminders = Reminders(self.schedule, clock, day_ends_h=settings.person.day_ends_at)

    @property
    def actions(self) -> list[Action[Any]]:
        """Of the capabilities that are switched on."""
        services, found = self._settings.services, list[Action[Any]]()
        if services.habits.enabled:
            found += habit_actions.actions(self.habits, self.breaks, self.days)
        if services.scheduling.enabled:
            found += [*setting.actions(self.reminders), *looking.actions(self.reminders)]
        return found
