"""The models on disk: found by any of their names, and removed only from their own folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wooster.config.footprint import Machine
from wooster.core.errors import NotFound, UsageError
from wooster.models.library import Library

LLAMA = {
    "model_type": "llama",
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "hidden_size": 64,
    "max_position_embeddings": 100,
}


def add(models: Path, name: str, config: dict[str, object] | None = None) -> Path:
    folder = models / name
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(LLAMA if config is None else config))
    (folder / "model.safetensors").write_bytes(bytes(1000))
    return folder


@pytest.mark.parametrize(
    "name",
    [
        "qwen2.5-7b-instruct-4bit",
        "Qwen2.5-7B-Instruct-4bit",
        "mlx-community/Qwen2.5-7B-Instruct-4bit",
        "mlx-community--Qwen2.5-7B-Instruct-4bit",
    ],
)
def test_a_model_is_found_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    """The catalogue's, the repository's, the folder's."""
    add(tmp_path, "mlx-community--Qwen2.5-7B-Instruct-4bit")
    assert Library(tmp_path).find(name).name == "mlx-community--Qwen2.5-7B-Instruct-4bit"


def test_what_is_not_here_is_said_with_what_is(tmp_path: Path) -> None:
    """One of the catalogue can be fetched; half a pull is no model."""
    add(tmp_path, "mine")
    add(tmp_path, ".pull-half")
    with pytest.raises(NotFound) as caught:
        Library(tmp_path).find("yours")
    assert caught.value.hint == "Installed: mine."
    with pytest.raises(NotFound) as caught:
        Library(tmp_path).find("qwen3-8b-4bit")
    assert "models pull qwen3-8b-4bit" in caught.value.hint


def test_what_embeds_is_told_from_what_chats(tmp_path: Path) -> None:
    """By the catalogue, by the model's type, by the files of sentence-transformers."""
    add(tmp_path, "chats")
    add(tmp_path, "bert", {"model_type": "bert"})
    add(tmp_path, "mlx-community--Qwen3-Embedding-0.6B-4bit-DWQ", {"model_type": "qwen3"})
    (add(tmp_path, "sentences") / "modules.json").write_text("[]")
    kinds = {model.name: model.kind for model in Library(tmp_path).installed()}
    assert [name for name, kind in kinds.items() if kind == "chat"] == ["chats"]


def test_its_memory_is_worked_out_from_its_files(tmp_path: Path) -> None:
    """Weights on disk, widened without Metal; never more context than it has; None if unclear."""
    add(tmp_path, "a", {**LLAMA, "quantization": {"bits": 4, "group_size": 64}})
    add(tmp_path, "b", {"model_type": "llama"})
    library = Library(tmp_path)
    mac, linux = Machine(0), Machine(0, has_metal=False)
    with_metal = library.find("a").footprint(1_000_000, mac, 0)
    without = library.find("a").footprint(1_000_000, linux, 0)
    assert with_metal is not None and without is not None
    assert with_metal.active_bytes - with_metal.idle_bytes == 100 * 2 * 2 * 4 * 16 * 2
    assert without.idle_bytes - with_metal.idle_bytes == int(1000 * 32 / 4.5) - 1000
    assert library.find("b").footprint(1, mac, 0) is None


def test_removing_takes_the_folder_and_leaves_nothing(tmp_path: Path) -> None:
    """Not even a hidden half."""
    add(tmp_path, "gone")
    Library(tmp_path).remove(Library(tmp_path).find("gone"))
    assert list(tmp_path.iterdir()) == []


def test_nothing_outside_is_ever_removed(tmp_path: Path) -> None:
    """A link to a folder elsewhere is left alone, with what it points at."""
    elsewhere = add(tmp_path / "elsewhere", "precious")
    models = tmp_path / "models"
    models.mkdir()
    (models / "linked").symlink_to(elsewhere)
    library = Library(models)
    with pytest.raises(UsageError, match="left alone"):
        library.remove(library.find("linked"))
    assert (elsewhere / "model.safetensors").exists() and (models / "linked").is_symlink()
