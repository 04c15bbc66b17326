"""The models on this disk: what is in `$WOOSTER_HOME/models`, and taking one away.

It blocks, and is meant for a thread. It knows folders and config.json, and nothing of servers or of
where a model came from. It never touches anything outside its folder.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wooster.config import catalogue, footprint
from wooster.config.footprint import Footprint, Kind, Machine
from wooster.core.errors import ModelUnavailable, NotFound, UsageError
from wooster.models.hub_listing import folder_name

# Of the model types that mlx-embeddings serves, those that mlx-lm can't chat with.
_ENCODERS = ("bert", "modernbert", "xlm-roberta", "xlm_roberta", "roberta")
_REMOVED = ".removed-"
_PART = re.compile(r"(?P<begin>.+)-\d{5}-of-(?P<count>\d{5})\.safetensors")


@dataclass(frozen=True, slots=True)
class Installed:
    """A model's folder. `name` is the folder's, and what `model` in the settings may be."""

    name: str
    folder: Path
    kind: Kind
    size_bytes: int
    weights_bytes: int
    config: Mapping[str, Any]

    def footprint(self, context_tokens: int, machine: Machine, kv_bits: int) -> Footprint | None:
        """Its memory in a server; None where its config doesn't say enough."""
        limit = self.config.get("max_position_embeddings")
        tokens = min(context_tokens, limit) if isinstance(limit, int) else context_tokens
        weights = self.weights_bytes if machine.has_metal else self._widened_bytes()
        try:
            return footprint.of_server(self.kind, weights, self.config, machine, (tokens, kv_bits))
        except ValueError:
            return None

    def must_be_whole(self) -> None:
        """Raises `ModelUnavailable`, with the file, where no server could load it. It reads files,
        since a server has to be ended for a model that doesn't fit beside it."""
        wrong = _wrong_config(self.folder / "config.json") or _wrong_weights(self.folder)
        if wrong:
            raise ModelUnavailable(
                f"{self.name} can't be loaded: {wrong}.",
                hint="Nothing was changed: the present model stays. Put the whole file there, or "
                f"remove the model (`wooster models remove {self.name}`) and fetch it again.",
            )

    def _widened_bytes(self) -> int:
        """Its weights in float32: from quantised ones with their scales, or from halves."""
        quantised = self.config.get("quantization")
        if isinstance(quantised, dict) and isinstance(quantised.get("bits"), int):
            group = int(quantised.get("group_size") or 64)
            return int(self.weights_bytes * 32 / (quantised["bits"] + 32 / group))
        wide = self.config.get("torch_dtype", self.config.get("dtype")) == "float32"
        return self.weights_bytes * (1 if wide else 2)


class Library:
    """The models in one folder."""

    def __init__(self, models: Path) -> None:
        self.models = models

    def installed(self) -> list[Installed]:
        """Every model that is complete, by name."""
        found = sorted(self.models.glob("[!.]*/config.json"))
        return [_read(config.parent) for config in found]

    def find(self, name: str) -> Installed:
        """By its folder's name, the catalogue's short name, or its repository, in any case.

        Raises `NotFound` with what there is.
        """
        listed = catalogue.find(name)
        wanted = {name.lower(), folder_name(name).lower()}
        if listed is not None:
            wanted.add(folder_name(listed.repository).lower())
        installed = self.installed()
        for model in installed:
            if model.name.lower() in wanted:
                return model
        names = ", ".join(model.name for model in installed) or "none"
        hint = f"Fetch it: wooster models pull {name}." if listed else f"Installed: {names}."
        raise NotFound(f"There is no model {name!r} in {self.models}.", hint=hint)

    def remove(self, model: Installed) -> None:
        """Delete its folder. Raises `UsageError` for one that isn't a folder of this library."""
        folder = model.folder
        if folder.is_symlink() or folder.resolve().parent != self.models.resolve():
            raise UsageError(
                f"{folder} isn't a folder in {self.models}: it is left alone.",
                hint="Remove it yourself if nothing else needs it.",
            )
        # Renamed first: half a model must not be taken for a whole one.
        doomed = folder.with_name(f"{_REMOVED}{folder.name}")
        shutil.rmtree(doomed, ignore_errors=True)
        folder.rename(doomed)
        shutil.rmtree(doomed)


def _read(folder: Path) -> Installed:
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        config = {}
    files = [path for path in folder.rglob("*") if path.is_file()]
    return Installed(
        folder.name,
        folder,
        _kind(folder, config if isinstance(config, dict) else {}),
        sum(path.stat().st_size for path in files),
        sum(path.stat().st_size for path in files if path.suffix == ".safetensors"),
        config if isinstance(config, dict) else {},
    )


def _wrong_config(file: Path) -> str:
    """What keeps a model's config.json from being used; "" for nothing."""
    try:
        config = json.loads(file.read_text("utf-8"))
    except OSError as error:
        return f"{file} can't be read ({error.strerror})"
    except ValueError:
        return f"{file} is no JSON: it is damaged or cut short"
    if not isinstance(config, dict) or not isinstance(config.get("model_type"), str):
        return f"{file} doesn't say what kind of model it is (`model_type`)"
    return ""


def _wrong_weights(folder: Path) -> str:
    """The weights that aren't there, or are empty; "" for none.

    By the names of the parts: an index may be left from the model that this one was made of, and
    the loaders don't read it.
    """
    present = {path.name for path in folder.glob("*.safetensors") if path.stat().st_size}
    if not present:
        return f"there are no weights (*.safetensors) in {folder}"
    for name in sorted(present):
        if part := _PART.fullmatch(name):
            begin, count = part["begin"], int(part["count"])
            wanted = (f"{begin}-{n:05}-of-{count:05}.safetensors" for n in range(1, count + 1))
            missing = next((each for each in wanted if each not in present), None)
            if missing is not None:
                return f"{folder / missing} is missing or empty"
    return ""


def _kind(folder: Path, config: Mapping[str, Any]) -> Kind:
    """By the catalogue, else by the files of sentence-transformers and the model's type."""
    listed: dict[str, Kind] = {starter.name: starter.kind for starter in catalogue.starters()}
    for model in catalogue.models():
        listed[folder_name(model.repository).lower()] = model.kind
    if known := listed.get(folder.name.lower()):
        return known
    embeds = (folder / "modules.json").exists() or config.get("model_type") in _ENCODERS
    return "embed" if embeds else "chat"
