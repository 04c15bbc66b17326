"""An embedding model in memory: checked that it fits, and how its tokens become vectors.

It knows mlx-embeddings, padding and a model's files; it knows nothing of requests or of whose turn
it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wooster.config.footprint import EMBED_BATCH_TOKENS, activation_bytes_per_token, footprint
from wooster.core.errors import ModelUnavailable
from wooster.servers.families import Family, family_of
from wooster.servers.memory import Limit, weights_bytes
from wooster.servers.pooling import Pooling, pooled, pooling_of
from wooster.servers.texts import TextReader, end_mark, longest_input
from wooster.servers.weights import fit_precision, on_cpu


@dataclass(frozen=True, slots=True)
class EmbedModel:
    """A model that can embed. `reader` makes its tokens, and `family` knows its prompts."""

    reader: TextReader
    family: Family
    pooling: Pooling
    padding: int
    network: Any

    @classmethod
    def around(
        cls, network: Any, tokenizer: Any, folder: Path, *, name: str, prompts: str
    ) -> EmbedModel:
        """The loaded `network`, used as the files in `folder` say."""
        family = family_of(name, folder, prompts)
        # Qwen3-Embedding is read at its end mark, which not every tokenizer of it sets.
        closing = end_mark(folder) if family.name == "qwen3" else None
        reader = TextReader(tokenizer, longest_input(folder, tokenizer), closing)
        return cls(reader, family, pooling_of(folder), tokenizer.pad_token_id or 0, network)

    def embed(self, tokens: Sequence[Sequence[int]]) -> Any:
        """Unit vectors of shape (texts, dimensions), float32. Raises `ValueError` for no number."""
        import mlx.core as mx
        import numpy as np

        longest = max(map(len, tokens))
        # Padding stands after the text: before it, the first rows of a causal model's attention
        # would see nothing at all, and have no number.
        ids = np.full((len(tokens), longest), self.padding, dtype=np.int32)
        mask = np.zeros_like(ids)
        for row, each in enumerate(tokens):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
        present = mx.array(mask)
        output = self.network(mx.array(ids), attention_mask=present)
        vectors = np.array(pooled(output, present, self.pooling).astype(mx.float32))
        if not np.isfinite(vectors).all():
            raise ValueError("the model computed something that is no number")
        return unit(vectors)


def unit(vectors: Any) -> Any:
    """The vectors, each divided by its length."""
    import numpy as np

    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def load(
    path: str, *, name: str, prompts: str, limit: Limit, tell: Callable[[str], None]
) -> EmbedModel:
    """The model in `path`. Raises `ModelUnavailable` for one that would not fit."""
    tell("importing mlx-embeddings")
    from mlx_embeddings import utils

    folder = utils.get_model_path(path)
    check_fits(name, folder, limit)
    tell("reading the weights")
    network, tokenizer = utils.load(path, lazy=True)
    return EmbedModel.around(fit_precision(network), tokenizer, folder, name=name, prompts=prompts)


def check_fits(name: str, folder: Path, limit: Limit) -> None:
    """Raises `ModelUnavailable`, with the numbers, for a model that would not fit into memory."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    widened = on_cpu()
    weights = weights_bytes(folder, widened=widened)
    try:
        a_token = activation_bytes_per_token(config, 4 if widened else 2)
    except ValueError:
        a_token = 0  # an unusual model whose config doesn't tell; its weights still count
    peak = footprint(weights, a_token, EMBED_BATCH_TOKENS).peak_bytes
    if peak <= limit.size_bytes:
        return
    raise ModelUnavailable(
        f"The model {name!r} would not fit into memory: it needs {_gb(peak)} (weights "
        f"{_gb(weights)}, the rest for a batch of texts), and there are "
        f"{_gb(limit.size_bytes)} ({limit.source}).",
        hint="Choose a smaller model: `wooster models recommend` lists what fits this machine.",
    )


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.2f} GB"
