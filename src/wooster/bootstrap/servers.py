"""The settings' model servers as the supervisor wants them, and providers as the router does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec

from wooster.config.keys import Key
from wooster.config.paths import Paths
from wooster.config.settings import ChatServer, EmbedServer, Settings
from wooster.core.hosts import is_here
from wooster.models.choice import in_order
from wooster.models.model import Provider, Tier
from wooster.models.providers import Problem, address, allowed_providers
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


def providers(
    settings: Settings, keys: Mapping[str, Key]
) -> tuple[dict[Tier, Sequence[Provider]], Sequence[Problem]]:
    """Who may be asked in each tier, in order, and what is wrong with the others.

    The second chat server is among them though nobody asked for it yet: `wooster models use` may
    begin it at any time, and until then the router leaves it out.
    """
    begun = settings.model_copy(update={"fast": settings.fast.model_copy(update={"start": True})})
    quality = allowed_providers(begun, keys, "quality")
    fast = allowed_providers(begun, keys, "fast")
    by_tier: dict[Tier, Sequence[Provider]] = {
        "quality": in_order(quality.providers, settings.routing),
        "fast": in_order(fast.providers, settings.routing),
    }
    # A problem of both tiers is told once.
    return by_tier, tuple(dict.fromkeys((*quality.problems, *fast.problems)))


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
        api_key=server.api_key.get_secret_value(),
    )
