"""What the daemon says by itself: a stream for each open client, and what was seen of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import anyio
from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wooster.daemon.work import HEARTBEAT_S
from wooster.notify.open_repl import Board
from wooster.wire import events, sse
from wooster.wire.requests import UntoldRequest


@dataclass(frozen=True, slots=True)
class Speaking:
    """The board that clients are told from; `seen` takes what a greeting told of."""

    board: Board
    seen: Callable[[Sequence[int]], Awaitable[None]]


def add(app: FastAPI, speaking: Callable[[], Awaitable[Speaking]]) -> None:
    """The paths of the wire for it; `speaking` may have to be waited for."""

    @app.get("/v1/notices")
    async def notices() -> Response:
        return NoticeStream((await speaking()).board)

    @app.post("/v1/notices/{key}/shown")
    async def shown(key: str) -> dict[str, bool]:
        return {"was_waited_for": (await speaking()).board.shown(key)}

    @app.post("/v1/untold")
    async def untold(asked: UntoldRequest) -> dict[str, str]:
        await (await speaking()).seen(asked.ids)
        return {}


class NoticeStream(Response):
    """As long as its client is open, or the daemon."""

    media_type = "text/event-stream"

    def __init__(self, board: Board) -> None:
        super().__init__(headers={"cache-control": "no-store"})
        del self.headers["content-length"]
        self._board = board

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        sitting = self._board.join()
        try:
            async with anyio.create_task_group() as group:

                async def watch() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    self._board.leave(sitting)  # at once: nothing is sent to it any more
                    group.cancel_scope.cancel()

                group.start_soon(watch)
                while (data := await self._next(sitting.queue)) is not None:
                    await send({"type": "http.response.body", "body": data, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
                group.cancel_scope.cancel()
        finally:
            self._board.leave(sitting)

    @staticmethod
    async def _next(queue: asyncio.Queue[events.Notice | events.Withdrawn | None]) -> bytes | None:
        try:
            item = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
        except TimeoutError:
            return b": waiting\n\n"
        return None if item is None else sse.encode(item.event, item)
