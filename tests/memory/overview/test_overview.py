"""Memory as a whole over a database: counted, checked, and written out to a folder."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOON
from wooster.actions.registry import Registry
from wooster.core.clock import ManualClock
from wooster.core.errors import DiskFull, UsageError
from wooster.memory import store as turns_store
from wooster.memory.distilling import store as distillations
from wooster.memory.episodes import store as episodes
from wooster.memory.episodes.model import Span, Told
from wooster.memory.facts import store as facts
from wooster.memory.facts.model import ME, PERSON, Observation
from wooster.memory.model import Ending, Line, Turn
from wooster.memory.overview import store
from wooster.memory.overview.actions import actions
from wooster.memory.overview.service import COLLECTIONS, Overview
from wooster.memory.recall.model import Memory
from wooster.memory.service import Conversations
from wooster.storage import Database
from wooster.vectors.model import Coverage


async def half_embedded(collection: str) -> Coverage:
    return Coverage(passages=4, waiting=2 if collection == "turns" else 0)


@pytest.fixture
def overview(database: Database, clock: ManualClock) -> Overview:
    return Overview(database, clock, half_embedded)


@pytest.fixture
def registry(overview: Overview, clock: ManualClock) -> Registry:
    registry = Registry()
    for action in actions(lambda: overview, clock):
        registry.add(action)
    return registry


async def say(
    database: Database, clock: ManualClock, question: str, answer: str, session: str | None = None
) -> Turn:
    kept = Conversations(database, clock)
    turn = await kept.begin(question, session, "repl")
    await kept.keep(turn, 0, answer)
    await kept.end(turn, Ending("done", "local", "m"))
    return turn


async def learn(
    database: Database, key: str, value: str, turn: Turn | None = None, **given: Any
) -> int:
    told: dict[str, Any] = {
        "category": "preference",
        "subject": ME,
        "statement": "",
        "confidence": 0.9,
        "source": "explicit",
        "made_by": "rules",
        "quote": f"I said {value}",
        "observed": NOON,
        "turn_seq": None if turn is None else turn.seq,
        **given,
    }
    new = Observation(key=key, value=value, **told)
    learned = await database.write(lambda c: facts.learn(c, new, NOON))
    assert learned.fact is not None
    return learned.fact.id


async def tell(
    database: Database, turn: Turn, summary: str, made_by: str = "rules", todo: str = ""
) -> int:
    followups = ((turn.seq, todo),) if todo else ()
    span = Span("session", turn.asked, turn.asked, turn.session_id, turn.seq, turn.seq)
    told = Told(summary, topics=("tea",), followups=followups)
    return await database.write(lambda c: episodes.add(c, span, told, made_by))


async def run(registry: Registry, name: str, **given: Any) -> Any:
    return await registry.prepare(name, given).run(lambda _: None)


# --- counting ---------------------------------------------------------------------------------


async def test_an_empty_memory_is_counted(registry: Registry) -> None:
    """Nothing is nothing, and is no error."""
    result = await run(registry, "memory_stats")
    assert (result.data["sessions"], result.data["turns"], result.data["facts"]["valid"]) == (
        0,
        0,
        0,
    )
    assert result.exit_code == 0


async def test_everything_is_counted_once(
    registry: Registry, database: Database, clock: ManualClock
) -> None:
    """Sessions by where they are from, facts by time and source, episodes by who told of them."""
    turn = await say(database, clock, "I like tea", "Good.")
    await say(database, clock, "And rye", "Good.", turn.session_id)
    await Conversations(database, clock).take_in([Line("Anna", "Hi", NOON)], "import")
    await tell(database, turn, "You spoke of tea.", todo="buy tea")
    await learn(database, "likes", "tea", turn)
    await learn(database, "likes", "rye", turn, source="inferred", made_by="m", confidence=0.5)
    await learn(database, "note", "the gate's code is 4711", made_by=PERSON)
    await learn(database, "lives_in", "Porto", turn)
    await learn(database, "lives_in", "Braga", turn, observed=NOON + timedelta(minutes=1))
    await learn(database, "likes", "snow", turn, valid_from=NOON + timedelta(days=30))
    clock.advance(3600)
    data = (await run(registry, "memory_stats")).data
    assert (data["sessions_by_origin"], data["turns"]) == ({"talk": 1, "import": 1}, 3)
    assert data["facts"] == {"valid": 4, "past": 1, "ahead": 1, "explicit": 3, "by_person": 1}
    assert data["episodes"] == {"session": {"all": 1, "by_rules": 1, "loose": 1}}
    assert (data["followups"], data["embedding"]["turns"]["waiting"]) == (1, 2)
    assert data["distilling"]["undistilled"] == 2


async def test_facts_are_counted_as_they_are_known(database: Database, clock: ManualClock) -> None:
    """What the count in SQL takes for valid is what a fact says of itself, at any moment."""
    turn = await say(database, clock, "x", "y")
    await learn(database, "lives_in", "Porto", turn, observed=NOON - timedelta(days=9))
    await learn(database, "lives_in", "Braga", turn, valid_from=NOON + timedelta(days=2))
    await learn(database, "likes", "tea", turn, valid_to=NOON + timedelta(days=1))
    for days in (-10, -9, -1, 0, 1, 2, 3):
        at = NOON + timedelta(days=days)
        counted = await database.read(partial(store.counted, now=at, most_stuck=1))
        known = await database.read(partial(facts.known, at=at))
        assert counted.facts.valid == len(known), days


async def test_what_no_model_could_distil_is_shown_with_its_reason(
    registry: Registry, database: Database, clock: ManualClock
) -> None:
    """A dead stretch has its date, its reason and the way to try again."""
    turn = await say(database, clock, "I like tea", "Good.")

    def fail(connection: sqlite3.Connection) -> None:
        stretch = distillations.stretch(connection, turn.session_id, turn.seq, turn.seq)
        assert stretch is not None
        distillations.add(connection, stretch, "plain", "rules", NOON)
        (row,) = distillations.by_state(connection, "plain")
        distillations.fail(connection, row, None, "it said no JSON")

    await database.write(fail)
    result = await run(registry, "memory_stats")
    assert (result.data["distilling"]["stuck"], result.data["distilling"]["waiting"]) == (1, 0)
    assert "it said no JSON" in result.text and "memory retry" in result.text


async def test_counting_reads_no_texts(database: Database) -> None:
    """Turns are counted in an index: a hundred thousand long ones take no longer to count."""

    def plans(connection: sqlite3.Connection) -> list[str]:
        asked: list[str] = []
        connection.set_trace_callback(asked.append)
        store.counted(connection, NOON, 1)
        connection.set_trace_callback(None)
        found = []
        for query in asked:
            if "turns" in query:
                rows = connection.execute(f"EXPLAIN QUERY PLAN {query}")
                found += [row["detail"] for row in rows if row["detail"].startswith("SCAN")]
        return found

    scans = await database.read(plans)
    assert any(each.startswith("SCAN turns") for each in scans)
    assert all("COVERING INDEX" in each for each in scans if each.startswith("SCAN turns")), scans


# --- checking ---------------------------------------------------------------------------------


async def test_an_audit_finds_what_was_planted(
    registry: Registry, database: Database, clock: ManualClock
) -> None:
    """Each sort with the number of its fact; a script sees that something is to be looked at."""
    turn = await say(database, clock, "I live in Porto", "Good.")
    junk = await learn(database, "likes", "ls -la /tmp", turn)
    await learn(database, "lives_in", "Porto", turn)
    double = await learn(database, "city", "Porto", turn, confidence=0.7)
    sourceless = await learn(database, "likes", "rye", confidence=0.5)
    result = await run(registry, "memory_audit")
    findings = result.data["findings"]
    assert [each["facts"] for each in findings["junk"]] == [[junk]]
    assert [each["facts"][1] for each in findings["duplicates"]] == [double]
    assert [each["facts"] for each in findings["without_source"]] == [[sourceless]]
    assert [each["facts"] for each in findings["low_confidence"]] == [[sourceless]]
    assert result.exit_code == 1 and f"`/forget {junk}`" in result.text
    assert result.data["junk_share"] == 0.25


async def test_a_clean_memory_has_nothing_to_look_at(
    registry: Registry, database: Database, clock: ManualClock
) -> None:
    """Counts of nothing, and a script's check that passes."""
    turn = await say(database, clock, "I like tea", "Good.")
    await learn(database, "likes", "tea", turn)
    result = await run(registry, "memory_audit")
    assert set(result.data["counts"].values()) == {0} and result.exit_code == 0


