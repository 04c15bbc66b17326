"""The capabilities of a person's days, put together from settings and the database."""

from __future__ import annotations

from typing import Any

from wooster.actions.action import Action, spoken
from wooster.bootstrap.observing import Observing, Seen
from wooster.bootstrap.reminding import HabitReminders
from wooster.bootstrap.serving import ServingHabits
from wooster.bootstrap.taking_stock import TakingStock
from wooster.calendars import actions as calendar_actions
from wooster.calendars import checks as calendar_checks
from wooster.calendars.room import Room
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.core.days import LocalDays
from wooster.core.errors import NotFound
from wooster.goals import actions as goal_actions
from wooster.goals import check_ins
from wooster.goals import checks as goal_checks
from wooster.goals.check_ins import CheckIns
from wooster.goals.ports import NoHabits
from wooster.goals.service import Goals
from wooster.goals.steps import Steps
from wooster.habits import actions as habit_actions
from wooster.habits import checks as habit_checks
from wooster.habits.breaks import Breaks
from wooster.habits.service import Habits
from wooster.health import actions as health_actions
from wooster.health.service import HealthLog
from wooster.insights import actions as insight_actions
from wooster.insights import area_actions
from wooster.insights import checks as insight_checks
from wooster.insights.area_service import Areas
from wooster.insights.area_words import OwnArea
from wooster.insights.service import Insights
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
from wooster.wire.requests import ActionResult

CHECKS: list[Check] = [
    habit_checks.verify,
    goal_checks.verify,
    calendar_checks.verify,
    schedule_store.verify,
    insight_checks.verify,
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
        self._paths, self._settings, self._database = paths, settings, database
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
        self.habit_reminders = HabitReminders(self.habits, self.schedule, clock, self.days)
        self.goal_check_ins = CheckIns(self.goals, self.schedule, clock, self.context)
        self.tasks, self.projects = _tasks(paths, settings, clock)
        self._insights_on = settings.insights.enabled
        self.insights, self.areas = self._looking(settings, database)

    def _looking(self, settings: Settings, database: Database) -> tuple[Insights, Areas]:
        services, chosen = settings.services, settings.insights
        has_dates = self.dates is not None and services.calendars.enabled
        seen = Seen(
            database,
            self._clock,
            self.days,
            self.tasks.lists,
            self.dates.calendars if self.dates is not None and has_dates else None,
            services.habits.enabled,
            services.goals.enabled,
            settings.person.day_ends_at,
        )
        limits = (chosen.days, chosen.false_share)
        insights = Insights(database, self.days, Observing(seen), self._act, limits)
        own = [OwnArea(each.name, tuple(each.words)) for each in chosen.areas]
        stock = TakingStock(seen, self.health, self.reminders)
        return insights, Areas(database, self._clock, self.days, stock, own)

    async def _act(self, name: str, arguments: dict[str, Any]) -> ActionResult:
        """Run an action that another one makes use of; that one is logged, and undoes both."""
        action = next((each for each in self.actions if each.name == name), None)
        if action is None:
            raise NotFound(f"{spoken(name)} is switched off.", hint="The settings switch it on.")
        return await action.handler(action.parameters.model_validate(arguments))

    def at(self, clock: Clock) -> Living:
        """The same home by another clock: how things stand then."""
        return Living(self._paths, self._settings, self._database, clock)

    def context(self) -> Context:
        """From where a time in words is looked at."""
        person = self._person
        return Context(
            self._clock.local(), person.date_order, person.day_ends_at, self._clock.zone is None
        )

    async def begin(self) -> None:
        """Keep the jobs that others' changes, as of a backup that was restored, left behind."""
        if self._services.habits.enabled and self._services.scheduling.enabled:
            await self.habit_reminders.keep()

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
            of_habits = habit_actions.actions(self.habits, self.breaks, self.days)
            keeps = self._services.scheduling.enabled
            found += self.habit_reminders.keeping(of_habits) if keeps else of_habits
        if self._services.goals.enabled:
            found += goal_actions.actions(self.goals, self.steps)
        if self._services.scheduling.enabled:
            found += [*setting.actions(self.reminders), *looking.actions(self.reminders)]
            if self._services.goals.enabled:
                found += check_ins.actions(self.goal_check_ins)
        if self._insights_on:
            found += insight_actions.actions(self.insights, self.context)
            found += area_actions.actions(self.areas)
        return found


def _tasks(paths: Paths, settings: Settings, clock: Clock) -> tuple[Tasks, ProjectChanges]:
    """Their files are where the settings say."""
    folder = Folder.of(paths.home, settings.tasks.folder, settings.tasks.projects)
    days = Days(clock, settings.person.day_ends_at)
    projects = Projects(folder)
    return Tasks(Lists(folder, projects, days)), ProjectChanges(projects, days)
