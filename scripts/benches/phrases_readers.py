"""Wooster and the libraries, each as a function from a case to what it reads."""

from __future__ import annotations

import warnings
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import islice

from scripts.benches.phrases_sets import Case, Said

from wooster.schedule.phrases import Context, When, find, read
from wooster.schedule.phrases.clocks import PARTS, part_clock
from wooster.schedule.rules import walls

Reader = Callable[[Case], Said | None]
_DAY = timedelta(days=1)
_OCCURRENCES = 12


def OURS(case: Case) -> Said | None:  # noqa: N802
    """Wooster; a sentence that should hold no time is searched for one."""
    context = Context(case.now.replace(tzinfo=UTC), "mdy")
    if case.kind == "nothing":
        found = find(case.text, context)
        return _said(found.when, case) if found else None
    when = read(case.text, context)
    return _said(when, case) if when else None


def _said(when: When, case: Case) -> Said:
    until_day = when.until_day
    if case.kind == "daterange" and until_day is not None:
        until_day += _DAY
    if case.kind == "daterange" and when.day and when.until_day == when.day:
        until_day = when.day + _DAY
    seconds = when.duration.total_seconds() if when.duration else None
    occurrences: tuple[datetime, ...] = ()
    if when.rule and when.day and case.told and case.told[0].occurrences:
        start = datetime.combine(when.day, when.at or time())
        kept = (w for w in walls(when.rule, start) if w.date() not in when.except_days)
        occurrences = tuple(islice(kept, _OCCURRENCES))
    return Said(
        when.day,
        when.at,
        until_day,
        when.until,
        seconds,
        parts=_parts(when),
        rule=when.rule,
        occurrences=occurrences,
    )


def _parts(when: When) -> frozenset[str]:
    """The parts of the day that have just its hours, and those that it is before or after."""
    hours = when.at, when.until
    found = set()
    for name, (begin, end) in PARTS.items():
        if begin == end:
            continue
        early, late = part_clock(name, "early"), part_clock(name, "late")
        named = {
            name: (begin, end),
            f"{name} start": (early.at, early.until),
            f"{name} end": (late.at, late.until),
            f"{name} before": (None, begin),
            f"{name} after": (end, None),
        }
        found |= {which for which, its in named.items() if its == hours}
    return frozenset(found)


# --- libraries --------------------------------------------------------------------------------


def libraries() -> dict[str, Reader]:
    """Those of PyPI for such phrases, with the settings that suit the sets."""
    warnings.simplefilter("ignore")
    return {
        "dateparser": _dateparser(),
        "parsedatetime": _parsedatetime(),
        "recurrent": _recurrent(),
    }


def _dateparser() -> Reader:
    import dateparser
    from dateparser.search import search_dates

    def reader(case: Case) -> Said | None:
        settings = {
            "RELATIVE_BASE": case.now,
            "PREFER_DATES_FROM": "future",
            "DATE_ORDER": "MDY",
            "RETURN_TIME_AS_PERIOD": True,
        }
        if case.kind == "nothing":
            return Said() if search_dates(case.text, languages=["en"], settings=settings) else None
        data = dateparser.date.DateDataParser(languages=["en"], settings=settings)
        found = data.get_date_data(case.text)
        if found.date_obj is None:
            return None
        moment = found.date_obj.replace(tzinfo=None)
        is_time = found.period == "time" or case.kind in ("time", "datetime")
        return _moment(moment, has_time=is_time)

    return reader


def _parsedatetime() -> Reader:
    import parsedatetime

    calendar = parsedatetime.Calendar(version=parsedatetime.VERSION_CONTEXT_STYLE)

    def reader(case: Case) -> Said | None:
        if case.kind == "nothing":
            return Said() if calendar.nlp(case.text, sourceTime=case.now) else None
        if case.kind in ("daterange", "timerange", "datetimerange"):
            begin, end, found = calendar.evalRanges(case.text, sourceTime=case.now.timetuple())
            if not found:
                return None
            first, last = (datetime.fromtimestamp(timegm(each), UTC) for each in (begin, end))
            return Said(first.date(), first.time(), last.date(), last.time())
        moment, found = calendar.parseDT(case.text, sourceTime=case.now)
        return _moment(moment, has_time=found.hasTime) if found.hasDateOrTime else None

    return reader


def _recurrent() -> Reader:
    from dateutil.rrule import rrulestr
    from recurrent.event_parser import RecurringEvent

    def reader(case: Case) -> Said | None:
        event = RecurringEvent(now_date=case.now)
        try:
            found = event.parse(case.text)
        except (ValueError, TypeError, AttributeError, IndexError, KeyError):
            return None  # it fails on some of the phrases
        if found is None:
            return None
        if isinstance(found, datetime):
            return _moment(found, has_time=case.kind in ("time", "datetime"))
        rule = next(line[6:] for line in found.splitlines() if line.startswith("RRULE:"))
        at = None
        if "BYHOUR" in rule:
            parts = dict(part.split("=") for part in rule.split(";"))
            at = time(int(parts["BYHOUR"].split(",")[0]), int(parts["BYMINUTE"].split(",")[0]))
            if case.kind == "set":
                rule = ";".join(p for p in rule.split(";") if not p.startswith(("BYHOUR", "BYMIN")))
        occurrences: tuple[datetime, ...] = ()
        if case.told and case.told[0].occurrences:
            text = found if "DTSTART" in found else f"DTSTART:{case.now:%Y%m%dT%H%M%S}\n{found}"
            occurrences = tuple(islice(rrulestr(text), _OCCURRENCES))
        return Said(at=at, rule=rule, occurrences=occurrences)

    return reader


def _moment(moment: datetime, *, has_time: bool) -> Said:
    return Said(moment.date(), moment.time().replace(microsecond=0) if has_time else None)
