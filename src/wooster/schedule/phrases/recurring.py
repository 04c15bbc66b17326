"""What happens again and again: "every other Friday", "the last day of each month at 9".

Its pieces stand in any order; each says something of the rule, and what they say together makes it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import clocks, frequencies, selections
from wooster.schedule.phrases.clocks import Clock
from wooster.schedule.phrases.days import days
from wooster.schedule.phrases.durations import length
from wooster.schedule.phrases.model import Context, When
from wooster.schedule.phrases.once import Reading
from wooster.schedule.phrases.said import ORDER, Said, rule_parts
from wooster.schedule.rules import walls

_DAY = timedelta(days=1)
_STEPS = 5000
_JOINT = Pattern(r"\s*[,;]?\s*(?:(?:and|on|at|in|of|for|during|-)\s+)?(?:the\s+)?")
_SPACE = Pattern(r"\s*[,;]?\s*")
_START = Pattern(
    r"(?:starting|beginning|commencing|effective|from|as\s+of|since|after)\s+(?:"
    r"(?:on|from|in|at)\s+)?"
)
_UNTIL = Pattern(
    r"(?:-\s+)?(?P<side>until|till|til|through|thru|up\s+to|up\s+until|to|ending"
    r"|before|not\s+after)\s+(?:(?:on|in|the\s+end\s+of(?P<end>))\s+)?"
)
_TIMES = Pattern(
    r"(?:for\s+|up\s+to\s+)?(?:up\s+to\s+)?(?:(?P<count>\d+|[a-z]+)\s*(?:x|times"
    r"|occurrences|occasions|repetitions)|(?P<word>twice|thrice))(?![\w])"
)
_FOR = Pattern(r"for\s+(?:up\s+to\s+)?(?P<next>the\s+next\s+)?")
_EXCEPT = Pattern(
    r"(?:except|excluding|but\s+not|not|other\s+than)\s+(?:for\s+)?(?:(?:on|in|during)\s+)?"
)
_AND = Pattern(r"\s*(?:,\s*(?:and\s+)?|and\s+)(?:(?:on|in)\s+)?")


class NoSingleRule(ValueError):
    """What recurs in a way that one RFC 5545 rule can't hold: half of it would be another time."""


def recurring(text: str, start: int, context: Context) -> Reading | None:
    """The longest rule at `start` of `text`, which is folded. Raises `NoSingleRule`."""
    said, end = Said(), start
    best: tuple[Said, int] | None = None
    while step := _step(said, text, end, end == start, context):
        said, end = step
        if said.is_marked:
            best = said, end
    if best is None:
        return None
    try:
        when = _when(best[0], context)
    except NoSingleRule:
        raise
    except (ValueError, OverflowError):  # the 32nd of each month
        return None
    return Reading(when, best[1], best[0].is_weak) if when else None


def _step(
    said: Said, text: str, end: int, is_first: bool, context: Context
) -> tuple[Said, int] | None:
    """With one more piece, the longest there is."""
    begins = {end}
    if not is_first:
        begins = {m.end() for p in (_SPACE, _JOINT) if (m := p.match(text, end))}
        if not text[end - 1].isspace():
            begins -= {end}
    else:
        begins |= {m.end() for p in (_JOINT,) if (m := p.match(text, end))}
    found: list[tuple[Said, int]] = []
    for begin in begins:
        for piece in (*frequencies.PIECES, _clock, _starting, _ending, _times, _lasting, _except):
            if hit := piece(said, text, begin, context):
                found.append(hit)
    return max(found, key=lambda hit: hit[1], default=None)


# --- clocks and bounds ------------------------------------------------------------------------


def _clock(said: Said, text: str, start: int, context: Context) -> tuple[Said, int] | None:
    if hit := clocks.part(text, start):
        if not said.clocks:
            return replace(said, part=said.part or hit[0].part), hit[1]
        told = tuple(clocks.said_for(each, hit[0].part) for each in said.clocks)
        return replace(said, clocks=told, part=hit[0].part), hit[1]
    if said.clocks:
        return None
    if hit := clocks.span(text, start):
        return replace(said, clocks=(hit[0],)), hit[1]
    hit = clocks.clock(text, start)
    if hit is None:
        return None
    found, end = [hit[0]], hit[1]
    while joint := _AND.match(text, end):
        more = clocks.clock(text, joint.end(), bare=True) or clocks.clock(text, joint.end() - 0)
        if more is None or _is_unit(text, more[1]):
            break
        found.append(more[0])
        end = more[1]
    return replace(said, clocks=_agreeing(found)), end


