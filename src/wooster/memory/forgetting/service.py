"""Forgetting, from what the person names to nothing left of it."""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from wooster.core.clock import Clock
from wooster.core.errors import Busy, HomeError, StorageError, UsageError
from wooster.memory.forgetting import buried, choosing, naming, store, sweeping, wording
from wooster.memory.forgetting.elsewhere import Elsewhere
from wooster.memory.forgetting.model import Doomed, Named
from wooster.memory.forgetting.sweeping import Files
from wooster.memory.forgetting.wording import Wording
from wooster.storage import Database

if TYPE_CHECKING:
    from wooster.memory.forgetting.proof import Proof

log = logging.getLogger(__name__)

Told = Callable[[str], None]
_DOCUMENT = re.compile(r"document\s+(\S.*)", re.IGNORECASE)

_LOOK_S = 0.1
# An answer takes seconds, on a slow machine a minute or two.
_PATIENCE_S = 180.0
_SESSIONS_AT_ONCE = 20


async def _nothing_is_kept() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went. `problem` says what of it couldn't be swept out, and where it may stand still."""

    doomed: Doomed
    problem: str = ""


class Document(Protocol):
    """One of the person's, in the library."""

    @property
    def path(self) -> str: ...


class Documents(Protocol):
    """The library, as forgetting asks of it."""

    async def named(self, name: str) -> Document:
        """The document that is called so. Raises `NotFound` and `UsageError`."""

    async def look_again(self, paths: Sequence[str]) -> None:
        """See what became of these files."""


