"""Large files are written in pieces: others get in between, and whatever fails is made up for."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.knowledge.conftest import Shelf
from wooster.core.errors import StorageError
from wooster.knowledge import pieces, store
from wooster.knowledge.pieces import Piece
from wooster.storage import Database
from wooster.vectors import sets
from wooster.vectors import store as vectors

# Every write of a large file fails once: many small databases.
pytestmark = pytest.mark.timeout(400)

AT_ONCE = 60
CHUNKS = 400
# As many as make a chunk of a section.
WORDS = 90


class Watched:
    """The database, with what all of its writes changed; `fails_at` is the number of the one that
    fails, `after` it is committed or before. After each all that is stored must agree."""

    def __init__(self, database: Database, fails_at: int = 0, *, after: bool = False) -> None:
        self._database = database
        self._fails_at = fails_at
        self._after = after
        self.changed: list[int] = []

    async def write(self, change: Any) -> Any:
        def counted(connection: sqlite3.Connection) -> Any:
            before = _passages(connection)
            made = change(connection)
            self.changed.append(len({row[0] for row in before ^ _passages(connection)}))
            return made

        if self._fails_at == len(self.changed) + 1 and not self._after:
            self.changed.append(0)
            raise StorageError("The disk is gone.")
        made = await self._database.write(counted)
        findings = await self._database.read(
            lambda c: [*store.verify(c), *vectors.verify(c), *sets.verify(c)]
        )
        assert findings == []
        if self._fails_at == len(self.changed):
            raise StorageError("The disk is gone.")
        return made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


def _passages(connection: sqlite3.Connection) -> set[tuple[Any, ...]]:
    return {
        tuple(row) for row in connection.execute("SELECT id, place, known_as, stays FROM passages")
    }


@contextmanager
def watched(shelf: Shelf, fails_at: int = 0, *, after: bool = False) -> Iterator[Watched]:
    """The library's writes are watched within the block."""
    real = shelf.database
    shelf.database = database = Watched(real, fails_at, after=after)  # type: ignore[assignment]
    shelf.reopened()
    try:
        yield database
    finally:
        shelf.database = real
        shelf.reopened()


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", AT_ONCE)


def book(*numbers: int, front: str = "") -> str:
    """A section for each number, which is one chunk."""
    return front + "".join(f"# Section {n}\n\n{f'thing{n} ' * WORDS}\n\n" for n in numbers)


def mailbox(*subjects: str, words: int = 3) -> str:
    """A message for each subject."""
    return "".join(
        f"From a@b Thu Jan  1 00:00:00 2026\nMessage-ID: <{subject}>\nSubject: {subject}\n"
        f"Date: Thu, 1 Jan 2026 00:00:00 +0000\n\nAbout {subject}. {f'{subject} ' * words}\n\n"
        for subject in subjects
    )


def write(shelf: Shelf, name: str, text: str) -> Path:
    path = shelf.write(name, text)
    os.utime(path, (1_700_000_000 + len(text), 1_700_000_000 + len(text)))
    return path


async def chunks(shelf: Shelf) -> int:
    return len(await shelf.passage_ids())


async def test_others_get_in_between_the_pieces_of_a_large_file(shelf: Shelf) -> None:
    """Writes that come while a book is stored are committed before the whole book is: each finds
    one piece more."""
    write(shelf, "book.md", book(*range(CHUNKS)))
    real = shelf.database
    found: list[int] = []

    class Between:
        async def write(self, change: Any) -> Any:
            async with asyncio.TaskGroup() as tasks:
                piece = tasks.create_task(real.write(change))
                tasks.create_task(real.write(lambda c: found.append(len(_passages(c)))))
            return piece.result()

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    shelf.database = Between()  # type: ignore[assignment]
    await shelf.reopened().wait_until_settled()
    assert sorted({*found} - {0}) == [*range(AT_ONCE, CHUNKS, AT_ONCE), CHUNKS]


async def test_no_transaction_is_larger_than_a_piece(shelf: Shelf) -> None:
    """Read, edited, renamed, made private, dropped: never more passages at once than are allowed;
    a book, a mailbox, and a hundred notes."""
    with watched(shelf) as database:
        path = write(shelf, "book.md", book(*range(CHUNKS)))
        write(shelf, "all.mbox", mailbox(*(f"m{n}" for n in range(200))))
        for number in range(100):
            write(shelf, f"n{number}.md", book(number, -number))
        await shelf.library.wait_until_settled()
        assert sum(database.changed) == CHUNKS + 400
        write(shelf, "book.md", book(*range(100, 300), *range(1000, 1300)))
        await shelf.library.wait_until_settled()
        path.rename(path.with_name("novel.md"))
        await shelf.library.wait_until_settled()
        for each in shelf.vault.iterdir():
            each.unlink()
        await shelf.library.wait_until_settled()
        assert max(database.changed) <= AT_ONCE
    assert await shelf.everything() == {}