async def test_a_long_list_is_cut_and_says_so(
    registry: Registry, database: Database, clock: ManualClock
) -> None:
    """Ten are shown in words, and how many more there are; a program gets all."""
    turn = await say(database, clock, "x", "y")
    for number in range(12):
        await learn(database, "likes", f"/tmp/file/{number}", turn)
    result = await run(registry, "memory_audit")
    assert "and 2 more" in result.text and len(result.data["findings"]["junk"]) == 12


async def test_what_was_given_to_a_model_is_not_unused(
    database: Database, clock: ManualClock, registry: Registry
) -> None:
    """A row in recollections, of a fact or of an episode, is use."""
    turn = await say(database, clock, "I like tea", "Good.")
    used, unused = (
        await learn(database, "likes", "tea", turn),
        await learn(database, "likes", "rye", turn),
    )
    told = await tell(database, turn, "You spoke of tea.")
    clock.advance(100 * 86_400)
    assert (await run(registry, "memory_audit")).data["counts"]["never_recalled"] == 3

    given = [
        Memory("fact", used, "", NOON, "me", "tea", 1.0, {}),
        Memory("episode", told, "", NOON, "me", "tea", 1.0, {}),
    ]
    await database.write(lambda c: turns_store.add_recollections(c, turn.seq, given))
    findings = (await run(registry, "memory_audit")).data["findings"]["never_recalled"]
    assert [each["facts"] for each in findings] == [[unused]]


