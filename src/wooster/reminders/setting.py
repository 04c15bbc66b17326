"""What a person, or a model, can do with reminders: set, list, put off, finish, change, end them.

Each write gives the action that takes it back: `reminders put`, with the rows as they were.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from wooster.actions.action import Action, Parameters
from wooster.core.clock import Clock
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import clean
from wooster.reminders import choosing, heard, putting, reading, sentences, wording
from wooster.reminders.reading import Said
from wooster.schedule.model import Due, Job, Kind, Label
from wooster.schedule.phrases import Context, When
from wooster.schedule.service import Changed, Rows, Schedule, resumed
from wooster.wire.requests import ActionResult, Choice, Option

SNOOZE = timedelta(minutes=10)
LIVE: tuple[Literal["active"], Literal["paused"]] = ("active", "paused")
_CHANGEABLE: tuple[Kind, ...] = ("reminder", "prompt", "briefing", "review")
_LATEST = 50

Text = Annotated[str, Field(max_length=4_000)]


class Reminder(Parameters):
    """`text`: what, and when, as "call Ana tomorrow at 5"; `when`: the time, where it is apart."""

    text: Text = ""
    when: Text = ""


class Which(Parameters):
    """A reminder's number, or words of it."""

    which: Text = ""


class Later(Parameters):
    """`until`: "10m", "1 hour", "5pm", "tomorrow"; a reminder's number or words before it, for
    another than the one that came last."""

    until: Text = ""


class Moved(Parameters):
    """`change`: a reminder's number or words, `to`, and the new time."""

    change: Text = ""


