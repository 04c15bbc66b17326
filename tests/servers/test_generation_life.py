"""The engine on its own thread: what it tells of itself, unloading, coming back, and its end."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.process import wait_for
from wooster.config.paths import Paths
from wooster.servers.generation import Generator
from wooster.servers.health import Health
from wooster.servers.jobs import Event, Failed, Finished, Job, Text
from wooster.servers.sampling import Sampling

from .harness import Server, running
from .tiny import LLAMA, chat_settings, make_model, prompt_of

Engines = Callable[..., AbstractAsyncContextManager[Generator]]


@pytest.fixture
def model(starter_home: Path, tmp_path: Path) -> Path:
    """A small model of this test's own."""
    return make_model(tmp_path / "small", LLAMA, starter_home / "models" / "smollm2-135m-instruct")


@pytest.fixture
def engine(model: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Engines:
    """Starts an engine for that model, with changed settings, and stops it."""
    # The worker sets these for its own process.
    monkeypatch.setenv("TMPDIR", str(paths.cache))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    shipped = chat_settings(paths)

    @asynccontextmanager
    async def start(**changed: Any) -> AsyncIterator[Generator]:
        health = Health("wooster-chat-server", str(paths.home), str(model))
        settings = shipped.model_copy(update=changed)
        worker = Generator(health, models=paths.models, cache=paths.cache, settings=settings)
        worker.start(asyncio.get_running_loop())
        try:
            await worker.loaded()
            yield worker
        finally:
            worker.stop()
            assert await asyncio.to_thread(worker.join, 20)

    return start


class Listener:
    """Hears the events of one job, from whatever thread."""

    def __init__(self, engine: Generator, prompt: list[int], max_tokens: int = 6) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.job = Job(prompt, max_tokens, Sampling(), (), self._events.put)
        engine.submit(self.job)

    async def end(self) -> tuple[str, Finished | Failed]:
        """The text, and how it ended."""
        return await asyncio.to_thread(self._end)

    def _end(self) -> tuple[str, Finished | Failed]:
        text = ""
        while True:
            match self._events.get(timeout=30):
                case Text(piece):
                    text += piece
                case Finished() | Failed() as end:
                    return text, end


async def test_health_and_metrics_tell_what_it_does(engine: Engines) -> None:
    """Mode, queue, cache, speed and memory, after an answer and its second turn."""
    async with engine() as worker:
        await Listener(worker, prompt_of(1, 50)).end()
        _, end = await Listener(worker, prompt_of(1, 50) + prompt_of(2, 10)).end()
        assert end == Finished("length", 6, 50)
        await asyncio.to_thread(
            wait_for, "the figures", lambda: worker.health.figures["cache"]["entries"] == 2
        )
        told = worker.health.report(active=worker.active, queued=worker.queued)
        assert told["loaded"] is True
        assert told["mode"] == "batched"
        assert told["queue"] == {"waiting": 0, "background": 0, "held": 0}
        assert told["tokens_per_second"] > 0
        assert 0 < told["cache"]["bytes"] < told["cache"]["limit_bytes"]
        assert told["memory"]["active_bytes"] < told["memory"]["limit_bytes"]
        metrics = worker.metrics().splitlines()
        assert "wooster_chat_prompt_tokens_total 110" in metrics
        assert "wooster_chat_cached_prompt_tokens_total 50" in metrics
        assert "wooster_chat_completion_tokens_total 12" in metrics
        assert 'wooster_chat_requests_total{outcome="length"} 2' in metrics
        assert "wooster_chat_model_loaded 1" in metrics


async def test_an_idle_model_is_unloaded_and_comes_back_when_it_is_asked(engine: Engines) -> None:
    """Still `ready`, as it can be asked; the next answer is the same as before."""
    async with engine(idle_unload_minutes=0.001) as worker:
        before, _ = await Listener(worker, prompt_of(1, 50)).end()
        await asyncio.to_thread(wait_for, "unloading", lambda: not worker.health.loaded)
        told = worker.health.report(active=0, queued=0)
        assert (told["status"], told["detail"]) == ("ready", "unloaded")
        assert told["cache"]["bytes"] == 0
        after, end = await Listener(worker, prompt_of(1, 50)).end()
        assert (after, end) == (before, Finished("length", 6, 0))
        assert "wooster_chat_ready 1" in worker.metrics()


async def test_a_model_that_does_not_come_back_says_why_and_is_tried_again(
    engine: Engines, model: Path
) -> None:
    """With the files gone the request fails with the reason; with the files back all is well."""
    async with engine(idle_unload_minutes=0.001) as worker:
        await asyncio.to_thread(wait_for, "unloading", lambda: not worker.health.loaded)
        (model / "model.safetensors").rename(model / "elsewhere")
        _, end = await Listener(worker, prompt_of(1, 50)).end()
        assert isinstance(end, Failed)
        assert "couldn't be loaded" in end.reason
        (model / "elsewhere").rename(model / "model.safetensors")
        _, end = await Listener(worker, prompt_of(1, 50)).end()
        assert isinstance(end, Finished)


async def test_a_request_after_the_end_is_answered_with_the_reason(engine: Engines) -> None:
    """Nobody waits for an engine that has stopped."""
    async with engine() as worker:
        running_ = Listener(worker, prompt_of(1, 50), 3000)
        worker.stop()
        assert await asyncio.to_thread(worker.join, 20)
        for listener in (running_, Listener(worker, prompt_of(1, 50))):
            _, end = await listener.end()
            assert end == Failed("The server is stopping.")


async def test_grammars_are_made_once_for_the_models_tokens(engine: Engines) -> None:
    """Constraints are compiled for the tokenizer that is loaded, at first use."""
    async with engine() as worker:
        made = await asyncio.to_thread(lambda: worker.grammars)
        assert await asyncio.to_thread(lambda: worker.grammars) is made


# --- the real server on the starter model -------------------------------------------------------


@pytest.mark.slow
def test_a_quantised_cache_and_drafts_work_on_a_real_model(
    starter_home: Path, chat: Server
) -> None:
    """With its own copy as draft and 8 bits of cache, the starter model says the same."""
    plain = chat.chat("What is the capital of France?", max_tokens=12)
    settings = {
        "WOOSTER_CHAT__KV_BITS": "8",
        "WOOSTER_CHAT__DRAFT_MODEL": "smollm2-135m-instruct",
    }
    with running("chat", starter_home, **settings) as server:
        health = server.settled()
        assert health["status"] == "ready", health
        assert "KV cache of 8 bits, drafts of 3 tokens" in health["mode"]
        answer = server.chat("What is the capital of France?", max_tokens=12)
        assert answer["choices"] == plain["choices"]
        assert server.stop() == 0


@pytest.mark.slow
def test_a_model_that_would_not_fit_is_not_loaded(starter_home: Path) -> None:
    """The server stays up and says the numbers, before it has read any weights."""
    with running("chat", starter_home, WOOSTER_CHAT__MEMORY_LIMIT_GB="0.5") as server:
        health = server.settled()
        assert health["status"] == "failed"
        assert "weights 0.54 GB" in health["detail"]
        assert "0.50 GB (`memory_limit_gb`)" in health["detail"]
