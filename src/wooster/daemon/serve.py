"""Running the app until somebody stops it."""

from __future__ import annotations

import contextlib
import gc
import resource
import socket
from collections.abc import Iterator

import uvicorn

from wooster.daemon.connection import MOST, Connection
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
            http=Connection,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )


def _allow_descriptors() -> None:
    """As many open files as connections and all else may need: macOS begins with 256."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * MOST if most == resource.RLIM_INFINITY else min(4 * MOST, most)
    if allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def serve(running: Server, listener: socket.socket) -> None:
    """Serve on `listener` until `running.should_exit`."""
    # The start ran without garbage collection; what it made stays for good.
    gc.freeze()
    gc.enable()
    _allow_descriptors()
    await running.serve(sockets=[listener])
