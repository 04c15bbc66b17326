"""Distilling a conversation by the real chat server with the starter model."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import ANSWER_S, Home
from tests.memory.distilling.talk import A_WHILE_S, covered, findings, say, settings, told
from wooster.config import resources
from wooster.core.clock import ManualClock
from wooster.memory.distilling.ports import Reply, Said, WentWrong
from wooster.memory.distilling.requests import Prompts
from wooster.memory.distilling.service import Distiller
from wooster.memory.episodes import store as episodes
from wooster.models import openai_http
from wooster.models.model import OWN_MODEL, ChatRequest, Provider
from wooster.storage import Database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SAID = [
    ("I moved to Porto in May, to a flat near the river.", "How lovely! Do you like it there?"),
    ("Very much. My sister Anna lives around the corner.", "It is good to have family close."),
    ("I'm learning Portuguese, and I practise every evening.", "Muito bem! Keep going."),
    ("I'll call the language school tomorrow.", "Good luck with that."),
]


PROMPTS = Prompts(resources.prompt("episode_summary"), resources.prompt("fact_extraction"))


class DirectChat:
    """Our own chat server, asked without a daemon in between."""

    def __init__(self, url: str) -> None:
        self._provider = Provider("local", url, "starter", leaves=False, asked_for=OWN_MODEL)
        self.answers: list[str] = []

    def context_tokens(self, request: ChatRequest) -> int | None:
        return None

    async def reply(self, request: ChatRequest) -> Reply:
        payload = json.loads(openai_http.body(request, self._provider))
        del payload["stream"], payload["stream_options"]
        async with httpx.AsyncClient(timeout=ANSWER_S * 2) as client:
            got = await client.post(f"{self._provider.url}/v1/chat/completions", json=payload)
        if got.status_code != 200:
            return WentWrong(got.text)
        choice = got.json()["choices"][0]
        self.answers.append(choice["message"]["content"])
        if choice["finish_reason"] == "length":
            return WentWrong("it found no end")
        return Said(choice["message"]["content"], "starter")


async def test_a_conversation_is_distilled_by_the_starter_model(
    home: Home, empty_database: Path, tmp_path: Path, clock: ManualClock
) -> None:
    """Its answers follow the schemas, whatever it makes up stays out, and the row says that a model
    has done it."""
    home.settings["WOOSTER_EMBED__START"] = "false"
    await asyncio.to_thread(home.daemon.start)
    await asyncio.to_thread(home.wait_ready)
    await asyncio.to_thread(shutil.copy, empty_database, tmp_path / "own.db")
    database = await asyncio.to_thread(Database.open, tmp_path / "own.db", tmp_path / "backups")
    session = None
    for question, answer in SAID:
        session = (await say(database, clock, question, session, answer=answer)).session_id
    clock.advance(A_WHILE_S)
    chat = DirectChat(f"http://127.0.0.1:{home.settings['WOOSTER_CHAT__PORT']}")
    distiller = Distiller(database, chat, clock, settings(), PROMPTS, lambda: None)
    assert await distiller.catch_up() == 1
    assert await distiller.improve() == 1, chat.answers
    assert [row[3:] for row in await told(database)] == [("done", "starter")]
    assert set((await covered(database)).values()) == {(1, 1)}
    assert await findings(database) == []
    words = " ".join(question for question, _ in SAID).lower()
    quotes = await database.read(
        lambda c: [row[0] for row in c.execute("SELECT quote FROM fact_mentions")]
    )
    assert all(quote.lower() in words for quote in quotes)
    (episode,) = await database.read(lambda c: episodes.recent(c, 2))
    assert episode.summary
    await database.close()
