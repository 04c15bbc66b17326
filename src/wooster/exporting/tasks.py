"""Tasks as they are written out for programs: those that are to be done, and those that were.
Blocking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wooster.core.text import clean
from wooster.tasks.archive import Archive
from wooster.tasks.document import text_of
from wooster.tasks.folder import Folder
from wooster.tasks.lists import INBOX, LISTS
from wooster.tasks.model import Item
from wooster.tasks.projects import Projects
from wooster.tasks.showing import task_data


def tasks_data(folder: Folder) -> Iterator[dict[str, Any]]:
    """Those to be done, list after list as they stand there, then what was done, the newest first;
    `day` is when, null where that isn't known."""
    projects = Projects(folder)
    names, files = projects.names(), [*LISTS, *projects.files()]
    for file in files:
        for item in folder.items(file, names, bullets=file == INBOX):
            if not item.task.is_done:
                yield _item_data(item)
    for each in Archive(folder).entries(files, names):
        done = {"file": clean(each.file), "done": True, "day": each.day or None, "notes": ""}
        yield done | task_data(each.task)


def _item_data(item: Item) -> dict[str, Any]:
    below = "\n".join(text_of(line) for line in item.lines[1:])
    head = {"file": clean(item.file), "done": False, "day": None, "notes": clean(below).strip("\n")}
    return head | task_data(item.task)
