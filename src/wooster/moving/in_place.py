"""Using the old folder where it is: which of its files stay, and the settings that name them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from wooster.core.errors import UsageError
from wooster.moving.model import (
    Copy,
    Event,
    Found,
    Listed,
    Project,
    Setting,
    Settings,
    Total,
    Value,
)
from wooster.moving.sources import Source, Survey
from wooster.tasks.folder import PROJECTS, Folder
from wooster.tasks.lists import INBOX

NO_PLACE = (
    "it has no place while the old folder is used as it is, which isn't written to: add it by hand,"
    " or move in without --in-place"
)
_FOLDER = ("tasks", "folder")
_STAY = ("list", "gtd", "archive", "project", "note")


def is_used(survey: Survey, folder: Folder) -> bool:
    """Whether the folder of tasks or of projects is in what is moved in from: that stays."""
    sources = [os.path.realpath(each) for each in (survey.root, *survey.projects)]
    places = (folder.path(INBOX), folder.path(f"{PROJECTS}/x"))
    used = [Path(os.path.realpath(each.parent)) for each in places]
    return any(each.is_relative_to(real) for each in used for real in sources)


def has_no_place(value: Value) -> bool:
    """Whether it would be written into the folder that is used from now on."""
    return isinstance(value, Listed | Project) or (
        isinstance(value, Copy) and value.home == "tasks"
    )


def is_set(keys: Iterable[Iterable[str]]) -> bool:
    """Whether the settings with these `keys` are those of an old folder that is used where it is:
    no other import sets them."""
    return _FOLDER in map(tuple, keys)


def staying(survey: Survey, own: Path) -> tuple[list[Source], Iterator[Event] | None]:
    """The files that stay, and what has to be set for that in the person's `own` settings. Raises
    `UsageError` where those say otherwise: the files would be used by nobody."""
    root = survey.root
    if not root.is_dir():
        return [], None
    folder = root / "gtd" if (root / "gtd").is_dir() else root
    # One folder of projects can be named: the one that the old settings name.
    projects = next((each for each in reversed(survey.projects) if each.is_dir()), root)
    within = {"list": folder, "archive": folder, "project": projects}
    stays = [
        each
        for each in survey.sources
        if each.kind in _STAY and each.path.is_relative_to(within.get(each.kind, root))
    ]
    if not stays:
        return [], None
    settings = [Setting(_FOLDER, str(folder))]
    if projects != root:
        settings.append(Setting(("tasks", "projects"), str(projects)))
    library = [str(each) for each in (*survey.projects, root / "notes") if each.is_dir()]
    library += ["notes", str(folder)]
    settings.append(Setting(("library", "folders"), library))
    _must_be_free(own, settings)
    return stays, _events(settings)


def _must_be_free(own: Path, settings: list[Setting]) -> None:
    try:
        tree = json.loads(own.read_text("utf-8-sig")) if own.exists() else {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{own} can't be read: {error}.", hint="Mend it first.") from error
    for each in settings:
        section, key = each.key
        said = tree.get(section, {}).get(key)
        if said not in (None, each.value):
            raise UsageError(
                f"{section}.{key} is {said!r} in {own}.",
                hint="Take it out there, or move in without --in-place.",
            )


def _events(settings: list[Setting]) -> Iterator[Event]:
    yield Total(1)
    told = f"in place\0{[str(each.value) for each in settings]}"
    yield Found.one("setting", told, Settings(tuple(settings)))
