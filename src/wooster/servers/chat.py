"""The chat server: `POST /v1/chat/completions` over one local model.

It puts the parts together: the routes stand in `chat_routes`, the making of tokens in `generation`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wooster.servers.command import Command, serve

if TYPE_CHECKING:
    from fastapi import FastAPI

    from wooster.config.settings import ChatServer


def build(command: Command) -> FastAPI:
    """The app for the settings of `[chat]`."""
    return build_for(command, command.settings.chat)


def build_for(command: Command, settings: ChatServer) -> FastAPI:
    """The app for these settings."""
    from wooster.servers.chat_routes import add_routes
    from wooster.servers.generation import Generator
    from wooster.servers.web import make_app

    worker = Generator(
        command.health,
        models=command.paths.models,
        cache=command.paths.cache,
        settings=settings,
    )
    app = make_app(worker, settings.api_key.get_secret_value())
    add_routes(app, worker)
    app.state.worker = worker
    return app


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; the exit code."""
    return serve("chat", build, sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    raise SystemExit(main())
