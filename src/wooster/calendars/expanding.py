"""What stands in an .ics text within a window of time: events with their repetitions expanded.

It imports the libraries that parse and expand, which are heavy, and runs in a process of its own
(`child`). Events are read a few at a time; where some fail, each of them is read alone, so that one
that can't be read is told of and costs no other.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

import icalendar
import recurring_ical_events
from icalendar.prop import vDDDLists, vRecur

from wooster.calendars import blocks, plain, recurrence, rules
from wooster.calendars.blocks import Blocks, Event
from wooster.core.text import clean, clip

_AT_ONCE: Final = 200
MOST_OF_ONE: Final = 1500
"""How many times of one event are kept: enough for four a day."""
MOST_OF_ALL: Final = 60_000
_DAY: Final = timedelta(days=1)
# How far an exception of a series may have moved all that follows it.
_MOVED: Final = timedelta(days=45)
_TOLD: Final = 5
_EVER: Final = datetime(1, 1, 1)  # noqa: DTZ001 (on a clock without a zone)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `first` to before `end`. `is_moved`: an exception has moved what follows it, so
    that a time from outside may be inside."""

    first: date
    end: date
    is_moved: bool = False


def expand(
    text: str, window: Window, addresses: Sequence[str], tell: Callable[[str], None]
) -> Iterator[Row]:
    """The instances that touch the window. `addresses` are the person's own, for what they
    declined; `tell` is called with a sentence for each event that can't be read as it stands."""
    # The library keeps zones by their names, and two calendars may define two by one name.
    icalendar.use_zoneinfo()
    found = blocks.split(text)
    if not found.is_calendar and not found.events:
        raise ValueError("it is no calendar")
    frame = found.frame()
    mine = frozenset(each.lower().removeprefix("mailto:") for each in addresses)
    reading = _Reading(found, frame, window, mine, tell)
    groups = found.by_uid()
    for start in range(0, len(groups), _AT_ONCE):
        yield from reading.batch(groups[start : start + _AT_ONCE])


@dataclass(frozen=True, slots=True)
class _Reading:
    found: Blocks
    frame: list[str]
    window: Window
    mine: frozenset[str]
    tell: Callable[[str], None]

    def batch(self, groups: Sequence[list[Event]]) -> list[Row]:
        """The instances of some series; those that fail are read one by one."""
        wanted = [each for each in groups if self._may_be_in(each)]
        if not wanted:
            return []
        try:
            return self._rows(wanted)
        except _FAILURES as error:
            if len(wanted) > 1:
                return [row for each in wanted for row in self.batch([each])]
            self.tell(f"{self._called(wanted[0])} can't be read: {_reason(error)}")
            return []

    def _may_be_in(self, group: list[Event]) -> bool:
        """Whether an event might be in the window: a plain one that began long before or begins
        after needn't be parsed. In doubt it may."""
        if len(group) > 1:
            return True
        first, last = "", ""
        for number in range(group[0].first, group[0].end):
            line = self.found.lines[number]
            name = blocks.name_of(line)
            if name in ("RRULE", "RDATE", "RECURRENCE-ID", "DURATION"):
                return True
            if name in ("DTSTART", "DTEND"):
                day = blocks.value(line.strip())[:8]
                if not (len(day) == 8 and day.isdigit()):
                    return True
                first, last = (day, last) if name == "DTSTART" else (first, day)
        low, high = self.window.first - 2 * _DAY, self.window.end + 2 * _DAY
        return not first or (
            max(first, last) >= f"{low:%Y%m%d}" and min(first, last or first) <= f"{high:%Y%m%d}"
        )

    def _rows(self, groups: Sequence[list[Event]]) -> list[Row]:
        events = [each for group in groups for each in group]
        own = "".join(_closed(self.found.text([each])) for each in events)
        text = blocks.framed(self.frame, own)
        window = replace(self.window, is_moved="THISANDFUTURE" in own)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            calendar: Any = icalendar.Calendar.from_ical(text)
            repeating = {
                str(each.get("UID", "")) for each in calendar.walk("VEVENT") if _repeats(each)
            }
            told: list[str] = []
            for component in calendar.walk("VEVENT"):
                _mend(component, window, told.append)
            query = recurring_ical_events.of(calendar, keep_recurrence_attributes=False)
            found = query.between(self.window.first, self.window.end)
        rows = [_row(each, self.mine) for each in found]
        for each in told:  # not before all went well: else it is said again of each alone
            self.tell(each)
        for row in rows:
            row["repeats"] = row["uid"] in repeating
        return rows

    def _called(self, group: list[Event]) -> str:
        for number in range(group[0].first, group[0].end):
            if blocks.name_of(self.found.lines[number]) == "SUMMARY":
                text = blocks.value(blocks.unfolded(self.found.lines, number))
                return f"“{clip(clean(text), 60)}”"
        return f"an event in line {group[0].first + 1}"


