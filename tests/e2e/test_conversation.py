"""What a person does: talk, stop, leave, come back; and what happens when something is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading

import pexpect
import pytest

from tests.e2e.conftest import ANSWER_S, WOOSTER, Home
from tests.process import wait_for
from wooster.core.errors import DaemonUnreachable
from wooster.wire.events import Done, Event, Failure, Note, Token
from wooster.wire.requests import TurnRequest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

PROMPT = "\x1b[0m>"  # as prompt_toolkit draws it
LONG = "100"  # tokens of an answer that something is to happen in the middle of


def test_hello_stream_stop_leave_and_come_back(home: Home) -> None:
    """One sitting after another on a real terminal, from nothing to a remembered conversation."""
    home.settings["WOOSTER_TURN__ANSWERTOKENS"] = LONG
    screen = home.terminal()
    screen.expect_exact("smollm2-135m-instruct answers here, on this machine")
    screen.expect_exact("Nothing leaves this machine")
    screen.expect_exact(PROMPT)
    screen.send("Hello\r")
    screen.expect(r"(loading the model|reading \d+ of \d+ tokens)")
    screen.expect(r"first word after [\d.]+ s")
    screen.expect_exact(PROMPT)

    screen.send("Tell me a very long story\r")
    wait_for("the message in the store", lambda: home.daemon.turns("long story"))
    screen.expect(r"reading \d+ of \d+ tokens")
    screen.expect(r"[a-z]{3,} [a-z]{2,}")
    screen.sendintr()
    screen.expect_exact("stopped")
    screen.expect_exact(PROMPT)

    screen.send("status\r")
    screen.expect("chat server.*ready")
    screen.expect_exact(PROMPT)
    screen.sendeof()
    screen.expect_exact("Goodbye")
    screen.expect(pexpect.EOF)
    screen.close()
    assert screen.exitstatus == 0

    again = home.terminal()
    again.expect_exact("Last time:")
    again.expect_exact("you said “Tell me a very long story”")
    again.expect_exact(PROMPT)
    again.send("\x12Hel")  # Ctrl-R finds what was typed in the sitting before
    again.expect(r"Hel\S*lo")  # the part that was typed is highlighted
    again.send("\x03")
    again.expect_exact(PROMPT)
    again.send("exit\r")
    again.expect(pexpect.EOF)
    again.close()

    states = [(turn["question"], turn["state"]) for turn in home.daemon.turns()]
    assert states == [("Hello", "done"), ("Tell me a very long story", "stopped")]
    assert len({turn["session_id"] for turn in home.daemon.turns()}) == 1


def test_kill_9_of_the_daemon_in_the_middle_of_a_real_answer(home: Home) -> None:
    """What was shown is kept and marked; servers that survived are adopted, not loaded again."""
    home.settings["WOOSTER_TURN__ANSWERTOKENS"] = LONG
    home.daemon.start()
    before = home.wait_ready()
    shown = ""
    with (
        home.daemon.client.turn(TurnRequest("Tell me a long story", "repl")) as stream,
        pytest.raises(DaemonUnreachable),
    ):
        for event in stream:
            if isinstance(event, Token):
                shown += event.text
                if len(shown) > 20:
                    home.daemon.kill()
    home.daemon.start()
    (turn,) = home.daemon.turns()
    assert turn["question"] == "Tell me a long story"
    assert turn["state"] == "cut_off"
    assert turn["answer"].startswith(shown)
    assert home.wait_ready()["pid"] == before["pid"]
    assert home.daemon.client.act("verify").data["findings"] == []


def test_kill_9_of_the_chat_server_is_one_line_and_the_next_message_works(home: Home) -> None:
    """In the middle of an answer: what came is kept, the server comes back by itself."""
    home.settings["WOOSTER_TURN__ANSWERTOKENS"] = LONG
    home.settings["WOOSTER_EMBED__START"] = "false"
    home.daemon.start()
    before = home.wait_ready()
    assert isinstance(before["pid"], int)
    got: list[Event] = []
    killed = False
    with home.daemon.client.turn(TurnRequest("Tell me a long story", "repl")) as stream:
        for event in stream:
            got.append(event)
            if isinstance(event, Token) and not killed and len(got) > 8:
                killed = True
                os.kill(before["pid"], signal.SIGKILL)
    assert [event.code for event in got if isinstance(event, Note)] == ["model_lost"]
    assert isinstance(got[-1], Done)
    assert got[-1].state == "cut_off"
    # A message that the starter model answers in few words.
    short = TurnRequest("Summarise:\n\nThe garden is green.\n", "say")
    with home.daemon.client.turn(short) as stream:
        answer = list(stream)
    assert isinstance(answer[-1], Done)
    assert answer[-1].state == "done"
    assert home.server("chat")["pid"] != before["pid"]
    assert home.server("chat")["restarts"] == 1


def test_say_reads_a_pipe_and_speaks_json(home: Home) -> None:
    """One event a line, in order, with the exit code of success; and plain text without."""
    home.settings["WOOSTER_EMBED__START"] = "false"
    home.daemon.start()
    home.wait_ready()
    said = subprocess.run(
        [*WOOSTER, "say", "--json", "Summarise:"],
        input=b"The garden is green.\n",
        env=home.environ(),
        capture_output=True,
        timeout=ANSWER_S,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert lines[0]["event"] == "meta"
    assert lines[-1]["event"] == "done"
    (turn,) = home.daemon.turns("garden")
    assert turn["question"].rstrip() == "Summarise:\n\nThe garden is green."
    assert turn["answer"] == "".join(x["text"] for x in lines if x["event"] == "token")


def test_four_conversations_at_once(home: Home) -> None:
    """Each gets its own answer to the end; the server batches them."""
    home.settings["WOOSTER_EMBED__START"] = "false"
    home.daemon.start()
    home.wait_ready()
    ends: list[Event] = []

    def talk(number: int) -> None:
        with home.daemon.client.turn(TurnRequest(f"Count to {number}", "say")) as stream:
            ends.append(list(stream)[-1])

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(ANSWER_S)
    assert [end.state for end in ends if isinstance(end, Done)] == ["done"] * 4


def test_a_port_in_use_by_a_foreign_program_is_named_with_the_setting(home: Home) -> None:
    """Which program, which port, which file: one line in status and as a note."""
    import psutil

    from tests.peer import scripted

    me = psutil.Process().name()  # python, or pytest where that is what was started
    with scripted("x") as foreign:
        port = foreign.url.rsplit(":", 1)[1]
        home.settings["WOOSTER_CHAT__PORT"] = port
        home.daemon.start()
        wait_for("the finding", lambda: home.server("chat")["state"] == "blocked")
        detail = str(home.server("chat")["detail"])
        assert f"Port {port} is in use by {me}" in detail
        assert "settings.toml" in detail
        with home.daemon.client.turn(TurnRequest("my secret", "repl")) as stream:
            *_, last = stream
        assert isinstance(last, Failure)
        assert f"Port {port} is in use" in last.message
        assert foreign.requests == []  # what is said to us is not sent to whoever has the port
        home.stop()
