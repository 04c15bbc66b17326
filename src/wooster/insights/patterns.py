"""Looking for patterns: which are tested, on what support, and which are told.

Each test gives an upper bound of a p-value under a plain idea of "no pattern":

- time: times are drawn evenly from sixteen waking hours, wherever these begin (a scan statistic);
- weekday: the days are drawn at random, without putting back, from those on which it could be;
- breaks: each day on which a streak could break is as likely to break it (the same, by weekday);
- topic: each of a day's topics is drawn evenly from all that ever came up;
- stall: what is done for a goal comes at the steady rate that it has had.

Days count once, so that ten check-ins of an evening are one. All that is tested goes through
Benjamini and Hochberg at one level. What is sure but small is dropped after that, which never adds
a false one; what has too little support isn't tested, and support is never what is tested: topics,
whose count is the statistic, are all counted as tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zlib import crc32

from wooster.insights import chance
from wooster.insights.model import Event, Finding, PatternKind, Rows, Subject, Tested

LEAST_TIMES, LEAST_DAYS, LEAST_BREAKS, LEAST_TOPIC, LEAST_GAPS = 10, 8, 6, 4, 4
_WINDOW_MIN, _WAKING_MIN, _DAY_MIN = 120, 16 * 60, 24 * 60
_TIME_SHARE, _DAY_SHARE, _BREAK_SHARE = 0.6, 0.5, 0.4
_TOPIC_WEEKS, _STALL_DAYS = 3, 7
_WEEKDAYS = 7


def find(subjects: Sequence[Subject], today: date, level: float) -> list[Finding]:
    """The patterns that hold at this level of the false discovery rate, the surest first."""
    tested = list(tests(subjects, today))
    levels = chance.adjusted([each.p for each in tested])
    found = [
        Finding(each, q, len(tested))
        for each, q in zip(tested, levels, strict=True)
        if q <= level and each.is_large
    ]
    return sorted(found, key=lambda each: (each.q, each.tested.kind, each.tested.subject.key))


def tests(subjects: Sequence[Subject], today: date) -> Iterator[Tested]:
    """All that are made."""
    looked: tuple[Callable[[Subject, date], Iterable[Tested]], ...] = (
        _time,
        _weekday,
        _breaks,
        _stall,
    )
    for subject in subjects:
        for look in looked:
            yield from look(subject, today)
    yield from _topics([each for each in subjects if each.kind == "topic"])


# --- times of day and weekdays ----------------------------------------------------------------


def _time(subject: Subject, today: date) -> Iterator[Tested]:
    """Of the days that have a time, one time each; which one doesn't depend on the times."""
    of_day: dict[date, Event] = {}
    for event in subject.events:
        if event.at is not None:
            there = of_day.get(event.day)
            if there is None or _lot(event) < _lot(there):
                of_day[event.day] = event
    if subject.kind in ("goal", "topic") or subject.has_time or len(of_day) < LEAST_TIMES:
        return
    minutes = sorted(_minute(event.at) for event in of_day.values() if event.at)
    begin, count = chance.scan(minutes, _WINDOW_MIN, _DAY_MIN)
    inside = [
        event
        for event in of_day.values()
        if event.at and (_minute(event.at) - begin) % _DAY_MIN <= _WINDOW_MIN
    ]
    width = max((_minute(event.at) - begin) % _DAY_MIN for event in inside if event.at)
    large = count >= _TIME_SHARE * len(minutes)
    yield Tested(
        "time",
        subject,
        count,
        len(minutes),
        chance.scan_tail(count, len(minutes), _WINDOW_MIN / _WAKING_MIN),
        large,
        _rows(inside) if large else (),
        begin=_clock(begin),
        end=_clock(begin + width),
    )


def _weekday(subject: Subject, today: date) -> Iterator[Tested]:
    if subject.kind in ("goal", "topic") or subject.has_days:
        return
    of_day = {event.day: event for event in subject.events if event.day >= subject.since}
    if len(of_day) < LEAST_DAYS:
        return
    possible = _weekdays(subject.since, (today - subject.since).days + 1)
    weekday, count, p = _on_one_weekday(list(of_day), possible)
    large = count >= _DAY_SHARE * len(of_day)
    on_it = [each for day, each in of_day.items() if large and day.isoweekday() == weekday]
    rows = _rows(on_it)
    yield Tested("weekday", subject, count, len(of_day), p, large, rows, weekday)


