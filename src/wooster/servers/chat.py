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


def build(command: Command) -> FastAPI:
    """The app for these settings."""
    from wooster.servers.chat_routes import add_routes
    from wooster.servers.generation import Generator
    from wooster.servers.web import make_app

    chat = command.settings.chat
    worker = Generator(
        command.health,
        models=command.paths.models,
        cache=command.paths.cache,
        context_length=chat.context_length,
        max_tokens=chat.max_tokens,
    )
    app = make_app(worker, chat.api_key.get_secret_value())
    add_routes(app, worker)
    app.state.worker = worker
    return app


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; the exit code."""
    return serve("chat", build, sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    raise SystemExit(main())
