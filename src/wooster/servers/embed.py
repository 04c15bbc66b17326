"""The embed server: `POST /v1/embeddings` over one local model.

It puts the parts together: the routes stand in `embed_routes`, the computing in `embedding`.
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
    from wooster.servers.embed_routes import add_routes
    from wooster.servers.embedding import Embedder
    from wooster.servers.web import make_app

    embed = command.settings.embed
    worker = Embedder(
        command.health,
        models=command.paths.models,
        cache=command.paths.cache,
        settings=embed,
    )
    app = make_app(worker, embed.api_key.get_secret_value())
    add_routes(app, worker)
    app.state.worker = worker
    return app


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; the exit code."""
    return serve("embed", build, sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    raise SystemExit(main())
