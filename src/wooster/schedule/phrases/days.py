"""Days and stretches of days in words: "next Tuesday", "the end of May", "3 days after Easter".

The longest that fits is meant. It refuses to know clock times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import stretches
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.dates import AGREEING, MEANINGS
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
    for compound in (_moved, _nearest, _portion, _week_of, stretches.week_within):
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
_IN = Pattern(r"(?:with)?in\s+(?:about\s+|around\s+)?")
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
    if opening and opening[0].startswith("within"):
        return Days(context.today, size.after(context.today)), end
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
    return replace(one(moved, "date"), part=part), base[1]


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
    base = days(text, match.end(), context) or stretches.unit_here(text, match.end(), context)
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


_SAID_TWICE = Pattern(r"\s*[,-]?\s*(?=\S)")
_BRACKET = Pattern(r"\s*\(\s*")


def _followed(text: str, hit: Hit, context: Context) -> Hit:
    """A weekday before its date, or after it: "Tuesday, 15 January", "next week Monday"."""
    found, end = hit
    match = _SAID_TWICE.match(text, end)
    if match is None or found.kind not in ("weekday", "relative", "monthday", "date", "nth"):
        return hit
    begin = (_BRACKET.match(text, end) or match).end()
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
