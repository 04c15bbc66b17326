"""Days and stretches of days in words: "next Tuesday", "the end of May", "3 days after Easter".

The longest that fits is meant. It refuses to know clock times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import holidays, periods, stretches
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.dates import AGREEING, HOLIDAY, MEANINGS
from wooster.schedule.phrases.durations import length
from wooster.schedule.phrases.model import Context
from wooster.schedule.phrases.stretches import Days, one

Hit = tuple[Days, int]


def days(text: str, start: int, context: Context) -> Hit | None:
    """The longest day or stretch of days at `start` of `text`, which is folded."""
    best: Hit | None = None
    for pattern, meaning in MEANINGS:
        match = pattern.match(text, start)
        if match is None or (best is not None and match.end() <= best[1]):
            continue
        try:
            found = meaning(match, context)
        except (ValueError, OverflowError):  # 31 June; ten thousand years ahead
            continue
        if found is not None:
            best = found, match.end()
    for compound in (
        _moved,
        _nearest,
        _portion,
        _week_of,
        _counted_of,
        _nth_of,
        _half_of,
        _weekend_of,
        _dated_weekend,
        _long,
    ):
        if (hit := _tried(compound, text, start, context)) and (best is None or hit[1] > best[1]):
            best = hit
    return best and _followed(text, best, context)


def _tried(
    compound: Callable[[str, int, Context], Hit | None], text: str, start: int, context: Context
) -> Hit | None:
    try:
        return compound(text, start, context)
    except (ValueError, OverflowError):
        return None


# --- compounds --------------------------------------------------------------------------------

_MOVED = Pattern(
    r"\s+(?P<side>before|after|from|following|preceding|prior\s+to|since)\s+(?=(?P<what>\w))"
)
_FROM_NOW = Pattern(r"\s+(?:from\s+(?:now|today)|hence|later|ahead)\b")
_AGO = Pattern(r"\s+(?:ago|back|earlier|before\s+now)\b")
_IN = Pattern(
    r"(?:(?:with)?in|(?P<less>(?:in\s+)?(?:less|(?:no|not)\s+more)\s+than))\s+"
    r"(?:about\s+|around\s+|the\s+)?(?:(?:next|coming|upcoming|following)\s+)?"
)
_THE_DAY = Pattern(
    r"(?:on\s+)?the\s+(?P<unit>day|morning|evening|night|weekend|week|month)(?=\s+"
    r"(?:before|after))"
)
_PORTION = Pattern(
    r"(?:(?:at|by|on|in|from)\s+)?(?:the\s+)?(?P<which>very\s+end|end|beginning"
    r"|begin|start|middle|early|late|mid)"
    r"(?P<of>\s+(?:of|in))?[\s-]+"
)
_WEEK_OF = Pattern(
    r"(?:(?:in|during|on|for)\s+)?(?:the\s+)?(?:week\s+(?:of|beginning|starting"
    r"|commencing)|w/c)\s+"
)


def _moved(text: str, start: int, context: Context) -> Hit | None:
    """ "in 3 days", "two weeks ago", "3 days after Easter", "the day before Christmas"."""
    opening = _IN.match(text, start)
    named = _THE_DAY.match(text, start)
    if named:
        hit = stretches.length_of(named["unit"]), named.end()
    else:
        found = length(text, opening.end() if opening else start)
        if found is None or not found[0].is_of_days:
            return None
        hit = found
    size, end = hit
    is_within = bool(opening and (opening["less"] or opening[0].startswith("within")))
    after = _MOVED.match(text, end) if is_within else None
    if after and after["side"].startswith(("after", "from", "follow")):
        base = days(text, after.end(), context)
        return base and (Days(base[0].first, size.after(base[0].last)), base[1])
    if opening and opening["less"] and not opening[0].startswith("in"):
        return None  # a length
    if is_within:
        return Days(context.today, size.after(context.today)), end
    if opening and opening[0].rstrip().endswith(("next", "coming", "following")):
        return None
    if opening:
        return replace(one(size.after(context.today), "relative"), size=size), end
    if match := _FROM_NOW.match(text, end):
        return replace(one(size.after(context.today), "relative"), size=size), match.end()
    if match := _AGO.match(text, end):
        return replace(one(size.after(context.today, -1), "relative"), size=size), match.end()
    match = _MOVED.match(text, end)
    base = match and days(text, match.end(), context)
    if not match or not base:
        return None
    is_before = match["side"].startswith(("before", "prec", "prior"))
    moved = size.after(base[0].first if is_before else base[0].last, -1 if is_before else 1)
    part = named["unit"] if named and named["unit"] in ("morning", "evening", "night") else ""
    return replace(one(moved, "relative"), part=part, size=size), base[1]


_NEAREST = Pattern(
    rf"(?:on\s+)?(?:the\s+)?(?P<weekday>{v.WEEKDAY})\s+(?P<side>before|after)\s+(?=\w)"
)


def _nearest(text: str, start: int, context: Context) -> Hit | None:
    """ "the Friday before Christmas"."""
    match = _NEAREST.match(text, start)
    base = match and days(text, match.end(), context)
    if not match or not base:
        return None
    weekday = v.weekday(match["weekday"])
    if match["side"] == "before":
        back = (base[0].first.weekday() - weekday) % 7 or 7
        return one(base[0].first - timedelta(days=back)), base[1]
    ahead = (weekday - base[0].last.weekday()) % 7 or 7
    return one(base[0].last + timedelta(days=ahead)), base[1]


def _portion(text: str, start: int, context: Context) -> Hit | None:
    """ "the end of the month", "early May", "mid-2027"."""
    match = _PORTION.match(text, start)
    if match is None:
        return None
    base = days(text, match.end(), context) or periods.unit_here(text, match.end(), context)
    if base is None or base[0].first == base[0].last:
        return None
    which = match["which"].split()[-1]
    if not match["of"] and which in ("end", "start", "beginning", "begin", "middle"):
        return None
    return stretches.portion(base[0], which), base[1]


def _week_of(text: str, start: int, context: Context) -> Hit | None:
    match = _WEEK_OF.match(text, start)
    base = match and days(text, match.end(), context)
    if not base:
        return None
    monday = base[0].first - timedelta(days=base[0].first.weekday())
    return Days(monday, monday + timedelta(days=6), "week"), base[1]


_COUNTED_OF = Pattern(
    r"(?:(?:in|on|for|during|over|within)\s+)?(?:the\s+)?(?P<side>first|last|final)\s+"
    rf"(?P<count>{v.COUNT})\s+(?P<unit>days?|weeks?|wks?|months?|quarters?)\s+(?:of|in)\s+"
)
_NTH_OF = Pattern(
    rf"(?:(?:in|on|for|during|by)\s+)?(?:the\s+)?(?P<nth>{v.ORDINAL}|last|final)\s+"
    r"(?P<unit>day|week|month)\s+(?:of|in)\s+"
)
_HALF_OF = Pattern(
    r"(?P<side>later|earlier)\s+(?:on\s+)?(?:in\s+)?(?=\w)"
    r"|(?:(?:in|during|for)\s+)?(?:the\s+)?(?P<nth>first|second)\s+half\s+of\s+"
)
_WEEKEND_OF = Pattern(r"(?:(?:on|over|for)\s+)?(?:the\s+)?weekend\s+of\s+")
_WEEKEND = Pattern(rf"\s+weekend(?:\s+(?:of\s+|in\s+)?(?P<year>{v.YEAR}))?(?!\w)")
_LONG = Pattern(rf"(?:(?:in|for|during|over)\s+)?(?P<which>{v.NEXT}|{v.LAST})\s+(?=\d|[a-z])")


def _base(text: str, start: int, context: Context) -> Hit | None:
    """A stretch that something is a part of."""
    base = days(text, start, context) or periods.unit_here(text, start, context)
    return base if base and base[0].first != base[0].last else None


def _counted_of(text: str, start: int, context: Context) -> Hit | None:
    """ "the first ten days of May", "the last two weeks of the year"."""
    match = _COUNTED_OF.match(text, start)
    base = match and _base(text, match.end(), context)
    if not match or not base:
        return None
    count = v.number(match["count"])
    first, last = (0, count - 1) if match["side"] == "first" else (-count, -1)
    return stretches.counted(base[0], v.unit(match["unit"]), first, last), base[1]


def _nth_of(text: str, start: int, context: Context) -> Hit | None:
    """ "the third month of 2027", "the last week of May", "the first day of next month"."""
    match = _NTH_OF.match(text, start)
    base = match and _base(text, match.end(), context)
    if not match or not base:
        return None
    nth = stretches.place(match["nth"])
    place = nth - 1 if nth > 0 else nth
    found = stretches.counted(base[0], v.unit(match["unit"]), place, place)
    return (one(found.first) if match["unit"] == "day" else found), base[1]


def _half_of(text: str, start: int, context: Context) -> Hit | None:
    """ "later this week", "earlier in the year"."""
    match = _HALF_OF.match(text, start)
    base = match and _base(text, match.end(), context)
    if not match or not base:
        return None
    if match["nth"]:  # of all of it, wherever today is
        side = "later" if match["nth"] == "second" else "earlier"
        return stretches.half_of(base[0], side, base[0].first - timedelta(days=1)), base[1]
    return stretches.half_of(base[0], match["side"], context.today), base[1]


def _weekend_of(text: str, start: int, context: Context) -> Hit | None:
    match = _WEEKEND_OF.match(text, start)
    base = match and days(text, match.end(), context)
    return base and (_around(base[0]), base[1])


def _dated_weekend(text: str, start: int, context: Context) -> Hit | None:
    """ "Thanksgiving weekend", "Halloween weekend 2027"."""
    pattern, meaning = HOLIDAY
    name = pattern.match(text, start)
    match = name and _WEEKEND.match(text, name.end())
    if not name or not match:
        return None
    found = meaning(name, context)
    if match["year"]:
        found = one(holidays.in_year(name["name"], int(match["year"])))
    return (_around(found), match.end()) if found else None


def _around(day: Days) -> Days:
    """The weekend nearest to a day, and the days from it to there."""
    weekday = day.first.weekday()
    moved = -2 - weekday if weekday in (0, 1) else 5 - weekday
    saturday = day.first + timedelta(days=moved)
    first, last = min(saturday, day.first), max(saturday + timedelta(days=1), day.first)
    return Days(first, last, "day", "weekend")


def _long(text: str, start: int, context: Context) -> Hit | None:
    """ "the last 3 months and 2 weeks"."""
    match = _LONG.match(text, start)
    found = match and length(text, match.end())
    if not match or not found or not found[0].is_of_days:
        return None
    today, size = context.today, found[0]
    if re.fullmatch(v.LAST, match["which"]):
        return Days(size.after(today, -1), today - timedelta(days=1)), found[1]
    first = today + timedelta(days=1)
    return Days(first, size.after(first) - timedelta(days=1)), found[1]


_SAID_TWICE = Pattern(r"\s*[,-]?\s*(?=\S)")
_BRACKET = Pattern(r"\s*\(\s*")


def _followed(text: str, hit: Hit, context: Context) -> Hit:
    """A weekday before its date, or after it: "Tuesday, 15 January", "next week Monday"."""
    found, end = hit
    match = _SAID_TWICE.match(text, end)
    if match is None or found.kind not in ("weekday", "relative", "monthday", "date", "nth"):
        return hit
    begin = (_BRACKET.match(text, end) or match).end()
    moved = found.kind == "weekday" and _tried(_moved, text, begin, context)
    if moved and (both := stretches.agreed(found, moved[0], context)):
        return both, moved[1]
    for pattern, meaning in MEANINGS:
        again = pattern.match(text, begin)
        if again is None or meaning not in AGREEING:
            continue
        try:
            other = meaning(again, context)
        except (ValueError, OverflowError):
            continue
        if other and (both := stretches.agreed(found, other, context)):
            closing = again.end() + (text[again.end() : again.end() + 1] == ")")
            return both, closing
    return hit