class Put(Parameters):
    """Rows as they were: what `undo` gives."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class Reminders:
    """What the actions work on. `looked_from` gives from where a time in words is looked at."""

    schedule: Schedule
    clock: Clock
    looked_from: Callable[[], Context]

    @property
    def context(self) -> Context:
        return self.looked_from()

    async def live(self) -> list[Job]:
        return await self.schedule.jobs(LIVE, ("reminder",))

    async def labels(self) -> list[Label]:
        """What each of `live` is called."""
        return await self.schedule.labels(LIVE, ("reminder",))

    async def count(self) -> int:
        """How many `live` are."""
        return await self.schedule.count(LIVE, ("reminder",))

    async def changeable(self, words: str) -> Job:
        """The one that is meant, also of what is asked of the assistant and of the briefings and
        reviews that go out by themselves. Raises `NotFound` for none, `UsageError` for several."""
        found = await self.schedule.labels(LIVE, _CHANGEABLE)
        return await self.schedule.job(choosing.one(words, found).id)

    async def is_named(self, words: str) -> bool:
        """Whether somebody who says "cancel" and `words` means one of these."""
        return heard.is_meant(words, await self.schedule.labels(LIVE, _CHANGEABLE))

    async def last(self, words: str = "") -> Due:
        """The one that came last, or the last that `words` mean. Raises `NotFound`."""
        waiting = [due for due in await self.schedule.waiting() if due.occurrence.ended]
        came = await self.schedule.newest(_LATEST, ["delivered"])
        found = sorted(
            (*waiting, *came), key=lambda due: due.occurrence.ended or due.occurrence.due
        )
        if words:
            jobs = choosing.meant(words, [due.job for due in found])
            found = [due for due in found if due.job in jobs]
        if not found:
            about = f" “{words}”" if words else ""
            raise NotFound(f"No reminder{about} has come yet.", hint="`reminders` lists them.")
        return found[-1]

    def undo(self, rows: Rows) -> tuple[str, dict[str, Any]]:
        from pydantic import TypeAdapter

        return "reminders_put", {"rows": TypeAdapter(Rows).dump_python(rows, mode="json")}


def actions(reminders: Reminders) -> list[Action[Any]]:
    """All of them over the schedule of one home."""
    return [
        _remind(reminders),
        _snooze(reminders),
        _done(reminders),
        *_ending(reminders),
        _move(reminders),
        putting.action(reminders),
        _put(reminders),
    ]


def _remind(reminders: Reminders) -> Action[Reminder]:
    async def handle(given: Reminder) -> ActionResult:
        context, zone = reminders.context, reminders.clock.zone

        def parsed() -> Said:
            words = clean(given.text)
            if given.when.strip():
                times, note = reading.a_time(clean(given.when), context, zone)
                return replace(reading.parse(words, context, zone), times=times, note=note)
            return reading.parse(words, context, zone)

        said = await asyncio.to_thread(parsed)  # its libraries load with the first
        if said.times is None:
            return _when(said)
        job = Job(
            0,
            "reminder",
            said.text,
            said.times,
            reminders.clock.now(),
            repeat=said.repeat,
            priority=said.priority,
            channels=said.channels,
            missed=said.missed,
        )
        changed = await reminders.schedule.add(job)
        told = wording.made(changed.job, said.note, context.now)
        return _changed(reminders, changed, f"I'll remind you: {told}")

    async def fits(words: str) -> bool:
        return await asyncio.to_thread(reading.is_meant, words, reminders.context)

    return Action(
        name="remind",
        help="reminds you at a time, or again and again, word for word",
        effect="write",
        parameters=Reminder,
        phrases=("remind me WHAT WHEN", "/remind WHAT WHEN"),
        handler=handle,
        rest="text",
        fits=fits,
        examples=sentences.EXAMPLES,
        reads=sentences.asked_for(reminders.looked_from),
    )


def _when(said: Said) -> ActionResult:
    """Nobody is reminded at no time: ask which."""
    times = ("in an hour", "this evening at 18:00", "tomorrow at 9:00")
    options = [
        Option(str(number), each, "remind", {"text": said.text, "when": each})
        for number, each in enumerate(times, 1)
    ]
    other = Option("o", "another time", "remind", {"text": said.text}, "When?", "when")
    choice = Choice(f"When shall I remind you: “{said.text}”?", [*options, other, _NOT])
    hint = f"Nothing is set yet: say when, as `remind me to {said.text} tomorrow at 5`."
    return ActionResult(hint, exit_code=2, choice=choice)


_NOT = Option("n", "don't")


def _snooze(reminders: Reminders) -> Action[Later]:
    async def handle(given: Later) -> ActionResult:
        words = clean(given.until).strip()
        which, until = await asyncio.to_thread(_later, words, reminders.context)
        due = await reminders.last(which)
        _, rows = await reminders.schedule.snooze(due.occurrence.id, until)
        told = f"Again {wording.moment(until, reminders.clock.local())}: {wording.text(due.job)}."
        return ActionResult(told, {"number": due.job.id}, undo=reminders.undo(rows))

    async def fits(words: str) -> bool:
        try:
            which, _ = await asyncio.to_thread(_later, words, reminders.context)
        except UsageError:
            return False
        return not which

    return Action(
        name="snooze",
        help="says the last reminder again, ten minutes later or when you say",
        effect="write",
        parameters=Later,
        phrases=("snooze", "snooze WHEN", "/snooze WHICH WHEN"),
        also=("remind me again WHEN",),
        handler=handle,
        rest="until",
        fits=fits,
    )


def _later(words: str, context: Context) -> tuple[str, datetime]:
    """Which, by words before the time, and the instant: "10m" is ten minutes from now. Raises
    `UsageError`."""
    from wooster.schedule.phrases import find, read

    if not words:
        return "", context.now + SNOOZE
    for typed in (words, f"in {words}"):
        when = read(typed, context)
        if when is not None and not when.rule:
            return "", _instant(when, context)
    found = find(words, context)
    if found is None or found.when.rule or not words[: found.start].strip():
        raise UsageError(
            f"“{words}” is no time that I can read.", hint="snooze 10m · snooze until 5pm"
        )
    return found.rest(words), _instant(found.when, context)


def _instant(when: When, context: Context) -> datetime:
    """The instant that is said, of which "until 5pm" names the end."""
    if when.at is None and when.until is not None:
        when = replace(when, day=when.until_day, at=when.until)
    at = reading.times_of(when, context, context.zone)[0].at
    assert at is not None  # no rule was said
    return at


def _done(reminders: Reminders) -> Action[Which]:
    async def handle(given: Which) -> ActionResult:
        due = await reminders.last(clean(given.which).strip())
        rows = await reminders.schedule.acknowledge(due.occurrence.id)
        told = f"Done: {wording.text(due.job)}."
        return ActionResult(told, {"number": due.job.id}, undo=reminders.undo(rows))

    return Action(
        name="reminders_done",
        help="the last reminder is done: it isn't said again",
        effect="write",
        parameters=Which,
        phrases=("done", "got it", "/reminders done WHICH"),
        handler=handle,
        rest="which",
    )


def _ending(reminders: Reminders) -> list[Action[Any]]:
    async def fits(words: str) -> bool:
        """A number is one of a reminder, also where there is none of it: that is said."""
        return words.strip().isdecimal() or await reminders.is_named(clean(words))

    async def reads(sentence: str) -> dict[str, Any] | None:
        words = sentences.ended(sentence)
        return {"which": words} if words and await reminders.is_named(clean(words)) else None

    def action(
        name: str, told: str, typed: tuple[str, ...], run: Callable[[int], Awaitable[Changed]]
    ) -> Action[Which]:
        async def handle(given: Which) -> ActionResult:
            job = await reminders.changeable(heard.named(clean(given.which)))
            changed = await run(job.id)
            said = {"cancel": "Cancelled", "reminders_pause": "Paused"}.get(name, "On again")
            return _changed(reminders, changed, f"{said}: {wording.text(job)}.")

        made = Action(name, told, "write", Which, typed, handle, "which")
        if name != "cancel":
            return made
        examples = sentences.EXAMPLES_END
        return replace(made, fits=fits, also=("delete WHICH",), reads=reads, examples=examples)

    schedule = reminders.schedule
    return [
        action(
            "cancel",
            "cancels a reminder, by its number or words",
            ("cancel WHICH", "cancel reminder WHICH", "delete reminder WHICH"),
            lambda number: schedule.end(number, "cancelled"),
        ),
        action(
            "reminders_pause",
            "stops a reminder for a while",
            ("pause reminder WHICH", "/reminders pause WHICH"),
            lambda number: schedule.end(number, "paused"),
        ),
        action(
            "reminders_resume",
            "lets a reminder go on that was paused",
            ("resume reminder WHICH", "/reminders resume WHICH"),
            lambda number: schedule.change(number, resumed),
        ),
    ]


def _move(reminders: Reminders) -> Action[Moved]:
    async def handle(given: Moved) -> ActionResult:
        words, context = clean(given.change).strip(), reminders.context
        which, _, to = words.rpartition(" to ")
        if not which:
            raise UsageError("Say which, and to when.", hint="move reminder 3 to Friday at 9")
        times, note = await asyncio.to_thread(reading.a_time, to, context, reminders.clock.zone)
        job = await reminders.changeable(which)
        if job.kind != "reminder":
            times = reading.as_often(job.times, times, reminders.clock.zone)
        changed = await reminders.schedule.change(job.id, lambda was: replace(was, times=times))
        return _changed(
            reminders, changed, f"Moved: {wording.made(changed.job, note, context.now)}"
        )

    return Action(
        name="reminders_move",
        help="gives a reminder another time",
        effect="write",
        parameters=Moved,
        phrases=("move reminder WHICH to WHEN", "/reminders move WHICH to WHEN"),
        handler=handle,
        rest="change",
    )


def _put(reminders: Reminders) -> Action[Put]:
    async def handle(given: Put) -> ActionResult:
        before = await reminders.schedule.put(given.rows)
        now = reminders.clock.local()
        lines = [f"- {wording.text(each)}: {_state(each, now)}" for each in given.rows.jobs]
        return ActionResult("\n".join(lines) or "As it was.", undo=reminders.undo(before))

    return Action(
        name="reminders_put",
        help="puts reminders as they were: what `undo` does",
        effect="write",
        parameters=Put,
        phrases=(),
        handler=handle,
    )


def _state(job: Job, now: datetime) -> str:
    at = f", {wording.moment(job.next_at, now)}" if job.state == "active" and job.next_at else ""
    return f"{job.state}{at}"


def _changed(reminders: Reminders, changed: Changed, told: str) -> ActionResult:
    data = wording.job_data(changed.job, reminders.clock.zone)
    return ActionResult(told, data, undo=reminders.undo(changed.before))
