"""What happens once: a point, a stretch between two, or a length of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import clocks, days, durations, ranges, spans
from wooster.schedule.phrases.durations import months_after
from wooster.schedule.phrases.model import Context, When
from wooster.schedule.phrases.points import Meant, Point, point, resolved
from wooster.schedule.phrases.stretches import Days

_DAY = timedelta(days=1)
_FROM = Pattern(
    r"(?:any\s?time\s+)?(?:(?P<between>between)|from|starting(?:\s+(?:on|at|from))?)\s+"
)
_TO = Pattern(r"\s*(?:-|\bto\b|\buntil\b|\btill?\b|\bthrough\b|\bthru\b)\s*")
_AND = Pattern(r"\s*(?:-|\band\b|\bto\b|\bthrough\b|\bthru\b|\buntil\b|\btill?\b)\s*")
_DATE_NOW = Pattern(r"(?:date|now|today)(?!\w)")
_SIDE = Pattern(
    r"(?:any\s?time\s+)?(?:(?:on|at|in)\s+or\s+)?(?P<side>by|no\s+later\s+than|not\s+later\s+than|before|prior\s+to"
    r"|earlier\s+than|less\s+than|sooner\s+than|in\s+advance\s+of|until|till|til|up\s+to|through"
    r"|as\s+late\s+as"
    r"|after|later\s+than|greater\s+than|more\s+than|since|as\s+of|as\s+early\s+as|from|starting(?:\s+(?:on"
    r"|from|at|in|with))?"
    r"|beginning(?:\s+(?:on|in|with))?|due(?:\s+(?:on|by|at))?)"
    r"(?P<equal>\s+or\s+(?:on|in|at|equal\s+to))?\s+|(?P<sign>[<>]\s*=?)\s*"
)
_ON = Pattern(r"\s+(?:on|onwards?|(?:and|or)\s+(?:after|later|onwards?|greater|newer))\b(?!\s+\w)")
_CLOCK_SIDE = Pattern(
    r"\s*,?\s*(?:(?P<after>after|later\s+than|since)|before|until|till|no"
    r"\s+later\s+than|by)\s+"
)
_FOR = Pattern(r"\s*,?\s*\bfor\s+(?:about\s+|around\s+|up\s+to\s+|the\s+)?")
_FOR_FIRST = Pattern(r"(?:for|lasting|takes|during)\s+(?:about\s+|around\s+|up\s+to\s+)?")
_AFTER_LENGTH = Pattern(
    r"\s*,?\s+(?:(?P<at>(?:on|at|starting|from|beginning)(?:\s+(?:on|at|from|with))?)\s+)?(?=\S)"
)
_SIGNS = {"<": "before", "<=": "until", ">": "after", ">=": "from"}
_NO_LENGTH = Pattern(r"(?:the|all|an?)\s|\d0s\b|.*quarters?\s+of")  # an hour; 90s music
_END = Pattern(r"[\s.!,]*$")
_SPACE = Pattern(r"\s+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading up to `end`; a `weak` one is a time only where nothing else stands."""

    when: When
    end: int
    is_weak: bool = False


def once(text: str, start: int, context: Context) -> Reading | None:
    """The longest reading at `start` of `text`, which is folded."""
    readings = [
        found
        for form in (_range, _sided, _lasting, _hour_for, _hours, _counted, _length)
        if (found := form(text, start, context)) is not None
    ]
    return max(readings, key=lambda one: (one.end, not one.is_weak), default=None)


# --- one point --------------------------------------------------------------------------------


def _sided(text: str, start: int, context: Context) -> Reading | None:
    """ "tomorrow at 5", "by Friday", "until the 3rd", "since 1 May", "after lunch"."""
    match = _SIDE.match(text, start)
    found = point(text, match.end() if match else start, context)
    is_bare = bool(match) and not found
    if match and not found and (hit := _bare_clock(text, match.end())):
        found = _on_its_day(hit, text, context)
    whole = point(text, start, context) if match else None
    if whole and whole[0].clock and (found is None or whole[1] >= found[1]):
        match, found = None, whole  # "from 9 to 5", "by 5"
    if found is None:
        return None
    said, end = found
    if match and said.is_weak and said.days is None and not is_bare:
        return None  # "from 5 to 7 apples"
    is_weak = is_bare and said.is_weak and not text.startswith("any", start)  # after 5
    meant = resolved(said, context)
    if match is None and (ons := _ON.match(text, end)) and not meant.until:
        return Reading(_when(replace(meant, until_day=None)), ons.end(), said.is_weak)
    if match is None:
        bounded = _bounded(text, end, said, context) or _for_from(text, end, said, context)
        return bounded or _for(Reading(_when(meant), end, said.is_weak), text)
    side = _SIGNS.get(
        (match["sign"] or "").replace(" ", ""), " ".join((match["side"] or "").split())
    )
    side = side.replace("greater than", "after").replace("more than", "after")
    if match["equal"] or match[0].startswith(("on ", "at ", "in or")):
        side = "from" if side.startswith(("after", "later")) else "through"
    if ons := _ON.match(text, end):
        end = ons.end()
    reading = Reading(_when(_on_side(side, meant, said, context)), end, is_weak)
    return _for(reading, text) if side.startswith(("from", "starting")) else reading


