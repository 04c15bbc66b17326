"""Keeping a conversation: one call for each thing that happens to a turn."""

from __future__ import annotations

import sqlite3

from wooster.config.settings import Sensitivity
from wooster.core.clock import Clock
from wooster.core.errors import NotFound
from wooster.core.ids import new_id
from wooster.memory import store
from wooster.memory.model import Counts, Ending, Turn
from wooster.storage import Database

# At least as many fit no context budget that a model on one machine reads at once.
_CONTEXT_TURNS = 200


class Conversations:
    """The sessions and turns of one home."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, question: str, session_id: str | None, client: str) -> Turn:
        """Store a message as a running turn, in a new session when none is named.

        Raises `NotFound` for a session that isn't there.
        """
        now = self._clock.now()
        turn_id = new_id(now)

        def change(connection: sqlite3.Connection) -> Turn:
            session = session_id
            if session is None:
                session = new_id(now)
                store.add_session(connection, session, now, client)
            elif not store.session_exists(connection, session):
                raise NotFound(f"There is no session {session!r}.", hint="Begin a new one.")
            seq = store.add_turn(connection, turn_id, session, now, question)
            return Turn(seq, turn_id, session, now, question, "", "running", None, "", "")

        return await self._database.write(change)

    async def mark(self, turn: Turn, sensitivity: Sensitivity, *, is_private: bool) -> None:
        """Store how private the turn's request is; call it before anything of it is sent."""
        await self._database.write(
            lambda c: store.mark_turn(c, turn.seq, sensitivity, is_private=is_private)
        )

    async def keep(self, turn: Turn, part: int, text: str) -> None:
        """Store the next piece of an answer."""
        await self._database.write(lambda c: store.add_part(c, turn.seq, part, text))

    async def end(self, turn: Turn, ending: Ending) -> None:
        """Close a turn."""
        now = self._clock.now()
        await self._database.write(lambda c: store.end_turn(c, turn.seq, now, ending))

    async def end_interrupted(self) -> int:
        """Close what a crash left running; returns how many turns that were."""
        now = self._clock.now()
        return await self._database.write(lambda c: store.end_interrupted(c, now))

    async def before(self, turn: Turn) -> list[Turn]:
        """The turns of the same session before `turn`, oldest first."""
        return await self._database.read(
            lambda c: store.of_session(c, turn.session_id, turn.seq, _CONTEXT_TURNS)
        )

    async def history(self, words: str, limit: int) -> list[Turn]:
        """The newest turns, or the newest that hold all of `words`, oldest first."""
        if words.strip():
            return await self._database.read(lambda c: store.search(c, words, limit))
        return await self._database.read(lambda c: store.recent(c, limit))

    async def counts(self) -> Counts:
        return await self._database.read(store.counts)

    async def last_of(self, client: str) -> Turn | None:
        """The newest turn of a session that was begun with `client`."""
        return await self._database.read(lambda c: store.last_of(c, client))
