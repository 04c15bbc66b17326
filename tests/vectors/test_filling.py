"""Embedding in the background: once for each text, and nothing forgotten, whatever fails."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.embedder import WordEmbedder, vector_of
from tests.vectors.conftest import SETTINGS, findings, put, running, search_over, settled
from wooster.core.clock import ManualClock
from wooster.core.errors import Busy, ModelRefused, ModelUnavailable
from wooster.storage import Database
from wooster.vectors import sets, store
from wooster.vectors.filling import Filling
from wooster.vectors.model import Maker
from wooster.vectors.sets import VectorSet


async def nothing() -> None:
    """What is done after a batch: here nothing."""


def filling(database: Database, embedder: WordEmbedder, clock: ManualClock) -> Filling:
    return Filling(database, embedder, "float32", clock, lambda event, fields: None)


async def there(database: Database) -> dict[sets.State, VectorSet]:
    return dict(await database.read(sets.all_sets))


async def waiting(database: Database) -> int:
    current = (await there(database))["current"]
    return await database.read(lambda c: sets.waiting_count(c, current))


async def test_a_thousand_texts_are_sixteen_requests_and_then_none(
    database: Database, clock: ManualClock
) -> None:
    """Batches of 64; a second run sends nothing."""
    embedder = WordEmbedder()
    await put(database, 1, [f"text number {n}" for n in range(1000)])
    fill = filling(database, embedder, clock)
    await fill.once(embedder, nothing)
    assert len(embedder.requests) == 16
    await filling(database, embedder, clock).once(embedder, nothing)
    assert len(embedder.requests) == 16
    assert await findings(database) == []


async def test_texts_of_about_one_length_go_together(
    database: Database, clock: ManualClock
) -> None:
    """The shorter texts of a batch are padded to the longest."""
    embedder = WordEmbedder(batch_size=2)
    await put(database, 1, ["a", "b " * 90, "c", "d " * 90])
    await filling(database, embedder, clock).once(embedder, nothing)
    assert [sorted(map(len, request)) for request in embedder.requests] == [[1, 1], [180, 180]]


async def test_whatever_request_fails_nothing_is_lost(
    database: Database, clock: ManualClock
) -> None:
    """For every N: the N-th fails, what came before is kept, and the next pass ends it."""
    for number in range(1, 6):
        texts = [f"round {number} text {n}" for n in range(20)]
        await put(database, number, texts)
        embedder = WordEmbedder(batch_size=4, fails_at=frozenset({number}))
        fill = filling(database, embedder, clock)
        with pytest.raises(ModelUnavailable):
            await fill.once(embedder, nothing)
        assert await waiting(database) == 20 - 4 * (number - 1)
        await fill.once(embedder, nothing)
        assert await waiting(database) == 0
        assert len(embedder.embedded) == 24, "only the request that failed is sent again"
        assert await findings(database) == []


async def test_a_server_that_is_away_is_waited_for(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """The text is found by its words at once, and by its meaning when the server is back."""
    embedder = WordEmbedder(away="No embedding server answers.")
    search = search_over(database, embedder, clock, tmp_path)
    async with running(search):
        await put(database, 1, ["the lighthouse keeper"])
        with pytest.raises(ModelUnavailable, match="No embedding server answers"):
            await settled(search)
        found = await search.find("lighthouse")
        assert [hit.text for hit in found.hits] == ["the lighthouse keeper"]
        assert found.coverage.waiting == 1
        assert found.coverage.problem == "No embedding server answers."
        embedder.away = ""
        search.changed()
        while (await search.coverage()).waiting:
            await asyncio.sleep(0.01)
        found = await search.find("lighthouse")
    assert found.coverage.is_complete
    assert found.without_meaning == ""
    assert found.hits[0].cosine is not None


async def test_a_refused_text_is_put_aside_and_the_rest_goes_on(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """It is counted, is still found by its words, and isn't sent for ever."""
    embedder = WordEmbedder(refused="poison")
    texts = [f"text {n}" for n in range(30)]
    await put(database, 1, [*texts, "poison apple"])
    fill = filling(database, embedder, clock)
    await fill.once(embedder, nothing)
    search = search_over(database, embedder, clock, tmp_path)
    coverage = await search.coverage()
    assert (coverage.waiting, coverage.refused) == (0, 1)
    assert "poison apple" in {hit.text for hit in (await search.find("apple", limit=2)).hits}
    sent = len(embedder.requests)
    await fill.once(embedder, nothing)
    assert len(embedder.requests) == sent


