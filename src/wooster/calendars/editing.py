"""Changing an .ics text: one event is made, moved or taken out; all other bytes stay.

Pure functions over texts. Times are written as the event has them: on its zone's clock, in UTC, as
days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wooster.calendars import blocks, finding

_SERIES: Final = ("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EMPTY: Final = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Wooster//calendars//EN\r\nEND:VCALENDAR\r\n"
)


@dataclass(frozen=True, slots=True)
class Span:
    """When an event is: two instants, or two days of which the second isn't in it any more."""

    starts: datetime | date
    ends: datetime | date


@dataclass(frozen=True, slots=True)
class New:
    """An event that is to be made. `zone` is that of a timed one's clock; `rule` an RRULE's value,
    "" for one that doesn't repeat, whose UNTIL is a local day that is in; it isn't on
    `except_days`."""

    uid: str
    summary: str
    span: Span
    zone: tzinfo | None
    location: str = ""
    rule: str = ""
    except_days: tuple[date, ...] = ()


# --- events in a text -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exchange:
    """A `text` in which an event has the lines `events`; it had `before`, "" where it wasn't there.
    Where nothing of it is left, `place` is where it was among the events; else -1."""

    text: str
    events: str
    before: str
    place: int


def exchanged(text: str, uid: str, edit: Callable[[str], str], place: int = -1) -> Exchange:
    """`text` with what `edit` makes of the lines of an event, where those are; where there are none
    ("" for `edit`), at that place among the events, or last. Raises what `edit` raises."""
    spans = finding.spans(text, uid)
    if spans is None:
        before, _ = _found(text, uid, spans)
    else:
        before = "".join(text[start:end] for start, end in spans)
    events = edit(before)
    _, at = _found(text, uid, spans) if before and not events else ("", -1)
    return Exchange(_with(text, uid, spans, events, place), events, before, at)


def events_of(text: str, uid: str) -> tuple[str, int]:
    """The lines of an event with its exceptions, and its place among the events; "" and -1 where
    there is none."""
    return _found(text, uid, finding.spans(text, uid))


def with_events(text: str, uid: str, events: str, place: int = -1) -> str:
    """`text` with `events` where those of `uid` were, or at that place among the events, or last.
    Without `events` it hasn't any of `uid`."""
    return _with(text, uid, finding.spans(text, uid), events, place)


_Spans = list[tuple[int, int]] | None
"""Where an event's lines are, as `finding.spans` has it."""


def _found(text: str, uid: str, spans: _Spans) -> tuple[str, int]:
    place = finding.place(text, spans[0][0]) if spans else -1
    if spans is not None and place is not None:
        return "".join(text[start:end] for start, end in spans), place
    found = blocks.split(text)
    own = [each for each in found.events if each.uid == uid]
    return (found.text(own), found.events.index(own[0])) if own else ("", -1)


def _with(text: str, uid: str, spans: _Spans, events: str, place: int) -> str:
    quickly = _put_quickly(text, spans, events, place)
    if quickly is not None:
        return quickly
    found = blocks.split(text)
    own = [each for each in found.events if each.uid == uid]
    others = [each for each in found.events if each.uid != uid]
    if own:
        at = own[0].first
    elif 0 <= place < len(others):
        at = others[place].first
    else:
        return blocks.framed(found.lines, events)
    inside = {number for each in own for number in range(each.first, each.end)}
    before = "".join(line for n, line in enumerate(found.lines[:at]) if n not in inside)
    after = "".join(line for n, line in enumerate(found.lines[at:], start=at) if n not in inside)
    return before + events + after


def _put_quickly(text: str, spans: _Spans, events: str, place: int) -> str | None:
    """The same without reading all lines; None where that can't be."""
    if spans is None:
        return None
    if spans:
        kept, before = [text[: spans[0][0]], events], spans[0][1]
        for start, end in spans[1:]:
            kept.append(text[before:start])
            before = end
        return "".join([*kept, text[before:]])
    at = finding.begin_of(text, place) if place >= 0 else -1
    if at == -1:
        at = finding.closing(text)
        events += "" if events.endswith("\n") or not events else "\r\n"
    return None if at is None else text[:at] + events + text[at:]


# --- making -----------------------------------------------------------------------------------


def made(new: New, now: datetime) -> str:
    """A VEVENT."""
    lines = ["BEGIN:VEVENT", f"UID:{new.uid}", f"DTSTAMP:{_utc(now)}"]
    # One that repeats keeps its time of the clock; another its instant.
    zone = getattr(new.zone, "key", "") if new.rule else ""
    lines += [_line("DTSTART", new.span.starts, zone), _line("DTEND", new.span.ends, zone)]
    if new.rule:
        lines.append(f"RRULE:{_ending_in_utc(new)}")
        lines += [_line("EXDATE", _on(new, day), zone) for day in new.except_days]
    lines.append(f"SUMMARY:{blocks.quoted(new.summary)}")
    if new.location:
        lines.append(f"LOCATION:{blocks.quoted(new.location)}")
    return "".join(blocks.folded(line) for line in [*lines, "END:VEVENT"])


