"""A server as a command: its flags, its port, its signals, its exit code.

It knows processes; it knows nothing of what its app does. What is heavy is imported after the port
is taken, so that a clash costs nothing and an early client waits instead of being refused.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from wooster.config import core_dumps
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.config.settings import ChatServer, EmbedServer, Settings
from wooster.core.errors import WoosterError
from wooster.servers import moving
from wooster.servers.health import Health
from wooster.servers.ports import bind

if TYPE_CHECKING:
    from fastapi import FastAPI

Kind = Literal["chat", "fast", "embed"]
_OPTIONS: dict[str, Any] = {
    "log_level": "warning",
    "access_log": False,
    "ws": "none",
    "timeout_graceful_shutdown": 1,
}
LAST_STEP_S = 0.4  # for the engine to finish the step that it is in


@dataclass(frozen=True, slots=True)
class Command:
    """What a server was started with."""

    settings: Settings
    paths: Paths
    health: Health


def serve(kind: Kind, build: Callable[[Command], FastAPI], argv: Sequence[str]) -> int:
    """Run the server that `build` makes until a signal ends it; the exit code."""
    service = f"wooster-{kind}-server"
    flags = _parser(service).parse_args(argv)
    signal.signal(signal.SIGTERM, _end)
    core_dumps.forbid()
    try:
        home = flags.home
        paths = Paths(home.expanduser().absolute()) if home else Paths.from_env()
        settings = load_settings(paths)
        sections: dict[Kind, ChatServer | EmbedServer] = {
            "chat": settings.chat,
            "fast": settings.fast,
            "embed": settings.embed,
        }
        own = sections[kind]

        def take(port: int) -> socket.socket:
            file = paths.config / "settings.toml"
            return bind(own.host, port, setting=f"[{kind}] port", file=file)

        listener = take(own.port if flags.port is None else flags.port)
    except WoosterError as error:
        sys.stderr.write(f"{service}: {error.message} {error.hint}\n")
        return error.exit_code
    health = Health(service, str(paths.home), flags.model or own.model)
    app = build(Command(settings, paths, health))
    try:
        if flags.then_port is None:
            _run(app, listener)
        else:
            moving.run(app, _OPTIONS, listener, lambda: take(flags.then_port))
    except KeyboardInterrupt:
        pass  # Ctrl-C is a way to say stop
    if not app.state.worker.join(LAST_STEP_S):
        # The thread is inside MLX, loading or computing: an orderly exit would pull the
        # interpreter from under it and crash instead of ending.
        sys.stderr.flush()
        os._exit(0)
    return 0


def _parser(service: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=service, description="Serve a local model with MLX.")
    parser.add_argument("--home", type=Path, help="instead of $WOOSTER_HOME")
    parser.add_argument("--port", type=int, help="instead of the setting")
    parser.add_argument("--then-port", type=int, help="take this port too, at SIGUSR1")
    parser.add_argument("--model", help="instead of the setting: a name, a folder or a hub id")
    return parser


def _end(_signal: int, _frame: object) -> None:
    # Before uvicorn takes the signal over, and again when uvicorn hands it on at its end.
    raise SystemExit(0)


def _run(app: FastAPI, listener: Any) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        """Tells the engine at the signal, so that open answers end and let go of the server."""

        def handle_exit(self, sig: int, frame: Any) -> None:
            app.state.worker.stop()
            super().handle_exit(sig, frame)

    try:
        Server(uvicorn.Config(app, **_OPTIONS)).run(sockets=[listener])
    except SystemExit:
        pass  # `_end`, from the signal that uvicorn has already obeyed