async def test_another_model_grows_beside_and_takes_over_in_one_step(
    database: Database, clock: ManualClock
) -> None:
    """Until it is complete the old set is the current one; then the old vectors go."""
    old = WordEmbedder()
    await put(database, 1, [f"text {n}" for n in range(10)])
    fill = filling(database, old, clock)
    await fill.once(old, nothing)
    new = WordEmbedder(Maker("other", 32), batch_size=4, fails_at=frozenset({4}))
    with pytest.raises(ModelUnavailable):
        await fill.once(new, nothing)
    halfway = await there(database)
    assert halfway["current"].maker == old.maker
    assert halfway["growing"].maker == new.maker
    assert await database.read(lambda c: sets.count(c, halfway["growing"])) == 8
    await fill.once(new, nothing)
    after = await there(database)
    assert after["current"].maker == new.maker
    assert "growing" not in after
    assert len(new.embedded) == 1 + 8 + 4, "what was embedded before the failure isn't again"
    await fill.once(new, nothing)
    left = await database.read(lambda c: c.execute("SELECT count(*) FROM vectors").fetchone()[0])
    assert left == 10
    assert await findings(database) == []


async def test_a_model_that_goes_back_leaves_the_old_set_in_place(
    database: Database, clock: ManualClock
) -> None:
    """What had grown of the other is removed."""
    old, new = WordEmbedder(), WordEmbedder(Maker("other", 8), fails_at=frozenset({2}))
    await put(database, 1, ["one", "two"])
    fill = filling(database, old, clock)
    await fill.once(old, nothing)
    with pytest.raises(ModelUnavailable):
        await fill.once(new, nothing)
    assert "growing" in await there(database)
    await fill.once(old, nothing)
    await fill.once(old, nothing)
    assert {state: each.maker for state, each in (await there(database)).items()} == {
        "current": old.maker
    }


async def test_a_model_that_will_take_over_embeds_everything_before_it_does(
    database: Database, clock: ManualClock
) -> None:
    """Until then the old vectors are searched, and nobody fills anything for the old model."""
    old, new = WordEmbedder(), WordEmbedder(Maker("other", 8))
    await put(database, 1, ["one", "two"])
    fill = filling(database, old, clock)
    await fill.once(old, nothing)
    async with fill.filled_for(new, nothing), asyncio.TaskGroup() as tasks:
        assert (await there(database))["current"].maker == old.maker
        assert sorted(new.embedded) == ["a", "one", "two"]
        background = tasks.create_task(fill.once(new, nothing))
        await asyncio.sleep(0)
        assert not background.done(), "it waits until the new model is the one to ask"
        background.cancel()
    await fill.once(new, nothing)
    assert (await there(database))["current"].maker == new.maker
    assert sorted(new.embedded) == ["a", "one", "two"]


async def test_a_rebuild_goes_on_where_it_broke_off(database: Database, clock: ManualClock) -> None:
    """Begun twice, it is one rebuild, and no text is embedded twice for it."""
    embedder = WordEmbedder(batch_size=5)
    await put(database, 1, [f"text {n}" for n in range(20)])
    fill = filling(database, embedder, clock)
    await fill.once(embedder, nothing)
    embedder.requests.clear()
    embedder.fails_at = frozenset({3})
    await fill.begin_anew()
    with pytest.raises(ModelUnavailable):
        await fill.once(embedder, nothing)
    again = filling(database, embedder, clock)  # the daemon was killed and started again
    await again.begin_anew()
    await again.once(embedder, nothing)
    assert len(embedder.embedded) == 20 + 5
    assert set(await there(database)) == {"current", "leaving"}


