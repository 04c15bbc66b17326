"""Habits as items: what is asked of the day, what was done and what wasn't, and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from wooster.briefing.model import Item, Moment, item
from wooster.core.text import clean, clip, counted
from wooster.habits import heatmap
from wooster.habits.counting import Looked
from wooster.habits.service import Habits, Recent
from wooster.habits.showing import how_it_stands, streak_text
from wooster.habits.streaks import Mark

_DRAWN_DAYS = 28
_MOST_DRAWN = 12
_NAME_WIDTH = 18


class HabitItems:
    """Of the habits of one home, for one page: all is counted once."""

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._counted: list[Recent] | None = None

    async def asked(self, moment: Moment) -> Sequence[Item]:
        """What is to be done on the day and wasn't yet: first what breaks a streak otherwise."""
        found = [each for each in await self._looked() if each.standing.is_asked]
        found.sort(key=lambda each: (each.standing.state != "due", -each.streak, each.habit.id))
        return [_item(each, _at(each), _at_stake(each)) for each in found]

    async def done_today(self, moment: Moment) -> Sequence[Item]:
        found = [each for each in await self._looked() if each.standing.is_logged]
        return [_item(each, _streak(each)) for each in found if not _is_part(each)]

    async def not_done_today(self, moment: Moment) -> Sequence[Item]:
        found = [each for each in await self._looked() if each.standing.is_asked]
        return [_item(each, _at_stake(each)) for each in found]

    async def done_this_week(self, moment: Moment) -> Sequence[Item]:
        """Those of which all was done that was asked so far."""
        found = await self._lately()
        return [_of_week(each, moment) for each in found if _week(each, moment) == "done"]

    async def not_done_this_week(self, moment: Moment) -> Sequence[Item]:
        found = await self._lately()
        return [_of_week(each, moment) for each in found if _week(each, moment) == "missed"]

    async def charts(self, moment: Moment) -> Sequence[str]:
        """Four weeks of each, a line a habit."""
        found = await self._lately()
        days = [moment.day - timedelta(days=n) for n in reversed(range(_DRAWN_DAYS))]
        lines = [
            f"{_short(each.looked.habit.name)}  {heatmap.row(_marks(each, days))}"
            for each in found[:_MOST_DRAWN]
        ]
        if len(found) > _MOST_DRAWN:
            lines.append(f"and {len(found) - _MOST_DRAWN} more habits")
        return lines

    async def _lately(self) -> list[Recent]:
        if self._counted is None:
            self._counted = await self._habits.lately()
        return self._counted

    async def _looked(self) -> list[Looked]:
        return [each.looked for each in await self._lately()]


def _item(look: Looked, *facts: str) -> Item:
    return item(f"habit:{look.habit.id}", look.habit.name, how_it_stands(look), *facts)


def _at(look: Looked) -> str:
    return f"at {look.habit.remind_at:%H:%M}" if look.habit.remind_at else ""


def _streak(look: Looked) -> str:
    return f"streak {streak_text(look.habit.rule, look.streak)}" if look.streak else ""


def _at_stake(look: Looked) -> str:
    """A streak that ends unless it is done on the day says so."""
    told = _streak(look)
    return f"{told} at stake" if told and look.standing.state == "due" else told


def _is_part(look: Looked) -> bool:
    """Whether something was done, and more is asked of the same day."""
    return look.standing.state == "due"


# --- a week -----------------------------------------------------------------------------------


def _days_of(each: Recent, moment: Moment) -> tuple[int, int]:
    """The days of the week up to the moment's on which it was done, and on which it was asked.
    The moment's own isn't over, and counts only where it was done."""
    days = [moment.monday + timedelta(days=n) for n in range(moment.day.weekday() + 1)]
    marks = [each.count.mark(day.toordinal()) for day in days]
    done = sum(not isinstance(mark, str) and mark >= 1 for mark in marks)
    asked = sum(mark == "empty" for mark in marks[:-1])
    asked += sum(not isinstance(mark, str) for mark in marks)
    return done, asked


def _week(each: Recent, moment: Moment) -> str:
    """ "done", "missed", or "" where nothing can be said of it."""
    look = each.looked
    if not look.habit.rule.is_daily:
        if look.habit.rule.period != "week" or look.standing.state in ("free", "off"):
            return ""
        return "done" if look.standing.state == "done" else "missed"
    done, asked = _days_of(each, moment)
    if not asked:
        return ""
    return "done" if done == asked else "missed"


def _of_week(each: Recent, moment: Moment) -> Item:
    look = each.looked
    if not look.habit.rule.is_daily:
        return _item(look, _streak(look))
    done, asked = _days_of(each, moment)
    told = f"{done} of {counted(asked, 'day')} this week"
    return item(f"habit:{look.habit.id}", look.habit.name, told, _streak(look))


# --- drawn ------------------------------------------------------------------------------------


def _marks(each: Recent, days: Sequence[date]) -> list[Mark]:
    return [each.count.mark(day.toordinal()) for day in days]


def _short(name: str) -> str:
    """Of one width, and nothing in it that ends a block of code."""
    return f"{clip(clean(name).replace('`', chr(39)), _NAME_WIDTH):<{_NAME_WIDTH}}"
