"""The whole client in a real terminal: a pty, a real process, a real socket."""

from __future__ import annotations

import os
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from .fake_daemon import FakeDaemon, Stream, killed, slow

ROOT = Path(__file__).parents[2]
REPL = "from wooster.config.paths import Paths; from wooster.repl.shell import run"
SHELL = f"{REPL}; import sys; sys.exit(run(Paths.from_env()))"
SAY = (
    "import sys; from wooster.config.paths import Paths; from wooster.repl.say import run; "
    "sys.exit(run(Paths.from_env(), ['hello'], False, sys.stdin))"
)
CTRL_C, CTRL_D = "\x03", "\x04"
PROMPT_UP = "\x1b\\[\\?2004h.*>"
pytestmark = pytest.mark.slow


@contextmanager
def terminal(
    daemon: FakeDaemon, program: str = SHELL, columns: int = 80, **environ: str
) -> Iterator[pexpect.spawn[str]]:
    env = {**os.environ, "PYTHONPATH": f"{ROOT}/src", "TERM": "xterm-256color", **environ}
    env["WOOSTER_HOME"] = str(daemon.paths.home)
    child = pexpect.spawn(
        sys.executable, ["-c", program], env=env, encoding="utf-8", dimensions=(24, columns)
    )
    child.timeout = 15
    child.delaybeforesend = None
    try:
        yield child
    finally:
        child.close(force=True)


def finish(child: pexpect.spawn[str]) -> int | None:
    child.expect(pexpect.EOF)
    child.wait()
    return child.exitstatus


def test_hello_and_goodbye(daemon: FakeDaemon) -> None:
    """A message is typed, its answer streams, Ctrl-D leaves with 0 and the modes as they were."""
    with terminal(daemon) as child:
        before = termios.tcgetattr(child.child_fd)
        child.expect(PROMPT_UP)
        child.send("Hello\r")
        child.expect("You said: Hello")
        child.expect("SmolLM2-135M · local")
        child.expect(PROMPT_UP)
        child.send(CTRL_D)
        child.expect("Goodbye")
        assert finish(child) == 0
        assert termios.tcgetattr(child.child_fd)[3] == before[3]


def test_ctrl_c_stops_the_answer_and_keys_wait_unseen(daemon: FakeDaemon) -> None:
    """Typed keys don't show in the answer but at the next prompt; Ctrl-C ends only the answer."""
    daemon.scripts.append(slow)
    with terminal(daemon) as child:
        child.expect(PROMPT_UP)
        child.send("go\r")
        child.expect("slow.*answer")
        child.send("typed ahead\r")
        child.send(CTRL_C)
        child.expect("stopped; what came is kept")
        assert "typed" not in (child.before or "")
        child.expect("You said: typed ahead")
        assert [turn["session_id"] for turn in daemon.turns] == [None, "session-1"]


def test_a_second_ctrl_c_gives_the_answer_up(daemon: FakeDaemon) -> None:
    """When the daemon doesn't stop, a second Ctrl-C still brings the prompt back."""

    def deaf(stream: Stream) -> None:
        stream.meta()
        stream.tokens("stubborn")
        stream.wait_stop()
        daemon.gone.wait(10)

    daemon.scripts.append(deaf)
    with terminal(daemon) as child:
        child.expect(PROMPT_UP)
        child.send("go\r")
        child.expect("stubborn")
        child.send(CTRL_C)
        assert daemon.stops["turn-1"].wait(10)
        child.send(CTRL_C)
        child.expect("left; what came until now is kept")
        child.expect(PROMPT_UP)
        child.send("exit\r")
        assert finish(child) == 0


def test_a_daemon_killed_in_the_middle_is_one_line(daemon: FakeDaemon) -> None:
    """What came stays, one line says what happened, and the prompt is back."""
    daemon.scripts.append(killed)
    with terminal(daemon) as child:
        child.expect(PROMPT_UP)
        child.send("go\r")
        child.expect("Half an ans.*The daemon stopped in the middle of the answer")
        child.expect(PROMPT_UP)
        child.send("again\r")
        child.expect("You said: again")


