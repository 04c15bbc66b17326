"""Keeping the library what the disk is: what is read, what is kept, what leaves."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.knowledge.conftest import Shelf
from wooster.core.errors import Busy, StorageError
from wooster.knowledge import contents, updating
from wooster.knowledge.model import ReadDocument, UnreadableFile
from wooster.storage import Database


async def test_what_did_not_change_is_not_opened(shelf: Shelf) -> None:
    """A second pass over the same files reads none; a touch costs no parsing, an edit one file."""
    one, two = shelf.write("one.md", "# One\n\nApples."), shelf.write("two.md", "# Two\n\nPears.")
    assert await shelf.settled() == ["one.md", "two.md"]
    assert await shelf.settled() == []
    os.utime(one, (1, 1))
    assert await shelf.settled() == []
    two.write_text("# Two\n\nPears and plums.")
    assert await shelf.settled() == ["two.md"]
    assert await shelf.found("plums") == ["two.md"]


async def test_a_touch_moves_the_date_of_a_document_without_one(shelf: Shelf) -> None:
    """`since:` goes by the file's time where a document has no date of its own."""
    path = shelf.write("one.md")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    await shelf.settled()
    assert await shelf.found("since:2020 words") == []
    os.utime(path, (1_700_000_000, 1_700_000_000))
    await shelf.settled()
    assert await shelf.found("since:2020 words") == ["one.md"]


async def test_an_edit_leaves_the_passages_that_stay(shelf: Shelf) -> None:
    """Two sections, one of them edited: the other's passage keeps its row, and so its vector."""
    long = "word " * 300
    shelf.write("a.md", f"# A\n\n{long}\n\n# B\n\n{long}.\n")
    await shelf.settled()
    before = await shelf.passage_ids()
    shelf.write("a.md", f"# A\n\n{long}\n\n# B\n\n{long}, edited.\n")
    await shelf.settled()
    after = await shelf.passage_ids()
    assert before.keys() & after.keys()
    assert all(before[text] == after[text] for text in before.keys() & after.keys())


async def test_a_renamed_file_keeps_its_passages_and_has_its_new_name(shelf: Shelf) -> None:
    """Nothing is read again, every passage keeps its row, and the new name finds it."""
    path = shelf.write("draft.md", "# Kitchen\n\nTiles and taps.")
    await shelf.settled()
    before = await shelf.passage_ids()
    path.rename(shelf.vault / "renovation.md")
    assert await shelf.settled() == []
    assert await shelf.passage_ids() == before
    assert await shelf.found("renovation") == ["renovation.md"]
    assert await shelf.found("draft") == []


async def test_a_moved_folder_keeps_its_passages(shelf: Shelf) -> None:
    """Every file of a folder that was moved is the same document elsewhere, in its new project."""
    for i in range(5):
        shelf.write(f"notes/n{i}.md", f"# N{i}\n\nNumber {i}.")
    await shelf.settled()
    before = await shelf.passage_ids()
    (shelf.vault / "projects" / "House").mkdir(parents=True)
    (shelf.vault / "notes").rename(shelf.vault / "projects" / "House" / "notes")
    assert await shelf.settled() == []
    assert await shelf.passage_ids() == before
    assert len(await shelf.found("number project:house")) == 5


async def test_another_ending_is_read_anew(shelf: Shelf) -> None:
    """The same bytes are another document when they are Markdown and not plain text."""
    path = shelf.write("a.txt", "# Heading\n\nText.")
    await shelf.settled()
    path.rename(shelf.vault / "a.md")
    assert await shelf.settled() == ["a.md"]
    (entry,) = await shelf.library.documents(10)
    assert (entry.title, entry.format) == ("Heading", "markdown")


async def test_a_file_that_is_gone_leaves_nothing(shelf: Shelf) -> None:
    """Its documents, passages, links and tags go with it."""
    path = shelf.write("a.md", "---\ntags: [x]\naliases: [y]\n---\n# A\n\n[[b]] apples")
    await shelf.settled()
    path.unlink()
    await shelf.settled()
    tables = ("library_files", "documents", "passages", "chunks", "document_links")
    for table in (*tables, "document_tags", "document_names"):
        (count,) = await shelf.database.read(_counter(table))
        assert count == 0, table


