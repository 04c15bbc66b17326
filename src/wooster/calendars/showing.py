"""Calendars as text for a person (Markdown) and as data for a program.

What a calendar says stands in it as text: whatever is in it can't look like ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from wooster.calendars.model import Appointment, Day, Gap, Source
from wooster.calendars.service import Agenda, Looked
from wooster.core.text import clean, clip, counted, escaped

NONE = (
    "There are no calendars yet. `calendars add ~/work.ics`, or the address of one, adds it; "
    "`event add lunch friday 13:00` begins one of your own."
)
_SHOWN = 80
_FRESH = timedelta(hours=1)
_MANY_DAYS = 7
_TOLD = 5


def plain(text: str) -> str:
    return escaped(clip(clean(text), _SHOWN))


def day_text(day: date, today: date) -> str:
    """ "today", "tomorrow", "Friday 27 November", with the year where it is another."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)
    if near:
        return near
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%A} {day.day} {day:%B}{year}"


def long_day(day: date, today: date) -> str:
    """ "Friday 27 November"."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%A} {day.day} {day:%B}{year}"


# --- agenda -----------------------------------------------------------------------------------


def agenda_text(agenda: Agenda, today: date, known: tuple[date, date]) -> str:
    """The days, then how old it is. Of many days, those with something on them."""
    if not agenda.sources:
        return NONE
    shown = list(agenda.days)
    if len(shown) > _MANY_DAYS:
        shown = [each for each in shown if each.appointments]
    parts = [_day(each, today, len(agenda.sources) > 1) for each in shown]
    if not parts:
        first, last = agenda.days[0].day, agenda.days[-1].day
        parts = [f"Nothing from {long_day(first, today)} to {long_day(last, today)}."]
    if agenda.days[0].day < known[0] or agenda.days[-1].day > known[1]:
        parts.append(f"*Repetitions are known from {known[0]:%d %b %Y} to {known[1]:%d %b %Y}.*")
    if age := age_text(agenda.sources, agenda.now):
        parts.append(age)
    return "\n\n".join(parts)


def _day(day: Day, today: date, with_calendar: bool) -> str:
    head = f"**{long_day(day.day, today)}**"
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day.day - today).days)
    head += f", {near}" if near else ""
    if not day.on:
        lines = [f"{head}: nothing"]
    else:
        lines = [head, "", *(_line(each, day.day, with_calendar) for each in day.on)]
    hidden = [each for each in day.appointments if not each.is_on]
    if hidden:
        told = ", ".join(f"{plain(e.summary) or 'an event'} ({e.status})" for e in hidden[:_TOLD])
        more = f" and {len(hidden) - _TOLD} more" if len(hidden) > _TOLD else ""
        lines += ["", f"*Not listed: {told}{more}*"]
    return "\n".join(lines)


def _line(each: Appointment, day: date, with_calendar: bool) -> str:
    place = f", {plain(each.location)}" if each.location else ""
    maybe = "tentative" if each.status == "tentative" else ""
    notes = [maybe, plain(each.calendar) if with_calendar else ""]
    told = " · ".join(note for note in notes if note)
    title = plain(each.summary) or "an event without a title"
    return f"- {clock_text(each, day)}  {title}{place}" + (f"  *{told}*" if told else "")


def clock_text(each: Appointment, day: date) -> str:
    """ "09:00–10:00"; where it goes on, from or to which day: "23:00–01:00 (Fri)"."""
    if each.starts is None or each.ends is None:
        length = (each.last_day - each.first_day).days + 1
        number = (day - each.first_day).days + 1
        return "all day" if length == 1 else f"all day ({number} of {length})"
    if each.first_day == each.last_day:
        same = each.ends.timestamp() == each.starts.timestamp()
        end = "24:00" if each.ends.date() > each.first_day else f"{each.ends:%H:%M}"
        return f"{each.starts:%H:%M}" if same else f"{each.starts:%H:%M}–{end}"
    if day == each.first_day:
        return f"{each.starts:%H:%M}–{each.ends:%H:%M} ({each.ends:%a})"
    if day == each.last_day:
        return f"({each.starts:%a %H:%M})–{each.ends:%H:%M}"
    return f"all day ({each.starts:%a %H:%M}–{each.ends:%a %H:%M})"


def age_text(sources: Sequence[Source], now: datetime) -> str:
    """How old what is shown is, and what couldn't be read."""
    lines = []
    for each in sources:
        if each.problem:
            age = f"as of {ago(each.read, now)}" if each.read else "never read"
            lines.append(f"{plain(each.name)}: {age}; {told(each.problem)}")
        elif each.read is None:
            lines.append(f"{plain(each.name)}: not read yet")
    good = [each.read for each in sources if each.read and not each.problem]
    if good and (now - min(good) >= _FRESH or lines):
        lines.append(f"{'The others as' if lines else 'As'} of {ago(min(good), now)}.")
    return "\n".join(f"*{line}*" for line in lines)