async def test_a_folder_that_is_away_leaves_in_pieces(shelf: Shelf) -> None:
    """It can't be compared; what is known of it goes all the same."""
    write(shelf, "book.md", book(*range(CHUNKS)))
    await shelf.library.add(str(shelf.vault), is_private=False)
    await shelf.settled()
    away = shelf.vault.with_name(shelf.vault.name + "-away")
    shelf.vault.rename(away)
    try:
        with watched(shelf) as database:
            assert await shelf.library.remove(str(shelf.vault)) == 1
            assert max(database.changed) <= AT_ONCE
    finally:
        away.rename(shelf.vault)
    assert await chunks(shelf) == 0


async def test_a_small_file_is_one_transaction(shelf: Shelf) -> None:
    """Beside a large one too: nobody sees half of it."""
    write(shelf, "a.md", book(*range(AT_ONCE - 20)))
    write(shelf, "b.md", book(*range(1000, 1000 + AT_ONCE - 20)))
    with watched(shelf) as database:
        await shelf.library.wait_until_settled()
        assert [size for size in database.changed if size] == [AT_ONCE - 20] * 2


async def test_an_edit_of_a_large_file_leaves_the_passages_that_stay(shelf: Shelf) -> None:
    """Their rows, and their vectors, which aren't made again."""
    write(shelf, "book.md", book(*range(CHUNKS)))
    await shelf.settled()
    before = await shelf.passage_ids()
    write(shelf, "book.md", book(0, -1, -2, *range(1, 200), *range(210, CHUNKS)))
    await shelf.settled()
    after = await shelf.passage_ids()
    assert len(before.keys() & after.keys()) == CHUNKS - 10
    assert all(before[text] == after[text] for text in before.keys() & after.keys())


async def test_what_becomes_private_is_so_with_the_first_piece(shelf: Shelf) -> None:
    """All passages that are there stay here, though none of them is written again yet."""
    write(shelf, "book.md", book(*range(CHUNKS)))
    await shelf.settled()
    write(shelf, "book.md", book(*range(CHUNKS), front="---\nprivate: true\n---\n"))
    with watched(shelf, 1, after=True), pytest.raises(StorageError):
        await shelf.library.wait_until_settled()
    (open_ones,) = await shelf.database.read(
        lambda c: c.execute("SELECT count(*) FROM passages WHERE NOT stays").fetchone()
    )
    assert open_ones == 0


ONE = {"book.md": book(*range(CHUNKS)), "two.mbox": mailbox("apples", "pears", words=9000)}
OTHER = {
    "book.md": book(
        0, *range(-40, 0), *range(1, 150), *range(300, CHUNKS), front="---\nprivate: true\n---\n"
    ),
    "two.mbox": mailbox("pears", "plums", words=9000),
}
RENAMED = {"novel.md": OTHER["book.md"], "two.txt": ONE["two.mbox"]}


def become(shelf: Shelf, files: dict[str, str]) -> None:
    for path in shelf.vault.iterdir():
        path.unlink()
    for name, text in files.items():
        write(shelf, name, text)


async def test_a_failure_at_any_piece_is_made_up_for(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every N: the N-th write fails, all that is stored agrees after each, and the next pass
    ends with the same library as one that never failed, with the same rows for the book's passages
    that stayed. Round and round: nothing, a book and a
    mailbox, the same edited, renamed, nothing."""
    monkeypatch.setattr(pieces, "AT_ONCE", 100)
    states: tuple[dict[str, str], ...] = ({}, ONE, OTHER, RENAMED)
    expected = []
    for state in states:
        become(shelf, state)
        await shelf.settled()
        expected.append(await shelf.everything())
    fails_at, fails = 0, True
    while fails:
        fails_at, fails = fails_at + 1, False
        for state, wanted in zip(states, expected, strict=True):
            before = await shelf.passage_ids()
            become(shelf, state)
            with watched(shelf, fails_at):
                try:
                    await shelf.library.wait_until_settled()
                except StorageError:
                    fails = True
            await shelf.settled()
            assert await shelf.everything() == wanted
            after = await shelf.passage_ids()
            stayed = [text for text in before.keys() & after.keys() if "thing" in text]
            assert all(before[text] == after[text] for text in stayed)
    assert fails_at > 5


def test_transactions_hold_whole_files_and_only_large_ones_are_cut() -> None:
    """As many small ones together as fit, in their order."""

    def nothing(connection: sqlite3.Connection) -> None:
        pass

    def sizes(*files: list[int]) -> list[list[int]]:
        made = pieces.transactions([Piece(size, nothing) for size in file] for file in files)
        return [[piece.size for piece in some] for some in made]

    assert sizes() == []
    assert sizes([0, 30], [0, 30], [0, 1]) == [[0, 30, 0, 30], [0, 1]]
    assert sizes([40], [20, 20]) == [[40], [20, 20]]
    assert sizes([0, 60, 60, 1], [20]) == [[0, 60], [60], [1, 20]]
