"""The settings of mlx-box: where its chat servers are, their models and the key to them. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from wooster.moving.model import Aside, Event, Remark, Total, Unread
from wooster.moving.old_settings import Key, Taken, leaves, server, set_to

_PORTS = {"fast": 8081, "thinking": 8083}
_OF_BOX = {"fast": ("mlx-box", "fast"), "thinking": ("mlx-box-thinking", "quality")}


def box(text: str) -> Iterator[Event]:
    """`settings.toml` of mlx-box: where its chat servers are, their models and the key to them."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield Total(1)
        yield Unread(f"it is no TOML: {error}")
        return
    found = list(leaves(tree))
    yield Total(len(found))
    services = tree.get("services")
    services = services if isinstance(services, dict) else tree
    used: set[Key] = set()
    for service, (provider, tier) in _OF_BOX.items():
        own = services.get(service)
        if not isinstance(own, dict):
            continue
        taken, paths = _of_service(tree, service, own, (provider, tier))
        own_paths = {path for path, _ in found if path[-2:-1] == (service,)} & paths - used
        used |= own_paths
        if own_paths:
            yield from set_to(provider, taken, 0, len(own_paths))
    for path, value in found:
        if path in used:
            continue
        if path[-1] == "quantization" and value is True:
            yield Remark(
                "its embedding server quantises each batch by itself (quantization = true): the"
                " same text gets other vectors each time. Wooster makes its own"
            )
        is_key = path[-1] in ("api_key", "api_keys")
        yield Aside(f"{'keys' if is_key else 'settings'} of mlx-box's own servers")


def _of_service(
    tree: Mapping[str, Any], service: str, own: Mapping[str, Any], place: tuple[str, str]
) -> tuple[Taken, set[Key]]:
    """The settings of one server, and the paths whose values they are."""
    general = tree.get("server")
    general = general if isinstance(general, dict) else {}
    keys = general.get("api_keys") or general.get("api_key") or ""
    keys = keys if isinstance(keys, list) else [keys]
    host = str(general.get("host") or "127.0.0.1")
    host = "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host
    url = f"http://{host}:{own.get('port') or _PORTS[service]}"
    provider, tier = place
    model = str(own.get("model") or "") or None
    found = server(provider, url, {tier: model}, str(keys[0]))
    above: Key = ("services", service) if isinstance(tree.get("services"), dict) else (service,)
    return found, {(*above, "port"), (*above, "model")}
