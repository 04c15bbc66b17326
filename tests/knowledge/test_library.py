"""Searching, quoting and opening; and the library that runs."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.knowledge.conftest import Shelf
from tests.vectors.conftest import running as searching
from tests.vectors.conftest import settled as embedded
from wooster.core.errors import NotFound, UsageError
from wooster.knowledge import keeping, updating
from wooster.knowledge.reader import Reader


@asynccontextmanager
async def running(shelf: Shelf) -> AsyncIterator[None]:
    """The library at work in the background, for the block."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(shelf.library.run())
        try:
            yield
        finally:
            shelf.library.stop()


async def until_found(shelf: Shelf, words: str, names: list[str]) -> None:
    async with asyncio.timeout(30):
        while await shelf.found(words) != names:
            await asyncio.sleep(0.02)


async def test_with_the_readers_own_process(shelf: Shelf) -> None:
    """The real reader: good and broken files, and a name that is no text."""
    reader = Reader()
    shelf.reader = reader  # type: ignore[assignment]
    shelf.reopened()
    shelf.write(os.fsdecode(b"no\xfftext.md"), "# Apples\n\nred")
    shelf.write("bad.pdf", "%PDF-1.7 no more")
    await shelf.library.wait_until_settled()
    assert [each.title for each in await shelf.library.documents(9)] == ["Apples"]
    assert [each.path for each in await shelf.library.problems()] == [str(shelf.vault / "bad.pdf")]
    await reader.close()


# --- searching --------------------------------------------------------------------------------


async def test_a_hit_says_where_it_stands(shelf: Shelf) -> None:
    """Title, headings, path, line and the words that are in it."""
    shelf.write("house.md", "# House\n\n## Kitchen\n\nTwo taps drip.\n")
    await shelf.settled()
    (found,) = (await shelf.library.search("dripping taps")).found
    source = found.source
    assert (source.number, source.title, source.path) == (1, "House", shelf.vault / "house.md")
    assert "taps" in found.words
    assert source.line >= 1


async def test_filters_narrow(shelf: Shelf) -> None:
    """Tags, project, place and time; filters alone give the newest."""
    shelf.write("projects/Home/a.md", "---\ntags: t\ndate: 2026-01-02\n---\napples")
    shelf.write("letters/b.md", "---\ndate: 2025-01-02\n---\napples")
    await shelf.settled()
    for query, names in {
        "apples tag:t": ["a.md"],
        "project:home apples": ["a.md"],
        "in:LETTERS apples": ["b.md"],
        "in:nowhere apples": [],
        "apples until:2025": ["b.md"],
        "since:2026-01-02 apples until:2026-01-02": ["a.md"],
        "since:2020": ["a.md", "b.md"],
        "tag:t": ["a.md"],
    }.items():
        assert await shelf.found(query) == names, query


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text())
async def test_any_query_is_safe(shelf: Shelf, query: str) -> None:
    """Nothing of it is read as a query's syntax."""
    try:
        await shelf.library.search(query)
    except UsageError:
        pass
    await shelf.library.quotable(query)


async def test_a_search_says_what_is_missing(shelf: Shelf) -> None:
    """Passages that aren't embedded yet, and why only words were searched."""
    shelf.write("a.md", "apples")
    await shelf.settled()
    result = await shelf.library.search("apples")
    assert result.coverage.passages == 1
    assert result.without_meaning


async def test_a_question_is_answered_from_what_is_relevant(shelf: Shelf) -> None:
    """By words and by meaning, with citations; nothing for another question, and the budget
    holds."""
    shelf.write("a.md", "# Boiler\n\nThe boiler pressure should be 1.5 bar.")
    shelf.write("b.md", "# Garden\n\nPlant tulips in autumn.")
    async with searching(shelf.search):
        await shelf.settled()
        await embedded(shelf.search)
        quotable = await shelf.library.quotable("What pressure should the boiler have?")
        assert [each.path.name for each in quotable.sources] == ["a.md"]
        assert [each.number for each in quotable.sources] == [1]
        assert quotable.note == ""
        assert (await shelf.library.quotable("Who was the king of Siam?")).sources == ()
        cut = await shelf.library.quotable("What pressure should the boiler have?", 6, 5)
        assert all(len(each.text) < 20 for each in cut.sources)
    assert (await shelf.library.open("1")).links.document.title == "Boiler"


