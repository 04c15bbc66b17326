"""What was said in conversations to be done later, as items."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from wooster.briefing.model import Item, Moment, item
from wooster.core.days import day_text
from wooster.memory.episodes.model import Followup

OpenFollowups = Callable[[], Awaitable[Sequence[Followup]]]


class FollowupItems:
    """Of the conversations of one home."""

    def __init__(self, followups: OpenFollowups) -> None:
        self._followups = followups

    async def open(self, moment: Moment) -> Sequence[Item]:
        return [
            item(f"followup:{each.id}", each.text, f"said {_when(each, moment)}")
            for each in await self._followups()
        ]


def _when(each: Followup, moment: Moment) -> str:
    return day_text(each.made.astimezone(moment.zone).date(), moment.day)
