"""Memory, put together from the database, the search, the router and the settings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wooster.actions.action import Action
from wooster.actions.registry import Wrote, unwritten
from wooster.assistant.remembering import Remembering
from wooster.config import resources
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core import caches
from wooster.core.clock import Clock
from wooster.core.errors import StorageError, UsageError
from wooster.memory import passages as turn_passages
from wooster.memory import store as turn_store
from wooster.memory.distilling import store as distilling_store
from wooster.memory.distilling.actions import retry
from wooster.memory.episodes import actions as episode_actions
from wooster.memory.episodes import leaving
from wooster.memory.episodes import store as episode_store
from wooster.memory.episodes.model import Followup
from wooster.memory.episodes.service import Episodes
from wooster.memory.facts import actions as fact_actions
from wooster.memory.facts import checks as fact_checks
from wooster.memory.facts import showing, telling
from wooster.memory.facts.service import Facts
from wooster.memory.forgetting.actions import forget, prove
from wooster.memory.model import Turn
from wooster.memory.overview import actions as overview_actions
from wooster.memory.recall import actions as recall_actions
from wooster.memory.recall.model import Asked, Recollections
from wooster.memory.service import Conversations
from wooster.models.router import Router
from wooster.storage import Database
from wooster.storage.verify import Check
from wooster.vectors.service import Search

if TYPE_CHECKING:
    from wooster.memory.distilling.service import Distiller
    from wooster.memory.forgetting.service import Documents, Forgetting
    from wooster.memory.overview.service import Overview
    from wooster.memory.recall.explaining import Explained
    from wooster.memory.recall.service import Recall

log = logging.getLogger(__name__)

CHECKS: list[Check] = [
    turn_store.verify,
    turn_passages.verify,
    fact_checks.verify,
    episode_store.verify,
    distilling_store.verify,
]
# The client whose last conversation is gone on with.
_CLIENT = "repl"
# What can't both be so is asked about at each start, until it is set right or this is over.
_ASKED_FOR = timedelta(days=7)
_CATCH_UP_S = 0.3


async def _nothing_is_left() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What memory is found and summed up with."""

    search: Search
    router: Router


class _LateRecall:
    """Recall, which is imported after the start: until somebody says something, it isn't needed."""

    def __init__(self, database: Database, search: Search, clock: Clock) -> None:
        self._with = database, search, clock
        self._made: Recall | None = None

    async def find(self, asked: Asked, limit: int = 50) -> Recollections:
        return await (await self.ready()).find(asked, limit)

    async def last(self) -> Explained | None:
        return await (await self.ready()).last()

    async def ready(self) -> Recall:
        if self._made is None:
            self._made = await asyncio.to_thread(self._make)
        return self._made

    def _make(self) -> Recall:
        from wooster.memory.recall.service import Recall

        return Recall(*self._with)


