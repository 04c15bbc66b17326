"""Files on the disk: whole or not at all, with editors and others at work in them, too."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tasks.conftest import Person
from tests.tasks.test_document import markdown
from wooster.config import replacing
from wooster.core.errors import Busy, DiskFull, HomeError, NotFound, UsageError
from wooster.tasks import changes
from wooster.tasks.archive import DONE, Archive, Entry
from wooster.tasks.changes import Change, Rename
from wooster.tasks.document import Document
from wooster.tasks.folder import Folder


@pytest.fixture
def there(tmp_path: Path) -> Folder:
    root = tmp_path / "gtd"
    root.mkdir()
    return Folder(root)


def one_more(there: Folder, text: bytes, file: str = "f.md") -> Change:
    document = there.read(file)
    return changes.inserting(document, file, document.ends, [text])


def write(there: Folder, *steps: changes.Step) -> list[changes.Step]:
    with there.locked():
        return there.write(steps)


def test_mode_and_links_stay(there: Folder) -> None:
    """A file keeps its mode; what a link leads to is changed, and the link stays one."""
    target = there.root / "real.md"
    target.write_bytes(b"- [ ] a\n")
    target.chmod(0o640)
    (there.root / "f.md").symlink_to("real.md")
    write(there, one_more(there, b"- [ ] b"))
    assert (there.root / "f.md").is_symlink()
    assert target.read_bytes() == b"- [ ] a\n- [ ] b\n"
    assert target.stat().st_mode & 0o777 == 0o640
    write(there, one_more(there, b"x", "new.md"))
    assert (there.root / "new.md").stat().st_mode & 0o777 == 0o600


def test_what_an_editor_saved_meanwhile_stays(
    there: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and replacing: the change is made in what was saved."""
    path = there.root / "f.md"
    path.write_bytes(b"- [ ] a\n- [ ] b\n")
    document = there.read("f.md")
    store = replacing._store
    saves = [b"- [ ] a, edited\n- [ ] b\n", b"- [ ] new\n- [ ] a, edited\n- [ ] b\n"]

    def and_an_editor_saves(temporary: Path, data: bytes, mode: int) -> os.stat_result:
        made = store(temporary, data, mode)
        if saves:
            path.write_bytes(saves.pop(0))
        return made

    monkeypatch.setattr(replacing, "_store", and_an_editor_saves)
    (made,) = write(there, changes.replacing(document, "f.md", 1, 1, [b"- [x] b"]))
    assert path.read_bytes() == b"- [ ] new\n- [ ] a, edited\n- [x] b\n"
    assert isinstance(made, Change)
    assert made.at == 2
    write(there, made.inverse)
    assert path.read_bytes() == b"- [ ] new\n- [ ] a, edited\n- [ ] b\n"


