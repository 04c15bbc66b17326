"""Where keys come from, and that none is ever shown."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from wooster.config.keys import Key
from wooster.models.keys import read_key


def test_a_key_itself_and_one_from_the_environment() -> None:
    """A text that names no place is the key."""
    assert read_key("sk-1", {}).value == "sk-1"
    assert read_key("env:MINE", {"MINE": " sk-2\n"}).value == "sk-2"
    missing = read_key("env:MINE", {})
    assert missing.value == ""
    assert "MINE" in missing.problem


def test_a_file_that_only_this_user_can_read(tmp_path: Path) -> None:
    """Any other is refused, with the command that mends it."""
    file = tmp_path / "key"
    file.write_text("sk-3\n")
    file.chmod(0o644)
    refused = read_key(f"file:{file}", {})
    assert refused.value == ""
    assert "0644" in refused.problem
    assert refused.hint == f"chmod 600 {file}"
    file.chmod(0o600)
    assert read_key(f"file:{file}", {}).value == "sk-3"


def test_what_is_no_key_file_is_named(tmp_path: Path) -> None:
    """Missing, empty, a folder: a problem each, and no exception."""
    empty = tmp_path / "empty"
    empty.touch(mode=0o600)
    for name in (tmp_path / "none", tmp_path, empty):
        assert read_key(f"file:{name}", {}).problem
    assert read_key("file:\0", {}).problem


def test_a_key_that_no_header_takes_is_a_problem_without_the_key(tmp_path: Path) -> None:
    """Two lines in a file, or a letter beyond ASCII."""
    for value in ("one two", "schlüssel"):
        key = read_key(value, {})
        assert key.value == ""
        assert value not in key.problem + key.hint


@pytest.mark.parametrize(
    ("code", "out", "err", "value", "told"),
    [
        (0, b"sk-4\n", b"", "sk-4", ""),
        (1, b"", b"", "", "no entry 'openai'"),
        (1, b"", b"keyring.errors.NoKeyringError: none\n", "", "has no keyring"),
        (1, b"", b"Traceback\nkeyring.errors.KeyringLocked: locked\n", "", "locked"),
    ],
)
def test_the_keyring(
    monkeypatch: pytest.MonkeyPatch, code: int, out: bytes, err: bytes, value: str, told: str
) -> None:
    """What it answers is the key; what keeps it from answering is a problem."""
    done = subprocess.CompletedProcess([], code, out, err)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    key = read_key("keyring:openai", {})
    assert key.value == value
    assert told in key.problem


def test_a_system_without_a_keyring_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real program, with the backend that stands for having none."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    assert "no keyring" in read_key("keyring:openai", {}).problem


def test_a_key_is_in_no_repr() -> None:
    """Logs and errors show values by their repr."""
    assert "sk-5" not in repr(Key("sk-5"))
