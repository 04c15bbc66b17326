"""Being asked how a goal goes, at times that the person sets: nobody is asked who didn't."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from wooster.actions.action import Action
from wooster.core.clock import Clock
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import clean, plain
from wooster.goals import choosing, showing
from wooster.goals.model import Goal
from wooster.goals.parameters import Which
from wooster.goals.service import Goals
from wooster.schedule.model import Due, Job, Missed, Times
from wooster.schedule.phrases import Context, When, read
from wooster.schedule.service import Rows, Schedule
from wooster.wire.requests import ActionResult

MORNING = time(9, 0)
_LATE = Missed("within", timedelta(hours=12))


class CheckIns:
    """The jobs of kind "goal" of one home."""

    def __init__(
        self, goals: Goals, schedule: Schedule, clock: Clock, context: Callable[[], Context]
    ) -> None:
        self._goals, self._schedule, self._clock, self._context = goals, schedule, clock, context

    async def compose(self, due: Due) -> str | None:
        """How it stands, and the question; None for a goal that isn't open any more."""
        for each in await self._goals.open():
            if each.goal.id == due.job.payload["goal"]:
                parts = (showing.value_text(each), showing.share_text(each))
                told = ", ".join(part for part in (*parts, showing.pace_text(each)) if part)
                standing = f" So far: {told}." if told else ""
                name = each.goal.name
                return f"How far is “{name}”?{standing}\ngoals progress {name}: and how far it is"
        return None

    async def remind(self, words: str) -> ActionResult:
        """Ask by "NAME every Sunday at 18:00", or no more by "NAME off". Raises `UsageError`,
        `NotFound`."""
        name, when = await asyncio.to_thread(_parsed, words, self._context())
        goal = choosing.open_one(name, await self._goals.names())
        job = await self._of(goal)
        if when is None:
            if job is None:
                raise NotFound(
                    f"Nobody asks how “{goal.name}” goes.",
                    hint=f"`goals remind {goal.name} every Sunday at 18:00`",
                )
            changed = await self._schedule.end(job.id)
            told = f"You aren't asked any more how {plain(goal.name)} goes."
        else:
            times = _times(when, self._context())
            if job is None:
                payload = {"goal": goal.id}
                new = Job(0, "goal", goal.name, times, self._clock.now(), _LATE, payload=payload)
                changed = await self._schedule.add(new)
            else:
                changed = await self._schedule.change(
                    job.id, lambda was: replace(was, times=times, state="active")
                )
            at = changed.job.next_at
            assert at is not None  # a change that never comes is refused
            first = f"{at.astimezone(self._clock.zone):%A %-d %B at %H:%M}"
            told = f"You'll be asked how {plain(goal.name)} goes: {when.words}; first on {first}."
        return ActionResult(told, {"number": changed.job.id}, undo=_undo(changed.before))

    async def _of(self, goal: Goal) -> Job | None:
        jobs = await self._schedule.jobs(("active", "paused"), ("goal",))
        return next((each for each in jobs if each.payload["goal"] == goal.id), None)


def actions(check_ins: CheckIns) -> list[Action[Any]]:
    async def handle(given: Which) -> ActionResult:
        return await check_ins.remind(clean(given.goal))

    return [
        Action(
            name="goals_remind",
            help="asks you how a goal goes, at the times that you say, or no more: off",
            effect="write",
            parameters=Which,
            phrases=("goals remind NAME WHEN", "/goals remind NAME WHEN"),
            handler=handle,
            rest="goal",
        )
    ]


def _parsed(words: str, context: Context) -> tuple[str, When | None]:
    """A goal's words, and when to ask; None for never. The longest end that is a rule is it."""
    parts = words.split()
    if parts and parts[-1].casefold() == "off":
        return " ".join(parts[:-1]), None
    for number in range(1, len(parts)):
        when = read(" ".join(parts[number:]), context)
        if when is not None and when.rule:
            return " ".join(parts[:number]), when
    raise UsageError(
        "Say which goal, and when to ask, again and again.",
        hint="goals remind weight every Sunday at 18:00 · goals remind weight off",
    )


def _times(when: When, context: Context) -> Times:
    start = datetime.combine(when.day or context.today, when.at or MORNING)
    return Times(rrule=when.rule, start=start, except_days=when.except_days)


def _undo(rows: Rows) -> tuple[str, dict[str, Any]]:
    from pydantic import TypeAdapter

    return "reminders_put", {"rows": TypeAdapter(Rows).dump_python(rows, mode="json")}
