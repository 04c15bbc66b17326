"""Phrases of the calendar, such as "8 May", "last week" or "Easter", as stretches of local time.

English. A phrase without a year is the most recent such date that has begun: one asks about what
was. It refuses to know zones, sessions, and what a question wants with its date (`when`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from wooster.core.patterns import Pattern
from wooster.memory.recall import holidays, numbers

_MONTH_NAMES = (
    "january february march april may june july august september october november december"
)
_WEEKDAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday"
_MONTHS = _MONTH_NAMES.split()
_WEEKDAYS = _WEEKDAY_NAMES.split()
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_PARTS = {"morning": (5, 12), "afternoon": (12, 18), "evening": (17, 24), "night": (18, 28)}
_LOOSE_DAYS = {"day": 0, "week": 3, "fortnight": 3, "month": 15}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_ONE_DAY = timedelta(days=1)

UNIT = "day|week|fortnight|month|year"
_MONTH = "|".join(f"{name}|{name[:3]}\\b\\.?" for name in _MONTHS) + r"|sept\b\.?"
_WEEKDAY = "|".join(_WEEKDAYS)
YEAR = r"(?:19|20)\d\d"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?(?![\d:])"
_OF_YEAR = rf"(?:\s*,?\s*\b(?:of\s+|in\s+)?({YEAR})\b)?"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `since` (in) to `until` (out), local time without a zone, never empty.

    A `loose` one means a moment around its middle ("two weeks ago"). One that `is_told` stands in
    the calendar whoever reads it when; the others count from the moment of asking.
    """

    since: datetime
    until: datetime
    is_told: bool = False
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch and the places in the text where its words begin and end."""

    start: int
    end: int
    stretch: Stretch


def phrases(text: str, now: datetime) -> list[Phrase]:
    """The dates in `text`, from left to right, none within another. `now` is local, naive."""
    found: list[Phrase] = []
    for pattern, meaning in _MEANINGS:
        for match in pattern.finditer(text):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            try:
                stretch = meaning(match, now)
            except (ValueError, OverflowError):  # 31 June; the year 0
                continue
            if stretch is not None:
                found.append(_with_part_of_day(text, match.start(), match.end(), stretch))
    return sorted(found, key=lambda one: one.start)


def moved(moment: datetime, count: int, unit: str) -> datetime:
    """`moment` moved by `count` units, to the month's last day where its day doesn't exist."""
    if unit in _DAYS:
        return moment + timedelta(days=count * _DAYS[unit])
    months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "year" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    last = (_next_month(first) - _ONE_DAY).day
    return moment.replace(year=first.year, month=first.month, day=min(moment.day, last))


def around(moment: datetime, unit: str) -> Stretch:
    """The day of `moment`, or, for larger units, as many days around it as the unit is vague."""
    if unit == "year":
        return _days(date(moment.year, 1, 1), date(moment.year + 1, 1, 1))
    slack = timedelta(days=_LOOSE_DAYS[unit])
    day = moment.date()
    return _days(day - slack, day + slack + _ONE_DAY, loose=bool(slack))


def _days(first: date, after: date, *, is_told: bool = False, loose: bool = False) -> Stretch:
    return Stretch(datetime.combine(first, time()), datetime.combine(after, time()), is_told, loose)


def _next_month(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def _recent(begins: Callable[[int], date], year: str | None, now: datetime) -> date:
    """What begins in `year`, else the latest that has begun."""
    if year:
        return begins(int(year))
    for candidate in range(now.year, now.year - 9, -1):
        try:
            begin = begins(candidate)
        except ValueError:  # 29 February
            continue
        if begin <= now.date():
            return begin
    raise ValueError(f"no such day before {now!r}")


def _month_of(word: str) -> int:
    return next(at for at, name in enumerate(_MONTHS, 1) if word.lower().startswith(name[:3]))


def _on_day(day: str, month: str, year: str | None, now: datetime) -> Stretch:
    first = _recent(lambda each: date(each, _month_of(month), int(day)), year, now)
    return _days(first, first + _ONE_DAY, is_told=True)


def _iso(match: re.Match[str], now: datetime) -> Stretch:
    first = date.fromisoformat(match[0])
    return _days(first, first + _ONE_DAY, is_told=True)


def _numeric(match: re.Match[str], now: datetime) -> Stretch:
    a, b, year = (int(part) for part in match.groups())
    # 8/5/2023 is read as in the United States, 8.5.2023 and 25/5/2023 the other way round.
    month, day = (b, a) if a > 12 or "." in match[0] else (a, b)
    first = date(year, month, day)
    return _days(first, first + _ONE_DAY, is_told=True)


def _month(match: re.Match[str], now: datetime) -> Stretch | None:
    which, word, year = match.groups()
    if not (which or year or _BEFORE_DATE.search(match.string[: match.start()])):
        return None  # "you may", "we march", "an august person"
    first = _recent(lambda each: date(each, _month_of(word), 1), year, now)
    this_month = first.year == now.year and first.month == now.month
    if which == "last" and not year and this_month:
        first = first.replace(year=first.year - 1)
    after = _next_month(first)
    return _days(first, after, is_told=True)


def _week_of_month(match: re.Match[str], now: datetime) -> Stretch:
    first = _recent(lambda each: date(each, _month_of(match[2]), 1), match[3], now)
    after = _next_month(first)
    if match[1].lower() == "last":
        return _days(after - timedelta(days=7), after, is_told=True)
    start = first + timedelta(days=7 * (numbers.number(match[1]) - 1))
    if start >= after:
        raise ValueError(f"{match[0]!r} has no such week")
    return _days(start, min(start + timedelta(days=7), after), is_told=True)


def _weekday_of_month(match: re.Match[str], now: datetime) -> Stretch:
    first = _recent(lambda each: date(each, _month_of(match[3]), 1), match[4], now)
    first += timedelta(days=(_WEEKDAYS.index(match[2].lower()) - first.weekday()) % 7)
    weeks = 4 if match[1].lower() == "last" else numbers.number(match[1]) - 1
    day = first + timedelta(days=7 * weeks)
    if day.month != first.month and match[1].lower() == "last":
        day -= timedelta(days=7)
    if day.month != first.month:
        raise ValueError(f"{match[0]!r} is no day")
    return _days(day, day + _ONE_DAY, is_told=True)


def _season(match: re.Match[str], now: datetime) -> Stretch | None:
    which, name, year = match.groups()
    if not (which or year or _BEFORE_DATE.search(match.string[: match.start()])):
        return None  # "to fall", "a spring"
    month = _SEASONS[name.lower()]
    first = _recent(lambda each: date(each, month, 1), year, now)
    after = _next_month(_next_month(_next_month(first)))
    if which and which.lower() == "last" and not year and after > now.date():
        first, after = first.replace(year=first.year - 1), after.replace(year=after.year - 1)
    return _days(first, after, is_told=bool(year))


def _holiday(match: re.Match[str], now: datetime) -> Stretch:
    name = re.sub(r"\s+", " ", match[1].lower())
    first = _recent(lambda each: holidays.in_year(name, each), match[2], now)
    return _days(first, first + _ONE_DAY, is_told=bool(match[2]))


def _year(match: re.Match[str], now: datetime) -> Stretch | None:
    if not _BEFORE_DATE.search(match.string[: match.start()]):
        return None  # "2023 steps"
    return _days(date(int(match[1]), 1, 1), date(int(match[1]) + 1, 1, 1), is_told=True)


def _named_day(match: re.Match[str], now: datetime) -> Stretch:
    words = re.sub(r"\s+", " ", match[0].lower())
    ago = 2 if words.startswith("the day") else 1 if words.startswith(("yes", "last")) else 0
    day = now.date() - timedelta(days=ago)
    whole = _days(day, day + _ONE_DAY)
    part = words.rsplit(" ", 1)[-1].replace("tonight", "night")
    return _part(whole, part) if part in _PARTS else whole


def _ago(match: re.Match[str], now: datetime) -> Stretch:
    count, unit = match[1].lower(), match[2].lower()
    if count.endswith(("few", "several")):
        return _days(moved(now, -5, unit).date(), moved(now, -2, unit).date() + _ONE_DAY)
    return around(moved(now, -numbers.number(count), unit), unit)


def _weekdays_ago(match: re.Match[str], now: datetime) -> Stretch:
    return _weekday_back(match[2], now, numbers.number(match[1]))


def _weekday_back(name: str, now: datetime, count: int) -> Stretch:
    back = (now.weekday() - _WEEKDAYS.index(name.lower()) - 1) % 7 + 1
    day = now.date() - timedelta(days=back + 7 * (count - 1))
    return _days(day, day + _ONE_DAY)


def _week_before_last(match: re.Match[str], now: datetime) -> Stretch:
    unit = match[1].lower()
    if unit == "weekend":
        return whole(now - timedelta(days=now.weekday() + 8), unit)
    return whole(moved(now, -2, unit), unit)


def whole(moment: datetime, unit: str) -> Stretch:
    """The week, weekend, month or year that `moment` is in."""
    day = moment.date()
    monday = day - timedelta(days=day.weekday())
    if unit == "week":
        return _days(monday, monday + timedelta(days=7))
    if unit == "weekend":
        return _days(monday + timedelta(days=5), monday + timedelta(days=7))
    if unit == "month":
        return _days(day.replace(day=1), _next_month(day))
    return around(moment, "year")


def _this_or_last(match: re.Match[str], now: datetime) -> Stretch:
    unit = match[2].lower()
    if match[1].lower() == "this":
        return whole(now, unit)
    if unit == "weekend":  # the last one that is over
        return whole(now - timedelta(days=now.weekday() + 1), unit)
    return whole(moved(now, -1, unit), unit)


def _up_to_now(match: re.Match[str], now: datetime) -> Stretch:
    count = numbers.number(match[1]) if match[1] else 1
    begin = moved(now, -count, match[2].lower())
    return _days(begin.date(), now.date() + _ONE_DAY)


def _weekday(match: re.Match[str], now: datetime) -> Stretch:
    wanted = _WEEKDAYS.index(match[1].lower())
    back = (now.weekday() - wanted - 1) % 7 + 1
    if match[2]:  # of last week, of this week
        back = now.weekday() - wanted + (7 if match[2].lower() == "last" else 0)
    day = now.date() - timedelta(days=back)
    return _days(day, day + _ONE_DAY)


def _on_the(match: re.Match[str], now: datetime) -> Stretch:
    first = now.date()
    while first.day != int(match[1]):
        first -= _ONE_DAY
        if (now.date() - first).days > 62:
            raise ValueError(f"no month has a day {match[1]!r}")
    return _days(first, first + _ONE_DAY)


def _part(whole: Stretch, part: str) -> Stretch:
    begin, end = (whole.since + timedelta(hours=hour) for hour in _PARTS[part])
    return Stretch(begin, end, whole.is_told)


_PORTION = Pattern(
    r"(?:the\s+)?\b(early|mid|late|beginning|start|middle|end|(?:first|second)\s+half)"
    r"(?:\s+(?:of|in))?(?:\s+|-)(?:the\s+)?$",
    re.IGNORECASE,
)
_PORTIONS = {
    "ear": (0, 2),
    "beg": (0, 2),
    "sta": (0, 2),
    "mid": (2, 4),
    "lat": (4, 6),
    "end": (4, 6),
}
_PART_AFTER = Pattern(r"\s+(?:in\s+the\s+|at\s+)?(morning|afternoon|evening|night)\b", re.I)
_PART_BEFORE = Pattern(r"(?:in|on|at)?\s*the\s+(morning|afternoon|evening|night)\s+of\s+$", re.I)


def _with_part_of_day(text: str, start: int, end: int, stretch: Stretch) -> Phrase:
    if stretch.until - stretch.since == _ONE_DAY:
        if after := _PART_AFTER.match(text, end):
            return Phrase(start, after.end(), _part(stretch, after[1].lower()))
        if before := _PART_BEFORE.search(text[:start]):
            return Phrase(before.start(), end, _part(stretch, before[1].lower()))
    elif portion := _PORTION.search(text[:start]):
        return Phrase(portion.start(), end, _portion(stretch, portion[1].lower()))
    return Phrase(start, end, stretch)


def _portion(whole: Stretch, word: str) -> Stretch:
    """A third or a half of a month or more, in whole days."""
    sixths = _PORTIONS.get(word[:3], (0, 3) if word.startswith("first") else (3, 6))
    days = (whole.until - whole.since).days
    begin, end = (timedelta(days=round(days * sixth / 6)) for sixth in sixths)
    return replace(whole, since=whole.since + begin, until=whole.since + max(end, begin + _ONE_DAY))


# What makes a month, a season or a year of a word that could be another.
_BEFORE_DATE = Pattern(
    r"\b(?:in|of|over|during|since|until|till|before|after|between|and|from|to|through|by|for|early"
    r"|mid|late|half)(?:\s+|-)(?:the\s+)?(?:year\s+)?$",
    re.IGNORECASE,
)


def _pattern(text: str) -> Pattern:
    return Pattern(rf"\b(?:{text})", re.IGNORECASE)


# The more a pattern says, the earlier: what it has taken is closed to those below.
_MEANINGS: tuple[tuple[Pattern, Callable[[re.Match[str], datetime], Stretch | None]], ...] = (
    (_pattern(rf"{YEAR}-\d\d-\d\d\b"), _iso),
    (_pattern(rf"(\d{{1,2}})[/.](\d{{1,2}})[/.]({YEAR})\b"), _numeric),
    (
        _pattern(rf"(?:the\s+)?{_DAY}\s+(?:of\s+)?({_MONTH})(?![a-z]){_OF_YEAR}"),
        lambda m, now: _on_day(m[1], m[2], m[3], now),
    ),
    (
        _pattern(
            rf"(?:the\s+)?({'|'.join(numbers.ORDINALS[1:])})\s+of\s+({_MONTH})(?![a-z]){_OF_YEAR}"
        ),
        lambda m, now: _on_day(str(numbers.number(m[1])), m[2], m[3], now),
    ),
    (
        _pattern(rf"({_MONTH})\s*,?\s+(?:the\s+)?{_DAY}{_OF_YEAR}"),
        lambda m, now: _on_day(m[2], m[1], m[3], now),
    ),
    (
        _pattern(rf"(?:the\s+)?({numbers.ORDINAL}|last)\s+week\s+(?:of|in)\s+({_MONTH}){_OF_YEAR}"),
        _week_of_month,
    ),
    (
        _pattern(
            rf"(?:the\s+)?({numbers.ORDINAL}|last)\s+({_WEEKDAY})\s+(?:of|in)\s+({_MONTH}){_OF_YEAR}"
        ),
        _weekday_of_month,
    ),
    (_pattern(rf"(?:(last|this|past)\s+)?({_MONTH})(?![a-z]){_OF_YEAR}"), _month),
    (_pattern(rf"(?:the\s+)?(?:(last|this|past)\s+)?({'|'.join(_SEASONS)})\b{_OF_YEAR}"), _season),
    (_pattern(rf"(?:last\s+|this\s+)?({holidays.NAMES})\b{_OF_YEAR}"), _holiday),
    (
        _pattern(
            r"(?:the\s+day\s+before\s+yesterday|yesterday|today|now|tonight|last\s+night"
            r"|this\s+(?:morning|afternoon|evening))\b"
        ),
        _named_day,
    ),
    (_pattern(rf"(?<!half\s)({numbers.CARDINAL})\s+({UNIT})s?\s+ago\b"), _ago),
    (_pattern(rf"({numbers.CARDINAL})\s+({_WEEKDAY})s?\s+ago\b"), _weekdays_ago),
    (
        _pattern(r"(?:around\s+|at\s+)?this\s+time\s+last\s+(week|month|year)\b"),
        lambda m, now: around(moved(now, -1, m[1].lower()), "week" if m[1] == "week" else "month"),
    ),
    (_pattern(rf"(?:the\s+)?({UNIT}|weekend)\s+before\s+last\b"), _week_before_last),
    (
        _pattern(rf"(?:the\s+)?({_WEEKDAY})\s+before\s+last\b"),
        lambda m, now: _weekday_back(m[1], now, 2),
    ),
    (
        _pattern(r"(?:over|at|on|during)\s+the\s+weekend\b"),  # this one once it has begun
        lambda m, now: whole(now - timedelta(days=(now.weekday() + 1) % 6), "weekend"),
    ),
    (
        _pattern(rf"({_WEEKDAY})\s+(?:of\s+)?(last|this)\s+week\b"),
        _weekday,
    ),
    (_pattern(r"(?:the\s+)?(last|previous|this)\s+(week|weekend|month|year)\b"), _this_or_last),
    (_pattern(rf"the\s+(?:last|past|previous)\s+({numbers.CARDINAL})?\s*({UNIT})s?\b"), _up_to_now),
    (_pattern(rf"(?:last|this|past|previous|on)\s+({_WEEKDAY})\b()"), _weekday),
    (_pattern(r"on\s+the\s+(\d{1,2})(?:st|nd|rd|th)\b"), _on_the),
    (_pattern(rf"({YEAR})\b"), _year),
)