class Forgetting:
    """Forgets in one home. `changed` is told when passages went; `purge` takes their vectors out of
    the index's memory and file."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        files: Files,
        changed: Callable[[], None],
        purge: Callable[[], Awaitable[None]],
        elsewhere: Elsewhere = Elsewhere(),  # noqa: B008 # frozen
    ) -> None:
        self._database = database
        self._clock = clock
        self._files = files
        self._changed = changed
        self._purge = purge
        self._elsewhere = elsewhere
        self.documents: Documents | None = None
        # Empties what is kept in memory; gives what couldn't be, as a sentence.
        self.let_go: Callable[[], Awaitable[str]] = _nothing_is_kept
        self._changed_texts: set[str] = set()
        # Two that forget at once would sweep the same files.
        self._sweeping = asyncio.Lock()
        self._broken_off = asyncio.Event()

    async def run(self) -> None:
        """Sweep what a forgetting left that was broken off: by a crash, or by a client that went
        away half-way. Until it is cancelled."""
        while True:
            try:
                problem = await self.finish()
            except StorageError as error:
                problem = error.message
            if problem:
                log.warning("forgetting.not_swept", extra={"fields": {"reason": problem}})
            await self._broken_off.wait()
            self._broken_off.clear()

    async def doomed(self, what: str) -> Doomed:
        """What would go for what a person names. Raises `UsageError`, `NotFound`."""
        return (await self._looked_up(what))[1]

    async def forget(self, what: str, told: Told) -> Forgotten:
        """Forget it: when this returns, it stands nowhere that Wooster writes. Killed on the way,
        it goes on at the next start.

        Raises `UsageError`, `NotFound`, and `Busy` where an answer under way doesn't end.
        """
        async with self._sweeping:
            meant, seen = await self._looked_up(what)
            if seen.is_empty:
                return Forgotten(seen)
            told("clearing history and logs")
            problem = await self._clear_files(seen)
            doomed = await self._removed(meant, seen, told)
            if doomed.is_empty:
                return Forgotten(doomed)
            self._changed()
            if doomed != seen:  # something was said meanwhile
                problem = await self._clear_files(doomed)
            try:
                left = [problem, await self._clear_library(doomed, told), await self._sweep(told)]
                problem = " ".join(filter(None, [*left, await self.let_go()]))
            except asyncio.CancelledError:
                self._broken_off.set()
                raise
            return Forgotten(doomed, problem)

    async def prove(self, what: str, told: Told) -> Proof:
        """Look for words in every file of the home. Raises `UsageError`."""
        from wooster.memory.forgetting import proof

        words = wording.all_of(what)
        if words is None:
            raise UsageError("Look for what?", hint="`/forget prove WORDS`.")
        await self._database.empty_log()
        home, leave = self._files.history.parent, self._files.weights
        return await asyncio.to_thread(proof.prove, home, leave, words, what, told)

    async def take_out(self, session_ids: Sequence[str]) -> None:
        """Remove conversations that were taken in, with what was made of them. It may all be taken
        in again; what deleting leaves in files is swept in the background."""
        for at in range(0, len(session_ids), _SESSIONS_AT_ONCE):
            some = session_ids[at : at + _SESSIONS_AT_ONCE]
            await self._database.write(partial(self._take_out, some))
        self._changed()
        self._broken_off.set()

    def _take_out(self, session_ids: Sequence[str], connection: sqlite3.Connection) -> None:
        doomed = choosing.of_sessions(connection, session_ids)
        if doomed.turns:
            store.remove(connection, doomed, self._clock.now(), self._clock.zone)

    async def finish(self) -> str:
        """Sweep what a forgetting left that was broken off; returns what couldn't be swept out."""
        async with self._sweeping:
            if await self._database.read(store.sweeps_left):
                left = [await self._sweep(lambda _: None), await self.let_go()]
                return " ".join(filter(None, left))
            return ""

    async def _removed(self, meant: Named, seen: Doomed, told: Told) -> Doomed:
        """What was removed, when no answer was under way: it would be said again in that one."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while (
                    doomed := await self._database.write(partial(self._remove, meant, seen))
                ) is None:
                    told("waiting for an answer that is under way")
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError as error:
            raise Busy(
                "An answer is under way, and may say it again.",
                hint="Stop it, or wait until it has ended, and forget again.",
            ) from error
        return doomed

    def _remove(self, meant: Named, seen: Doomed, connection: sqlite3.Connection) -> Doomed | None:
        if store.is_answering(connection):
            return None
        doomed = choosing.doomed(connection, meant)
        # Files are cleared by now: what was seen in them before is told.
        doomed = replace(doomed, elsewhere=seen.elsewhere, staying=seen.staying)
        if doomed.is_empty:
            return doomed
        store.remove(connection, doomed, self._clock.now(), self._clock.zone)
        buried.bury(connection, doomed, self._clock.now())
        if doomed.document:
            buried.bury_document(connection, doomed.document, self._clock.now())
        if doomed.everywhere:
            for words in doomed.words:
                self._elsewhere.clear(connection, words)
        return doomed

    async def _looked_up(self, what: str) -> tuple[Named, Doomed]:
        named = _DOCUMENT.fullmatch(what.strip())
        meant = None
        if named is not None and self.documents is not None:
            meant = Named(document=(await self.documents.named(named[1])).path)

        def look_up(connection: sqlite3.Connection) -> tuple[Named, Doomed]:
            found = meant or naming.named(connection, what, self._clock.zone)
            return found, self._chosen(connection, found)

        return await self._database.read(look_up)

    def _chosen(self, connection: sqlite3.Connection, meant: Named) -> Doomed:
        doomed = choosing.doomed(connection, meant)
        if meant.words is None:
            return doomed
        return replace(
            doomed,
            elsewhere=tuple(self._elsewhere.standing(connection, meant.words)),
            staying=tuple(self._elsewhere.staying(connection, meant.words)),
        )

    async def _sweep(self, told: Told) -> str:
        try:
            await sweeping.clear_database(self._database, told)
            told("clearing vectors")
            await self._purge()
            told("replacing copies of the database")
            now, owned = self._clock.now(), self._files.owned
            await asyncio.to_thread(sweeping.replace_old_copies, self._database, now, owned)
            await self._database.write(store.swept)
        except (StorageError, OSError, RuntimeError) as error:  # hnswlib has only the last
            return (
                "What deleting leaves in its files, and older copies in"
                f" {self._database.backups}, couldn't be cleared ({error}):"
                " Wooster tries again when it starts, and when something else is forgotten."
            )
        return ""

    async def _clear_library(self, doomed: Doomed, told: Told) -> str:
        """What was left out or changed leaves the library before its traces are swept."""
        gone = self._changed_texts | ({doomed.document} if doomed.document else set())
        if gone and self.documents is not None:
            told("taking it out of the library")
            try:
                await self.documents.look_again(sorted(gone))
            except (StorageError, Busy) as error:
                return f"The library may still have it: {error.message}"
        self._changed_texts.clear()
        return ""

    async def _clear_files(self, doomed: Doomed) -> str:
        texts = [text for turn in doomed.turns for text in (turn.question, turn.answer)]
        texts += [fact.quote for fact in doomed.all_facts]
        left = []
        try:
            await asyncio.to_thread(sweeping.clear_files, self._files, texts, doomed.words)
        except OSError as error:
            left.append(f"The prompt's history or a log may still have it ({error}).")
        if doomed.everywhere:
            try:
                await asyncio.to_thread(self._clear_texts, doomed.words)
            except (OSError, HomeError) as error:
                why = error.message.rstrip(".") if isinstance(error, HomeError) else error
                left.append(f"Lists, calendars and names of projects may still have it ({why}).")
        return " ".join(left)

    def _clear_texts(self, words: Sequence[Wording]) -> None:
        for each in self._elsewhere.clear_texts(words):
            self._changed_texts.add(str(each))  # also where the next can't be reached
