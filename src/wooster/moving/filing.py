"""What becomes files of the home: lists, projects, notes, calendars, settings.

A file that is there isn't replaced: of a list the tasks that it lacks are added, and another file
gets a name beside it. What is put says how it is taken back.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from wooster.calendars.adding import Wanted
from wooster.calendars.room import Room
from wooster.calendars.writing import FOLDER as CALENDARS
from wooster.config import resources, writing
from wooster.config.loading import load_settings
from wooster.config.replacing import copy_file, replace_file
from wooster.core.errors import HomeError, SettingsError, UsageError
from wooster.core.hosts import shown_host
from wooster.core.names import numbered
from wooster.moving.model import BigCopy, Calendar, Copy, Found, Listed, Setting, Settings, Value
from wooster.moving.naming import file_name
from wooster.moving.rooms import Rooms
from wooster.tasks import changes
from wooster.tasks.document import text_of
from wooster.tasks.folder import PROJECTS
from wooster.tasks.projects import inserted

Undo = tuple[str, dict[str, Any]]
SETTINGS = "local-model.json"
_MOST_NAMES = 1000
_CHAIN = ("routing", "fallbackChain")
_FIRST = "local"


class Filing:
    """Files in one home."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._folder = rooms.tasks.folder

    # --- what is there ------------------------------------------------------------------------

    async def there(self, found: Found) -> set[int]:
        """The parts of what was found that stand in the home already."""
        value = found.value
        if isinstance(value, Listed):
            return {part for part, lines in enumerate(value.parts) if not lines}
        if isinstance(value, Copy | BigCopy) and await asyncio.to_thread(self._is_there, value):
            return set(range(len(found.ids)))
        return set()

    def _is_there(self, copy: Copy | BigCopy) -> bool:
        there = self._named(copy.home, copy.path)
        if isinstance(copy, Copy):
            return any(_content(path) == copy.data for path in there)
        return any(_is_same(path, copy.source) for path in there)

    def _named(self, home: str, path: str) -> list[Path]:
        """Where a file of that name is, and those beside it."""
        found = []
        for name in _names(path):
            at = self._place(home, name)
            if not os.path.lexists(at):
                break
            found.append(at)
        return found

    def _place(self, home: str, path: str) -> Path:
        if home == "tasks":
            return self._folder.path(path)
        return self._rooms.paths.home / "notes" / path

    # --- putting ------------------------------------------------------------------------------

    async def file(self, value: Value, fresh: Sequence[int], *, is_whole: bool) -> Undo | None:
        """Put it where it belongs; what takes that back, None where nothing was put. Raises
        `UsageError`, `HomeError`."""
        if isinstance(value, Settings):
            return await asyncio.to_thread(self._settings, value)
        if isinstance(value, Listed):
            return await self._listed(value, fresh, is_whole=is_whole)
        assert isinstance(value, Copy | BigCopy)
        return await asyncio.to_thread(self._copied, value)

    def _copied(self, copy: Copy | BigCopy) -> Undo | None:
        if self._is_there(copy):
            return None
        for name in _names(copy.path):
            path = self._place(copy.home, name)
            if os.path.lexists(path):
                continue
            try:
                if isinstance(copy, Copy):
                    replace_file(path, copy.data)
                else:
                    copy_file(copy.source, path)
            except OSError as error:
                raise HomeError(
                    f"{path} can't be written: {error.strerror}.",
                    hint="Make room, or make it writable for you, and import again: it goes on.",
                ) from error
            return "file", {"home": copy.home, "path": name, "digest": _digest(path)}
        raise UsageError(f"There are too many files called {copy.path}.")

    async def _listed(self, listed: Listed, fresh: Sequence[int], *, is_whole: bool) -> Undo | None:
        steps = await asyncio.to_thread(self._steps, listed, fresh, is_whole)
        return await self._rooms.tasks.put(steps) if steps else None

    def _steps(self, listed: Listed, fresh: Sequence[int], is_whole: bool) -> list[changes.Change]:
        file = listed.file
        is_new = not self._folder.is_there(file)
        if is_whole and is_new and listed.whole is not None:
            return [changes.making(file, listed.whole)]
        there = {text_of(each).strip() for each in self._folder.read(file).lines}
        parts = [listed.parts[each] for each in fresh]
        lines = [
            text_of(line)
            for part in parts
            if part and text_of(part[0]).strip() not in there
            for line in part
        ]
        if not lines:
            return []
        if is_new and file.startswith(f"{PROJECTS}/"):
            name = PurePosixPath(file).parent.name.replace("-", " ").capitalize()
            text = f"# Journal: {name}\n\n## {listed.section}\n\n" + "\n".join(lines) + "\n"
            return [changes.making(file, text.encode("utf-8", "surrogateescape"))]
        return [inserted(self._folder, file, lines, listed.section)]

    # --- calendars ----------------------------------------------------------------------------

    async def calendar(self, calendar: Calendar, dates: Room) -> Undo:
        """Keep the file in the home, and read it from there. Raises `CalendarError`."""
        folder = self._rooms.paths.home / CALENDARS
        path = await asyncio.to_thread(_kept, folder, calendar)
        (source, *_) = await dates.adding.add(Wanted(str(path)))
        return "calendar", {"id": source.id, "path": str(path)}

    # --- settings -----------------------------------------------------------------------------

    def _settings(self, settings: Settings) -> Undo | None:
        path = self._rooms.paths.config / SETTINGS
        values = {
            each.key: f"file:{self._secret_path(each.secret)}" if each.secret else each.value
            for each in settings.each
        }
        try:
            before = path.read_text("utf-8-sig") if path.exists() else ""
            text, put = writing.put_new(before, values)
            secrets = [each for each in settings.each if each.secret and each.key in put]
            text, chained = _in_chain(text, put, self._shipped_chain())
            if put:
                self._check(text)
                for each in secrets:
                    self._keep_secret(each)
                replace_file(path, text.encode())
        except ValueError as error:
            raise UsageError(f"{path} can't be read: {error}.", hint="Mend it first.") from error
        except SettingsError as error:
            raise UsageError(
                f"With these settings it would not start. {error.message}",
                hint="Mend it there, or in what is imported, and import again.",
            ) from error
        except OSError as error:
            raise HomeError(f"{path} can't be read or written: {error.strerror}.") from error
        if not put:
            return None
        kept = [each.secret for each in secrets]
        return "settings", {"keys": [list(key) for key in put], "chain": chained, "secrets": kept}

    def other_server(self, settings: Settings, met: dict[str, str]) -> str:
        """Why these are taken for none: a provider of that name is another server here, or one of
        those `met` before, and it would get a key that isn't its own. Blocking."""
        for each in settings.each:
            if each.key[:2] != ("routing", "providers") or each.key[3:] != ("serverUrl",):
                continue
            provider = each.key[2]
            there = self._server_of(provider) or met.setdefault(provider, each.value)
            if there != each.value:
                return (
                    f"routing.providers.{provider} is another server here, {shown_host(there)}:"
                    " give this one a name of its own in local-model.json"
                )
        return ""

    def _server_of(self, provider: str) -> str:
        path = self._rooms.paths.config / SETTINGS
        try:
            tree = json.loads(path.read_text("utf-8-sig")) if path.exists() else {}
            return str(tree["routing"]["providers"][provider]["serverUrl"] or "")
        except (OSError, ValueError, KeyError, TypeError):
            return ""  # what can't be read is told when it is to be written

    def _shipped_chain(self) -> list[str]:
        shipped = json.loads((resources.CONFIG / SETTINGS).read_text("utf-8"))
        return list(shipped["routing"]["fallbackChain"])

    def _check(self, text: str) -> None:
        """Raises `SettingsError` where the settings would be wrong then."""
        load_settings(self._rooms.paths, self._rooms.environ, {SETTINGS: text})

    def _secret_path(self, name: str) -> Path:
        return self._rooms.paths.credentials / f"import-{name}"

    def _keep_secret(self, setting: Setting) -> None:
        path = self._secret_path(setting.secret)
        if not path.exists():
            replace_file(path, f"{setting.value}\n".encode())

    # --- taking back --------------------------------------------------------------------------

    def remove_file(self, home: str, path: str, digest: str) -> bool:
        """Remove a file that was put, if it is still what it was. Blocking. Raises `HomeError`."""
        at = self._place(home, path)
        with _removing(at):
            if not at.is_file() or _digest(at) != digest:
                return False
            at.unlink()
            self._leave(at.parent, home)
        return True

    def _leave(self, folder: Path, home: str) -> None:
        """Remove folders that are empty now, up to the one of all tasks or notes."""
        top = self._place(home, "x").parent
        while folder != top and top in folder.parents and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def remove_settings(
        self, keys: Iterable[Sequence[str]], chain: Sequence[str], secrets: Iterable[str]
    ) -> None:
        """Take settings out again, and the secrets that they name. Blocking. Raises
        `SettingsError`, `HomeError`."""
        path = self._rooms.paths.config / SETTINGS
        with _removing(path):
            if path.exists():
                self._take_out(path, [tuple(key) for key in keys], chain)
        for name in secrets:
            remove(self._secret_path(name))

    def _take_out(self, path: Path, keys: Iterable[tuple[str, ...]], chain: Sequence[str]) -> None:
        try:
            text = writing.without(path.read_text("utf-8-sig"), keys)
            text = _out_of_chain(text, chain, self._shipped_chain())
        except (ValueError, AttributeError, TypeError) as error:
            raise SettingsError(f"{path} can't be read: {error}.", hint="Mend it first.") from error
        if text.strip() == "{}":
            path.unlink()
        else:
            replace_file(path, text.encode())


