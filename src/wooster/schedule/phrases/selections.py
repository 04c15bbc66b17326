"""On which days of the week, month and year something recurs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import holidays
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.days import days
from wooster.schedule.phrases.model import Context
from wooster.schedule.phrases.said import WEEKEND, WORKDAYS, Hit, Nth, Said, plain
from wooster.schedule.phrases.stretches import place

_OF_MONTH = Pattern(r"(?:of|in)\s+the\s+(?P<unit>month|year|week)\b")
_AND = r"(?:\s*,\s*(?:and\s+|or\s+)?(?:on\s+)?|\s*[&+/]\s*|\s+and\s+(?:on\s+)?|\s+or\s+)"
_TO = r"(?:\s*-\s*|\s+(?:to|through|thru|till|until)\s+)"
_GROUP = r"(?:weekdays?|work\s?days?|working\s+days?|business\s+days?|weekends?|week-ends?)"
_NAME = rf"(?:{v.WEEKDAY}|{_GROUP}\b)"
_NAMES = Pattern(
    rf"(?:(?:on|from)\s+)?(?:the\s+)?(?P<names>{_NAME}(?:(?:{_AND}|{_TO})(?:the"
    rf"\s+)?{_NAME})*)(?![\w'])"
)
_EACH_NAME = Pattern(rf"(?P<name>{v.WEEKDAY})|(?P<group>{_GROUP})|(?P<to>{_TO})")
_NTH = (
    rf"(?:(?:(?:{v.ORDINAL}|second)\s+to\s+(?:the\s+)?last|{v.ORDINAL}|last|final"
    r"|penultimate)(?!\w))"
)
_NTHS = rf"(?:{_NTH}(?:{_AND}(?:the\s+)?{_NTH})*)"
_NTH_WEEKDAYS = Pattern(
    rf"(?:on\s+)?(?:the\s+)?(?P<all>{_NTHS}\s+{_NAME}(?:{_AND}(?:the\s+)?{_NTHS}"
    rf"\s+{_NAME})*)(?![\w'])"
)
_ONE_NTH = Pattern(rf"(?P<nths>{_NTHS})\s+(?P<name>{_NAME})")
_EACH_NTH = Pattern(_NTH)
_PLACES = Pattern(
    rf"(?:on\s+)?(?:the\s+)?(?P<nths>{_NTHS})(?:\s+(?P<word>days?))?(?:\s+(?=of\b"
    r"|in\b|each\b|every\b)|(?![\w']))"
)
_DAY_NUMBERS = Pattern(
    rf"(?:on\s+)?(?:the\s+)?days?\s+(?P<numbers>\d{{1,3}}(?:{_AND}\d{{1,3}})*)(?![\w:'])"
)
_EDGE = Pattern(r"(?:on|at|by)?\s*(?:the\s+)?(?P<edge>beginning|begin|start|end)\b(?:\s+of(?=\s))?")
_MONTHS = Pattern(rf"(?:in\s+)?(?P<months>{v.MONTH}(?:{_AND}{v.MONTH})*)(?![\w'])")
_MONTH_DAYS = Pattern(
    rf"(?:on\s+)?(?P<month>{v.MONTH})\s*(?:the\s+)?(?P<days>(?:{v.ORDINAL}|\d{{1,2}})"
    rf"(?:{_AND}(?:the\s+)?(?:{v.ORDINAL}|\d{{1,2}}))*)(?![\w:'])"
)
_DAYS_MONTH = Pattern(
    rf"(?:on\s+)?(?:the\s+)?(?P<days>(?:{v.ORDINAL}|\d{{1,2}})(?:{_AND}(?:the\s+)?"
    rf"(?:{v.ORDINAL}|\d{{1,2}}))*)\s*(?:of\s+)?(?P<month>{v.MONTH})(?![\w'])"
)
_SLASHED = Pattern(r"(?:on\s+)?(?P<first>\d{1,2})/(?P<second>\d{1,2})(?![\d/])")
_WEEKS = Pattern(rf"(?:in\s+)?weeks?\s+(?P<weeks>\d{{1,2}}(?:{_AND}\d{{1,2}})*)(?![\w:])")
_INSTANCES = Pattern(
    rf"(?:on\s+)?(?:the\s+)?(?P<nths>{_NTHS})\s+(?:instances?|occurrences?)\s+of\s+"
    rf"(?P<names>{_NAME}(?:{_AND}{_NAME})*)"
)
_HOLIDAY = Pattern(rf"(?:on\s+)?(?P<name>{holidays.NAMES})")
_NUMBER = Pattern(rf"{v.ORDINAL}|\d+")


def names(said: Said, text: str, start: int, context: Context) -> Hit | None:
    match = _NAMES.match(text, start)
    if match is None or (said.by_day and said.marks < 2):
        return None
    found: list[int] = []
    marks, until = said.marks, -1
    for each in _EACH_NAME.finditer(match["names"]):
        if each["to"]:
            until = found[-1] if found else -1
            marks = max(marks, 1)
            continue
        added = _days_of(each)
        if until >= 0 and each["name"]:  # Saturday to Tuesday goes over the week's end
            added = tuple((until + step) % 7 for step in range((added[0] - until) % 7 + 1))
        until = -1
        found += [day for day in added if day not in found]
        if each["group"] or each["name"].endswith("days"):
            marks = 2 if not (each["group"] or "").endswith(("end", "day")) else max(marks, 0)
    if len(found) > 1:
        marks = max(marks, 1)
    if said.by_day and said.frequency != "week":
        return None
    return replace(said, by_day=plain(sorted(found)), marks=marks), match.end()


def _days_of(each: re.Match[str]) -> tuple[int, ...]:
    if each["group"]:
        return WEEKEND if "end" in each["group"] else WORKDAYS
    return (v.weekday(each["name"]),)


def nth_weekdays(said: Said, text: str, start: int, context: Context) -> Hit | None:
    match = _NTH_WEEKDAYS.match(text, start)
    if match is None or said.by_day:
        return None
    found: list[Nth] = []
    positions: tuple[int, ...] = ()
    for one in _ONE_NTH.finditer(match["all"]):
        nths = [place(each) for each in _EACH_NTH.findall(one["nths"])]
        name = _EACH_NAME.match(one["name"])
        assert name is not None, "the pattern is made of the names"
        if name["group"]:
            positions = tuple(nths)
            found += plain(_days_of(name))
        else:
            found += [(nth, _days_of(name)[0]) for nth in nths]
    if any(nth == 0 or abs(nth) > 5 for nth, _ in found if not positions):
        return None
    return replace(said, by_day=tuple(found), set_positions=positions), match.end()


def instances(said: Said, text: str, start: int, context: Context) -> Hit | None:
    """ "the first and last instance of Tuesday and Friday"."""
    match = _INSTANCES.match(text, start)
    if match is None or said.by_day:
        return None
    positions = tuple(place(each) for each in _EACH_NTH.findall(match["nths"]))
    found: list[int] = []
    for each in _EACH_NAME.finditer(match["names"]):
        if not each["to"]:
            found += _days_of(each)
    return replace(said, by_day=plain(sorted(found)), set_positions=positions), match.end()


def places(said: Said, text: str, start: int, context: Context) -> Hit | None:
    """ "the 4th and 10th", "the last day", "day 20"."""
    if said.places or said.by_day:
        return None
    if match := _PLACES.match(text, start):
        found = tuple(place(each) for each in _EACH_NTH.findall(match["nths"]))
        return replace(said, places=found, day_word=match["word"] or ""), match.end()
    if match := _DAY_NUMBERS.match(text, start):
        found = tuple(int(each) for each in re.findall(r"\d+", match["numbers"]))
        return replace(said, places=found), match.end()
    if (match := _EDGE.match(text, start)) and not said.months:
        return replace(said, places=(-1 if match["edge"] == "end" else 1,)), match.end()
    return None


def of_the(said: Said, text: str, start: int, context: Context) -> Hit | None:
    match = _OF_MONTH.match(text, start)
    if (
        match is None
        or not (said.places or said.by_day)
        or said.frequency not in ("", match["unit"])
    ):
        return None
    return replace(said, frequency=match["unit"]), match.end()


def month_days(said: Said, text: str, start: int, context: Context) -> Hit | None:
    if said.places or said.months:
        return None
    for match in (_MONTH_DAYS.match(text, start), _DAYS_MONTH.match(text, start)):
        if match:
            found = tuple(v.ordinal(each) for each in _NUMBER.findall(match["days"]))
            return replace(said, places=found, months=(v.month(match["month"]),)), match.end()
    if match := _SLASHED.match(text, start):
        first, second = int(match["first"]), int(match["second"])
        day, month = (second, first) if context.order == "mdy" else (first, second)
        if month > 12:
            day, month = month, day
        return replace(said, places=(day,), months=(month,)), match.end()
    return None


def in_months(said: Said, text: str, start: int, context: Context) -> Hit | None:
    match = _MONTHS.match(text, start)
    if match is None or said.months:
        return None
    found = tuple(v.month(each[0]) for each in re.finditer(v.MONTH, match["months"]))
    return replace(said, months=found), match.end()


def in_weeks(said: Said, text: str, start: int, context: Context) -> Hit | None:
    match = _WEEKS.match(text, start)
    if match is None or said.weeks or not said.marks:
        return None
    return replace(said, weeks=tuple(map(int, re.findall(r"\d+", match["weeks"])))), match.end()


def on_holiday(said: Said, text: str, start: int, context: Context) -> Hit | None:
    match = _HOLIDAY.match(text, start)
    if match is None or said.months or said.places or not said.marks:
        return None
    if not holidays.is_fixed(match["name"]):
        return None
    day = holidays.in_year(match["name"], context.today.year)
    return replace(said, frequency="year", places=(day.day,), months=(day.month,)), match.end()


def exception(said: Said, text: str, start: int, context: Context) -> Hit | None:
    """One thing after "except": weekdays that are taken out, or days."""
    names = _NAMES.match(text, start)
    if names and (not said.by_day or said.frequency == "week"):
        said_names = [each for each in _EACH_NAME.finditer(names["names"]) if not each["to"]]
        out = {day for each in said_names for day in _days_of(each)}
        base = {day for _, day in said.by_day} or set(range(7))
        if said.frequency in ("hour", "minute"):
            return replace(said, by_day=plain(sorted(base - out))), names.end()
        if (
            (said.frequency == "day" and said.interval == 1)
            or said.frequency == "week"
            or not said.frequency
        ):
            kept = sorted(base - out)
            return replace(said, frequency="week", by_day=plain(kept)), names.end()
    months = _MONTHS.match(text, start)
    if months and not said.months:
        out = {v.month(each[0]) for each in re.finditer(v.MONTH, months["months"])}
        kept_months = tuple(month for month in range(1, 13) if month not in out)
        hit = days(text, start, context)
        if hit is None or hit[1] <= months.end():
            return replace(said, months=kept_months), months.end()
    hit = days(text, start, context)
    if hit is None or (hit[0].last - hit[0].first).days > 366:
        return None
    first = hit[0].first.toordinal()
    out_days = tuple(date.fromordinal(n) for n in range(first, hit[0].last.toordinal() + 1))
    return replace(said, except_days=said.except_days + out_days), hit[1]