_UNIT_AFTER = Pattern(r"\s*(?:days?|weeks?|months?|times|x\b|of\b|st\b|nd\b|rd\b|th\b)")


def _is_unit(text: str, end: int) -> bool:
    return _UNIT_AFTER.match(text, end) is not None


def _agreeing(found: list[Clock]) -> tuple[Clock, ...]:
    """ "8 and 10 am": what the last one says of its half of the day holds for those before it."""
    return tuple(found)


def _starting(said: Said, text: str, start: int, context: Context) -> tuple[Said, int] | None:
    match = _START.match(text, start)
    hit = match and days(text, match.end(), context)
    if not hit or said.start:
        return None
    return replace(said, start=hit[0].first), hit[1]


def _ending(said: Said, text: str, start: int, context: Context) -> tuple[Said, int] | None:
    match = _UNTIL.match(text, start)
    if match is None or said.until or not (said.is_marked or said.start or said.by_day):
        return None
    within = replace(context, now=_at(said.start, context)) if said.start else context
    hit = days(text, match.end(), within)
    if hit is None:
        return None
    stretch = hit[0]
    last = stretch.last
    is_in = match["side"] in ("through", "thru", "ending") or match["end"] is not None
    if match["side"] == "before" or (stretch.first != stretch.last and not is_in):
        last = stretch.first - _DAY
    return replace(said, until=last, until_words=text[match.end() : hit[1]]), hit[1]


def _at(day: date, context: Context) -> datetime:
    return datetime.combine(day, time(), context.now.tzinfo)


def _times(said: Said, text: str, start: int, context: Context) -> tuple[Said, int] | None:
    match = _TIMES.match(text, start)
    if match is None or not (said.is_marked or said.start):
        return None
    count = frequencies.count_of(match["count"] or match["word"])
    return (replace(said, count=count), match.end()) if count else None


def _lasting(said: Said, text: str, start: int, context: Context) -> tuple[Said, int] | None:
    match = _FOR.match(text, start)
    if match is None or not said.is_marked or said.until:
        return None
    size = length(text, match.end()) or (match["next"] and length(text, match.end() - 5))
    hit = size or frequencies.unit_length(text, match.end())
    if not hit or not hit[0].is_of_days or (hit[0].days and hit[0].days < 2 and not match["next"]):
        return None
    begin = said.start or context.today
    return replace(said, until=hit[0].after(begin) - _DAY), hit[1]


def _except(said: Said, text: str, start: int, context: Context) -> tuple[Said, int] | None:
    match = _EXCEPT.match(text, start)
    if match is None or not said.is_marked:
        return None
    if hours := _except_hours(said, text, match.end()):
        return hours
    end, found = match.end(), said
    while hit := selections.exception(found, text, end, context):
        found, end = hit
        joint = _AND.match(text, end)
        if joint is None or not selections.exception(found, text, joint.end(), context):
            if said.frequency in ("hour", "minute") and _one_hour(text, end):
                raise NoSingleRule("except tomorrow at 8: a rule can leave out days, not one time")
            return found, end
        end = joint.end()
    return None


_DAILY = Pattern(r"(?:(?:daily|every\s?day|each\s+day)\s+)?(?:at\s+)?")


def _except_hours(said: Said, text: str, start: int) -> tuple[Said, int] | None:
    """ "every hour except at noon", "every 30 minutes except from 22:00 to 7:00"."""
    match = _DAILY.match(text, start)
    if match is None or said.frequency not in ("hour", "minute") or said.hours:
        return None
    begin = match.start() if text.startswith(("from", "between"), start) else match.end()
    hit = (
        clocks.span(text, begin) or clocks.clock(text, begin, bare=True) or clocks.part(text, begin)
    )
    if hit is None or hit[0].at.minute or (hit[0].until and hit[0].until.minute):
        return None
    if hit[0].vague and not hit[0].until and said.frequency == "hour":
        return None  # at 8: of the morning or of the evening?
    first = hit[0].at.hour
    last = hit[0].until.hour if hit[0].until else first + 1
    out = {hour % 24 for hour in range(first, last if last > first else last + 24)}
    kept = tuple(hour for hour in range(24) if hour not in out)
    return (replace(said, hours=kept), hit[1]) if kept else None


