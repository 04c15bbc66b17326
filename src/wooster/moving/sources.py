"""Which files a person has there, and what each is: by its place and name, seldom by its content.

Links are followed, each real file is read once, and the program's own files are left alone.
Blocking.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wooster.core.errors import NotFound, UsageError
from wooster.moving.texts import CantRead, size_of

LISTS = ("inbox.md", "next_actions.md", "someday_maybe.md", "waiting_for.md")
_PROGRAM_NAMES = (
    "node_modules dist src plugins docs scripts tests test build coverage types public"
    " examples logs.old"
)
_PROGRAM = frozenset(_PROGRAM_NAMES.split())
_PROGRAM_FILES_NAMES = (
    "package.json pnpm-lock.yaml package-lock.json yarn.lock tsconfig.json readme.md license"
    " license.md changelog.md help.txt todo.md wooster-state.md plugins_state.md .gitignore"
    " .env.example .npmrc .nvmrc .ds_store eslint.config.js jest.config.js vitest.config.ts"
    " esbuild.config.js esbuild.config.mjs .prettierrc .eslintrc.json"
)
_PROGRAM_FILES = frozenset(_PROGRAM_FILES_NAMES.split())
_OF_EXPORTS_NAMES = (
    "chat.html user.json users.json message_feedback.json model_comparisons.json"
    " shared_conversations.json user_settings.json group_chats.json sora.json shopping.json"
)
_OF_EXPORTS = frozenset(_OF_EXPORTS_NAMES.split())
_MARKS = (
    *("gtd", "projects", "notes", "database", "vector_data", ".user_profile", "health"),
    *(".env", "projects.json", "health_events.log.md", "settings.toml", "conversations.json"),
    *("config/settings.toml", "config/dailyReview.json", *LISTS),
)
_ENDINGS = (".ics", ".vcf", ".zip")
_SQLITE = (".sqlite3", ".sqlite", ".db")


@dataclass(frozen=True, slots=True)
class Source:
    """A file, `name` as it is told, and what it is: the name of a reader."""

    path: Path
    name: str
    kind: str
    list_file: str = ""


@dataclass(slots=True)
class Survey:
    """What there is: `left` are the program's own, `twice` what is the same file as another that is
    read, `broken` what can't be looked at, and why."""

    root: Path
    sources: list[Source] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    is_box: bool = False


# What is read first helps to read what comes after it: a project's name may have blanks.
_ORDER = (
    *("env", "settings", "box", "project", "actions", "projects_json", "note", "list", "archive"),
    *("health_log", "health_report", "sqlite", "profile", "facts", "episodes", "rag", "feed"),
    *("prompt", "calendar", "contacts", "chats", "zip", "memories", "log"),
)


def survey(root: Path, own_home: Path, elsewhere: Mapping[str, Path]) -> Survey:
    """All files of a folder, or the one that it is. `elsewhere` are lists that an `.env` names.

    Raises `NotFound`, `UsageError`.
    """
    found = Survey(root)
    if not root.exists():
        raise NotFound(
            f"There is no {root}.", hint="Give the folder of the old Wooster, or a file."
        )
    real = Path(os.path.realpath(root))
    if real == Path(os.path.realpath(own_home)):
        raise UsageError(f"{root} is where Wooster itself lives.", hint="Give the old folder.")
    if not root.is_dir():
        found.sources.append(Source(root, root.name, _kind_of_file(root)))
        return found
    if not _is_known(root):
        raise UsageError(
            f"{root} has nothing in it that Wooster knows.",
            hint="Give the folder with `gtd`, `notes` or `.env` in it, an export of ChatGPT or"
            " Claude (its .zip or conversations.json), an .ics or a .vcf file.",
        )
    found.is_box = _is_box(root)
    _walk(found, os.path.realpath(own_home), elsewhere)
    found.sources.sort(key=lambda each: (_place(each.kind), each.name))
    return found


