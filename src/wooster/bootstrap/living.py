"""The capabilities of a person's days, put together from settings and the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wooster.actions.registry import Action
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.habits import actions as habit_actions
from wooster.habits import checks as habit_checks
from wooster.habits.breaks import Breaks
from wooster.habits.days import LocalDays
from wooster.habits.service import Habits
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

CHECKS: list[Check] = [habit_checks.verify]


def actions(settings: Settings, database: Database, clock: Clock) -> list[Action[Any]]:
    """What can be done in one home, as far as it is switched on."""
    if not settings.services.habits.enabled:
        return []
    days = LocalDays(clock, settings.person.day_ends_at)
    return habit_actions.actions(Habits(database, days), Breaks(database, days), days)


def tasks(paths: Paths, settings: Settings, clock: Clock) -> list[Action[Any]]:
    """What can be done with tasks and projects: their files are where the settings say."""
    named, of_projects = settings.tasks.folder, settings.tasks.projects
    folder = Folder(_under(paths, named), _under(paths, of_projects) if of_projects else None)
    days = Days(clock, settings.person.day_ends_at)
    projects = Projects(folder)
    kept = Tasks(Lists(folder, projects, days))
    return [
        *task_actions.actions(kept),
        *inbox_actions.actions(kept, Sorting(kept)),
        *project_actions.actions(kept, ProjectChanges(projects, days)),
    ]


def _under(paths: Paths, named: str) -> Path:
    return paths.home / Path(named).expanduser()
