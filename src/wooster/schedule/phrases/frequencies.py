"""How often something recurs: "every other", "daily", "once a month"; and all pieces of a rule."""

from __future__ import annotations

import re
from dataclasses import replace

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import selections
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.durations import Length, length
from wooster.schedule.phrases.model import Context
from wooster.schedule.phrases.said import WEEKEND, WORKDAYS, Hit, Piece, Said, plain

_EVERY = r"(?:every\s+single|every|each|any|all|per)"
_UNIT = (
    r"(?P<unit>seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weekends?|weeks?|wks?"
    r"|fortnights?|months?"
    r"|quarters?|years?|yrs?|decades?|(?:business|working|work|week)\s?days?)"
)
_HOW_MANY = (
    rf"(?:(?P<other>other|second|2nd|alternate|alternating)|(?P<ordinal>{v.ORDINAL})|"
    rf"(?P<count>\d{{1,4}}|{v.WORD_NUMBER}|couple\s+(?:of\s+)?))"
)
_EVERY_UNIT = Pattern(
    rf"(?:(?:once|one\s+time|1\s?x)\s+)?(?P<every>{_EVERY})\s+(?:{_HOW_MANY}\s+)?{_UNIT}(?![\w'])"
)
_ONCE_A = Pattern(rf"(?:once|one|one\s+time|1\s?x)\s+(?:an?|in\s+a|per|every)\s+{_UNIT}(?![\w'])")
_EVERY_LENGTH = Pattern(r"(?:every|each)\s+")
_EVERY_PART = Pattern(
    rf"(?P<every>{_EVERY})\s+(?:{_HOW_MANY}\s+)?(?P<part>morning|afternoon|evening"
    r"|night|noon|midnight)(?![\w'])"
)
_PART_PLURAL = Pattern(
    r"(?:(?:on|in)\s+)?(?:the\s+)?(?P<part>mornings|afternoons|evenings|nights)\b"
)
_WITHIN = Pattern(rf"\s+(?:of|in)\s+(?:the\s+month|each|every|{v.MONTH})(?!\w)")
_EVERY_HOW_MANY = Pattern(rf"(?P<every>{_EVERY})\s+(?:{_HOW_MANY}\s+)?(?=\S)")
_ADVERB = Pattern(
    r"(?P<adverb>every\s?day|daily|nightly|hourly|fortnightly|(?:bi|semi)-?(?:weekly"
    r"|monthly|annually|yearly|annual)"
    r"|weekly|monthly|quarterly|yearly|annually|annual|half-?\s?yearly)\b"
)
_ADVERBS = {
    "daily": ("day", 1), "hourly": ("hour", 1), "fortnightly": ("week", 2), "weekly": ("week", 1),
    "monthly": ("month", 1), "quarterly": ("month", 3), "yearly": ("year", 1),
    "annually": ("year", 1), "annual": ("year", 1), "biweekly": ("week", 2),
    "bimonthly": ("month", 2), "biannually": ("month", 6), "biyearly": ("year", 2),
    "semiannually": ("month", 6), "semiyearly": ("month", 6), "halfyearly": ("month", 6),
    "semiannual": ("month", 6), "biannual": ("month", 6),
}  # fmt: skip


def _every_unit(said: Said, text: str, start: int, context: Context) -> Hit | None:
    match = _EVERY_UNIT.match(text, start)
    if match is None:
        return _once_a(said, text, start)
    count = _count(match)
    if match["every"] == "all" and not count > 1:
        return None
    if match["every"] in ("any",) and not said.marks:
        return None
    return _often(said, v.unit(match["unit"]), count, match.end())


def _once_a(said: Said, text: str, start: int) -> Hit | None:
    match = _ONCE_A.match(text, start)
    return match and _often(said, v.unit(match["unit"]), 1, match.end())


def _often(said: Said, unit: str, count: int, end: int) -> Hit | None:
    if said.frequency:
        return None
    if unit == "weekend":
        return replace(said, frequency="week", interval=count, marks=2, by_day=plain(WEEKEND)), end
    if unit == "workday":
        if count > 1:
            return None
        return replace(said, frequency="week", marks=2, by_day=plain(WORKDAYS)), end
    times = {"fortnight": 2, "quarter": 3, "decade": 10}.get(unit, 1)
    name = {"fortnight": "week", "quarter": "month", "decade": "year"}.get(unit, unit)
    return replace(said, frequency=name, interval=count * times, marks=2), end


