"""The catalogue of models, read from `config/models.toml`.

It knows what models there are; it knows nothing of how they are fetched, loaded or served.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import Literal

from wooster.config import resources


@dataclass(frozen=True, slots=True)
class Starter:
    """A starter model inside a wheel: `member` is its file, or its folder where it ends in `/`.

    `generation` is how it is sampled unless a request says otherwise.
    """

    name: str
    title: str
    kind: Literal["chat", "embed"]
    licence: str
    wheel: str
    version: str
    sha256: str
    size_bytes: int
    member: str
    generation: dict[str, float] = field(default_factory=dict)


def starters() -> list[Starter]:
    """The starter models, in the order of the catalogue."""
    data = tomllib.loads((resources.CONFIG / "models.toml").read_text("utf-8"))
    return [Starter(**entry) for entry in data["starter"]]
