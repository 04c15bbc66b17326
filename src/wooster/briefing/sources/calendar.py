"""Events as items: of a day, or the first that come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from wooster.briefing.model import Item, Moment, item
from wooster.briefing.ports import NotSetUp
from wooster.calendars.model import Appointment
from wooster.calendars.service import Calendars
from wooster.calendars.showing import clock_text

_WEEK = timedelta(days=7)


class CalendarItems:
    """Of the calendars of one home."""

    def __init__(self, calendars: Calendars) -> None:
        self._calendars = calendars

    async def today(self, moment: Moment) -> Sequence[Item]:
        return await self._of(moment.day, moment.day)

    async def tomorrow(self, moment: Moment) -> Sequence[Item]:
        return await self._of(moment.tomorrow, moment.tomorrow)

    async def next_week(self, moment: Moment) -> Sequence[Item]:
        """The seven days after the moment's, each event with its first day."""
        return await self._of(moment.tomorrow, moment.day + _WEEK)

    async def _of(self, first: date, last: date) -> list[Item]:
        agenda = await self._calendars.between(first, last)
        if not agenda.sources:
            raise NotSetUp
        return [
            _item(each, day.day, with_day=first != last) for day in agenda.days for each in day.on
        ]


def _item(each: Appointment, day: date, *, with_day: bool) -> Item:
    # One that is stored has a number; an event of several days is an item on each.
    number = each.instance.id if each.instance else 0
    when = f"{day:%A} {day.day} {day:%b}" if with_day else ""
    maybe = "tentative" if each.status == "tentative" else ""
    place = item("", each.location).name if each.location else ""
    name = each.summary or "an event without a title"
    return item(f"event:{number}", name, when, clock_text(each, day), place, maybe)
