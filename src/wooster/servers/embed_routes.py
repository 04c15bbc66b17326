"""The embed server's routes: from a request's body to its vectors.

It knows the OpenAI protocol and the embedder's jobs; it knows nothing of MLX.
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
from wooster.servers.embed_model import unit
from wooster.servers.embed_request import EmbeddingRequest
from wooster.servers.embedding import Embedded, Embedder, EmbeddingFailed, EmbedJob
from wooster.servers.openai import ApiError
from wooster.servers.web import check_model, read_body, while_connected


def add_routes(app: FastAPI, engine: Embedder, clock: Clock | None = None) -> None:
    """Add `/v1/embeddings` and `/v1/models` to `app`."""
    started = int((clock or SystemClock()).now().timestamp())

    @app.get("/v1/models")
    async def models() -> JSONResponse:
        return JSONResponse(openai.models(engine.health.model, started, **_about(engine)))

    @app.post("/v1/embeddings")
    async def embeddings(request: Request) -> Response:
        asked = openai.parse(EmbeddingRequest, await read_body(request))
        check_model(asked.model, engine)
        return await while_connected(request, partial(_answer, engine, asked))


def _about(engine: Embedder) -> dict[str, Any]:
    """What an index must know before it asks for a vector; nothing before the model is read."""
    if engine.reader is None or not engine.dimensions:
        return {}
    return {
        "dimensions": engine.dimensions,
        "max_input_tokens": engine.reader.limit,
        "prompts": engine.family.name,
    }


async def _answer(engine: Embedder, asked: EmbeddingRequest) -> Response:
    await engine.loaded()
    _check_dimensions(asked.dimensions, engine.dimensions)
    tokens = await anyio.to_thread.run_sync(partial(_read, engine, asked))
    embedded = await _embed(engine, tokens, asked.is_background)
    write = partial(_write, asked, embedded, engine.health.model)
    return Response(await anyio.to_thread.run_sync(write), media_type="application/json")


def _check_dimensions(asked: int | None, has: int) -> None:
    if asked is not None and asked > has:
        raise ApiError(
            400,
            f"dimensions: this model has {has}, found {asked}",
            param="dimensions",
            code="unsupported_value",
        )


def _read(engine: Embedder, asked: EmbeddingRequest) -> list[list[int]]:
    """The tokens of each text with what its model's family puts before it."""
    assert engine.reader is not None
    prefix = engine.family.prefix(asked.input_type, asked.instruction)
    texts = [prefix + text for text in asked.input]
    return engine.reader.read(texts, truncate=asked.truncate)


async def _embed(engine: Embedder, tokens: list[list[int]], background: bool) -> Embedded:
    result: asyncio.Queue[Embedded | EmbeddingFailed] = asyncio.Queue(1)
    done = partial(_tell, engine, result)
    job = EmbedJob(tokens, done, background)
    engine.submit(job)
    try:
        outcome = await result.get()
    finally:
        job.cancelled.set()
    if isinstance(outcome, EmbeddingFailed):
        raise ModelUnavailable(outcome.reason)
    return outcome


def _tell(
    engine: Embedder,
    result: asyncio.Queue[Embedded | EmbeddingFailed],
    outcome: Embedded | EmbeddingFailed,
) -> None:
    engine.tell(partial(result.put_nowait, outcome))


def _write(asked: EmbeddingRequest, embedded: Embedded, model: str) -> bytes:
    """The body of the answer, made off the event loop: it may be megabytes of digits."""
    found = embedded.vectors
    if asked.dimensions is not None:  # Matryoshka: the first numbers say most, and stand alone
        found = unit(found[:, : asked.dimensions])
    vectors: list[Any]
    if asked.encoding_format == "base64":
        little = found.astype("<f4")
        vectors = [base64.b64encode(row.tobytes()).decode() for row in little]
    else:
        vectors = found.tolist()
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    counts = {"prompt_tokens": embedded.tokens, "total_tokens": embedded.tokens}
    body = {"object": "list", "data": data, "model": model, "usage": counts}
    return json.dumps(body).encode()
