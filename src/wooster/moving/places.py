"""Where a person's files are besides the old folder itself: the paths that its `.env` names.

A file there counts as if it were at its place in the old folder. What a path leads to is looked at;
why it can't be used is said by name. Blocking.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wooster.moving.env_file import values_of
from wooster.moving.texts import CantRead, data_of, text_of

LIST_PLACES = {
    "GTD_INBOX_PATH": "gtd/inbox.md",
    "GTD_NEXT_ACTIONS_PATH": "gtd/next_actions.md",
    "GTD_SOMEDAY_MAYBE_PATH": "gtd/someday_maybe.md",
    "GTD_WAITING_FOR_PATH": "gtd/waiting_for.md",
}
LOG = {"LOGGING_LOG_FILE": "logs/wooster_session.log"}
_FILES = LIST_PLACES | LOG
FOLDERS = {
    "GTD_PROJECTS_DIR": "projects",
    "GTD_ARCHIVE_DIR": "gtd/archive",
    "GTD_NEXT_ACTIONS_ARCHIVE_DIR_PATH": "gtd/archive/nextActions",
    "PERSONAL_HEALTH_DIR": "health",
    "USER_PROFILE_STORE_PATH": "vector_data/user_profile_store",
}
_PROFILE = "USER_PROFILE_STORE_PATH"
BASE = "GTD_BASE_PATH"
NAMES = frozenset((BASE, *_FILES, *FOLDERS))
_ARCHIVE = "archive"
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder that is `inside` the old folder, so to speak."""

    path: Path
    inside: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a name: why nothing is there, and what should be known of it."""

    problem: str = ""
    remark: str = ""


@dataclass(slots=True)
class Named:
    """What an `.env` names, and what came of each of its names."""

    places: list[Place] = field(default_factory=list)
    looked: dict[str, Looked] = field(default_factory=dict)


def of_folder(root: Path, own_home: Path) -> Named:
    """The places that the `.env` of a folder names."""
    own = root / ".env"
    try:
        text = text_of(data_of(own)).text if own.is_file() else ""
    except CantRead:
        return Named()  # why is told when its turn comes
    return _named({name: each.value for name, each in values_of(text).items()}, root, own_home)


def _named(values: Mapping[str, str], root: Path, own_home: Path) -> Named:
    found = Named()
    base = _path(root, values[BASE]) if values.get(BASE) else None
    for name, inside in (_FILES | FOLDERS).items():
        if not values.get(name):
            continue
        path = _path(root, values[name])
        if _unseen(path) and base is not None:
            path = _path(base, values[name])
        problem = _problem(path, root, own_home, is_file=name in _FILES)
        if name == _PROFILE and not problem and path.is_file():
            inside = f"{inside}/user_profile_vector_store.json"
        elif name in FOLDERS and not problem and not path.is_dir():
            problem = f"{path} is no folder"
        found.looked[name] = Looked(problem)
        if not problem:
            found.places.append(Place(path, inside))
    if base is not None:
        found.looked[BASE] = _in_base(base, root, found)
    return found


def _path(root: Path, told: str) -> Path:
    try:
        return Path(os.path.normpath(root / Path(told).expanduser()))
    except RuntimeError:  # it names a person whom this machine doesn't know
        return root / told


def _unseen(path: Path) -> str:
    """Why nothing can be seen at a path; "" where something can."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return f"there is no {path}"
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return f"{path} can't be looked at: {why}"
    return ""


def _problem(path: Path, root: Path, own_home: Path, *, is_file: bool) -> str:
    if why := _unseen(path):
        return why
    if is_file:
        return "" if path.is_file() else f"{path} is no file"
    real, home = (Path(os.path.realpath(each)) for each in (path, Path.home()))
    if real.is_relative_to(os.path.realpath(own_home)):
        return f"{path} is Wooster's own"
    for each in (Path(os.path.realpath(root)), home):
        if each.is_relative_to(real):
            return f"{path} has {each} in it: of so much nothing is taken in by a name alone"
    return ""


def _in_base(base: Path, root: Path, found: Named) -> Looked:
    """A folder of all lists: those that have no path of their own, and the archive. What else is in
    it may be anything, and is only named."""
    if why := _unseen(base) or ("" if base.is_dir() else f"{base} is no folder"):
        return Looked(why)
    has = {each.inside for each in found.places}
    lists = {Path(inside).name: inside for inside in LIST_PLACES.values()}
    for name, inside in {**lists, _ARCHIVE: f"gtd/{_ARCHIVE}"}.items():
        if inside not in has and not _unseen(base / name):
            found.places.append(Place(base / name, inside))
    if base.is_relative_to(root) or root.is_relative_to(base):
        return Looked()  # it is looked through as a part of the old folder, or isn't of it alone
    taken = [Path(os.path.realpath(each.path)) for each in found.places]
    others = list(_others(base, taken))
    if not others:
        return Looked()
    told = ", ".join(others[:_MOST_NAMED])
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    return Looked(remark=f"in {base} only lists and archive are looked into, not {told}{more}")


def _others(base: Path, taken: list[Path]) -> Iterator[str]:
    try:
        there = sorted(base.iterdir())
    except OSError as error:
        yield f"what it may hold ({error.strerror})"
        return
    for each in there:
        real = Path(os.path.realpath(each))
        if not any(path.is_relative_to(real) for path in taken):
            yield f"{each.name}/" if each.is_dir() else each.name