async def test_a_date_that_there_is_not_is_no_error_in_a_question(shelf: Shelf) -> None:
    """A question is a sentence, whatever stands in it."""
    shelf.write("a.md", "since:2026-13-01 is an odd apple")
    await shelf.settled()
    await shelf.library.quotable("odd apple since:2026-13-01")
    with pytest.raises(UsageError):
        await shelf.library.search("odd apple since:2026-13-01")


# --- opening ----------------------------------------------------------------------------------


async def test_opening_by_number_path_title_and_alias(shelf: Shelf) -> None:
    """The number is that of the last search; a name that two have is told with their paths."""
    text = "\n\n".join(f"## Part {i}\n\n" + f"word{i} " * 200 for i in range(4))
    shelf.write("x/long.md", f"---\naliases: Tome\n---\n# Long\n\n{text}")
    shelf.write("y/long.md", "other")
    await shelf.settled()
    await shelf.library.search("word2")
    opened = await shelf.library.open("1")
    assert "word2" in opened.text
    assert "word1" in opened.before
    assert "word3" in opened.after
    for name in ("Tome", "x/long", str(shelf.vault / "x/long.md"), "LONG.MD", "long"):
        if name in ("LONG.MD", "long"):
            with pytest.raises(UsageError, match="2 documents") as error:
                await shelf.library.open(name)
            assert "y/long.md" in error.value.hint
        else:
            assert (await shelf.library.open(name)).links.document.title == "Long"
    with pytest.raises(NotFound, match="no result 7: the last search found 1 result"):
        await shelf.library.open("7")


async def test_opening_what_is_gone_since_the_search(shelf: Shelf) -> None:
    """It says so."""
    path = shelf.write("a.md", "apples")
    await shelf.settled()
    await shelf.library.search("apples")
    path.unlink()
    await shelf.settled()
    with pytest.raises(NotFound, match="gone"):
        await shelf.library.open("1")


# --- running ----------------------------------------------------------------------------------


async def test_edits_are_seen_while_it_runs(shelf: Shelf) -> None:
    """Made, edited, renamed and deleted files are found and not found soon after, by events."""
    shelf.write("a.md", "apples")
    async with running(shelf):
        await until_found(shelf, "apples", ["a.md"])
        shelf.write("new/b.md", "pears")
        await until_found(shelf, "pears", ["b.md"])
        shelf.write("new/b.md", "plums")
        await until_found(shelf, "plums", ["b.md"])
        (shelf.vault / "new").rename(shelf.vault / "old")
        await until_found(shelf, "in:old plums", ["b.md"])
        (shelf.vault / "old" / "b.md").unlink()
        await until_found(shelf, "plums", [])
    assert await shelf.findings() == []


