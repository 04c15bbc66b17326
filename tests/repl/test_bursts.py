"""Text pasted where the terminal doesn't say that it is pasted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import DummyOutput

from wooster.repl import prompt
from wooster.repl.bursts import joined
from wooster.repl.prompt import PromptReader

ROOT = Path(__file__).parents[2]
PASTE_IT = r"""
import resource, sys, threading
from pathlib import Path
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from wooster.repl.prompt import PromptReader

resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
book = "a word\tor two " * (1024 * 1024 // 14)
with create_pipe_input() as keys:
    reader = PromptReader(Path(sys.argv[1]), DummyOutput(), input=keys)
    threading.Thread(target=keys.send_text, args=(book + "\r",), daemon=True).start()
    assert reader.read() == book
"""


@pytest.mark.slow
def test_a_megabyte_without_brackets_takes_no_gigabytes(tmp_path: Path) -> None:
    """It arrives whole, as one message, in the time and memory of one insertion."""
    subprocess.run(
        [sys.executable, "-c", PASTE_IT, str(tmp_path / "history")],
        env={"PYTHONPATH": f"{ROOT}/src"},
        check=True,
        timeout=100,
    )


def test_only_plain_runs_are_joined() -> None:
    """Enter stays Enter, and the key after Esc or Ctrl-X stays a key of its own."""
    esc, enter = KeyPress(Keys.Escape, "\x1b"), KeyPress(Keys.ControlM, "\r")
    a, tab = KeyPress("a", "a"), KeyPress(Keys.ControlI, "\t")
    assert list(joined([a, tab, a, enter, a, a, esc, a, a, a])) == [
        KeyPress(Keys.BracketedPaste, "a\ta"),
        enter,
        KeyPress(Keys.BracketedPaste, "aa"),
        esc,
        a,
        KeyPress(Keys.BracketedPaste, "aa"),
    ]


def read_typed(tmp_path: Path, typed: str) -> str:
    with create_pipe_input() as keys:
        keys.send_text(typed)
        return PromptReader(tmp_path / "history", DummyOutput(), input=keys).read()


def test_no_more_is_taken_than_lets_it_be_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text beyond the longest message is dropped, one sign above the limit."""
    monkeypatch.setattr(prompt, "_LONGEST_TAKEN", 1001)
    assert read_typed(tmp_path, "x" * 3000 + "\r") == "x" * 1001


def test_pasted_colours_are_no_mouse(tmp_path: Path) -> None:
    """`ESC[31m` in a paste, which prompt_toolkit takes for a mouse, breaks nothing."""
    assert read_typed(tmp_path, "a\x1b[31mb" * 50 + "\r").count("a") == 50
