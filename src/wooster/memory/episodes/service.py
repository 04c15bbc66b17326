"""Past conversations as they are asked for, and what was left to do in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial

from wooster.config.settings import Episodic
from wooster.core.clock import Clock
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import clip
from wooster.memory.episodes import store
from wooster.memory.episodes.leaving import LeftOff
from wooster.memory.episodes.model import Episode, Followup, FollowupState, Told
from wooster.memory.model import Turn
from wooster.memory.store import around
from wooster.storage import Database

_SUMMARY = 130
_FOLLOWUPS = 3
_MANY = 1_000
# A session that was never distilled may be long: the end of it is told.
_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """An episode with what is still to be done of it."""

    episode: Episode
    followups: tuple[Followup, ...] = ()


class Episodes:
    """Those of one home. `changed` is called when passages changed and that is committed."""

    def __init__(
        self, database: Database, clock: Clock, settings: Episodic, changed: Callable[[], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._changed = changed

    # --- what was -----------------------------------------------------------------------------

    async def recent(self, limit: int) -> list[Listed]:
        """The newest, oldest first; of what is long past, its month or year."""
        return await self._listed(partial(store.recent, limit=limit))

    async def with_words(self, words: str, limit: int) -> list[Listed]:
        """The newest that hold all of `words`, oldest first."""
        return await self._listed(partial(store.with_words, words=words, limit=limit))

    async def between(self, since: datetime, until: datetime, limit: int) -> list[Listed]:
        """The newest of a period, `until` out, session by session however long past."""
        return await self._listed(partial(store.between, since=since, until=until, limit=limit))

    async def _listed(self, query: Callable[[sqlite3.Connection], list[Episode]]) -> list[Listed]:
        def read(connection: sqlite3.Connection) -> list[Listed]:
            found = query(connection)
            todo = store.followups_of(connection, [each.id for each in found])
            return [
                Listed(
                    each, tuple(t for t in todo if t.episode_id == each.id and t.state == "open")
                )
                for each in found
            ]

        return await self._database.read(read)

    async def left_off(self, client: str) -> LeftOff | None:
        """Where the last conversation that was begun with `client` was left; None before the first.

        What isn't distilled yet is told by rules: one comes back after a minute, too.
        """
        return await self._database.read(partial(_left_off, client=client, zone=self._clock.zone))

    # --- what is left to do -------------------------------------------------------------------

    async def followups(self, limit: int = _MANY) -> list[Followup]:
        """The newest open ones, oldest first."""
        return await self._database.read(partial(store.open_followups, limit=limit))

    async def close(
        self,
        followup_id: int,
        state: FollowupState,
        at: datetime | None = None,
        was: FollowupState | None = None,
    ) -> tuple[Followup, Followup]:
        """Say what became of a follow-up, now or `at`; `open` takes it back. Returns it as it was
        and as it is. Raises `NotFound`, and `UsageError` where it isn't what it `was` any more."""
        when = at or self._clock.now()

        def change(connection: sqlite3.Connection) -> tuple[Followup, Followup] | None:
            closed = store.close_followup(connection, followup_id, state, when)
            if closed is not None and was not in (None, closed[0].state):
                raise UsageError(
                    f"Follow-up {followup_id} has changed since; it is left as it is.",
                    hint="`followups` lists those that are open.",
                )
            return closed

        closed = await self._database.write(change)
        if closed is None:
            raise NotFound(
                f"There is no follow-up {followup_id}.",
                hint="`followups` lists those that are open.",
            )
        return closed

    # --- keeping it small ---------------------------------------------------------------------

    async def consolidate(self) -> int:
        """Take what is long past, and what is too many, into months and years; returns the number
        of steps that took. What was done by an interruption is kept."""
        # Here, as below, because a start needs none of it.
        from wooster.memory.episodes import consolidation

        step = partial(
            consolidation.step,
            most=self._settings.max_episodes,
            now=self._clock.now(),
            zone=self._clock.zone,
        )
        steps = 0
        while await self._database.write(step):
            steps += 1
            self._changed()
        return steps


def _left_off(connection: sqlite3.Connection, client: str, zone: tzinfo | None) -> LeftOff | None:
    last = store.last_talk(connection, client)
    if last is None:
        return None
    session_id, seq, at = last
    episode = store.last_of_session(connection, session_id)
    told_to = 0 if episode is None or episode.last_seq is None else episode.last_seq
    rest = around(connection, session_id, max(told_to + 1, seq - _LOOKED_AT), seq, 0)
    told = _told(rest, zone) if rest else episode
    assert told is not None, "a session without turns was found by its last turn"
    todo = store.open_followups(connection, _MANY)
    shown = todo[-_FOLLOWUPS:]
    return LeftOff(
        session_id,
        at,
        clip(told.summary, _SUMMARY),
        told.sentiment,
        tuple(shown),
        len(todo) - len(shown),
    )


def _told(turns: Sequence[Turn], zone: tzinfo | None) -> Told:
    from wooster.memory.episodes import extract

    return extract.told(turns, zone)