def _one_hour(text: str, end: int) -> bool:
    """ "except tomorrow at 8am": one of a day's times is no exception that a rule can hold."""
    match = _SPACE.match(text, end)
    begins = {end, match.end() if match else end}
    return any(clocks.clock(text, begin) is not None for begin in begins)


# --- together ---------------------------------------------------------------------------------


def _when(said: Said, context: Context) -> When | None:
    parts = rule_parts(said)
    if parts is None:
        return None
    at, until, hours, notes = _times_of_day(said, context)
    parts |= hours
    if said.hours:
        parts["BYHOUR"] = ",".join(map(str, said.hours))
    if said.count:
        parts["COUNT"] = str(said.count)
    elif said.until:
        parts["UNTIL"] = f"{said.until:%Y%m%d}"
    first = _first(parts, said, at, context)
    if first is None:
        return None
    if at is not None or parts["FREQ"] in ("HOURLY", "MINUTELY", "SECONDLY"):
        at = first.time()
    rule = ";".join(f"{name}={parts[name]}" for name in ORDER if name in parts)
    return When(
        "",
        first.date(),
        at,
        None,
        until,
        rule=rule,
        grain="minute" if at else "day",
        note="; ".join(notes),
        except_days=said.except_days,
    )


def _times_of_day(
    said: Said, context: Context
) -> tuple[time | None, time | None, dict[str, str], list[str]]:
    """The first time of the day, the end of a stretch, the hours of several, and the notes."""
    found, notes = [], []
    for clock in said.clocks:
        told = clocks.said_for(clock, said.part) if said.part and clock.vague else clock
        at = told.at
        if told.vague and (told.at.hour < 7 or told.at.hour == 12):
            at = told.at if told.at.hour == 12 else clocks.shifted(told.at)
        if told.vague and at != told.at:
            notes.append(f"{told.at.hour}:{told.at.minute:02} is read as {at:%H:%M}")
        found.append(replace(told, at=at))
    if not found and said.part:
        begin, end = clocks.PARTS[said.part]
        return begin, end, {}, []
    if not found:
        return None, None, {}, []
    if len(found) == 1:
        until = found[0].until
        if until and until < found[0].at and found[0].until_vague:
            until = clocks.shifted(until)
        return found[0].at, until, {}, notes
    times = sorted({each.at for each in found})
    hours, minutes = sorted({t.hour for t in times}), sorted({t.minute for t in times})
    if len(times) != len(hours) * len(minutes):
        raise NoSingleRule("8:00 and 9:30 are no single rule, for that has 8:30 and 9:00 too")
    by = {"BYHOUR": ",".join(map(str, hours)), "BYMINUTE": ",".join(map(str, minutes))}
    return times[0], None, by, notes


def _is_allowed(said: Said, wall: datetime) -> bool:
    """Nothing that was said leaves out this time of a rule of hours or minutes."""
    is_day = not said.by_day or (0, wall.weekday()) in said.by_day
    is_hour = not said.hours or wall.hour in said.hours
    return is_day and is_hour and wall.date() not in said.except_days


def _first(parts: dict[str, str], said: Said, at: time | None, context: Context) -> datetime | None:
    """The first occurrence: from the start on, and still to come.

    The interval is left out: every other Friday begins with the next one.
    """
    now = context.wall.replace(microsecond=0)
    frequency = parts["FREQ"]
    if frequency in ("HOURLY", "MINUTELY", "SECONDLY"):
        if said.start and said.start > context.today:
            return datetime.combine(said.start, at or time())
        if at is not None:
            begins = datetime.combine(context.today, at)
            return begins if begins > now else begins + _DAY
        seconds = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}[frequency]
        begins = now.replace(second=0) if seconds > 1 else now
        step = timedelta(seconds=seconds * int(parts.get("INTERVAL", "1")))
        for count in range(1, _STEPS):
            wall = begins + count * step
            if _is_allowed(said, wall):
                return wall
        return None
    single = {k: x for k, x in parts.items() if k not in ("INTERVAL", "COUNT", "UNTIL")}
    begin = said.start or context.today
    rule = ";".join(f"{k}={x}" for k, x in single.items())
    for wall in walls(rule, datetime.combine(begin, at or time())):
        if wall.year > begin.year + 12:
            return None
        if said.until and wall.date() > said.until:
            return None
        if wall.date() in said.except_days:
            continue
        if (wall > now if at else wall.date() >= context.today) or said.start:
            return wall
    return None
