"""Clock times in words: "at 5", "5:30 pm", "half past seven", "noon", "from 9 to 17".

A time that could be two is `vague`, and which one is meant is decided where the day is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import vocabulary as v

PARTS: dict[str, tuple[time, time]] = {
    "morning": (time(8), time(12)),
    "noon": (time(12), time(12)),
    "lunchtime": (time(12), time(14)),
    "afternoon": (time(13), time(18)),
    "evening": (time(18), time(22)),
    "night": (time(20), time(0)),
    "midnight": (time(0), time(0)),
    "daytime": (time(8), time(18)),
    "breakfast": (time(7), time(9)),
    "lunch": (time(12), time(14)),
    "dinner": (time(18), time(20)),
    "supper": (time(18), time(20)),
}
"""Which hours a part of the day is: a convention, and said where it is used."""

_HALF = {"half": 30, "quarter": 15}
_HOUR = rf"(?:[01]?\d|2[0-4]|{'|'.join(v.ONES[1:13])})"
_MERIDIEM = r"(?:\s*\.?(?P<half>[ap]\s?\.?\s?m\b(?:\s?\.)?|[ap]\b(?!\.\w)))"
_AT = (
    r"(?P<at>(?:at|@|by|around|about|approx(?:imately)?|circa|exactly\s+at)\s*"
    r"(?:around\s+|about\s+)?)?"
)
_TAIL = (
    r"(?![\w%$€£°])(?!:\d)(?!\.\d)(?!\s+(?:percent|per\s+cent|points|km|kg|euros?"
    r"|dollars?)\b)"
)

_DIGITAL = Pattern(
    rf"{_AT}(?P<hour>[01]?\d|2[0-4])\s?(?P<sep>[:.h])\s?(?P<minute>[0-5]\d)(?::"
    r"(?P<second>[0-5]\d))?"
    rf"(?:{_MERIDIEM}|\s*(?:hours|hrs|h|uhr)\b|\s*o'?\s?clock\b)?{_TAIL}"
)
_COMPACT = Pattern(rf"{_AT}(?P<hour>0?[1-9]|1[0-2])(?P<minute>[0-5]\d){_MERIDIEM}{_TAIL}")
_MILITARY = Pattern(rf"{_AT}(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)\s?(?:hours|hrs|h)\b")
_HALF_DAY = Pattern(rf"{_AT}(?P<hour>{_HOUR}){_MERIDIEM}{_TAIL}")
_OCLOCK = Pattern(
    rf"{_AT}(?P<hour>{_HOUR})(?:\s*o'?\s?clock\b|\s*uhr\b|-?ish\b)(?:{_MERIDIEM})?{_TAIL}"
)
_PAST = Pattern(
    rf"{_AT}(?:a\s+)?(?P<count>half|quarter|[1-5]?\d|{v.WORD_NUMBER})"
    r"(?P<minutes>\s*(?:minutes?|mins?))?\s*"
    rf"(?P<side>past|after|to|before|til|till)\s+(?P<hour>{_HOUR}|noon|midday|midnight)\b"
    rf"(?:\s*o'?\s?clock\b)?(?:{_MERIDIEM})?{_TAIL}"
)
_SPOKEN = Pattern(
    rf"{_AT}(?P<hour>{'|'.join(v.ONES[1:13])})[\s-]+"
    rf"(?P<minute>thirty|forty|fifty|twenty|fifteen|ten|o'?[\s-]?five|oh[\s-]five)"
    rf"(?:[\s-](?P<more>one|two|three|four|five|six|seven|eight|nine))?(?:{_MERIDIEM})?(?![\w-])"
)
# "at 5" is a time; "at 5 Main Street", "at 5 shops" and "around 20 people" are not.
_THINGS = (
    r"(?!\s+(?:[a-z]+\s+){0,2}(?:street|st|road|rd|avenue|ave|lane|drive|square)\b)"
    r"(?!\s+(?:percent|people|persons?|degrees|kilometers|miles|km|kg|or\s+more|out\s+of)\b)"
    r"(?!\s+(?!\w+days\b|was\b|has\b|this\b|is\b|mornings|evenings|afternoons"
    r"|nights)[a-z]{2,}s\b)"
)
_NEXT_WORD = (
    r"(?=\s*(?:$|[,;.!?)])|\s+(?:on|in|for|to|tomorrow|today|tonight|and|with|every"
    r"|each|until|till"
    rf"|the|this|next|i|we|{v.WEEKDAY}|{v.MONTH})\b)"
)
_BARE = Pattern(
    r"(?P<at>(?:(?:at|@)\s*(?:around|about)?|(?P<loose>around|about|by|circa))\s*)"
    rf"(?P<hour>{_HOUR})"
    rf"{_TAIL}(?!\s*[-/]\s*\d)(?!['’]){_THINGS}(?(loose){_NEXT_WORD}|)"
)
_HALF_HOUR = Pattern(  # at half eight
    rf"(?P<at>(?:at|by|around|about)\s+)(?P<count>half)\s+(?P<hour>{_HOUR}){_TAIL}(?!\s+{v.UNIT})"
)
_FORMS = (
    _DIGITAL, _COMPACT, _MILITARY, _HALF_DAY, _OCLOCK, _PAST, _SPOKEN, _BARE, _HALF_HOUR,
)  # fmt: skip
_NAMED = Pattern(
    r"(?:(?:at|by|around|about|@)\s+)?(?:12\s+|the\s+)?"
    r"(?P<name>noon|mid-?day|mid-?\s?night|lunch\s?time)(?:-?ish)?\b"
    r"(?!\s+(?:is|was)\s+(?:my|his|her|our|your|their|the\s+name)\b)"  # a cat's name
)
_PART = Pattern(
    r"(?:(?:in|during|at|on|by)\s+|(?P<bare>(?=\S)))(?:the\s+)?(?:(?P<half>early|earlier"
    r"|late|later)[\s-]+(?:in\s+the\s+)?|(?P<thing>first|last)\s+thing\s+(?:in\s+the\s+|at\s+)"
    r"|(?P<share>start|beginning|middle|end)\s+of\s+(?:the\s+)?|(?P<mid>mid)[\s-]*)?"
    r"(?:in\s+the\s+)?"
    r"(?P<name>day-?time|night-?\s?time|mornings?|afternoons?|evenings?|nights?|nite)\b"
)
_FIRST_THING = Pattern(rf"first\s+thing(?=\s+(?:on\s+)?(?:tomorrow|{v.WEEKDAY})(?!\w)|\s*$)")
_MEAL = Pattern(
    r"(?P<at>(?:at|by|around|about|during)\s+)?(?P<name>breakfast|lunch|dinner|supper)(?:\s?time)?"
    r"(?!\s+(?!time|to|until|till?|and|or|on|at|with|for|i|we|call|tomorrow|today|every|this|next)[a-z]|[\w'])"
)
_HALF_DAYS = Pattern(r"(?:in\s+the\s+)?(?P<half>[ap])\.?m\.?(?!\w)")
_FOUR = Pattern(r"(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?![\w:./])")
_OF_A_DAY = Pattern(rf"\s*$|\s+(?:tomorrow|today|(?:on\s+)?{v.WEEKDAY})(?!\w)")
_YEARS = 19  # 1900 is a year
_ENDED = Pattern(_NEXT_WORD)
_UNTIL = Pattern(r"\s*(?:-|to|until|till|til|through|thru)\s*")
_BETWEEN = Pattern(r"(?:any\s?time\s+)?(?:from|between)\s+")
_AND = Pattern(r"\s*(?:-|and|to|until|till|til|through|thru)\s*")
_NUMBER = Pattern(
    rf"(?:at\s+)?(?P<hour>{_HOUR}){_TAIL}(?!\s*(?:of\s+)?(?:{v.MONTH}|{v.UNIT}|times\b)|\s*[/]\d)"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; a `vague` one may also be twelve hours later. `until` ends a stretch of it.

    `part` names the part of the day that was said; `is_weak`: nothing but its place says that it
    is a time at all.
    """

    at: time
    vague: bool = False
    until: time | None = None
    part: str = ""
    is_weak: bool = False
    until_vague: bool = False


