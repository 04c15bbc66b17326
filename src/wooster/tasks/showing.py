"""Tasks as text for a person (Markdown) and as data for a program.

What stands in a file stands in it as text: whatever it is can't look like ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wooster.core.text import clean, clip, counted, escaped
from wooster.tasks import changes, lines
from wooster.tasks.archive import GONE, Entry
from wooster.tasks.filters import Filter
from wooster.tasks.lists import INBOX, NEXT, SOMEDAY, WAITING
from wooster.tasks.model import Item, Task
from wooster.tasks.projects import Project
from wooster.tasks.service import Changed

MOST = 100
"""Tasks that are shown at once; `all` shows every one."""
_LONGEST = 160
NAMES = {
    INBOX: "the inbox",
    NEXT: "the next actions",
    WAITING: "what you wait for",
    SOMEDAY: "someday/maybe",
}


def plain(text: str) -> str:
    return escaped(clip(clean(text), _LONGEST))


def put_text(files: Sequence[str]) -> str:
    """That lines were put as they were in these files; what the archive has of it goes without
    saying."""
    shown = [each for each in files if not each.startswith(f"{GONE}/")] or files
    return f"As it was before, in {' and '.join(NAMES.get(each, plain(each)) for each in shown)}."


def day_text(day: date, today: date) -> str:
    """ "today", "tomorrow", "Friday 27 Nov", with the year where it is another."""
    away = (day - today).days
    if -1 <= away <= 1:
        return ("yesterday", "today", "tomorrow")[away + 1]
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%A} {day.day} {day:%b}{year}"


def task_text(task: Task, today: date, titles: Mapping[str, str] | None = None) -> str:
    """Words, and in italics what is said of them."""
    notes = [*(plain(each) for each in task.contexts)]
    slug = lines.slug(task.project)
    if slug and slug != "home":
        notes.append(plain((titles or {}).get(slug, task.project)))
    if task.due:
        late = (today - task.due).days
        late_text = f", {counted(late, 'day')} late" if late > 0 else ""
        notes.append(f"due {day_text(task.due, today)}{late_text}")
    if task.every:
        notes.append(f"every {plain(task.every.replace('-', ' '))}")
    if task.waiting:
        since = f" since {plain(task.waiting.since)}" if task.waiting.since else ""
        notes.append(f"waiting for {plain(task.waiting.who or 'somebody')}{since}")
    told = plain(task.text) or "(no words)"
    return f"{told}  *{' · '.join(notes)}*" if notes else told


def list_text(
    head: str, found: Sequence[Item], today: date, asked: Filter, titles: Mapping[str, str]
) -> str:
    """A numbered list, cut where it is long and not all was asked for."""
    shown = cut(found, asked)
    told = [f"{n}. {task_text(item.task, today, titles)}" for n, item in enumerate(shown, 1)]
    more = len(found) - len(shown)
    rest = [] if not more else ["", f"*… and {counted(more, 'other')}; `all` behind it shows all.*"]
    return "\n".join([head, "", *told, *rest])


def cut(found: Sequence[Item], asked: Filter) -> Sequence[Item]:
    return found if asked.is_whole else found[:MOST]


def done_text(entries: Sequence[Entry], is_more: bool, today: date) -> str:
    if not entries:
        return "Nothing that was done has these words, or nothing was done yet."
    told = [f"- {plain(e.day or 'no date')}: {plain(e.task.text)}{_of(e.task)}" for e in entries]
    more = ["", "*There is more: `completed WORDS` searches.*"] if is_more else []
    return "\n".join([*told, *more])


def _of(task: Task) -> str:
    notes = [plain(each) for each in task.contexts]
    notes += [plain(task.project)] if task.project else []
    return f"  *{' · '.join(notes)}*" if notes else ""


def changed_text(said: str, changed: Changed, today: date) -> str:
    """What was done, the task, and when one that recurs is due again."""
    told = f"{said}: {task_text(changed.task, today)}."
    if changed.next_task and changed.next_task.due:
        told += f" Again {day_text(changed.next_task.due, today)}."
    return told


def projects_text(found: Sequence[Project], counts: Mapping[str, int], active: str) -> str:
    if not found:
        return "There are no projects yet. `create project NAME` begins one."
    told = []
    for n, each in enumerate(found, 1):
        notes = [counted(counts.get(each.slug, 0), "open task")]
        notes += ["open now"] if each.slug == active else []
        told.append(f"{n}. {plain(each.name)}  *+{plain(each.slug)} · {' · '.join(notes)}*")
    return "\n".join(told)


# --- data -------------------------------------------------------------------------------------


def task_data(task: Task) -> dict[str, Any]:
    waiting = task.waiting
    return {
        "text": clean(task.text),
        "contexts": [clean(each) for each in task.contexts],
        "project": clean(task.project),
        "due": task.due.isoformat() if task.due else None,
        "every": clean(task.every),
        "captured": clean(task.captured or task.stamp),
        "completed": clean(task.completed),
        "id": clean(task.id),
        "waiting_for": clean(waiting.who) if waiting else None,
    }


def items_data(found: Sequence[Item], shown: Sequence[Item]) -> dict[str, Any]:
    told = [
        {"number": number, "file": item.file, **task_data(item.task)}
        for number, item in enumerate(shown, 1)
    ]
    return {"count": len(found), "tasks": told}


def changed_data(changed: Changed) -> dict[str, Any]:
    return {"file": changed.file, **task_data(changed.task)}


def place_data(item: Item) -> dict[str, Any]:
    """A task as an action takes it for the exact one."""
    return {"file": item.file, "line": changes.told(item.lines[0])}
