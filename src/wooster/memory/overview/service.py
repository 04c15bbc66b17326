"""Memory as a whole, as it is asked for: counted, checked, written out to a folder."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import tzinfo
from functools import partial
from itertools import groupby

from wooster.core.clock import Clock
from wooster.memory import passages
from wooster.memory.episodes import store as episodes_store
from wooster.memory.episodes.model import Episode, Followup
from wooster.memory.episodes.model import Kind as EpisodeKind
from wooster.memory.facts import store as facts_store
from wooster.memory.model import Turn
from wooster.memory.overview import markdown, store
from wooster.memory.overview.audit import NEVER_RECALLED_AFTER, audited
from wooster.memory.overview.files import Folder, Names
from wooster.memory.overview.model import Audit, Exported, SessionHead, Stats
from wooster.storage import Database
from wooster.vectors.model import Coverage

COLLECTIONS = (passages.COLLECTION, facts_store.COLLECTION, episodes_store.COLLECTION)
_NAMED = 50
_FACTS, INDEX = "facts.md", "index.md"
_EPISODES = "Episodes"
# A file of a month has its sessions' episodes and that of the month, a file of a year only its own.
_IN_MONTHS: tuple[EpisodeKind, ...] = ("session", "month")
_IN_YEARS: tuple[EpisodeKind, ...] = ("year",)

Tell = Callable[[int, int], None]
"""How many conversations of how many are written."""


class Overview:
    """That of one home. `coverage` tells how much of a collection is found by meaning."""

    def __init__(
        self, database: Database, clock: Clock, coverage: Callable[[str], Awaitable[Coverage]]
    ) -> None:
        self._database = database
        self._clock = clock
        self._coverage = coverage

    async def stats(self) -> Stats:
        """How much there is of what, and what waits."""
        counted = await self._database.read(
            partial(store.counted, now=self._clock.now(), most_stuck=_NAMED)
        )
        return Stats(counted, {each: await self._coverage(each) for each in COLLECTIONS})

    async def audit(self) -> Audit:
        """What a person should look at."""
        now = self._clock.local()
        held = await self._database.read(
            partial(store.held, now=now, old=now - NEVER_RECALLED_AFTER, most=_NAMED)
        )
        return await asyncio.to_thread(audited, held, now)

    async def export(self, named: str, tell: Tell) -> Exported:
        """Write everything into a folder that is empty or not there yet, as Markdown.

        Each conversation is as it is when its turn comes. An export that fails or is cancelled
        leaves nothing behind. Raises `UsageError` and `DiskFull`.
        """
        folder = await asyncio.to_thread(Folder.begin, named)
        try:
            return await self.write_into(folder, tell)
        except BaseException:
            # Cancelled too: half of somebody's conversations must not lie about.
            await asyncio.to_thread(folder.undo)
            raise

    async def write_into(self, folder: Folder, tell: Tell, index: str = INDEX) -> Exported:
        """Write everything into a folder, with its first page called `index`. Raises as `export`
        does; what was written is the caller's to undo."""
        zone = self._clock.zone
        facts = await self._database.read(partial(_write_facts, folder=folder, zone=zone))
        episodes, names = await self._database.read(
            partial(_write_episodes, folder=folder, zone=zone)
        )
        heads = await self._database.read(store.session_heads)
        files = Names()
        turns = 0
        for number, head in enumerate(heads):
            tell(number, len(heads))
            began = head.began.astimezone(zone)
            name = files.name(f"conversations/{began:%Y}", f"{began:%Y-%m-%d}", head.words)
            written = await self._database.read(
                partial(_write_session, folder=folder, head=head, name=name, zone=zone)
            )
            if written:
                names.setdefault(f"Conversations of {began:%Y}", []).append(name)
            turns += written
        sessions = sum(len(each) for heading, each in names.items() if heading != _EPISODES)
        counts = {"facts": facts, "episodes": episodes, "conversations": sessions, "turns": turns}
        page = markdown.index(self._clock.local(), counts, names)
        await asyncio.to_thread(folder.write, index, page)
        return Exported(folder.path, facts, episodes, sessions, turns)


def _write_facts(connection: sqlite3.Connection, folder: Folder, zone: tzinfo | None) -> int:
    known = facts_store.listed(connection)
    folder.write(_FACTS, markdown.facts(known, zone))
    return len(known)


def _write_episodes(
    connection: sqlite3.Connection, folder: Folder, zone: tzinfo | None
) -> tuple[int, dict[str, list[str]]]:
    """Returns how many there are, and their files."""
    count = 0
    names: list[str] = []
    for kinds, form in ((_IN_YEARS, "%Y"), (_IN_MONTHS, "%Y-%m")):

        def period(episode: Episode, form: str = form) -> str:
            return f"{episode.began.astimezone(zone):{form}}"

        for title, group in groupby(store.episodes(connection, kinds), period):
            told = list(_with_followups(connection, group))
            names.append(f"episodes/{title}.md")
            folder.write(names[-1], markdown.episodes(title, told, zone))
            count += len(told)
    return count, {_EPISODES: sorted(names)} if names else {}


def _with_followups(
    connection: sqlite3.Connection, told: Iterator[Episode]
) -> Iterator[tuple[Episode, Sequence[Followup]]]:
    for episode in told:
        yield episode, episodes_store.followups_of(connection, [episode.id])


def _write_session(
    connection: sqlite3.Connection,
    folder: Folder,
    head: SessionHead,
    name: str,
    zone: tzinfo | None,
) -> int:
    """Returns how many turns it has. With none, it was forgotten meanwhile or its only answer is
    under way, and there is no file."""
    turns = store.turns(connection, head.id)
    first = next(turns, None)
    if first is None:
        return 0
    count = 1

    def counted() -> Iterator[Turn]:
        nonlocal count
        yield first
        for turn in turns:
            count += 1
            yield turn

    folder.write(name, markdown.conversation(head, counted(), zone))
    return count