def _bare_clock(text: str, start: int) -> clocks.Hit | None:
    """ "5" or "lunch" after "before" or "after"."""
    return clocks.clock(text, start, bare=True) or clocks.meal(text, start, bare=True)


def _on_its_day(hit: clocks.Hit, text: str, context: Context) -> tuple[Point, int]:
    """ "after lunch on Friday"."""
    joint = _SPACE.match(text, hit[1])
    day = joint and days.days(text, joint.end(), context)
    if not day or day[0].is_weak:
        return Point(clock=hit[0]), hit[1]
    return Point(day[0], replace(hit[0], is_weak=False)), day[1]


def _bounded(text: str, end: int, said: Point, context: Context) -> Reading | None:
    """ "Thursday before 5pm", "today after 3"."""
    match = _CLOCK_SIDE.match(text, end)
    hit = match and _bare_clock(text, match.end())
    if not match or not hit or said.days is None or said.clock is not None:
        return None
    space = _SPACE.match(text, hit[1])
    if space and (part := clocks.part(text, space.end())):
        hit = clocks.said_for(hit[0], part[0].part), part[1]
    meant = resolved(replace(said, clock=replace(hit[0], is_weak=False)), context)
    if match["after"]:
        return Reading(
            _when(_on_side("after", meant, replace(said, clock=hit[0]), context)), hit[1]
        )
    return Reading(_when(replace(meant, at=None, until=meant.at)), hit[1])


def _on_side(side: str, meant: Meant, said: Point, context: Context) -> Meant:
    last = meant.until_day or meant.day
    if side.startswith(("until", "till", "til", "up to", "through", "as late")):
        if said.clock is None and said.days and meant.grain != "day" and side != "through":
            last = meant.day - _DAY  # until June: without June
        return replace(meant, day=context.today, at=None, until_day=last, until=meant.at)
    if side.startswith(("before", "prior", "earlier", "less", "sooner", "in advance")):
        if said.days and said.days.kind == "end" and meant.at is None:
            return replace(meant, day=min(context.today, meant.day), until_day=meant.day)
        if meant.at is not None:
            return replace(meant, day=context.today, at=None, until_day=meant.day, until=meant.at)
        return replace(meant, day=min(context.today, meant.day - _DAY), until_day=meant.day - _DAY)
    if side.startswith(("after", "later")) and meant.at is None:
        return replace(meant, day=last + _DAY, until_day=None, grain="day")
    if side.startswith(("after", "later")) and said.clock and said.clock.until:
        notes = tuple(n.replace(f"{meant.at:%H:%M}", f"{meant.until:%H:%M}") for n in meant.notes)
        return replace(meant, at=meant.until, until=None, until_day=None, notes=notes)
    if side == "since":
        if meant.day > context.today and said.days and said.days.kind in ("month", "monthday"):
            meant = replace(meant, day=months_after(meant.day, -12))
        return replace(meant, until_day=max(context.today, meant.day), until=None)
    if side.startswith(("from", "starting", "beginning", "as of", "as early", "after", "later")):
        if said.clock and said.clock.until:
            return meant
        return replace(meant, until_day=None, until=None)
    if side.startswith(("by", "no later", "not later", "due")) and meant.until_day:
        if meant.grain in ("month", "quarter", "year") and side.startswith(("by", "no", "not")):
            return replace(meant, until_day=None, grain="day")  # by June: its first day
        return replace(meant, day=last, until_day=None, grain="day")
    return meant


def _for(reading: Reading, text: str) -> Reading:
    """With "for 2 hours" after it."""
    match = _FOR.match(text, reading.end)
    size = match and durations.length(text, match.end())
    if not size or reading.when.until_day or reading.when.day is None:
        return reading
    return Reading(_lasts(reading.when, size[0]), size[1], False)


def _for_from(text: str, end: int, said: Point, context: Context) -> Reading | None:
    """ "on the 14th for 7 hours from 9:30"."""
    match = _FOR.match(text, end)
    size = match and durations.length(text, match.end())
    joint = size and _AFTER_LENGTH.match(text, size[1])
    hit = joint and joint["at"] and clocks.clock(text, joint.end(), bare=True)
    if not size or not hit or said.days is None or said.clock is not None:
        return None
    meant = resolved(replace(said, clock=replace(hit[0], is_weak=False)), context)
    return Reading(_lasts(_when(meant), size[0]), hit[1])