def _place(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _is_known(root: Path) -> bool:
    if any((root / mark).exists() for mark in _MARKS):
        return True
    return any(
        each.name.lower().endswith(_ENDINGS) or is_chats(each.name) for each in root.iterdir()
    )


def _is_box(root: Path) -> bool:
    has_wooster = any((root / name).exists() for name in ("gtd", "projects", "notes", "database"))
    return (root / "config" / "settings.toml").exists() and not has_wooster


def _kind_of_file(path: Path) -> str:
    name = path.name
    kind = {".env": "env", "settings.toml": "box"}.get(name) or _by_ending(name)
    if not kind and name in LISTS:
        kind = "list"
    if not kind:
        raise UsageError(
            f"{path} is nothing that Wooster knows.",
            hint="It takes a folder, a .zip, conversations.json, an .ics or a .vcf file.",
        )
    return kind


def is_chats(name: str) -> bool:
    """`conversations.json`, or one of several as later exports have them."""
    return name.startswith("conversations") and name.endswith(".json")


def _by_ending(name: str) -> str:
    low = name.lower()
    if is_chats(low):
        return "chats"
    for ending, kind in ((".ics", "calendar"), (".vcf", "contacts"), (".zip", "zip")):
        if low.endswith(ending):
            return kind
    return ""


# --- walking ----------------------------------------------------------------------------------


def _walk(found: Survey, own_home: str, elsewhere: Mapping[str, Path]) -> None:
    seen: set[str] = set()
    lists = {os.path.realpath(path): file for file, path in elsewhere.items()}
    for path, name in _files(found, found.root, "", own_home, seen):
        real = os.path.realpath(path)
        if real in seen:
            found.twice.append(name)
            continue
        seen.add(real)
        if real in lists:
            found.sources.append(Source(path, name, "list", lists[real]))
            continue
        _add(found, path, name)
    for file, path in elsewhere.items():
        if os.path.realpath(path) not in seen and path.is_file():
            found.sources.append(Source(path, str(path), "list", file))


def _add(found: Survey, path: Path, name: str) -> None:
    try:
        size_of(path)
    except CantRead as error:
        found.broken.append((name, str(error)))
        return
    kind = "left" if found.is_box and name not in _OF_BOX else kind_of(name)
    if kind == "left":
        found.left.append(name)
    else:
        found.sources.append(Source(path, name, kind, _list_file(name)))


_OF_BOX = ("config/settings.toml", "config/settings.env")


def _list_file(name: str) -> str:
    last = name.rpartition("/")[2]
    return last if last in LISTS else ""


def _files(
    found: Survey, folder: Path, name: str, own_home: str, seen: set[str]
) -> Iterator[tuple[Path, str]]:
    """Files with their names from the root, in order; a folder that a link leads to is looked into
    once."""
    try:
        there = sorted(os.scandir(folder), key=lambda each: each.name)
    except OSError as error:
        found.broken.append((f"{name or '.'}/", f"it can't be looked into: {error.strerror}"))
        return
    for each in there:
        told = f"{name}/{each.name}" if name else each.name
        path = folder / each.name
        if not each.is_dir():
            yield path, told
            continue
        real = os.path.realpath(path)
        if real == own_home or real in seen:
            continue
        seen.add(real)
        is_programs = not name and each.name in _PROGRAM
        if is_programs or each.name in (".git", "node_modules", ".obsidian", ".trash"):
            found.left.append(f"{told}/")
            continue
        yield from _files(found, path, told, own_home, seen)


# --- what a file is ---------------------------------------------------------------------------


def kind_of(name: str) -> str:
    """By its path from the root."""
    top, _, rest = name.partition("/")
    low = name.lower()
    last = low.rpartition("/")[2]
    if last == ".ds_store" or (not rest and (last in _PROGRAM_FILES or last in _OF_EXPORTS)):
        return "left"
    if (kind := _by_ending(last)) and kind != "zip":
        return kind
    if not rest:
        return _at_root(last)
    looks = _IN.get(top)
    kind = looks(low, last) if looks else ""
    return kind or ("chats" if is_chats(last) else "unknown")


def _at_root(last: str) -> str:
    if last in LISTS:
        return "list"
    if last == ".env" or (last.startswith(".env.") and last != ".env.example"):
        return "env"
    if last.endswith((".ts", ".js", ".mjs", ".sh")):
        return "left"
    if last.endswith(_SQLITE):
        return "sqlite"
    named = {
        "projects.json": "projects_json",
        "health_events.log.md": "health_log",
        "health.md": "health_report",
        "settings.toml": "box",
        "settings.env": "box_env",
        "memories.json": "memories",
    }
    if last.endswith((".zip", ".json", ".xml", ".atom")):
        return named.get(last) or ("zip" if last.endswith(".zip") else "feed")
    return named.get(last, "unknown")


def _in_gtd(low: str, last: str) -> str:
    if low.count("/") == 1 and last in LISTS:
        return "list"
    return "archive" if low.startswith("gtd/archive/") else "gtd"


def _in_projects(_: str, last: str) -> str:
    return "actions" if last in ("actions.txt", "completed_actions.txt") else "project"


def _in_notes(_: str, __: str) -> str:
    return "note"


def _in_database(low: str, last: str) -> str:
    if last.endswith(_SQLITE):
        return "sqlite"
    if last.endswith(("-wal", "-shm", "-journal")):
        return "of_sqlite"
    named = {"episodes.json": "episodes", "semantic_profile.json": "facts"}
    return named.get(last) or ("vectors" if "vector" in last or "hnsw" in last else "")


def _in_vector_data(low: str, last: str) -> str:
    if last.startswith("user_profile_vector_store.json"):
        return "profile"
    if last == "vector_store.json":
        return "rag"
    return "vectors" if last == "meta.json" or "vector" in last or "hnsw" in last else ""


def _in_health(_: str, last: str) -> str:
    named = {"health_events.log.md": "health_log", "health.md": "health_report"}
    return named.get(last, "note_of_health")


def _in_config(_: str, last: str) -> str:
    if last in ("settings.toml", "settings.env"):
        return "box" if last.endswith("toml") else "box_env"
    if "example" in last:
        return "left"
    return "settings" if last.endswith(".json") else ""


def _in_logs(low: str, _: str) -> str:
    is_archive = low.startswith(("logs/inboxarchive/", "logs/nextactionsarchive/"))
    return "archive" if is_archive else "log"


def _in_prompts(_: str, __: str) -> str:
    return "prompt"


_IN: dict[str, Callable[[str, str], str]] = {
    "gtd": _in_gtd,
    "projects": _in_projects,
    "notes": _in_notes,
    "database": _in_database,
    "vector_data": _in_vector_data,
    "health": _in_health,
    "config": _in_config,
    "logs": _in_logs,
    "prompts": _in_prompts,
    ".user_profile": lambda _, __: "user_profile",
}


def inside_zip(path: Path) -> list[str]:
    """The names of what an archive holds. Raises `CantRead`."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        raise CantRead(f"it is no zip archive that can be read: {error}") from error