def test_no_color_has_no_styles(daemon: FakeDaemon) -> None:
    """With NO_COLOR not one SGR sequence is sent, from the first byte to the last."""
    with terminal(daemon, NO_COLOR="1") as child:
        child.logfile_read = log = _Log()
        child.expect(PROMPT_UP)
        child.send("**bold** `code`\r")
        child.expect("SmolLM2-135M · local")
        child.expect(PROMPT_UP)
        child.send("quit\r")
        assert finish(child) == 0
    assert "\x1b[" in log.text
    styles = [part for part in log.text.split("\x1b[")[1:] if part.lstrip("0123456789;")[:1] == "m"]
    assert styles == []


def test_a_dumb_terminal_gets_no_escapes(daemon: FakeDaemon) -> None:
    """TERM=dumb: lines in, lines out, the terminal's own editing, and Ctrl-C and Ctrl-D work."""
    daemon.scripts.append(slow)
    with terminal(daemon, TERM="dumb") as child:
        child.logfile_read = log = _Log()
        child.expect("> ")
        child.send("go\n")
        child.expect("answer")
        child.send(CTRL_C)
        child.expect("stopped; what came is kept")
        child.expect("> ")
        child.send(CTRL_C)
        child.expect("Ctrl-D leaves")
        child.expect("> ")
        child.send("**x**\n")
        child.expect("You said: \\*\\*x\\*\\*")
        child.expect("> ")
        child.send(CTRL_D)
        assert finish(child) == 0
    assert "\x1b" not in log.text


def test_a_dumb_terminal_shows_what_was_typed_ahead(daemon: FakeDaemon) -> None:
    """A line that was typed unseen, while an answer streamed, stands at the prompt it went to."""
    daemon.scripts.append(slow)
    with terminal(daemon, TERM="dumb") as child:
        child.expect("> ")
        child.send("go\n")
        child.expect("answer")
        child.send("typed ahead\n")
        child.send(CTRL_C)
        child.expect("> typed ahead\r\nYou said: typed ahead")


def test_a_very_narrow_terminal_works(daemon: FakeDaemon) -> None:
    """With ten columns there is still an answer."""
    with terminal(daemon, columns=10) as child:
        child.expect(PROMPT_UP)
        child.send("hi\r")
        child.expect("You said: ")
        child.expect(PROMPT_UP)


def test_a_poor_locale_is_no_error(daemon: FakeDaemon) -> None:
    """With an ASCII terminal the conversation goes on, in plain signs."""
    with terminal(daemon, PYTHONIOENCODING="ascii") as child:
        child.expect(PROMPT_UP)
        child.send("naïve\r")
        child.expect("You said: na.*SmolLM2-135M - local")
        child.expect(PROMPT_UP)


def test_a_megabyte_pasted_is_one_message(daemon: FakeDaemon) -> None:
    """A pasted book arrives whole, and as one message."""
    book = "0123456789abcde\n" * 65536
    with terminal(daemon) as child:
        child.timeout = 90
        child.expect(PROMPT_UP)
        daemon.scripts.append(lambda stream: stream.done())
        child.send("\x1b[200~" + book + "\x1b[201~")
        child.send("\r")
        child.expect("SmolLM2-135M · local")
    assert [turn["text"] for turn in daemon.turns] == [book]


def test_say_is_interrupted_with_130(daemon: FakeDaemon) -> None:
    """Ctrl-C stops the model, what came is printed, and the exit code is 130."""
    daemon.scripts.append(slow)
    with terminal(daemon, SAY) as child:
        child.expect("slow.*answer")
        child.send(CTRL_C)
        child.expect("stopped; what came is kept")
        assert finish(child) == 130
    assert daemon.stops["turn-1"].is_set()


def test_sigterm_leaves_the_terminal_as_it_was(daemon: FakeDaemon) -> None:
    """Ended from outside in the middle of an answer, the terminal echoes again."""
    daemon.scripts.append(slow)
    with terminal(daemon) as child:
        before = termios.tcgetattr(child.child_fd)
        child.expect(PROMPT_UP)
        child.send("go\r")
        child.expect("answer")
        assert not termios.tcgetattr(child.child_fd)[3] & termios.ECHO
        child.kill(15)
        child.expect(pexpect.EOF)
        child.wait()
        assert child.exitstatus == 143
        assert termios.tcgetattr(child.child_fd)[3] == before[3]


class _Log:
    """Everything that the terminal was sent."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass
