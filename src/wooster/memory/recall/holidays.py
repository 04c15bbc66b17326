"""The days of the year that people call by a name, in English.

Pure. It refuses to know what is celebrated where: those that most of its readers know.
"""

from __future__ import annotations

from datetime import date, timedelta

NAMES = (
    r"easter(?:\s+sunday)?|christmas(?:\s+eve)?|halloween|thanksgiving"
    r"|valentine'?s(?:\s+day)?|new\s+year'?s(?:\s+(?:eve|day))?"
)


def _easter(year: int) -> date:
    """Easter Sunday (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def in_year(name: str, year: int) -> date:
    """The day that `name`, lower case and one of `NAMES`, is in `year`."""
    if name.startswith("easter"):
        return _easter(year)
    if name.startswith("thanksgiving"):
        november = date(year, 11, 1)
        return november + timedelta(days=(3 - november.weekday()) % 7 + 21)
    if name.startswith("new"):
        return date(year, 12, 31) if name.endswith("eve") else date(year, 1, 1)
    if name.startswith("christmas"):
        return date(year, 12, 24 if name.endswith("eve") else 25)
    return date(year, 10, 31) if name.startswith("halloween") else date(year, 2, 14)
