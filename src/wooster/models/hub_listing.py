"""What a repository of a model hub holds, and which of it a model needs.

Pure: from the hub's answer to a list of files. It never takes a name that could leave its folder,
nor a kind of file that can carry code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from wooster.core.errors import HubError

# Weights, settings, tokenizers and chat templates. Pickles and Python files can carry code, and
# the other weights are the same ones in a form that MLX doesn't read.
_SUFFIXES = (".safetensors", ".json", ".jinja", ".txt", ".model", ".tiktoken")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
# Sentence-transformers keeps its layers beside the model: `1_Pooling/config.json`.
_LAYER = re.compile(r"[0-9]+_[A-Za-z]+")
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file. Large ones have the SHA-256 of their content, small ones their git blob's SHA-1."""

    path: str
    size_bytes: int
    sha256: str = ""
    blob_sha1: str = ""


def is_repository(name: str) -> bool:
    """Whether `name` is an `owner/name` that can't be anything else."""
    return bool(_REPOSITORY.fullmatch(name)) and ".." not in name


def folder_name(repository: str) -> str:
    """The folder in `$WOOSTER_HOME/models` that a repository is kept in."""
    return repository.replace("/", "--")


def needed(entries: Iterable[Mapping[str, Any]], repository: str) -> list[HubFile]:
    """The files of a model, the small ones first. Raises `HubError` when it isn't one for MLX."""
    files = [_file(entry) for entry in entries if entry.get("type") == "file"]
    wanted = sorted(
        (file for file in files if _is_needed(file.path)),
        key=lambda file: (file.size_bytes, file.path),
    )
    names = {file.path for file in wanted}
    if "config.json" not in names or not any(name.endswith(".safetensors") for name in names):
        raise HubError(
            f"{repository} holds no model that can run here: it has no config.json with "
            "safetensors files.",
            hint="Repositories of mlx-community hold models for MLX. See `wooster models "
            "recommend`.",
        )
    return wanted


def _is_needed(path: str) -> bool:
    parts = PurePosixPath(path).parts
    safe = path == "/".join(parts) and all(_PLAIN_NAME.fullmatch(part) for part in parts)
    in_place = len(parts) == 1 or (len(parts) == 2 and _LAYER.fullmatch(parts[0]) is not None)
    return safe and in_place and path.endswith(_SUFFIXES)


def _file(entry: Mapping[str, Any]) -> HubFile:
    try:
        lfs = entry.get("lfs") or {}
        size = int(lfs.get("size", entry.get("size", 0)))
        if lfs:
            return HubFile(str(entry["path"]), size, sha256=str(lfs["oid"]).lower())
        return HubFile(str(entry["path"]), size, blob_sha1=str(entry["oid"]).lower())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise HubError(
            f"The hub's list of files can't be read: {dict(entry)!r:.120}.",
            hint="Is `url` under [hub] in settings.toml a model hub?",
        ) from error
