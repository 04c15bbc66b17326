"""Names that say what is to be forgotten, and those that they get."""

from __future__ import annotations

from pathlib import Path

from wooster.tasks.folder import Folder
from wooster.tasks.forgetting import Names


def anna(text: str) -> bool:
    return "anna" in text.casefold()


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
    names = Names(Folder(tmp_path), is_ours=True)
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
        "projects/.trash/project/file.md": "old\n",
        "archive/nextActions/file.md": "done\n",
        ".active_project": "project-4\n",
        "file.png": "a picture\n",
    }
    assert not any(anna(str(each)) for each in tmp_path.rglob("*"))
    assert {tmp_path / "projects/anna/anna.md", tmp_path / "file.png"} <= set(changed)
    assert (names.saying(anna), names.clear(anna)) == ([], [])


def test_of_a_folder_that_is_anothers_only_projects_are_renamed(tmp_path: Path) -> None:
    """A vault's notes keep their names, and what is put back to projects gets others."""
    for name in ("Anna.md", "people/Anna.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    names = Names(Folder(tmp_path, tmp_path / "plans"), is_ours=False)
    assert (names.saying(anna), names.clear(anna)) == ([], [])
    wanted = [tmp_path / "plans/anna/anna.md", tmp_path / "plans/a.md", Path("/etc/anna")]
    assert names.renamed(anna, wanted) == {wanted[0]: tmp_path / "plans/project/project.md"}
    assert names.retagging(anna, wanted)("- [ ] rest +anna\n") == "- [ ] rest +project\n"