def _closed(event: str) -> str:
    """An event whose end was left out gets one."""
    lines = event.rstrip().rsplit("\n", 1)
    if lines[-1].strip().upper() == "END:VEVENT":
        return event
    return f"{event.rstrip()}\r\nEND:VEVENT\r\n"


# What the libraries raise for events that are damaged, besides their own errors, which are kinds of
# these.
_FAILURES: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,
    AssertionError,
    RecursionError,
    ArithmeticError,
    NotImplementedError,
)


def _reason(error: BaseException) -> str:
    return clip(clean(str(error)) or type(error).__name__, 120)


# --- mending rules ----------------------------------------------------------------------------


def _repeats(component: Any) -> bool:
    return any(name in component for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def _mend(component: Any, window: Window, tell: Callable[[str], None]) -> None:
    """Put the times of its rules in the place of rules that the library reads wrongly or never
    comes to an end with."""
    written = component.get("RRULE")
    start = component.get("DTSTART")
    if written is None or start is None:
        return
    left = written if isinstance(written, list) else [written]
    first = start.dt
    for rule in list(left):
        # One that the library couldn't read is a text.
        text = rule.to_ical().decode() if isinstance(rule, vRecur) else str(rule)
        if not _is_ours(text, first, window):
            continue
        times = _times(text, first, component, window, tell)
        # A series has its first time by itself; all others stand as dates beside it.
        left = [each for each in left if each is not rule]
        del component["RRULE"]
        for each in left:
            component.add("RRULE", each)
        if times:
            component.add("RDATE", vDDDLists(times))


def _is_ours(text: str, first: Any, window: Window) -> bool:
    """Whether the library can't be trusted with a rule."""
    try:
        rule = rules.parse(text)
    except ValueError:
        return True  # `_times` says what is wrong with it
    is_date = not isinstance(first, datetime)
    return bool(
        rule.by_week
        or rule.positions
        or rule.frequency in ("HOURLY", "MINUTELY", "SECONDLY")
        or (rule.frequency == "YEARLY" and (rule.by_year_day or rule.by_month_day))
        or rule.by_hour
        or rule.by_minute
        or rule.by_second
        or (is_date and rule.until is not None and not rule.until.is_date)
        or first.year < window.first.year - 20
        or "X" in text
    )


def _times(
    text: str, first: Any, component: Any, window: Window, tell: Callable[[str], None]
) -> list[Any]:
    """The times of a rule in the window, as the event's own time is written."""
    called = clip(clean(str(component.get("SUMMARY", ""))), 60) or "an event"
    is_date = not isinstance(first, datetime)
    zone: tzinfo | None = None if is_date else first.tzinfo
    try:
        rule = rules.parse(text)
    except ValueError as error:
        if text:
            tell(
                f"“{called}” repeats by a rule that can't be read ({error}): its first time is kept"
            )
        return []
    wall = datetime.combine(first, time.min) if is_date else first.replace(tzinfo=None)
    if rule.until is not None and rule.until.is_utc and zone is not None:
        last = rule.until.at.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        rule = rules.ending(rule, last)
    moved = _MOVED if window.is_moved else _DAY
    since = _back(datetime.combine(window.first, time.min), _length(component) + moved)
    until = datetime.combine(window.end, time.min) + moved
    found: list[Any] = []
    try:
        for each in recurrence.expand(rule, wall, is_date=is_date, since=since, until=until):
            if len(found) >= MOST_OF_ONE:
                raise recurrence.Endless
            found.append(each.date() if is_date else each.replace(tzinfo=zone))
    except ValueError as error:
        tell(
            f"“{called}” repeats by a rule that can't be followed ({error}): its first time is kept"
        )
    except recurrence.Endless:
        tell(f"“{called}” repeats too often: only {len(found)} of its times are kept")
    return found


def _back(moment: datetime, by: timedelta) -> datetime:
    return moment - by if moment - _EVER > by else _EVER


def _length(component: Any) -> timedelta:
    start, end = component.get("DTSTART"), component.get("DTEND")
    if start is None or end is None or type(start.dt) is not type(end.dt):
        return _DAY
    try:
        length: timedelta = abs(end.dt - start.dt)
        return min(max(length, _DAY), timedelta(days=366))
    except TypeError:  # one with a zone, one without
        return _DAY


# --- rows -------------------------------------------------------------------------------------


def _row(event: Any, mine: frozenset[str]) -> Row:
    """An instance as it is stored. Times of the clock are told as instants, or, without a zone and
    for days, as if they were in UTC."""
    start, end = event["DTSTART"].dt, _end(event)
    kind, zone = "day", ""
    if isinstance(start, datetime):
        kind, zone = ("timed", zone_name(event["DTSTART"])) if start.tzinfo else ("floating", "")
        if not isinstance(end, datetime):
            end = datetime.combine(end, time.min, start.tzinfo)
    elif isinstance(end, datetime):
        end = end.date() + (_DAY if end.time() > time.min else timedelta())
    starts_ms, ends_ms = plain.in_ms(start), plain.in_ms(end)
    if ends_ms < starts_ms:
        starts_ms, ends_ms = ends_ms, starts_ms
    if kind == "day" and ends_ms == starts_ms:
        ends_ms += 86_400_000
    original = event.get("RECURRENCE-ID")
    return {
        "uid": str(event.get("UID", "")),
        "original": plain.written(original.dt) if original is not None else "",
        "kind": kind,
        "starts_ms": starts_ms,
        "ends_ms": ends_ms,
        "zone": zone,
        "summary": clip(clean(str(event.get("SUMMARY", ""))), plain.SUMMARY),
        "location": clip(clean(str(event.get("LOCATION", ""))), plain.LOCATION),
        "status": _status(event, mine),
        "is_free": str(event.get("TRANSP", "")).upper() == "TRANSPARENT",
    }


def _end(event: Any) -> Any:
    end = event.get("DTEND")
    return end.dt if end is not None else event["DTSTART"].dt


def zone_name(start: Any) -> str:
    """The IANA name of the zone of a time where it has one, else as it is written."""
    zone = start.dt.tzinfo
    key = getattr(zone, "key", None) or getattr(zone, "zone", None)
    return str(key or start.params.get("TZID", "") or "UTC")


def _status(event: Any, mine: frozenset[str]) -> str:
    """`confirmed`, `tentative`, `cancelled`, or `declined` by the person."""
    status = str(event.get("STATUS", "")).upper()
    if status == "CANCELLED":
        return "cancelled"
    attendees = event.get("ATTENDEE", [])
    for each in attendees if isinstance(attendees, list) else [attendees]:
        address = str(each).lower().removeprefix("mailto:")
        answer = str(getattr(each, "params", {}).get("PARTSTAT", "")).upper()
        if address in mine and answer in ("DECLINED", "TENTATIVE"):
            return answer.lower()
    return "tentative" if status == "TENTATIVE" else "confirmed"
