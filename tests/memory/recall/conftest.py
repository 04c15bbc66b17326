"""A home that remembers: conversations taken in at given times, searched as the daemon does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.embedder import WordEmbedder
from tests.vectors.conftest import running, search_over
from wooster.core.clock import ManualClock
from wooster.memory.model import ASSISTANT, ME, Line, Turn
from wooster.memory.recall.model import Asked, Recollections
from wooster.memory.recall.service import Recall
from wooster.memory.service import Conversations
from wooster.storage import Database
from wooster.vectors.service import Search


class Home:
    """Conversations, a running search over them, and recall."""

    def __init__(self, database: Database, search: Search, clock: ManualClock) -> None:
        self.database, self.search, self.clock = database, search, clock
        self.conversations = Conversations(database, clock, search.changed)
        self.recall = Recall(database, search, clock)

    async def talk(self, *said: str, days_ago: float = 0.0) -> list[Turn]:
        """A conversation of the person with Wooster, by turns."""
        pairs = [(ME, ASSISTANT)[place % 2] for place in range(len(said))]
        return await self.chat(list(zip(pairs, said, strict=True)), days_ago)

    async def chat(self, said: Sequence[tuple[str, str]], days_ago: float = 0.0) -> list[Turn]:
        """A conversation of anybody."""
        at = self.clock.now() - timedelta(days=days_ago)
        lines = [Line(speaker, text, at) for speaker, text in said]
        return await self.conversations.take_in(lines, "test")

    async def embed(self) -> None:
        await self.search.wait(lambda _: None)

    async def ask(self, text: str, **more: object) -> Recollections:
        now: datetime = self.clock.now()
        return await self.recall.find(Asked(text, now, **more))  # type: ignore[arg-type]

    async def told(self, text: str, **more: object) -> list[str]:
        return [each.text for each in (await self.ask(text, **more)).memories]


@pytest.fixture
async def home(database: Database, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Home]:
    search = search_over(database, WordEmbedder(), clock, tmp_path / "vectors")
    async with running(search):
        await asyncio.sleep(0)
        yield Home(database, search, clock)