def test_a_line_that_an_editor_changed_is_not_overwritten(
    there: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is said, and the steps before it are taken back."""
    path = there.root / "f.md"
    path.write_bytes(b"- [ ] a\n")
    document = there.read("f.md")
    path.write_bytes(b"- [ ] mine now\n")
    steps = [one_more(there, b"copy", "g.md"), changes.replacing(document, "f.md", 0, 1)]
    with pytest.raises(NotFound, match="“- \\[ \\] a” isn't there any more"):
        write(there, *steps)
    assert path.read_bytes() == b"- [ ] mine now\n"
    assert not (there.root / "g.md").exists()
    with pytest.raises(UsageError, match="is there already"):
        write(there, changes.making("f.md", b"x"))
    store = replacing._store

    def saved_again_and_again(temporary: Path, data: bytes, mode: int) -> os.stat_result:
        made = store(temporary, data, mode)
        path.write_bytes(path.read_bytes() + b"- [ ] more\n")
        return made

    monkeypatch.setattr(replacing, "_store", saved_again_and_again)
    with pytest.raises(Busy, match="again and again"):
        write(there, one_more(there, b"- [ ] b"))


KILLED = """
import os, sys
from pathlib import Path
from wooster.tasks import changes
from wooster.tasks.folder import Folder

Path.replace = lambda *_: os._exit(9)
there = Folder(Path(sys.argv[1]))
with there.locked():
    there.write([changes.inserting(there.read("f.md"), "f.md", 1, [b"- [ ] b"])])
"""


def test_killed_before_the_new_file_takes_its_place_the_old_one_is_whole(there: Folder) -> None:
    """And what was left beside it goes with the next change."""
    path = there.root / "f.md"
    path.write_bytes(b"- [ ] a\n")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(there.root)], check=False)
    assert killed.returncode == 9
    assert path.read_bytes() == b"- [ ] a\n"
    assert len(list(there.root.iterdir())) == 2
    write(there, one_more(there, b"- [ ] c"))
    assert path.read_bytes() == b"- [ ] a\n- [ ] c\n"
    assert list(there.root.iterdir()) == [path]


class Failing:
    """The operations of these names: the `at`-th from now fails, once."""

    def __init__(self, planted: pytest.MonkeyPatch, *names: str) -> None:
        self.at = 0
        for name in names:
            planted.setattr(os, name, self._instead(getattr(os, name)))

    def _instead(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            self.at -= 1
            if self.at == 0:
                raise OSError(28, "No space left on device")
            return real(*given, **named)

        return call


def test_whichever_operation_fails_what_is_moved_is_never_in_no_place(
    there: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only the last one failed, and the file was replaced or removed before it."""
    old, new = there.root / "f.md", there.root / "projects" / "g.md"
    fails = Failing(monkeypatch, "open", "fsync", "fchmod", "replace", "unlink", "rmdir")
    for number in range(1, 60):
        old.write_bytes(b"- [ ] a\n")
        new.unlink(missing_ok=True)
        steps = [
            changes.making("projects/g.md", b"- [ ] a\n"),
            changes.removing("f.md", there.read("f.md")),
        ]
        fails.at = number
        try:
            write(there, *steps)
        except DiskFull:
            fails.at = 0
            assert old.exists() or new.exists(), number
        else:
            if fails.at > 0:
                break
            assert new.exists(), number  # what failed was to sync a new folder, which is logged
    assert number > 8
    assert not old.exists() and new.read_bytes() == b"- [ ] a\n"


def test_each_failing_operation_leaves_a_whole_file(
    there: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first, the second, the third … write, until it succeeds; nothing is half-made."""
    path = there.root / "f.md"
    path.write_bytes(b"- [ ] a\n")
    fails = Failing(monkeypatch, "open", "fsync", "fchmod")
    for number in range(1, 30):
        fails.at = number
        try:
            write(there, one_more(there, b"- [ ] b"))
        except DiskFull:
            fails.at = 0
            assert path.read_bytes() in (b"- [ ] a\n", b"- [ ] a\n- [ ] b\n")
            path.write_bytes(b"- [ ] a\n")
        else:
            break
    else:
        pytest.fail("it never succeeded")
    assert number > 3
    assert path.read_bytes() == b"- [ ] a\n- [ ] b\n"
    assert list(there.root.iterdir()) == [path]


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    """Two folders of one place, as two daemons have it, each in a thread of its own."""
    each = 40
    found = [Folder(tmp_path), Folder(tmp_path)]

    def work(number: int) -> None:
        for count in range(each):
            there = found[number]
            with there.locked():
                there.write([one_more(there, f"- [ ] {number}.{count}".encode())])

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = (tmp_path / "f.md").read_text().split()
    assert len([line for line in lines if "." in line]) == 2 * each


async def test_many_changes_at_once_are_all_made(person: Person) -> None:
    """Through the actions: none is lost, and an editor's line stays."""
    person.has("inbox.md", "- [ ] 2026-11-25 09:30:00 by hand\n")
    async with asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(person.types(f"/capture thought {number}"))
            tasks.create_task(person.types(f"/tasks add deed {number}"))
    assert len(person.file("inbox.md").splitlines()) == 21
    assert len(person.file("next_actions.md").splitlines()) == 20
    async with asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(person.types(f"/tasks done deed {number}"))
    assert person.file("next_actions.md") == ""


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """With the path, and what to do."""
    (tmp_path / "file").write_bytes(b"")
    broken = Folder(tmp_path / "file")
    assert broken.read("f.md").lines == (b"",)
    with pytest.raises(HomeError, match="can't be opened"), broken.locked():
        pass
    (tmp_path / "gtd" / "f.md").mkdir(parents=True)
    with pytest.raises(HomeError, match="can't be read"):
        Folder(tmp_path / "gtd").read("f.md")


def test_its_version_changes_with_every_file(there: Folder) -> None:
    """One that is made, changed where it stands, archived or removed; a link that leads nowhere or
    back is no hindrance."""
    (there.root / "projects" / "flat").mkdir(parents=True)
    (there.root / "archive" / "nextActions").mkdir(parents=True)
    (there.root / "gone.md").symlink_to(there.root / "nowhere")
    (there.root / "projects" / "back").symlink_to(there.root / "projects")
    project = there.root / "projects" / "flat" / "project.md"
    versions = [there.version()]
    for change in (
        lambda: project.write_text("- [ ] paint\n"),
        lambda: project.write_text("- [ ] paint it\n"),
        lambda: (there.root / "archive" / "nextActions" / "done.md").write_text("x"),
        project.unlink,
    ):
        change()
        versions.append(there.version())
    assert len(set(versions)) == len(versions)
    assert there.version() == versions[-1]


def test_a_path_is_renamed_and_never_over_another(there: Folder) -> None:
    """What is there already stays."""
    write(there, changes.making("projects/a/a.md", b"x"), Rename("projects/a", "projects/b"))
    assert (there.root / "projects" / "b" / "a.md").read_bytes() == b"x"
    write(there, changes.making("projects/a/a.md", b"y"))
    with pytest.raises(UsageError, match="there already"):
        write(there, Rename("projects/a", "projects/b"))
    with pytest.raises(NotFound, match="isn't there any more"):
        write(there, Rename("projects/c", "projects/d"))
    elsewhere = Folder(there.root, there.root / "mine")
    assert elsewhere.path("projects/x/x.md") == there.root / "mine" / "x" / "x.md"


def test_a_file_is_parsed_again_only_when_it_changed(there: Folder) -> None:
    """Whoever changed it."""
    path = there.root / "f.md"
    path.write_bytes(b"- [ ] a\n")
    first = there.items("f.md")
    assert there.items("f.md") is first
    path.write_bytes(b"- [ ] a\n- [ ] b\n")
    assert [item.task.text for item in there.items("f.md")] == ["a", "b"]
    path.unlink()
    assert there.items("f.md") == []


# --- whatever is in the files -----------------------------------------------------------------

_verbs = st.sampled_from(
    [
        ("tasks_done", {}),
        ("tasks_drop", {}),
        ("tasks_edit", {"text": "other words @ctx"}),
        ("tasks_move", {"to": "someday"}),
        ("tasks_move", {"to": "inbox"}),
        ("tasks_move", {"to": "flat"}),
        ("tasks_wait", {"who": "Bob"}),
    ]
)


@settings(max_examples=60)
@given(markdown, markdown, markdown, _verbs, st.integers(0, 8))
def test_whatever_is_in_the_files_a_change_is_taken_back_to_the_byte(
    following: bytes, someday: bytes, flat: bytes, verb: tuple[str, dict[str, str]], number: int
) -> None:
    """And no line of another task goes."""
    with tempfile.TemporaryDirectory() as root:
        asyncio.run(_there_and_back(Path(root), (following, someday, flat), verb, number))


async def _there_and_back(
    root: Path, files: tuple[bytes, bytes, bytes], verb: tuple[str, dict[str, str]], number: int
) -> None:
    person = Person(root)
    names = ("next_actions.md", "someday_maybe.md", "projects/flat/flat.md")
    for name, data in zip(names, files, strict=True):
        person.has(name, data)
    before = person.everything()
    found = await person.tasks.lists.listed("next_actions.md")
    if not found:
        return
    item = found[number % len(found)]
    place = {"file": item.file, "line": changes.told(item.lines[0])}
    with contextlib.suppress(UsageError, NotFound):  # a task without words can't be waited for
        changed = await person.registry.run(verb[0], {**verb[1], "place": place})
        left = [line.rstrip() for line in Document.of(files[0]).lines]
        now = [line.rstrip() for line in Document.of(person.everything()[names[0]]).lines]
        gone = [line for line in set(left) if left.count(line) > now.count(line)]
        assert len(gone) <= len(item.lines) + 1  # and one that gives its byte order mark away
        await person.undoes(changed)
        after = {name: data for name, data in person.everything().items() if data or name in before}
        assert after == before


# --- size -------------------------------------------------------------------------------------


async def test_a_very_long_list_is_read_and_changed(person: Person) -> None:
    """50 000 lines; only the one that is meant differs, and the answer is short."""
    lines = [f"- [ ] @c{n % 9} task number {n} (id: {n})\r\n" for n in range(50_000)]
    person.has("next_actions.md", "".join(lines))
    shown = await person.types("/tasks list")
    assert shown.data["count"] == 50_000
    assert len(shown.data["tasks"]) == 100
    assert shown.text.endswith("*… and 49 900 others; `all` behind it shows all.*")
    await person.types("/tasks done task number 31416")
    del lines[31_416]
    assert person.file("next_actions.md") == "".join(lines)


def test_what_was_removed_from_the_archive_leaves_memory(there: Folder) -> None:
    """However long the daemon runs, what is kept of what was done is of files that there are."""
    archived = there.root / DONE
    archived.mkdir(parents=True)
    for number in range(20):
        name = f"nextaction_2026-11-{number + 1:02}T10-00-00.000Z_call.md"
        (archived / name).write_text(f"---\nx\n---\n\n- [x] call number {number}\n")
    archive = Archive(there)
    assert len(list(archive.entries([], ()))) == 20
    for path in sorted(archived.iterdir())[:18]:
        path.unlink()
    left = [each.task.text for each in archive.entries([], ())]
    assert left == ["call number 19", "call number 18"]
    gc.collect()
    kept = [each for each in gc.get_objects() if isinstance(each, Entry)]
    assert len([each for each in kept if each.task.text.startswith("call number")]) == 2
