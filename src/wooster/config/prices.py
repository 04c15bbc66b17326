"""Public list prices of models, read from `config/prices.toml`."""

from __future__ import annotations

import tomllib
from functools import cache

from wooster.config import resources
from wooster.config.settings import Rate


def list_price(host: str, model: str) -> Rate | None:
    """What `host` asks for `model`, as far as it is known."""
    return _read().get(host, {}).get(model)


@cache
def _read() -> dict[str, dict[str, Rate]]:
    listed = tomllib.loads((resources.CONFIG / "prices.toml").read_text("utf-8"))
    return {
        host: {model: Rate(**rate) for model, rate in models.items()}
        for host, models in listed.items()
    }
