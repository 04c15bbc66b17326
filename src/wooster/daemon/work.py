"""An action that takes long, as a stream: how it stands, then what it gave or why it failed.

The work ends when its client leaves. It knows streams, and nothing of what is being done.
"""

from __future__ import annotations

import asyncio
import logging

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wooster.actions.registry import Call
from wooster.core.errors import InternalError, WoosterError
from wooster.wire import events, sse

log = logging.getLogger(__name__)

HEARTBEAT_S = 5.0
# More reports than a screen can show would only be read late.
_WAITING_REPORTS = 64


class WorkStream(Response):
    """Runs `call` while its events are sent; cancels it when the client goes away."""

    media_type = "text/event-stream"

    def __init__(self, call: Call) -> None:
        super().__init__(headers={"cache-control": "no-store"})
        del self.headers["content-length"]
        self._call = call
        self._outbox: asyncio.Queue[events.Event] = asyncio.Queue()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": self.raw_headers},
        )
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            group.start_soon(watch)
            group.start_soon(self._work)
            await self._pass_on(send)
            group.cancel_scope.cancel()

    async def _pass_on(self, send: Send) -> None:
        """Send what comes until the last event; a comment where nothing does for a while."""
        while True:
            try:
                event = await asyncio.wait_for(self._outbox.get(), HEARTBEAT_S)
            except TimeoutError:
                await send(_body(b": waiting\n\n", more=True))
                continue
            last = not isinstance(event, events.Progress)
            encoded = sse.encode(event.event, event)
            await send(_body(encoded, more=not last))
            if last:
                return

    async def _work(self) -> None:
        ending: events.Event
        try:
            result = await self._call.run(self._report)
            ending = events.Result.of(result)
        except WoosterError as error:
            ending = events.Failure(error.code, error.message, error.hint, error.exit_code)
        except Exception as error:
            log.error("action.failed", exc_info=error, extra={"fields": {"name": self._call.name}})
            told = InternalError()
            ending = events.Failure(told.code, told.message, told.hint, told.exit_code)
        self._outbox.put_nowait(ending)

    def _report(self, progress: events.Progress) -> None:
        if self._outbox.qsize() < _WAITING_REPORTS:
            self._outbox.put_nowait(progress)


def _body(data: bytes, *, more: bool) -> dict[str, object]:
    return {"type": "http.response.body", "body": data, "more_body": more}
