"""Putting a question to the assistant at a time, once or again and again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from wooster.actions.action import Action, Parameters
from wooster.core.errors import UsageError
from wooster.core.text import clean
from wooster.reminders import reading, wording
from wooster.schedule.model import Job
from wooster.wire.requests import ActionResult

if TYPE_CHECKING:
    from wooster.reminders.setting import Reminders

_HINT = "schedule ask every Monday at 8: which book should I read next?"


class Question(Parameters):
    """The time and the question: "every Monday at 8: which book should I read next?"."""

    question: Annotated[str, Field(max_length=4_000)]


def action(reminders: Reminders) -> Action[Question]:
    async def handle(given: Question) -> ActionResult:
        context, zone, clock = reminders.context, reminders.clock.zone, reminders.clock
        words, _, asked = clean(given.question).partition(": ")
        if words.strip() and asked.strip():
            times, note = await asyncio.to_thread(reading.a_time, words, context, zone)
        else:
            said = await asyncio.to_thread(reading.parse, clean(given.question), context, zone)
            if said.times is None:
                raise UsageError("Say when it is to be asked.", hint=_HINT)
            times, note, asked = said.times, said.note, said.text
        job = Job(0, "prompt", " ".join(asked.split()), times, clock.now())
        changed = await reminders.schedule.add(job)
        told = wording.made(changed.job, note, context.now)
        return ActionResult(
            f"It will be asked: {told} A model of this machine answers, and you are told.",
            wording.job_data(changed.job, zone),
            undo=reminders.undo(changed.before),
        )

    return Action(
        name="schedule_ask",
        help="puts a question to the assistant at a time, and tells you the answer",
        effect="write",
        parameters=Question,
        phrases=("schedule ask WHEN: QUESTION",),
        handler=handle,
        rest="question",
    )