async def test_a_new_text_during_a_rebuild_is_embedded_once_for_both_sets(
    database: Database, clock: ManualClock
) -> None:
    """The model is the same: one request serves the set that is searched and the one that grows."""
    embedder = WordEmbedder()
    await put(database, 1, ["one"])
    fill = filling(database, embedder, clock)
    await fill.once(embedder, nothing)
    await fill.begin_anew()
    await put(database, 2, ["two"])
    await fill.once(embedder, nothing)
    assert sorted(embedder.embedded) == ["one", "one", "two"]


async def test_a_text_that_goes_while_it_is_embedded_leaves_no_vector(
    database: Database, clock: ManualClock
) -> None:
    """Its document was deleted meanwhile."""

    class Deleting(WordEmbedder):
        async def embed(self, texts, kind, dimensions, *, background):  # type: ignore[no-untyped-def]
            await database.write(lambda c: store.drop(c, "library", 1))
            return await WordEmbedder.embed(self, texts, kind, dimensions, background=background)

    embedder = Deleting()
    await put(database, 1, ["one"])
    await filling(database, embedder, clock).once(embedder, nothing)
    assert await findings(database) == []
    count = await database.read(lambda c: c.execute("SELECT count(*) FROM vectors").fetchone()[0])
    assert count == 0


async def test_what_stays_isnt_sent_to_another_machine(
    database: Database, clock: ManualClock
) -> None:
    """Not even an own one; when the model is here again, it is embedded after all."""
    own = WordEmbedder(is_here=False)
    await put(database, 1, ["open words"])
    await put(database, 2, ["secret words"], stays=True)
    fill = filling(database, own, clock)
    await fill.once(own, nothing)
    assert own.embedded == ["open words"]
    assert await waiting(database) == 0
    here = replace(own, is_here=True, requests=[])
    await fill.once(here, nothing)
    assert here.embedded == ["secret words"]
    assert await findings(database) == []


async def test_what_becomes_private_meanwhile_isnt_sent_to_another_machine(
    database: Database, clock: ManualClock
) -> None:
    """Nor what is deleted meanwhile: each batch is looked at again before it goes."""

    class Changing(WordEmbedder):
        async def embed(self, texts, kind, dimensions, *, background):  # type: ignore[no-untyped-def]
            await put(database, 2, ["two words"], stays=True)
            await database.write(lambda c: store.drop(c, "library", 3))
            return await WordEmbedder.embed(self, texts, kind, dimensions, background=background)

    own = Changing(is_here=False, batch_size=1)
    for document, text in enumerate(("one", "two words", "and three words"), 1):
        await put(database, document, [text])
    await filling(database, own, clock).once(own, nothing)
    assert own.embedded == ["one"]
    assert await findings(database) == []


class Refusing(WordEmbedder):
    """A server that has one answer."""

    async def embed(self, texts, kind, dimensions, *, background):  # type: ignore[no-untyped-def]
        self.requests.append(list(texts))
        raise ModelRefused("no such model")


async def test_a_server_that_refuses_whatever_it_is_sent_refuses_no_text(
    database: Database, clock: ManualClock
) -> None:
    """What waits goes on waiting, and a rebuild doesn't put nothing in the place of vectors."""
    good, bad = WordEmbedder(), Refusing()
    await put(database, 1, [f"text {n}" for n in range(10)])
    with pytest.raises(ModelUnavailable, match="refuses every text: no such model"):
        await filling(database, bad, clock).once(bad, nothing)
    assert await waiting(database) == 10
    await filling(database, good, clock).once(good, nothing)
    fill = filling(database, bad, clock)
    await fill.begin_anew()
    sent = len(bad.requests)
    with pytest.raises(ModelUnavailable):
        await fill.once(bad, nothing)
    assert len(bad.requests) == sent + 2
    current = (await there(database))["current"]
    assert await database.read(lambda c: sets.count(c, current)) == 10
    assert await findings(database) == []


