"""The commands of the documents: what is typed, and the action and arguments that it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wooster.cli.parser import parse
from wooster.config.paths import Paths
from wooster.repl import commands, say
from wooster.wire.requests import ActionRequest

Calls = list[tuple[str, dict[str, Any], bool]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """What would be asked of the daemon: the action, its arguments, and whether it is for JSON."""
    made: Calls = []

    def act(_: Paths, name: str, arguments: dict[str, Any], as_json: bool) -> int:
        made.append((name, arguments, as_json))
        return 0

    def work(_: Paths, name: str, request: ActionRequest, as_json: bool) -> int:
        made.append((name, request.arguments, as_json))
        return 0

    monkeypatch.setattr(commands, "run_action", act)
    monkeypatch.setattr(commands, "run_work", work)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.mark.parametrize(
    ("line", "name", "arguments"),
    [
        ("search two words", "search", {"words": "two words", "limit": 10}),
        ("search tag:x since:2025 -n 3", "search", {"words": "tag:x since:2025", "limit": 3}),
        ("open 2", "open", {"which": "2"}),
        ("open My note", "open", {"which": "My note"}),
        ("library", "library", {}),
        ("library list", "library_list", {}),
        ("library status", "library_status", {}),
        ("library problems", "library_problems", {}),
        ("library tags", "library_tags", {}),
        ("library links My note", "library_links", {"which": "My note"}),
        ("library add /a/b", "library_add", {"path": "/a/b", "private": False}),
        ("library add --private /a/b", "library_add", {"path": "/a/b", "private": True}),
        ("library remove /a/b", "library_remove", {"path": "/a/b"}),
        ("rebuild embeddings", "rebuild_embeddings", {}),
    ],
)
def test_each_command_is_its_action(
    calls: Calls, line: str, name: str, arguments: dict[str, Any], tmp_path: Path
) -> None:
    """With and without --json, wherever that is said."""
    paths = Paths(tmp_path)
    assert parse(line.split()).run(paths) == parse([*line.split(), "--json"]).run(paths) == 0
    assert calls == [(name, arguments, False), (name, arguments, True)]


@pytest.mark.parametrize("command", ["add", "remove"])
def test_a_folder_is_where_the_person_is(calls: Calls, command: str, tmp_path: Path) -> None:
    """The daemon works elsewhere; `~` is a home also where the shell left it alone."""
    for path, meant in (
        ("notes", tmp_path / "notes"),
        (".", tmp_path),
        ("~/n", Path.home() / "n"),
    ):
        parse(["library", command, path]).run(Paths(tmp_path))
        assert calls[-1][1]["path"] == str(meant)


def test_json_before_the_word_counts_too(calls: Calls, tmp_path: Path) -> None:
    """`wooster library --json list`."""
    parse(["library", "--json", "list"]).run(Paths(tmp_path))
    assert calls == [("library_list", {}, True)]


@pytest.mark.parametrize("line", ["search", "open", "library dance", "library add", "rebuild"])
def test_what_makes_no_sense_is_refused(line: str) -> None:
    """Wrong use is exit code 2."""
    with pytest.raises(SystemExit) as left:
        parse(line.split())
    assert left.value.code == 2


def test_ask_is_say_about_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same streams and exit codes."""
    told: list[tuple[Any, ...]] = []

    def run(_: Paths, words: list[str], as_json: bool, __: object, about: str) -> int:
        told.append((words, as_json, about))
        return 0

    monkeypatch.setattr(say, "run", run)
    parse(["ask", "who", "am I?"]).run(Paths(tmp_path))
    parse(["say", "hi", "--json"]).run(Paths(tmp_path))
    assert told == [(["who", "am I?"], False, "library"), (["hi"], True, "")]
