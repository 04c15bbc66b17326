"""How often, in words: "every day", "3 times a week", "on Mondays and Thursdays", "monthly on the
31st", read at the end or the begin of a text, and a whole rule as it is shown.

It refuses to know names, and what stands around a rhythm (`phrases`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wooster.core import days, units
from wooster.core.patterns import Pattern
from wooster.core.units import TIMES, Amount
from wooster.habits.model import MOST_TIMES, WEEKEND, WORKDAYS, Period, Rule

_WEEKDAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_OFTEN = {"once": 1, "twice": 2, "thrice": 3}
_PERIODS: dict[str, Period] = {"day": "day", "week": "week", "month": "month"}

PER = r"(?:(?:\s+(?:a|an|per|each|every)\s+|\s*/\s*)(?P<each>day|week|month))"
_EVERY = "(?:every|each)"
_NAME = rf"(?:{days.WEEKDAY})s?"
_FULL_NAME = "(?:" + "|".join(f"{name}s?" for name in _WEEKDAY_NAMES) + ")"
_AND = r"(?:\s*,\s*(?:and\s+)?|\s*[&+/]\s*|\s+and\s+)"
_TO = r"(?:\s*[-–]\s*|\s+to\s+)"
_NAMES = rf"{_NAME}(?:(?:{_AND}|{_TO}){_NAME})*"
_NTH = r"(?:\d{1,2}(?:st|nd|rd|th)|first|last(?:\s+day)?)"
_DATE = rf"(?:the\s+)?(?:{_NTH}|\d{{1,2}}(?![\w.:]))"
_OF_MONTH = r"(?:\s+of\s+(?:the|each|every|a)\s+month)?"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A rule that was read, without an amount. `is_plain`: "weekly", where an amount said with it
    is the whole week's. `amount` is what the rhythm itself counts: "8 times a day"; `total` then is
    the period that it is counted in."""

    rule: Rule | None
    is_plain: bool = False
    amount: Amount | None = None
    total: Period | None = None


_Meaning = Callable[[re.Match[str]], Rhythm | None]


def last(text: str) -> tuple[re.Match[str], Rhythm] | None:
    """The rhythm that `text` ends with, and where it stands."""
    return _first_that_fits(_LAST, text, re.Pattern.search)


def first(text: str) -> tuple[re.Match[str], Rhythm] | None:
    """The rhythm that `text` begins with, where something follows it."""
    return _first_that_fits(_FIRST, text, re.Pattern.match)


def period(word: str) -> Period:
    """The period that `PER` names."""
    return _PERIODS[word.casefold()]


def uncounted(text: str) -> str:
    """The rhythm at the end of `text` that looks like one and isn't among those that are counted:
    "every other day"; "" for none."""
    match = _UNCOUNTED.search(text)
    return match[0].strip() if match else ""


def _first_that_fits(
    forms: Sequence[tuple[re.Pattern[str], _Meaning]],
    text: str,
    find: Callable[[re.Pattern[str], str], re.Match[str] | None],
) -> tuple[re.Match[str], Rhythm] | None:
    for pattern, meaning in forms:
        if (match := find(pattern, text)) and (rhythm := meaning(match)):
            return match, rhythm
    return None


# --- meanings ---------------------------------------------------------------------------------


def _of_weekdays(match: re.Match[str]) -> Rhythm:
    words = match["on"].casefold().replace("-", "")
    if words.startswith(("weekd", "workd")):
        return Rhythm(Rule("week", WORKDAYS))
    if words.startswith("weekend"):
        return Rhythm(Rule("week", WEEKEND))
    found: set[int] = set()
    previous, until = 0, 0
    for name in re.finditer(rf"{_NAME}|{_TO}", match["on"], re.IGNORECASE):
        if re.fullmatch(_TO, name[0], re.IGNORECASE):
            until = previous
            continue
        at = days.weekday_of(name[0])
        if until:  # Friday to Monday goes over the week's end
            found |= {(until - 1 + step) % 7 + 1 for step in range((at - until) % 7 + 1)}
            until = 0
        found.add(at)
        previous = at
    return Rhythm(Rule() if len(found) == 7 else Rule("week", tuple(sorted(found))))


def _of_dates(match: re.Match[str]) -> Rhythm | None:
    said = re.findall(rf"{_NTH}|\d{{1,2}}", match["on"], re.IGNORECASE)
    dates = {
        31 if w[0] in "lL" else 1 if w[0] in "fF" else int(w.rstrip("stndrhSTNDRH")) for w in said
    }
    if not all(1 <= each <= 31 for each in dates):
        return None
    return Rhythm(Rule("month", tuple(sorted(dates))))


