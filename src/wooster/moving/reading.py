"""From a file to what is in it: which reader a kind of file has. Blocking; it never writes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from wooster.moving import (
    archives,
    arrays,
    box,
    contacts,
    databases,
    days,
    health_files,
    jobs,
    lists,
    old_settings,
    papers,
    profile,
)
from wooster.moving.model import (
    Aside,
    Calendar,
    Event,
    Found,
    Remark,
    Total,
    Unit,
    Unread,
)
from wooster.moving.sources import Source, Survey
from wooster.moving.texts import (
    TOO_DEEP,
    CantRead,
    Text,
    count_lines,
    data_of,
    opened,
    text_of,
)
from wooster.tasks.document import Document

UNITS: dict[str, Unit] = {
    "sqlite": "row",
    **dict.fromkeys(("profile", "rag", "episodes", "facts", "feed", "settings", "box"), "entry"),
    **dict.fromkeys(("projects_json", "memories", "of_export", "links"), "entry"),
    **dict.fromkeys(("chats", "zip"), "message"),
    **dict.fromkeys(("vectors", "of_sqlite", "unknown"), "file"),
}


@dataclass(frozen=True, slots=True)
class Around:
    """What a reader may need besides its file: `at_home` reads a list that is there."""

    survey: Survey
    now: datetime
    zone: tzinfo | None
    day_of: Callable[[datetime], date]
    at_home: Callable[[str], Document]
    cache: Path

    def local(self, at: datetime) -> datetime:
        """What the person's clock showed then."""
        return at.astimezone(self.zone)


def unit(source: Source) -> Unit:
    return UNITS.get(source.kind, "line")


def events(source: Source, around: Around) -> Generator[Event, None, None]:
    """What is in a file; one that can't be read tells why."""
    try:
        yield from _READERS.get(source.kind, _unknown)(source, around)
    except (CantRead, arrays.NoList) as error:
        yield Total(1)
        yield Unread(str(error))
    except RecursionError:
        yield Total(1)
        yield Unread(TOO_DEEP)


Reader = Callable[[Source, Around], Iterator[Event]]


def _unknown(_: Source, __: Around) -> Iterator[Event]:
    yield Total(1)
    yield Unread("nothing of the old Wooster's, nor of an export, is kept in a file of this name")


def _text(source: Source) -> tuple[Text, list[Event]]:
    """A file's text, and what is to be told of how it was read."""
    text = text_of(data_of(source.path))
    told: list[Event] = [Remark(f"it was read as {text.read_as}")] if text.read_as else []
    return text, told


def _written(source: Source) -> datetime:
    return datetime.fromtimestamp(source.path.stat().st_mtime).astimezone()


def _of_text(read: Callable[[str], Iterator[Event]]) -> Reader:
    def reads(source: Source, _: Around) -> Iterator[Event]:
        text, told = _text(source)
        yield from told
        yield from read(text.text)

    return reads


# --- files that are taken over ----------------------------------------------------------------


def _project(source: Source, _: Around) -> Iterator[Event]:
    yield from lists.project_file(source, source.inside)


def _note(source: Source, around: Around) -> Iterator[Event]:
    yield from lists.copied(source, "notes", source.inside.partition("/")[2] or source.inside)
    if source.path.name.startswith("proj-") and source.path.suffix == ".md":
        yield from papers.project_note(_text(source)[0].text, around.survey.has_project)


def _gtd(source: Source, _: Around) -> Iterator[Event]:
    yield from lists.copied(source, "tasks", source.inside.partition("/")[2])


def _archive(source: Source, _: Around) -> Iterator[Event]:
    low = source.inside.lower()
    is_done = "nextactions" in low
    folder = "archive/nextActions" if is_done else "archive"
    yield from lists.copied(source, "tasks", f"{folder}/{PurePosixPath(source.inside).name}")


def _list(source: Source, around: Around) -> Iterator[Event]:
    yield from lists.a_list(source, around.at_home(source.list_file))


def _actions(source: Source, _: Around) -> Iterator[Event]:
    text, told = _text(source)
    yield from told
    yield from lists.actions(source, text.text)


def _apart(folder: str) -> Reader:
    """Into a folder of the notes."""

    def reads(source: Source, _: Around) -> Iterator[Event]:
        name = PurePosixPath(source.inside).name
        path = f"{folder}/{name if name.endswith('.md') else f'{name}.md'}"
        yield from lists.copied(source, "notes", path)

    return reads


def _health_note(source: Source, _: Around) -> Iterator[Event]:
    yield from lists.copied(source, "notes", source.inside)


# --- databases and JSON -----------------------------------------------------------------------


def _sqlite(source: Source, around: Around) -> Iterator[Event]:
    now, local, day_of = around.now, around.local, around.day_of
    root = around.survey.root
    readers: dict[str, tuple[tuple[str, ...], databases.Reads]] = {
        "habits": (("habit_completions",), lambda rows: days.habits(rows, now)),
        "goals": (
            ("milestones", "progress_entries"),
            lambda rows: days.goals(rows, now, day_of),
        ),
        "schedules": ((), lambda rows: jobs.schedules(rows, now, around.zone)),
        "reminders": ((), lambda rows: jobs.reminders(rows, now, around.zone)),
        "documents": (
            ("blocks", "links", "tags", "fts_blocks"),
            lambda rows: papers.documents(rows, root),
        ),
        "health_entries": ((), lambda rows: days.health_rows(rows, local)),
        "tasks": ((), lambda rows: jobs.captured(rows, local)),
    }
    yield from databases.read(source.path, around.cache, readers)


