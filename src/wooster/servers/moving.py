"""A server that takes another port later, and loads its model on a spare one meanwhile.

SIGUSR1 tells it that the port is free. It knows ports and signals, and nothing of what is served.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from wooster.core.errors import WoosterError

if TYPE_CHECKING:
    from fastapi import FastAPI

_ATTEMPTS, _PAUSE_S = 100, 0.1


def run(
    app: FastAPI,
    options: dict[str, Any],
    listener: socket.socket,
    take: Callable[[], socket.socket],
) -> None:
    """Serve on `listener` until a signal ends it, and from SIGUSR1 on also on what `take` binds."""
    asyncio.run(_serve(app, options, listener, take))


async def _serve(
    app: FastAPI,
    options: dict[str, Any],
    listener: socket.socket,
    take: Callable[[], socket.socket],
) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        """One of two in a process: the signals are handled for both, below."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    first = Server(uvicorn.Config(app, **options))
    second = Server(uvicorn.Config(app, lifespan="off", **options))
    told = asyncio.Event()

    def end() -> None:
        app.state.worker.stop()  # open answers end, and let go of the servers
        first.should_exit = second.should_exit = True
        told.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    loop.add_signal_handler(signal.SIGUSR1, told.set)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(first.serve(sockets=[listener]))
        await told.wait()
        taken = None if second.should_exit else await _take(take)
        if taken is not None:
            await second.serve(sockets=[taken])


async def _take(take: Callable[[], socket.socket]) -> socket.socket | None:
    """The port, as soon as its last server has let go of it; None when it never does."""
    problem = ""
    for _ in range(_ATTEMPTS):
        try:
            return await asyncio.to_thread(take)
        except WoosterError as error:
            problem = error.message
            await asyncio.sleep(_PAUSE_S)
    sys.stderr.write(f"{problem}\n")
    return None
