"""When a task that recurs is due next. Pure.

The rule stands in the line as words (`every:2-weeks`, or todo.txt's `rec:1w`); the day is counted
from the day it was due, so that what was done late doesn't move it, and it is to come.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.tasks.days import Days, meaning

_SHORT = Pattern(r"\+?(\d{1,3})?([dwmyb])")
_UNITS = {"d": "days", "w": "weeks", "m": "months", "y": "years", "b": "weekdays"}
_LATE_IN_MONTH = 28
_BY_DAY = {"BYDAY", "BYMONTHDAY"}
_OF_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")


def rule(every: str, days: Days) -> str:
    """The RFC 5545 rule that a tag says. Raises `UsageError`."""
    words = every.replace("-", " ")
    if short := _SHORT.fullmatch(every.casefold()):
        words = f"{short[1] or 1} {_UNITS[short[2]]}"
        words = re.sub(r"^1 (\w+)s$", r"\1", words)
    for said in (f"every {words}", words):
        when = meaning(said, days)
        if when is not None and when.rule:
            return when.rule
    raise UsageError(
        f"“every:{every}” is no rule.", hint="Rules are every:day, every:2-weeks or every:monday."
    )


def following(rule_text: str, due: date | None, today: date) -> date:
    """The first day of the rule that is after today and after `due`, from which it counts.

    A month without a 31st has it on its last day. Raises `UsageError` for a rule that has ended.
    """
    from dateutil import rrule

    start = due or today
    parts = _parts(rule_text)
    by_day = int(parts.get("BYMONTHDAY", start.day)) if _is_plain(parts) else 0
    if by_day > _LATE_IN_MONTH:
        parts["BYMONTHDAY"] = ",".join(str(each) for each in range(_LATE_IN_MONTH, by_day + 1))
        parts["BYSETPOS"] = "-1"
        if parts["FREQ"] == "YEARLY":
            parts.setdefault("BYMONTH", str(start.month))
    text = ";".join(f"{key}={value}" for key, value in parts.items())
    found = rrule.rrulestr(text, dtstart=datetime.combine(start, time()))
    following = found.after(datetime.combine(max(start, today), time()))
    if following is None:
        raise UsageError("That rule has no day to come.", hint="`edit` gives the task another.")
    next_day: date = following.date()
    return next_day


def anchored(every: str, rule_text: str, due: date) -> str:
    """A tag that keeps a day late in the month, which a month without it would lose: `month` of the
    31st is `month-on-the-31st`."""
    parts = _parts(rule_text)
    if parts.get("FREQ") != "MONTHLY" or due.day <= _LATE_IN_MONTH or not _BY_DAY.isdisjoint(parts):
        return every
    return f"{every}-on-the-{due.day}{'st' if due.day == 31 else 'th'}"


def first(rule_text: str, today: date) -> date:
    """The first day of the rule from today on."""
    return following(rule_text, today - timedelta(days=1), today - timedelta(days=1))


def _parts(rule_text: str) -> dict[str, str]:
    """A rule's parts, without the time of day."""
    parts = dict(part.split("=", 1) for part in rule_text.removeprefix("RRULE:").split(";"))
    return {key: value for key, value in parts.items() if key not in _OF_A_DAY}


def _is_plain(parts: dict[str, str]) -> bool:
    """Whether it is of months or years by the day of the month alone."""
    if parts.get("FREQ") not in ("MONTHLY", "YEARLY") or "BYDAY" in parts or "BYSETPOS" in parts:
        return False
    return parts.get("BYMONTHDAY", "1").isdigit()
