"""What is text and has no place of its own here: it becomes documents among the notes.

Documents whose file is gone are put together again from the pieces that a knowledge base kept; a
feed's entries, old prompts and what logs say of conversations are kept too. Blocking where a path
is looked at.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from wooster.core.text import clean
from wooster.memory.model import ASSISTANT, Line
from wooster.moving.arrays import Entry
from wooster.moving.databases import Row, Rows
from wooster.moving.model import (
    Aside,
    Copy,
    Event,
    Found,
    Project,
    Remark,
    Talk,
    Total,
    Unread,
)
from wooster.moving.naming import file_name, folder_name
from wooster.moving.profile import OLD
from wooster.moving.sources import Survey
from wooster.moving.texts import lines_of, shown
from wooster.schedule.zones import instant_of
from wooster.tasks.lines import slug

RECOVERED = "recovered"
_OVERLAP = 400
_LOGGED = re.compile(r"\[(?P<at>[^\]]{6,40})\] \[(?P<level>[A-Z_]+)\]\s?(?P<text>.*)")
_ATOM = "{http://www.w3.org/2005/Atom}"
_LOCAL_FORMS = (
    "%m/%d/%Y, %I:%M:%S %p",
    "%d/%m/%Y, %H:%M:%S",
    "%d.%m.%Y, %H:%M:%S",
    "%Y-%m-%d, %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
)


# --- documents that are gone ------------------------------------------------------------------


def documents(rows: Rows, root: Path) -> Iterator[Event]:
    """The documents of the knowledge base: those whose file is there are read from it."""
    pieces: dict[Any, list[Row]] = {}
    for row in rows("blocks"):
        pieces.setdefault(row.get("doc_id"), []).append(row)
    for name in ("blocks", "links", "tags", "fts_blocks"):
        if number := len(rows(name)):
            yield Aside("pieces, links and tags of documents, which are made anew", number)
    for at, row in enumerate(rows("documents"), 1):
        path = str(row.get("path") or "")
        if path and _is_there(path, root):
            yield Aside("documents whose own file is read")
            continue
        own = [e for e in pieces.get(row.get("id"), []) if e.get("kind") != "metadata"]
        text = _joined_blocks(own)
        if not text.strip():
            yield Unread("its file is gone, and nothing is kept of its text", 1, at, shown(path))
            continue
        title = str(row.get("title") or "")
        data = (text if text.startswith("# ") or not title else f"# {title}\n\n{text}").encode()
        target = f"{RECOVERED}/{file_name(path or title)}"
        mark = f"document\0{path}\0{hashlib.sha256(data).hexdigest()}"
        yield Found.one("document", mark, Copy("notes", target, data), 1, at)
        yield Remark(f"{path} is gone: its text is put together from its pieces", at)


def _is_there(path: str, root: Path) -> bool:
    return (root / path).is_file() or Path(path).is_file()


def _joined_blocks(found: Sequence[Row]) -> str:
    ordered = sorted(found, key=lambda each: each.get("start_offset") or 0)
    return "\n\n".join(_block(each) for each in ordered if str(each.get("text") or "").strip()) + (
        "\n" if ordered else ""
    )


def _block(row: Row) -> str:
    text = str(row["text"])
    if row.get("kind") != "heading" or text.startswith("#"):
        return text
    try:
        depth = len(json.loads(str(row.get("heading_path") or "[]")))
    except (ValueError, TypeError, RecursionError):
        depth = 1
    return f"{'#' * min(max(depth, 1), 6)} {text}"


def pieces(entries: Iterator[Entry], project: str, survey: Survey) -> Iterator[Event]:
    """`vector_store.json` of a project: the texts of its files, cut with an overlap."""
    gone: dict[str, list[tuple[int, str]]] = {}
    for entry in entries:
        yield Total(1)
        told = entry.value if isinstance(entry.value, dict) else {}
        text, metadata = told.get("pageContent"), told.get("metadata")
        source = ""
        if isinstance(metadata, dict):
            source = str(metadata.get("full_path") or metadata.get("source") or "")
        if entry.problem or not isinstance(text, str):
            yield Unread(entry.problem or "it has no pageContent", 1, entry.at, shown(entry.text))
        elif source and (
            _is_there(source, survey.root)
            or any((each / project / source).is_file() for each in survey.projects)
        ):
            yield Aside("pieces of files that are read themselves")
        else:
            gone.setdefault(source or "document", []).append((entry.at, text))
    for source, found in gone.items():
        data = (_joined([text for _, text in found]).rstrip("\n") + "\n").encode()
        path = f"{RECOVERED}/{folder_name(project)}/{file_name(source)}"
        ids = tuple(
            f"piece\0{project}\0{source}\0{n}\0{hashlib.sha256(text.encode()).hexdigest()}"
            for n, (_, text) in enumerate(found)
        )
        things = (1, *(0 for _ in ids[1:]))
        value = Copy("notes", path, data)
        yield Found("document", ids, value, (1,) * len(ids), found[0][0], things)
        yield Remark(f"{source} is gone: its text is put together from its pieces", found[0][0])


def _joined(texts: Sequence[str]) -> str:
    """Without what the end of one has in common with the begin of the next."""
    whole = texts[0]
    for text in texts[1:]:
        longest = min(len(text), len(whole), _OVERLAP)
        shared = next((n for n in range(longest, 0, -1) if whole.endswith(text[:n])), 0)
        whole += text[shared:] if shared else f"\n{text}"
    return whole


# --- projects that are a list -----------------------------------------------------------------


def catalog(told: Any, survey: Survey) -> Iterator[Event]:
    """`projects.json`: names, and where their files are."""
    if isinstance(told, list):
        yield from claude_projects(told)
        return
    if not isinstance(told, dict):
        yield Total(1)
        yield Unread("it has no names of projects")
        return
    yield Total(len(told))
    for at, (name, where) in enumerate(told.items(), 1):
        if not clean(str(name)).strip():
            yield Unread("the project has no name", 1, at)
            continue
        places = where if isinstance(where, list) else [where]
        if survey.has_project(slug(str(name))):
            yield Aside("projects whose own files are read")
        else:
            yield Found.one("project", f"project\0{name}", Project(clean(str(name))), 1, at)
        for each in places:
            if isinstance(each, str) and not _is_inside(each, survey):
                yield Remark(f"the files of “{name}” are in {each}: `wooster library add` it", at)


_TITLE = re.compile(r"^title:\s*[\"']?(?P<title>[^\"'\n]+)", re.MULTILINE)


def project_note(text: str, has_project: Callable[[str], bool]) -> Iterator[Event]:
    """A note that stood for a project: the note is kept, and the project begun."""
    found = _TITLE.search(text.partition("\n---")[0])
    title = clean(found["title"]).strip() if found else ""
    if title and not has_project(slug(title)):
        yield Found.one("project", f"project\0{title}", Project(title), 0)
        yield Remark(f"it stood for a project: “{title}” is begun, and the note is kept")


def claude_projects(told: list[Any]) -> Iterator[Event]:
    """The projects of an export of Claude: their texts, and what was said of them, become
    documents."""
    yield Total(len(told))
    for at, project in enumerate(told, 1):
        if not is_claude_project(project):
            yield Unread("it is no project", 1, at)
            continue
        docs = project.get("docs")
        docs = docs if isinstance(docs, list) else []
        found = [e for e in docs if isinstance(e, dict) and str(e.get("content") or "").strip()]
        if about := _about(project):
            found.append({"filename": "about the project", "content": about})
        if not found:
            yield Aside("projects without a text")
        name = folder_name(str(project.get("name") or "project"))
        for place, each in enumerate(found):
            data = f"{each['content']}\n".encode("utf-8", "replace")
            path = f"Claude/{name}/{file_name(str(each.get('filename') or 'text'))}"
            mark = f"claude\0{path}\0{hashlib.sha256(data).hexdigest()}"
            yield Found.one("document", mark, Copy("notes", path, data), int(place == 0), at)
        if left := len(docs) - sum(e in docs for e in found):
            textless = "a document" if left == 1 else f"{left} documents"
            yield Remark(f"of {textless} of the project “{name}” the export has no text")


def is_claude_project(told: Any) -> bool:
    """Whether it is a project, by what only that has."""
    return isinstance(told, dict) and (
        isinstance(told.get("docs"), list) or "prompt_template" in told
    )


def _about(project: dict[str, Any]) -> str:
    """What a person wrote of a project, and told the model."""
    parts = [f"# {project.get('name') or 'A project'}"]
    for key, head in (("description", ""), ("prompt_template", "## What Claude was told\n\n")):
        if text := str(project.get(key) or "").strip():
            parts.append(f"{head}{text}")
    return "\n\n".join(parts) if len(parts) > 1 else ""


def is_memories(told: Any) -> bool:
    """Whether it is what Claude remembered, by what only that has."""
    first = told[0] if isinstance(told, list) and told else told
    return isinstance(first, dict) and bool({"conversations_memory", "project_memories"} & {*first})


def memories(told: Any) -> Iterator[Event]:
    """What an assistant elsewhere kept of a person, as one document."""
    texts = [text for text in _texts(told) if text.strip()]
    yield Total(1)
    if not texts:
        yield Aside("memories without a text")
        return
    data = ("# What Claude remembered\n\n" + "\n\n".join(texts) + "\n").encode("utf-8", "replace")
    mark = f"memories\0{hashlib.sha256(data).hexdigest()}"
    yield Found.one("document", mark, Copy("notes", "Claude/memories.md", data))


def _texts(told: Any) -> Iterator[str]:
    """The longer texts of a tree: the shorter ones are ids and dates."""
    if isinstance(told, dict):
        told = list(told.values())
    if isinstance(told, list):
        for each in told:
            yield from _texts(each)
    elif isinstance(told, str) and len(told.split()) > 2:
        yield told


def _is_inside(place: str, survey: Survey) -> bool:
    path = Path(place).expanduser()
    return not path.is_absolute() or any(
        path.is_relative_to(each) for each in (survey.root, *survey.projects)
    )


# --- a feed -----------------------------------------------------------------------------------


def feed(entries: Iterator[Entry], name: str) -> Iterator[Event]:
    """What was announced in a feed, as one document."""
    ids, told = [], []
    for entry in entries:
        yield Total(1)
        value = entry.value
        if entry.problem or not isinstance(value, dict) or "content" not in value:
            yield Unread(entry.problem or "it is no entry of a feed", 1, entry.at)
            continue
        ids.append(f"feed\0{value.get('id') or ''}\0{value.get('title')}\0{value['content']}")
        told.append(_feed_entry(value))
    if told:
        data = f"# {name}\n\n{''.join(told)}".encode("utf-8", "replace")
        value = Copy("notes", f"feed/{file_name(name)}", data)
        yield Found("feed entry", tuple(ids), value, (1,) * len(ids))


def _feed_entry(value: dict[str, Any]) -> str:
    head = f"## {value.get('title') or value.get('id') or 'Without a title'}\n\n"
    rest = [f"{value[key]}\n\n" for key in ("updated", "link") if value.get(key)]
    return f"{head}{''.join(rest)}{value['content']}\n\n"


def atom(data: bytes, has_json: bool) -> Iterator[Entry] | None:
    """The entries of an Atom feed as those of its list; None for what is none, or is made of the
    list beside it."""
    try:
        tree = ElementTree.fromstring(data)
    except ElementTree.ParseError:
        return None
    if has_json or tree.tag != f"{_ATOM}feed":
        return None
    return (Entry(at, _atom_entry(each)) for at, each in enumerate(tree.iter(f"{_ATOM}entry"), 1))


def _atom_entry(entry: ElementTree.Element) -> dict[str, str]:
    def text(name: str) -> str:
        return (
            "".join(found.itertext()) if (found := entry.find(f"{_ATOM}{name}")) is not None else ""
        )

    link = entry.find(f"{_ATOM}link")
    told = {name: text(name).strip() for name in ("id", "title", "updated")}
    told["content"] = (text("content") or text("summary")).strip()
    return told | ({"link": str(link.get("href") or "")} if link is not None else {})


# --- logs -------------------------------------------------------------------------------------


def session_log(text: str, zone: tzinfo | None) -> Iterator[Event]:
    """`wooster_session.log`: what it answered, as one conversation a day. The rest is a program's
    own."""
    lines = lines_of(text)
    yield Total(len(lines))
    days: dict[str, list[tuple[int, int, datetime, str]]] = {}
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _LOGGED.fullmatch(lines[end]) is None:
            end += 1
        found = _LOGGED.fullmatch(lines[at])
        when = _log_time(found["at"], zone) if found else None
        if found is None or found["level"] != "RESPONSE" or when is None:
            yield Aside("lines of a log", end - at)
        else:
            said = "\n".join([found["text"], *lines[at + 1 : end]]).strip()
            days.setdefault(f"{when.astimezone(zone):%Y-%m-%d}", []).append(
                (at + 1, end - at, when, said)
            )
        at = end
    for day, said_on in days.items():
        ids = tuple(f"log\0{day}\0{at}\0{said}" for at, _, _, said in said_on)
        told = tuple(Line(ASSISTANT, clean(said), when) for _, _, when, said in said_on)
        units = tuple(count for _, count, _, _ in said_on)
        yield Found("message", ids, Talk(told, OLD), units, said_on[0][0])


def _log_time(told: str, zone: tzinfo | None) -> datetime | None:
    """A local time as JavaScript writes it, in the forms of a few languages."""
    plain = told.replace("\u202f", " ")
    for form in _LOCAL_FORMS:
        try:
            wall = datetime.strptime(plain, form)  # noqa: DTZ007 (the wall's, made an instant below)
        except ValueError:
            continue
        return instant_of(wall, zone)
    return None