def _every_length(said: Said, text: str, start: int, context: Context) -> Hit | None:
    """ "every half an hour", "every hour and a half"."""
    match = _EVERY_LENGTH.match(text, start)
    hit = match and length(text, match.end())
    if not hit or said.frequency or not hit[0].seconds or hit[0].days or hit[0].months:
        return None
    seconds = hit[0].seconds
    for name, size in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % size == 0:
            return replace(said, frequency=name, interval=int(seconds // size), marks=2), hit[1]
    return None


def _every_part(said: Said, text: str, start: int, context: Context) -> Hit | None:
    if match := _EVERY_PART.match(text, start):
        if said.frequency or match["every"] in ("all", "any", "per"):
            return None
        count = _count(match)
        return replace(
            said, frequency="day", interval=count, marks=2, part=match["part"]
        ), match.end()
    if match := _PART_PLURAL.match(text, start):
        part = match["part"][:-1]
        return replace(said, frequency=said.frequency or "day", marks=2, part=part), match.end()
    return None


def _adverb(said: Said, text: str, start: int, context: Context) -> Hit | None:
    match = _ADVERB.match(text, start)
    if match is None or said.frequency:
        return None
    word = re.sub(r"[\s-]", "", match["adverb"])
    if word == "nightly":
        return replace(said, frequency="day", marks=2, part="night"), match.end()
    if word not in _ADVERBS and word != "everyday":
        return None
    unit, interval = _ADVERBS.get(word, ("day", 1))
    return replace(said, frequency=unit, interval=interval, marks=2), match.end()


def _every_which(said: Said, text: str, start: int, context: Context) -> Hit | None:
    """ "every other Friday", "every 4th and 10th", "each first Monday", "every July 4th"."""
    match = _EVERY_HOW_MANY.match(text, start)
    if match is None or match["every"] in ("per", "all", "any"):
        return None
    hits: list[Hit] = []
    bare = re.compile(rf"{_EVERY}\s+").match(text, start)
    assert bare is not None, "it has just matched with more"
    marked = replace(said, marks=2)
    for piece in (
        selections.nth_weekdays,
        selections.instances,
        selections.month_days,
        selections.places,
        selections.names,
        selections.in_months,
        selections.on_holiday,
    ):
        if hit := piece(marked, text, bare.end(), context):
            hits.append(hit)
    is_counted = bare.end() != match.end() and not said.frequency
    if is_counted and (hit := selections.names(marked, text, match.end(), context)):
        # "every 2nd Friday in March" counts within the month; "every second Friday" over weeks.
        is_ordinal = match["ordinal"] or match["other"] == "second"
        if not (is_ordinal and _WITHIN.match(text, hit[1])):
            counted = replace(hit[0], frequency="week", interval=_count(match))
            hits = [each for each in hits if each[1] > hit[1]] or [(counted, hit[1])]
    return max(hits, key=lambda each: each[1], default=None)


def _count(match: re.Match[str]) -> int:
    if match["other"]:
        return 2
    if match["ordinal"]:
        return v.ordinal(match["ordinal"])
    return v.number(match["count"]) if match["count"] else 1


PIECES: tuple[Piece, ...] = (
    _every_unit,
    _every_length,
    _every_part,
    _adverb,
    _every_which,
    selections.nth_weekdays,
    selections.instances,
    selections.names,
    selections.places,
    selections.of_the,
    selections.month_days,
    selections.in_months,
    selections.in_weeks,
    selections.on_holiday,
)


def count_of(word: str) -> int:
    """How many times "3", "three", "twice" are."""
    if word in ("once", "twice", "thrice"):
        return ("once", "twice", "thrice").index(word) + 1
    return int(word) if word.isdigit() else v.number(word)


def unit_length(text: str, start: int) -> tuple[Length, int] | None:
    """ "month" in "for the next month"."""
    match = re.compile(r"(week|month|year|quarter|fortnight)\b").match(text, start)
    hit = match and length(f"one {match[1]}", 0)
    return (hit[0], match.end()) if match and hit else None