async def test_a_server_that_is_another_at_each_answer_begins_nothing(
    database: Database, clock: ManualClock
) -> None:
    """Everything is embedded anew only by a model that makes what it says that it makes."""

    class Flipping(WordEmbedder):
        async def made_by(self) -> Maker:
            self.maker = Maker("other", self.maker.dimensions + 1)
            return self.maker

        async def embed(self, texts, kind, dimensions, *, background):  # type: ignore[no-untyped-def]
            await self.made_by()
            return await WordEmbedder.embed(self, texts, kind, dimensions, background=background)

    old, flipping = WordEmbedder(), Flipping()
    await put(database, 1, ["one", "two"])
    fill = filling(database, old, clock)
    await fill.once(old, nothing)
    for _ in range(3):
        with pytest.raises(ModelUnavailable, match="became other meanwhile"):
            await fill.once(flipping, nothing)
    assert set(await there(database)) == {"current"}


async def test_a_text_without_end_is_cut_and_one_without_words_has_a_vector_too(
    database: Database, clock: ManualClock
) -> None:
    """Servers refuse the empty text, and no model reads ten million characters."""
    embedder = WordEmbedder()
    await put(database, 1, ["", "long " * 2_000_000], title="")
    await filling(database, embedder, clock).once(embedder, nothing)
    assert [len(text) for text in embedder.embedded] == [1, 131_072]
    assert await findings(database) == []


async def test_a_rebuild_of_nothing_begins_nothing(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """And what is stored then is searched as it is embedded, not when all of it is."""
    embedder = WordEmbedder()
    async with running(search_over(database, embedder, clock, tmp_path)) as search:
        coverage = await search.rebuild(lambda progress: None)
        assert coverage.passages == 0
        await put(database, 1, ["one"])
        await settled(search)
    assert {each.state for each in (await there(database)).values()} == {"current"}


async def test_a_rebuild_waits_for_nothing_while_another_model_embeds_everything(
    database: Database, clock: ManualClock
) -> None:
    """It would throw away what has grown."""
    old, new = WordEmbedder(), WordEmbedder(Maker("other", 8))
    await put(database, 1, ["one"])
    fill = filling(database, old, clock)
    await fill.once(old, nothing)
    async with fill.filled_for(new, nothing):
        with pytest.raises(Busy):
            await fill.begin_anew()
        assert (await there(database))["growing"].maker == new.maker
    await fill.begin_anew()


async def test_a_rebuild_that_was_begun_with_another_precision_begins_again(
    database: Database, clock: ManualClock
) -> None:
    """Its setting was changed and the daemon started again meanwhile."""
    embedder = WordEmbedder()
    await put(database, 1, ["one"])
    half = Filling(database, embedder, "float16", clock, lambda event, fields: None)
    fill = filling(database, embedder, clock)
    await fill.once(embedder, nothing)
    await half.begin_anew()
    await fill.begin_anew()
    await fill.once(embedder, nothing)
    assert len(embedder.embedded) == 2
    assert (await there(database))["current"].precision == "float32"


async def test_a_rebuild_isnt_ended_by_a_problem_of_another_time(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """The server was away, and nobody looked since."""
    embedder = WordEmbedder()
    search = search_over(database, embedder, clock, tmp_path)
    async with running(search):
        await put(database, 1, ["one"])
        await settled(search)
        embedder.away = "No embedding server answers."
        search.changed()
        while not search._filling.problem:
            await asyncio.sleep(0.01)
        embedder.away = ""
        coverage = await search.rebuild(lambda progress: None)
    assert coverage.is_complete
    assert embedder.embedded == ["one", "one"]


@pytest.mark.parametrize("precision", ["float16", "float32"])
async def test_vectors_come_back_as_they_were_made(
    database: Database, clock: ManualClock, tmp_path: Path, precision: str
) -> None:
    """Within what half a float's digits can say."""
    embedder = WordEmbedder()
    await put(database, 1, ["one fine day"])
    settings = SETTINGS.model_copy(update={"precision": precision})
    async with running(search_over(database, embedder, clock, tmp_path, settings)) as search:
        await settled(search)
        found = await search.find_with("", vector_of("one fine day", embedder.maker))
    assert found.hits[0].cosine == pytest.approx(1.0, abs=1e-3 if precision == "float16" else 1e-6)
