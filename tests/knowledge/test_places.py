"""Folders, and the walk over them: what is read, once, and what never is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.knowledge.conftest import Shelf
from wooster.core.errors import NotFound, UsageError
from wooster.knowledge.places import project_of, shown, words_of
from wooster.knowledge.scanning import Patterns, Scope, is_passed_over


async def names(shelf: Shelf) -> list[str]:
    await shelf.settled()
    files = [each.path for each in await shelf.library.documents(1000)]
    return [os.path.relpath(path, shelf.vault) for path in files]


async def test_what_no_document_is(shelf: Shelf) -> None:
    """Hidden, temporary and foreign files and folders are passed over without a word."""
    for name in (".a.md", ".obsidian/b.md", ".trash/c.md", "node_modules/d.md", "e.md~", "f.png"):
        shelf.write(name)
    for name in ("g.md.part", "h.tmp", "#i.md#", "~$j.docx", "__pycache__/k.md", "l.exe"):
        shelf.write(name)
    shelf.write("kept.md")
    assert await names(shelf) == ["kept.md"]
    assert await shelf.library.problems() == []


async def test_patterns_of_the_settings_and_of_folders(shelf: Shelf) -> None:
    """As Git reads a .gitignore: the nearest file that says something about a path decides."""
    shelf.reopened(ignore=["*.txt", "/drafts/"])
    for name in ("a.txt", "a.md", "drafts/b.md", "x/drafts/c.md", "x/d.txt", "x/old/e.md"):
        shelf.write(name)
    (shelf.vault / "x" / ".woosterignore").write_text("old/\n!d.txt\n")
    assert await names(shelf) == ["a.md", "x/d.txt", "x/drafts/c.md"]


async def test_a_changed_ignore_file_holds_at_once(shelf: Shelf) -> None:
    """What it names leaves, and comes back."""
    shelf.write("a.md")
    shelf.write("x/b.md")
    ignore = shelf.vault / ".woosterignore"
    ignore.write_text("x/\n")
    assert await names(shelf) == ["a.md"]
    ignore.unlink()
    assert await names(shelf) == ["a.md", "x/b.md"]


async def test_a_pattern_that_makes_no_sense_is_told(shelf: Shelf) -> None:
    """The others of its file hold."""
    shelf.reopened(ignore=["!", "b.md"])
    (shelf.vault / ".woosterignore").write_text("[z-a]\nc.md\n")
    for name in ("a.md", "b.md", "c.md"):
        shelf.write(name)
    assert await names(shelf) == ["a.md"]
    assert sorted(shown(each.path) for each in await shelf.library.problems()) == sorted(
        ["!", str(shelf.vault / ".woosterignore")]
    )


async def test_links_are_not_followed(shelf: Shelf, tmp_path: Path) -> None:
    """Neither out of the folder nor round and round."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.md").write_text("secret")
    shelf.write("b.md")
    (shelf.vault / "out").symlink_to(tmp_path / "out")
    (shelf.vault / "loop").symlink_to(shelf.vault)
    (shelf.vault / "one.md").symlink_to(tmp_path / "out" / "a.md")
    assert await names(shelf) == ["b.md"]


async def test_a_folder_that_is_a_link_itself_is_read(shelf: Shelf, tmp_path: Path) -> None:
    """`~/.wooster/notes` may lead to an Obsidian vault."""
    shelf.write("a.md", "apples")
    link = tmp_path / "link"
    link.symlink_to(shelf.vault)
    shelf.reopened(folders=[])
    await shelf.library.add(str(link))
    assert await names(shelf) == ["a.md"]


async def test_folders_in_each_other_and_twice_are_read_once(shelf: Shelf, tmp_path: Path) -> None:
    """A file belongs to the innermost folder; when that is removed, to the one around it."""
    shelf.write("a.md", "apples")
    shelf.write("in/b.md", "pears")
    link = tmp_path / "again"
    link.symlink_to(shelf.vault)
    await shelf.settled()
    await shelf.library.add(str(shelf.vault / "in"))
    await shelf.library.add(str(link))
    await shelf.library.add(str(shelf.vault) + "/./")
    assert await names(shelf) == ["a.md", "in/b.md"]
    by_folder = {str(each.folder.path): each.documents for each in await shelf.library.folders()}
    assert by_folder == {str(shelf.vault): 1, str(shelf.vault / "in"): 1, str(link): 0}
    ids = await shelf.passage_ids()
    assert await shelf.library.remove(str(shelf.vault / "in")) == 0
    assert await names(shelf) == ["a.md", "in/b.md"]
    assert await shelf.passage_ids() == ids


