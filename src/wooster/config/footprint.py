"""How much memory a model takes: its weights, what it keeps of each token, and what it needs.

Pure arithmetic over a model's `config.json`. It knows no files, no machine and no server; what is
available is asked elsewhere. Sizes are in bytes, and a GB is 1e9 of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

# Interpreter, MLX, tokenizer and web server of one process. With SmolLM2 on Linux a server took
# 0.1 GB before and 0.27 GB beside its weights at most; large vocabularies and Metal take more.
RUNTIME_BYTES = 500_000_000
# What a server keeps of prompts read before: a sixteenth of the machine's memory, at most this
# (`prefix_cache_mb` 0 in the settings).
PREFIX_CACHE_SHARE, PREFIX_CACHE_BYTES = 16, 4_000_000_000
# Reading a prompt makes activations beside weights and cache. The upgrade guide's part 8 gives a
# fifth for them (50 GB active, 60 GB peak, of a 72B model). They grow with a model's width, and
# no open model is much wider than that one, so they don't grow past its 10 GB.
HEADROOM_SHARE, HEADROOM_BYTES = 5, 10_000_000_000
# The texts that an embedding server works on at once: a batch of 64 paragraphs.
EMBED_BATCH_TOKENS = 64 * 256
# mlx-lm quantises the cache in groups with a 16-bit scale and a 16-bit bias each.
_GROUP, _GROUP_BYTES = 64, 4
# Of these, mlx-lm caches the compressed latent; of other MLA models, the expanded keys and values.
_LATENT = ("deepseek_v3", "deepseek_v32", "kimi_k2", "kimi_k25", "glm4_moe_lite", "glm_moe_dsa")

# What macOS lets the GPU have of the unified memory unless told otherwise: two thirds of up to
# 36 GB, three quarters of more (Metal's recommendedMaxWorkingSetSize).
_SMALL_BYTES = 36_000_000_000

Kind = Literal["chat", "embed"]
LayerKind = Literal["full", "sliding", "linear"]


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that models run on. Without Metal they are widened to float32."""

    memory_bytes: int
    has_metal: bool = True

    @property
    def budget_bytes(self) -> int:
        """What models may have of it; the rest is for the system and everything else."""
        if self.memory_bytes <= _SMALL_BYTES:
            return self.memory_bytes * 2 // 3
        return self.memory_bytes * 3 // 4

    @property
    def number_bytes(self) -> int:
        """The bytes of a number in a cache or an activation."""
        return 2 if self.has_metal else 4


@dataclass(frozen=True, slots=True)
class Footprint:
    """The memory of one server: nothing asked, a full context in use, the worst moment of reading.

    `peak_bytes` is what must be free for the model to be loaded.
    """

    idle_bytes: int
    active_bytes: int
    peak_bytes: int


