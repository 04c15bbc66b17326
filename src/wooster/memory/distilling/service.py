"""Distilling in the background: by rules as soon as a conversation pauses, and by a model after it.

What is due is asked of the database each time, and what is made is stored in one transaction with
the row that says so: a crash at any point loses nothing and doubles nothing. A model that isn't
there costs nothing but time; one that fails again and again is left alone, visibly.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from wooster.config.settings import Memory
from wooster.core.clock import Clock
from wooster.core.errors import InternalError, StorageError
from wooster.memory.distilling import admission, keeping, requests, schema, store
from wooster.memory.distilling.due import due
from wooster.memory.distilling.keeping import Made
from wooster.memory.distilling.ports import Chat, NobodyThere, Said, WentWrong
from wooster.memory.distilling.requests import Prompts
from wooster.memory.distilling.schema import EpisodeOutput, FactOutput, FactsOutput
from wooster.memory.distilling.store import Row
from wooster.memory.episodes import extract
from wooster.memory.episodes.model import RULES, Stretch, Told
from wooster.memory.episodes.service import Episodes
from wooster.memory.facts.model import Observation
from wooster.memory.facts.wanted import refused
from wooster.models.model import ChatRequest
from wooster.storage import Database

log = logging.getLogger(__name__)

# How often it is looked whether a conversation rests by now, or somebody is there again.
TICK_S = 60.0
# The pauses after the first and the second attempt that failed; a third is the last.
PAUSES = (timedelta(minutes=10), timedelta(hours=2))
# What is read at once where nobody says how much that may be.
_CONTEXT_TOKENS = 2_048
_SHOWN_PROBLEM = 300


class _NotNow(Exception):
    """Nobody is there who may be asked."""


class _Failed(Exception):
    """Somebody was asked, and it can't be used."""


