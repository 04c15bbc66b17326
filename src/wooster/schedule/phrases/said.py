"""What is said of a rule, piece by piece, and the parts of RFC 5545 that it makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from wooster.schedule.phrases.clocks import Clock
from wooster.schedule.phrases.model import Context

ORDER = (
    "FREQ", "INTERVAL", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR",
    "BYMINUTE", "BYSETPOS", "COUNT", "UNTIL",
)  # fmt: skip
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)

Nth = tuple[int, int]
"""Which one of a weekday: (-1, 4) is the last Friday; (0, 4) every one."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the pieces so far say.

    `frequency` is the unit of "every"; a rule is marked by that, by a plural ("Mondays"), or, half,
    by a range of weekdays that something of a rule stands beside.
    """

    frequency: str = ""
    interval: int = 1
    marks: int = 0
    by_day: tuple[Nth, ...] = ()
    places: tuple[int, ...] = ()
    day_word: str = ""
    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    set_positions: tuple[int, ...] = ()
    clocks: tuple[Clock, ...] = ()
    part: str = ""
    start: date | None = None
    until: date | None = None
    until_words: str = ""
    count: int = 0
    except_days: tuple[date, ...] = ()
    hours: tuple[int, ...] = ()
    is_weak: bool = False

    @property
    def is_marked(self) -> bool:
        beside = bool(self.clocks and len(self.by_day) > 1) or bool(self.until or self.count)
        return self.marks >= 2 or (self.marks == 1 and beside)


Hit = tuple[Said, int]
Piece = Callable[[Said, str, int, Context], Hit | None]


def plain(weekdays: tuple[int, ...] | list[int]) -> tuple[Nth, ...]:
    """Every one of these weekdays."""
    return tuple((0, day) for day in weekdays)


# --- as RFC 5545 has it -----------------------------------------------------------------------

_FREQUENCIES = {
    "second": "SECONDLY",
    "minute": "MINUTELY",
    "hour": "HOURLY",
    "day": "DAILY",
    "week": "WEEKLY",
    "month": "MONTHLY",
    "year": "YEARLY",
}


def rule_parts(said: Said) -> dict[str, str] | None:
    """The rule's parts without its end; None where the pieces don't make one."""
    unit = said.frequency or _unit_of(said)
    if not unit:
        return None
    if said.weeks and not said.frequency:
        unit = "year"
    if unit == "week" and said.by_day and any(nth for nth, _ in said.by_day):
        unit = "month"
    if unit == "day" and said.by_day and said.interval == 1:
        unit = "week"
    if unit == "week" and said.places:
        if any(not 1 <= place <= 7 for place in said.places):
            return None
        return _parts(unit, said, {"BYDAY": ",".join(DAYS[place - 2] for place in said.places)})
    where: dict[str, str] = {}
    if unit == "year" and said.months and not (said.by_day or said.places or said.weeks):
        where["BYMONTHDAY"] = "1"  # every January
    if said.by_day:
        where["BYDAY"] = ",".join(f"{nth or ''}{DAYS[day]}" for nth, day in said.by_day)
    if said.places:
        if unit not in ("month", "year"):
            return None
        name = "BYYEARDAY" if unit == "year" and not said.months else "BYMONTHDAY"
        most = 366 if name == "BYYEARDAY" else 31
        if any(abs(place) > most or not place for place in said.places):
            return None
        where[name] = ",".join(map(str, said.places))
    return _parts(unit, said, where)


def _unit_of(said: Said) -> str:
    if said.weeks:
        return "year"
    if said.months and (said.places or any(nth for nth, _ in said.by_day)):
        return "year"
    if said.places or said.set_positions or any(nth for nth, _ in said.by_day):
        return "month"
    return "week" if said.by_day else "year" if said.months else ""


def _parts(unit: str, said: Said, where: dict[str, str]) -> dict[str, str]:
    parts = {"FREQ": _FREQUENCIES[unit]}
    if said.interval > 1:
        parts["INTERVAL"] = str(said.interval)
    if said.months:
        parts["BYMONTH"] = ",".join(map(str, said.months))
    if said.weeks:
        parts["BYWEEKNO"] = ",".join(map(str, said.weeks))
    if said.set_positions:
        parts["BYSETPOS"] = ",".join(map(str, said.set_positions))
    return parts | where
