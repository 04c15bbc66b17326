"""A recurrence in words, such that reading the words gives the recurrence again."""

from __future__ import annotations

from datetime import date, time

from wooster.schedule.rules import parsed

_UNITS = {
    "SECONDLY": "second",
    "MINUTELY": "minute",
    "HOURLY": "hour",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_CLOCK = ("HOURLY", "MINUTELY", "SECONDLY")  # they go by the clock without a time of it
_WORKDAYS, _WEEKEND = "MO,TU,WE,TH,FR", "SA,SU"


def describe(rrule: str, at: time | None = None) -> str:
    """The recurrence in words: "every 2 weeks on Friday at 08:00 until 31 May 2027"."""
    parts = parsed(rrule)
    words = [_often(parts), _where(parts)]
    if "BYMONTH" in parts and not _names_month(parts):
        words.append("in " + _listed([_MONTHS[int(n) - 1] for n in parts["BYMONTH"].split(",")]))
    if "BYHOUR" in parts:
        minute = int(parts.get("BYMINUTE", "0"))
        words.append("at " + _listed([f"{int(h):02}:{minute:02}" for h in _split(parts, "BYHOUR")]))
    elif at is not None and parts["FREQ"] not in _CLOCK:
        words.append(f"at {at:%H:%M}")
    if "COUNT" in parts:
        words.append(f"for {parts['COUNT']} times")
    if "UNTIL" in parts:
        last = date.fromisoformat(parts["UNTIL"][:8])
        words.append(f"until {last.day} {_MONTHS[last.month - 1]} {last.year}")
    return " ".join(word for word in words if word)


def _often(parts: dict[str, str]) -> str:
    unit, interval = _UNITS[parts["FREQ"]], int(parts.get("INTERVAL", "1"))
    if interval > 1:
        return f"every {interval} {unit}s"
    by_day = parts.get("BYDAY", "")
    if unit == "week" and by_day:
        if by_day in (_WORKDAYS, _WEEKEND):
            return "every weekday" if by_day == _WORKDAYS else "every weekend"
        return "every " + _listed([_DAYS[day] for day in by_day.split(",")])
    return f"every {unit}"


def _where(parts: dict[str, str]) -> str:
    """The days of the week, month or year."""
    said = []
    if "BYWEEKNO" in parts:
        said.append("in week " + _listed(_split(parts, "BYWEEKNO")))
    if "BYMONTHDAY" in parts:
        said.append(_month_days(parts))
    if "BYYEARDAY" in parts:
        said.append(_year_days(_split(parts, "BYYEARDAY")))
    if "BYDAY" in parts and not _is_told(parts):
        said.append("on " + _weekdays(parts))
    return " ".join(said)


def _is_told(parts: dict[str, str]) -> bool:
    """ "every Friday" has its day in "every"."""
    return parts["FREQ"] == "WEEKLY" and parts.get("INTERVAL", "1") == "1"


def _weekdays(parts: dict[str, str]) -> str:
    days = _split(parts, "BYDAY")
    if "BYSETPOS" in parts:
        places = _listed([_place(n) for n in _split(parts, "BYSETPOS")])
        if parts["BYDAY"] == _WORKDAYS:
            return f"the {places} weekday"
        return f"the {places} instance of " + _listed([_DAYS[day] for day in days])
    if parts["BYDAY"] in (_WORKDAYS, _WEEKEND):
        return "weekdays" if parts["BYDAY"] == _WORKDAYS else "weekends"
    groups: list[tuple[str, list[str]]] = []
    for day in days:
        nth, name = day[:-2], _DAYS[day[-2:]]
        if groups and groups[-1][0] == name and nth:
            groups[-1][1].append(_place(nth))
        else:
            groups.append((name, [_place(nth)] if nth else []))
    return _listed([f"the {_listed(nths)} {name}" if nths else name for name, nths in groups])


def _names_month(parts: dict[str, str]) -> bool:
    """ "4 July" has its month in the date."""
    is_date = "BYMONTHDAY" in parts and "-" not in parts["BYMONTHDAY"]
    return is_date and "," not in parts.get("BYMONTH", ",") and "," not in parts["BYMONTHDAY"]


def _month_days(parts: dict[str, str]) -> str:
    days = _split(parts, "BYMONTHDAY")
    if _names_month(parts):
        return f"on {days[0]} {_MONTHS[int(parts['BYMONTH']) - 1]}"
    places = _listed([_place(day) for day in days])
    return f"on the {places} day" if "-" in days[-1] else f"on the {places}"


def _year_days(days: list[str]) -> str:
    if any(day.startswith("-") for day in days):
        return f"on the {_listed([_place(day) for day in days])} day"
    return "on day " + _listed(days)


def _place(nth: str) -> str:
    """ "first", "22nd", "last", "2nd to last"."""
    number = int(nth)
    if number == -1:
        return "last"
    size = abs(number)
    ending = (
        "th" if size % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(size % 10, "th")
    )
    return f"{size}{ending} to last" if number < 0 else f"{size}{ending}"


def _split(parts: dict[str, str], name: str) -> list[str]:
    return parts[name].split(",")


def _listed(words: list[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
