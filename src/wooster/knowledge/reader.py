"""Reading files without trusting them: in a child process that may crash, hang or grow.

Parsers written in C crash on damaged files, others hog the interpreter or never end. Whatever
happens to the child concerns one file, which is then unreadable, and the next child is started
anew. It knows processes and pipes, and nothing of formats.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO, cast

from wooster.core.errors import Busy
from wooster.core.text import clip
from wooster.knowledge.model import ReadDocument, UnreadableFile
from wooster.knowledge.reading.frames import SIZES, Frame, Missing, Ready, Unreadable, unpack

_START_S = 60.0
_PIPE_BYTES = 1 << 20
# Larger frames are unpacked in a thread, so that the event loop doesn't wait.
_LARGE_FRAME_BYTES = 1 << 17
# How much later than the parent a child whose parent is gone ends itself.
_ALARM_S = 30
_LAST_WORDS_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost, and how long a child is kept: while it is asked within `idle_s`, and
    for `files_a_child`, so that what its parsers leak goes with it."""

    max_bytes: int = 100_000_000
    timeout_s: float = 60.0
    memory_bytes: int = 2 << 30
    idle_s: float = 30.0
    files_a_child: int = 2000


class Reader:
    """Files in, documents out. At most `workers` files are read at a time, others wait."""

    def __init__(
        self, limits: Limits | None = None, *, zone: tzinfo | None = None, workers: int = 1
    ) -> None:
        """`zone`, one of the IANA database, is that of dates that name none; None is the
        machine's."""
        self._limits = limits or Limits()
        self._zone = zone
        self._workers = workers
        self._slots = asyncio.Semaphore(workers)
        self._resting: list[_Child] = []
        self._children: set[_Child] = set()
        self._is_closed = False

    async def read(self, path: Path) -> list[ReadDocument]:
        """The documents in a file: one, or the messages of an mbox.

        Raises `UnreadableFile` with the reason, `FileNotFoundError` when there is no such file
        (any more), and `Busy` when nothing can be read now, whatever the file.
        """
        async with self._slots:
            while True:
                child = self._awakened() or await self._started()
                is_first = child.files == 0
                try:
                    return await self._ask(child, path)
                except _Crashed as crash:
                    if self._is_closed:
                        raise _not_now("the library is being closed") from None
                    # What earlier files did to the child isn't this one's fault.
                    if is_first:
                        raise UnreadableFile(crash.reason) from None

    async def close(self) -> None:
        """End every child. What is being read ends with `Busy`."""
        if self._is_closed:
            return
        self._is_closed = True
        for child in self._children:
            child.kill()
        for _ in range(self._workers):
            await self._slots.acquire()
        while self._children:
            await self._children.pop().ended()
        for _ in range(self._workers):
            self._slots.release()

    async def _ask(self, child: _Child, path: Path) -> list[ReadDocument]:
        is_whole = False
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                documents, last = await child.ask(path, self._limits.max_bytes)
            is_whole = True
        except TimeoutError:
            raise UnreadableFile(
                f"reading it took more than {self._limits.timeout_s:.0f} s"
            ) from None
        finally:
            # Half an answer in the pipe would be taken for the next file's.
            if is_whole:
                self._rest(child)
            else:
                child.kill()
        if isinstance(last, Missing):
            raise FileNotFoundError(str(path))
        if isinstance(last, Unreadable):
            raise UnreadableFile(last.reason)
        return documents

    # --- children ------------------------------------------------------------------------------

    async def _started(self) -> _Child:
        if self._is_closed:
            raise _not_now("the library is closed")
        for gone in [child for child in self._children if not child.is_alive]:
            self._children.discard(gone)
            await gone.ended()
        try:
            child = await _Child.start(self._limits, self._zone)
        except OSError as error:
            # Not to be taken for an error of the file: this one isn't there for any.
            raise _not_now(f"{sys.executable} doesn't start: {error.strerror}") from error
        self._children.add(child)
        if self._is_closed:  # while it was being started: whoever closed didn't see it
            child.kill()
            raise _not_now("the library is closed")
        is_ready = False
        try:
            async with asyncio.timeout(_START_S):
                is_ready = isinstance(await child.receive(), Ready)
        except _Crashed as crash:
            raise _not_now(crash.reason) from None
        except TimeoutError:
            raise _not_now(f"the process that reads isn't up after {_START_S:.0f} s") from None
        finally:
            if not is_ready:
                child.kill()
        return child

    def _awakened(self) -> _Child | None:
        """A child that rests, if there is one."""
        while self._resting:
            child = self._resting.pop()
            child.stay()
            if child.is_alive:
                return child
        return None

    def _rest(self, child: _Child) -> None:
        if child.files >= self._limits.files_a_child or self._is_closed:
            child.kill()
            return
        self._resting.append(child)
        child.leave_in(self._limits.idle_s, lambda: self._dismiss(child))

    def _dismiss(self, child: _Child) -> None:
        self._resting.remove(child)
        child.kill()


