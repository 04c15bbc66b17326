"""What both servers' HTTP sides share: the app, its errors, and clients that leave.

It knows FastAPI and the OpenAI error shape; what is served stands in `chat` and `embed`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import anyio
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from wooster.core.errors import WoosterError
from wooster.servers.guard import Guard
from wooster.servers.openai import ApiError
from wooster.servers.worker import Worker

BODY_BYTES = 16 << 20
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_CLIENT_LEFT = 499  # nginx's number for an answer that nobody is there to read


def make_app(worker: Worker, api_key: str) -> FastAPI:
    """An app with `/health`, `/metrics`, the guard and the error shapes; the caller adds its
    routes."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        import asyncio

        worker.start(asyncio.get_running_loop())
        yield

    app = FastAPI(
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        exception_handlers={
            ApiError: _api_error,
            WoosterError: _wooster_error,
            HTTPException: _http_error,
            Exception: _bug,
        },
    )

    app.add_middleware(Guard, api_key=api_key)

    @app.get("/health")
    async def health() -> JSONResponse:
        return JSONResponse(worker.health.report(active=worker.active, queued=worker.queued))

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(worker.metrics(), media_type=_PROMETHEUS)

    return app


def check_model(asked: str, worker: Worker) -> None:
    """Raises `ApiError` 404 unless `asked` is a name of the one model that is served."""
    health = worker.health
    if asked not in ("default", health.model, health.model_path):
        raise ApiError(
            404,
            f"The model {asked!r} isn't here; this server has {health.model!r}",
            code="model_not_found",
            param="model",
        )


async def read_body(request: Request) -> bytes:
    """The whole body. Raises `ApiError` 413 for one that is too long, after hearing it out.

    An answer in the middle of an upload would reach most clients as a broken connection.
    """
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= BODY_BYTES:
            parts.append(part)
        elif size > 16 * BODY_BYTES:
            break
    if size > BODY_BYTES:
        raise ApiError(413, f"The body is larger than {BODY_BYTES >> 20} MB", code="too_large")
    return b"".join(parts)


# --- errors ----------------------------------------------------------------------------------


def _respond(error: ApiError) -> JSONResponse:
    return JSONResponse(error.body(), status_code=error.status)


async def _api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return _respond(error)


async def _wooster_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, WoosterError)
    return _respond(from_wooster(error))


def from_wooster(error: WoosterError) -> ApiError:
    """The error in the shape of OpenAI's."""
    return ApiError(error.http_status, str(error), code=error.code)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = f"{request.method} {request.url.path}: {error.detail}"
    return _respond(ApiError(error.status_code, told, code="unknown_url"))


async def _bug(_: Request, error: Exception) -> Response:
    while isinstance(error, ExceptionGroup):  # a task group has wrapped it
        error = error.exceptions[0]
    return _respond(ApiError(500, f"The server failed: {type(error).__name__}: {error}"))


# --- clients that leave ----------------------------------------------------------------------


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def while_connected(request: Request, work: Callable[[], Awaitable[Response]]) -> Response:
    """The response of `work`, which is cancelled when the client goes away first."""
    response = Response(status_code=_CLIENT_LEFT)
    error: ApiError | WoosterError | None = None
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            await _left(request.receive)
            group.cancel_scope.cancel()

        group.start_soon(watch)
        try:
            response = await work()
        except (ApiError, WoosterError) as raised:
            error = raised  # raised outside, so that the task group doesn't wrap it
        group.cancel_scope.cancel()
    if error is not None:
        raise error
    return response


def sse(data: dict[str, Any]) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


class EventStream(Response):
    """Sends `events` as they come; closes the generator at once when the client goes away."""

    media_type = "text/event-stream"

    def __init__(self, events: Callable[[], Any]) -> None:
        super().__init__(headers={"cache-control": "no-cache"})
        del self.headers["content-length"]
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                await _left(receive)
                group.cancel_scope.cancel()

            group.start_soon(watch)
            await send({**start, "headers": self.raw_headers})
            async with aclosing(self._events()) as events:
                async for event in events:
                    await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            group.cancel_scope.cancel()