def _of_count(match: re.Match[str]) -> Rhythm | None:
    word = match["count"].casefold()
    count = _OFTEN.get(word) or days.number(re.sub(r"\s*(?:times?|x|×|days)$", "", word))
    each = period(match["each"])
    if 1 <= count <= MOST_TIMES[each]:
        return Rhythm(Rule(each, times=count))
    # More often than there are days is an amount, done in steps of one.
    amount = units.amount(str(count), TIMES)
    return Rhythm(None, amount=amount, total=each) if amount else None


def _plain(match: re.Match[str]) -> Rhythm:
    word = match["plain"].casefold()
    each: Period = "month" if "month" in word else "week" if "week" in word else "day"
    return Rhythm(Rule(each), is_plain=True)


# As they stand in a text. The first that fits is meant.
_FORMS: tuple[tuple[str, _Meaning], ...] = (
    (
        rf"(?:(?:daily|weekly|{_EVERY}\s+week)\s+)?(?:on|every|each)\s+"
        rf"(?P<on>weekdays?|workdays?|(?:the\s+)?week-?ends?|{_NAMES})",
        _of_weekdays,
    ),
    (rf"(?P<on>{_FULL_NAME}|{_NAME}(?:(?:{_AND}|{_TO}){_NAME})+|weekdays|weekends)", _of_weekdays),
    (
        rf"(?:monthly|{_EVERY}\s+month)\s+on\s+(?:days?\s+)?(?P<on>{_DATE}(?:{_AND}{_DATE})*)"
        rf"{_OF_MONTH}",
        _of_dates,
    ),
    (
        rf"(?:on|every|each)\s+(?P<on>(?:the\s+)?{_NTH}(?:{_AND}(?:the\s+)?{_NTH})*){_OF_MONTH}",
        _of_dates,
    ),
    (
        rf"(?P<count>once|twice|thrice|(?:\d{{1,4}}|{days.COUNT})\s*(?:times|time|x|×|days))"
        rf"{PER}",
        _of_count,
    ),
    (
        rf"(?P<plain>daily|every\s?day|{_EVERY}\s+(?:day|morning|afternoon|evening|night)"
        rf"|weekly|{_EVERY}\s+week|monthly|{_EVERY}\s+month)",
        _plain,
    ),
)
_LAST = [(re.compile(rf"(?:^|(?<=[\s,:])){p}$", re.IGNORECASE), m) for p, m in _FORMS]
_FIRST = [(re.compile(rf"{p}(?=[\s,:])[\s,:]*", re.IGNORECASE), m) for p, m in _FORMS]
_UNCOUNTED = Pattern(
    rf"(?:^|\s){_EVERY}\s+(?:other|second|third|{days.COUNT})\s+\w+$"
    rf"|(?:^|\s)(?:fortnightly|bi-?weekly|quarterly|yearly|hourly|{_EVERY}\s+(?:year|hour|quarter))$",
    re.IGNORECASE,
)


# --- as it is shown ---------------------------------------------------------------------------


def rule_text(rule: Rule) -> str:
    """The rule as it is typed: "20 min every day", "5 km 3 times a week", "20 km a week"."""
    if rule.in_total:
        return f"{rule.amount} a {rule.period}"
    if rule.amount is None:
        return _rhythm_text(rule)
    if rule.by_times:
        amount = f"{rule.amount} a day"
        return amount if rule.period == "day" else f"{amount} {_rhythm_text(rule)}"
    return f"{rule.amount} {_rhythm_text(rule)}"


def _rhythm_text(rule: Rule) -> str:
    if rule.period == "day":
        return "every day"
    if not rule.days:
        often = {1: "once", 2: "twice"}.get(rule.times, f"{rule.times} times")
        return f"{often} a {rule.period}"
    if rule.period == "month":
        return f"monthly on the {listed([ordinal(each) for each in rule.days])}"
    if rule.days in (WORKDAYS, WEEKEND):
        return "on weekdays" if rule.days == WORKDAYS else "on weekends"
    return f"on {listed([f'{weekday_name(each)}s' for each in rule.days])}"


def weekday_name(weekday: int) -> str:
    """1 is "Monday"."""
    return _WEEKDAY_NAMES[weekday - 1]


def ordinal(number: int) -> str:
    """ "1st", "22nd", "13th"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number // 10 % 10 == 1 else ending}"


def listed(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *most, end = words
    return f"{', '.join(most)} and {end}" if most else end
