"""Local dates: which one an instant belongs to, which ones there are, and the words for them.

A date is the person's: their wall clock, and the hour at which their day ends. It refuses to know
what is done on them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from wooster.core.clock import Clock
from wooster.core.patterns import Pattern

_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_COUNT_NAMES = "one two three four five six seven eight nine ten eleven twelve"
_MONTHS = _MONTH_NAMES.split()
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_COUNTS = _COUNT_NAMES.split()
_DATE_LINE = timedelta(hours=12)
_ONE = timedelta(days=1)

MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
WEEKDAY = (
    "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    "|sat(?:urday)?|sun(?:day)?"
)
COUNT = rf"\d{{1,4}}|an?|{'|'.join(_COUNTS)}"
_NTH = r"\d{1,2}(?:st|nd|rd|th)"
_FORMS = (
    r"(?:on )?(?P<iso>\d{4}-\d\d?-\d\d?)",
    r"(?P<near>today|tonight|this (?:morning|afternoon|evening)|last night|yesterday"
    r"|tomorrow|the day (?:before yesterday|after tomorrow))",
    rf"(?P<ago>{COUNT}) (?P<ago_unit>days?|weeks?) ago",
    rf"in (?P<ahead>{COUNT}) (?P<ahead_unit>days?|weeks?)",
    rf"(?:on )?(?:(?P<which>last|next|this|this past) )?(?P<weekday>{WEEKDAY})",
    rf"(?:on )?(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{MONTH})\.?"
    r"(?:,? (?P<year>\d{4}))?",
    rf"(?:on )?(?P<month2>{MONTH})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?"
    r"(?:,? (?P<year2>\d{4}))?",
    r"(?:on )?(?:the )?(?P<day3>\d{1,2})\.(?P<month3>\d{1,2})\.(?P<year3>\d{4})?",
    rf"(?:on )?the (?P<nth>{_NTH})",
)
WORDS = "|".join(_FORMS)
"""The pattern of a day's words, with single blanks between them; it has named groups."""
_DAY = Pattern(WORDS, re.IGNORECASE)
_NEAR = {"yesterday": -1, "last night": -1, "tomorrow": 1} | {
    "the day before yesterday": -2,
    "the day after tomorrow": 2,
}


# --- instants ---------------------------------------------------------------------------------


def local_day(instant: datetime, zone: tzinfo | None, day_ends_h: int = 0) -> date:
    """The date that `instant` (aware) counts for where the day ends so many hours after midnight.

    By the wall clock: with a day's end at 3, 02:59 is yesterday's on every day of the year.
    """
    wall = instant.astimezone(zone).replace(tzinfo=None)
    return (wall - timedelta(hours=day_ends_h)).date()


def absent_days(first: date, last: date, zone: tzinfo | None) -> list[date]:
    """The dates from `first` to `last` that never were in `zone`: it moved over the date line.

    Samoa had no 30 December 2011. Found by halves: such a move changes the offset for good.
    """
    found: list[date] = []
    stretches = [(first, last)]
    while stretches:
        begin, end = stretches.pop()
        if begin > end or abs(_offset(begin, zone) - _offset(end, zone)) < _DATE_LINE:
            continue
        if end - begin > _ONE:
            middle = begin + (end - begin) // 2
            stretches += [(begin, middle), (middle, end)]
        else:
            found += [each for each in (begin, end) if _is_absent(each, zone)]
    return sorted(set(found))


def _noon(day: date, zone: tzinfo | None) -> datetime:
    wall = datetime.combine(day, time(12))
    return wall.astimezone() if zone is None else wall.replace(tzinfo=zone)


def _offset(day: date, zone: tzinfo | None) -> timedelta:
    return _noon(day, zone).utcoffset() or timedelta()


def _is_absent(day: date, zone: tzinfo | None) -> bool:
    return _noon(day, zone).astimezone(UTC).astimezone(zone).date() != day


