"""Using the old folder where it is: which of its files stay, and the settings that name them."""

from __future__ import annotations

from collections.abc import Iterator

from wooster.moving.model import Event, Found, Setting, Settings, Total
from wooster.moving.sources import Source, Survey

_STAY = ("list", "gtd", "archive", "project", "note")


def staying(survey: Survey) -> tuple[list[Source], Iterator[Event] | None]:
    """The files that stay, and what has to be set for that."""
    root = survey.root
    if not root.is_dir():
        return [], None
    folder = root / "gtd" if (root / "gtd").is_dir() else root
    stays = [
        each
        for each in survey.sources
        if each.kind in _STAY
        and (each.kind not in ("list", "archive") or each.path.is_relative_to(folder))
    ]
    if not stays:
        return [], None
    settings = [Setting(("tasks", "folder"), str(folder))]
    if (root / "projects").is_dir():
        settings.append(Setting(("tasks", "projects"), str(root / "projects")))
    library = [str(root / name) for name in ("projects", "notes") if (root / name).is_dir()]
    library += ["notes", str(folder)]
    settings.append(Setting(("library", "folders"), library))
    return stays, _events(settings)


def _events(settings: list[Setting]) -> Iterator[Event]:
    yield Total(1)
    told = f"in place\0{[str(each.value) for each in settings]}"
    yield Found.one("setting", told, Settings(tuple(settings)))
