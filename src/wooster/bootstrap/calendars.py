"""Calendars, put together from settings, the database and what leads out of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from wooster.calendars.adding import Adding
from wooster.calendars.credentials import Credentials
from wooster.calendars.fetching import Fetcher
from wooster.calendars.reader import Reader
from wooster.calendars.refreshing import Refreshing, Rules
from wooster.calendars.room import Room
from wooster.calendars.service import Calendars
from wooster.calendars.web import ClientFactory, Web
from wooster.calendars.writing import Writing
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.models.gate import Gate
from wooster.schedule.phrases import Context
from wooster.storage import Database


def room(
    paths: Paths,
    settings: Settings,
    database: Database,
    clock: Clock,
    way_out: tuple[ClientFactory, Gate],
    environ: Mapping[str, str],
) -> Room:
    """All that works on the calendars of one home; its `refreshing` is run and stopped."""
    web = Web(*way_out)
    credentials = Credentials(paths.credentials, environ)
    chosen = settings.services.calendars
    every = timedelta(minutes=chosen.refresh_minutes)
    rules = Rules(every, tuple(chosen.addresses), credentials.drop)
    refreshing = Refreshing(database, clock, Fetcher(web, credentials), Reader(), rules)
    return Room(
        Calendars(database, clock),
        Adding(database, clock, web, credentials, refreshing),
        Writing(database, clock, web, credentials, refreshing, paths.home),
        refreshing,
        lambda: Context(clock.local(), settings.person.date_order, 0, clock.zone is None),
    )
