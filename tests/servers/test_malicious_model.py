"""A model's folder that holds programs: nothing in it is run, whoever reads it."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from wooster.config.settings import ChatServer
from wooster.core.errors import ModelUnavailable
from wooster.servers import embed_model
from wooster.servers.loaded import Loader
from wooster.servers.memory import Limit

ROOMY = Limit(8_000_000_000, "the test")


class Bomb:
    """Writes its mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.mark,)


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    """A folder whose programs, in each of the ways that loaders of others' run them, leave a
    mark."""
    mark, folder = tmp_path / "was-run", tmp_path / "evil"
    folder.mkdir()
    program = f"from pathlib import Path\nPath({str(mark)!r}).touch()\n"
    for name in ("evil.py", "tokenization_evil.py", "modeling_evil.py"):
        (folder / name).write_text(program)
    auto = {"AutoConfig": "evil.C", "AutoModel": "modeling_evil.M"}
    config = {"model_type": "llama", "auto_map": auto, "architectures": ["Evil"]}
    (folder / "config.json").write_text(json.dumps(config))
    auto_tokenizer = {"AutoTokenizer": ["tokenization_evil.T", None]}
    tokenizer = {"tokenizer_class": "Evil", "auto_map": auto_tokenizer}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    for name in ("pytorch_model.bin", "weights.npz", "model.safetensors"):
        (folder / name).write_bytes(pickle.dumps(Bomb(mark)))
    return folder


def tries(folder: Path) -> list[str]:
    """What each of our loaders says of the folder."""
    chat = ChatServer.model_construct(draft_model="", context_length=512, kv_bits=0)
    loader = Loader(chat, folder.parent, ROOMY, "chat")
    said = []
    with pytest.raises(Exception) as refused:
        loader.load("evil", str(folder), lambda _: None)
    said.append(str(refused.value))
    with pytest.raises(Exception) as refused:
        embed_model.load(str(folder), name="evil", prompts="", limit=ROOMY, tell=lambda _: None)
    said.append(str(refused.value))
    # What both of them read a tokenizer with, and would come to next.
    with pytest.raises(ValueError, match="contains custom code"):
        AutoTokenizer.from_pretrained(folder)
    return said


def test_nothing_in_a_models_folder_is_run(evil: Path) -> None:
    """Neither programs of its own architecture or tokenizer, nor pickles in the place of weights;
    one that asks for its program to be run is refused in words."""
    tries(evil)
    config = json.loads((evil / "config.json").read_text()) | {"model_file": "evil.py"}
    (evil / "config.json").write_text(json.dumps(config))
    assert all("brings a program ('evil.py')" in said for said in tries(evil))
    with pytest.raises(ModelUnavailable):
        embed_model.load(str(evil), name="evil", prompts="", limit=ROOMY, tell=lambda _: None)
    assert not (evil.parent / "was-run").exists()
