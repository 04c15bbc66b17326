"""What a model needs of memory, what is refused, and what is given up when memory gets short."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.core.errors import ModelUnavailable
from wooster.servers.memory import (
    Limit,
    Need,
    Pressure,
    Reading,
    check_fits,
    longest_context,
    weights_bytes,
)

GB = 1_000_000_000
CONFIG = {
    "model_type": "llama",
    "hidden_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "quantization": {"group_size": 32, "bits": 4},
}


def stored(folder: Path, tensors: dict[str, tuple[str, list[int], int]]) -> Path:
    """A model's folder whose file has just the header: name to type, shape, bytes."""
    header: dict[str, Any] = {"__metadata__": {"format": "mlx"}}
    at = 0
    for name, (kind, shape, size) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    folder.mkdir(exist_ok=True)
    text = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    return folder


def test_weights_are_counted_as_they_are_computed_with(tmp_path: Path) -> None:
    """On Metal as stored; without a GPU 4 bytes for each number that the packed ones stand for."""
    folder = stored(
        tmp_path / "model",
        {
            "layer.weight": ("U32", [64, 16], 4096),  # 64 x 128 numbers of 4 bits
            "layer.scales": ("F16", [64, 4], 512),
            "layer.biases": ("F16", [64, 4], 512),
            "norm.weight": ("BF16", [128], 256),
        },
    )
    assert weights_bytes(folder, widened=False) == 4096 + 512 + 512 + 256
    assert weights_bytes(folder, widened=True) == 64 * 128 * 4 + 128 * 4


def test_the_starter_model_is_counted_as_mlx_counts_it(starter_home: Path) -> None:
    """135 million numbers in float32: within a hundredth of what MLX says it takes when loaded."""
    folder = starter_home / "models" / "smollm2-135m-instruct"
    assert weights_bytes(folder, widened=True) == pytest.approx(538e6, rel=0.01)
    assert weights_bytes(folder, widened=False) == pytest.approx(98e6, rel=0.01)


def test_a_draft_models_weights_and_cache_count_too(tmp_path: Path) -> None:
    """Two models in one process need the memory of both."""
    tensors = {"norm.weight": ("F32", [1000], 4000)}
    folders = [stored(tmp_path / name, tensors) for name in ("one", "two")]
    one, both = (Need.of(folders[:count], 0, widened=False) for count in (1, 2))
    assert (both.weights, both.kv_per_token) == (2 * one.weights, 2 * one.kv_per_token)
    # 2 layers, 2 heads of 32, keys and values, 2 bytes each
    assert one.kv_per_token == 2 * 2 * 32 * 2 * 2


def test_a_model_that_does_not_fit_is_refused_with_the_numbers() -> None:
    """The message has weights, cache, headroom and limit, and the context that would fit."""
    need = Need(5 * GB, 100_000)
    with pytest.raises(ModelUnavailable) as raised:
        check_fits("big", need, 32768, Limit(8 * GB, "`memory_limit_gb`"), section="chat")
    told = raised.value.message
    for part in ("'big'", "weights 5.00 GB", "32768 tokens 3.28 GB", "headroom", "8.00 GB"):
        assert part in told
    shorter = longest_context(need, 32768, Limit(8 * GB, ""))
    assert f"context_length = {shorter}` in [chat]" in raised.value.hint
    check_fits("big", need, shorter, Limit(8 * GB, ""), section="chat")


def test_a_model_that_fits_at_no_context_says_to_choose_another() -> None:
    """With weights beyond the limit, a shorter context is no way out."""
    with pytest.raises(ModelUnavailable) as raised:
        check_fits("huge", Need(40 * GB, 1), 8192, Limit(8 * GB, "free memory"), section="chat")
    assert "wooster models recommend" in raised.value.hint


@given(st.integers(1, 10 * GB), st.integers(0, 2_000_000), st.integers(256, 200_000))
def test_the_longest_context_is_the_longest(weights: int, kv: int, context: int) -> None:
    """It fits, and 256 tokens more would not, or are not asked for."""
    need, limit = Need(weights, kv), Limit(8 * GB, "")
    found = longest_context(need, context, limit)
    if found:
        assert need.peak(found) <= limit.size_bytes
    if found + 256 <= context and kv:
        assert need.peak(found + 256) > limit.size_bytes


def reading(used: float, left: float = 0.5) -> Reading:
    return Reading(int(used * GB), 0, 0, int(left * 100 * GB), 100 * GB)


def test_under_pressure_one_thing_after_the_other_is_given_up() -> None:
    """Buffers, then prefixes, then background work; when it is over, everything is as before."""
    pressure = Pressure(Limit(10 * GB, ""))
    assert pressure.look(reading(9.0)) == ""
    taken = [pressure.look(reading(9.5)) for _ in range(4)]
    assert taken == ["clear buffers", "drop prefixes", "hold background", ""]
    assert pressure.tight
    assert pressure.state == "hold background"
    assert pressure.look(reading(9.0)) == ""
    assert pressure.tight, "not yet eased"
    pressure.look(reading(5.0))
    assert not pressure.tight
    assert pressure.state == ""


def test_a_machine_that_runs_out_of_memory_is_pressure_too() -> None:
    """Other programs' hunger counts, whatever our own limit is."""
    pressure = Pressure(Limit(10 * GB, ""))
    assert pressure.look(reading(1.0, left=0.03)) == "clear buffers"
    assert pressure.look(reading(1.0, left=0.5)) == ""
    assert pressure.state == ""
