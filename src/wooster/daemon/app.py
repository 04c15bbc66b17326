"""The HTTP app: every path of the wire, and how errors look on it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from wooster.actions.action import nobody_listens
from wooster.actions.registry import Call, Registry
from wooster.actions.sentences.deciding import AskFirst, Recognised, Run, with_way_back
from wooster.assistant.service import Assistant, RunningTurn
from wooster.core.errors import InternalError, UsageError, WoosterError
from wooster.daemon import notices
from wooster.daemon.guard import Guard
from wooster.daemon.notices import Speaking
from wooster.daemon.work import HEARTBEAT_S, WorkStream
from wooster.wire import events, sse
from wooster.wire.requests import ActionRequest, ActionResult, Agreement, Greeting, TurnRequest

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Services:
    """What the app serves. In safe mode there is a `problem` and no `assistant`; what is None else
    is there once the registry is whole."""

    registry: Registry
    greeting: Callable[[], Awaitable[Greeting]]
    stop: Callable[[], None]
    assistant: Assistant | None = None
    speaking: Speaking | None = None
    problem: WoosterError | None = None
    recognise: Callable[[str], Awaitable[Recognised]] | None = None
    untold: Callable[[], Awaitable[tuple[list[str], list[int]]]] | None = None

    def working_assistant(self) -> Assistant:
        """The assistant; raises the problem in safe mode."""
        if self.assistant is None:
            raise self.problem or WoosterError("Wooster is in safe mode.", hint="wooster status")
        return self.assistant

    async def board(self) -> Speaking:
        """What clients are told from, once it is there; raises the problem in safe mode."""
        await self.registry.until_whole()
        if self.speaking is None:
            raise self.problem or WoosterError("Wooster is in safe mode.", hint="wooster status")
        return self.speaking


def create_app(services: Services) -> Guard:
    """The ASGI app over `services`."""
    app = FastAPI(
        title="Wooster",
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        responses={"default": _REFUSED},
    )
    _add_errors(app)

    @app.get("/v1/greeting")
    async def greeting() -> Greeting:
        return await services.greeting()

    @app.post("/v1/turns")
    async def begin_turn(asked: TurnRequest) -> Response:
        asked = services.registry.as_question(asked)
        if not (asked.about or asked.as_message):
            command = await services.registry.parse(asked.text)
            if command is not None:
                call = services.registry.prepare(*command)
                return await (_done(call) if call.trial else _run(call))
            if asked.can_choose and (choice := services.registry.near(asked.text)):
                return _stream(_single(events.Result("", choice=choice)))
            if (response := await _plainly(services, asked)) is not None:
                return response
        running = await services.working_assistant().begin(asked)
        return _stream(_of_turn(running))

    @app.post("/v1/turns/{turn_id}/stop")
    async def stop_turn(turn_id: str) -> dict[str, str]:
        services.working_assistant().interrupt(turn_id)
        return {}

    @app.post("/v1/turns/{turn_id}/answer")
    async def agree(turn_id: str, told: Agreement) -> dict[str, str]:
        services.working_assistant().agree(turn_id, told.call, agrees=told.agrees)
        return {}

    @app.post("/v1/actions/{name}", response_model=ActionResult)
    async def act(name: str, asked: ActionRequest, request: Request) -> Any:
        await services.registry.until_whole()
        call = services.registry.prepare(name, asked.arguments)
        if not asked.confirmed:
            await call.must_not_ask()
        if WorkStream.media_type in request.headers.get("accept", ""):
            return WorkStream(call)
        return await call.run(nobody_listens)

    @app.post("/v1/stop", status_code=202)
    async def stop() -> dict[str, str]:
        services.stop()
        return {}

    notices.add(app, services.board)
    return Guard(app)


def _as_it_is(result: ActionResult) -> ActionResult:
    return result


async def _run(call: Call, told: Callable[[ActionResult], ActionResult] = _as_it_is) -> Response:
    if question := await call.question():
        return _stream(_single(events.Ask(question, call.name, call.arguments)))
    return await _done(call, told)


async def _done(call: Call, told: Callable[[ActionResult], ActionResult] = _as_it_is) -> Response:
    """It runs, whatever it would ask."""
    if call.takes_long:
        return WorkStream(call)
    return _stream(_single(events.Result.of(told(await call.run(nobody_listens)))))


async def _plainly(services: Services, asked: TurnRequest) -> Response | None:
    """What a plain sentence asks for without a model; None for a message."""
    found = await services.recognise(asked.text) if services.recognise is not None else None
    if isinstance(found, Run):
        return await _run(services.registry.prepare(found.name, found.arguments), with_way_back)
    if isinstance(found, AskFirst) and asked.can_choose:
        return _stream(_single(events.Result("", choice=found.choice)))
    return None


def _stream(body: AsyncIterator[bytes]) -> StreamingResponse:
    return StreamingResponse(
        body, media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


async def _single(event: events.Event) -> AsyncIterator[bytes]:
    yield sse.encode(event.event, event)


async def _of_turn(running: RunningTurn) -> AsyncIterator[bytes]:
    """The turn's events until it ends. A client that leaves ends the turn; what came is kept."""
    ended = False
    try:
        while True:
            try:
                # Clients take a long silence for a dead daemon; a model that thinks is not one.
                event = await asyncio.wait_for(running.events.get(), HEARTBEAT_S)
            except TimeoutError:
                yield b": waiting\n\n"
                continue
            if event is None:
                ended = True
                return
            yield sse.encode(event.event, event)
    finally:
        if not ended:
            running.interrupt(by_person=False, reason="The client left.")


# --- errors -----------------------------------------------------------------------------------


_TEXT = {"type": "string"}
_REFUSED: dict[str, Any] = {
    "description": "What failed, and what to do next",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["error"],
                "properties": {
                    "error": {
                        "type": "object",
                        "required": ["code", "message", "hint", "exit_code"],
                        "properties": {
                            "code": _TEXT,
                            "message": {**_TEXT, "minLength": 1},
                            "hint": {**_TEXT, "minLength": 1},
                            "exit_code": {"type": "integer"},
                        },
                    }
                },
            }
        }
    },
}
"""The answer to each request that isn't done, for the description of the wire."""


def _shaped(error: WoosterError, status: int | None = None) -> JSONResponse:
    content = {
        "error": {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "exit_code": error.exit_code,
        }
    }
    return JSONResponse(content, status or error.http_status)


_DESCRIBED = "`GET /v1/openapi.json` describes what is taken."


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(WoosterError)
    async def known(_: Request, error: WoosterError) -> JSONResponse:
        return _shaped(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first: dict[str, Any] = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return _shaped(
            UsageError(
                f"The request is not right: {where}: {first['msg']}.",
                hint=_DESCRIBED,
            )
        )

    @app.exception_handler(HTTPException)
    async def not_served(request: Request, error: HTTPException) -> JSONResponse:
        what = error.detail.rstrip(".")
        told = UsageError(f"{request.method} {request.url.path}: {what}.", hint=_DESCRIBED)
        return _shaped(told, error.status_code)

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> JSONResponse:
        log.error("request.failed", exc_info=error, extra={"fields": {"path": request.url.path}})
        return _shaped(InternalError())
