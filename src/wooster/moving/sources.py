"""Which files a person has there, and what each is: by its place and name, seldom by its content.

Links are followed, each real file is read once, and the program's own files are left alone.
Blocking.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from wooster.core.errors import NotFound, UsageError
from wooster.moving.places import LIST_PLACES, Looked, Named, Place
from wooster.moving.texts import CantRead, size_of

LISTS = tuple(Path(each).name for each in LIST_PLACES.values())
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
OF_EXPORTS = frozenset(_OF_EXPORTS_NAMES.split())
_MARKS = (
    *("gtd", "projects", "notes", "database", "vector_data", ".user_profile", "health"),
    *(".env", "projects.json", "health_events.log.md", "settings.toml", "conversations.json"),
    *("config/settings.toml", "config/dailyReview.json", "memories.json", *LISTS),
)
_NUMBERED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json")
_ENDINGS = (".ics", ".vcf", ".zip")
_SQLITE = (".sqlite3", ".sqlite", ".db")


@dataclass(frozen=True, slots=True)
class Source:
    """A file, `name` as it is told, and what it is: the name of a reader. `inside` is its place in
    the old folder, or the one that a setting gives it there."""

    path: Path
    name: str
    kind: str
    inside: str

    @property
    def list_file(self) -> str:
        last = self.inside.rpartition("/")[2]
        return last if last in LISTS else ""


@dataclass(slots=True)
class Survey:
    """What there is: `left` are the program's own, `twice` what is the same file as another that is
    read, `broken` what can't be looked at, and why; `looked` is what came of the paths in `.env`,
    `projects` where the projects are."""

    root: Path
    sources: list[Source] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    is_box: bool = False
    looked: dict[str, Looked] = field(default_factory=dict)
    projects: list[Path] = field(default_factory=list)

    def has_project(self, folder: str) -> bool:
        """Whether a project has a folder of that name."""
        return any((each / folder).is_dir() for each in self.projects)


# What is read first helps to read what comes after it: a project's name may have blanks.
_ORDER = (
    *("env", "settings", "box", "project", "actions", "projects_json", "note", "list", "archive"),
    *("health_log", "health_report", "sqlite", "profile", "facts", "episodes", "rag", "feed"),
    *("prompt", "calendar", "contacts", "chats", "zip", "of_export", "memories", "log"),
)


def survey(root: Path, own_home: Path, named: Named) -> Survey:
    """All files of a folder, and those that its `.env` has `named`; or the one that it is.

    Raises `NotFound`, `UsageError`.
    """
    found = Survey(root, looked=named.looked)
    if not root.exists():
        raise NotFound(
            f"There is no {root}.", hint="Give the folder of the old Wooster, or a file."
        )
    real = Path(os.path.realpath(root))
    if real == Path(os.path.realpath(own_home)):
        raise UsageError(f"{root} is where Wooster itself lives.", hint="Give the old folder.")
    if not root.is_dir():
        found.sources.append(Source(root, root.name, _kind_of_file(root), root.name))
        return found
    if not _is_known(root):
        raise UsageError(
            f"{root} has nothing in it that Wooster knows.",
            hint="Give the folder with `gtd`, `notes` or `.env` in it, an export of ChatGPT or"
            " Claude (its .zip or conversations.json), an .ics or a .vcf file.",
        )
    found.is_box = _is_box(root)
    found.projects = [root / "projects"]
    found.projects += [
        each.path
        for each in named.places
        if each.inside == "projects" and each.path not in found.projects
    ]
    _Walk(found, os.path.realpath(own_home), named.places).go()
    found.sources.sort(key=lambda each: (_place(each.kind), each.name))
    return found


def _place(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _is_known(root: Path) -> bool:
    if any((root / mark).exists() for mark in _MARKS):
        return True
    return any(
        each.name.lower().endswith(_ENDINGS) or _of_export(each.name) for each in root.iterdir()
    )


def _is_box(root: Path) -> bool:
    has_wooster = any((root / name).exists() for name in ("gtd", "projects", "notes", "database"))
    return (root / "config" / "settings.toml").exists() and not has_wooster


def _kind_of_file(path: Path) -> str:
    name = path.name
    kind = {".env": "env", "settings.toml": "box"}.get(name) or _by_ending(name) or _of_export(name)
    if not kind and name in LISTS:
        kind = "list"
    kind = kind or {"memories.json": "memories", "projects.json": "projects_json"}.get(name, "")
    if not kind:
        raise UsageError(
            f"{path} is nothing that Wooster knows.",
            hint="It takes a folder, a .zip, conversations.json, an .ics or a .vcf file.",
        )
    return kind


def is_chats(name: str) -> bool:
    """`conversations.json`, or one of several as later exports have them."""
    return name.startswith("conversations") and name.endswith(".json")


def _of_export(name: str) -> str:
    """What it is by a name that only exports have."""
    if is_chats(name):
        return "chats"
    if name.startswith("manifest-") and name.endswith(".json"):
        return "links"
    return "of_export" if _NUMBERED.fullmatch(name) else ""


def _by_ending(name: str) -> str:
    low = name.lower()
    for ending, kind in ((".ics", "calendar"), (".vcf", "contacts"), (".zip", "zip")):
        if low.endswith(ending):
            return kind
    return ""


# --- walking ----------------------------------------------------------------------------------

_OF_BOX = ("config/settings.toml", "config/settings.env")


class _Walk:
    """Looks through the folder, and then through what is named elsewhere."""

    def __init__(self, found: Survey, own_home: str, places: list[Place]) -> None:
        self._found = found
        self._own_home = own_home
        self._places = places
        self._inside = {os.path.realpath(each.path): each.inside for each in places}
        self._seen: set[str] = set()

    def go(self) -> None:
        root = self._found.root
        self._seen.add(os.path.realpath(root))
        self._folder(root, "", "")
        for place in self._places:
            if os.path.realpath(place.path) in self._seen:
                continue
            if place.path.is_dir():
                self._enter(place.path, str(place.path), place.inside)
            else:
                self._file(place.path, str(place.path), place.inside)

    def _folder(self, folder: Path, name: str, inside: str) -> None:
        """Its files, in order, with their names from the root, and where they are `inside`; a
        folder that a link leads to is looked into once."""
        try:
            there = sorted(os.scandir(folder), key=lambda each: each.name)
        except OSError as error:
            why = f"it can't be looked into: {error.strerror}"
            self._found.broken.append((f"{name or '.'}/", why))
            return
        for each in there:
            told = f"{name}/{each.name}" if name else each.name
            place = f"{inside}/{each.name}" if inside else each.name
            path = folder / each.name
            if not each.is_dir():
                self._file(path, told, place)
                continue
            is_programs = not name and each.name in _PROGRAM
            if is_programs or each.name in (".git", "node_modules", ".obsidian", ".trash"):
                self._found.left.append(f"{told}/")
                continue
            self._enter(path, told, place)

    def _enter(self, folder: Path, name: str, inside: str) -> None:
        real = os.path.realpath(folder)
        if real != self._own_home and real not in self._seen:
            self._seen.add(real)
            self._folder(folder, name, self._inside.get(real, inside))

    def _file(self, path: Path, name: str, inside: str) -> None:
        real = os.path.realpath(path)
        if real in self._seen:
            self._found.twice.append(name)
            return
        self._seen.add(real)
        try:
            size_of(path)
        except CantRead as error:
            self._found.broken.append((name, str(error)))
            return
        inside = self._inside.get(real, inside)
        kind = "left" if self._found.is_box and inside not in _OF_BOX else kind_of(inside)
        if kind == "left":
            self._found.left.append(name)
        else:
            self._found.sources.append(Source(path, name, kind, inside))


# --- what a file is ---------------------------------------------------------------------------


def kind_of(name: str) -> str:
    """By its path from the root."""
    top, _, rest = name.partition("/")
    low = name.lower()
    last = low.rpartition("/")[2]
    if last == ".ds_store" or (not rest and (last in _PROGRAM_FILES or last in OF_EXPORTS)):
        return "left"
    if (kind := _by_ending(last)) and kind != "zip":
        return kind
    if not rest:
        return _of_export(last) or _at_root(last)
    looks = _IN.get(top)
    kind = looks(low, last) if looks else ""
    return kind or _of_export(last) or "unknown"


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


def _in_projects(low: str, last: str) -> str:
    if low.count("/") == 1 and _of_export(last) == "of_export":
        return "of_export"  # no project of the old Wooster is a file
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


def _is_profile(last: str) -> bool:
    """The profile, or one of its copies with a date."""
    return last.startswith("user_profile_vector_store") and ".json" in last


def _in_user_profile(_: str, last: str) -> str:
    if _is_profile(last):
        return "profile"
    return "user_profile" if last.endswith((".md", ".txt")) else ""


def _in_vector_data(low: str, last: str) -> str:
    if _is_profile(last):
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
    ".user_profile": _in_user_profile,
}


def inside_zip(path: Path) -> list[str]:
    """The names of what an archive holds. Raises `CantRead`."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        raise CantRead(f"it is no zip archive that can be read: {error}") from error