Hit = tuple[Clock, int]


def clock(text: str, start: int, *, bare: bool = False) -> Hit | None:
    """The longest clock time at `start` of `text`; with `bare`, "5" alone is one too."""
    hits: list[Hit] = []
    for pattern in _FORMS:
        if (match := pattern.match(text, start)) and (found := _of(match)):
            hits.append((found, match.end()))
    if match := _NAMED.match(text, start):
        name = match["name"].replace("-", "").replace(" ", "").replace("midday", "noon")
        if name == "lunchtime":
            hits.append((Clock(*_PARTS_AT[name], part=name), match.end()))
        else:
            hits.append((Clock(PARTS[name][0], part=name), match.end()))
    if bare and not hits and (match := _NUMBER.match(text, start)) and (found := _of(match)):
        hits.append((replace(found, is_weak=True), match.end()))
    return max(hits, key=lambda hit: hit[1], default=None)


_PARTS_AT = {name: (begin, False, end) for name, (begin, end) in PARTS.items()}


def part(text: str, start: int) -> Hit | None:
    """A part of the day: "in the morning", "at night", "late afternoon"."""
    if text.startswith("first", start) and (match := _FIRST_THING.match(text, start)):
        return part_clock("morning", "first"), match.end()
    match = _PART.match(text, start)
    if match is None:
        return None
    name = re.sub(r"[\s-]", "", match["name"]).rstrip("s").replace("nite", "night")
    name = name.removesuffix("time") if name.startswith("night") else name
    which = match["half"] or match["thing"] or match["share"] or match["mid"] or ""
    is_weak = match["bare"] is not None and not which
    return replace(part_clock(name, which), is_weak=is_weak), match.end()


