"""Nearness to examples, by an embedder that may be slow, away, or another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.embedder import WordEmbedder
from wooster.actions.sentences import nearest
from wooster.actions.sentences.nearest import TALK, Nearest
from wooster.vectors.model import Kind, Maker

EXAMPLES = {
    "run": ("I ran today", "I ran far today", "went for a run"),
    "list": ("show the list", "show me the whole list"),
    TALK: ("hello there", "what is love", "tell me a joke"),
}
COUNT = sum(map(len, EXAMPLES.values()))


class Slow(WordEmbedder):
    """Keeps who asks waiting."""

    async def embed(
        self, texts: Sequence[str], kind: Kind, dimensions: int, *, background: bool
    ) -> tuple[Maker, Any]:
        if not background:
            self.queries.extend(texts)
            await asyncio.Event().wait()
        return await super().embed(texts, kind, dimensions, background=background)


class Told:
    """What was logged, and waiting for it."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._came = asyncio.Event()

    def __call__(self, event: str, fields: dict[str, Any]) -> None:
        self.events.append((event, fields))
        self._came.set()

    async def times(self, event: str, count: int) -> dict[str, Any]:
        while sum(name == event for name, _ in self.events) < count:
            self._came.clear()
            await self._came.wait()
        return self.events[-1][1]


@asynccontextmanager
async def learning(embedder: WordEmbedder, path: Path, told: Told) -> AsyncIterator[Nearest]:
    made = Nearest(embedder, path, lambda: EXAMPLES, told)
    task = asyncio.get_running_loop().create_task(made.run())
    try:
        yield made
    finally:
        task.cancel()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "sentences.npz"


async def learnt(embedder: WordEmbedder, path: Path, asked: str) -> dict[str, float] | None:
    """How near `asked` is once all is learnt."""
    told = Told()
    async with learning(embedder, path, told) as made:
        await told.times("sentences.learnt", 1)
        return await made.to(asked)


async def test_a_sentence_is_nearest_to_what_it_is_like(file: Path) -> None:
    """Of each action's examples, and of talk."""
    scores = await learnt(WordEmbedder(Maker("words", 64)), file, "I ran today")
    assert scores is not None
    assert set(scores) == set(EXAMPLES)
    assert max(scores, key=lambda each: scores[each]) == "run"


def sent_to(embedder: WordEmbedder) -> int:
    return len(embedder.embedded) + len(embedder.queries)


async def test_a_restart_embeds_nothing_again(file: Path) -> None:
    """The file has the examples' vectors; another model, or a file that is broken, makes them
    anew."""
    first = WordEmbedder()
    await learnt(first, file, "I ran today")
    assert sent_to(first) == COUNT + 1
    second = WordEmbedder()
    await learnt(second, file, "I ran today")
    assert sent_to(second) == 1
    third = WordEmbedder(Maker("other", 16))
    await learnt(third, file, "I ran today")
    assert sent_to(third) == COUNT + 1
    file.write_bytes(file.read_bytes()[:200])
    fourth = WordEmbedder(Maker("other", 16))
    await learnt(fourth, file, "I ran today")
    assert sent_to(fourth) == COUNT + 1


async def test_nothing_is_known_before_it_is_learnt_and_while_the_server_is_away(
    file: Path,
) -> None:
    """A turn doesn't wait for it; that it isn't there is told in the log."""
    embedder, told = WordEmbedder(away="it isn't there"), Told()
    async with learning(embedder, file, told) as made:
        assert await made.to("I ran today") is None
        assert (await told.times("sentences.not_learnt", 1))["reason"] == "it isn't there"
    embedder.away, told = "", Told()
    async with learning(embedder, file, told) as made:
        await told.times("sentences.learnt", 1)
        assert await made.to("I ran today") is not None
        embedder.away = "it went"
        assert await made.to("I ran today") is None


async def test_another_model_is_learnt_when_it_answers(file: Path) -> None:
    """Vectors of two models are never compared."""
    embedder, told = WordEmbedder(), Told()
    async with learning(embedder, file, told) as made:
        await told.times("sentences.learnt", 1)
        embedder.maker = Maker("other", 16)
        assert await made.to("I ran today") is None
        await told.times("sentences.learnt", 2)
        assert await made.to("I ran today") is not None


async def test_a_slow_server_is_waited_for_once(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it isn't asked for a while, so that no turn waits again."""
    monkeypatch.setattr(nearest, "TIMEOUT_S", 0.001)
    embedder, told = Slow(), Told()
    async with learning(embedder, file, told) as made:
        await told.times("sentences.learnt", 1)
        embedder.queries.clear()
        assert await made.to("I ran today") is None
        assert await made.to("I ran today") is None
    assert embedder.queries == ["I ran today"]