def _ending_in_utc(new: New) -> str:
    """The rule; of a timed event its end has to be an instant, and a day means all of that day."""
    match = re.search(r"UNTIL=(\d{8})(?!T|\d)", new.rule)
    if match is None or not isinstance(new.span.starts, datetime):
        return new.rule
    last = datetime.combine(date.fromisoformat(match[1]), time(23, 59, 59))
    aware = last.astimezone() if new.zone is None else last.replace(tzinfo=new.zone)
    return new.rule.replace(match[0], f"UNTIL={_utc(aware)}")


def _on(new: New, day: date) -> datetime | date:
    """Its time on another day."""
    starts = new.span.starts
    return datetime.combine(day, starts.timetz()) if isinstance(starts, datetime) else day


def _line(name: str, moment: datetime | date, zone: str) -> str:
    if not isinstance(moment, datetime):
        return f"{name};VALUE=DATE:{moment:%Y%m%d}"
    if zone and zone != "UTC":
        return f"{name};TZID={zone}:{moment.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"
    return f"{name}:{_utc(moment)}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def with_zone(text: str, zone: tzinfo | None, year: int) -> str:
    """A calendar's text with a definition of the zone before its first event, where it names it and
    has none."""
    name = getattr(zone, "key", "")
    if not name or f"TZID={name}:" not in text or f"TZID:{name}" in text:
        return text
    return text.replace("BEGIN:VEVENT", f"{timezone(ZoneInfo(name), year)}BEGIN:VEVENT", 1)


def timezone(zone: ZoneInfo, year: int) -> str:
    """A VTIMEZONE with the offsets of a year, and the rule of its changes."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone.key}"]
    changes = _changes(zone, year)
    if not changes:
        offset = datetime(year, 1, 1, tzinfo=zone).utcoffset() or timedelta()
        lines += _observance("STANDARD", "19700101T000000", offset, offset, "")
    for day, hour, before, after in changes:
        kind = "DAYLIGHT" if after > before else "STANDARD"
        start = f"{_same_in_1970(zone, day, year):%Y%m%d}T{hour:06d}"
        rule = f"FREQ=YEARLY;BYMONTH={day.month};BYDAY={_nth(zone, day, year)}"
        lines += _observance(kind, start, before, after, rule)
    return "".join(f"{line}\r\n" for line in [*lines, "END:VTIMEZONE"])


def _observance(kind: str, start: str, before: timedelta, after: timedelta, rule: str) -> list[str]:
    lines = [f"BEGIN:{kind}", f"DTSTART:{start}"]
    lines += [f"TZOFFSETFROM:{_offset(before)}", f"TZOFFSETTO:{_offset(after)}"]
    return [*lines, *([f"RRULE:{rule}"] if rule else []), f"END:{kind}"]


def _offset(offset: timedelta) -> str:
    seconds = round(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    return f"{sign}{seconds // 3600:02d}{seconds // 60 % 60:02d}"


def _changes(zone: ZoneInfo, year: int) -> list[tuple[date, int, timedelta, timedelta]]:
    """The changes of the clock in a year: day and time (as HHMMSS) on the clock before, offsets."""
    found = []
    moment = datetime(year, 1, 1, tzinfo=UTC)
    before = moment.astimezone(zone).utcoffset() or timedelta()
    while moment.year == year:
        moment += timedelta(minutes=30)
        after = moment.astimezone(zone).utcoffset() or timedelta()
        if after != before:
            wall = (moment + before).replace(tzinfo=None)
            found.append((wall.date(), wall.hour * 10000 + wall.minute * 100, before, after))
        before = after
    return found


def _nth(zone: ZoneInfo, day: date, year: int) -> str:
    """The weekday's place in its month: from the end where the years around say so."""
    size = ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
    weekday = _WEEKDAYS[day.weekday()]
    others = [_changes(zone, each) for each in (year + 1, year + 2, year + 3)]
    near = [each[0] for found in others for each in found if each[0].month == day.month]
    is_last = day.day > size - 7 and all(
        (each.day - day.day) % 7 != 0 or each.day > size - 7 for each in near
    )
    is_last = is_last and all(each.day > size - 7 for each in near)
    return f"-1{weekday}" if is_last else f"{(day.day - 1) // 7 + 1}{weekday}"


def _same_in_1970(zone: ZoneInfo, day: date, year: int) -> date:
    """The day that the rule gives in 1970, from when on it is said to hold."""
    nth = _nth(zone, day, year)
    days = [date(1970, day.month, number) for number in range(1, 29 if day.month == 2 else 31)]
    if day.month in (1, 3, 5, 7, 8, 10, 12):
        days.append(date(1970, day.month, 31))
    same = [each for each in days if each.weekday() == day.weekday()]
    return same[-1] if nth.startswith("-") else same[int(nth[:-2]) - 1]


# --- moving and taking out --------------------------------------------------------------------


