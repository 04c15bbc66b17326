"""What a model does and asks in the middle of an answer, as the person at the prompt sees it."""

from __future__ import annotations

import io

import pytest

from wooster.repl.client import Client
from wooster.repl.reader import LineReader
from wooster.repl.render import PlainDisplay
from wooster.repl.shell import Shell
from wooster.repl.terminal import Terminal
from wooster.wire.events import Asking, Tool, ToolState

from .fake_daemon import WAIT_S, FakeDaemon, Stream
from .screen import Screen
from .test_render import live
from .test_shell import CTRL_C, CTRL_D, ENTER, Sitting, sitting  # noqa: F401 - a fixture

QUESTION = Asking("turn-1", 2, "Send a letter to **Ana**?", "letter_send", 60.0)
DONE = Tool("habits_checkin", "habits checkin: Meditate", "done", "done today")
LINE = "✓ habits checkin: Meditate — done today"


def asks(daemon: FakeDaemon, state: ToolState = "done") -> None:
    """The next turn says a little, asks, waits for the answer, and goes on."""

    def script(stream: Stream) -> None:
        stream.meta()
        stream.tokens("Let me see.")
        stream.send(DONE, QUESTION)
        assert daemon.answered.wait(WAIT_S)
        stream.send(Tool("letter_send", "letter send: Ana", state, "it ended"))
        stream.tokens("Well.")
        stream.done()

    daemon.scripts.append(script)


@pytest.mark.parametrize(
    ("typed", "agrees"), [("y", True), ("YES", True), ("", False), ("n", False), (CTRL_C, False)]
)
def test_a_question_in_the_middle_is_answered_and_the_answer_goes_on(
    sitting: Sitting,  # noqa: F811 - the fixture
    daemon: FakeDaemon,
    typed: str,
    agrees: bool,
) -> None:
    """Only a yes is one; what was said before stays above, and the rest comes below."""
    asks(daemon)
    sitting.talk(f"Write to Ana{ENTER}{typed}{ENTER}{CTRL_D}")
    assert daemon.agreed == [("turn-1", 2, agrees)]
    assert daemon.turns[0]["can_choose"] is True
    lines = [line for line in sitting.screen.text.splitlines() if line.strip()]
    shown = [lines.index(each) for each in ("Let me see.", LINE, "Well.")]
    assert shown == sorted(shown)


def test_an_answer_that_is_too_late_is_no_mistake(
    sitting: Sitting,  # noqa: F811 - the fixture
    daemon: FakeDaemon,
) -> None:
    """What became of it is told by the stream."""
    daemon.too_late = True
    asks(daemon, "refused")
    sitting.talk(f"Write to Ana{ENTER}y{ENTER}{CTRL_D}")
    assert "✗ letter send: Ana — it ended" in sitting.screen.text
    assert "Well." in sitting.screen.text


def test_a_pipe_says_that_nobody_can_be_asked(daemon: FakeDaemon) -> None:
    """And a question that came all the same is a no."""
    asks(daemon)
    stdin = io.TextIOWrapper(io.BytesIO(b"Write to Ana\ny\n"))
    out = Terminal(io.StringIO(), {})
    client = Client(daemon.paths.socket)
    Shell(daemon.paths, LineReader(stdin, out), out, client.greeting).run()
    assert daemon.turns[0]["can_choose"] is False
    assert daemon.agreed == [("turn-1", 2, False)]


@pytest.mark.parametrize(
    ("state", "mark"), [("done", "✓"), ("failed", "✗"), ("refused", "✗"), ("unknown", "?")]
)
def test_what_a_tool_did_is_one_line(state: ToolState, mark: str) -> None:
    """Whatever its words hold, it moves no cursor and takes no second line."""
    screen = Screen(100, 40)
    display = live(screen)
    display.show(Tool("x", "do\nit\x1b[2J", state, "was\tdone"))
    display.close()
    assert screen.text.strip() == f"{mark} do it[2J — was done"


def test_where_nothing_is_redrawn_a_tool_is_a_line_aside() -> None:
    """A pipe's answer stays clean; an encoding without the signs has others."""
    out, aside = io.StringIO(), io.StringIO()
    display = PlainDisplay(Terminal(out, {}), Terminal(aside, {}), footers=False)
    display.show(DONE)
    display.close()
    assert (out.getvalue(), aside.getvalue()) == ("", LINE + "\n")
    plain = io.TextIOWrapper(io.BytesIO(), "ascii")
    display = PlainDisplay(Terminal(plain, {}), Terminal(plain, {}), footers=False)
    display.show(DONE)
    plain.flush()
    assert plain.buffer.getvalue().decode() == "+ habits checkin: Meditate - done today\n"
