"""What insights need of the capabilities; the composition root fills it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import date
from typing import Any, Protocol

from wooster.insights.areas import Thing
from wooster.insights.model import Subject
from wooster.wire.requests import ActionResult

Act = Callable[[str, dict[str, Any]], Awaitable[ActionResult]]
"""Runs an action that writes, as a person's. Raises what it raises, and `NotFound` where there is
none of that name."""


class Sources(Protocol):
    """What was done and said."""

    async def version(self) -> Hashable:
        """Another one once anything that `subjects` looks at may have changed, and each day."""

    async def subjects(self, since: date) -> Sequence[Subject]:
        """All that events are known of, with those since a day."""


class Things(Protocol):
    """What there is in a life."""

    async def version(self) -> Hashable:
        """Another one once anything that `things` looks at may have changed."""

    async def things(self) -> Sequence[Thing]:
        """Of all kinds; what is in an archive or closed is left out."""

    async def find(self, words: str) -> list[Thing]:
        """The habits and goals that `words` may mean."""