class Distiller:
    """That of one home. `changed` is called when passages changed and that is committed; `chat` is
    None in a home without models."""

    def __init__(
        self,
        database: Database,
        chat: Chat | None,
        clock: Clock,
        settings: Memory,
        prompts: Prompts,
        changed: Callable[[], None],
    ) -> None:
        self._database = database
        self._chat = chat
        self._clock = clock
        self._settings = settings
        self._prompts = prompts
        self._changed = changed
        self._episodes = Episodes(database, clock, settings.episodic, changed)
        self._categories = frozenset(settings.semantic.fact_categories)
        # Every turn before it is distilled, as far as this process has looked.
        self._since_seq = 0
        # Looking for what is long past takes the writer's time: at the start, and after news.
        self._is_consolidated = False
        self._news, self._better = asyncio.Event(), asyncio.Event()
        self._stopping = asyncio.Event()

    # --- running ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Distil in the background until `stop`."""
        if not (self._settings.episodic.enabled or self._settings.semantic.enabled):
            await self._stopping.wait()
            return
        async with asyncio.TaskGroup() as tasks:
            work = [
                tasks.create_task(self._again_and_again(self._keep_up, self._news)),
                tasks.create_task(self._again_and_again(self.improve, self._better)),
            ]
            await self._stopping.wait()
            for each in work:
                each.cancel()

    def stop(self) -> None:
        """What a model is at isn't waited for: it is asked again after the next start."""
        self._stopping.set()

    def nudge(self) -> None:
        """A turn has ended, or a model has come up."""
        self._news.set()
        self._better.set()

    async def _again_and_again(
        self, work: Callable[[], Awaitable[object]], woken: asyncio.Event
    ) -> None:
        while True:
            woken.clear()
            try:
                await work()
            except StorageError as error:
                # A full disk, mostly; what is due is still due at the next look.
                log.warning("distilling.failed", extra={"fields": {"reason": error.message}})
            try:
                async with asyncio.timeout(TICK_S):
                    await woken.wait()
            except TimeoutError:
                pass

    async def _keep_up(self) -> None:
        made = await self.catch_up()
        if made:
            self._better.set()
        if self._settings.episodic.enabled and (made or not self._is_consolidated):
            await self._episodes.consolidate()
            self._is_consolidated = True

    # --- by rules -----------------------------------------------------------------------------

    async def catch_up(self) -> int:
        """Distil what is due, by rules; returns how many stretches that were."""
        count = 0
        while stretches := await self._due():
            done = 0
            for stretch in stretches:
                made = await self._by_rules(stretch)
                keep = partial(
                    keeping.keep_plain, stretch=stretch, made=made, now=self._clock.now()
                )
                if await self._database.write(keep):
                    done += 1
                    self._changed()
            count += done
            if not done:  # all of them changed under our hands; they are due again
                break
        return count

    async def _due(self) -> list[Stretch]:
        now, since = self._clock.now(), self._since_seq
        most = self._settings.episodic.summarize_after

        def look(connection: sqlite3.Connection) -> tuple[list[Stretch], int]:
            sessions = store.open_sessions(connection, since)
            first = min((each.marks[0].seq for each in sessions), default=None)
            found = []
            for each in sessions:
                for ends in due(each.marks, now, most, is_over=each.is_over):
                    stretch = store.stretch(connection, each.session_id, *ends)
                    found += [stretch] if stretch is not None else []
                    if len(found) >= _AT_ONCE:
                        return found, first or 0
            return found, store.next_seq(connection) if first is None else first

        found, self._since_seq = await self._database.read(look)
        return found

    async def _by_rules(self, stretch: Stretch) -> Made:
        try:
            return await asyncio.to_thread(self._plainly, stretch)
        except Exception:
            # A mistake of ours about somebody's words would end the daemon, at each start anew.
            log.exception("distilling.broken", extra={"fields": {"session": stretch.session_id}})
            return Made(None, (), RULES)

    def _plainly(self, stretch: Stretch) -> Made:
        """What rules make of a stretch. Blocking, for the time that many words take."""
        told = self._told(stretch) if self._settings.episodic.enabled else None
        return Made(told, self._observed(stretch), RULES)

    def _told(self, stretch: Stretch) -> Told:
        return extract.told(stretch.turns, self._clock.zone)

    def _observed(self, stretch: Stretch) -> list[Observation]:
        """From the person's own messages only: never an answer, nor what a schedule asked."""
        if not self._settings.semantic.enabled or stretch.origin == "job":
            return []
        # Here, because the rules' patterns take their time to be loaded: a start doesn't need them.
        from wooster.memory.facts import rules

        return [
            replace(observation, is_private=turn.is_private)
            for turn in stretch.turns
            if not turn.speaker
            for observation in rules.observations(
                turn.question, turn.asked, self._clock.zone, turn.seq
            )
            if not refused(observation, self._settings.semantic)
        ]

    # --- by a model ---------------------------------------------------------------------------

    async def improve(self) -> int:
        """Distil by a model what rules did, the oldest first, until nothing waits or nobody is
        there; returns how many stretches that were."""
        count = 0
        while self._chat is not None and (row := await self._next()) is not None:
            try:
                count += await self._better_than_plain(row, self._chat)
            except _NotNow as error:
                log.info("distilling.waits", extra={"fields": {"reason": str(error)}})
                break
            except _Failed as error:
                await self._give_up_for_now(row, str(error)[:_SHOWN_PROBLEM])
            except StorageError:
                raise
            except Exception:
                log.exception("distilling.broken", extra={"fields": {"session": row.session_id}})
                await self._give_up_for_now(row, InternalError().message)
        return count

    async def retry(self) -> int:
        """Have a model try what is stuck again; returns how many stretches that are."""
        count = await self._database.write(store.revive)
        self._better.set()
        return count

    async def _next(self) -> Row | None:
        now = self._clock.now()
        rows = await self._database.read(partial(store.by_state, state="plain"))
        # A moment that is further away than any pause was set before a clock went back.
        return next(
            (row for row in rows if row.retry is None or not now < row.retry <= now + PAUSES[-1]),
            None,
        )

    async def _better_than_plain(self, row: Row, chat: Chat) -> bool:
        read = partial(
            store.stretch,
            session_id=row.session_id,
            first_seq=row.first_seq,
            last_seq=row.last_seq,
        )
        stretch = await self._database.read(read)
        if stretch is None or (stretch.first_seq, stretch.last_seq) != (
            row.first_seq,
            row.last_seq,
        ):
            # Turns of it are gone, and nobody told it anew.
            await self._database.write(
                partial(keeping.retell, rows=[row], now=self._clock.now(), zone=self._clock.zone)
            )
            return False
        made = await self._made(stretch, chat)
        keep = partial(
            keeping.keep_better, row=row, stretch=stretch, made=made, now=self._clock.now()
        )
        if kept := await self._database.write(keep):
            self._changed()
        return kept

    async def _made(self, stretch: Stretch, chat: Chat) -> Made:
        told, told_by, model = None, RULES, RULES
        observations: Sequence[Observation] = ()
        refused: Counter[str] = Counter()
        if self._settings.episodic.enabled:
            output, model = await self._episode(stretch, chat)
            plain = await asyncio.to_thread(self._told, stretch)
            episode = admission.admit_episode(stretch, output, plain, self._prompts.summary)
            told, told_by = episode.told, model if episode.is_models else RULES
            refused += episode.refused
        if self._settings.semantic.enabled:
            facts, asked = await self._facts(stretch, chat)
            model = asked or model
            known = await asyncio.to_thread(self._observed, stretch)
            admitted = admission.admit_facts(stretch, facts, model, self._categories, known)
            observations = admitted.admitted
            refused += admitted.refused
        if refused:
            log.info("distilling.refused", extra={"fields": {"model": model, **refused}})
        return Made(told, observations, model, told_by)

    async def _episode(self, stretch: Stretch, chat: Chat) -> tuple[EpisodeOutput, str]:
        request = requests.summary_request(self._prompts, stretch, _CONTEXT_TOKENS)
        if context_tokens := chat.context_tokens(request):
            request = requests.summary_request(self._prompts, stretch, context_tokens)
        return await _asked(chat, request, EpisodeOutput)

    async def _facts(self, stretch: Stretch, chat: Chat) -> tuple[list[FactOutput], str]:
        """What a model makes of the person's words, and its name; "" when there are no words."""
        made = partial(requests.facts_requests, self._prompts, stretch, categories=self._categories)
        asking = made(context_tokens=_CONTEXT_TOKENS)
        if asking and (context_tokens := chat.context_tokens(asking[0])):
            asking = made(context_tokens=context_tokens)
        found: list[FactOutput] = []
        model = ""
        for request in asking:
            output, model = await _asked(chat, request, FactsOutput)
            found += output.facts
        return found, model

    async def _give_up_for_now(self, row: Row, problem: str) -> None:
        retry = None
        if row.attempts < len(PAUSES):
            retry = self._clock.now() + PAUSES[row.attempts]
        await self._database.write(partial(store.fail, row=row, retry=retry, problem=problem))
        log.warning(
            "distilling.attempt_failed" if retry else "distilling.stuck",
            extra={"fields": {"attempt": row.attempts + 1, "reason": problem}},
        )


# Stretches that are read at once: a backlog of years isn't taken into memory.
_AT_ONCE = 50


async def _asked(chat: Chat, request: ChatRequest, kind: type[schema.O]) -> tuple[schema.O, str]:
    """A model's answer, read. Raises `_NotNow` and `_Failed`."""
    match await chat.reply(request):
        case NobodyThere(reason):
            raise _NotNow(reason)
        case WentWrong(reason):
            raise _Failed(reason)
        case Said(text, model):
            output = schema.read(kind, text)
            if isinstance(output, str):
                raise _Failed(output)
            return output, model