def told(problem: str) -> str:
    return escaped(clip(clean(problem), 300))


def ago(moment: datetime | None, now: datetime) -> str:
    """ "5 minutes ago"."""
    if moment is None:
        return "never"
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 120:
        return f"{counted(minutes, 'minute')} ago"
    hours = minutes // 60
    return f"{counted(hours, 'hour')} ago" if hours < 48 else f"{counted(hours // 24, 'day')} ago"


def agenda_data(agenda: Agenda) -> dict[str, Any]:
    return {
        "days": [
            {"day": each.day.isoformat(), "events": [event_data(e) for e in each.appointments]}
            for each in agenda.days
        ],
        "calendars": [source_data(each) for each in agenda.sources],
    }


def event_data(each: Appointment) -> dict[str, Any]:
    instance = each.instance
    return {
        "title": each.summary,
        "calendar": each.calendar,
        "first_day": each.first_day.isoformat(),
        "last_day": each.last_day.isoformat(),
        "starts": each.starts.isoformat() if each.starts else None,
        "ends": each.ends.isoformat() if each.ends else None,
        "location": each.location,
        "status": each.status,
        "repeats": each.repeats,
        "source": instance.source_id if instance else None,
        "uid": instance.uid if instance else "",
        "original": instance.original if instance else "",
    }


def event_text(each: Appointment, today: date) -> str:
    """ "“Lunch” on Friday 27 November, 13:00–14:00"."""
    when = day_text(each.first_day, today)
    on = "" if when in ("today", "tomorrow", "yesterday") else "on "
    return f"“{plain(each.summary)}” {on}{when}, {clock_text(each, each.first_day)}"


# --- sources ----------------------------------------------------------------------------------


def sources_text(looks: Sequence[Looked], now: datetime) -> str:
    """Each source with where it is from, how it stands, and what in it can't be read."""
    if not looks:
        return NONE
    lines: list[str] = []
    for each in looks:
        source = each.source
        how = "read and written" if source.can_write else "read"
        age = f"{counted(each.events, 'event')}, {ago(source.read, now)}"
        if source.read is None:
            age = "not read yet"
        sign = "✗" if source.problem else "✓" if source.read else "…"
        lines.append(f"- {sign} **{plain(source.name)}**  {plain(source.place)}  *{how}; {age}*")
        if source.problem:
            lines.append(
                f"  - it couldn't be read {ago(source.tried, now)}: {told(source.problem)}"
            )
        lines += [f"  - {told(text)}" for _, text in source.findings[:_TOLD]]
        if len(source.findings) > _TOLD:
            lines.append(f"  - and {len(source.findings) - _TOLD} more like these")
    return "\n".join(lines)


def source_data(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "place": source.place,
        "can_write": source.can_write,
        "read": source.read.isoformat() if source.read else None,
        "problem": source.problem,
        "findings": [text for _, text in source.findings],
    }


# --- free time --------------------------------------------------------------------------------


def free_text(gaps: Sequence[tuple[date, list[Gap]]], today: date, least: timedelta) -> str:
    """The gaps of each day, on one line."""
    lines = []
    for day, found in gaps:
        told = ", ".join(f"{gap.starts:%H:%M}–{_until(gap, day)}" for gap in found)
        lines.append(f"**{long_day(day, today)}**: {told or 'nothing is free'}")
    least_told = length_text(least)
    return "\n".join([*lines, "", f"*Gaps of at least {least_told}.*"])


def _until(gap: Gap, day: date) -> str:
    return "24:00" if gap.ends.date() > day else f"{gap.ends:%H:%M}"


def length_text(length: timedelta) -> str:
    """ "90 minutes", "2 hours"."""
    minutes = round(length.total_seconds() / 60)
    return counted(minutes // 60, "hour") if minutes % 60 == 0 else counted(minutes, "minute")


def gap_data(day: date, gaps: Sequence[Gap]) -> dict[str, Any]:
    return {
        "day": day.isoformat(),
        "free": [{"starts": e.starts.isoformat(), "ends": e.ends.isoformat()} for e in gaps],
    }