def _open(source: Source) -> BinaryIO:
    return os.fdopen(opened(source.path), "rb")


def _profile(source: Source, _: Around) -> Iterator[Event]:
    with _open(source) as file:
        yield from profile.texts(arrays.entries(file), _written(source))


def _episodes(source: Source, _: Around) -> Iterator[Event]:
    with _open(source) as file:
        yield from profile.episodes(arrays.entries(file))


def _rag(source: Source, around: Around) -> Iterator[Event]:
    project = PurePosixPath(source.inside).parent.name
    with _open(source) as file:
        yield from papers.pieces(arrays.entries(file), project, around.survey)


def _json(source: Source) -> object:
    try:
        return json.loads(_text(source)[0].text)
    except ValueError as error:
        raise CantRead(f"it is no JSON: {error}") from error
    except RecursionError as error:
        raise CantRead(TOO_DEEP) from error


def _facts(source: Source, _: Around) -> Iterator[Event]:
    told = _json(source)
    if not isinstance(told, dict):
        raise CantRead("it is no JSON object")
    yield from profile.guesses(told, _written(source))


def _catalog(source: Source, around: Around) -> Iterator[Event]:
    yield from papers.catalog(_json(source), around.survey)


def _feed(source: Source, around: Around) -> Iterator[Event]:
    name = PurePosixPath(source.name).stem
    if source.path.suffix == ".json":
        with _open(source) as file:
            yield from papers.feed(arrays.entries(file), name)
        return
    has_json = source.path.with_suffix(".json").is_file()
    found = papers.atom(data_of(source.path), has_json)
    if found is not None:
        yield from papers.feed(found, name)
        return
    yield Total(1)
    yield (
        Aside("a feed that is made of the list beside it") if has_json else Unread("it is no feed")
    )


def _env(source: Source, around: Around) -> Iterator[Event]:
    text, told = _text(source)
    yield from told
    is_looked = source.path == around.survey.root / ".env"
    yield from old_settings.env(text.text, around.survey.looked if is_looked else {})


def _settings(source: Source, _: Around) -> Iterator[Event]:
    text, told = _text(source)
    yield from told
    if source.path.name == "dailyReview.json":
        yield from old_settings.daily_review(text.text)
    else:
        yield from old_settings.never_read(text.text, source.name)


def _log(source: Source, around: Around) -> Iterator[Event]:
    if PurePosixPath(source.inside).name != "wooster_session.log":
        data = count_lines(data_of(source.path))
        yield Total(data)
        yield Aside("lines of a log", data)
        return
    text, told = _text(source)
    yield from told
    yield from papers.session_log(text.text, around.zone)


def _aside(what: str) -> Reader:
    def reads(_: Source, __: Around) -> Iterator[Event]:
        yield Total(1)
        yield Aside(what)

    return reads


def _box_env(source: Source, _: Around) -> Iterator[Event]:
    lines = count_lines(data_of(source.path))
    yield Total(lines)
    yield Aside("settings of mlx-box's own servers", lines)


# --- from elsewhere ---------------------------------------------------------------------------


def _chats(source: Source, _: Around) -> Iterator[Event]:
    with _open(source) as file:
        yield from archives.conversations(file)


def _zip(source: Source, _: Around) -> Iterator[Event]:
    yield from archives.zipped(source.path)


def _of_export(source: Source, _: Around) -> Iterator[Event]:
    """A file that is called by a number only, as Claude names its projects."""
    told = _json(source)
    reads = archives.reader_of(told)
    if reads is None:
        yield Total(1)
        yield Unread("it is neither a project nor a conversation of Claude")
    else:
        yield from reads(told)


def _links(_: Source, __: Around) -> Iterator[Event]:
    yield Total(1)
    yield Unread("it only names the archives of an export: fetch them, and import each")


def _calendar(source: Source, _: Around) -> Iterator[Event]:
    data = data_of(source.path)
    yield Total(max(count_lines(data), 1))
    if b"BEGIN:VCALENDAR" not in data[:4000].upper():
        yield Unread("it is no calendar", max(count_lines(data), 1))
        return
    value = Calendar(source.path.stem, data)
    yield Found.one("calendar", lists.identity("ics", data), value, max(count_lines(data), 1))


def _contacts(source: Source, around: Around) -> Iterator[Event]:
    text, told = _text(source)
    yield from told
    yield from contacts.cards(text.text, around.now)


def _memories(source: Source, _: Around) -> Iterator[Event]:
    yield from papers.memories(_json(source))


_READERS: dict[str, Reader] = {
    "env": _env,
    "settings": _settings,
    "box": _of_text(box.box),
    "box_env": _box_env,
    "projects_json": _catalog,
    "project": _project,
    "actions": _actions,
    "note": _note,
    "gtd": _gtd,
    "list": _list,
    "archive": _archive,
    "health_log": lambda source, _: health_files.health_log(data_of(source.path)),
    "health_report": _of_text(health_files.health_report),
    "note_of_health": _health_note,
    "sqlite": _sqlite,
    "of_sqlite": _aside("a database's own log, which is read with it"),
    "profile": _profile,
    "facts": _facts,
    "episodes": _episodes,
    "rag": _rag,
    "vectors": _aside("vectors, which are made anew: no file says which model made them"),
    "feed": _feed,
    "prompt": _apart("prompts of the old Wooster"),
    "user_profile": _apart("user_profile"),
    "calendar": _calendar,
    "contacts": _contacts,
    "chats": _chats,
    "zip": _zip,
    "of_export": _of_export,
    "links": _links,
    "memories": _memories,
    "log": _log,
}
