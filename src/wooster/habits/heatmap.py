"""A calendar of what was done, as lines of blocks for a terminal: a column a week, a row a weekday.

It knows how a day is drawn, and nothing of habits, rules or colours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from wooster.habits.streaks import Mark

LEAST_WEEKS, MOST_WEEKS = 12, 37
"""37 weeks are 78 columns."""
_BLOCKS, _SIGNS = "░▒▓█", ".oO#"
_ROWS = ("Mon", "", "Wed", "", "Fri", "", "Sun")
_WEEK = timedelta(days=7)


def weeks_shown(first: date, today: date) -> int:
    """So many that `first` is on it, between the least and the most."""
    weeks = (_monday(today) - _monday(first)).days // 7 + 1
    return min(max(weeks, LEAST_WEEKS), MOST_WEEKS)


def lines(mark: Callable[[date], Mark], today: date, weeks: int, *, ascii_only: bool) -> list[str]:
    """Months on top, then seven rows up to today's week, then what the signs mean."""
    levels, empty = (_SIGNS, "'") if ascii_only else (_BLOCKS, "·")
    first = _monday(today) - (weeks - 1) * _WEEK
    rows = [_months(first, weeks)]
    for weekday, name in enumerate(_ROWS):
        days = (first + week * _WEEK + timedelta(days=weekday) for week in range(weeks))
        cells = [" " if day > today else _cell(mark(day), levels, empty) for day in days]
        rows.append(f"{name:<4}{' '.join(cells)}".rstrip())
    rows.append(f"    {' '.join(levels)} some to all   {empty} not done   - free")
    return rows


def row(marks: Iterable[Mark]) -> str:
    """Days one beside the other, the oldest on the left."""
    return "".join(_cell(mark, _BLOCKS, "·") for mark in marks)


def _cell(mark: Mark, levels: str, empty: str) -> str:
    if isinstance(mark, str):
        return {"empty": empty, "free": "-", "off": " "}[mark]
    return levels[-1] if mark >= 1 else levels[min(int(mark * 3), 2)]


def _months(first: date, weeks: int) -> str:
    """The name of each month over the first week that begins in it, where there is place."""
    line = ""
    before = first - _WEEK
    for week in range(weeks):
        monday = first + week * _WEEK
        place = 4 + week * 2
        is_new = monday.month != before.month or week == 0
        before = monday
        # At the left edge only where the next month's name doesn't follow at once.
        if week == 0 and (monday + 2 * _WEEK).month != monday.month:
            continue
        if is_new and len(line) <= place:
            line = f"{line:<{place}}{monday:%b} "
    return line.rstrip()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
