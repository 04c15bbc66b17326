"""One chat request on its way through the engine: prepared, submitted, and written as it comes.

It knows the events of a generation and the forms of an answer; it knows nothing of MLX.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import anyio
from fastapi.responses import JSONResponse, Response

from wooster.core.errors import ModelUnavailable, WoosterError
from wooster.core.thinking import ThoughtReader
from wooster.servers.answer_reader import AnswerReader, Piece, Thought
from wooster.servers.chat_request import ChatRequest
from wooster.servers.completion import (
    Completion,
    Whole,
    call_arguments,
    call_began,
    logprobs,
    usage,
)
from wooster.servers.generation import Generator
from wooster.servers.jobs import Event, Failed, Finished, Job, Progress, Text
from wooster.servers.openai import ApiError
from wooster.servers.planning import Plan, plan
from wooster.servers.sampling import Sampling
from wooster.servers.tool_calls import CallArguments, CallBegan, CallReader, Said
from wooster.servers.web import EventStream, from_wooster, sse

LOADING_S = 0.5  # between two signs of life while the model loads


class ChatAnswer:
    """The answer to one request."""

    def __init__(
        self, engine: Generator, asked: ChatRequest, head: Completion, identity: str
    ) -> None:
        self._engine = engine
        self._asked = asked
        self._head = head
        self._identity = identity.replace("-", "")

    async def whole(self) -> Response:
        """The answer in one piece."""
        planned = await self._planned()
        reader = self._reader(planned)
        whole = Whole()
        with self._generation(planned) as events:
            while True:
                match await events.get():
                    case Text(text, sampled):
                        _collect(whole, reader.feed(text, sampled), reader)
                    case Failed(reason):
                        raise ModelUnavailable(reason)
                    case Finished(reason) as end:
                        _collect(whole, reader.finish(reason), reader)
                        return await self._written(whole, reader, planned, end)

    async def streamed(self) -> Response:
        """The answer as a stream; what is wrong with the request is still said by a status."""
        planned = None
        if self._engine.health.status != "loading":
            planned = await self._planned()
        return EventStream(partial(self._chunks, planned))

    async def _planned(self) -> Plan:
        """Wait for the model and have it read the request."""
        await self._engine.loaded()
        work = partial(plan, self._asked, self._engine)
        # A client that leaves doesn't wait for a long text to be read or a large schema compiled.
        return await anyio.to_thread.run_sync(work, abandon_on_cancel=True)

    def _reader(self, planned: Plan) -> AnswerReader:
        marks = self._engine.prompts.dialect.marks if self._engine.prompts else None
        calls = None
        tools = self._asked.offered
        if planned.form is not None and tools is not None:
            names, at_most = tools.names, tools.at_most
            calls = CallReader(planned.form, names, self._identity, at_most=at_most)
            calls.feed(planned.given)
        return AnswerReader(ThoughtReader(marks, planned.beginning), calls)

    async def _written(
        self, whole: Whole, reader: AnswerReader, planned: Plan, end: Finished
    ) -> Response:
        told = logprobs(whole.sampled) if self._asked.logprobs else None
        counts = await self._counts(reader, planned, end)
        body = self._head.whole(
            whole.message(reader.thought), _finish_reason(reader, end), counts, told
        )
        return JSONResponse(body)

    async def _chunks(self, planned: Plan | None) -> AsyncIterator[bytes]:
        try:
            if planned is None:
                async for comment in self._until_loaded():
                    yield comment
                planned = await self._planned()
            with self._generation(planned) as events:
                yield sse(self._head.chunk({"role": "assistant", "content": ""}))
                async for part in self._parts(events, planned):
                    yield part
        except WoosterError as error:
            yield sse(from_wooster(error).body())
        except ApiError as error:
            yield sse(error.body())

    async def _until_loaded(self) -> AsyncIterator[bytes]:
        """Signs of life while the model loads."""
        while self._engine.health.status == "loading":
            with anyio.move_on_after(LOADING_S):
                await self._engine.loaded()
                return
            yield b": loading\n\n"

    async def _parts(self, events: asyncio.Queue[Event], planned: Plan) -> AsyncIterator[bytes]:
        reader = self._reader(planned)
        while True:
            match await events.get():
                case Progress(processed, total):
                    yield b": keepalive %d/%d\n\n" % (processed, total)
                case Text(text, sampled):
                    for chunk in self._deltas(reader.feed(text, sampled), reader):
                        yield chunk
                case Failed(reason):
                    yield sse(ApiError(503, reason, code="engine_failed").body())
                    return
                case Finished(reason) as end:
                    for chunk in self._deltas(reader.finish(reason), reader):
                        yield chunk
                    yield sse(self._head.chunk({}, _finish_reason(reader, end)))
                    options = self._asked.stream_options
                    if options is not None and options.include_usage:
                        counts = await self._counts(reader, planned, end)
                        yield sse(self._head.last_chunk(counts))
                    yield b"data: [DONE]\n\n"
                    return

    def _deltas(self, pieces: list[Piece], reader: AnswerReader) -> Iterator[bytes]:
        sampled = reader.take_sampled() if self._asked.logprobs else []
        for piece in pieces:
            match piece:
                case Thought(text):
                    yield sse(self._head.chunk({"reasoning": text}))
                case Said(text):
                    told = logprobs(sampled) if sampled else None
                    sampled = []
                    yield sse(self._head.chunk({"content": text}, told=told))
                case CallBegan():
                    yield sse(self._head.chunk(call_began(piece)))
                case CallArguments():
                    yield sse(self._head.chunk(call_arguments(piece)))
        if sampled:  # of a token without text of its own
            yield sse(self._head.chunk({"content": ""}, told=logprobs(sampled)))

    @contextmanager
    def _generation(self, planned: Plan) -> Iterator[asyncio.Queue[Event]]:
        """The events of this request's job, which is cancelled on the way out."""
        events: asyncio.Queue[Event] = asyncio.Queue()

        def emit(event: Event) -> None:
            self._engine.tell(partial(events.put_nowait, event))

        job = Job(
            planned.prompt,
            planned.max_tokens,
            _sampling(self._asked, self._engine.recommended),
            planned.stops,
            emit,
            constraint=planned.constraint,
            top_logprobs=self._asked.told_logprobs,
            background=self._asked.is_background,
        )
        self._engine.submit(job)
        try:
            yield events
        finally:
            job.cancelled.set()

    async def _counts(self, reader: AnswerReader, planned: Plan, end: Finished) -> dict[str, Any]:
        reasoning = 0
        if reader.is_thinking:
            reasoning = end.completion_tokens
        elif reader.thought and self._engine.prompts is not None:
            # The pieces of text don't say how many tokens they had; the closing mark is one more.
            count = partial(self._engine.prompts.count, reader.thought)
            counted = await anyio.to_thread.run_sync(count, abandon_on_cancel=True)
            reasoning = min(counted + 1, end.completion_tokens)
        return usage(
            len(planned.prompt),
            end.completion_tokens,
            cached=end.cached_tokens,
            reasoning=reasoning,
        )


def _collect(whole: Whole, pieces: list[Piece], reader: AnswerReader) -> None:
    """Thoughts aren't collected: the reader has them all."""
    whole.sampled += reader.take_sampled()
    for piece in pieces:
        match piece:
            case Said(text):
                whole.words.append(text)
            case CallBegan():
                whole.begin(piece)
            case CallArguments():
                whole.argue(piece)


def _finish_reason(reader: AnswerReader, end: Finished) -> str:
    if reader.was_cut_off:
        return "length"
    return "tool_calls" if reader.has_called and end.reason == "stop" else end.reason


def _sampling(asked: ChatRequest, usual: Sampling) -> Sampling:
    return Sampling(
        temperature=usual.temperature if asked.temperature is None else asked.temperature,
        top_p=usual.top_p if asked.top_p is None else asked.top_p,
        seed=asked.seed,
        presence_penalty=asked.presence_penalty or 0.0,
        frequency_penalty=asked.frequency_penalty or 0.0,
        repetition_penalty=usual.repetition_penalty,
    )
