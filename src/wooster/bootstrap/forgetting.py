"""Forgetting, put together from memory, the rooms of the person's days and their files."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial

from wooster.actions import imported
from wooster.calendars import blocks
from wooster.calendars import forgetting as calendars
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.goals import forgetting as goals
from wooster.habits import forgetting as habits
from wooster.insights import forgetting as insights
from wooster.knowledge import forgetting as documents
from wooster.memory.forgetting.elsewhere import Elsewhere, Form, Room
from wooster.memory.forgetting.service import Forgetting
from wooster.memory.forgetting.sweeping import Files
from wooster.safekeeping.owned import OwnedFiles
from wooster.schedule import forgetting as jobs
from wooster.storage import Database
from wooster.tasks.folder import Folder
from wooster.tasks.forgetting import Names
from wooster.vectors.service import Search


def clearable(paths: Paths, settings: Settings) -> Elsewhere:
    """What of one home can be cleared of words."""
    home = paths.home
    rooms = (
        Room(habits.saying, habits.clear),
        Room(goals.saying, goals.clear),
        Room(jobs.saying, jobs.clear),
        Room(insights.saying, insights.clear),
        Room(partial(calendars.own_saying, home=home), partial(calendars.clear_own, home=home)),
        Room(imported.places, imported.clear_places),
    )
    owned = OwnedFiles(paths, settings)
    folder = Folder.of(home, settings.tasks.folder, settings.tasks.projects)
    ics = Form(calendars.events, calendars.without, blocks.decoded, blocks.encoded)
    return Elsewhere(rooms, owned.texts, {".ics": ics}, Names(folder, home))


def forgetting(
    paths: Paths, settings: Settings, database: Database, clock: Clock, search: Search
) -> Forgetting:
    """That of one home."""
    owned = OwnedFiles(paths, settings)
    files = Files(paths.line_history, paths.logs, owned.there, (paths.models,))

    def lists() -> set[str]:
        """A list of tasks may be a document of the library too: it isn't told twice."""
        return {os.path.realpath(each) for each in owned.texts()}

    staying = (
        Room(partial(calendars.saying, home=paths.home)),
        Room(partial(documents.saying, known=lists)),
    )
    made = clearable(paths, settings)
    elsewhere = replace(made, rooms=(*made.rooms, *staying))
    return Forgetting(database, clock, files, search.changed, search.purge, elsewhere)
