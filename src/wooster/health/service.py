"""The health log of one home: what a person logs, looks at and takes back.

Each change returns what takes it back. It refuses to know how anything is shown.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from wooster.core.clock import Clock
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import clip
from wooster.health import entries, report
from wooster.health.entries import Entry
from wooster.health.log_file import LogFile
from wooster.health.report import Count, Stretch

Undo = tuple[str, dict[str, Any]]
"""The name of an action that takes a change back, and its arguments."""
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry that was added or removed, and what takes that back."""

    entry: Entry
    undo: Undo


@dataclass(frozen=True, slots=True)
class Report:
    days: Stretch
    entries: list[Entry]
    counts: list[Count]


class HealthLog:
    """The log in one folder. Dates and times are those of the person's clock on the wall."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._file = LogFile(folder)
        self._clock = clock

    def today(self) -> date:
        return self._clock.local().date()

    async def report(self, words: str = "") -> Report:
        """What was logged in a stretch of days, today without words. Raises `UsageError`."""
        days = report.stretch(words, self.today())

        def read() -> Report:
            first, last = days.first.isoformat(), days.last.isoformat()
            found = list(entries.entries(self._file.read(), first, last))
            return Report(days, found, report.counts(found))

        return await asyncio.to_thread(read)

    async def version(self) -> Hashable:
        """Of the file: another one once it has changed."""
        return await asyncio.to_thread(self._file.stamp)

    async def newest(self) -> Entry | None:
        """The last entry of the file."""
        return await asyncio.to_thread(lambda: entries.newest(self._file.read()))

    async def log(self, text: str) -> Logged:
        """Add an entry at the end, as of now. Raises `UsageError` for one without words."""
        if not text.strip():
            raise UsageError("There is nothing to log.", hint="As: `health slept 7 hours`.")
        at = self._clock.local()

        def change(data: bytes) -> tuple[bytes, Logged]:
            raw = entries.appended(data, at, text)
            return data + raw, self._added(raw, len(data))

        return await asyncio.to_thread(self._file.change, change)

    async def take_in(self, past: Sequence[str]) -> tuple[Logged | None, list[bool]]:
        """Add entries from elsewhere at the end, each with the date and time that it begins with.

        Those that stand there already aren't added again; says of each whether it was added, and
        what takes all of them back.
        """

        def change(data: bytes) -> tuple[bytes | None, tuple[Logged | None, list[bool]]]:
            there = {(each.day, each.time, each.text) for each in entries.entries(data)}
            added, is_new = data, []
            for each in past:
                raw = entries.appended_text(added, each)
                (entry,) = entries.entries(raw.lstrip(b"\r\n"))
                told = (entry.day, entry.time, entry.text)
                is_new.append(told not in there)
                added += raw if told not in there else b""
                there.add(told)
            logged = self._added(added[len(data) :], len(data)) if any(is_new) else None
            return added or None, (logged, is_new)

        return await asyncio.to_thread(self._file.change, change)

    async def remove(self, words: str) -> Logged:
        """Remove the newest entry ("last" or no words), or the one that has these words.

        Raises `NotFound`, and `UsageError` where several have them.
        """

        def change(data: bytes) -> tuple[bytes, Logged]:
            entry = _chosen(data, words)
            return self._removed(data, entry.start, data[entry.start : entry.end])

        return await asyncio.to_thread(self._file.change, change)

    async def remove_raw(self, raw: str, start: int, *, began: bool = False) -> Logged:
        """Remove just these words of the file: takes an entry back; the one that `began` the file
        leaves none if nothing else stands in it. Raises `NotFound`."""

        def change(data: bytes) -> tuple[bytes | None, Logged]:
            where = entries.located(data, raw.encode(), start)
            if where is None:
                raise NotFound(
                    "That entry was changed in the file since.", hint="Remove it there by hand."
                )
            left, logged = self._removed(data, where, raw.encode())
            return None if began and not left else left, logged

        return await asyncio.to_thread(self._file.change, change)

    async def put_raw(self, raw: str, start: int, check: int) -> Logged:
        """Put back what was removed: where it was, if the file is as it was then; else at its
        end."""

        def change(data: bytes) -> tuple[bytes, Logged]:
            kept = raw.encode()
            where = start
            if zlib.crc32(data) != check:
                told, kept, where = _read(kept), b"", len(data)
                for each in told:
                    kept += entries.appended_text(data + kept, _whole(each))
            return entries.put(data, where, kept), self._added(kept, where)

        return await asyncio.to_thread(self._file.change, change)

    def _added(self, raw: bytes, start: int) -> Logged:
        return _logged(raw, start, "health_remove", began=not self._file.is_there())

    def _removed(self, data: bytes, start: int, raw: bytes) -> tuple[bytes, Logged]:
        try:
            raw.decode()
        except UnicodeDecodeError:
            raise UsageError(
                "That entry isn't UTF-8, and couldn't be put back.",
                hint=f"Remove it by hand: {self._file.path}",
            ) from None
        left = entries.without(data, start, raw)
        return left, _logged(raw, start, "health_log", check=zlib.crc32(left))


def _logged(raw: bytes, start: int, inverse: str, **more: int) -> Logged:
    return Logged(_read(raw)[0], (inverse, {"raw": raw.decode(), "at_byte": start, **more}))


def _read(raw: bytes) -> list[Entry]:
    """The entries that `raw` is: several where they were moved in at once. Raises `UsageError` for
    what is none."""
    found = list(entries.entries(raw.lstrip(b"\r\n")))
    if not found:
        raise UsageError("That is no entry of the log.", hint="`health WORDS` logs one.")
    return found


def _chosen(data: bytes, words: str) -> Entry:
    said = " ".join(words.casefold().split())
    if said in ("", "last", "the last", "newest"):
        newest = entries.newest(data)
        some = [newest] if newest else []
    else:
        some = [
            each
            for each in entries.entries(data)
            if said in " ".join(_whole(each).casefold().split())
        ]
    if len(some) == 1:
        return some[0]
    if some:
        told = "; ".join(clip(_whole(each), _SHOWN) for each in some[-3:])
        raise UsageError(
            f"“{clip(words, _SHOWN)}” stands in {len(some)} entries: {told}.",
            hint="Say the date and the time of one.",
        )
    raise NotFound(
        f"No entry of the health log has “{clip(words, _SHOWN)}”." if said else "The log is empty.",
        hint="`health report all` shows them.",
    )


def _whole(entry: Entry) -> str:
    return f"{entry.day} {entry.time} {entry.text}"
