"""Memory as a person has it: real daemon, real model servers, a real terminal, and a restart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Home
from tests.e2e.test_models import wooster
from tests.process import wait_for
from wooster.repl.client import Client
from wooster.wire.events import Note
from wooster.wire.requests import TurnRequest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def said(client: Client, text: str) -> dict[str, str]:
    """One turn in a conversation of its own, to its end: its notes by their code."""
    with client.turn(TurnRequest(text, "repl")) as events:
        return {event.code: event.text for event in events if isinstance(event, Note)}


def holding(home: Path, word: str) -> Iterator[Path]:
    """The files of a home in which a word stands."""
    for path in home.rglob("*"):
        is_ours = path.is_file() and "models" not in path.parts
        if is_ours and word.encode() in path.read_bytes():
            yield path


def test_what_is_said_is_remembered_explained_and_forgotten(home: Home) -> None:
    """A fact told in one conversation is given to the model in another, `why` says so, a restart
    keeps it, and after `forget` it stands in no file of the home."""
    home.daemon.start()
    home.wait_ready("embed")
    home.wait_ready("chat")
    client = home.daemon.client
    kept = said(client, "Remember that my locker code is ZX81QY")
    assert "ZX81QY" in kept["memory"]
    said(client, "I moved to Porto in May.")
    assert "Porto" in client.act("recall", words="where did I move").text
    said(client, "What is the code of my locker?")
    why = client.act("why")
    assert [each["kind"] for each in why.data["memories"]].count("fact") == 1
    assert "ZX81QY" in why.text
    assert wooster(home, "facts", "locker").stdout.strip().startswith("- **1**")

    assert home.daemon.stop() == 0
    home.daemon.start()
    client = home.daemon.client
    wait_for(
        "the summary of the conversations before",
        lambda: client.act("episodes").data["episodes"],
    )
    assert client.act("verify").exit_code == 0
    assert list(holding(home.paths.home, "ZX81QY"))

    told = json.loads(wooster(home, "forget", "ZX81QY", "--yes", "--json").stdout)
    assert (told["facts"], told["problem"]) == (1, "")
    assert told["turns"] >= 1
    assert list(holding(home.paths.home, "ZX81QY")) == []
    assert "ZX81QY" not in client.act("recall", words="locker code").text
    assert "Porto" in client.act("recall", words="where did I move").text
    assert client.act("verify").exit_code == 0
    said(client, "By the way, my locker code is ZX81QY")
    assert "ZX81QY" not in client.act("facts").text


def test_the_terminal_asks_before_it_forgets_and_says_where_one_left_off(home: Home) -> None:
    """What goes is told first; no answer but yes does anything."""
    home.daemon.start()
    home.daemon.client.act("remember", text="my bike is green")
    terminal = home.terminal()
    terminal.expect("Type a message")
    terminal.sendline("/forget bike")
    terminal.expect("1 fact")
    terminal.expect("undone")
    terminal.sendline("n")
    terminal.expect("Nothing was done")
    terminal.sendline("/facts bike")
    terminal.expect("my bike is green")
    terminal.sendline("/forget bike")
    terminal.expect("undone")
    terminal.sendline("y")
    terminal.expect("Forgotten: 1 fact")
    terminal.sendline("/facts bike")
    terminal.expect("othing")
    terminal.sendline("/quit")
    terminal.expect("Goodbye")
