"""The chat server's routes. They know the OpenAI protocol; they know nothing of MLX."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from wooster.core.clock import Clock, SystemClock
from wooster.core.ids import new_id
from wooster.servers import openai
from wooster.servers.chat_answer import ChatAnswer
from wooster.servers.chat_request import ChatRequest
from wooster.servers.completion import Completion
from wooster.servers.generation import Generator
from wooster.servers.web import check_model, read_body, while_connected


def add_routes(app: FastAPI, engine: Generator, clock: Clock | None = None) -> None:
    """Add `/v1/chat/completions`, `/v1/models` and `/forget` to `app`: the last lets go of all that
    was read."""
    clock = clock or SystemClock()
    started = int(clock.now().timestamp())

    @app.get("/v1/models")
    async def models() -> JSONResponse:
        limit = engine.context_length
        return JSONResponse(openai.models(engine.health.model, started, context_length=limit))

    @app.post("/forget")
    async def forget() -> JSONResponse:
        await asyncio.wrap_future(engine.let_go())
        return JSONResponse({})

    @app.post("/v1/chat/completions")
    async def completions(request: Request) -> Response:
        asked = openai.parse(ChatRequest, await read_body(request))
        check_model(asked.model, engine)
        now = clock.now()
        identity = new_id(now)
        head = Completion(identity, int(now.timestamp()), engine.health.model)
        answer = ChatAnswer(engine, asked, head, identity)
        work = answer.streamed if asked.stream else answer.whole
        return await while_connected(request, work)
