"""Where a model's folder is, and its weights in the precision that this machine computes fast.

It knows the three forms of a `model` setting; it knows nothing of tokens or of HTTP.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wooster.config.catalogue import starters
from wooster.core.errors import ModelUnavailable, WoosterError


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """`name` is what clients call the model, `path` what the loader gets: a folder or hub id."""

    name: str
    path: str


def find_model(setting: str, models: Path) -> ModelPlace:
    """The place that a `model` setting means. Raises `ModelUnavailable` for one that can't be.

    A folder under `models`, a path, or the id of a repository on a model hub (`owner/name`), which
    is looked for where `wooster models pull` puts it, then in the hub's own cache.
    """
    path = Path(setting).expanduser()
    if path.is_absolute():
        if not (path / "config.json").is_file():
            raise ModelUnavailable(
                f"There is no model in {path}: it has no config.json.",
                hint="Set `model` to a folder that holds an MLX model.",
            )
        return ModelPlace(path.name, str(path))
    if (models / setting / "config.json").is_file():
        return ModelPlace(setting, str(models / setting))
    if "/" in setting:
        pulled = models / setting.replace("/", "--")
        if (pulled / "config.json").is_file():
            return ModelPlace(setting, str(pulled))
        return ModelPlace(setting, setting)
    if any(starter.name == setting for starter in starters()):
        hint = "It is a starter model: scripts/setup fetches it."
    else:
        hint = f"Set `model` to one of: {', '.join(installed(models)) or '(none installed)'}."
    raise ModelUnavailable(f"There is no model {setting!r} in {models}.", hint=hint)


def model_file(folder: Path, name: str) -> Any:
    """What a JSON file of a model's folder holds; None where it isn't there."""
    file = folder / name
    return json.loads(file.read_text("utf-8")) if file.is_file() else None


def refuse_code(name: str, folder: Path) -> None:
    """Raises `ModelUnavailable` for a model that brings a program to build it: weights and settings
    are read from a model's folder, and nothing in it is ever run."""
    config = model_file(folder, "config.json")
    if isinstance(config, dict) and config.get("model_file"):
        raise ModelUnavailable(
            f"The model {name!r} brings a program ({config['model_file']!r}), which isn't run.",
            hint="Set `model` to one that mlx-lm knows by itself.",
        )


def installed(models: Path) -> list[str]:
    """The names of the models under `models`."""
    return sorted(config.parent.name for config in models.glob("[!.]*/config.json"))


def on_cpu() -> bool:
    """Whether MLX computes without a GPU here."""
    import mlx.core as mx

    return bool(mx.default_device() == mx.Device(mx.cpu))


def fit_precision(model: Any) -> Any:
    """The model as this machine computes it fastest: float32 where there is no GPU.

    MLX's CPU kernels for quantised and half-precision products take many times as long as the
    BLAS takes for the same product in float32. On Metal the model is returned as it is.
    """
    import mlx.core as mx
    from mlx.utils import tree_map
    from mlx_lm.utils import dequantize_model

    if not on_cpu():
        return model

    def widen(array: Any) -> Any:
        return array.astype(mx.float32) if mx.issubdtype(array.dtype, mx.floating) else array

    # Scales first: dequantising in half precision takes twice the time here.
    model.update(tree_map(widen, model.parameters()))
    model = dequantize_model(model)
    mx.eval(model.parameters())
    mx.clear_cache()
    return model


def explain_failure(place: ModelPlace, error: Exception) -> str:
    """One line on why a model didn't load, for `/health` and the log."""
    if isinstance(error, WoosterError):
        return f"{error.message} {error.hint}".strip()
    if isinstance(error, ImportError):
        return f"MLX isn't installed ({error}). Install it with: pip install 'wooster[mlx]'"
    first = str(error).strip().partition("\n")[0]
    told = f"The model {place.name!r} couldn't be loaded: {type(error).__name__}: {first}"
    if not Path(place.path).is_absolute() and sys.modules.get("huggingface_hub"):
        told += f". Is it on this disk? To fetch it: hf download {place.path}"
    return told