class LocalDays:
    """The person's dates, by their clock and the hour after midnight at which their day ends."""

    def __init__(self, clock: Clock, day_ends_h: int = 0) -> None:
        self._clock = clock
        self._day_ends_h = day_ends_h

    def today(self) -> date:
        return self.of(self._clock.now())

    def of(self, instant: datetime) -> date:
        """The day that `instant` (aware) counts for."""
        return local_day(instant, self._clock.zone, self._day_ends_h)

    def now(self) -> datetime:
        """The instant, in UTC."""
        return self._clock.now()

    def zone_name(self) -> str:
        """The name of the zone that it is in; of the machine's zone, the offset now."""
        key: str | None = getattr(self._clock.zone, "key", None)
        return key or f"{self._clock.local():%z}"

    def absent(self, first: date, last: date) -> list[date]:
        """The dates between that never were here."""
        return absent_days(first, last, self._clock.zone)


def day_text(day: date, today: date) -> str:
    """ "today", "yesterday", "Monday 23 Nov", with the year where it is another."""
    if 0 <= (today - day).days <= 1:
        return "yesterday" if day < today else "today"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%A} {day.day} {day:%b}{year}"


# --- words ------------------------------------------------------------------------------------


def parse(text: str, today: date, *, ahead: bool = False) -> date | None:
    """The day that `text` is ("yesterday", "on Monday", "3 days ago", "5 Nov", "2026-11-05").

    A weekday or a date without its year is the latest up to today; `ahead`, the next from today on.
    None for what is no day, or none that there is.
    """
    match = _DAY.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    try:
        return _meant({k: v for k, v in match.groupdict().items() if v}, today, ahead)
    except (ValueError, OverflowError):  # 31 June; ten thousand weeks ago
        return None


def _meant(said: dict[str, str], today: date, ahead: bool) -> date | None:
    if iso := said.get("iso"):
        return date(*map(int, iso.split("-")))
    if near := said.get("near"):
        return today + timedelta(days=_NEAR.get(near.lower(), 0))
    for side, sign in (("ago", -1), ("ahead", 1)):
        if side in said:
            days = 7 if said[f"{side}_unit"].lower().startswith("week") else 1
            return today + sign * days * timedelta(days=number(said[side]))
    if weekday := said.get("weekday"):
        return _weekday(weekday, said.get("which", "").lower(), today, ahead)
    if nth := said.get("nth"):
        return _nearest(int(nth[:-2]), None, today, ahead)
    for end in ("", "2", "3"):
        if f"day{end}" in said:
            day, month = int(said[f"day{end}"]), month_of(said[f"month{end}"])
            if year := said.get(f"year{end}"):
                return date(int(year), month, day)
            return _nearest(day, month, today, ahead)
    raise AssertionError(f"a form of a day without a meaning: {said!r}")


def _weekday(word: str, which: str, today: date, ahead: bool) -> date:
    distance = (weekday_of(word) - today.isoweekday()) % 7
    if which in ("last", "this past"):
        return today - timedelta(days=(7 - distance) if distance else 7)
    if which == "next":
        return today + timedelta(days=distance or 7)
    if ahead or not distance:
        return today + timedelta(days=distance)
    return today - timedelta(days=7 - distance)


def _nearest(day: int, month: int | None, today: date, ahead: bool) -> date:
    """The nearest such date on the side that is meant; eight years hold each 29 February."""
    step = 1 if ahead else -1
    at = today.year * 12 + today.month - 1
    is_past: Callable[[date], bool] = (lambda d: d >= today) if ahead else (lambda d: d <= today)
    for moved in range(0, step * 12 * 9, step):
        year, index = divmod(at + moved, 12)
        if month not in (None, index + 1):
            continue
        try:
            found = date(year, index + 1, day)
        except ValueError:  # no such day in that month
            continue
        if is_past(found):
            return found
    raise ValueError(f"there is no day {day!r} of month {month!r}")


def number(word: str) -> int:
    """What "3", "three" or "a" counts to."""
    folded = word.casefold()
    if folded.isdigit():
        return int(folded)
    return 1 if folded in ("a", "an") else _COUNTS.index(folded) + 1


def weekday_of(word: str) -> int:
    """1 for "Mon" or "Mondays", to 7."""
    return _WEEKDAYS.index(word[:3].casefold()) + 1


def month_of(word: str) -> int:
    """1 for "Jan", "January" or "1"."""
    return int(word) if word.isdigit() else _MONTHS.index(word[:3].casefold()) + 1