def _not_now(reason: str) -> Busy:
    return Busy(f"Documents can't be read now: {reason}.", hint="See `wooster logs`.")


class _Crashed(Exception):
    """The child ended in the middle. `reason` is for a person, of a file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Child:
    """A child process with its pipes. `files` is how many it was asked for."""

    def __init__(
        self, process: asyncio.subprocess.Process, last_words: BinaryIO, limits: Limits
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._requests = process.stdin
        self._answers = process.stdout
        self._last_words = last_words
        self._limits = limits
        self._leaving: asyncio.TimerHandle | None = None
        self.files = 0

    @classmethod
    async def start(cls, limits: Limits, zone: tzinfo | None) -> _Child:
        """Raises `OSError` when it can't be started."""
        last_words = cast(BinaryIO, await asyncio.to_thread(tempfile.TemporaryFile))
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "wooster.knowledge.reading.child",
                str(limits.memory_bytes),
                str(int(limits.timeout_s) + _ALARM_S),
                str(zone or ""),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=last_words,
                limit=_PIPE_BYTES,
                start_new_session=True,  # a Ctrl-C in the daemon's terminal is not for it
            )
        except BaseException:
            last_words.close()
            raise
        return cls(process, last_words, limits)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, path: Path, max_bytes: int) -> tuple[list[ReadDocument], Frame]:
        """The documents, and the frame that says how it ended. Raises `_Crashed`."""
        self.files += 1
        request = json.dumps({"path": str(path), "max_bytes": max_bytes}) + "\n"
        # A child that has ended is found out when its answer is read.
        with contextlib.suppress(ConnectionError):
            self._requests.write(request.encode())
            await self._requests.drain()
        documents: list[ReadDocument] = []
        while isinstance(frame := await self.receive(), ReadDocument):
            documents.append(frame)
        return documents, frame

    async def receive(self) -> Frame:
        """The next frame. Raises `_Crashed`."""
        try:
            sizes = SIZES.unpack(await self._answers.readexactly(SIZES.size))
            head = await self._answers.readexactly(sizes[0])
            text = await self._answers.readexactly(sizes[1])
        except (asyncio.IncompleteReadError, ConnectionError):
            raise _Crashed(await self._cause()) from None
        if len(head) + len(text) > _LARGE_FRAME_BYTES:
            return await asyncio.to_thread(unpack, head, text)
        return unpack(head, text)

    def leave_in(self, idle_s: float, leave: Callable[[], None]) -> None:
        self._leaving = asyncio.get_running_loop().call_later(idle_s, leave)

    def stay(self) -> None:
        if self._leaving:
            self._leaving.cancel()

    def kill(self) -> None:
        """It has nothing that is worth being saved."""
        self.stay()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def ended(self) -> None:
        """Wait until it is gone, and its pipes closed."""
        await self._process.communicate()
        self._last_words.close()

    async def _cause(self) -> str:
        """Why it ended, of a file."""
        await self._process.wait()
        said = await asyncio.to_thread(self._said)
        if said.startswith("MemoryError"):
            return f"it takes more than {self._limits.memory_bytes >> 20} MB of memory to read"
        if said:
            return f"its reader failed: {said}"
        return f"its reader crashed (exit code {self._process.returncode})"

    def _said(self) -> str:
        """The last line that it wrote to stderr."""
        size = self._last_words.seek(0, 2)
        self._last_words.seek(max(0, size - _LAST_WORDS_BYTES))
        lines = self._last_words.read().decode("utf-8", "replace").split("\n")
        return clip(next((line for line in reversed(lines) if line.strip()), ""), 200)
