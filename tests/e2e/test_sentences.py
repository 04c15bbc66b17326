"""Plain sentences with the real embed server and its starter model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.conftest import ANSWER_S, Home
from tests.process import wait_for
from wooster.wire import events
from wooster.wire.requests import TurnRequest

pytestmark = pytest.mark.slow


def learnt(home: Home, times: int) -> dict[str, Any]:
    """What the log says when the examples were learnt for the so manieth time."""

    def last() -> dict[str, Any]:
        lines = home.paths.daemon_log.read_text().splitlines()
        found = [each for each in map(json.loads, lines) if each["event"] == "sentences.learnt"]
        return found[-1] if len(found) >= times else {}

    return wait_for("the examples", last, ANSWER_S)


def test_sentences_are_compared_and_a_restart_embeds_none_again(home: Home) -> None:
    """What is near is done, talk is not; the vectors of the examples are kept."""
    home.settings["WOOSTER_CHAT__START"] = "false"
    home.daemon.start()
    assert learnt(home, 1)["embedded"] == learnt(home, 1)["examples"]
    home.daemon.client.act("habits_add", habit="juggle every day")
    request = TurnRequest("could you log that I juggled yesterday?", "repl", can_choose=True)
    with home.daemon.client.turn(request) as stream:
        (result,) = list(stream)
    assert isinstance(result, events.Result)
    assert result.text.startswith("juggle: done yesterday.")
    assert result.text.endswith("`undo` takes it back.")
    with home.daemon.client.turn(TurnRequest("I juggled with the idea", "repl")) as stream:
        assert not any(isinstance(each, events.Result) for each in stream)
    home.stop()
    home.daemon.start()
    assert learnt(home, 2)["embedded"] == 0
