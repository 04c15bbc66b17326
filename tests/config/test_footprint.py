"""A model's memory, from its config.json alone."""

from __future__ import annotations

import pytest

from wooster.config.footprint import (
    EMBED_BATCH_TOKENS,
    Machine,
    activation_bytes_per_token,
    footprint,
    kv_bytes_per_token,
    kv_fixed_bytes,
    layer_kinds,
    prefix_cache_bytes,
)

QWEN_72B = {
    "num_hidden_layers": 80,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "hidden_size": 8192,
}
GB = 1e9


def test_it_comes_to_what_the_upgrade_guide_gives() -> None:
    """Part 8: 45, 50 and 60 GB for Qwen2.5-72B in 4 bits with an 8-bit cache of 32K on 128 GB."""
    a_token = kv_bytes_per_token(QWEN_72B, 8)
    needs = footprint(40_900_000_000, a_token, 32768, prefix_cache_bytes(128_000_000_000))
    assert needs.idle_bytes / GB == pytest.approx(45, rel=0.03)
    assert needs.active_bytes / GB == pytest.approx(50, rel=0.03)
    assert needs.peak_bytes / GB == pytest.approx(60, rel=0.03)


def test_an_embedding_model_comes_to_what_the_guide_gives() -> None:
    """Part 8: 16, 18 and 20 GB for Qwen3-Embedding-8B."""
    a_token = activation_bytes_per_token({"hidden_size": 4096, "intermediate_size": 12288})
    needs = footprint(15_100_000_000, a_token, EMBED_BATCH_TOKENS)
    assert needs.idle_bytes / GB == pytest.approx(16, rel=0.05)
    assert needs.active_bytes / GB == pytest.approx(18, rel=0.05)
    assert needs.peak_bytes / GB == pytest.approx(20, rel=0.05)


@pytest.mark.parametrize(
    ("kv_bits", "expected"),
    [(0, 2 * 80 * 8 * 128 * 2), (8, 2 * 80 * 8 * (128 + 8)), (4, 2 * 80 * 8 * (64 + 8))],
)
def test_keys_and_values_of_every_layer_with_their_scales(kv_bits: int, expected: int) -> None:
    """Two times layers, heads and width; quantised, 4 bytes more for each group of 64."""
    assert kv_bytes_per_token(QWEN_72B, kv_bits) == expected


def test_without_metal_a_number_has_four_bytes() -> None:
    """Weights are widened to float32 there, and so is what they compute."""
    assert kv_bytes_per_token(QWEN_72B, 0, 4) == 2 * kv_bytes_per_token(QWEN_72B)


def test_a_head_is_as_wide_as_it_says_or_as_the_model_divides() -> None:
    """Qwen3 and Gemma name `head_dim`; older models don't, nor their key-value heads."""
    plain = {"num_hidden_layers": 1, "num_attention_heads": 4, "hidden_size": 64}
    assert kv_bytes_per_token(plain) == 2 * 4 * 16 * 2
    assert kv_bytes_per_token({**plain, "head_dim": 32}) == 2 * 4 * 32 * 2


def test_windows_do_not_grow_and_are_counted_once() -> None:
    """gpt-oss alternates; half of its layers hold 128 tokens and no more."""
    config = {
        "model_type": "gpt_oss",
        "num_hidden_layers": 24,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
        "head_dim": 64,
        "sliding_window": 128,
    }
    assert layer_kinds(config) == ["sliding", "full"] * 12
    assert kv_bytes_per_token(config) == 12 * 2 * 8 * 64 * 2
    assert kv_fixed_bytes(config) == 12 * 128 * 2 * 8 * 64 * 2


def test_linear_layers_hold_a_state() -> None:
    """Of Qwen3-Next's layers each fourth attends; the others keep one matrix a head."""
    config = {
        "model_type": "qwen3_next",
        "num_hidden_layers": 4,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "head_dim": 256,
        "linear_num_value_heads": 32,
        "linear_num_key_heads": 16,
        "linear_key_head_dim": 128,
        "linear_value_head_dim": 128,
        "linear_conv_kernel_dim": 4,
    }
    assert kv_bytes_per_token(config) == 2 * 2 * 256 * 2
    assert kv_fixed_bytes(config) == 3 * (32 * 128 * 128 * 4 + 3 * (2 * 16 * 128 + 32 * 128) * 2)


def test_a_compressed_latent_is_what_is_cached() -> None:
    """DeepSeek V3 caches 512 + 64 numbers a layer, whatever its 128 heads would expand to."""
    config = {
        "model_type": "deepseek_v3",
        "num_hidden_layers": 61,
        "num_attention_heads": 128,
        "kv_lora_rank": 512,
        "qk_rope_head_dim": 64,
    }
    assert kv_bytes_per_token(config) == 61 * 576 * 2
    expanded = {**config, "model_type": "x", "qk_nope_head_dim": 128, "v_head_dim": 128}
    assert kv_bytes_per_token(expanded) == 61 * 128 * (192 + 128) * 2


def test_a_model_that_also_sees_has_its_language_one_level_down() -> None:
    """`text_config` is read in its place."""
    assert kv_bytes_per_token({"text_config": QWEN_72B}) == kv_bytes_per_token(QWEN_72B)


@pytest.mark.parametrize("config", [{}, {"num_hidden_layers": "many"}, {"num_hidden_layers": 2}])
def test_a_config_that_says_too_little_is_an_error_with_the_key(config: dict[str, object]) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="config has no"):
        kv_bytes_per_token(config)


def test_a_part_of_the_memory_stays_with_the_system() -> None:
    """As macOS has it: a third of a small machine, a quarter of a large one."""
    assert Machine(24_000_000_000).budget_bytes == 16_000_000_000
    assert Machine(128_000_000_000).budget_bytes == 96_000_000_000
