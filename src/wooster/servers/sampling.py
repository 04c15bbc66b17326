"""How the next token is chosen, from a request's own wishes. It knows distributions, no text."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Sampling:
    """`temperature` 0 takes the likeliest token; a `seed` makes the draw repeatable.

    `repetition_penalty` divides the likelihood of the last 20 tokens (1 leaves it; Keskar et al.
    2019, section 4.1): small models need it, or they go round in circles.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    repetition_penalty: float = 1.0


def recommended(folder: Path) -> Sampling:
    """What a model's makers recommend, from its `generation_config.json`; greedy without one.

    The file is the one of Hugging Face's transformers; values that aren't numbers are left out.
    """
    file = folder / "generation_config.json"
    if not file.is_file():
        return Sampling()
    told = json.loads(file.read_text("utf-8"))
    if not isinstance(told, dict) or told.get("do_sample") is False:
        return Sampling()
    return Sampling(
        temperature=_number(told, "temperature", 0.0),
        top_p=_number(told, "top_p", 1.0),
        repetition_penalty=_number(told, "repetition_penalty", 1.0),
    )


def _number(told: dict[str, Any], name: str, otherwise: float) -> float:
    value = told.get(name)
    return float(value) if isinstance(value, int | float) else otherwise


def sampler(sampling: Sampling, drawn: int = 0) -> Callable[[Any], Any]:
    """From log-probabilities of shape (n, vocabulary) to n tokens, after `drawn` earlier draws."""
    if sampling.seed is None or sampling.temperature == 0:
        return _shared_sampler(sampling.temperature, sampling.top_p)
    return _seeded_sampler(sampling, drawn)


@lru_cache(maxsize=64)
def _shared_sampler(temperature: float, top_p: float) -> Callable[[Any], Any]:
    """One object for all who draw alike: a batch that shares its sampler is drawn in one go."""
    from mlx_lm.sample_utils import make_sampler

    return make_sampler(temperature, top_p=top_p)  # type: ignore[no-any-return]


def _seeded_sampler(sampling: Sampling, drawn: int) -> Callable[[Any], Any]:
    """A sampler with a random state of its own.

    mlx-lm's samplers draw from one state for the whole process, which the other requests of a
    batch advance too; a seed would not repeat. The state follows from the seed and the number of
    the draw alone, so that a sequence that was put aside goes on as if it had not been.
    """
    import mlx.core as mx
    from mlx_lm.sample_utils import apply_top_p

    def draw(logprobs: Any) -> Any:
        nonlocal drawn
        key = mx.random.key(Random(f"{sampling.seed}:{drawn}").getrandbits(63))
        drawn += 1
        if sampling.top_p < 1:
            logprobs = apply_top_p(logprobs, sampling.top_p)
        return mx.random.categorical(logprobs / sampling.temperature, key=key)

    return draw


def penalties(sampling: Sampling) -> list[Callable[[Any, Any], Any]]:
    """mlx-lm's processors for the penalties that are set."""
    from mlx_lm.sample_utils import make_logits_processors

    repetition = None if sampling.repetition_penalty == 1 else sampling.repetition_penalty
    return make_logits_processors(  # type: ignore[no-any-return]
        repetition_penalty=repetition,
        presence_penalty=sampling.presence_penalty or None,
        frequency_penalty=sampling.frequency_penalty or None,
    )