def _breaks(subject: Subject, today: date) -> Iterator[Tested]:
    """Days of a daily habit that were asked for and not done, with the one asked before done."""
    done = {event.day for event in subject.events}
    asked = sorted(each for each in subject.asked if each < today)
    possible = [day for before, day in pairwise(asked) if before in done]
    broken = [day for day in possible if day not in done]
    if len(broken) < LEAST_BREAKS:
        return
    weekday, count, p = _on_one_weekday(broken, Counter(map(date.isoweekday, possible)))
    rows = tuple((day, "not done") for day in broken if day.isoweekday() == weekday)
    large = count >= _BREAK_SHARE * len(broken)
    yield Tested("breaks", subject, count, len(broken), p, large, rows, weekday)


def _weekdays(first: date, count: int) -> Counter[int]:
    """How often each weekday is among the `count` days from `first` on."""
    weeks, rest = divmod(count, _WEEKDAYS)
    found = Counter(dict.fromkeys(range(1, _WEEKDAYS + 1), weeks))
    found.update((first + timedelta(n)).isoweekday() for n in range(rest))
    return found


def _on_one_weekday(days: Sequence[date], possible: Counter[int]) -> tuple[int, int, float]:
    """The weekday that stands out most among `days`, where so many of each were `possible`; how
    many are on it, and the chance that one of seven stands out so."""
    there, all_days = Counter(map(date.isoweekday, days)), possible.total()
    found = [
        (
            chance.hypergeometric_tail(count, len(days), possible[each], all_days),
            -count,
            each,
        )
        for each, count in there.items()
    ]
    p, count, weekday = min(found)
    return weekday, -count, min(1.0, p * _WEEKDAYS)


# --- goals and topics -------------------------------------------------------------------------


def _stall(subject: Subject, today: date) -> Iterator[Tested]:
    days = sorted({event.day for event in subject.events})
    if subject.kind != "goal" or len(days) <= LEAST_GAPS:
        return
    gaps, together = len(days) - 1, (days[-1] - days[0]).days
    # A value that comes today in the evening isn't late yet.
    gap = (today - days[-1]).days - 1
    large = gap >= _STALL_DAYS
    yield Tested(
        "stall",
        subject,
        gap + 1,
        together,
        chance.gap_tail(gap, gaps, together),
        large,
        _rows(subject.events) if large else (),
    )


def _topics(subjects: Sequence[Subject]) -> Iterator[Tested]:
    per_day: Counter[date] = Counter()
    of_topic = [{event.day: event for event in each.events} for each in subjects]
    for days in of_topic:
        per_day.update(days.keys())
    if not per_day:
        return
    share = per_day.total() / len(subjects) / len(per_day)
    tail = cache(lambda count: chance.binomial_tail(count, len(per_day), share))
    for subject, days in zip(subjects, of_topic, strict=True):
        weeks = {day.isocalendar()[:2] for day in days}
        large = len(days) >= LEAST_TOPIC and len(weeks) >= _TOPIC_WEEKS and not subject.is_kept
        rows = _rows(days.values()) if large else ()
        yield Tested("topic", subject, len(days), len(per_day), tail(len(days)), large, rows)


# --- parts ------------------------------------------------------------------------------------


def identity(kind: PatternKind, subject: Subject) -> str:
    """What stays the same of a pattern while its figures change."""
    return f"{kind} {subject.key}"


def _rows(events: Iterable[Event]) -> Rows:
    return tuple(sorted((event.day, _told(event)) for event in events))


def _told(event: Event) -> str:
    at = event.at  # there are thousands: %H:%M takes three times as long
    return f"{at.hour:02}:{at.minute:02} · {event.ref}" if at else event.ref


def _lot(event: Event) -> tuple[int, str]:
    return crc32(event.ref.encode()), event.ref


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _clock(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)