def _hour_for(text: str, start: int, context: Context) -> Reading | None:
    """ "from 9 for 2 hours"."""
    match = _FROM.match(text, start)
    hit = match and clocks.clock(text, match.end(), bare=True)
    if not hit or not _FOR.match(text, hit[1]):
        return None
    meant = resolved(Point(clock=replace(hit[0], is_weak=False)), context)
    reading = _for(Reading(_when(meant), hit[1]), text)
    return reading if reading.when.duration else None


def _hours(text: str, start: int, context: Context) -> Reading | None:
    """ "9 to 5", of which only its standing alone says that it isn't a score."""
    hit = None if text[:start].strip() else clocks.span(text, start)
    if hit is None or not _END.match(text, hit[1]):
        return None
    return Reading(_when(resolved(Point(clock=hit[0]), context)), hit[1], is_weak=True)


def _counted(text: str, start: int, context: Context) -> Reading | None:
    try:
        found = spans.counted(text, start, context)
    except (ValueError, OverflowError):  # ten thousand years ahead
        return None
    return found and Reading(*found)


def _lasts(when: When, size: durations.Length) -> When:
    assert when.day is not None
    duration = size.as_timedelta()
    if when.at is not None:
        ends = datetime.combine(when.day, when.at) + duration
        until_day = ends.date() if ends.date() != when.day else None
        return replace(when, until=ends.time(), until_day=until_day, duration=duration)
    if size.is_of_days:
        return replace(when, until_day=size.after(when.day) - _DAY, duration=duration)
    return replace(when, duration=duration)


def _lasting(text: str, start: int, context: Context) -> Reading | None:
    """ "for 2 hours tomorrow at 5"."""
    match = _FOR_FIRST.match(text, start)
    size = durations.length(text, match.end() if match else start)
    if size is None:
        return None
    joint = _AFTER_LENGTH.match(text, size[1])
    found = joint and point(text, joint.end(), context)
    hit = joint and joint["at"] and clocks.clock(text, joint.end(), bare=True)
    if hit and (found is None or hit[1] > found[1]):  # for 2 hours from 9
        found = Point(clock=replace(hit[0], is_weak=False)), hit[1]
    if not found or found[0].is_weak or found[0].instant:
        return None
    return Reading(_lasts(_when(resolved(found[0], context)), size[0]), found[1])


def _length(text: str, start: int, context: Context) -> Reading | None:
    match = _FOR_FIRST.match(text, start)
    size = durations.length(text, match.end() if match else start)
    if size is None:
        return None
    try:
        duration = size[0].as_timedelta()
    except OverflowError:
        return None
    is_bare = _NO_LENGTH.match(text[start : size[1] + 4]) is not None
    return Reading(When("", duration=duration, grain="minute"), size[1], is_bare)


# --- between two ------------------------------------------------------------------------------


def _range(text: str, start: int, context: Context) -> Reading | None:
    opening = _FROM.match(text, start)
    begin = opening.end() if opening else start
    if dated := ranges.dated_range(text, begin, context):
        return _with_clock(dated, text, context)
    first = point(text, begin, context)
    if first is None or (first[0].instant and not opening):
        return None
    is_weak = False
    is_between = bool(opening and opening["between"])
    joint = (_AND if is_between else _TO).match(text, first[1])
    second = joint and point(text, joint.end(), context)
    if joint and second is None and opening and (now := _DATE_NOW.match(text, joint.end())):
        second = Point(instant=context.wall), now.end()  # from March to date
    if (
        not second
        or (second[0].instant and not opening)
        or (first[0].clock and first[0].clock.until)
    ):
        return None
    if not opening and first[0].is_weak and second[0].is_weak:
        if first[0].days is None or second[0].days is None:
            return None
        is_weak = not {first[0].days.grain, second[0].days.grain} & {"month", "year"}
    is_day_first = joint is not None and days.days(text, joint.end(), context) is not None
    meant = ranges.between(first[0], second[0], context, is_day_first=is_day_first)
    return Reading(_when(meant), second[1], is_weak) if meant else None


def _with_clock(dated: tuple[Days, int], text: str, context: Context) -> Reading:
    stretch, end = dated
    meant = resolved(Point(stretch), context)
    joint = Pattern(r"\s*,?\s*").match(text, end)
    hit = joint and (clocks.span(text, joint.end()) or clocks.clock(text, joint.end()))
    if hit:
        meant, end = resolved(Point(stretch, hit[0]), context), hit[1]
    return Reading(_when(meant), end)


def _when(meant: Meant) -> When:
    until = meant.until
    if until == time(0) and meant.until_day is None:
        meant = replace(meant, until_day=meant.day + _DAY)
    return When(
        "",
        meant.day,
        meant.at,
        meant.until_day,
        until,
        grain=meant.grain,
        note="; ".join(meant.notes),
    )
