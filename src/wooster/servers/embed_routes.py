"""The embed server's routes: from a request's body to its vectors.

It knows the OpenAI dialect and the embedder's jobs; it knows nothing of MLX.
"""

from __future__ import annotations

import asyncio
import base64
import json
from functools import partial
from typing import Any

import anyio
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from wooster.core.clock import Clock, SystemClock
from wooster.core.errors import ModelUnavailable
from wooster.servers import openai
from wooster.servers.embedding import Embedded, Embedder, EmbeddingFailed, EmbedJob
from wooster.servers.openai import ApiError, EmbeddingRequest
from wooster.servers.web import check_model, read_body, while_connected


def add_routes(app: FastAPI, engine: Embedder, clock: Clock | None = None) -> None:
    """Add `/v1/embeddings` and `/v1/models` to `app`."""
    started = int((clock or SystemClock()).now().timestamp())

    @app.get("/v1/models")
    async def models() -> JSONResponse:
        ready = engine.health.status == "ready"
        more = {"dimensions": engine.dimensions, "max_input_tokens": engine.max_tokens}
        return JSONResponse(openai.models(engine.health.model, started, **(more if ready else {})))

    @app.post("/v1/embeddings")
    async def embeddings(request: Request) -> Response:
        asked = openai.parse(EmbeddingRequest, await read_body(request))
        check_model(asked.model, engine)
        return await while_connected(request, partial(_answer, engine, asked))


async def _answer(engine: Embedder, asked: EmbeddingRequest) -> Response:
    await engine.loaded()
    if asked.dimensions not in (None, engine.dimensions):
        raise ApiError(
            400,
            f"dimensions: this model has {engine.dimensions}, found {asked.dimensions}",
            param="dimensions",
            code="unsupported_value",
        )
    read = partial(engine.read_texts, asked.texts, truncate=asked.truncate)
    embedded = await _embed(engine, await anyio.to_thread.run_sync(read))
    write = partial(_write, asked.encoding_format, embedded, engine.health.model)
    return Response(await anyio.to_thread.run_sync(write), media_type="application/json")


async def _embed(engine: Embedder, tokens: list[list[int]]) -> Embedded:
    result: asyncio.Queue[Embedded | EmbeddingFailed] = asyncio.Queue(1)
    job = EmbedJob(tokens, lambda outcome: engine.tell(partial(result.put_nowait, outcome)))
    engine.submit(job)
    try:
        outcome = await result.get()
    finally:
        job.cancelled.set()
    if isinstance(outcome, EmbeddingFailed):
        raise ModelUnavailable(outcome.reason)
    return outcome


def _write(encoding: str, embedded: Embedded, model: str) -> bytes:
    """The body of the answer, made off the event loop: it may be megabytes of digits."""
    vectors: list[Any]
    if encoding == "base64":
        little = embedded.vectors.astype("<f4")
        vectors = [base64.b64encode(row.tobytes()).decode() for row in little]
    else:
        vectors = embedded.vectors.tolist()
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    counts = {"prompt_tokens": embedded.tokens, "total_tokens": embedded.tokens}
    body = {"object": "list", "data": data, "model": model, "usage": counts}
    return json.dumps(body).encode()
