"""What the actions on calendars are over: the parts that work on one home's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wooster.calendars.adding import Adding
from wooster.calendars.refreshing import Refreshing
from wooster.calendars.service import Calendars
from wooster.calendars.writing import Writing
from wooster.schedule.phrases import Context


@dataclass(frozen=True, slots=True)
class Room:
    """What the actions are over. `say` gives from where a time in words is looked at."""

    calendars: Calendars
    adding: Adding
    writing: Writing
    refreshing: Refreshing
    say: Callable[[], Context]