async def test_a_folder_that_can_not_be_watched_is_compared(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every so often, without any event; and it is logged."""
    import watchfiles

    def unwatchable(*_: object, **__: object) -> AsyncIterator[set[tuple[object, str]]]:
        raise OSError("no space left on device")

    monkeypatch.setattr(watchfiles, "awatch", unwatchable)
    monkeypatch.setattr(keeping, "TICK_S", 0.01)
    monkeypatch.setattr(keeping, "_TICKS_TO_ALL", 2)
    async with running(shelf):
        shelf.write("a.md", "apples")
        await until_found(shelf, "apples", ["a.md"])
    assert "library.unwatched" in [event for event, _ in shelf.logged]


async def test_a_folder_that_appears_is_read(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of the settings that wasn't there, or a disk that comes back."""
    monkeypatch.setattr(keeping, "TICK_S", 0.01)
    shelf.reopened(folders=["notes"])
    async with running(shelf):
        await shelf.library.follow(lambda done, total: None)
        (shelf.home / "notes").mkdir()
        (shelf.home / "notes" / "a.md").write_text("apples")
        await until_found(shelf, "apples", ["a.md"])


async def test_adding_tells_how_it_goes_and_a_stop_is_made_up_for(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the middle, what was read is kept, and the next start reads the rest only."""
    monkeypatch.setattr(updating, "_BATCH_FILES", 4)
    shelf.reopened(folders=[])
    for i in range(20):
        shelf.write(f"{i}.md", f"apples {i}")
    told: list[tuple[int, int]] = []

    def stop_in_the_middle(done: int, total: int) -> None:
        told.append((done, total))
        if done >= 8:
            shelf.library.stop()

    async with running(shelf):
        await shelf.library.add(str(shelf.vault))
        await shelf.library.follow(stop_in_the_middle)
    kept = len(await shelf.library.documents(100))
    assert told[0][1] == 20
    assert 0 < kept < 20
    shelf.reopened()
    assert len(await shelf.settled()) == 20 - kept


async def test_what_changes_meanwhile_is_not_waited_for(shelf: Shelf) -> None:
    """Files that are changed again and again elsewhere hold up nobody who adds a folder."""
    other = shelf.home / "other"
    other.mkdir()
    busy = shelf.write("busy.md", "apples 0")

    async def change() -> None:
        for number in itertools.count():
            busy.write_text(f"apples {number}")
            shelf.library.keeping.mark([str(busy)])
            await asyncio.sleep(0)

    async with running(shelf):
        changing = asyncio.ensure_future(change())
        try:
            (other / "a.md").write_text("pears")
            await shelf.library.add(str(other))
            async with asyncio.timeout(30):
                await shelf.library.follow(lambda done, total: None)
        finally:
            changing.cancel()
        assert str(other / "a.md") in {each.path for each in await shelf.library.documents(9)}


async def test_removing_does_not_wait_for_a_long_read(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pass makes way, and goes on without the folder."""
    monkeypatch.setattr(updating, "_BATCH_FILES", 1)
    shelf.reopened(folders=[])
    for i in range(50):
        shelf.write(f"{i}.md", f"apples {i}")
    async with running(shelf):
        await shelf.library.add(str(shelf.vault))
        begun = asyncio.Event()

        def tell(done: int, _: int) -> None:
            if done:
                begun.set()

        following = asyncio.ensure_future(shelf.library.follow(tell))
        await begun.wait()
        assert 0 < await shelf.library.remove(str(shelf.vault)) < 50
        await following
        assert await shelf.library.documents(9) == []
        assert await shelf.library.folders() == []
    assert await shelf.findings() == []


async def test_a_client_that_leaves_does_not_stop_the_reading(shelf: Shelf) -> None:
    """The daemon goes on."""
    shelf.reopened(folders=[])
    shelf.write("a.md", "apples")
    async with running(shelf):
        await shelf.library.add(str(shelf.vault))
        following = asyncio.ensure_future(shelf.library.follow(lambda done, total: None))
        await asyncio.sleep(0)
        following.cancel()
        await until_found(shelf, "apples", ["a.md"])


async def test_a_removal_that_is_left_goes_on(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C after the folder left the list doesn't leave half of its files behind."""
    shelf.reopened(folders=[])
    for i in range(5):
        shelf.write(f"{i}.md", f"apples {i}")
    async with running(shelf):
        path = (await shelf.library.add(str(shelf.vault))).path
        await shelf.library.follow(lambda done, total: None)
        assert len(await shelf.library.documents(9)) == 5
        begun, never = asyncio.Event(), asyncio.Event()

        async def hang(*_: object) -> None:
            begun.set()
            await never.wait()

        with monkeypatch.context() as patched:
            patched.setattr(keeping.Keeping, "_leave", hang)
            async with asyncio.TaskGroup() as tasks:
                removing = tasks.create_task(shelf.library.remove(path))
                await begun.wait()
                removing.cancel()
        await shelf.library.follow(lambda done, total: None)
        assert await shelf.library.documents(9) == []
