"""The catalogue of models, read from `config/models.toml`.

It knows what models there are; it knows nothing of how they are fetched, loaded or served.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from wooster.config import footprint, resources
from wooster.config.footprint import Footprint, Kind, Machine


@dataclass(frozen=True, slots=True)
class Starter:
    """A starter model inside a wheel: `member` is its file, or its folder where it ends in `/`.

    `generation` is how it is sampled unless a request says otherwise.
    """

    name: str
    title: str
    kind: Kind
    licence: str
    wheel: str
    version: str
    sha256: str
    size_bytes: int
    member: str
    generation: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be pulled. Every key is described at the head of the list in the file.

    `config` is the part of the repository's config.json that `kv_bytes` follows from.
    """

    name: str
    repository: str
    title: str
    kind: Kind
    parameters_b: float
    active_b: float
    quantisation: str
    weights_gb: float
    context: int
    licence: str
    released: str
    rank: int
    engine: Literal["wooster", "exo", "other"]
    config: Mapping[str, Any]
    kv_bytes: int = 0
    tools: bool = False
    reasoning: bool = False
    dimensions: int | None = None
    note: str = ""

    def weights_bytes(self, machine: Machine) -> int:
        """Its weights in memory: as they are in the repository, or widened to float32."""
        return round(self.weights_gb * 1e9 if machine.has_metal else self.parameters_b * 4e9)

    def footprint(self, context_tokens: int, machine: Machine, kv_bits: int = 0) -> Footprint:
        """Its memory in a server of ours; never more context than it has."""
        weights = self.weights_bytes(machine)
        tokens = min(context_tokens, self.context)
        return footprint.of_server(self.kind, weights, self.config, machine, (tokens, kv_bits))


def starters() -> list[Starter]:
    """The starter models, in the order of the catalogue."""
    return [Starter(**entry) for entry in _read()["starter"]]


def models() -> list[Model]:
    """The models that can be pulled, in the order of the catalogue: smallest first, by kind."""
    return [Model(**entry) for entry in _read()["model"]]


def find(name: str) -> Model | None:
    """The model with this short name or repository, in any case; None when it isn't listed."""
    wanted = name.strip().lower()
    return next(
        (model for model in models() if wanted in (model.name, model.repository.lower())), None
    )


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((resources.CONFIG / "models.toml").read_text("utf-8"))
