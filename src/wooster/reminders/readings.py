"""A reading of a time in words, as a person checks it: what it means, and when it comes next."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from wooster.core.text import counted, escaped
from wooster.schedule.phrases import Context, When
from wooster.schedule.rules import Rule, following
from wooster.schedule.wording import describe

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY, _HOUR, _MINUTE = 86400, 3600, 60


def next_times(when: When, context: Context, zone: tzinfo | None, count: int) -> list[datetime]:
    """The next instants of what recurs, local; the one of what comes once, past or not."""
    if when.rule and when.day is not None:
        start = datetime.combine(when.day, when.at or datetime.min.time())
        rule = Rule(when.rule, start, zone, when.except_days)
        # The day that has begun counts where no clock time was said.
        since = context.now if when.at else context.now - timedelta(days=1)
        return [each.astimezone(zone) for each in following(rule, since, count)]
    once = when.instant(zone)
    return [once.astimezone(zone)] if once else []


def when_text(when: When, times: list[datetime], context: Context) -> str:
    """How it was read, what was decided, and the next times, as Markdown."""
    lines = [f"**{escaped(when.words)}**: {_meaning(when)}."]
    if when.note:
        lines.append(f"{_capital(when.note)}.")
    if when.rule:
        lines += ["", "Next:", "", *(f"- {_moment(each, when)}" for each in times)]
        if not times:
            lines[-3:] = ["It never comes again."]
    elif times:
        lines.append(f"That is {_distance(times[0], context.now)}.")
    return "\n".join(lines)


def when_data(when: When, times: list[datetime]) -> dict[str, object]:
    """The same for a program."""
    return {
        "words": when.words,
        "day": when.day and when.day.isoformat(),
        "at": when.at and when.at.isoformat(),
        "until_day": when.until_day and when.until_day.isoformat(),
        "until": when.until and when.until.isoformat(),
        "duration_s": when.duration and when.duration.total_seconds(),
        "rule": when.rule,
        "except_days": [day.isoformat() for day in when.except_days],
        "note": when.note,
        "next": [each.isoformat() for each in times],
    }


def _meaning(when: When) -> str:
    if when.rule:
        words = describe(when.rule, when.at)
        if when.except_days:
            shown = ", ".join(_day(day) for day in when.except_days[:3])
            more = len(when.except_days) - 3
            words += f", except {shown}" + (f" and {counted(more, 'day')} more" if more > 0 else "")
        return words
    parts = []
    if when.day is not None:
        parts.append(_day(when.day) + (f" at {when.at:%H:%M}" if when.at else ""))
    until = [_day(when.until_day)] if when.until_day else []
    until += [f"{when.until:%H:%M}"] if when.until else []
    if until:
        parts.append("until " + " ".join(until))
    if when.duration is not None:
        parts.append("for " + _length(when.duration))
    return ", ".join(parts)


def _day(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _moment(moment: datetime, when: When) -> str:
    return _day(moment.date()) + (f" {moment:%H:%M}" if when.at else "")


def _distance(moment: datetime, now: datetime) -> str:
    seconds = moment - now
    if abs(seconds.total_seconds()) < _MINUTE:
        return "now"
    return f"in {_length(seconds)}" if seconds > timedelta() else f"{_length(-seconds)} ago"


def _length(length: timedelta) -> str:
    """The two largest units of it: "2 days 3 hours"."""
    left = round(length.total_seconds())
    shown = []
    for name, size in (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE), ("second", 1)):
        count, left = divmod(left, size)
        if count:
            shown.append(counted(count, name))
    return " ".join(shown[:2]) or "no time"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
