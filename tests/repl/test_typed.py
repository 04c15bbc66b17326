"""A path that is typed in the conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from wooster.repl.typed import with_full_path
from wooster.wire.requests import ActionHelp

COMMANDS = [
    ActionHelp("library_add", "", ["/library add PATH", "/library add PATH --private"], "write"),
    ActionHelp("search", "", ["/search WORDS"], "read"),
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "a b").mkdir()
    (tmp_path / "c\\d").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/library add notes", "/library add {here}/notes"),
        ("  /Library ADD ./x/../a b ", "/library add {here}/a b"),
        ("/library add ~/n --private", "/library add {here}/home/n --private"),
        ("/library add --private 'a b'", "/library add --private {here}/a b"),
        ('/library add "{here}/a b"', "/library add {here}/a b"),
        ("/library add a\\ b", "/library add {here}/a b"),
        ("/library add c\\d", "/library add {here}/c\\d"),
        ("/library add /", "/library add /"),
        ("/library add ~nobody-at-all/x", "/library add ~nobody-at-all/x"),
    ],
)
def test_a_path_is_read_as_a_shell_reads_it(here: Path, typed: str, meant: str) -> None:
    """From where the person is, with `~`, quotes and escaped spaces."""
    told = with_full_path(typed.replace("{here}", str(here)), COMMANDS)
    assert told == meant.replace("{here}", str(here))


@pytest.mark.parametrize(
    "line", ["/search notes", "/library add", "library add notes", "a\n/library add x", "hello"]
)
def test_all_else_is_as_it_was_typed(here: Path, line: str) -> None:
    """Words, messages, and a command without its path."""
    assert with_full_path(line, COMMANDS) == line


def test_without_a_folder_to_be_in(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder may have been deleted: the daemon then says what is wrong."""
    gone = here / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert with_full_path("/library add x", COMMANDS) == "/library add x"


def test_a_whole_command_has_no_path() -> None:
    """`/import undo` takes back; a folder of that name is `/import ./undo`."""
    commands = [
        ActionHelp("import", "", ["/import PATH"], "write"),
        ActionHelp("import_undo", "", ["/import undo", "/import undo N"], "write"),
    ]
    assert with_full_path("/import undo", commands) == "/import undo"
    assert with_full_path("/import undo 3", commands) == "/import undo 3"
    assert with_full_path("/import undo 3 plans", commands).startswith("/import /")
    assert with_full_path("/import ./undo", commands).endswith("/undo")
    assert with_full_path("/import ./undo", commands).startswith("/import /")
