"""Stretches of clock time that are counted from now: "within 5 minutes", "the next two hours"."""

from __future__ import annotations

import re

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import durations
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.durations import Length
from wooster.schedule.phrases.model import Context, When

_WHICH = rf"(?:{v.NEXT}|{v.LAST})"
_OPENING = Pattern(
    rf"(?:(?P<within>within|(?:in\s+)?less\s+than|(?:in\s+)?under)\s+|(?P<in>in|over|for|during)\s+)?"
    rf"(?:the\s+)?(?P<which>{_WHICH}\s+)?(?=\w)"
)
_UNIT = Pattern(r"(?P<unit>hour|minute|second)(?!\w)")
_DAY_AND = Pattern(r"(?P<unit>day|week)(?=\s+and\s)")
_COUNTED = Pattern(
    rf"(?P<count>{v.COUNT})\s+(?P<which>next|coming|following|last|past|previous)\s+"
    r"(?P<unit>hours?|minutes?|mins?|seconds?|secs?)(?!\w)"
)


def counted(text: str, start: int, context: Context) -> tuple[When, int, bool] | None:
    """The stretch at `start` of `text`, its end, and whether only its place makes it one."""
    if match := _COUNTED.match(text, start):  # 5 past minutes
        size = durations.length(f"{match['count']} {match['unit']}", 0)
        return size and (_from_now(size[0], match["which"], context), match.end(), True)
    match = _OPENING.match(text, start)
    if match is None or not (match["within"] or match["which"]):
        return None
    which = (match["which"] or "").strip()
    is_alone = bool(which) or match[0].endswith("within the ")
    size = _length(text, match.end(), is_alone=is_alone)
    if size is None or size[0].is_of_days:
        return None
    is_bare = _UNIT.match(text, match.end()) is not None  # "at the last minute", "next hour"
    is_weak = is_bare and not (match["within"] or match["in"])
    return _from_now(size[0], which, context), size[1], is_weak


def _length(text: str, start: int, *, is_alone: bool) -> tuple[Length, int] | None:
    if size := durations.length(text, start):
        return size
    if not is_alone:
        return None
    if match := _UNIT.match(text, start):
        size = durations.length(f"one {match['unit']}", 0)
        return size and (size[0], match.end())
    match = _DAY_AND.match(text, start)  # the next day and 5 hours
    size = match and durations.length(f"one {text[start:]}", 0)
    return size and (size[0], size[1] + start - len("one "))


def _from_now(size: Length, which: str, context: Context) -> When:
    now = context.wall.replace(microsecond=0)
    sign = -1 if re.fullmatch(v.LAST, which) else 1
    begin, end = sorted((now, size.after_wall(now, context.zone, sign)))
    until_day = end.date() if end.date() != begin.date() else None
    return When("", begin.date(), begin.time(), until_day, end.time(), grain="minute")
