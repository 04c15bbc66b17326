"""The capabilities of a person's days, put together from settings and the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wooster.actions.action import Action
from wooster.bootstrap.serving import ServingHabits
from wooster.calendars import actions as calendar_actions
from wooster.calendars import checks as calendar_checks
from wooster.calendars.room import Room
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
from wooster.reminders import asking, looking, setting
from wooster.reminders.setting import Reminders
from wooster.schedule import store as schedule_store
from wooster.schedule.phrases import Context
from wooster.schedule.service import Schedule
from wooster.storage import Database
from wooster.storage.verify import Check
from wooster.tasks import actions as task_actions
from wooster.tasks import inbox_actions, project_actions
from wooster.tasks.days import Days
from wooster.tasks.folder import Folder
from wooster.tasks.lists import Lists
from wooster.tasks.project_changes import ProjectChanges
from wooster.tasks.projects import Projects
from wooster.tasks.service import Tasks
from wooster.tasks.sorting import Sorting

CHECKS: list[Check] = [
    habit_checks.verify,
    goal_checks.verify,
    calendar_checks.verify,
    schedule_store.verify,
]


class Living:
    """What can be done in one home, as far as it is switched on. `dates` None is without
    calendars."""

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        database: Database,
        clock: Clock,
        dates: Room | None = None,
    ) -> None:
        self.dates = dates
        self._services, self._person, self._clock = settings.services, settings.person, clock
        self.schedule = Schedule(database, clock)
        self.days = LocalDays(clock, settings.person.day_ends_at)
        self.habits = Habits(database, self.days)
        self.breaks = Breaks(database, self.days)
        serving = ServingHabits(self.habits) if settings.services.habits.enabled else NoHabits()
        self.goals = Goals(database, self.days, self.context, serving)
        self.steps = Steps(database, self.days, serving)
        self.health = HealthLog(paths.health, clock)
        self.reminders = Reminders(self.schedule, clock, self.context)
        self.tasks, self.projects = _tasks(paths, settings, clock)

    def context(self) -> Context:
        """From where a time in words is looked at."""
        person = self._person
        return Context(
            self._clock.local(), person.date_order, person.day_ends_at, self._clock.zone is None
        )

    @property
    def actions(self) -> list[Action[Any]]:
        """Of the capabilities that are switched on."""
        found = [*asking.actions(self._clock, self.context), *health_actions.actions(self.health)]
        found += [
            *task_actions.actions(self.tasks),
            *inbox_actions.actions(self.tasks, Sorting(self.tasks)),
            *project_actions.actions(self.tasks, self.projects),
        ]
        if self.dates is not None and self._services.calendars.enabled:
            found += calendar_actions.actions(self.dates)
        if self._services.habits.enabled:
            found += habit_actions.actions(self.habits, self.breaks, self.days)
        if self._services.goals.enabled:
            found += goal_actions.actions(self.goals, self.steps)
        if self._services.scheduling.enabled:
            found += [*setting.actions(self.reminders), *looking.actions(self.reminders)]
        return found


def _tasks(paths: Paths, settings: Settings, clock: Clock) -> tuple[Tasks, ProjectChanges]:
    """Their files are where the settings say."""
    named, of_projects = settings.tasks.folder, settings.tasks.projects
    folder = Folder(_under(paths, named), _under(paths, of_projects) if of_projects else None)
    days = Days(clock, settings.person.day_ends_at)
    projects = Projects(folder)
    return Tasks(Lists(folder, projects, days)), ProjectChanges(projects, days)


def _under(paths: Paths, named: str) -> Path:
    return paths.home / Path(named).expanduser()
