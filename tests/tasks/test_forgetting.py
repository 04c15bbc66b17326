"""Names that say what is to be forgotten, and those that they get."""

from __future__ import annotations

from pathlib import Path

import pytest

from wooster.core.errors import HomeError
from wooster.memory.forgetting.wording import all_of
from wooster.tasks.folder import Folder
from wooster.tasks.forgetting import Names


def anna(text: str) -> bool:
    return "anna" in text.casefold()


def _make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"was {name}\n")


def _there(root: Path) -> dict[str, str]:
    return {
        str(each.relative_to(root)): each.read_text().strip()
        for each in root.rglob("*")
        if each.is_file()
    }


def test_names_that_say_it_become_others(tmp_path: Path) -> None:
    """A project with its journal, its tags, and that it is open; one in the trash, one without
    anything in it; a file that was archived. What is there already keeps its name."""
    made = {
        "projects/anna/anna.md": "# Plan\n",
        "projects/anna/to Anna.txt": "x\n",
        "projects/project/project.md": "mine\n",
        "projects/trip-to-anna/journal.md": "on the way\n",
        "projects/.trash/anna-2026/anna.md": "old\n",
        "archive/nextActions/nextaction_2026_call_Anna.md": "done\n",
        ".active_project": "trip-to-anna\n",
        "anna.png": "a picture\n",
    }
    for name, text in made.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "projects" / "for-anna").mkdir()
    names = Names(Folder(tmp_path), tmp_path.parent)
    retagged = names.retagging(anna)("- [ ] call Bob +anna, +trip-to-anna and Anna\n")
    assert retagged == "- [ ] call Bob +project-2, +project-4 and Anna\n"
    told = names.saying(anna)
    assert "the name of the project “trip-to-anna”" in told and len(told) == 7
    changed = names.clear(anna)
    there = {
        str(each.relative_to(tmp_path)): each.read_text()
        for each in tmp_path.rglob("*")
        if each.is_file()
    }
    assert there == {
        "projects/project-2/project-2.md": "# Plan\n",
        "projects/project-2/file.txt": "x\n",
        "projects/project/project.md": "mine\n",
        "projects/project-4/journal.md": "on the way\n",
        "projects/.trash/project/project.md": "old\n",
        "archive/nextActions/file.md": "done\n",
        ".active_project": "project-4\n",
        "file.png": "a picture\n",
    }
    assert not any(anna(str(each)) for each in tmp_path.rglob("*"))
    assert {tmp_path / "projects/anna/anna.md", tmp_path / "file.png"} <= set(changed)
    assert (names.saying(anna), names.clear(anna)) == ([], [])


_GIVEN = (
    *("inbox.md", "next_actions.md", "waiting_for.md", "someday_maybe.md"),
    *("projects/home/home.md", "projects/trip/journal.md", "projects/.trash/boat/boat.md"),
    "archive/nextActions/nextaction_2026.md",
)
_MADE = ("projects/project-x/project-x.md", "archive/2026_the_file_of_Bo.md", "projects/trip/a.txt")


@pytest.mark.parametrize(
    "words",
    ["home", "project", "file", "md", "projects", "archive", "trash", "inbox", "actions", "next"],
)
def test_what_wooster_calls_so_by_itself_keeps_its_name(tmp_path: Path, words: str) -> None:
    """Its lists, folders, the home project, and the endings of files, whatever word is forgotten;
    where the name that is put in the place of another says the word, yet another one is."""
    _make(tmp_path, *_GIVEN, *_MADE)
    wording = all_of(words)
    assert wording is not None
    names = Names(Folder(tmp_path), tmp_path.parent)
    told = names.saying(wording.stands_in)
    names.clear(wording.stands_in)
    left = _there(tmp_path)
    assert {name: f"was {name}" for name in _GIVEN}.items() <= left.items()
    put = {
        "project": ("projects/folder/folder.md", _MADE[0]),
        "file": ("archive/text.md", _MADE[1]),
    }.get(words)
    assert len(told) == (put is not None)
    if put is not None:
        assert left[put[0]] == f"was {put[1]}"
        assert put[1] not in left


def test_what_is_anothers_keeps_its_name(tmp_path: Path) -> None:
    """Of a folder outside of Wooster's home only projects get others, with their journals, and what
    Wooster archived: not a vault's notes, nor the pictures and papers of a project; a link to a
    project does, and what it leads to stays."""
    vault = tmp_path / "vault"
    theirs = ("Anna.md", "people/Anna.md", "projects/Anna.png", "archive/Anna.pdf", "away/b.md")
    inside = ("to Anna.jpg", "src/anna.py", "notes on Anna.md")
    _make(vault, *theirs, *(f"projects/anna/{each}" for each in (*inside, "anna.md")))
    _make(vault, "archive/2026_call_Anna.md")
    (vault / "projects" / "anna-away").symlink_to(vault / "away")
    names = Names(Folder(vault), tmp_path / "home")
    line = "- [ ] rest +anna +anna-away\n"
    assert names.retagging(anna)(line) == "- [ ] rest +project +project-2\n"
    assert names.saying(anna) == [
        "the name of the file “2026_call_Anna”",
        "the name of the project “anna”",
        "the name of the project “anna-away”",
    ]
    assert [each.split("“")[1].split("”")[0] for each in names.staying(anna)] == [
        *("Anna.pdf", "Anna.png"),
        *("notes on Anna.md", "to Anna.jpg", "anna.py"),
    ]
    names.clear(anna)
    kept = {name: f"was {name}" for name in theirs}
    assert _there(vault) == {
        **kept,
        **{f"projects/project/{each}": f"was projects/anna/{each}" for each in inside},
        "projects/project/project.md": "was projects/anna/anna.md",
        "archive/file.md": "was archive/2026_call_Anna.md",
    }
    assert (vault / "projects" / "project-2").readlink() == vault / "away"
    (tmp_path / "home" / "tasks").mkdir(parents=True)
    (tmp_path / "home" / "tasks" / "vault").symlink_to(vault)
    (vault / "Anna's.md").write_text("mine")
    assert Names(Folder(tmp_path / "home" / "tasks"), tmp_path / "home").clear(anna) == []
    assert (vault / "Anna's.md").exists()
    (vault / "Anna's.md").unlink()
    apart = Names(Folder(vault, tmp_path / "disk" / "projects"), tmp_path / "home")
    with pytest.raises(HomeError, match="isn't there"):  # before a line that has a tag is changed
        apart.check()
    with pytest.raises(HomeError):  # a disk that was unplugged: no folder is made in its place
        Names(Folder(tmp_path / "disk" / "tasks"), tmp_path / "home").clear(anna)
    assert not (tmp_path / "disk").exists()
    wanted = [vault / "projects/anna/anna.md", vault / "projects/a.md", Path("/etc/anna")]
    assert names.renamed(anna, wanted) == {wanted[0]: vault / "projects/project/project.md"}
    assert names.retagging(anna, wanted)("- [ ] rest +anna\n") == "- [ ] rest +project\n"
