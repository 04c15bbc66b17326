"""What a person, or a model, can do with events: make, move and cancel them.

What goes to a server asks first, with exactly what will happen; what is in a file of this machine
doesn't. Both can be taken back. Where words may mean several, they are listed, and none is changed.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from wooster.actions.action import Action
from wooster.calendars import blocks, showing, wording
from wooster.calendars.editing import New, Span
from wooster.calendars.model import Appointment, Source
from wooster.calendars.parameters import MoveEvent, NewEvent, OneEvent, PutEvent
from wooster.calendars.room import Room
from wooster.calendars.sentences import EXAMPLES_ADD, EXAMPLES_CANCEL, EXAMPLES_MOVE, Sentences
from wooster.calendars.service import Matching
from wooster.calendars.writing import OWN_FILE, OWN_NAME, Put, Written, new_uid
from wooster.core.clock import from_ms
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import clean
from wooster.schedule.wording import describe
from wooster.wire.requests import ActionResult, Choice, Option

_MOST_CHOICES: Final = 9


def actions(room: Room) -> list[Action[Any]]:
    """All of them over the calendars of one home."""
    said = Sentences(room)
    return [
        _add_event(room, said),
        _move_event(room, said),
        _cancel_event(room, said),
        _put_event(room),
    ]


def _add_event(room: Room, sentences: Sentences) -> Action[NewEvent]:
    async def new(given: NewEvent) -> tuple[wording.Said, Source | None]:
        text, zone = clean(given.event).strip(), room.calendars.clock.zone
        said = wording.a_new(text, room.say(), zone, await room.writing.names())
        source = await room.writing.target(given.calendar.strip() or said.calendar)
        return said, source

    async def asks(given: NewEvent) -> str:
        said, source = await new(given)
        if source is None or not source.is_remote:
            return ""
        return f"Add {_told(room, said)} to {_named(source)}?"

    async def handle(given: NewEvent) -> ActionResult:
        said, source = await new(given)
        zone = room.calendars.clock.zone
        rule, days = said.rule, said.except_days
        event = New(new_uid(), said.summary, said.span, zone, said.location, rule, days)
        written = await room.writing.add(event, source.name if source else "")
        text = f"Added to “{showing.plain(written.source.name)}”: {_told(room, said)}."
        if source is None:
            text += f" “{OWN_NAME}” is a new calendar of yours, in `{OWN_FILE}` of Wooster's home."
        if said.note:
            text += f" ({said.note})"
        return _changed(text, written)

    return Action(
        name="event_add",
        help="adds an event in words: what, when and where",
        effect="outward",
        outside=True,
        parameters=NewEvent,
        phrases=("event add WHAT WHEN", "add event WHAT WHEN", "/event add WHAT WHEN"),
        handler=handle,
        rest="event",
        asks=asks,
        reads=sentences.a_new,
        examples=(wording.EXAMPLE, *EXAMPLES_ADD),
    )


def _told(room: Room, said: wording.Said) -> str:
    """A new event as a person reads it: "“Lunch” on Friday 27 November, 13:00–14:00 at Café X"."""
    place = f" at {showing.plain(said.location)}" if said.location else ""
    rule = f", {describe(said.rule)}" if said.rule else ""
    return f"“{showing.plain(said.summary)}” {_when(room, said.span)}{place}{rule}"


def _when(room: Room, span: Span) -> str:
    if isinstance(span.starts, datetime) and isinstance(span.ends, datetime):
        starts, ends = span.starts, span.ends
        shown = Appointment("", "", starts.date(), ends.date(), starts, ends)
    else:
        assert not isinstance(span.ends, datetime)
        last = span.ends.fromordinal(span.ends.toordinal() - 1)
        shown = Appointment("", "", span.starts, last)
    return showing.event_text(shown, room.calendars.today).removeprefix("“” ")


def _named(source: Source) -> str:
    host = f" ({showing.plain(source.place)})" if source.is_remote else ""
    return f"“{showing.plain(source.name)}”{host}"


def _changed(text: str, written: Written) -> ActionResult:
    if written.source.problem:
        text += f" It couldn't be read again yet: {showing.told(written.source.problem)}"
    undo = asdict(written.undo)
    undo["source"] = undo.pop("source_id")
    return ActionResult(text, {"calendar": written.source.name}, undo=("event_put", undo))


def _move_event(room: Room, sentences: Sentences) -> Action[MoveEvent]:
    async def moved(given: MoveEvent) -> tuple[wording.Move, Matching]:
        move = wording.a_move(clean(given.event).strip(), room.say())
        return move, await _chosen(room, given, move.words, move.on)

    async def asks(given: MoveEvent) -> str:
        if await room.writing.is_all_here():
            return ""
        move, found = await moved(given)
        if found.count != 1:
            return ""
        source = await _source(room, found.first[0])
        if not source.is_remote:
            return ""
        when = _new_time(room, move, found.first[0]).removeprefix("on ")
        return f"Move {_this(room, found.first[0])} to {when} in {_named(source)}?"

    async def handle(given: MoveEvent) -> ActionResult:
        move, found = await moved(given)
        if found.count != 1:
            return _which(room, "event_move", found, given)
        event = found.first[0]
        span = _moved_span(room, move, event)
        written = await room.writing.move(event, span, whole=move.is_every)
        text = f"Moved: {_this(room, event)} is now {_new_time(room, move, event)}."
        return _changed(f"{text} {move.when.note}".strip(), written)

    return Action(
        name="event_move",
        help="moves an event to another time; of a series, one of its times",
        effect="outward",
        outside=True,
        parameters=MoveEvent,
        phrases=("event move WHAT to WHEN", "/event move WHAT to WHEN"),
        handler=handle,
        rest="event",
        asks=asks,
        reads=sentences.a_move,
        examples=("event move lunch with Ana to friday 15:00", *EXAMPLES_MOVE),
    )


def _new_time(room: Room, move: wording.Move, what: Appointment) -> str:
    return _when(room, _moved_span(room, move, what))


def _moved_span(room: Room, move: wording.Move, what: Appointment) -> Span:
    instance = what.instance
    assert instance is not None
    old = Span(from_ms(instance.starts_ms).date(), from_ms(instance.ends_ms).date())
    if what.starts is not None and what.ends is not None:
        old = Span(what.starts, what.ends)
    return wording.moved_span(old, move.when, room.calendars.clock.zone)


def _cancel_event(room: Room, sentences: Sentences) -> Action[OneEvent]:
    async def cancelled(given: OneEvent) -> tuple[Matching, bool]:
        words, on, is_every = wording.a_cancel(clean(given.event).strip(), room.say())
        return await _chosen(room, given, words, on), is_every

    async def asks(given: OneEvent) -> str:
        if await room.writing.is_all_here():
            return ""
        found, is_every = await cancelled(given)
        if found.count != 1:
            return ""
        source = await _source(room, found.first[0])
        if not source.is_remote:
            return ""
        return f"Cancel {_this(room, found.first[0], is_every)} in {_named(source)}?"

    async def handle(given: OneEvent) -> ActionResult:
        found, is_every = await cancelled(given)
        if found.count != 1:
            return _which(room, "event_cancel", found, given)
        event = found.first[0]
        written = await room.writing.cancel(event, whole=is_every)
        return _changed(f"Cancelled: {_this(room, event, is_every)}.", written)

    return Action(
        name="event_cancel",
        help="cancels an event; of a series, one of its times, or `every` one",
        effect="outward",
        outside=True,
        parameters=OneEvent,
        phrases=("event cancel WHAT", "event cancel every WHAT", "/event cancel WHAT"),
        handler=handle,
        rest="event",
        asks=asks,
        reads=sentences.a_cancel,
        examples=EXAMPLES_CANCEL,
    )


def _put_event(room: Room) -> Action[PutEvent]:
    async def asks(given: PutEvent) -> str:
        if given.made:
            return ""
        source = await room.writing.source_of(given.source)
        if not source.is_remote:
            return ""
        what = "as it was" if given.events else "out again"
        return f"Put {_title(given.events)} {what} in {_named(source)}?"

    async def handle(given: PutEvent) -> ActionResult:
        change = Put(given.source, given.href, given.uid, given.events, given.place, given.made)
        written = await room.writing.put(change)
        what = _title(given.events or written.undo.events)
        return _changed(f"{what} is {'as it was' if given.events else 'gone'}.", written)

    return Action(
        name="event_put",
        help="puts an event back as it was; `undo` uses it",
        effect="outward",
        parameters=PutEvent,
        phrases=(),
        handler=handle,
        asks=asks,
    )


def _title(events: str) -> str:
    lines = blocks.lines_of(events)
    for number, line in enumerate(lines):
        if blocks.name_of(line) == "SUMMARY":
            return f"“{showing.plain(blocks.value(blocks.unfolded(lines, number)))}”"
    return "the event"


# --- which event ------------------------------------------------------------------------------


async def _chosen(room: Room, given: OneEvent, words: str, on: date | None) -> Matching:
    """The event that was chosen, or those that the words may mean. Raises `NotFound`."""
    if given.uid:
        chosen = await room.calendars.instance(given.source, given.uid, given.original)
        if chosen is None:
            raise NotFound("That event isn't there any more.", hint="`agenda week` shows what is.")
        return Matching((chosen,), 1)
    if not words:
        raise UsageError("Which event?", hint="Say words of its title, and its day.")
    found = await room.calendars.matching(words, on, _MOST_CHOICES)
    if not found.count:
        when = f" on {showing.day_text(on, room.calendars.today)}" if on else ""
        raise NotFound(f"There is no event “{words}”{when}.", hint="`agenda week` shows what is.")
    return found


async def _source(room: Room, what: Appointment) -> Source:
    assert what.instance is not None
    source = await room.writing.source_of(what.instance.source_id)
    if source.kind == "address":
        raise UsageError(f"“{source.name}” can only be read.", hint="Change it where it is kept.")
    return source


def _this(room: Room, what: Appointment, is_every: bool = False) -> str:
    told = showing.event_text(what, room.calendars.today)
    if is_every and what.repeats:
        return f"every time of “{showing.plain(what.summary)}”"
    return f"{told} (only this time of a series)" if what.repeats else told


def _which(room: Room, action: str, found: Matching, given: OneEvent) -> ActionResult:
    """The events that it may be, one key each."""
    options = []
    for number, each in enumerate(found.first, start=1):
        assert each.instance is not None
        chosen = {
            "event": given.event,
            "source": each.instance.source_id,
            "uid": each.instance.uid,
            "original": each.instance.original,
        }
        label = f"{showing.event_text(each, room.calendars.today)}, {showing.plain(each.calendar)}"
        options.append(Option(str(number), label, action, chosen))
    lines = [f"{each.key}. {each.label}" for each in options]
    more = found.count - len(options)
    text = "It may be:\n\n" + "\n".join(lines) + (f"\n\nand {more} more" if more > 0 else "")
    choice = Choice("Which one?", [*options, Option("n", "none of them")])
    data = {"events": [showing.event_data(each) for each in found.first], "count": found.count}
    return ActionResult(f"{text}\n\nNothing was changed.", data, exit_code=2, choice=choice)
