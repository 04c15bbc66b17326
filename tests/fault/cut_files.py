"""A program for test_power_cuts.py: files are put in place, removed and restored, and the power is
cut at every moment of it.

`python -m tests.fault.cut_files FOLDER` prints a line for each cut: what is wrong after it, or
"right".
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fault.disk import Disk, Tree, events, lay_out, tree_of
from tests.fault.points import Faults, begin_with
from wooster.config.replacing import replace_file
from wooster.storage import backup, restoring
from wooster.storage.copies import FILES

_DRAWS = 12


@dataclass(frozen=True, slots=True)
class Case:
    """`before` is what there is, `mends` what the next start does with what is left; `wrong` says
    what is, of what is there then, and of whether the work had ended."""

    name: str
    before: Tree
    works: Callable[[Path], object]
    wrong: Callable[[Tree, bool], str]
    mends: Callable[[Path], object] = lambda _: None


def _restored(home: Path) -> None:
    staged = restoring.begin(home)
    staged.database.write_bytes(b"new")
    staged.files = {
        home / "gtd" / "inbox.md": (0o600, b"new"),
        home / "health" / "log.md": (0o600, b"new"),
    }
    staged.removed = [home / "gtd" / "later.md"]
    restoring.commit(staged, home / "wooster.db", None)


_OLD: Tree = {
    **{"gtd": None, "gtd/inbox.md": b"old", "gtd/later.md": b"old"},
    **{"wooster.db": b"old", "wooster.db-wal": b"old"},
}
_NEW: Tree = {"gtd/inbox.md": b"new", "health/log.md": b"new", "wooster.db": b"new"}


def _wrongly_restored(tree: Tree, ended: bool) -> str:
    files = {path: data for path, data in tree.items() if data is not None}
    if files == _NEW or (not ended and files == {p: d for p, d in _OLD.items() if d is not None}):
        return ""
    return f"{files} is neither"


def _wrongly_replaced(tree: Tree, ended: bool) -> str:
    there = [tree.get("a.md"), tree.get("in/new/b.md")]
    if ended:
        return "" if there == [b"new", b"new"] else f"it ended, and is {there}"
    return "" if there[0] in (b"old", b"new") and there[1] in (None, b"new") else f"it is {there}"


def _replaced(home: Path) -> None:
    replace_file(home / "a.md", b"new")
    replace_file(home / "in" / "new" / "b.md", b"new")


def _wrongly_removed(tree: Tree, ended: bool) -> str:
    if ended and tree:
        return f"it ended, and {sorted(tree)} is back"
    alone = [path for path in tree if path.endswith(".db") and path[:-3] + FILES not in tree]
    return f"{alone} lack their files" if alone else ""


CASES = (
    Case("restore", _OLD, _restored, _wrongly_restored, restoring.finish),
    Case("replace", {"a.md": b"old"}, _replaced, _wrongly_replaced),
    Case(
        "remove copies",
        {f"{name}{end}": b"old" for name in "xyz" for end in (".db", FILES)},
        lambda folder: backup._remove(folder.iterdir(), folder),
        _wrongly_removed,
    ),
)


def tried(case: Case, folder: Path) -> None:
    """Cut at every moment: all is dropped that wasn't synced, and some of it, in many ways."""
    home, book, some = folder / "home", folder / "book", Random(case.name)
    lay_out(case.before, home)
    disk, faults = Disk(home), Faults(home)
    faults.record(book)
    case.works(home)
    faults.disarm()
    done = events(book)
    after = deepcopy(disk)
    for event in done:
        after.does(event)
    assert after.tree() == tree_of(home), "something was written by other ways"
    for number in range(len(done) + 1):
        for tree in (disk.safe(), *(disk.survived(some) for _ in range(_DRAWS))):
            shutil.rmtree(home)
            lay_out(tree, home)
            case.mends(home)
            told = case.wrong(tree_of(home), number == len(done))
            sys.stdout.write(f"{case.name} {number} {told or 'right'}\n")
        if number < len(done):
            disk.does(done[number])
    shutil.rmtree(home)


def main() -> int:
    folder = Path(sys.argv[1])
    begin_with(folder)
    for case in CASES:
        tried(case, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
