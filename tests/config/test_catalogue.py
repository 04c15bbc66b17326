"""The catalogue of models: every number follows from another."""

from __future__ import annotations

import pytest

from wooster.config import catalogue
from wooster.config.catalogue import Model
from wooster.config.footprint import Machine, kv_bytes_per_token
from wooster.models.hub_listing import is_repository

MODELS = catalogue.models()
# What a weight comes to: 4 bits with a 16-bit scale and bias for each group of 64; MXFP4 has 4.25
# bits, and 8 for what isn't an expert. Some repositories keep parts that are quantised less.
BITS = {"4-bit": (4.45, 5.0), "MXFP4, 8-bit": (4.25, 4.75), "16-bit": (15.8, 16.2)}
BITS["32-bit"] = (31.5, 32.5)


def ids(model: Model) -> str:
    return model.name


@pytest.mark.parametrize("model", MODELS, ids=ids)
def test_weights_follow_from_parameters(model: Model) -> None:
    """Billions of parameters times the bits of their quantisation, within rounding."""
    low, high = BITS[model.quantisation]
    assert low <= model.weights_gb * 8 / model.parameters_b <= high


@pytest.mark.parametrize("model", [m for m in MODELS if m.kind == "chat"], ids=ids)
def test_kv_bytes_follow_from_the_architecture(model: Model) -> None:
    """What a token takes is what its layers and heads come to."""
    assert model.kv_bytes == kv_bytes_per_token(model.config)


@pytest.mark.parametrize("model", MODELS, ids=ids)
def test_every_entry_is_whole(model: Model) -> None:
    """A repository that can be pulled, a year and month, and dimensions where it embeds."""
    assert is_repository(model.repository)
    assert model.active_b <= model.parameters_b
    year, month = model.released.split("-")
    assert 2024 <= int(year) <= 2026 and 1 <= int(month) <= 12
    assert (model.dimensions is not None) == (model.kind == "embed")
    assert model.engine == "wooster" or model.note
    assert model.footprint(32768, Machine(128_000_000_000)).idle_bytes > model.weights_gb * 1e9


def test_names_are_unique_and_found_in_any_case() -> None:
    """By short name or by repository."""
    assert len({model.name for model in MODELS}) == len(MODELS)
    found = catalogue.find("MLX-Community/qwen2.5-72b-instruct-4bit")
    assert found is not None and found.name == "qwen2.5-72b-instruct-4bit"
    assert catalogue.find("Qwen2.5-72B-Instruct-4bit") == found
    assert catalogue.find("nothing") is None


def test_the_guide_is_in_it() -> None:
    """Every model of the upgrade guide's part 2."""
    names = {model.repository.split("/")[1].lower() for model in MODELS}
    assert names >= {
        "qwen2.5-72b-instruct-4bit",
        "qwen2.5-32b-instruct-4bit",
        "qwen2.5-7b-instruct-4bit",
        "llama-3.3-70b-instruct-4bit",
        "llama-3.2-3b-instruct-4bit",
        "deepseek-v3-0324-4bit",
        "qwen3-embedding-8b",
        "qwen3-embedding-4b-4bit-dwq",
        "nomic-embed-text-v1.5",
    }