# --- writing out ------------------------------------------------------------------------------


def written(folder: Path) -> dict[str, str]:
    """Every file of an export by its name."""
    return {
        str(each.relative_to(folder)): each.read_text("utf-8")
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


async def test_an_export_has_everything_with_dates_and_sources(
    registry: Registry, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """Facts with their chains, episodes by month, a file a conversation, and a page of links."""
    turn = await say(database, clock, "I moved to Porto", "How nice.")
    await learn(database, "lives_in", "Braga", turn, observed=NOON - timedelta(days=30))
    await learn(database, "lives_in", "Porto", turn)
    await tell(database, turn, "You spoke of a move.", todo="call the bank")
    result = await run(registry, "memory_export", path=str(tmp_path / "out"))
    found = await asyncio.to_thread(written, tmp_path / "out")
    name = "conversations/2026/2026-11-22 I moved to Porto.md"
    assert set(found) == {"facts.md", "episodes/2026-11.md", name, "index.md"}
    now, before = found["facts.md"].index("You live in Porto"), found["facts.md"].index("Braga")
    assert now < before and "before: " in found["facts.md"] and "2026-10-23" in found["facts.md"]
    assert "I said Porto" in found["facts.md"]
    assert "> You spoke of a move." in found["episodes/2026-11.md"]
    assert "[ ] call the bank" in found["episodes/2026-11.md"]
    assert "**You**, 2026-11-22 12:00\n\n> I moved to Porto" in found[name]
    assert "**Wooster**" in found[name] and "> How nice." in found[name]
    assert "(conversations/2026/2026-11-22%20I%20moved%20to%20Porto.md)" in found["index.md"]
    assert "not encrypted" in result.text and str(tmp_path / "out") in result.text
    assert result.data == {
        "path": str(tmp_path / "out"),
        "facts": 2,
        "episodes": 1,
        "sessions": 1,
        "turns": 1,
    }


async def test_only_the_owner_may_look_into_an_export(
    registry: Registry, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """Folders 0700 and files 0600, also in a folder that was there and open to others."""
    await say(database, clock, "Hello", "Hello.")
    folder = tmp_path / "out"
    await asyncio.to_thread(folder.mkdir, 0o755)
    before = os.umask(0)
    try:
        await run(registry, "memory_export", path=str(folder))
    finally:
        os.umask(before)

    def modes() -> set[tuple[bool, int]]:
        return {(p.is_dir(), p.stat().st_mode & 0o777) for p in (folder, *folder.rglob("*"))}

    assert await asyncio.to_thread(modes) == {(True, 0o700), (False, 0o600)}


async def test_what_is_there_is_never_overwritten(
    registry: Registry, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """A folder that isn't empty, an earlier export included, is refused and left as it is."""
    await say(database, clock, "Hello", "Hello.")
    await run(registry, "memory_export", path=str(tmp_path / "out"))
    before = await asyncio.to_thread(written, tmp_path / "out")
    await say(database, clock, "Hello again", "Hello.")
    with pytest.raises(UsageError, match="isn't empty"):
        await run(registry, "memory_export", path=str(tmp_path / "out"))
    assert await asyncio.to_thread(written, tmp_path / "out") == before


@pytest.mark.parametrize("path", ["", "  ", "out", "./out", "a\0b"])
async def test_a_path_that_is_none_is_refused(registry: Registry, path: str) -> None:
    """The daemon doesn't know where the person stands."""
    with pytest.raises(UsageError):
        await run(registry, "memory_export", path=path)


async def test_a_file_in_the_way_is_told(registry: Registry, tmp_path: Path) -> None:
    """The error names it and says what to do."""
    await asyncio.to_thread((tmp_path / "out").write_text, "mine")
    with pytest.raises(UsageError, match="can't be written") as told:
        await run(registry, "memory_export", path=str(tmp_path / "out"))
    assert told.value.hint
    assert await asyncio.to_thread((tmp_path / "out").read_text) == "mine"


async def test_any_first_words_make_a_file_name(
    registry: Registry, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """Slashes, dots, nothing but signs, long runs of any script, and the same twice."""
    said = [
        "../../etc/passwd",
        "...",
        "🦊" * 300,
        "same",
        "SAME",
        'a "b" <c> | d?\nnext',
        "100%25 & é",
    ]
    for words in said:
        await say(database, clock, words, "ok")
    await run(registry, "memory_export", path=str(tmp_path / "out"))
    found = await asyncio.to_thread(written, tmp_path / "out")
    names = [each for each in found if each.startswith("conversations/2026/")]
    assert len(names) == len(said) == len({each.casefold() for each in names})
    assert all(len(each.encode()) < 255 for each in names)
    assert "conversations/2026/2026-11-22.md" in names
    assert "conversations/2026/2026-11-22 etc passwd.md" in names


async def test_what_was_said_stays_in_its_quotation(
    registry: Registry, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """A fence that nobody closed and a heading are quoted line by line."""
    said = "look:\n```python\n# no heading\n\nprint(1)"
    await say(database, clock, said, "```\nunclosed")
    await run(registry, "memory_export", path=str(tmp_path / "out"))
    found = await asyncio.to_thread(written, tmp_path / "out")
    (text,) = [text for name, text in found.items() if name.startswith("conversations/")]
    assert "> look:\n> ```python\n> # no heading\n>\n> print(1)\n" in text
    loose = [line for line in text.splitlines() if line and not line.startswith(">")]
    assert all("```" not in line and "heading" not in line for line in loose)


async def test_a_huge_session_is_written_whole_and_in_order(
    registry: Registry, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """Many pages of turns, with another session between them, each turn once."""

    def fill(connection: sqlite3.Connection) -> None:
        for session in ("a", "b"):
            turns_store.add_session(connection, session, NOON, "repl")
        for number in range(1_000):
            for session in ("a", "b"):
                turn = Turn(
                    0,
                    f"{session}{number}",
                    session,
                    NOON,
                    f"{session} says {number}.",
                    "",
                    "done",
                    NOON,
                    "",
                    "",
                )
                turns_store.take_in(connection, turn)

    await database.write(fill)
    await run(registry, "memory_export", path=str(tmp_path / "out"))
    found = await asyncio.to_thread(written, tmp_path / "out")
    for session in ("a", "b"):
        (text,) = [text for name, text in found.items() if f"{session} says" in name]
        lines = [line for line in text.splitlines() if line.startswith("> ")]
        assert lines == [f"> {session} says {number}." for number in range(1_000)]


async def test_a_session_without_an_ended_turn_has_no_file(
    registry: Registry, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """What is being answered right now isn't told of; nor is what was forgotten meanwhile."""
    await Conversations(database, clock).begin("Hello", None, "repl")
    result = await run(registry, "memory_export", path=str(tmp_path / "out"))
    found = await asyncio.to_thread(written, tmp_path / "out")
    assert set(found) == {"facts.md", "index.md"} and result.data["sessions"] == 0


async def test_an_empty_memory_is_exported(registry: Registry, tmp_path: Path) -> None:
    """Two pages that say that there is nothing."""
    await run(registry, "memory_export", path=str(tmp_path / "out"))
    found = await asyncio.to_thread(written, tmp_path / "out")
    assert set(found) == {"facts.md", "index.md"} and "Nothing is known" in found["facts.md"]


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, OSError], None]:
    """Let the `number`-th file's reaching the disk fail."""

    def set_up(number: int, error: OSError) -> None:
        there = {"left": number}
        fsync = os.fsync

        def failing(descriptor: int) -> None:
            there["left"] -= 1
            if there["left"] == 0:
                raise error
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", failing)

    return set_up


async def test_an_export_that_fails_anywhere_leaves_nothing(
    registry: Registry,
    database: Database,
    clock: ManualClock,
    tmp_path: Path,
    breaks: Callable[[int, OSError], None],
) -> None:
    """Whichever file the disk is full at: no file, no folder, and what was in the way stays."""
    turn = await say(database, clock, "Hello", "Hello.")
    await say(database, clock, "Bye", "Bye.")
    await tell(database, turn, "You said hello.")
    (tmp_path / "there").mkdir()
    for number in range(1, 6):
        for folder in ("new", "there"):
            breaks(number, OSError(errno.ENOSPC, "No space left on device"))
            with pytest.raises(DiskFull):
                await run(registry, "memory_export", path=str(tmp_path / folder))
        left = await asyncio.to_thread(lambda: sorted(p.name for p in tmp_path.rglob("*")))
        assert left == ["there"], number


async def test_an_export_that_is_cancelled_leaves_nothing(
    overview: Overview, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """Its client left in the middle: what was written is gone, and nothing is written after."""
    for number in range(5):
        await say(database, clock, f"Hello {number}", "Hello.")
    reached = asyncio.Event()

    def tell_me(done: int, total: int) -> None:
        if done == 3:
            reached.set()

    exporting: Awaitable[Any]
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.TaskGroup() as tasks:
            exporting = tasks.create_task(overview.export(str(tmp_path / "out"), tell_me))
            await reached.wait()
            exporting.cancel()
            await exporting
    assert await asyncio.to_thread(lambda: not (tmp_path / "out").exists())


async def test_progress_counts_conversations(
    overview: Overview, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """Each conversation is told before it is written."""
    for number in range(3):
        await say(database, clock, f"Hello {number}", "Hello.")
    told: list[tuple[int, int]] = []
    await overview.export(str(tmp_path / "out"), lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3)]


async def test_the_coverage_is_that_of_each_collection(overview: Overview) -> None:
    """Turns, facts and episodes are asked for apart: the library's passages don't count."""
    stats = await overview.stats()
    assert tuple(stats.coverage) == COLLECTIONS == ("turns", "facts", "episodes")
