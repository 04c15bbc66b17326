"""The model servers that the settings ask for, as the supervisor wants them."""

from __future__ import annotations

from importlib.util import find_spec

from wooster.config.paths import Paths
from wooster.config.settings import ChatServer, EmbedServer, Settings
from wooster.core.hosts import is_here
from wooster.models.providers import address
from wooster.models.spec import Role, ServerSpec, server_command

_NO_MLX = "mlx isn't installed; run scripts/setup, or: pip install 'wooster[mlx]'"


def specs(paths: Paths, settings: Settings) -> list[ServerSpec]:
    """All of them, also those that aren't to be started."""
    local = settings.routing.providers.local
    return [
        _spec(paths, "chat", settings.chat, local.server_url),
        _spec(paths, "fast", settings.fast, None),
        _spec(paths, "embed", settings.embed, local.embeddings.server_url),
    ]


def _spec(
    paths: Paths, name: Role, server: ChatServer | EmbedServer, elsewhere: str | None
) -> ServerSpec:
    """A server of `settings.toml`, unless the routing's settings name another address."""
    own_url = address(server.host, server.port)
    url = elsewhere or own_url
    module = f"wooster.servers.{name}"
    return ServerSpec(
        name=name,
        service=f"wooster-{name}-server",
        port=server.port,
        url=url,
        model=server.model,
        command=server_command(module, paths.home, server.port, server.model),
        home=paths.home,
        log=paths.logs / f"{name}-server.log",
        start=server.start and url == own_url,
        stays=is_here(url),
        missing="" if find_spec("mlx_lm") else _NO_MLX,
    )
