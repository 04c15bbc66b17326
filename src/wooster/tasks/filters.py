"""Which tasks a line asks for: `@ctx +project due:today words all`. Pure but for what days are."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from wooster.core.patterns import Pattern
from wooster.tasks import days, lines
from wooster.tasks.choosing import plain
from wooster.tasks.days import Days
from wooster.tasks.model import Item, Task

_DUE = Pattern(r"(?<!\S)due[: ][ ]*(?P<day>\S.*)", re.IGNORECASE)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Filter:
    """`first` and `last` are days, both in; `words` are all in the text. Nothing said is all."""

    contexts: tuple[str, ...] = ()
    project: str = ""
    first: date | None = None
    last: date | None = None
    words: tuple[str, ...] = ()
    is_whole: bool = False
    told: str = ""

    def takes(self, task: Task) -> bool:
        if task.is_done:
            return False
        if self.contexts and not set(self.contexts) <= {c.casefold() for c in task.contexts}:
            return False
        if self.project and lines.slug(task.project) != self.project:
            return False
        if self.last is not None and (task.due is None or task.due > self.last):
            return False
        if self.first is not None and (task.due is None or task.due < self.first):
            return False
        return not self.words or all(word in plain(task.text) for word in self.words)


def parse(words: str, today: Days, projects: Collection[str] = ()) -> Filter:
    """Raises `UsageError` for a day that is none. What is due today is also what is late."""
    rest, first, last = words.strip(), None, None
    if found := _DUE.search(rest):
        first, last, after = _span(found["day"], today)
        rest = f"{rest[: found.start()]} {after}".strip()
    said = lines.read(rest, projects)
    left = [word for word in plain(said.text).split() if not word.startswith(("@", "+"))]
    is_whole = "all" in left
    return Filter(
        tuple(context.casefold() for context in said.contexts),
        lines.slug(said.project),
        first,
        last,
        tuple(word for word in left if word != "all"),
        is_whole,
        words.strip(),
    )


def _span(words: str, today: Days) -> tuple[date | None, date | None, str]:
    """The days that are meant, and the words after them."""
    word, _, rest = words.partition(" ")
    now = today.today()
    if word.casefold() == "today":
        return None, now, rest
    if word.casefold() in ("overdue", "late"):
        return None, now - timedelta(days=1), rest
    if word.casefold() == "week":
        return None, now + _WEEK, rest
    if word.casefold() in ("any", "all"):
        return date.min, None, rest
    tags = re.search(r"\s[@+]", words)
    said, rest = (words[: tags.start()], words[tags.start() :]) if tags else (words, "")
    found = days.meaning(said, today)
    if found is not None and found.day is not None:
        return found.day, found.until_day or found.day, rest
    day = days.day(said, today)
    return day, day, rest


def order(item: Item) -> tuple[str, bool, str, str]:
    """As the original: by context, by project with home first, by words."""
    task = item.task
    project = lines.slug(task.project)
    context = task.contexts[0] if task.contexts else ""
    return context.casefold(), project not in ("", "home"), project, plain(task.text)
