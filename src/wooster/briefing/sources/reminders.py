"""Reminders as items: those of a day, and what was missed or failed and nobody was told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from wooster.briefing.model import Item, Moment, item
from wooster.core.text import counted
from wooster.schedule.model import Due
from wooster.schedule.service import Schedule

_TIMES_TOLD = 4
_HANDED_OVER = timedelta(minutes=5)


class ReminderItems:
    """Of the schedule of one home."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    async def today(self, moment: Moment) -> Sequence[Item]:
        """Those that come from now to the end of the day, and those that wait to be said again."""
        return await self._between(moment.now, moment.day, moment)

    async def tomorrow(self, moment: Moment) -> Sequence[Item]:
        return await self._between(moment.begin_of(moment.tomorrow), moment.tomorrow, moment)

    async def missed(self, moment: Moment) -> Sequence[Item]:
        """What failed or was missed and nobody was told of yet; of briefings, the next one is
        being read."""
        found = await self._schedule.unseen()
        return [_missed(e, moment) for e in found if e.job.kind not in ("briefing", "review")]

    async def _between(self, begin: datetime, day: date, moment: Moment) -> list[Item]:
        end = moment.begin_of(date.fromordinal(day.toordinal() + 1))
        times: dict[int, list[datetime]] = {}
        names: dict[int, str] = {}
        for due in await self._schedule.waiting():
            at = due.occurrence.try_at
            is_then = at is not None and begin - _HANDED_OVER < at < end
            if due.job.kind == "reminder" and at is not None and is_then:
                times.setdefault(due.job.id, []).append(max(at, begin))
                names[due.job.id] = due.job.text
        for at, job in await self._schedule.simulated(begin, end):
            if job.kind == "reminder" and at < end:
                times.setdefault(job.id, []).append(at)
                names[job.id] = job.text
        first = sorted(times, key=lambda number: (min(times[number]), number))
        return [item(f"reminder:{n}", names[n], _clocks(times[n], moment)) for n in first]


def _clocks(times: Sequence[datetime], moment: Moment) -> str:
    """ "08:00, 20:00"; of many, the first and how many they are."""
    told = [f"{at.astimezone(moment.zone):%H:%M}" for at in sorted(times)]
    if len(told) > _TIMES_TOLD:
        return f"{told[0]} to {told[-1]}, {counted(len(told), 'time')}"
    return ", ".join(dict.fromkeys(told))


def _missed(due: Due, moment: Moment) -> Item:
    row = due.occurrence
    local = row.due.astimezone(moment.zone)
    day = "" if local.date() == moment.day else f"{local:%A} {local.day} {local:%b} "
    what = "was missed" if row.state == "missed" else "was not delivered"
    more = f"{row.times} times" if row.times > 1 else ""
    name = due.job.text or f"a {due.job.kind}"
    return item(f"missed:{row.id}", name, f"{what}, due {day}{local:%H:%M}", more)
