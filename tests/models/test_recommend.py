"""What fits a machine: from 8 to 512 GB, every set stays within what models may have."""

from __future__ import annotations

import pytest

from wooster.config.catalogue import models
from wooster.config.footprint import Machine
from wooster.models.recommend import best_set, table

MODELS = models()
GB = 1_000_000_000


@pytest.mark.parametrize("gigabytes", [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512])
def test_a_set_fits_and_larger_machines_get_no_worse_answers(gigabytes: int) -> None:
    """All three at once, within the budget, on every Mac that is sold."""
    machine = Machine(gigabytes * GB)
    best = best_set(MODELS, machine, 32768, 0)
    assert best.quality is not None and best.peak_bytes <= machine.budget_bytes
    chosen = {m.name: m for m in (best.quality, best.fast, best.embed) if m is not None}
    active = sum(m.footprint(best.context, machine).active_bytes for m in chosen.values())
    assert active < best.peak_bytes
    bigger = best_set(MODELS, Machine(2 * gigabytes * GB), 32768, 0)
    assert bigger.quality is not None and bigger.quality.rank >= best.quality.rank


def test_the_guide_s_machine_takes_the_guide_s_embeddings() -> None:
    """128 GB: a model for answers beside Qwen3-Embedding-8B, as the upgrade guide has it."""
    best = best_set(MODELS, Machine(128 * GB), 32768, 0)
    assert best.embed is not None and best.embed.name == "qwen3-embedding-8b"
    assert best.quality is not None and best.quality.weights_gb > 40


def test_a_small_machine_gets_a_shorter_context_rather_than_nothing() -> None:
    """8 GB."""
    assert best_set(MODELS, Machine(8 * GB), 32768, 0).context < 32768


def test_without_metal_weights_are_counted_as_they_are_widened() -> None:
    """A 24 GB Linux machine: a 3B model in float32 fills it, so that only the starter is left."""
    best = best_set(MODELS, Machine(24 * GB, has_metal=False), 32768, 0)
    assert best.quality is None and best.embed is not None
    assert best_set(MODELS, Machine(2 * GB, has_metal=False), 32768, 0).embed is None


def test_every_model_has_a_row_and_says_whether_it_fits() -> None:
    """Also those that run elsewhere; never with more context than they have."""
    rows = {row.model.name: row for row in table(MODELS, Machine(64 * GB), 131072, 8)}
    assert set(rows) == {model.name for model in MODELS}
    assert rows["qwen3-30b-a3b-instruct-2507-4bit"].fits
    assert not rows["qwen2.5-72b-instruct-4bit"].fits
    assert not rows["deepseek-v3-0324-4bit"].fits
    assert rows["qwen2.5-7b-instruct-4bit"].context == 32768


@pytest.mark.parametrize("gigabytes", [8, 16, 24, 32, 64])
def test_a_row_does_not_contradict_the_set(gigabytes: int) -> None:
    """What is recommended with a context fits with it, or with a longer one, in the table."""
    machine = Machine(gigabytes * GB)
    rows = {row.model.name: row for row in table(MODELS, machine, 32768, 0)}
    best = best_set(MODELS, machine, 32768, 0)
    assert best.quality is not None
    assert rows[best.quality.name].fits_context >= min(best.context, best.quality.context)
    for row in rows.values():
        assert row.fits_context <= row.context
        needs = row.model.footprint(row.fits_context, machine)
        assert not row.fits_context or needs.peak_bytes <= machine.budget_bytes
