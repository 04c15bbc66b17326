"""Two hundred rules of time, of every kind that the grammar makes, at hours that clocks skip and
repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

COUNT = 200
_SKIPPED = ("00:00", "00:30", "01:30", "02:00", "02:30", "03:00")
_PLAIN = ("07:00", "23:30")
_OTHERS = ("01:00", "01:59:59", "02:59:59", "02:15", "03:30", "06:00", "12:00", "18:00", "23:59")


@dataclass(frozen=True, slots=True)
class Case:
    """A recurrence, its first wall-clock time and the days on which it doesn't happen."""

    rrule: str
    start: datetime
    except_days: tuple[date, ...] = ()


def rules(year: int) -> list[Case]:
    """Those that begin in January of `year`."""

    def case(rrule: str, at: str = "02:30", day: int = 3, *less: date) -> Case:
        return Case(rrule, datetime.fromisoformat(f"{year}-01-{day:02}T{at}"), less)

    found = [
        *(case(*each) for each in _days(year)),
        *(case(*each) for each in _weeks()),
        *(case(*each) for each in _months()),
        *(case(*each) for each in _years()),
        *(case(*each) for each in _ended(year)),
        *(case(*each) for each in _elapsing()),
    ]
    sundays = [date(year, 1, 1) + timedelta(days) for days in range(3650)]
    sundays = [each for each in sundays if each.weekday() == 6]
    for at, rrule in product(("02:30", "07:00"), ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=FR,SA,SU")):
        found.append(case(rrule, at, 3, *sundays[::2]))
    found.append(case("FREQ=MONTHLY;BYDAY=1SU,2SU,-1SU", "00:30", 3, *sundays[::3]))
    found.append(case("FREQ=HOURLY", "00:00", 3, *sundays[::2]))
    assert len(found) == len({(e.rrule, e.start, e.except_days) for e in found}) == COUNT
    return found


def _days(year: int) -> Iterator[tuple[str, str]]:
    for at in (*_SKIPPED, *_PLAIN, *_OTHERS):
        yield "FREQ=DAILY", at
    for interval, at in product((2, 3, 10), ("00:30", "02:30")):
        yield f"FREQ=DAILY;INTERVAL={interval}", at
    for hours, minute in product(("0,1,2,3", "2,14", "7,23", "1,2"), (0, 30)):
        yield f"FREQ=DAILY;BYHOUR={hours};BYMINUTE={minute}", f"{hours[0].zfill(2)}:{minute:02}"
    yield "FREQ=DAILY;BYMONTH=3,4,9,10,11", "02:30"
    yield "FREQ=DAILY;BYHOUR=2;BYMINUTE=0,15,30,45", "02:00"


def _weeks() -> Iterator[tuple[str, str]]:
    for days, at in product(("SU", "SA", "MO,TU,WE,TH,FR", "SA,SU"), ("00:00", "02:30", "07:00")):
        yield f"FREQ=WEEKLY;BYDAY={days}", at
    for days in ("MO", "TU", "WE", "TH", "FR"):
        yield f"FREQ=WEEKLY;BYDAY={days}", "00:30"
    for interval, days in product((2, 3, 4), ("SU", "FR,SA,SU")):
        yield f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={days}", "02:30"
    yield "FREQ=WEEKLY", "02:30"
    yield "FREQ=WEEKLY;INTERVAL=2", "02:30"
    yield "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", "02:30"
    yield "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=MO", "00:30"


def _months() -> Iterator[tuple[str, str] | tuple[str, str, int]]:
    for day, at in product((1, 15, 25, 28, 29, 30, 31, -1, -2), ("00:00", "02:30")):
        yield f"FREQ=MONTHLY;BYMONTHDAY={day}", at
    for nth, at in product((1, 2, 3, 4, 5, -1), ("00:00", "01:30", "02:30", "07:00")):
        yield f"FREQ=MONTHLY;BYDAY={nth}SU", at
    for which in ("1SA", "-1FR", "2TU", "-1TH", "1SU,3SU", "-2SU"):
        yield f"FREQ=MONTHLY;BYDAY={which}", "00:30"
    for interval in (2, 3, 6, 5):
        yield f"FREQ=MONTHLY;INTERVAL={interval};BYDAY=-1SU", "02:30"
    for position, days, at in product((1, -1, 2), ("MO,TU,WE,TH,FR", "SA,SU"), ("00:00", "02:30")):
        yield f"FREQ=MONTHLY;BYDAY={days};BYSETPOS={position}", at
    yield "FREQ=MONTHLY;BYMONTHDAY=1,15,-1", "01:30"
    yield "FREQ=MONTHLY;INTERVAL=3", "02:30", 31
    yield "FREQ=MONTHLY", "02:30", 30
    yield "FREQ=MONTHLY;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU", "02:30"


def _years() -> Iterator[tuple[str, str]]:
    for month, nth, at in product((3, 10, 11), ("2SU", "-1SU", "1SU"), ("02:00", "00:30")):
        yield f"FREQ=YEARLY;BYMONTH={month};BYDAY={nth}", at
    yield "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "02:30"
    yield "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30", "12:00"
    yield "FREQ=YEARLY;BYMONTH=3,10;BYMONTHDAY=25,26,27,28,29,30,31;BYDAY=SU", "02:30"
    yield "FREQ=YEARLY;BYYEARDAY=87,300,-1", "02:30"
    yield "FREQ=YEARLY;BYWEEKNO=13,44;BYDAY=SU", "02:30"
    yield "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYDAY=-1SU", "02:30"
    yield "FREQ=YEARLY;INTERVAL=4;BYMONTH=3;BYMONTHDAY=29", "01:30"
    yield "FREQ=YEARLY", "02:30"
    yield "FREQ=YEARLY;BYMONTH=4", "00:00"
    yield "FREQ=YEARLY;BYMONTH=1,4,7,10;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "00:30"


def _ended(year: int) -> Iterator[tuple[str, str]]:
    for rrule, at in product(
        ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=MONTHLY;BYDAY=-1SU"), ("00:00", "02:30")
    ):
        yield f"{rrule};COUNT=100", at
        yield f"{rrule};UNTIL={year + 3}1031", at
    yield f"FREQ=DAILY;INTERVAL=3;UNTIL={year + 5}0329", "23:30"
    yield f"FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL={year + 6}0331", "02:30"
    yield "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;COUNT=5", "02:30"
    yield "FREQ=HOURLY;INTERVAL=5;COUNT=10000", "00:00"
    yield f"FREQ=HOURLY;INTERVAL=7;UNTIL={year + 4}1101", "00:30"
    yield "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;COUNT=150", "01:30"


def _elapsing() -> Iterator[tuple[str, str]]:
    for interval in (1, 2, 3, 5, 8, 12, 24, 36):
        yield f"FREQ=HOURLY;INTERVAL={interval}", "00:30"
    for where in ("BYHOUR=9,10,11,12,13,14,15,16,17", "BYDAY=SA,SU", "BYHOUR=2", "BYHOUR=1,2,3"):
        yield f"FREQ=HOURLY;{where}", "02:00"
    yield "FREQ=HOURLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR,SU;BYHOUR=0,1,2,3,4,5", "00:00"
    yield "FREQ=HOURLY;BYMONTH=3,10", "02:30"
    for interval in (30, 45, 90, 1000):
        yield f"FREQ=MINUTELY;INTERVAL={interval}", "00:00"
    yield "FREQ=MINUTELY;INTERVAL=20;BYHOUR=1,2;BYDAY=SU", "01:00"
    yield "FREQ=SECONDLY;INTERVAL=5400", "00:00"