def part_clock(name: str, which: str = "") -> Clock:
    """A part of the day, or the half of it that "early", "mid" or "the end of" says."""
    begin, end = PARTS[name]
    hours = (end.hour or 24) - begin.hour
    middle = time(begin.hour + hours // 2)
    if which in ("early", "earlier", "first", "start", "beginning"):
        end = middle
    elif which in ("late", "later", "last", "end"):
        begin = middle
    elif which:
        begin, end = time(begin.hour + hours // 4), time(begin.hour + hours - hours // 4)
    return Clock(begin, until=end, part=name)


def meal(text: str, start: int, *, bare: bool = False) -> Hit | None:
    """ "at dinner"; with `bare`, "lunch" alone is one too: after "before" and "after"."""
    match = _MEAL.match(text, start)
    if match is None or not (match["at"] or bare):
        return None  # "lunch tomorrow" is what is done then
    begin, end = PARTS[match["name"]]
    return Clock(begin, until=end, part=match["name"]), match.end()


def half_day(text: str, start: int) -> Hit | None:
    """ "am" after a day: its morning; "pm": its afternoon."""
    match = _HALF_DAYS.match(text, start)
    if match is None:
        return None
    name = "morning" if match["half"] == "a" else "afternoon"
    begin, end = PARTS[name]
    return Clock(begin, until=end, part=name), match.end()


def _four_digits(text: str, start: int) -> Hit | None:
    """ "between 0730 and 0930"; without a zero before one they could be years, or a count."""
    first = _FOUR.match(text, start)
    joint = first and _AND.match(text, first.end())
    second = joint and _FOUR.match(text, joint.end())
    if not first or not second:
        return None
    if not text.startswith("0", start) and not second["hour"].startswith("0"):
        is_round = all(int(one["minute"]) % 5 == 0 for one in (first, second))
        is_clock = is_round and int(first["hour"]) < _YEARS and _ENDED.match(text, second.end())
        if not is_clock:
            return None
    begin, end = (time(int(one["hour"]), int(one["minute"])) for one in (first, second))
    return Clock(begin, until=end), second.end()


def span(text: str, start: int) -> Hit | None:
    """Two clock times: "from 3 to 5pm", "9:00-10:30", "between 3 and 5"."""
    opening = _BETWEEN.match(text, start)
    begins = opening.end() if opening else start
    if opening and (digits := _four_digits(text, begins)):
        return digits
    first = clock(text, begins, bare=True)
    if (first is None or first[0].is_weak) and (number := _NUMBER.match(text, begins)):
        bare = _of(number)  # "10 to 12" is no time of its own here
        first = (replace(bare, is_weak=True), number.end()) if bare else first
    is_between = opening is not None and "between" in opening[0]
    if first is None and opening:
        first = _side_of_meal(text, begins, ends=is_between)
    if first is None or first[0].until:
        return None
    joint = (_AND if is_between else _UNTIL).match(text, first[1])
    if joint is None:
        return None
    second = clock(text, joint.end(), bare=True) or _side_of_meal(text, joint.end(), ends=False)
    if second is None or second[0].until:
        return None
    begin, end = first[0], second[0]
    if begin.part and end.part and not _OF_A_DAY.match(text, second[1]):
        return None  # of two meals one is chosen as often
    return _spanned(begin, end, weak=bool(begin.is_weak and end.is_weak)), second[1]


def _side_of_meal(text: str, start: int, *, ends: bool) -> Hit | None:
    """When the meal at `start` begins, or `ends`."""
    hit = meal(text, start, bare=True)
    if hit is None or hit[0].until is None:
        return None
    return Clock(hit[0].until if ends else hit[0].at, part=hit[0].part), hit[1]


def _spanned(begin: Clock, end: Clock, *, weak: bool) -> Clock:
    """From `begin` to `end`: where one of them is vague, the other one says which it is."""
    if begin.vague and not end.vague:
        later = shifted(begin.at)
        at = later if begin.at < end.at and later < end.at else begin.at
        return Clock(at, until=end.at, is_weak=weak)
    if end.vague and not begin.vague:
        later = shifted(end.at)
        until = later if end.at <= begin.at < later else end.at
        return Clock(begin.at, until=until, is_weak=weak)
    return Clock(begin.at, begin.vague, end.at, is_weak=weak, until_vague=end.vague)


def said_for(found: Clock, part_name: str) -> Clock:
    """`found` where "in the morning" or "at night" was said with it."""
    if not found.vague:
        return replace(found, part=part_name)
    found = replace(found, is_weak=False)
    at, until = found.at, found.until
    if part_name == "morning" or (part_name == "night" and (at.hour == 12 or at.hour < 5)):
        at = at.replace(hour=0) if at.hour == 12 else at
    elif part_name != "morning":
        at = shifted(at)
        until = shifted(until) if until and found.until_vague and until < at else until
    return replace(found, at=at, until=until, vague=False, until_vague=False, part=part_name)


def shifted(at: time) -> time:
    """Twelve hours later, on the same dial."""
    return at.replace(hour=(at.hour + 12) % 24)


def _of(match: re.Match[str]) -> Clock | None:
    said = match.groupdict()
    hour = _hour(match["hour"])
    minute = _minute(said)
    second = int(said.get("second") or 0)
    half = (said.get("half") or "")[:1]
    if said.get("sep") in (".", "h") and not (said.get("at") or half):
        return None  # 3.50 is a price, and 2h30 lasts
    exact = (
        hour > 12 or hour == 0 or match["hour"].startswith("0") or match.re is _MILITARY.compiled
    )
    if half and hour > 12:
        return None
    if _is_from_to(said):
        return None
    if match["hour"] in ("noon", "midday", "midnight"):
        exact, hour = True, 0 if match["hour"] == "midnight" else 12
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    at_minutes = hour % 24 * 60 + minute
    if said.get("side") in ("to", "before", "til", "till"):
        at_minutes -= 2 * minute
    at_minutes %= 1440
    at = time(at_minutes // 60, at_minutes % 60, second)
    is_weak = _could_be_range(said, minute)
    return Clock(at, vague=not (half or exact), is_weak=is_weak)


def _is_from_to(said: dict[str, str | None]) -> bool:
    """ "9 to 5" are two hours: nobody says four minutes so, where five or twenty they do."""
    if said.get("side") not in ("to", "till", "til") or said["minutes"] or said.get("at"):
        return False
    count = said["count"] or ""
    return count not in _HALF and v.number(count) <= 12 and v.number(count) % 5 != 0


def _could_be_range(said: dict[str, str | None], count: int) -> bool:
    """ "5 to 7" is 6:55 only where nothing else is near."""
    if not said.get("side") or said.get("at") or said["count"] in _HALF or said["minutes"]:
        return False
    if said["side"] == "past":
        return False
    return count <= 12 or said["side"] in ("after", "before")


def _hour(word: str) -> int:
    if word in ("noon", "midday", "midnight"):
        return 12
    return v.number(word)


def _minute(said: dict[str, str | None]) -> int:
    if count := said.get("count"):
        return _HALF.get(count) or v.number(count)
    word = said.get("minute") or "0"
    if word.isdigit():
        return int(word)
    if word.startswith("o"):
        return 5
    more = said.get("more")
    return v.number(word) + (v.number(more) if more else 0)
