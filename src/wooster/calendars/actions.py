"""What a person, or a model, can do with calendars: list, add, remove them, read them again.

The first request to somebody else's machine is asked for, by its host. What is done with a day and
with an event is `looking`'s and `events`'.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wooster.actions.action import Action, Nothing, Report
from wooster.calendars import events, looking, showing
from wooster.calendars.adding import Wanted, one
from wooster.calendars.model import Source
from wooster.calendars.parameters import (
    AddCalendar,
    WhichCalendar,
)
from wooster.calendars.room import Room
from wooster.core.errors import UsageError
from wooster.core.text import clean, counted
from wooster.wire.events import Progress
from wooster.wire.requests import ActionResult


def actions(room: Room) -> list[Action[Any]]:
    """All of them over the calendars of one home."""
    return [
        _listing(room),
        _add_calendar(room),
        *_removing(room),
        _refresh(room),
        *looking.actions(room.calendars, room.say),
        *events.actions(room),
    ]


# --- calendars --------------------------------------------------------------------------------


def _listing(room: Room) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        found = await room.calendars.sources()
        text = showing.sources_text(found, room.calendars.clock.now())
        data = [{**showing.source_data(e.source), "events": e.events} for e in found]
        return ActionResult(text, {"calendars": data})

    return Action(
        name="calendars",
        help="lists the calendars that are read, how old they are, and what couldn't be read",
        effect="read",
        outside=True,
        parameters=Nothing,
        phrases=("calendars",),
        handler=handle,
    )


def _add_calendar(room: Room) -> Action[AddCalendar]:
    async def asks(given: AddCalendar) -> str:
        wanted = await asyncio.to_thread(_wanted, given)
        if not wanted.is_remote:
            return ""
        return (
            f"Read the calendar at {wanted.host}, now and again in the background? Each request is "
            "in `egress`."
        )

    async def work(given: AddCalendar, report: Report) -> ActionResult:
        wanted = await asyncio.to_thread(_wanted, given)
        where = wanted.host if wanted.is_remote else wanted.place
        report(Progress("reading", text=f"reading {where} …"))
        added = await room.adding.add(wanted)
        looks = [e for e in await room.calendars.sources() if e.source.id in {s.id for s in added}]
        text = showing.sources_text(looks, room.calendars.clock.now())
        head = f"Added {counted(len(added), 'calendar')}:"
        undo = ("calendars_remove", {"ids": [each.id for each in added]})
        data = {"calendars": [showing.source_data(each) for each in added]}
        return ActionResult(f"{head}\n\n{text}", data, undo=undo)

    return Action(
        name="calendars_add",
        by_model=False,
        help="adds a calendar: an .ics file or a folder of them, an address, a CalDAV server",
        effect="outward",
        parameters=AddCalendar,
        phrases=("calendars add PATH", "calendars add ADDRESS NAME", "/calendars add ADDRESS NAME"),
        worker=work,
        rest="what",
        secret=("what", "password"),  # an address may be all that is needed to read it
        asks=asks,
    )


def _wanted(given: AddCalendar) -> Wanted:
    """Blocking: it looks which part of a line is a path."""
    what, name = clean(given.what).strip(), clean(given.name).strip()
    if not what:
        raise UsageError(
            "Which calendar?", hint="`calendars add ~/work.ics`, or an address: https://…"
        )
    if "://" in what:
        what, _, rest = what.partition(" ")
    else:
        what, rest = _path_in(what)
    return Wanted(what, name or rest.strip(), given.user, given.password.get_secret_value())


def _path_in(text: str) -> tuple[str, str]:
    """The longest beginning that is a path, and what comes after it."""
    if text[0] in "\"'" and text[0] in text[1:]:
        path, _, rest = text[1:].partition(text[0])
        return path, rest
    words = text.split(" ")
    for count in range(len(words), 0, -1):
        path = " ".join(words[:count])
        if Path(path).expanduser().exists():
            return path, " ".join(words[count:])
    return text, ""


def _removing(room: Room) -> list[Action[Any]]:
    async def remove(given: WhichCalendar) -> ActionResult:
        gone = await room.adding.remove(clean(given.calendar), given.ids)
        undo = ("calendars_restore", {"ids": [each.id for each in gone]})
        text = f"Removed: {_names(gone)}. For a week it can be taken back."
        return ActionResult(text, {"ids": [each.id for each in gone]}, undo=undo if gone else None)

    async def restore(given: WhichCalendar) -> ActionResult:
        back = await room.adding.restore(clean(given.calendar), given.ids)
        undo = ("calendars_remove", {"ids": [each.id for each in back]})
        text = f"Back: {_names(back)}."
        return ActionResult(text, {"ids": [each.id for each in back]}, undo=undo if back else None)

    return [
        Action(
            name="calendars_remove",
            by_model=False,
            help="removes a calendar from what is read; the calendar itself stays as it is",
            effect="write",
            parameters=WhichCalendar,
            phrases=("calendars remove NAME", "/calendars remove NAME"),
            handler=remove,
            rest="calendar",
        ),
        Action(
            name="calendars_restore",
            by_model=False,
            help="brings back a calendar that was removed within the past week",
            effect="write",
            parameters=WhichCalendar,
            phrases=("calendars restore NAME", "/calendars restore NAME"),
            handler=restore,
            rest="calendar",
        ),
    ]


def _names(sources: Sequence[Source]) -> str:
    return ", ".join(f"“{showing.plain(each.name)}”" for each in sources) or "nothing"


def _refresh(room: Room) -> Action[WhichCalendar]:
    async def work(given: WhichCalendar, report: Report) -> ActionResult:
        there = [each.source for each in await room.calendars.sources()]
        chosen = [one(clean(given.calendar), there)] if given.calendar.strip() else there
        for number, each in enumerate(chosen):
            report(Progress("reading", number, len(chosen), f"reading {each.name} …"))
            await room.refreshing.refresh(each)
        ids = {each.id for each in chosen}
        looks = [each for each in await room.calendars.sources() if each.source.id in ids]
        data = {"calendars": [showing.source_data(each.source) for each in looks]}
        failed = any(each.source.problem for each in looks)
        text = showing.sources_text(looks, room.calendars.clock.now())
        return ActionResult(text, data, exit_code=1 if failed else 0)

    return Action(
        name="calendars_refresh",
        by_model=False,
        help="reads the calendars again now",
        effect="read",
        parameters=WhichCalendar,
        phrases=("calendars refresh", "calendars refresh NAME", "/calendars refresh"),
        worker=work,
        rest="calendar",
    )
