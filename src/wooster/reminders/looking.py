"""What a person can see of the schedule: what comes, what came, and what would."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from wooster.actions.action import Action, Parameters
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean
from wooster.reminders import listing, reading, wording
from wooster.reminders.setting import Reminders
from wooster.wire.requests import ActionResult

_AHEAD = timedelta(days=7)
_SHOWN = 100
_HISTORY = 30
_FROM_TO = Pattern(r"(?:(?:--)?from\s+(?P<begin>.+?))?\s*(?:(?:--)?to\s+(?P<end>.+))?")


class Span(Parameters):
    """How far to look ahead: "tomorrow", "in 3 days"; a week without it."""

    until: Annotated[str, Field(max_length=200)] = ""


class Simulated(Parameters):
    """`--from TIME --to TIME`; from now, and for a week, without them."""

    span: Annotated[str, Field(max_length=400)] = ""


class Count(Parameters):
    """How many of the last ones to show."""

    limit: Annotated[int, Field(ge=1, le=1000)] = _HISTORY


def actions(reminders: Reminders) -> list[Action[Any]]:
    """All of them over the schedule of one home."""
    return [
        listing.action(reminders),
        _coming(reminders),
        _history(reminders),
        _simulate(reminders),
    ]


def _coming(reminders: Reminders) -> Action[Span]:
    async def handle(given: Span) -> ActionResult:
        now = reminders.clock.now()
        words = clean(given.until).strip()
        end = await _instant(reminders, words) if words else now + _AHEAD
        return await _told(reminders, now, end)

    return Action(
        name="schedule",
        help="shows all that comes in the next seven days, or until a time",
        effect="read",
        parameters=Span,
        phrases=("schedule", "/schedule UNTIL"),
        also=("list scheduler tasks",),
        handler=handle,
        rest="until",
    )


def _history(reminders: Reminders) -> Action[Count]:
    async def handle(given: Count) -> ActionResult:
        found = await reminders.schedule.newest(given.limit)
        text = wording.history(found, reminders.clock.local())
        data = {"history": [wording.due_data(each, reminders.clock.zone) for each in found]}
        return ActionResult(text, data)

    return Action(
        name="schedule_history",
        help="shows what came: delivered, late, missed and failed",
        effect="read",
        parameters=Count,
        phrases=("schedule history",),
        handler=handle,
    )


def _simulate(reminders: Reminders) -> Action[Simulated]:
    async def handle(given: Simulated) -> ActionResult:
        words = " ".join(clean(given.span).split())
        found = _FROM_TO.fullmatch(words)
        if found is None:
            raise UsageError(
                f"“{words}” is no stretch of time.",
                hint="schedule simulate --from tomorrow --to 1 March",
            )
        now = reminders.clock.now()
        begin = await _instant(reminders, found["begin"]) if found["begin"] else now
        end = await _instant(reminders, found["end"]) if found["end"] else begin + _AHEAD
        if end <= begin:
            raise UsageError("The end is before the beginning.", hint="Say --from and then --to.")
        return await _told(reminders, begin, end)

    return Action(
        name="schedule_simulate",
        help="shows what would come `--from` a time `--to` another; nothing is sent",
        effect="read",
        parameters=Simulated,
        phrases=("schedule simulate", "schedule simulate SPAN"),
        handler=handle,
        rest="span",
        fits=_is_span,
    )


async def _is_span(words: str) -> bool:
    return _FROM_TO.fullmatch(" ".join(clean(words).split())) is not None


async def _told(reminders: Reminders, begin: datetime, end: datetime) -> ActionResult:
    found = await reminders.schedule.simulated(begin, end)
    text = wording.coming(found, reminders.clock.local(), _SHOWN)
    zone = reminders.clock.zone
    data = {
        "coming": [
            {"at": at.astimezone(zone).isoformat(), "number": job.id, "text": job.text}
            for at, job in found
        ]
    }
    return ActionResult(text, data)


async def _instant(reminders: Reminders, words: str) -> datetime:
    times, _ = await asyncio.to_thread(
        reading.a_time, words.strip('"'), reminders.context, reminders.clock.zone
    )
    if times.at is None:
        raise UsageError(
            f"“{words}” is no single time.", hint="As: tomorrow · 1 March · Friday 9am"
        )
    return times.at
