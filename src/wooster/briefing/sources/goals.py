"""Goals as items: how far they are, which moved, which are behind, and a line of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wooster.briefing.model import Item, Moment, item
from wooster.core.text import clean, clip
from wooster.goals import showing
from wooster.goals.service import Goals
from wooster.goals.standing import Standing

_MOST_DRAWN = 12
_NAME_WIDTH = 18


class GoalItems:
    """Of the goals of one home, for one page: they are reviewed once."""

    def __init__(self, goals: Goals) -> None:
        self._goals = goals
        self._found: list[Standing] | None = None

    async def open(self, moment: Moment) -> Sequence[Item]:
        """How far each is, and when it will be done: the nearest deadline first."""
        found = [each for each in await self._goals.open() if not each.is_reached]
        found.sort(key=lambda each: (each.goal.deadline or date.max, each.goal.id))
        return [_item(each) for each in found]

    async def moved_today(self, moment: Moment) -> Sequence[Item]:
        return [_item(e) for e in await self._reviewed() if _moved_since(e, moment.day)]

    async def moved_this_week(self, moment: Moment) -> Sequence[Item]:
        return [_item(e) for e in await self._reviewed() if _moved_since(e, moment.monday)]

    async def behind(self, moment: Moment) -> Sequence[Item]:
        """Overdue, or late at this rate."""
        found = [e for e in await self._reviewed() if not e.is_reached]
        return [_item(e) for e in found if e.days_over or (e.days_late or 0) > 0]

    async def charts(self, moment: Moment) -> Sequence[str]:
        """A line of how far each came since it was begun."""
        lines = []
        for each in (await self._reviewed())[:_MOST_DRAWN]:
            if drawn := showing.drawn(each, ascii_only=False):
                name = clip(clean(each.goal.name).replace("`", "'"), _NAME_WIDTH)
                lines.append(f"{name:<{_NAME_WIDTH}}  {drawn}  {showing.share_text(each)}".rstrip())
        return lines

    async def _reviewed(self) -> list[Standing]:
        if self._found is None:
            self._found = await self._goals.open(with_points=True)
        return self._found


def _item(each: Standing) -> Item:
    facts = (
        showing.value_text(each),
        showing.share_text(each),
        showing.deadline_text(each),
        showing.pace_text(each),
    )
    return item(f"goal:{each.goal.id}", each.goal.name, *facts)


def _moved_since(each: Standing, first: date) -> bool:
    measured = bool(each.points) and each.points[-1].day >= first
    return measured or any(step.done and step.done >= first for step in each.goal.milestones)
