"""Running the app until somebody stops it."""

from __future__ import annotations

import contextlib
import gc
import socket
from collections.abc import Iterator

import uvicorn

from wooster.daemon.guard import Guard


class Server(uvicorn.Server):
    """uvicorn without its own signal handling: the daemon's order of stopping is ours."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: Guard) -> Server:
    """A server for `app`; `serve(sockets=[…])` runs it, `should_exit = True` ends it."""
    return Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )


async def serve(running: Server, listener: socket.socket) -> None:
    """Serve on `listener` until `running.should_exit`."""
    # The start ran without garbage collection; what it made stays for good.
    gc.freeze()
    gc.enable()
    await running.serve(sockets=[listener])
