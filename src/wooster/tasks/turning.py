"""What a task becomes: from words, on another list, when it is done and recurs. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from wooster.core.errors import UsageError
from wooster.core.ids import new_id
from wooster.core.patterns import Pattern
from wooster.core.text import clean
from wooster.tasks import days, lines, recurrence
from wooster.tasks.days import Days
from wooster.tasks.document import rewritten, text_of
from wooster.tasks.lists import INBOX, NEXT, WAITING
from wooster.tasks.model import Item, Task, Waiting

NONE = Pattern(r"(?<!\S)(?:@|\+|due:|every:)none(?!\S)", re.IGNORECASE)
"""Tags that are to go."""


def said(words: str, today: Days, names: Collection[str]) -> Task:
    """The task that typed words are. Raises `UsageError`."""
    words = " ".join(clean(words).split())
    rest, rule, first = days.every(words, today)
    rest, due = days.due(rest, today)
    task = lines.read(rest, names)
    if not (rule or task.every):
        return replace(task, due=due or task.due)
    told = rule or task.every
    begins = due or task.due or first
    meant = recurrence.rule(told, today)
    if begins is None:
        begins = recurrence.first(meant, today.today())
    return replace(task, every=recurrence.anchored(told, meant, begins), due=begins)


def new(task: Task, today: Days) -> Task:
    return replace(
        task,
        is_done=False,
        completed="",
        captured=today.today().isoformat(),
        id=new_id(today.utc()),
    )


def for_list(task: Task, file: str, today: Days) -> Task:
    """A task as the list `file` has it: an item of the inbox loses its stamp to "Captured"."""
    captured = task.captured or task.stamp or (task.waiting.captured if task.waiting else "")
    if file == INBOX:
        if captured and not lines.is_stamp(captured):  # a day alone would be read as words
            return replace(task, stamp="", captured=captured, waiting=None)
        return replace(task, stamp=captured or today.stamp(), captured="", waiting=None)
    number = task.id or (new_id(today.utc()) if file == NEXT else "")
    waiting = task.waiting if file == WAITING else None
    return replace(task, stamp="", captured=captured, id=number, waiting=waiting)


def awaited(task: Task, who: str, today: Days) -> Task:
    who = " ".join(clean(who).split())
    if not who or not task.text:
        raise UsageError("For whom, and for what?", hint="`wait for Bob: the report`")
    captured = task.captured or task.stamp or today.stamp()
    waiting = Waiting(who, "delegated", today.today().isoformat(), captured)
    return replace(task, stamp="", captured="", waiting=waiting)


def following(task: Task, today: Days) -> Task | None:
    """The next of a task that recurs; what its rule can't say any more is an error."""
    if not task.every:
        return None
    rule = recurrence.rule(task.every, today)
    due = recurrence.following(rule, task.due, today.today())
    return replace(new(task, today), due=due, id=new_id(today.utc()) if task.id else "")


def again(item: Item, task: Task) -> list[bytes]:
    """The lines of a task that is to do again, with nothing of it ticked."""
    first = text_of(item.lines[0])
    lines_of = [rewritten(item.lines[0], lines.format_line(task, lines.lead(first)))]
    return [*lines_of, *(unticked(line) for line in item.lines[1:])]


def unticked(line: bytes) -> bytes:
    text = text_of(line)
    found = lines.BOX.fullmatch(text)
    if found is None or found["box"] not in ("x", "X"):
        return line
    return rewritten(line, f"{found['lead']} ]{found['rest']}")


def without(task: Task, words: str) -> Task:
    """A task without the tags that words say are none."""
    said = [found.casefold() for found in NONE.findall(words)]
    if "@none" in said:
        task = replace(task, contexts=())
    if "+none" in said:
        task = replace(task, project="")
    if "due:none" in said:
        task = replace(task, due=None)
    return replace(task, every="") if "every:none" in said else task