class Memory:
    """The memory of one home, as its parts are run and ended together."""

    def __init__(
        self, paths: Paths, settings: Settings, database: Database, clock: Clock, finding: Finding
    ) -> None:
        search, router = finding.search, finding.router
        self._settings = settings
        self._database = database
        self._clock = clock
        self.conversations = Conversations(database, clock, search.changed)
        self.facts = Facts(database, clock, settings.memory.semantic, search.changed)
        self._episodes = Episodes(database, clock, settings.memory.episodic, search.changed)
        self._recall = _LateRecall(database, search, clock)
        self._paths = paths
        self._made_forgetting: Forgetting | None = None
        self._search = search
        self._router = router
        self._distiller: Distiller | None = None
        self._stopping = asyncio.Event()
        self.conversations.ended = self._nudge
        self.today: Callable[[], Awaitable[Sequence[str]]] = _nothing
        # Told of what a message did that is an action's to do.
        self.wrote: Wrote = unwritten
        self.documents: Callable[[], Documents | None] = lambda: None
        # Has model servers let go of what they have read; tells what may be left.
        self.servers_let_go: Callable[[], Awaitable[str]] = _nothing_is_left
        self.actions: list[Action[Any]] = [
            *fact_actions.actions(self.facts, clock),
            *episode_actions.actions(self._episodes, clock),
            recall_actions.recall(self._recall, clock),
            recall_actions.why(self._recall, clock),
            forget(self.forgetting, clock),
            prove(self.forgetting),
            retry(self._retry),
            *overview_actions.actions(self.overview, clock),
        ]

    async def followups(self) -> list[Followup]:
        """What was left to do in conversations."""
        return await self._episodes.followups()

    def remembering(self) -> Remembering:
        """What the assistant remembers with."""
        budget = self._settings.turn.memory_tokens
        return Remembering(self, self._heed, resources.prompt("memory"), budget)

    async def find(self, asked: Asked, limit: int = 50) -> Recollections:
        """What is remembered of a message. Whoever begins a new conversation has just left another:
        what was said in it is made out first, by rules, where that is done in no time."""
        if not asked.earlier and self._distiller is not None:
            try:
                async with asyncio.timeout(_CATCH_UP_S):
                    await self._distiller.catch_up()
            except TimeoutError:
                pass  # it goes on in the background
        return await self._recall.find(asked, limit)

    async def left_off(self) -> list[str]:
        """Where the last conversation was left, what Wooster would like to know, and what today
        holds."""
        now = self._clock.now()
        left = await self._episodes.left_off(_CLIENT)
        asking = [
            showing.asking(each)
            for each in await self.facts.contradictions()
            if now - each.raised < _ASKED_FOR
        ]
        return leaving.lines(
            left, now, self._clock.zone, pending=asking[:1], today=await self.today()
        )

    async def run(self) -> None:
        """Sum up what pauses, until `stop`."""
        await self._recall.ready()
        self._distiller = await asyncio.to_thread(self._make_distiller)
        forgetting = await asyncio.to_thread(self.forgetting)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._distiller.run())
            sweeping = tasks.create_task(forgetting.run())
            catching_up = tasks.create_task(self._catch_up())
            await self._stopping.wait()
            self._distiller.stop()
            sweeping.cancel()
            catching_up.cancel()

    def stop(self) -> None:
        self._stopping.set()

    def _make_distiller(self) -> Distiller:
        # Here, because a start needn't wait for it to be imported.
        from wooster.memory.distilling.requests import Prompts
        from wooster.memory.distilling.routed import RoutedChat
        from wooster.memory.distilling.service import Distiller

        prompts = Prompts(resources.prompt("episode_summary"), resources.prompt("fact_extraction"))
        return Distiller(
            self._database,
            RoutedChat(self._router),
            self._clock,
            self._settings.memory,
            prompts,
            self._search.changed,
        )

    def forgetting(self) -> Forgetting:
        if self._made_forgetting is None:
            from wooster.bootstrap.forgetting import forgetting

            self._made_forgetting = forgetting(
                self._paths, self._settings, self._database, self._clock, self._search
            )
            self._made_forgetting.documents = self.documents()
            self._made_forgetting.let_go = self._let_go
        return self._made_forgetting

    async def _let_go(self) -> str:
        caches.let_go()
        return await self.servers_let_go()

    def overview(self) -> Overview:
        """Memory as a whole."""
        from wooster.memory.overview.service import Overview

        return Overview(self._database, self._clock, self._search.coverage)

    def _nudge(self) -> None:
        if self._distiller is not None:
            self._distiller.nudge()

    async def _retry(self) -> int:
        return 0 if self._distiller is None else await self._distiller.retry()

    async def _catch_up(self) -> None:
        """What an earlier version left to be done; with years of turns it takes minutes, and goes
        on at the next start."""
        try:
            await self.conversations.make_findable()
        except StorageError as error:
            log.warning("memory.not_caught_up", extra={"fields": {"reason": error.message}})

    async def _heed(self, turn: Turn) -> str:
        told = telling.told(turn.question)
        if told is None:
            return ""
        try:
            learned = await self.facts.remember(told, turn)
        except UsageError as error:  # "Note: …" and a page: it is answered all the same
            return f"Nothing was remembered: {error.message} {error.hint}"
        text = " ".join(showing.learned_text(each, self._clock.zone) for each in learned)
        result = replace(fact_actions.remembered(learned, self._clock, turn.seq), text=text)
        kept = await self.wrote("remember", {"text": told}, result)
        return " ".join(kept.text.split())


async def _nothing() -> Sequence[str]:
    """What is told of today where nobody knows of it."""
    return ()
