"""Conversations to distil, and a model that answers what is asked of it, or fails when it is told
to."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from wooster.config.settings import Episodic, Memory, Semantic
from wooster.core.clock import ManualClock
from wooster.memory.distilling import store
from wooster.memory.distilling.ports import NobodyThere, Reply, Said, WentWrong
from wooster.memory.distilling.requests import Prompts
from wooster.memory.distilling.service import Distiller
from wooster.memory.episodes import store as episodes
from wooster.memory.facts import checks as facts
from wooster.memory.model import Ending, Turn
from wooster.memory.service import Conversations
from wooster.models.model import ChatRequest
from wooster.storage import Database
from wooster.vectors import store as passages
from wooster.wire.events import TurnState

CATEGORIES = ["preference", "habit", "goal", "relationship", "schedule", "identity"]
PROMPTS = Prompts("Tell of this:\n{conversation}", "{categories} {keys}\n{messages}")
A_WHILE_S = 400.0
"""Longer than a conversation pauses before it is distilled."""


def settings(most: int = 10, max_episodes: int = 10_000) -> Memory:
    return Memory.model_construct(
        episodic=Episodic.model_construct(
            enabled=True, max_episodes=max_episodes, summarize_after=most
        ),
        semantic=Semantic.model_construct(enabled=True, fact_categories=CATEGORIES),
    )


async def say(
    database: Database,
    clock: ManualClock,
    question: str,
    session: str | None = None,
    *,
    answer: str = "I see.",
    client: str = "repl",
    state: TurnState = "done",
) -> Turn:
    """One finished turn."""
    kept = Conversations(database, clock)
    turn = await kept.begin(question, session, client)
    await kept.keep(turn, 0, answer)
    await kept.end(turn, Ending(state, "local", "m"))
    return turn


_LIKES = re.compile(r"^- (.*?\bI like (\w+).*)$", re.MULTILINE)


@dataclass(slots=True)
class ScriptedChat:
    """Makes a fact of each "I like …" and a summary of the first message. `fails_at` are numbers of
    requests, from 1, of which no whole answer comes; `thinking` runs while it is asked."""

    away: bool = False
    fails_at: frozenset[int] = frozenset()
    text: str = ""
    model: str = "tester"
    tokens: int | None = None
    thinking: Callable[[ChatRequest], Awaitable[None]] | None = None
    requests: list[ChatRequest] = field(default_factory=list)

    def context_tokens(self, request: ChatRequest) -> int | None:
        return self.tokens

    async def reply(self, request: ChatRequest) -> Reply:
        if self.away:
            return NobodyThere("nobody is there")
        self.requests.append(request)
        if self.thinking is not None:
            await self.thinking(request)
        if len(self.requests) in self.fails_at:
            return WentWrong("it broke off")
        return Said(self.text or json.dumps(answer_to(request)), self.model)


def answer_to(request: ChatRequest) -> dict[str, Any]:
    """What a good model would say."""
    shown = request.messages[-1].content
    if request.task == "summary":
        lines = shown.splitlines()[1:]
        told = [line.split(": ", 1)[1] for line in lines if "Person: " in line]
        return {
            "summary": f"You said: {' '.join(told)}"[:299] + ".",
            "topics": [],
            "sentiment": "neutral",
            "people": [],
            "to_do": [],
        }
    return {
        "facts": [
            {
                "quote": quote,
                "about": "me",
                "category": "preference",
                "key": "likes",
                "value": value,
            }
            for quote, value in _LIKES.findall(shown)
        ]
    }


def distiller(
    database: Any, clock: ManualClock, chat: ScriptedChat | None = None, most: int = 10
) -> Distiller:
    return Distiller(database, chat, clock, settings(most), PROMPTS, lambda: None)


async def findings(database: Database) -> list[str]:
    """What the checks say."""
    return await database.read(
        lambda c: [*store.verify(c), *episodes.verify(c), *passages.verify(c), *facts.verify(c)]
    )


async def told(database: Database) -> list[tuple[str, int, int, str, str]]:
    """Every stretch with its state and who made it, in order."""
    return await database.read(
        lambda c: [
            tuple(row)
            for row in c.execute(
                "SELECT session_id, first_seq, last_seq, state, made_by FROM distillations"
                " ORDER BY first_seq"
            )
        ]
    )


async def covered(database: Database) -> dict[int, tuple[int, int]]:
    """How many episodes and how many stretches each ended turn of a talk is in."""
    return await database.read(
        lambda c: {
            row[0]: (row[1], row[2])
            for row in c.execute(
                "SELECT seq, (SELECT count(*) FROM episodes AS e WHERE e.kind = 'session'"
                " AND e.session_id = t.session_id AND seq BETWEEN e.first_seq AND e.last_seq),"
                " (SELECT count(*) FROM distillations AS d WHERE d.session_id = t.session_id"
                " AND seq BETWEEN d.first_seq AND d.last_seq)"
                " FROM turns AS t JOIN sessions AS s ON s.id = t.session_id"
                " WHERE s.origin <> 'job' AND t.state <> 'running'"
            )
        }
    )


async def known(database: Database) -> list[tuple[str, str, int]]:
    """Every fact: its value, who made it, and in how many turns it was said."""
    return await database.read(
        lambda c: [
            tuple(row)
            for row in c.execute(
                "SELECT value, made_by, (SELECT count(*) FROM fact_mentions WHERE fact_id = id)"
                " FROM facts ORDER BY value, id"
            )
        ]
    )