def footprint(
    weights_bytes: int, kv_bytes_per_token: int, context_tokens: int, kept_bytes: int = 0
) -> Footprint:
    """The memory of a model, worked out as in the upgrade guide's part 8.

    `kept_bytes` is what is held whatever the context: the prefix cache, windows and states. Idle is
    weights and runtime, active is that and the context's KV cache, peak is that and a headroom.
    """
    idle = weights_bytes + RUNTIME_BYTES + kept_bytes
    active = idle + kv_bytes_per_token * context_tokens
    return Footprint(idle, active, active + min(active // HEADROOM_SHARE, HEADROOM_BYTES))


def of_server(
    kind: Kind,
    weights_bytes: int,
    config: Mapping[str, Any],
    machine: Machine,
    context: tuple[int, int],
) -> Footprint:
    """The memory of a server of ours; `context` is its length in tokens and its `kv_bits`.

    An embedding model has no context: what it works on at once is a batch. Raises `ValueError` for
    a config that says too little.
    """
    width = machine.number_bytes
    if kind == "embed":
        a_token = activation_bytes_per_token(config, width)
        return footprint(weights_bytes, a_token, EMBED_BATCH_TOKENS)
    tokens, kv_bits = context
    kept = prefix_cache_bytes(machine.memory_bytes) + kv_fixed_bytes(config, width)
    return footprint(weights_bytes, kv_bytes_per_token(config, kv_bits, width), tokens, kept)


def prefix_cache_bytes(memory_bytes: int) -> int:
    """What a chat server keeps of earlier prompts, unless the settings say otherwise."""
    return min(memory_bytes // PREFIX_CACHE_SHARE, PREFIX_CACHE_BYTES)


def kv_bytes_per_token(config: Mapping[str, Any], kv_bits: int = 0, number_bytes: int = 2) -> int:
    """What one more token adds to the KV cache, by a Hugging Face `config.json`.

    Only layers with full attention grow; those with a window or a state are in `kv_fixed_bytes`.
    `kv_bits` 0 is unquantised: then a number has `number_bytes` (2 on Metal; 4 where weights are
    widened to float32). Raises `ValueError` for a config that says too little.
    """
    text = _text(config)
    layers = layer_kinds(config).count("full")
    numbers = layers * _numbers_per_layer(text)
    if not kv_bits:
        return numbers * number_bytes
    return numbers * kv_bits // 8 + -(-numbers // _GROUP) * _GROUP_BYTES


def activation_bytes_per_token(config: Mapping[str, Any], number_bytes: int = 2) -> int:
    """What an embedding model holds of a token while its layer works: it keeps no cache.

    Four vectors as wide as the model (residual, query, key and value, output) and three of the
    feed-forward network. For Qwen3-Embedding-8B and a batch that is the guide's 2 GB.
    """
    text = _text(config)
    width, inner = _number(text, "hidden_size"), _number(text, "intermediate_size")
    return (4 * width + 3 * inner) * number_bytes


def kv_fixed_bytes(config: Mapping[str, Any], number_bytes: int = 2) -> int:
    """What a sequence holds whatever its length: full sliding windows, states of linear layers.

    mlx-lm doesn't quantise either, so `kv_bits` makes no difference.
    """
    text, kinds = _text(config), layer_kinds(config)
    windows = kinds.count("sliding") * int(text.get("sliding_window") or 0)
    fixed = windows * _numbers_per_layer(text) * number_bytes if windows else 0
    return fixed + kinds.count("linear") * _state_bytes(text, number_bytes)


def layer_kinds(config: Mapping[str, Any]) -> list[LayerKind]:
    """What each layer's attention is, in mlx-lm's reading of the config."""
    text = _text(config)
    count = _number(text, "num_hidden_layers")
    named = text.get("layer_types")
    if isinstance(named, list):
        return [_kind(str(name)) for name in named]
    model_type = str(text.get("model_type", ""))
    if model_type.startswith(("qwen3_next", "qwen3_5")):
        return _every(count, int(text.get("full_attention_interval", 4)), "linear")
    if model_type.startswith("gemma3"):
        return _every(count, int(text.get("sliding_window_pattern", 6)), "sliding")
    if model_type == "gpt_oss":
        return _every(count, 2, "sliding")
    return ["full"] * count


def _every(count: int, interval: int, between: LayerKind) -> list[LayerKind]:
    """Each `interval`-th layer has full attention."""
    return ["full" if (at + 1) % interval == 0 else between for at in range(count)]


def _kind(name: str) -> LayerKind:
    if "sliding" in name:
        return "sliding"
    return "linear" if "linear" in name or "conv" in name or "mamba" in name else "full"


def _text(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The language model's part: models that also see have it one level down."""
    inner = config.get("text_config")
    return inner if isinstance(inner, Mapping) else config


def _numbers_per_layer(text: Mapping[str, Any]) -> int:
    """How many numbers a token leaves in one layer's cache, keys and values together."""
    rope, latent = text.get("qk_rope_head_dim"), text.get("kv_lora_rank")
    heads = _number(text, "num_attention_heads")
    if latent and rope:
        if text.get("model_type") in _LATENT:
            return int(latent) + int(rope)
        key = int(rope) + _number(text, "qk_nope_head_dim")
        return heads * (key + _number(text, "v_head_dim"))
    width = int(text.get("head_dim") or _number(text, "hidden_size") // heads)
    return 2 * int(text.get("num_key_value_heads") or heads) * width


def _state_bytes(text: Mapping[str, Any], number_bytes: int) -> int:
    """The state of one gated linear layer (Qwen3-Next): a float32 matrix a head, and the tail of
    its convolution. 0 for kinds whose config doesn't name these sizes: they are a few MB."""
    heads = int(text.get("linear_num_value_heads") or 0)
    key, value = (int(text.get(f"linear_{part}_head_dim") or 0) for part in ("key", "value"))
    mixed = 2 * int(text.get("linear_num_key_heads") or 0) * key + heads * value
    tail = max(int(text.get("linear_conv_kernel_dim") or 1) - 1, 0)
    return heads * key * value * 4 + tail * mixed * number_bytes


def _number(text: Mapping[str, Any], key: str) -> int:
    value = text.get(key)
    if not isinstance(value, int) or value <= 0:
        raise ValueError(f"the model's config has no {key!r}")
    return value
