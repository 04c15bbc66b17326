"""What the actions on calendars are over: the parts that work on one home's."""

from __future__ import annotations

from dataclasses import dataclass

from wooster.calendars.adding import Adding
from wooster.calendars.refreshing import Refreshing
from wooster.calendars.service import Calendars
from wooster.calendars.writing import Writing
from wooster.schedule.phrases import Context


@dataclass(frozen=True, slots=True)
class Room:
    """What the actions are over."""

    calendars: Calendars
    adding: Adding
    writing: Writing
    refreshing: Refreshing

    def say(self) -> Context:
        """In what words about time are read: a day of a calendar ends at midnight."""
        return Context(self.calendars.clock.local())
