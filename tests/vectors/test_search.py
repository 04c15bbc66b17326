"""Words and meaning together: what is found, and what is said of what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.embedder import WordEmbedder, vector_of
from tests.vectors.conftest import passages, put, running, search_over, settled
from wooster.core.clock import ManualClock
from wooster.storage import Database
from wooster.vectors import service, store
from wooster.vectors.keeper import IndexKeeper
from wooster.vectors.model import Facets, Maker, Narrowing, NewPassage
from wooster.vectors.service import Search


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder(Maker("words", 64))


@pytest.fixture
def search(
    database: Database, embedder: WordEmbedder, clock: ManualClock, tmp_path: Path
) -> Search:
    return search_over(database, embedder, clock, tmp_path / "vectors")


async def test_vectors_are_not_hidden_by_words(database: Database, search: Search) -> None:
    """In the original, five hits of the full text hid every hit of the vectors."""
    async with running(search):
        await put(database, 1, [f"tea number {n} with much else in it" for n in range(20)])
        await put(database, 2, [f"teapots teapots teapots {n}" for n in range(150)])
        await settled(search)
        found = await search.find_with("tea", vector_of("teapots", Maker("words", 64)))
    assert {hit.document for hit in found.hits} == {1, 2}


async def test_narrowing_holds_for_words_and_for_vectors(
    database: Database, search: Search
) -> None:
    """In the original, vectors leaked other namespaces."""
    async with running(search):
        await put(database, 1, ["garden plan"], project="home")
        await put(database, 2, ["garden plan for work"], project="work")
        await settled(search)
        found = await search.find("garden plan", Narrowing(project="work"))
    assert [hit.document for hit in found.hits] == [2]
    assert found.hits[0].cosine is not None


async def test_a_narrow_search_finds_what_is_far_from_the_question(
    database: Database, search: Search
) -> None:
    """The allowed ones are gathered first where the nearest hold too few of them."""
    async with running(search):
        texts = [f"apple pie {n}" for n in range(600)]
        await put(database, 1, texts)
        await put(database, 2, ["quite another matter"])
        await settled(search)
        found = await search.find("apple", Narrowing(documents=frozenset({2})))
    assert [hit.text for hit in found.hits] == ["quite another matter"]


async def test_what_says_the_same_is_one_hit(database: Database, search: Search) -> None:
    """The best of them stands for the others."""
    async with running(search):
        page = " ".join(f"word{number}" for number in range(50))
        await put(database, 1, [page])
        await put(database, 2, [f"{page} again"])
        await settled(search)
        found = await search.find("word7")
    assert len(found.hits) == 1
    assert len(found.hits[0].alike) == 1


async def test_two_passages_with_one_text_share_a_vector_and_are_both_found(
    database: Database, search: Search, embedder: WordEmbedder
) -> None:
    """One of them folded into the other."""
    async with running(search):
        await put(database, 1, ["buy milk"])
        await put(database, 2, ["buy milk"])
        await settled(search)
        found = await search.find("milk")
    assert len(embedder.embedded) == 1
    assert {found.hits[0].id, *found.hits[0].alike} == {1, 2}


async def test_a_search_says_how_much_it_could_not_look_at(
    database: Database, search: Search, embedder: WordEmbedder
) -> None:
    """Of the collection that was searched; stale never looks like nothing."""
    async with running(search):
        await put(database, 1, ["one", "two"])
        await settled(search)
        embedder.away = "The embed server is loading its model."
        await put(database, 2, ["three"])
        await database.write(lambda c: store.put(c, "memory", 1, passages(["four"])))
        search.changed()
        found = await search.find("three", Narrowing(collections=frozenset({"library"})))
        everything = await search.find("three")
    assert (found.coverage.waiting, found.coverage.passages) == (1, 3)
    assert (everything.coverage.waiting, everything.coverage.passages) == (2, 4)
    assert found.without_meaning == "The embed server is loading its model."
    assert [hit.text for hit in found.hits] == ["three"]
    assert found.words == ("three",)


async def test_an_index_that_cannot_be_built_ends_nothing(
    database: Database, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too little memory for it: what is stored is still embedded and found."""

    async def fail(*_: object) -> None:
        raise RuntimeError("Not enough memory")

    monkeypatch.setattr(IndexKeeper, "catch_up", fail)
    async with running(search):
        for document, text in enumerate(("one thing", "another thing")):
            await put(database, document, [text])
            await settled(search)
        found = await search.find("another")
    assert found.coverage.is_complete
    assert found.hits[0].text == "another thing"