def remove(path: Path) -> None:
    """Remove a file, if it is there. Blocking. Raises `HomeError`."""
    with _removing(path):
        path.unlink(missing_ok=True)


@contextmanager
def _removing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HomeError(
            f"{path} can't be removed or changed: {error.strerror}.",
            hint="Make it writable for you, and take it back again.",
        ) from error


def _names(path: str) -> Iterable[str]:
    """The name, and those that a file beside it may have."""
    yield path
    whole = PurePosixPath(path)
    for told in islice(numbered("old"), _MOST_NAMES):
        yield str(whole.with_name(f"{whole.stem} ({told}){whole.suffix}"))


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None  # it isn't the same, then


def _is_same(path: Path, other: Path) -> bool:
    try:
        is_as_large = path.stat().st_size == other.stat().st_size
        return is_as_large and _digest(path) == _digest(other)
    except OSError:
        return False  # it isn't the same, then


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kept(folder: Path, calendar: Calendar) -> Path:
    stem = file_name(calendar.name).removesuffix(".md")
    for name in islice(numbered(stem), _MOST_NAMES):
        path = folder / f"{name}.ics"
        if _content(path) == calendar.data:
            return path
        if not path.exists():
            replace_file(path, calendar.data)
            return path
    raise UsageError(f"There are too many calendars called {calendar.name}.")


