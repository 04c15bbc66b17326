"""The files of tasks, projects and notes: what of them is taken over, and to which place.

What isn't there yet is taken over byte for byte. Of a list that there is, the tasks that it lacks
are added, each with what belongs to it; another file of the same name is put beside the one that is
there. Blocking.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from wooster.moving.model import Aside, BigCopy, Copy, Event, Found, Home, Listed, Remark, Total
from wooster.moving.sources import Source
from wooster.moving.texts import MAX_BYTES, as_utf8, count_lines, data_of, shown, size_of
from wooster.tasks import document, lines
from wooster.tasks.document import Document, text_of
from wooster.tasks.model import Item

INBOX = "inbox.md"
_LITERAL = b"\\n"
_BINARY = (".pdf", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".docx", ".epub", ".zip")


def copied(source: Source, home: Home, path: str) -> Iterator[Event]:
    """A file as it is."""
    size = size_of(source.path)
    if size > MAX_BYTES:
        yield Total(1)
        yield Found.one("file", f"{path}\0{size}", BigCopy(home, path, source.path))
        return
    data = data_of(source.path)
    units = 1 if is_binary(data, path) else count_lines(data)
    yield Total(max(units, 1))
    kind = "file" if home == "notes" else "task file"
    yield Found.one(kind, identity(path, data), Copy(home, path, data), max(units, 1))


def is_binary(data: bytes, path: str) -> bool:
    return path.lower().endswith(_BINARY) or b"\0" in data[:4096]


def identity(path: str, data: bytes) -> str:
    """A file's is its place and its content: changed since, it is taken over again, beside."""
    return f"{path}\0{hashlib.sha256(data).hexdigest()}"


def project_file(source: Source, path: str) -> Iterator[Event]:
    """A file of a project. A line that the old inbox sorter began with a backslash and an n gets
    what that was meant to be."""
    size = size_of(source.path)
    if size > MAX_BYTES or not path.endswith(".md"):
        yield from copied(source, "tasks", path)
        return
    data = as_utf8(data_of(source.path))
    mended, numbers = _mended(data)
    yield Total(max(count_lines(data), 1))
    told = Copy("tasks", path, mended)
    yield Found.one("task file", identity(path, data), told, max(count_lines(data), 1))
    for at in numbers:
        yield Remark("it began with a literal \\n and was no task: it is one now", at)
    headings = Counter(
        text_of(line).strip() for line in mended.split(b"\n") if line.startswith(b"## Tasks")
    )
    for heading, count in headings.items():
        if count > 1:
            yield Remark(f"it has “{heading}” {count} times, which is kept")


def _mended(data: bytes) -> tuple[bytes, list[int]]:
    found, numbers = [], []
    for at, line in enumerate(data.split(b"\n"), 1):
        if line.lstrip(b" \t").startswith(_LITERAL + b"- ["):
            numbers.append(at)
            line = line.replace(_LITERAL, b"", 1)
        found.append(line)
    return b"\n".join(found), numbers


# --- lists ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """Some lines of a list, that are taken over together."""

    at: int
    key: str
    lines: tuple[bytes, ...]
    is_task: bool
    is_there: bool


def a_list(source: Source, there: Document) -> Iterator[Event]:
    """A list. `there` is what stands in the one at home, whose lines aren't added again."""
    data = as_utf8(data_of(source.path))
    whole, file = Document.of(data), source.list_file
    yield Total(count_lines(data))
    parts = sorted([*_tasks(whole, file, there), *_others(whole, file, there)], key=_at)
    blank = count_lines(data) - sum(len(each.lines) for each in parts)
    if blank:
        yield Aside("blank lines", blank)
    if parts:
        yield Found(
            "task",
            tuple(_numbered(parts, file)),
            Listed(
                file,
                tuple(() if each.is_there else each.lines for each in parts),
                whole=None if there.ends else data,
            ),
            tuple(len(each.lines) for each in parts),
            things=tuple(int(each.is_task) for each in parts),
        )
    for each in parts:
        text = text_of(each.lines[0]).strip()
        if not each.is_task and not text.startswith("#"):
            yield Remark(f"it is kept, and is no task: {shown(text)}", each.at)


def _at(part: _Part) -> int:
    return part.at


def _tasks(whole: Document, file: str, there: Document) -> Iterator[_Part]:
    known = {_key(each) for each in document.items(there, file, bullets=file == INBOX)}
    for item in document.items(whole, file, bullets=file == INBOX):
        own = tuple(each.removesuffix(b"\r") for each in item.lines)
        yield _Part(item.line + 1, _key(item), own, True, _key(item) in known)


def _key(item: Item) -> str:
    """What a task is known by: its id, else its line."""
    task = item.task
    return f"id {task.id}" if task.id else text_of(item.lines[0]).strip()


def _others(whole: Document, file: str, there: Document) -> Iterator[_Part]:
    """The lines of a list that are of no task: they are taken over, too."""
    items = document.items(whole, file, bullets=file == INBOX)
    taken = {at for item in items for at in range(item.line, item.line + len(item.lines))}
    known = {text_of(line).strip() for line in there.lines}
    for number, line in enumerate(whole.lines[: whole.ends]):
        text = text_of(line).strip()
        if number not in taken and text:
            yield _Part(number + 1, text, (line.removesuffix(b"\r"),), False, text in known)


def _numbered(parts: Sequence[_Part], file: str) -> Iterator[str]:
    """The identity of each: of lines that are alike, each has a number."""
    counts: Counter[str] = Counter()
    for each in parts:
        counts[each.key] += 1
        place = "" if each.key.startswith("id ") and each.is_task else f"{file}\0"
        yield f"{place}{each.key}\0{counts[each.key]}"


# --- older forms ------------------------------------------------------------------------------


def actions(source: Source, text: str) -> Iterator[Event]:
    """`actions.txt` and `completed_actions.txt` of a project: an action a line."""
    folder = PurePosixPath(source.inside).parent.name
    is_done = source.path.name.startswith("completed")
    file = f"projects/{folder}/{lines.slug(folder) or folder}.md"
    found = text.replace("\r\n", "\n").split("\n")
    found = found[:-1] if found[-1] == "" else found
    yield Total(len(found))
    counts: Counter[str] = Counter()
    for at, line in enumerate(found, 1):
        if not line.strip():
            yield Aside("blank lines")
            continue
        task = lines.parse(line) or lines.read(_bare(line))
        counts[line.strip()] += 1
        made = lines.format_line(replace(task, is_done=is_done))
        value = Listed(file, ((made.encode(),),), "Tasks")
        identity_ = f"{source.inside}\0{line.strip()}\0{counts[line.strip()]}"
        yield Found.one("task", identity_, value, 1, at)


def _bare(line: str) -> str:
    bullet = lines.BULLET.fullmatch(line)
    return bullet["rest"] if bullet else line