async def test_a_search_while_the_daemon_ends_still_answers(
    database: Database, search: Search
) -> None:
    """Its background work has ended by then."""
    async with running(search):
        await put(database, 1, ["one thing"])
        await settled(search)
    found = await search.find("one")
    assert [hit.cosine is not None for hit in found.hits] == [True]


async def test_a_repeated_question_is_embedded_once(
    database: Database, search: Search, embedder: WordEmbedder
) -> None:
    """Its vector is remembered while the daemon runs, and in no table."""
    async with running(search):
        await put(database, 1, ["one"])
        await settled(search)
        await search.find("one")
        await search.find("one")
    assert embedder.queries == ["one"]


async def test_with_fewer_dimensions_wanted_the_old_vectors_are_searched_till_the_swap(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """The model can be asked for the length that the old set has."""
    embedder = WordEmbedder(Maker("words", 64))
    async with running(search_over(database, embedder, clock, tmp_path)) as search:
        await put(database, 1, ["first words", "other words"])
        await settled(search)
        embedder.maker = Maker("words", 32)
        embedder.fails_at = frozenset({len(embedder.requests) + 1})
        found = await search.find("first")
        assert found.without_meaning == ""
        await settled_anyway(search, embedder)
        found = await search.find("first")
    assert found.coverage.is_complete
    assert found.hits[0].cosine is not None


async def test_while_another_model_embeds_everything_its_words_are_found(
    database: Database, search: Search, embedder: WordEmbedder
) -> None:
    """Vectors of different models never meet: the question has a vector of the new one only."""
    async with running(search):
        await put(database, 1, ["first words", "other words"])
        await settled(search)
        embedder.maker = Maker("another", 16)
        found = await search.find("first")
        assert found.hits[0].text == "first words"
        assert found.without_meaning == "everything is being embedded anew by another"
        await settled_anyway(search, embedder)
        found = await search.find("first")
    assert found.without_meaning == ""
    assert found.coverage.model == "another"


async def settled_anyway(search: Search, embedder: WordEmbedder) -> None:
    """When the set that is searched is that of the embedder's model."""
    search.changed()
    embedder.fails_at = frozenset()
    while (await search.made_by()) != embedder.maker:
        search.changed()
        await asyncio.sleep(0.02)


async def test_another_ranker_takes_part_where_there_is_one(
    database: Database, search: Search
) -> None:
    """A model that reads question and passage together goes over the best."""

    class Shortest:
        async def scores(self, text: str, passages: Sequence[str]) -> Sequence[float]:
            return [-float(len(each)) for each in passages]

    async with running(search):
        await put(database, 1, ["word and a long sentence about it", "word"], title="T")
        await settled(search)
        search.rerank_with(Shortest())
        found = await search.find("word")
    assert [hit.text for hit in found.hits] == ["word", "word and a long sentence about it"]
    assert found.hits[0].score == -len("T\n\nword")


@pytest.mark.parametrize("line", ["", "   ", "…", "\"'* OR NEAR(", "\x00\ud800", "the of"])
async def test_a_line_of_any_bytes_is_safe(database: Database, search: Search, line: str) -> None:
    """Whether or not anything is stored."""
    async with running(search):
        assert (await search.find(line)).hits == ()
        await database.write(
            lambda c: store.put(c, "library", 1, [NewPassage("k", "", "text", "", Facets())])
        )
        await settled(search)
        await search.find(line)


async def test_words_find_where_the_question_is_not_embedded_in_time(
    database: Database, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person who asks waits for a slow server so long and no longer, and is told."""
    async with running(search):
        await put(database, 1, ["garden plan"])
        await settled(search)

        async def never(*_: object, **__: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(service, "_PATIENCE_S", 0.01)
        monkeypatch.setattr(WordEmbedder, "embed", never)
        found = await search.find("garden")
    assert [hit.document for hit in found.hits] == [1]
    assert found.without_meaning == "the embedding server takes too long"
