"""Whether a model fits into this machine's memory, and what to give up when memory gets short.

It knows the machine's numbers and the files' headers; the arithmetic of weights and caches is in
`config.footprint`. It knows nothing of requests.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from wooster.config.footprint import footprint, kv_bytes_per_token, kv_fixed_bytes
from wooster.core.errors import ModelUnavailable

GB = 1e9
MIN_CONTEXT = 4096
GIVE_BACK_S = 60.0  # what batches of each size leave free between what stays adds up
_WIDTH = {"F64": 8, "F32": 4, "I32": 4, "U32": 4, "I64": 8, "U64": 8, "BF16": 2, "F16": 2}


@dataclass(frozen=True, slots=True)
class Limit:
    """Bytes that a server may use, and where the number comes from."""

    size_bytes: int
    source: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Memory in bytes: what this process's arrays take, and what the machine has left."""

    active: int
    cache: int
    peak: int
    available: int
    total: int


def read_memory() -> Reading:
    """What MLX and the system say now."""
    import mlx.core as mx
    import psutil

    system = psutil.virtual_memory()
    return Reading(
        mx.get_active_memory(),
        mx.get_cache_memory(),
        mx.get_peak_memory(),
        system.available,
        system.total,
    )


def memory_limit(setting_gb: float) -> Limit:
    """The setting where there is one; else what the GPU, or the system's free memory, can give."""
    import mlx.core as mx
    import psutil

    if setting_gb:
        return Limit(int(setting_gb * GB), "`memory_limit_gb`")
    working_set = mx.device_info().get("max_recommended_working_set_size")
    if working_set:
        return Limit(int(working_set), "what the GPU may use")
    return Limit(int(psutil.virtual_memory().available), "free memory")


def weights_bytes(folder: Path, *, widened: bool) -> int:
    """What the weights of a model's folder take in memory; `widened` where they become float32."""
    headers: dict[str, Any] = {}
    for file in sorted(folder.glob("*.safetensors")):
        headers |= _header(file)
    if not widened:
        return sum(_stored_bytes(tensor) for tensor in headers.values())
    group = _group_sizes(folder)
    return sum(_widened_bytes(name, headers, group) for name in headers)


def _header(file: Path) -> dict[str, Any]:
    """The tensors of a safetensors file by name (the format's README: a length, then JSON)."""
    with file.open("rb") as opened:
        (length,) = struct.unpack("<Q", opened.read(8))
        header: dict[str, Any] = json.loads(opened.read(length))
    header.pop("__metadata__", None)
    return header


def _stored_bytes(tensor: Mapping[str, Any]) -> int:
    begin, end = tensor["data_offsets"]
    return int(end - begin)


def _group_sizes(folder: Path) -> dict[str, int]:
    """Weights that share a scale, by layer; "" is for all others."""
    told = json.loads((folder / "config.json").read_text("utf-8")).get("quantization") or {}
    own = {name: each["group_size"] for name, each in told.items() if isinstance(each, dict)}
    return {"": told.get("group_size", 64), **own}


def _widened_bytes(name: str, headers: Mapping[str, Any], group: Mapping[str, int]) -> int:
    """Bytes of the tensor in float32; scales and biases go into the weights that they belong to."""
    layer, _, kind = name.rpartition(".")
    scales = headers.get(f"{layer}.scales")
    if scales is None:
        stored = headers[name]
        return _stored_bytes(stored) // _WIDTH.get(stored["dtype"], 1) * 4
    if kind != "weight":
        return 0
    count = group.get(layer, group[""])
    for length in scales["shape"]:
        count *= length
    return int(count * 4)


@dataclass(frozen=True, slots=True)
class Need:
    """What a model asks of memory: weights (with a draft model's), its KV cache a token, and what a
    sequence holds whatever its length. In bytes."""

    weights: int
    kv_per_token: int
    fixed: int = 0

    @classmethod
    def of(cls, folders: Iterable[Path], kv_bits: int, *, widened: bool) -> Need:
        """Of the models in `folders`; `widened` where they are computed in float32.

        Raises `ValueError` for one whose config doesn't tell the size of its cache.
        """
        weights = kv = fixed = 0
        width = 4 if widened else 2
        for folder in folders:
            config = json.loads((folder / "config.json").read_text("utf-8"))
            weights += weights_bytes(folder, widened=widened)
            kv += kv_bytes_per_token(config, kv_bits, width)
            fixed += kv_fixed_bytes(config, width)
        return cls(weights, kv, fixed)

    def peak(self, context: int) -> int:
        return footprint(self.weights, self.kv_per_token, context, self.fixed).peak_bytes


def check_fits(name: str, need: Need, context: int, limit: Limit, *, section: str) -> None:
    """Raises `ModelUnavailable`, with the numbers, for a model that would not fit."""
    peak = need.peak(context)
    if peak <= limit.size_bytes:
        return
    kv = need.kv_per_token * context
    told = (
        f"The model {name!r} would not fit into memory: it needs {gigabytes(peak)} "
        f"(weights {gigabytes(need.weights)}, KV cache for {context} tokens {gigabytes(kv)}, "
        f"headroom {gigabytes(peak - need.weights - kv)}), and there are "
        f"{gigabytes(limit.size_bytes)} ({limit.source})."
    )
    shorter = longest_context(need, context, limit)
    if shorter >= min(MIN_CONTEXT, context):
        hint = f"It fits with a shorter context: set `context_length = {shorter}` in [{section}]."
    else:
        hint = "Choose a smaller model: `wooster models recommend` lists what fits this machine."
    raise ModelUnavailable(told, hint=hint)


def longest_context(need: Need, context: int, limit: Limit) -> int:
    """The longest context below `context` that fits, in whole 256s; 0 for none."""
    low, high = 0, context // 256
    while low < high:
        middle = (low + high + 1) // 2
        if need.peak(middle * 256) <= limit.size_bytes:
            low = middle
        else:
            high = middle - 1
    return low * 256 if need.peak(low * 256) <= limit.size_bytes else 0


def gigabytes(size_bytes: int) -> str:
    """The size as people are told it."""
    return f"{size_bytes / GB:.2f} GB"


Relief = Literal["", "clear buffers", "drop prefixes", "hold background"]


class Pressure:
    """Which step to take as memory gets short: one a look, the next only if it didn't help."""

    STEPS: tuple[Relief, ...] = ("clear buffers", "drop prefixes", "hold background")
    USED, EASED = 0.92, 0.85  # of the limit
    LEFT = 0.04  # of the machine's memory

    def __init__(self, limit: Limit) -> None:
        self._limit = limit.size_bytes
        self._taken = 0

    @property
    def state(self) -> str:
        """The last step that was taken and still stands; "" without pressure."""
        return self.STEPS[self._taken - 1] if self._taken else ""

    @property
    def tight(self) -> bool:
        """Background work has to wait."""
        return self._taken == len(self.STEPS)

    def look(self, now: Reading) -> Relief:
        """The step to take now, "" for none."""
        if self.is_short(now):
            if self._taken == len(self.STEPS):
                return ""
            self._taken += 1
            return self.STEPS[self._taken - 1]
        used, left = now.active + now.cache, now.available / now.total
        if used < self.EASED * self._limit and left > 1.5 * self.LEFT:
            self._taken = 0
        return ""

    def is_short(self, now: Reading) -> bool:
        """Whether something has to be given up."""
        used, left = now.active + now.cache, now.available / now.total
        return used > self.USED * self._limit or left < self.LEFT