def moved(events: str, original: str, repeats: bool, span: Span, now: datetime) -> str:
    """The lines of an event at another time. Of a series, only the time `original` is moved: by an
    exception, made or changed."""
    found = blocks.split(events)
    texts = [found.text([each]) for each in found.events]
    if not repeats:
        return "".join([_at(texts[0], span, now), *texts[1:]])
    for number, text in enumerate(texts):
        if _recurrence_of(text) == original:
            return "".join([*texts[:number], _at(text, span, now), *texts[number + 1 :]])
    return "".join([*texts, _at(_exception(_master(texts), original), span, now)])


def cancelled(events: str, original: str, repeats: bool) -> str:
    """The lines of an event without one of its times; "" where nothing remains."""
    if not repeats:
        return ""
    found = blocks.split(events)
    texts = [found.text([each]) for each in found.events]
    kept = [text for text in texts if _recurrence_of(text) != original]
    masters = [text for text in kept if not _recurrence_of(text)]
    if not masters:
        return "".join(kept)
    start = _content(masters[0], "DTSTART")
    line = f"EXDATE{blocks.parameters(start)}:{original}"
    changed = _inserted(masters[0], line)
    return "".join(changed if text == masters[0] else text for text in kept)


def _master(texts: list[str]) -> str:
    return next((text for text in texts if not _recurrence_of(text)), texts[0])


def _exception(master: str, original: str) -> str:
    """A copy of the series' own event that stands for one of its times."""
    start = _content(master, "DTSTART")
    bare = _without(master, _SERIES)
    return _inserted(bare, f"RECURRENCE-ID{blocks.parameters(start)}:{original}")


def _at(event: str, span: Span, now: datetime) -> str:
    """An event at another time, in the form that its time has."""
    start = _content(event, "DTSTART")
    begin, end = _as_written(start, span.starts), _as_written(start, span.ends)
    text = _without(event, ("DTSTART", "DTEND", "DURATION", "DTSTAMP", "SEQUENCE"))
    number = _content(event, "SEQUENCE")
    sequence = int(blocks.value(number)) + 1 if blocks.value(number).isdigit() else 1
    lines = [f"DTSTAMP:{_utc(now)}", f"DTSTART{begin}", f"DTEND{end}", f"SEQUENCE:{sequence}"]
    for line in reversed(lines):
        text = _inserted(text, line)
    return text


def _as_written(line: str, moment: datetime | date) -> str:
    """Parameters and value of a time in the form of a content line."""
    if not isinstance(moment, datetime):
        return f";VALUE=DATE:{moment:%Y%m%d}"
    name = zone_of(line)
    if name:
        try:
            return f";TZID={name}:{moment.astimezone(ZoneInfo(name)):%Y%m%dT%H%M%S}"
        except (ZoneInfoNotFoundError, ValueError):  # a zone of the calendar's own
            return f":{_utc(moment)}"
    is_floating = "T" in blocks.value(line) and not blocks.value(line).strip().endswith("Z")
    return f":{moment:%Y%m%dT%H%M%S}" if is_floating else f":{_utc(moment)}"


def zone_of(line: str) -> str:
    """The zone that a time's content line names, "" for none."""
    for each in blocks.parameters(line).split(";"):
        name, _, value = each.partition("=")
        if name.strip().upper() == "TZID":
            return value.strip().strip('"')
    return ""


def _recurrence_of(event: str) -> str:
    return blocks.value(_content(event, "RECURRENCE-ID")).strip()


def own_lines(event: str) -> Iterable[tuple[int, str]]:
    """The content lines of the event itself, and not of alarms in it, with where they begin."""
    lines, depth = blocks.lines_of(event), 0
    for number, line in enumerate(lines):
        upper = line.upper()
        depth += upper.startswith("BEGIN:")
        if depth == 1 and line[:1] not in (" ", "\t"):
            yield number, blocks.unfolded(lines, number)
        depth -= upper.startswith("END:")


def _content(event: str, name: str) -> str:
    """A property's content line, "" for none."""
    own = (line for _, line in own_lines(event) if blocks.name_of(line) == name)
    return next(own, "")


def _without(event: str, names: Iterable[str]) -> str:
    lines = blocks.lines_of(event)
    dropped: set[int] = set()
    for number, line in own_lines(event):
        if blocks.name_of(line) in names:
            dropped.add(number)
            following = number + 1
            while following < len(lines) and lines[following][:1] in (" ", "\t"):
                dropped.add(following)
                following += 1
    return "".join(line for number, line in enumerate(lines) if number not in dropped)


def _inserted(event: str, line: str) -> str:
    """An event with a content line more, after its begin, with its own line ends."""
    first, newline, rest = event.partition("\n")
    ending = "\r\n" if first.endswith("\r") else "\n"
    return f"{first}{newline}{blocks.folded(line, ending)}{rest}"


def has_events(text: str) -> bool:
    """Whether any event is left."""
    return bool(blocks.split(text).events)