async def test_privacy_of_a_folder_holds_in_those_within(shelf: Shelf) -> None:
    """An inner folder without the rule doesn't undo the outer one's, nor does a pattern stop at
    an inner folder."""
    shelf.write("in/a.md")
    await shelf.library.add(str(shelf.vault), is_private=True)
    await shelf.library.add(str(shelf.vault / "in"))
    await shelf.settled()
    assert [each.is_private for each in await shelf.library.documents(9)] == [True]
    await shelf.library.add(str(shelf.vault), is_private=False)
    await shelf.settled()
    assert [each.is_private for each in await shelf.library.documents(9)] == [False]
    shelf.reopened(private=["/in/"])
    await shelf.settled()
    assert [each.is_private for each in await shelf.library.documents(9)] == [True]


async def test_default_folders_are_seen_when_they_appear(shelf: Shelf) -> None:
    """Until then they are nothing: no problem and no row."""
    shelf.reopened(folders=["notes", str(shelf.vault)])
    await shelf.settled()
    assert len((await shelf.library.status()).folders) == 1
    (shelf.home / "notes").mkdir()
    (shelf.home / "notes" / "a.md").write_text("apples")
    await shelf.settled()
    assert await shelf.found("apples") == ["a.md"]
    assert [each.folder.is_default for each in (await shelf.library.status()).folders] == [True] * 2


async def test_a_folder_that_left_the_settings_leaves_the_library(shelf: Shelf) -> None:
    """With all its documents."""
    shelf.write("a.md", "apples")
    await shelf.settled()
    shelf.reopened(folders=[])
    await shelf.settled()
    assert await shelf.library.folders() == []
    assert await shelf.found("apples") == []


@pytest.mark.parametrize("named", ["/", "{home}", "{parent}", "relative", "", "{vault}/no", "a\0b"])
async def test_folders_that_can_not_be_in_the_library(shelf: Shelf, named: str) -> None:
    """Each is refused with its reason, and nothing is stored."""
    shelf.reopened(folders=[])
    path = named.format(home=shelf.home, parent=shelf.home.parent, vault=shelf.vault)
    with pytest.raises((UsageError, NotFound)) as refused:
        await shelf.library.add(path)
    assert refused.value.hint
    assert await shelf.library.folders() == []


async def test_a_refused_folder_of_the_settings_is_a_problem(shelf: Shelf) -> None:
    """It isn't read, whoever named it."""
    shelf.reopened(folders=["/", "."])
    await shelf.settled()
    reasons = sorted(each.reason for each in await shelf.library.problems())
    assert reasons == ["it is Wooster's own home", "it is the whole disk"]


async def test_removing_what_is_not_there_and_what_the_settings_name(shelf: Shelf) -> None:
    """Both say what to do."""
    await shelf.settled()
    with pytest.raises(NotFound, match="no folder of the library"):
        await shelf.library.remove("/nowhere")
    with pytest.raises(UsageError, match="by the settings"):
        await shelf.library.remove(str(shelf.vault))


@pytest.mark.parametrize(
    ("path", "project"),
    [
        ("/home/projects/Kitchen/a.md", "kitchen"),
        ("/home/projects/Kitchen/deep/a.md", "kitchen"),
        ("/home/projects/a.md", ""),
        ("/home/Projects/one/projects/two/a.md", "two"),
        ("/home/notes/a.md", ""),
    ],
)
def test_the_project_of_a_path(path: str, project: str) -> None:
    """The folder right under one called `projects`."""
    assert project_of(path) == project


def test_words_of_a_path() -> None:
    """A file is found by its name and its folder's."""
    assert words_of("/v/Old letters/from_anna.md") == "from anna.md Old letters"


def test_a_path_is_shown_on_one_line_and_as_text() -> None:
    """Whatever bytes it has."""
    assert shown("/a\nb") == "/a␤b"
    assert shown(os.fsdecode(b"/\xff")) == "/�"


def test_the_scope_of_events() -> None:
    """A path's folder is listed, and what is under the path is walked."""
    scope = Scope.of(["/v/a.md", "/v/x/.woosterignore"])
    assert scope.covers("/v/b.md")
    assert scope.covers("/v/a.md/c.md")
    assert scope.covers("/v/x/y/d.md")
    assert not scope.covers("/v/z/e.md")


@pytest.mark.parametrize("name", [".x", "a~", "A.TMP", "#a#", "~$a.docx", "a.crdownload"])
def test_names_that_are_passed_over(name: str) -> None:
    """What is hidden or still being written."""
    assert is_passed_over(name)


def test_no_patterns_say_nothing() -> None:
    """An empty file of patterns leaves everything to the next."""
    assert Patterns(["", "# a comment"]).say("a.md") is None
