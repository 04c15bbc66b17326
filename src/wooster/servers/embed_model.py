"""An embedding model in memory: checked that it fits, and how its tokens become vectors.

It knows mlx-embeddings, padding and a model's files; it knows nothing of requests or of whose turn
it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from wooster.config.footprint import EMBED_BATCH_TOKENS, activation_bytes_per_token, footprint
from wooster.core.errors import ModelUnavailable
from wooster.servers.families import Family, family_of
from wooster.servers.memory import Limit, gigabytes, weights_bytes
from wooster.servers.texts import TextReader, end_mark, longest_input
from wooster.servers.weights import fit_precision, model_file, on_cpu, refuse_code

Pooling = Literal["first", "mean", "last", "as the model does"]

_MODES: dict[str, Pooling] = {
    "cls": "first",
    "cls_token": "first",
    "mean": "mean",
    "mean_tokens": "mean",
    "lasttoken": "last",
}


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
    refuse_code(name, folder)
    check_fits(name, folder, limit)
    tell("reading the weights")
    network, tokenizer = utils.load(path, lazy=True)
    return EmbedModel.around(fit_precision(network), tokenizer, folder, name=name, prompts=prompts)


def check_fits(name: str, folder: Path, limit: Limit) -> None:
    """Raises `ModelUnavailable`, with the numbers, for a model that would not fit into memory."""
    config = model_file(folder, "config.json") or {}
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
        f"The model {name!r} would not fit into memory: it needs {gigabytes(peak)} (weights "
        f"{gigabytes(weights)}, the rest for a batch of texts), and there are "
        f"{gigabytes(limit.size_bytes)} ({limit.source}).",
        hint="Choose a smaller model: `wooster models recommend` lists what fits this machine.",
    )


# --- from a vector for each token to one for the text ----------------------------------------
#
# mlx-embeddings pools each architecture in one way (BERT by the mean), and models of one
# architecture differ: a BGE is a BERT that is read at its first token. How, sentence-transformers'
# files say.


def pooling_of(folder: Path) -> Pooling:
    """How the files in `folder` say that the model is read. Raises `ValueError` for a way that
    isn't known here."""
    steps = model_file(folder, "modules.json") or []
    if any(step.get("type", "").endswith("Dense") for step in steps):
        return "as the model does"  # what follows the pooling belongs to the model's code
    told = model_file(folder, "1_Pooling/config.json")
    if not isinstance(told, dict):
        return "as the model does"
    mode = told.get("pooling_mode")
    modes = [mode] if isinstance(mode, str) else mode or _flags(told)
    if len(modes) != 1 or modes[0] not in _MODES:
        raise ValueError(f"its pooling {' with '.join(modes)!r} isn't supported")
    return _MODES[modes[0]]


def _flags(told: dict[str, Any]) -> list[str]:
    on = [key for key, value in told.items() if key.startswith("pooling_mode_") and value is True]
    return [key.removeprefix("pooling_mode_") for key in on]


def pooled(output: Any, mask: Any, pooling: Pooling) -> Any:
    """Vectors of shape (texts, dimensions) from a model's output and the mask of its input.

    `mask` has a 1 for each token, and zeros after a shorter text's last.
    """
    import mlx.core as mx

    hidden = output.last_hidden_state
    if pooling == "as the model does" or hidden.ndim != 3:
        vectors = output.text_embeds
        if vectors.ndim != 2:
            raise ValueError("it gives a vector for each token, and not one for a text")
        return vectors
    if pooling == "first":
        return hidden[:, 0]
    if pooling == "last":
        return hidden[mx.arange(hidden.shape[0]), mask.sum(axis=1).astype(mx.int32) - 1]
    weights = mask.astype(mx.float32)[:, :, None]
    return (hidden.astype(mx.float32) * weights).sum(axis=1) / weights.sum(axis=1)