def _counter(table: str) -> Any:
    def count(connection: sqlite3.Connection) -> tuple[int]:
        (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return (found,)

    return count


async def test_identical_files_and_identical_blocks_are_all_there(shelf: Shelf) -> None:
    """What crashed the original: two equal headings in a file, two equal files, again and again."""
    text = "# Log\n\n## Tasks\n\n- milk\n\n## Tasks\n\n- milk\n"
    shelf.write("a.md", text)
    shelf.write("b.md", text)
    for edit in ("", "\n## Tasks\n\n- milk\n", ""):
        shelf.write("a.md", text + edit)
        await shelf.settled()
        assert len(await shelf.everything()) == 2


async def test_two_documents_with_the_same_id_are_two(shelf: Shelf) -> None:
    """An `id` in front matter is the person's business."""
    shelf.write("a.md", "---\nid: 7\n---\n# A\n\napples")
    shelf.write("b.md", "---\nid: 7\n---\n# B\n\napples")
    await shelf.settled()
    assert sorted(await shelf.found("apples")) == ["a.md", "b.md"]


async def test_an_empty_file_is_a_document_without_text(shelf: Shelf) -> None:
    """0 bytes are no problem, and can be opened."""
    shelf.write("empty.md", "")
    await shelf.settled()
    assert await shelf.library.problems() == []
    assert (await shelf.library.open("empty")).text == ""


async def test_any_name_that_a_file_can_have(shelf: Shelf) -> None:
    """Newlines, quotes, emoji, Markdown and bytes that are no text: read, found, opened, shown."""
    names = [b"new\nline.md", b"quo'te\".md", "😀.md".encode(), b"`*_[x].md", b"no\xff\xfetext.md"]
    for i, name in enumerate(names):
        shelf.write(os.fsdecode(name), f"# T{i}\n\napples number{i}")
    await shelf.settled()
    assert await shelf.library.problems() == []
    assert {os.fsencode(name) for name in await shelf.found("apples")} == set(names)
    for i in range(len(names)):
        opened = await shelf.library.open(f"T{i}")
        again = await shelf.library.open(opened.links.document.path)
        assert again.links.document.id == opened.links.document.id
    assert await shelf.settled() == []


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_a_name_is_found_however_its_letters_are_composed(shelf: Shelf, form: Any) -> None:
    """macOS may hand out `é` as two characters; people type one."""
    shelf.write(unicodedata.normalize(form, "Café Zoë.md"), "apples")
    shelf.write("b.md", "[[Café Zoë]]")
    await shelf.settled()
    links = await shelf.library.links("café zoë")
    assert [each.document.title for each in links.to_it] == ["b"]
    assert len(await shelf.found('in:"Café Zoë" apples')) == 1


async def test_a_broken_file_is_a_row_and_is_not_tried_again(shelf: Shelf) -> None:
    """The others are read; it is named with the reason, and read again only when it changes."""
    shelf.write("good.md", "apples")
    broken = shelf.write("bad.pdf", "no PDF at all")
    assert await shelf.settled() == ["bad.pdf", "good.md"]
    (problem,) = await shelf.library.problems()
    assert problem.path == str(broken)
    assert problem.reason
    assert await shelf.settled() == []
    broken.write_text("still none")
    assert await shelf.settled() == ["bad.pdf"]
    broken.unlink()
    await shelf.settled()
    assert await shelf.library.problems() == []


async def test_a_file_that_breaks_has_no_document_any_more(shelf: Shelf) -> None:
    """What is found is what is there: a text that its file doesn't hold any more isn't."""
    path = shelf.write("a.pdf", "<html><body>apples</body></html>")
    await shelf.settled()
    assert await shelf.found("apples") == ["a.pdf"]
    path.write_text("%PDF-1.7 and nothing")
    await shelf.settled()
    assert await shelf.found("apples") == []
    assert len(await shelf.library.problems()) == 1


async def test_a_file_that_is_too_large_is_named_and_read_when_the_limit_allows(
    shelf: Shelf,
) -> None:
    """`library.maxMegabytes` holds for the next start too."""
    shelf.write("large.md", "apples " * 200_000)
    assert await shelf.settled() == []
    (problem,) = await shelf.library.problems()
    assert "library.maxMegabytes" in problem.reason
    shelf.reopened(max_megabytes=2)
    assert await shelf.settled() == ["large.md"]
    assert await shelf.library.problems() == []


async def test_what_can_not_be_opened_keeps_its_documents(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An obstacle says nothing about the content: it is named, and tried again by itself."""
    path = shelf.write("a.md", "apples")
    await shelf.settled()
    real = contents.hash_of

    def denied(entry: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    os.utime(path, (1, 1))
    monkeypatch.setattr(contents, "hash_of", denied)
    await shelf.settled()
    assert await shelf.found("apples") == ["a.md"]
    (problem,) = await shelf.library.problems()
    assert problem.reason == "permission denied"
    monkeypatch.setattr(contents, "hash_of", real)
    assert await shelf.settled() == ["a.md"]
    assert await shelf.library.problems() == []


@pytest.mark.parametrize("which", [".", "sub"])
async def test_a_folder_that_may_not_be_listed_keeps_its_documents(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """Inside a folder or the folder itself: it is a problem, and nothing is dropped."""
    shelf.write("sub/a.md", "apples")
    await shelf.settled()
    denied, scandir = str(shelf.vault / which), os.scandir

    def listed(path: str) -> Any:
        if path == denied:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", listed)
        await shelf.settled()
        assert await shelf.found("apples") == ["a.md"]
        (problem,) = await shelf.library.problems()
        assert problem.path == denied
        assert problem.reason.startswith("permission denied")
    await shelf.settled()
    assert await shelf.library.problems() == []


async def test_a_folder_that_went_away_keeps_its_documents_until_it_is_removed(
    shelf: Shelf,
) -> None:
    """An unmounted disk is no deletion; `library remove` lets the documents go."""
    shelf.write("a.md", "apples")
    await shelf.settled()
    away = shelf.vault.with_name(shelf.vault.name + "-away")
    shelf.vault.rename(away)
    await shelf.settled()
    assert await shelf.found("apples") == ["a.md"]
    (folder,) = (await shelf.library.status()).folders
    assert folder.problem == "it isn't there"
    assert "kept" in (await shelf.library.problems())[0].reason
    assert await shelf.library.remove(str(shelf.vault)) == 1
    assert await shelf.found("apples") == []
    away.rename(shelf.vault)
    assert await shelf.settled() == ["a.md"]


async def test_an_unmounted_disks_empty_folder_is_no_deletion(shelf: Shelf) -> None:
    """Linux leaves the folder behind that a disk was mounted on."""
    path = shelf.write("a.md", "apples")
    await shelf.settled()
    await shelf.database.write(lambda c: c.execute("UPDATE library_folders SET is_mount = 1"))
    path.unlink()
    await shelf.settled()
    assert await shelf.found("apples") == ["a.md"]
    assert [p.reason.split(";")[0] for p in await shelf.library.problems()] == [
        "its disk isn't mounted"
    ]


async def test_a_file_becomes_a_folder_and_back(shelf: Shelf) -> None:
    """Whatever takes a name's place, what is there is what is found."""
    path = shelf.write("a.md", "apples")
    await shelf.settled()
    path.unlink()
    shelf.write("a.md/b.md", "pears")
    await shelf.settled()
    assert (await shelf.found("apples"), await shelf.found("pears")) == ([], ["b.md"])
    (shelf.vault / "a.md" / "b.md").unlink()
    (shelf.vault / "a.md").rmdir()
    shelf.write("a.md", "apples")
    await shelf.settled()
    assert (await shelf.found("apples"), await shelf.found("pears")) == (["a.md"], [])


async def test_a_very_deep_tree(shelf: Shelf) -> None:
    """200 folders in each other."""
    deep = "/".join(["d"] * 200)
    shelf.write(f"{deep}/a.md", "apples")
    await shelf.settled()
    assert await shelf.found("apples") == ["a.md"]


async def test_a_file_that_changes_while_it_is_read_is_read_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half of one version and half of another: what is stored is what the file holds at last."""
    path = shelf.write("a.md", "apples")
    read = shelf.reader.read
    edits = iter(["pears\n", "plums and more\n"])

    async def interfered(each: Path) -> list[ReadDocument]:
        found = await read(each)
        if (edit := next(edits, None)) is not None:
            await asyncio.to_thread(path.write_text, edit)
        return found

    monkeypatch.setattr(shelf.reader, "read", interfered)
    assert await shelf.settled() == ["a.md", "a.md", "a.md"]
    assert await shelf.found("plums") == ["a.md"]
    assert await shelf.found("apples") == []


async def test_a_file_that_never_rests_is_left_for_later(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds nobody up, and is read when it rests."""
    path = shelf.write("log.txt", "0")
    shelf.write("a.md", "apples")
    read = shelf.reader.read
    grows = True

    async def interfered(each: Path) -> list[ReadDocument]:
        if grows and each == path:
            await asyncio.to_thread(path.write_text, await asyncio.to_thread(path.read_text) + " m")
        return await read(each)

    monkeypatch.setattr(shelf.reader, "read", interfered)
    await shelf.settled()
    assert await shelf.found("apples") == ["a.md"]
    assert len(await shelf.library.documents(9)) == 1
    grows = False
    await shelf.settled()
    assert len(await shelf.library.documents(9)) == 2


async def test_a_private_rule_changes_without_reading(shelf: Shelf) -> None:
    """Front matter, a pattern or the folder: each is enough, and a new rule reads nothing."""
    shelf.write("diary/a.md", "apples")
    shelf.write("b.md", "---\nprivate: true\n---\npears")
    await shelf.settled()

    async def private() -> list[str]:
        return sorted(d.title for d in await shelf.library.documents(9) if d.is_private)

    assert await private() == ["b"]
    shelf.reopened(private=["diary/"])
    assert await shelf.settled() == []
    assert await private() == ["a", "b"]
    shelf.reopened(private=[])
    await shelf.library.add(str(shelf.vault), is_private=True)
    assert await shelf.settled() == []
    assert await private() == ["a", "b"]
    await shelf.library.remove(str(shelf.vault))
    assert await shelf.settled() == []
    assert await private() == ["b"]


async def test_a_private_rule_reaches_what_can_not_be_looked_at(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk that isn't there, or in a file that can't be opened: its passages stay here too."""
    shelf.write("diary/a.md", "apples")
    path = shelf.write("diary/b.md", "pears")
    await shelf.settled()

    def denied(entry: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(contents, "hash_of", denied)
        os.utime(path, (1, 1))
        await shelf.settled()
        shelf.reopened(private=["b.md"])
        await shelf.settled()
        assert [d.is_private for d in await shelf.library.documents(9)] == [False, True]
    shelf.vault.rename(shelf.vault.with_name(shelf.vault.name + "-away"))
    shelf.reopened(private=["diary/"])
    await shelf.settled()
    assert [d.is_private for d in await shelf.library.documents(9)] == [True, True]
    shelf.vault.with_name(shelf.vault.name + "-away").rename(shelf.vault)


# --- interrupted ------------------------------------------------------------------------------


class Failing:
    """The database, whose write number `fails_at` fails; `after` it is committed or before."""

    def __init__(self, database: Database, fails_at: int, *, after: bool) -> None:
        self._database = database
        self._fails_at = fails_at
        self._after = after
        self.writes = 0

    async def write(self, change: Any) -> Any:
        self.writes += 1
        if self.writes == self._fails_at and not self._after:
            raise StorageError("The disk is gone.")
        made = await self._database.write(change)
        if self.writes == self._fails_at:
            raise StorageError("The disk is gone.")
        return made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


@pytest.mark.parametrize("after", [False, True])
async def test_a_failure_at_any_write_is_made_up_for(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """For every N: the N-th write fails, all that is stored agrees, and the next pass ends with
    the same library as one that never failed."""
    monkeypatch.setattr(updating, "_BATCH_FILES", 2)
    monkeypatch.setattr(updating, "_MOVED_AT_ONCE", 1)
    real, fails_at = shelf.database, 0
    while True:
        fails_at += 1
        shelf.database = real
        await _as_before(shelf)
        _changed(shelf)
        shelf.database = failing = Failing(real, fails_at, after=after)  # type: ignore[assignment]
        shelf.reopened()
        try:
            await shelf.library.wait_until_settled()
        except StorageError:
            assert (await shelf.library.status()).failure
        assert await shelf.findings() == []
        shelf.database = real
        shelf.reopened()
        await shelf.settled()
        assert sorted(await shelf.found("text")) == ["edited.md", "moved.md", "new0.md", "new1.md"]
        if failing.writes < fails_at:
            break
    assert fails_at > 5


async def _as_before(shelf: Shelf) -> None:
    for path in shelf.vault.iterdir():
        path.unlink()
    for name in ("edited", "old", "gone", "gone2"):
        shelf.write(f"{name}.md", f"# {name}\n\nSome text of {name}.")
    shelf.reopened()
    await shelf.settled()


def _changed(shelf: Shelf) -> None:
    shelf.write("edited.md", "# edited\n\nSome other text.")
    (shelf.vault / "old.md").rename(shelf.vault / "moved.md")
    (shelf.vault / "gone.md").unlink()
    (shelf.vault / "gone2.md").unlink()
    for i in range(2):
        shelf.write(f"new{i}.md", f"# new{i}\n\nSome text of new{i}.")


async def test_a_reader_that_can_not_be_started_drops_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That nothing can be read now is no file's problem; the next pass goes on."""
    shelf.write("a.md", "apples")

    async def busy(_: Path) -> list[ReadDocument]:
        raise Busy("Documents can't be read now.")

    with monkeypatch.context() as patch:
        patch.setattr(shelf.reader, "read", busy)
        with pytest.raises(Busy):
            await shelf.library.wait_until_settled()
    assert await shelf.library.problems() == []
    await shelf.settled()
    assert await shelf.found("apples") == ["a.md"]


async def test_a_reason_of_any_bytes_is_stored(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A parser quotes what it stumbled over."""
    shelf.write("a.md", "apples")

    async def stumbles(_: Path) -> list[ReadDocument]:
        raise UnreadableFile("bad name \udcff in it")

    monkeypatch.setattr(shelf.reader, "read", stumbles)
    await shelf.settled()
    assert len(await shelf.library.problems()) == 1
