"""A home with conversations in it, taken in and recalled from as the daemon does."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scripts.benches.memory_corpus import Chat
from scripts.benches.report import progress
from scripts.benches.search_home import Home, running
from scripts.benches.vectors_data import Vectors

from wooster.config.paths import Paths
from wooster.core.clock import SystemClock
from wooster.memory.model import Line
from wooster.memory.recall.model import Memory
from wooster.memory.recall.service import Recall
from wooster.memory.service import Conversations
from wooster.storage import Database
from wooster.vectors.model import Kind
from wooster.vectors.ports import Embedder, MadeBy


class Remembering:
    """A model whose vectors are remembered by their text, so that a conversation that stands in two
    homes is embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._made: OrderedDict[tuple[str, Kind], np.ndarray] = OrderedDict()
        self.is_here = embedder.is_here
        self.batch_size = embedder.batch_size
        self._by: MadeBy | None = None

    async def made_by(self) -> MadeBy:
        self._by = self._by or await self._embedder.made_by()
        return self._by

    async def embed(
        self, texts: Sequence[str], kind: Kind, dimensions: int, *, background: bool
    ) -> tuple[MadeBy, Vectors]:
        new = [text for text in dict.fromkeys(texts) if (text, kind) not in self._made]
        if new:
            _, vectors = await self._embedder.embed(new, kind, dimensions, background=background)
            for text, vector in zip(new, vectors, strict=True):
                self._made[text, kind] = vector
        return await self.made_by(), np.stack([self._made[text, kind] for text in texts])


@dataclass(frozen=True, slots=True)
class Remembered:
    """A home whose conversations are those of a chat."""

    home: Home
    recall: Recall
    ids: dict[tuple[int, bool], str] = field(default_factory=dict)
    """The set's id of what was said in a turn, as its question or its answer."""
    sessions: dict[str, str] = field(default_factory=dict)

    def said(self, memory: Memory) -> str:
        return self.ids[memory.item, memory.is_answer]


@asynccontextmanager
async def remembering(folder: Path, embedder: Embedder, chat: Chat) -> AsyncIterator[Remembered]:
    """A home in `folder` that has taken `chat` in, all of it embedded."""
    paths = Paths(folder)
    paths.prepare()
    database = Database.open(paths.database, paths.backups)
    clock = SystemClock()
    async with running(paths, database, embedder) as home:
        conversations = Conversations(database, clock, home.search.changed)
        remembered = Remembered(home, Recall(database, home.search, clock))
        started = time.perf_counter()
        for session in chat.sessions:
            spoken = [each for each in session.turns if each.text.strip()]
            lines = [Line(each.speaker, each.text, session.at) for each in spoken]
            said = iter(spoken)
            for turn in await conversations.take_in(lines, "bench"):
                remembered.sessions[turn.session_id] = session.id
                for is_answer, text in ((False, turn.question), (True, turn.answer)):
                    if text:
                        remembered.ids[turn.seq, is_answer] = next(said).id
        taken = time.perf_counter()
        await home.embed()
        progress(
            f"{chat.id}: {len(remembered.ids)} turns of {len(chat.sessions)} sessions taken in in "
            f"{taken - started:.1f} s, embedded after {time.perf_counter() - taken:.0f} s more"
        )
        yield remembered
        await asyncio.sleep(0)
