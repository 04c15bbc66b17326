"""What was done, and what was thrown away: one small file each, as the original kept them.

`archive/nextActions/nextaction_<when>_<words>.md` is a task that was done;
`archive/<when>_<words>.md` is one that was let go.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from wooster.core import caches
from wooster.core.names import free
from wooster.core.patterns import Pattern
from wooster.tasks import changes, lines
from wooster.tasks.changes import Change
from wooster.tasks.choosing import plain
from wooster.tasks.document import Document, text_of
from wooster.tasks.folder import Folder
from wooster.tasks.model import Item, Task

DONE, GONE = "archive/nextActions", "archive"
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9]")
_NAME_LENGTH = 30
_DAY = Pattern(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A task that was done; `day` is as it was written, "" where that isn't known; `whole` is all
    that is searched."""

    task: Task
    day: str
    file: str
    whole: str


def file_name(folder: Folder, kind: str, text: str, now: datetime) -> str:
    """One that isn't taken yet."""
    when = now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%S.%f")[:-3] + "Z"
    words = _NOT_IN_NAME.sub("_", text[:_NAME_LENGTH])
    stem = f"{kind}/{'nextaction_' if kind == DONE else ''}{when}_{words}"
    return free(stem, lambda each: folder.is_there(f"{each}.md"), "{}_{}") + ".md"


def done(folder: Folder, item: Item, line: str, now: datetime) -> Change:
    """The file of a task that is done: its line, and what belongs to it."""
    front = f"SourceFile: {item.file}\nArchived: {_instant(now)}"
    return _made(folder, DONE, item, (front, line), now)


def let_go(folder: Folder, item: Item, now: datetime) -> Change:
    """The file of an item that is thrown away."""
    told = item.task.stamp or item.task.captured or "N/A"
    front = f"Archive Date: {_instant(now)}\nOriginal Timestamp: {told}"
    first = text_of(item.lines[0])
    body = item.task.text if item.file == "inbox.md" else first
    return _made(folder, GONE, item, (front, body), now)


def _made(folder: Folder, kind: str, item: Item, told: tuple[str, str], now: datetime) -> Change:
    front, line = told
    rest = b"".join(b"\n" + each.removesuffix(b"\r") for each in item.lines[1:])
    head = f"---\n{front}\n---\n\n{line}".encode("utf-8", "surrogateescape")
    name = file_name(folder, kind, item.task.text or "task", now)
    return changes.making(name, head + rest + b"\n")


def _instant(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Archive:
    """What was done. A file is read once, and again when it has changed."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._kept: dict[str, tuple[object, Entry]] = {}
        caches.known(self._let_go)

    def _let_go(self) -> None:
        self._kept = {}

    def entries(self, files: Sequence[str], names: Collection[str]) -> Iterator[Entry]:
        """The newest first: of the archive, and what is ticked in `files`."""
        ticked = [
            _entry(item.task, _day(item.task.completed), file)
            for file in files
            for item in self._folder.items(file, names, bullets=file == "inbox.md")
            if item.task.is_done
        ]
        ticked.sort(key=lambda entry: entry.day, reverse=True)
        at = 0
        there = [name for name in self._folder.names(DONE) if name.endswith(".md")]
        was = self._kept
        known = self._kept = {name: was[name] for name in there if name in was}
        for name in reversed(_by_time(there)):
            kept, stamp = known.get(name), self._folder.stamp(DONE, name)
            if stamp is None:
                continue
            if kept is None or kept[0] != stamp:
                kept = (stamp, _read(f"{DONE}/{name}", self._folder, names))
                known[name] = kept
            while at < len(ticked) and ticked[at].day >= kept[1].day:
                yield ticked[at]
                at += 1
            yield kept[1]
        yield from ticked[at:]


def _by_time(found: Sequence[str]) -> list[str]:
    """Names of whatever form, by the time in them."""
    return sorted(found, key=lambda name: name[name.find("20") :] if "20" in name else name)


def _read(file: str, folder: Folder, names: Collection[str]) -> Entry:
    body = _body(folder.contents(file))
    task = lines.parse(body, names) or lines.read(body, names, is_done=True)
    found = _DAY.search(task.completed) or _DAY.search(file)
    return _entry(task, found[0] if found else "", file)


def _entry(task: Task, day: str, file: str) -> Entry:
    whole = plain(" ".join([task.text, *task.contexts, f"+{task.project}", day]))
    return Entry(task, day, file, whole)


def _body(document: Document) -> str:
    texts = [text_of(line) for line in document.lines]
    if texts and texts[0] == "---" and "---" in texts[1:]:
        texts = texts[texts.index("---", 1) + 1 :]
    return next((text for text in texts if text.strip()), "")


def _day(completed: str) -> str:
    found = _DAY.search(completed)
    return found[0] if found else ""


def has(entry: Entry, words: Sequence[str]) -> bool:
    """Whether a task's text, context, project or day has all of the words."""
    return all(plain(word) in entry.whole for word in words)
