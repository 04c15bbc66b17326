"""Reading .ics texts without trusting them: in a child process that may crash, hang or grow.

It knows a process and its pipes, and nothing of calendars. `child` is the other side.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from wooster.core.errors import WoosterError
from wooster.core.text import clip

# How much later than the parent a child whose parent is gone ends itself.
_ALARM_S = 30


class Unreadable(WoosterError):
    """A calendar can't be read; the message says why."""

    code, exit_code, http_status = "calendar", 65, 502


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one calendar may cost."""

    timeout_s: float = 120.0
    memory_bytes: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: rows and complaints, each with the number of the text that it is of, and the
    first text's own name for itself."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    told: list[tuple[int, str]] = field(default_factory=list)
    name: str = ""


class Expander(Protocol):
    """Whoever reads texts."""

    async def read(
        self, texts: Sequence[str], first: date, end: date, addresses: Sequence[str]
    ) -> Reading:
        """The instances from `first` to before `end`. Raises `Unreadable`."""


class Reader:
    """One text after the other is read; others wait."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._turn = asyncio.Lock()

    async def read(
        self, texts: Sequence[str], first: date, end: date, addresses: Sequence[str]
    ) -> Reading:
        """The instances from `first` to before `end`. Raises `Unreadable`."""
        request = {
            "first": first.isoformat(),
            "end": end.isoformat(),
            "addresses": list(addresses),
            "texts": list(texts),
        }
        async with self._turn:
            packed = await asyncio.to_thread(lambda: json.dumps(request).encode())
            answer, last_words, code = await self._ask(packed)
        reading = await asyncio.to_thread(_unpacked, answer)
        if reading is None:
            raise Unreadable(f"it can't be read: {_cause(last_words, code)}")
        return reading

    async def _ask(self, request: bytes) -> tuple[bytes, bytes, int | None]:
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "wooster.calendars.child",
                str(self._limits.memory_bytes),
                str(int(self._limits.timeout_s) + _ALARM_S),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,  # a Ctrl-C in the daemon's terminal is not for it
            )
        except OSError as error:
            raise Unreadable(f"{sys.executable} doesn't start: {error.strerror}") from error
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                answer, last_words = await process.communicate(request)
        except TimeoutError:
            raise Unreadable(f"reading it took more than {self._limits.timeout_s:.0f} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return answer, last_words, process.returncode


def _unpacked(answer: bytes) -> Reading | None:
    """None where the answer has no end."""
    reading, name, is_whole = Reading(), "", False
    for line in answer.splitlines():
        try:
            each = json.loads(line)
        except ValueError:
            return None
        if "row" in each:
            reading.rows.append((each["object"], each["row"]))
        elif "told" in each:
            reading.told.append((each["object"], each["told"]))
        elif "name" in each:
            name = name or each["name"]
        is_whole = "done" in each
    return Reading(reading.rows, reading.told, name) if is_whole else None


def _cause(last_words: bytes, code: int | None) -> str:
    lines = last_words.decode("utf-8", "replace").strip().splitlines()
    if lines and lines[-1].startswith("MemoryError"):
        return "it takes too much memory"
    return clip(lines[-1], 200) if lines else f"its reader ended with {code}"
