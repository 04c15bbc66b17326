"""The chat server's routes: from a request's body to the last byte of its answer.

It knows the OpenAI dialect and the events of a generation; it knows nothing of MLX.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import anyio
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from wooster.core.clock import Clock, SystemClock
from wooster.core.errors import ModelUnavailable, WoosterError
from wooster.core.ids import new_id
from wooster.servers import openai
from wooster.servers.events import Event, Failed, Finished, Progress, Text
from wooster.servers.generation import Generator, Job
from wooster.servers.openai import ApiError, ChatRequest, Completion
from wooster.servers.sampling import Sampling
from wooster.servers.web import (
    EventStream,
    check_model,
    from_wooster,
    read_body,
    sse,
    while_connected,
)

LOADING_S = 0.5  # between two signs of life while the model loads


def add_routes(app: FastAPI, engine: Generator, clock: Clock | None = None) -> None:
    """Add `/v1/chat/completions` and `/v1/models` to `app`."""
    clock = clock or SystemClock()
    started = int(clock.now().timestamp())

    @app.get("/v1/models")
    async def models() -> JSONResponse:
        limit = engine.context_length
        return JSONResponse(openai.models(engine.health.model, started, context_length=limit))

    @app.post("/v1/chat/completions")
    async def completions(request: Request) -> Response:
        asked = openai.parse(ChatRequest, await read_body(request))
        check_model(asked.model, engine)
        now = clock.now()
        head = Completion(new_id(now), int(now.timestamp()), engine.health.model)
        answer = _Answer(engine, asked, head)
        if asked.stream:
            return await while_connected(request, answer.streamed)
        return await while_connected(request, answer.whole)


class _Answer:
    """One request on its way through the engine."""

    def __init__(self, engine: Generator, asked: ChatRequest, head: Completion) -> None:
        self._engine = engine
        self._asked = asked
        self._head = head
        self._prompt: list[int] = []
        self._limit = 0

    async def whole(self) -> Response:
        """The answer in one piece."""
        await self._prepare()
        text: list[str] = []
        with self._generation() as events:
            while True:
                match await events.get():
                    case Text(piece):
                        text.append(piece)
                    case Failed(reason):
                        raise ModelUnavailable(reason)
                    case Finished(reason) as end:
                        body = self._head.whole("".join(text), reason, self._counts(end))
                        return JSONResponse(body)

    async def streamed(self) -> Response:
        """The answer as a stream; what is wrong with the request is still said by a status."""
        if self._engine.health.status != "loading":
            await self._prepare()
        return EventStream(self._chunks)

    async def _prepare(self) -> None:
        """Wait for the model and have it read the messages as tokens."""
        await self._engine.loaded()
        messages = [message.for_template() for message in self._asked.messages]
        assert self._engine.prompts is not None
        read = partial(self._engine.prompts.read, messages)
        self._prompt = await anyio.to_thread.run_sync(read)
        self._limit = self._engine.answer_limit(len(self._prompt), self._asked.answer_limit)

    async def _chunks(self) -> AsyncIterator[bytes]:
        try:
            async for comment in self._until_prepared():
                yield comment
            with self._generation() as events:
                yield sse(self._head.chunk({"role": "assistant", "content": ""}))
                async for part in self._parts(events):
                    yield part
        except WoosterError as error:
            yield sse(from_wooster(error).body())

    async def _until_prepared(self) -> AsyncIterator[bytes]:
        """Signs of life while the model loads."""
        while not self._prompt:
            with anyio.move_on_after(LOADING_S):
                await self._engine.loaded()
                break
            yield b": loading\n\n"
        if not self._prompt:
            await self._prepare()

    async def _parts(self, events: asyncio.Queue[Event]) -> AsyncIterator[bytes]:
        while True:
            match await events.get():
                case Progress(processed, total):
                    yield b": keepalive %d/%d\n\n" % (processed, total)
                case Text(text):
                    yield sse(self._head.chunk({"content": text}))
                case Failed(reason):
                    yield sse(ApiError(503, reason, code="engine_failed").body())
                    return
                case Finished(reason) as end:
                    yield sse(self._head.chunk({}, reason))
                    options = self._asked.stream_options
                    if options is not None and options.include_usage:
                        yield sse(self._head.last_chunk(self._counts(end)))
                    yield b"data: [DONE]\n\n"
                    return

    @contextmanager
    def _generation(self) -> Any:
        """The events of this request's job, which is cancelled on the way out."""
        events: asyncio.Queue[Event] = asyncio.Queue()
        asked, usual = self._asked, self._engine.recommended
        sampling = Sampling(
            temperature=usual.temperature if asked.temperature is None else asked.temperature,
            top_p=usual.top_p if asked.top_p is None else asked.top_p,
            seed=asked.seed,
            presence_penalty=asked.presence_penalty or 0.0,
            frequency_penalty=asked.frequency_penalty or 0.0,
            repetition_penalty=usual.repetition_penalty,
        )

        def emit(event: Event) -> None:
            self._engine.tell(partial(events.put_nowait, event))

        job = Job(self._prompt, self._limit, sampling, asked.stops, emit)
        self._engine.submit(job)
        try:
            yield events
        finally:
            job.cancelled.set()

    def _counts(self, end: Finished) -> dict[str, Any]:
        return openai.usage(len(self._prompt), end.completion_tokens, end.cached_tokens)
