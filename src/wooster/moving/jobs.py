"""The original's schedule as reminders here, and its captured tasks as items of the inbox. Pure.

A cron expression becomes a recurrence by the clock on the wall; one that has none is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from wooster.core.text import clean
from wooster.moving import payloads
from wooster.moving.databases import Rows
from wooster.moving.days import moment
from wooster.moving.model import Aside, Event, Found, Listed, Remark, Setting, Settings, Unread
from wooster.moving.payloads import NoWords
from wooster.moving.texts import shown
from wooster.schedule.model import Job, JobState, Kind, Times
from wooster.schedule.zones import instant_of

Local = Callable[[datetime], datetime]
Zone = tzinfo | None
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?")
_NAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_LONGEST = 4000  # characters of a job's text
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_BYDAY = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_OWN = {
    "personalHealth.generateDailyReport": "jobs that need no doing here: `health report` is made"
    " when it is asked for",
}


class NoTime(Exception):
    """Why a schedule has no time that can be kept."""


def schedules(rows: Rows, now: datetime, zone: Zone) -> Iterator[Event]:
    """The rows of `schedules`."""
    for at, row in enumerate(rows("schedules"), 1):
        key = str(row.get("task_key") or "")
        is_on = row.get("is_active") not in (0, "0", False)
        expression = str(row.get("schedule_expression") or "").strip()
        if what := _OWN.get(key):
            yield Aside(what)
        elif key == "dailyReview.send":
            yield from _briefing(expression, at, is_on)
        elif str(row.get("task_handler_type") or "AGENT_PROMPT") == "DIRECT_FUNCTION":
            yield Unread(f"nothing here does what {shown(key)} did", 1, at)
        else:
            job = _Old(row.get("payload"), str(row.get("description") or ""), expression, is_on)
            yield from _reminder(job, f"{row.get('id')}\0{key}", at, (now, zone))


def reminders(rows: Rows, now: datetime, zone: Zone) -> Iterator[Event]:
    """The rows of the older `reminders`."""
    for at, row in enumerate(rows("reminders"), 1):
        is_on = row.get("is_active") not in (0, "0", False)
        expression = str(row.get("cron_spec") or row.get("when_date") or "").strip()
        said = str(row.get("message") or "")
        told = json.dumps({"message": said}) if said else row.get("task_payload")
        yield from _reminder(
            _Old(told, "", expression, is_on), f"old {row.get('id')}", at, (now, zone)
        )


@dataclass(frozen=True, slots=True)
class _Old:
    """A row that was told to a model, or sent; `otherwise` is what it is where it says nothing."""

    payload: Any
    otherwise: str
    expression: str
    is_on: bool


def _reminder(old: _Old, identity: str, at: int, clock: tuple[datetime, Zone]) -> Iterator[Event]:
    now, zone = clock
    try:
        said = payloads.said(old.payload)
    except NoWords as error:
        yield Unread(str(error), 1, at, shown(str(old.payload)))
        return
    text = clean(said.text).strip() or clean(old.otherwise).strip()
    if not text:
        yield Unread("it says nothing", 1, at, shown(old.expression))
        return
    try:
        times = _times(old.expression, now, zone)
    except NoTime as error:
        yield Unread(str(error), 1, at, shown(text))
        return
    kind: Kind = "prompt" if said.asks else "reminder"
    state: JobState = "active" if old.is_on else "paused"
    job = Job(0, kind, text[:_LONGEST], times, now, state=state)
    yield Found.one("reminder", f"{identity}\0{old.expression}\0{text}", job, 1, at)
    if said.asks:
        yield Remark(f"it asks something, so a model answers it each time: {shown(text)}", at)
    if len(text) > _LONGEST:
        yield Remark(f"it is cut off after {_LONGEST} characters", at)


def _briefing(expression: str, at: int, is_on: bool) -> Iterator[Event]:
    try:
        found = rrule(expression)
    except NoTime as error:
        yield Unread(str(error), 1, at)
        return
    if not is_on:
        yield Aside("a daily review that was switched off")
        return
    setting = Settings((Setting(("briefing", "at"), found.clock),))
    yield Found.one("setting", f"briefing.at\0{found.clock}", setting, 1, at)
    if remark := each_day(expression, found):
        yield Remark(remark, at)


# --- times ------------------------------------------------------------------------------------


class Recurrence:
    """A cron expression taken apart: its rule, and the first time of the clock in it."""

    def __init__(self, rule: str, hour: int, minute: int) -> None:
        self.rule, self.hour, self.minute = rule, hour, minute

    @property
    def clock(self) -> str:
        return f"{self.hour:02d}:{self.minute:02d}"


def each_day(expression: str, found: Recurrence) -> str:
    """What becomes of a daily review that didn't come once a day: the briefing does. "" for one
    that did."""
    if found.rule == "FREQ=DAILY":
        return ""
    return f"“{shown(expression)}” isn't once a day: the briefing comes each day at {found.clock}"


def _times(expression: str, now: datetime, zone: Zone) -> Times:
    at = _instant(expression, zone)
    if at is not None:
        if at <= now:
            raise NoTime(f"its time has passed: {at.astimezone(zone):%Y-%m-%d %H:%M}")
        return Times(at=at)
    parts = rrule(expression)
    today = now.astimezone(zone).replace(tzinfo=None)
    start = today.replace(hour=parts.hour, minute=parts.minute, second=0, microsecond=0)
    return Times(rrule=parts.rule, start=start - timedelta(days=1))


def _instant(expression: str, zone: Zone) -> datetime | None:
    """A time of once. Without a zone it is the clock's on the wall, as JavaScript reads it; a day
    alone begins in UTC there."""
    if not re.match(r"\d{4}-\d\d-\d\d", expression):
        return None
    if not _ISO.fullmatch(expression):
        return moment(expression)
    try:
        wall = datetime.fromisoformat(expression)
    except ValueError:
        return None
    return instant_of(wall, zone)


def rrule(expression: str) -> Recurrence:
    """A cron expression as an RFC 5545 recurrence. Raises `NoTime`."""
    parts = _NAMES.get(expression.lower(), expression).split()
    if len(parts) == 6:
        parts = parts[1:]  # seconds, which nobody is reminded by
    if len(parts) != 5:
        raise NoTime(f"“{shown(expression)}” is no time that can be read")
    minutes = _numbers(parts[0], (0, 59), expression)
    hours = _numbers(parts[1], (0, 23), expression)
    days = _numbers(parts[2], (1, 31), expression)
    months = _numbers(parts[3], (1, 12), expression, _MONTHS)
    weekdays = sorted({d % 7 for d in _numbers(parts[4], (0, 7), expression, _WEEKDAYS) or ()})
    if days and weekdays:
        raise NoTime(f"“{shown(expression)}” names days of the month and of the week")
    rule = "FREQ=WEEKLY" if weekdays else "FREQ=MONTHLY" if days else "FREQ=DAILY"
    if weekdays:
        rule += ";BYDAY=" + ",".join(_BYDAY[each] for each in weekdays)
    if days:
        rule += ";BYMONTHDAY=" + _listed(days)
    if months:
        rule += ";BYMONTH=" + _listed(months)
    hours, minutes = hours or list(range(24)), minutes or list(range(60))
    if len(hours) > 1 or len(minutes) > 1:
        rule += f";BYHOUR={_listed(hours)};BYMINUTE={_listed(minutes)}"
    return Recurrence(rule, hours[0], minutes[0])


def _listed(numbers: list[int]) -> str:
    return ",".join(map(str, numbers))


def _numbers(
    field: str, span: tuple[int, int], whole: str, names: list[str] | None = None
) -> list[int]:
    """Those that a field of cron names; none for each of them."""
    found: set[int] = set()
    try:
        for part in field.lower().split(","):
            reach, _, step = part.partition("/")
            if reach in ("*", "?") and not step:
                return []
            first, dash, last = reach.partition("-")
            begin = span[0] if reach in ("*", "?") else _named(first, names)
            if reach in ("*", "?"):
                end = span[1] - (names == _WEEKDAYS)
            else:
                end = _named(last, names) if dash else (span[1] if step else begin)
            if not span[0] <= begin <= end <= span[1]:
                raise ValueError(part)
            found.update(range(begin, end + 1, int(step or 1)))
    except ValueError:
        found = set()
    if not found:
        raise NoTime(f"“{shown(whole)}” is no time that can be read")
    return sorted(found)


def _named(text: str, names: list[str] | None) -> int:
    if names and text[:3] in names:
        return names.index(text[:3]) + (names == _MONTHS)
    return int(text)


# --- captured tasks ---------------------------------------------------------------------------


def captured(rows: Rows, local: Local) -> Iterator[Event]:
    """The `tasks` of a June 2025: open ones are items of the inbox, done ones are ticked there."""
    for at, row in enumerate(rows("tasks"), 1):
        text = " ".join(clean(str(row.get("description") or "")).split())
        if not text:
            yield Unread("it says nothing", 1, at)
            continue
        made = moment(row.get("createdAt"))
        stamp = f"{local(made):%Y-%m-%d %H:%M:%S} " if made else ""
        is_done = str(row.get("status") or "").lower() in (
            "done",
            "completed",
            "complete",
            "closed",
        )
        ended = moment(row.get("updatedAt"))
        tail = f" (Completed: {local(ended):%Y-%m-%d})" if is_done and ended else ""
        line = f"- [{'x' if is_done else ' '}] {stamp}{text}{tail}"
        value = Listed("inbox.md", ((line.encode("utf-8", "surrogateescape"),),))
        yield Found.one("task", f"captured\0{row.get('id')}\0{text}", value, 1, at)
