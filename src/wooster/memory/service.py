"""Keeping a conversation: one call for each thing that happens to a turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter

from wooster.config.settings import Sensitivity
from wooster.core.clock import Clock
from wooster.core.errors import NotFound
from wooster.core.ids import new_id
from wooster.memory import passages, store
from wooster.memory.model import ASSISTANT, ME, Counts, Ending, Line, Turn
from wooster.memory.recall.model import Memory
from wooster.storage import Database
from wooster.storage.along import Along, nothing
from wooster.wire.events import ToolState

# At least as many fit no context budget that a model on one machine reads at once.
_CONTEXT_TURNS = 200
# Turns that are made findable in one transaction, where many are: a turn that begins waits for it.
_AT_ONCE = 20


class Conversations:
    """The sessions and turns of one home. `changed` is told after what can be found has changed,
    `ended` after a turn has ended."""

    def __init__(
        self, database: Database, clock: Clock, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._clock = clock
        self._changed = changed
        self.ended: Callable[[], None] = lambda: None

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

    async def mark(
        self,
        turn: Turn,
        sensitivity: Sensitivity,
        *,
        is_private: bool,
        outside: bool = False,
        memories: Sequence[Memory] = (),
    ) -> None:
        """Store how private the turn's request is, whether it is `outside` that some of it is from,
        and what it is given of memory; call it before anything of it is sent, and again where less
        of it was: what it had from outside stays known."""

        def change(connection: sqlite3.Connection) -> None:
            store.mark_turn(connection, turn.seq, sensitivity, is_private=is_private)
            if outside:
                store.mark_outside(connection, turn.seq)
            store.add_recollections(connection, turn.seq, memories)

        await self._database.write(change)

    async def mark_outside(self, turn: Turn) -> None:
        """Store that the turn's model reads what others wrote; call it before it does."""
        await self._database.write(lambda c: store.mark_outside(c, turn.seq))

    async def keep(self, turn: Turn, part: int, text: str) -> None:
        """Store the next piece of an answer."""
        await self._database.write(lambda c: store.add_part(c, turn.seq, part, text))

    async def begin_tool(self, turn: Turn, place: int, name: str, words: str) -> None:
        """Store that a tool which the model called is about to run."""
        await self._database.write(lambda c: store.begin_tool(c, turn.seq, place, name, words))

    async def end_tool(
        self, turn: Turn, place: int, state: ToolState, summary: str, *, is_private: bool
    ) -> None:
        """Store how it ended."""

        def change(connection: sqlite3.Connection) -> None:
            store.end_tool(connection, turn.seq, place, state, summary, is_private=is_private)

        await self._database.write(change)

    async def end(self, turn: Turn, ending: Ending) -> None:
        """Close a turn; it can be recalled from now on."""
        now = self._clock.now()

        def change(connection: sqlite3.Connection) -> None:
            store.end_turn(connection, turn.seq, now, ending)
            passages.put(connection, turn.session_id, turn.seq, turn.seq)

        await self._database.write(change)
        self._changed()
        self.ended()

    async def end_interrupted(self) -> int:
        """Close what a crash left running; returns how many turns that were."""
        now = self._clock.now()

        def change(connection: sqlite3.Connection) -> int:
            ended = store.end_interrupted(connection, now)
            for turn in ended:
                passages.put(connection, turn.session_id, turn.seq, turn.seq)
            return len(ended)

        return await self._database.write(change)

    async def take_in(
        self, lines: Sequence[Line], client: str, along: Along[str] = nothing
    ) -> list[Turn]:
        """Store a conversation from elsewhere as a session of its own, whole or not at all, and
        what is stored `along` with it, told the session.

        What the assistant says answers what the person said just before; all else is a turn of its
        own. Lines without words are left out.
        """
        spoken = [line for line in lines if line.text.strip()]
        if not spoken:
            return []
        session_id = new_id(spoken[0].at)
        made = turns_of(spoken, session_id)

        def change(connection: sqlite3.Connection) -> list[Turn]:
            store.add_session(connection, session_id, spoken[0].at, client, "import")
            stored = [replace(turn, seq=store.take_in(connection, turn)) for turn in made]
            passages.put(connection, session_id, stored[0].seq, stored[-1].seq)
            along(connection, session_id)
            return stored

        stored = await self._database.write(change)
        self._changed()
        return stored

    async def make_findable(self) -> int:
        """Make turns findable that were stored before they could be; returns how many."""
        count = 0
        after = "", 0
        while found := await self._database.read(
            partial(
                store.without_passages,
                collection=passages.COLLECTION,
                after=after,
                limit=_AT_ONCE,
            )
        ):
            await self._database.write(partial(_make_findable, found=found))
            self._changed()
            count += len(found)
            after = found[-1]
        return count

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


def turns_of(lines: Sequence[Line], session_id: str) -> list[Turn]:
    """The turns that the lines of a conversation make, not stored yet."""
    turns: list[Turn] = []
    for line in lines:
        if line.speaker != ASSISTANT:
            speaker = "" if line.speaker == ME else line.speaker
            turns.append(_taken_in(session_id, line.at, line.text, "", speaker))
        elif turns and not turns[-1].answer and not turns[-1].speaker:
            turns[-1] = replace(turns[-1], answer=line.text, ended=max(line.at, turns[-1].asked))
        else:
            turns.append(_taken_in(session_id, line.at, "", line.text, ""))
    return turns


def _taken_in(session_id: str, at: datetime, question: str, answer: str, speaker: str) -> Turn:
    turn_id = new_id(at)
    return Turn(
        0,
        turn_id,
        session_id,
        at,
        question,
        answer,
        "done",
        at,
        "",
        "",
        speaker=speaker,
        outside=True,
    )


def _make_findable(connection: sqlite3.Connection, found: Sequence[tuple[str, int]]) -> None:
    """Session by session: each for itself, every turn would be put again with its neighbours."""
    for session_id, of_session in groupby(found, key=itemgetter(0)):
        seqs = [seq for _, seq in of_session]
        passages.put(connection, session_id, seqs[0], seqs[-1])