# --- the chain of providers -------------------------------------------------------------------


def _in_chain(
    text: str, put: Sequence[tuple[str, ...]], shipped: Sequence[str]
) -> tuple[str, list[str]]:
    """The text with each new provider in the chain, behind the servers of Wooster's own."""
    new = [k[2] for k in put if k[:2] == ("routing", "providers") and k[3:] == ("serverUrl",)]
    if not new:
        return text, []
    tree = json.loads(text)
    chain = list(tree["routing"].get("fallbackChain") or shipped)
    new = [each for each in new if each not in chain]
    at = chain.index(_FIRST) + 1 if _FIRST in chain else 0
    own = [each for each in chain[at:] if each.startswith("mlx-box")]
    at += len(own)
    tree["routing"]["fallbackChain"] = [*chain[:at], *new, *chain[at:]]
    return f"{json.dumps(tree, indent=2, ensure_ascii=False)}\n", new


def _out_of_chain(text: str, gone: Sequence[str], shipped: Sequence[str]) -> str:
    tree = json.loads(text)
    chain = tree.get("routing", {}).get("fallbackChain")
    if not gone or chain is None:
        return text
    tree["routing"]["fallbackChain"] = [each for each in chain if each not in gone]
    if tree["routing"]["fallbackChain"] == list(shipped):
        del tree["routing"]["fallbackChain"]
        tree = tree if tree["routing"] else {k: v for k, v in tree.items() if k != "routing"}
    return f"{json.dumps(tree, indent=2, ensure_ascii=False)}\n"
