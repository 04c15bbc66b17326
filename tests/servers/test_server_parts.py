"""Parts of the servers: stop strings, tensors, the tokenizer, the forwarding library, the port."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster import servers
from wooster.core.errors import ModelUnavailable
from wooster.servers import gguf, ports
from wooster.servers.sequences import StopFinder
from wooster.servers.weights import find_model


@given(st.lists(st.text("ab<|", max_size=4)), st.lists(st.text("ab<|", min_size=1, max_size=4)))
def test_a_stop_string_is_found_however_the_text_is_cut(
    pieces: list[str], stops: list[str]
) -> None:
    """What is let through is the text up to the first stop string to be complete."""
    finder = StopFinder(stops)
    shown = ""
    for piece in pieces:
        shown += finder.feed(piece)
        if finder.found:
            break
    else:
        shown += finder.rest()
    text = "".join(pieces)
    assert text.startswith(shown)
    assert not any(stop in shown for stop in stops)
    assert finder.found == any(stop in text for stop in stops)
    if not finder.found:
        assert shown == text


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_the_row_order_of_llama_cpp_is_undone(heads: int, half: int, columns: int) -> None:
    """Rows that were interleaved as llama.cpp does it are back in their places."""
    import numpy as np

    rows = heads * 2 * half
    original = np.arange(rows * columns).reshape(rows, columns)
    interleaved = original.reshape(heads, 2, half, columns).swapaxes(1, 2).reshape(rows, columns)
    assert (gguf.unpermute_rows(interleaved, heads) == original).all()


def test_a_model_is_a_name_a_path_or_a_hub_id(tmp_path: Path) -> None:
    """The three forms of the setting are told apart, and what can't be is refused with a hint."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "config.json").write_text("{}")
    assert find_model("own", tmp_path).path == str(tmp_path / "own")
    assert find_model(str(tmp_path / "own"), tmp_path).name == "own"
    assert find_model("someone/some-model", tmp_path).path == "someone/some-model"
    (tmp_path / "someone--pulled").mkdir()
    (tmp_path / "someone--pulled" / "config.json").write_text("{}")
    pulled = find_model("someone/pulled", tmp_path)
    assert (pulled.name, pulled.path) == ("someone/pulled", str(tmp_path / "someone--pulled"))
    with pytest.raises(ModelUnavailable, match="own"):
        find_model("other", tmp_path)
    with pytest.raises(ModelUnavailable, match=r"config\.json"):
        find_model(str(tmp_path / "nowhere"), tmp_path)


def test_the_map_names_every_module() -> None:
    """A newcomer finds each module of the servers in the package's own description."""
    modules = {path.stem for path in Path(servers.__path__[0]).glob("*.py")} - {"__init__"}
    assert modules == modules & set(re.findall(r"`(\w+)`", servers.__doc__ or ""))


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["in 2024, 3.14 costs 12345 €", "Ça va — l'été à Zürich", "👩‍👩‍👧 🎉 日本語", "  a\n\n\tb  "],
)
def test_the_converted_tokenizer_round_trips(starter_home: Path, text: str) -> None:
    """Digits, accents, emoji and spaces come back as they were; each digit is its own token."""
    from tokenizers import Tokenizer

    path = starter_home / "models" / "smollm2-135m-instruct" / "tokenizer.json"
    tokenizer: Any = Tokenizer.from_file(str(path))
    tokens = tokenizer.encode(text)
    assert tokenizer.decode(tokens.ids) == text
    assert sum(token.isdigit() for token in tokens.tokens) == sum(c.isdigit() for c in text)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's BLAS is fast")
def test_linux_gets_a_fast_blas_or_a_reason(tmp_path: Path) -> None:
    """Before mlx it is loaded and multiplies rightly; after mlx it says that it is too late."""
    code = """
import sys
from pathlib import Path
from wooster.servers import blas
first = blas.load(Path(sys.argv[1]))
import mlx.core as mx
a = mx.arange(12, dtype=mx.float32).reshape(3, 4)
assert (a @ a.T).tolist() == [[14, 38, 62], [38, 126, 214], [62, 214, 366]]
assert not first.slow_because, first
assert 'openblas' in Path('/proc/self/maps').read_text()
assert 'mlx was imported' in str(blas.load(Path(sys.argv[1])))
"""
    for _ in range(2):  # compiled, then from the cache
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux needs the forwarding library")
def test_without_a_compiler_the_reason_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that can't have the fast BLAS says why and what to install."""
    from wooster.servers import blas

    def no_system_library(name: str, **_: object) -> SimpleNamespace:
        if name == "libopenblas.so.0":
            raise OSError
        return SimpleNamespace(scipy_cblas_sgemm=None)

    monkeypatch.setattr("ctypes.CDLL", no_system_library)
    monkeypatch.delitem(sys.modules, "mlx.core", raising=False)
    monkeypatch.setenv("PATH", "")
    found = blas.load(tmp_path)
    assert "no C compiler" in str(found)
    assert "libopenblas0" in str(found)


async def test_a_small_answer_is_sent_at_once(tmp_path: Path) -> None:
    """Without Nagle's algorithm: with it an answer of two parts waits 40 ms for the client."""
    listener = ports.bind("127.0.0.1", 0, setting="chat.port", file=tmp_path)
    switched_off: list[int] = []

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        switched_off.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(serve, sock=listener):
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        assert await reader.read() == b""
        writer.close()
    assert all(switched_off)
    assert len(switched_off) == 1
