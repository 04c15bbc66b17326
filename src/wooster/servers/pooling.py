"""From a vector for each token to one for the text, as the model was trained to be read.

It knows the files in which sentence-transformers writes that down; it knows nothing of texts.
mlx-embeddings pools each architecture in one way (BERT by the mean), and models of one architecture
differ: a BGE is a BERT that is read at its first token.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

Pooling = Literal["first", "mean", "last", "as the model does"]

_MODES: dict[str, Pooling] = {
    "cls": "first",
    "cls_token": "first",
    "mean": "mean",
    "mean_tokens": "mean",
    "lasttoken": "last",
}


def pooling_of(folder: Path) -> Pooling:
    """How the files in `folder` say that the model is read. Raises `ValueError` for a way that
    isn't known here."""
    steps = _json(folder / "modules.json") or []
    if any(step.get("type", "").endswith("Dense") for step in steps):
        return "as the model does"  # what follows the pooling belongs to the model's code
    told = _json(folder / "1_Pooling" / "config.json")
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


def _json(file: Path) -> Any:
    return json.loads(file.read_text("utf-8")) if file.is_file() else None


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
