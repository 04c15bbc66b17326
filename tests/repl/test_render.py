"""Answers on a screen: what stands there in the end, and what was never seen."""

from __future__ import annotations

import io
import random
import sys

import pytest

from wooster.repl.render import REDRAW_S, LiveDisplay, PlainDisplay, display_for, unescaped
from wooster.repl.terminal import Terminal
from wooster.wire.events import Done, Failure, Note, Progress, Result, Token

from .screen import Screen, ScreenTerminal
from .test_blocks import DOCUMENT

DONE = Done("t", "done", "local", "Smol", completion_tokens=11, first_token_s=0.5, total_s=1.5)
FOOTER = "Smol · local · 11 tokens · 10.0 tok/s · first word after 0.5 s"


class Ticks:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def live(screen: Screen, ticks: Ticks | None = None, **environ: str) -> LiveDisplay:
    out = ScreenTerminal(screen, {"TERM": "xterm", **environ})
    return LiveDisplay(out, out, ticks or Ticks())


def feed(display: LiveDisplay, ticks: Ticks, *pieces: str) -> None:
    for piece in pieces:
        ticks.now_s += REDRAW_S
        display.show(Token(piece))


def whole(text: str, width: int) -> str:
    screen = Screen(width, 1000)
    display = live(screen)
    display.show(Result(text))
    return screen.text


@pytest.mark.parametrize("seed", range(4))
def test_streaming_ends_as_printing_at_once(seed: int) -> None:
    """However the text was split, the screen ends up as if it had come whole."""
    chance = random.Random(seed)
    screen, ticks = Screen(40, 8), Ticks()
    display = live(screen, ticks)
    rest = DOCUMENT
    while rest:
        size = chance.randint(1, 9)
        feed(display, ticks, rest[:size])
        rest = rest[size:]
    display.close()
    assert screen.text == whole(DOCUMENT, 40)


def test_the_first_token_is_drawn_at_once_and_ends_the_progress() -> None:
    """Progress is a passing line; the first word takes its place without waiting."""
    screen, ticks = Screen(), Ticks()
    display = live(screen, ticks)
    display.show(Progress("loading"))
    assert screen.text == "loading the model …"
    ticks.now_s += 1
    display.show(Progress("reading", 512, 4200))
    assert screen.text == "reading 512 of 4 200 tokens"
    ticks.now_s += 1
    display.show(Token("Hello"))
    assert screen.text == "Hello"


def test_redraws_are_rationed_and_nothing_waits_for_the_next_token() -> None:
    """A token within the same frame waits, but no longer than a frame."""
    screen, ticks = Screen(), Ticks()
    display = live(screen, ticks)
    display.show(Token("one "))
    display.show(Token("two"))
    assert screen.text == "one"
    due_s = display.due_s()
    assert due_s is not None and due_s <= REDRAW_S
    ticks.now_s += due_s
    display.redraw()
    assert screen.text == "one two" and display.due_s() is None


def test_a_block_longer_than_the_screen_is_printed_once() -> None:
    """A long block shows its end while it grows and stands in the scrollback whole, once."""
    screen, ticks = Screen(30, 6), Ticks()
    display = live(screen, ticks)
    lines = [f"line {number}" for number in range(40)]
    feed(display, ticks, "```\n", *(f"{line}\n" for line in lines), "```\n")
    display.show(DONE)
    assert [row for row in screen.text.splitlines() if row.startswith("line")] == lines


@pytest.mark.parametrize("width", [33, 25, 21])
def test_a_window_made_narrower_leaves_no_garbage(width: int) -> None:
    """After a resize in the middle of a paragraph its words stand on the screen once."""
    screen, ticks = Screen(40, 30), Ticks()
    display = live(screen, ticks)
    feed(display, ticks, "Before.\n\n", "word " * 20)
    screen.narrow(width)
    feed(display, ticks, "more " * 5)
    display.close()
    assert " ".join(screen.text.split()) == "Before. " + "word " * 20 + "more " * 4 + "more"


def test_wide_characters_keep_their_rows() -> None:
    """CJK and emoji take two columns, in paragraphs and in tables."""
    screen, ticks = Screen(21, 20), Ticks()
    display = live(screen, ticks)
    text = "東京は日本の首都です。" * 3
    feed(display, ticks, *text, "\n\n", *"| 国 | x |\n|--|--|\n| 日本 🙂 | 1 |\n")
    display.close()
    assert screen.text.replace("\n", "").replace(" ", "").startswith(text)
    assert "日本 🙂" in screen.text


def test_a_model_cannot_move_the_cursor() -> None:
    """Escape sequences and control characters in an answer, a note or an error do nothing."""
    screen, ticks = Screen(), Ticks()
    display = live(screen, ticks)
    evil = "a\x1b[2J\x1b]0;title\x07\x9b31mb"
    feed(display, ticks, evil)
    display.show(Note("x", evil))
    display.show(Failure("x", evil, evil))  # Screen refuses what it doesn't expect
    assert "\x07" not in screen.raw and "\x1b]" not in screen.raw


def test_nothing_that_was_written_vanishes() -> None:
    """HTML, images, link addresses and definitions are shown, not interpreted or hidden."""
    shown = whole("<b>x</b> ![pic](http://p) [here](http://h)\n\n[r]: http://d\n", 60)
    for part in ("<b>x</b>", "http://p", "here (http://h)", "[r]: http://d"):
        assert part in shown


def test_markdown_looks_as_expected() -> None:
    """Lists keep their numbers, code stands as typed between its fences, tables have no edges."""
    text = "# T\n\n2. a\n3. b\n\n| x | y |\n|---|--:|\n| 1 | 2 |\n\n```py\n  pass\n```\n\n- c\n"
    assert whole(text, 40).splitlines() == [
        "T",
        "",
        " 2. a",
        " 3. b",
        "",
        "x  y",
        "────",
        "1  2",
        "",
        "```py",
        "  pass",
        "```",
        "",
        " • c",
    ]


def test_nesting_deeper_than_the_screen_is_no_crash() -> None:
    """Absurd nesting on a narrow screen is ugly, not fatal."""
    text = "".join("  " * depth + "- a\n" for depth in range(40)) + "> " * 60 + "b\n"
    assert "a" in whole(text, 20)


def test_notes_and_endings_are_lines_of_their_own() -> None:
    """A note stands above the block that grows, and the ending and the footer below it."""
    screen, ticks = Screen(70, 20), Ticks()
    display = live(screen, ticks)
    feed(display, ticks, "Half")
    display.show(Note("fallback", "The local server is gone; OpenAI answers."))
    feed(display, ticks, " and half")
    display.show(Done("t", "stopped", "local", "Smol"))
    assert screen.text.splitlines() == [
        "The local server is gone; OpenAI answers.",
        "Half and half",
        "(stopped; what came is kept)",
        "Smol · local",
    ]


@pytest.mark.parametrize("code", ["length", "model_lost", "interrupted"])
def test_what_happened_to_the_text_stands_below_it(code: str) -> None:
    """A note on how the answer broke off comes after its text, and new text after the note."""
    screen, ticks = Screen(70, 20), Ticks()
    display = live(screen, ticks)
    feed(display, ticks, "Half")
    display.show(Note(code, "It broke off."))
    feed(display, ticks, "Anew")
    display.close()
    assert screen.text.split() == ["Half", "It", "broke", "off.", "Anew"]


def test_what_is_to_be_copied_stays_in_one_piece() -> None:
    """Our lines are cut between words only, and a hint is not cut at all."""
    screen = Screen(30, 20)
    out = ScreenTerminal(screen)
    path = "/a-long/path-with/hyphens-in-it/and-more"
    out.line(f"It is at {path} now.")
    out.hint(f"Run `wooster --home {path}` and then again.")
    assert f"{path}\n" in screen.raw and f"`wooster --home {path}` and then again." in screen.raw


def test_no_color_means_no_styles_at_all() -> None:
    """With NO_COLOR the output has not one SGR sequence, not even for bold."""
    screen, ticks = Screen(40, 20), Ticks()
    display = live(screen, ticks, NO_COLOR="1")
    feed(display, ticks, *DOCUMENT.split(" "))
    display.show(DONE)
    assert "\x1b[" in screen.raw  # the cursor still moves
    assert not [
        part for part in screen.raw.split("\x1b[")[1:] if part.lstrip("0123456789;")[0] == "m"
    ]


def test_colours_are_used_where_they_may_be() -> None:
    """Without NO_COLOR there are styles, so that the test above can fail."""
    screen = Screen(40, 20)
    live(screen).show(Result("**bold**"))
    assert "\x1b[1m" in screen.raw


class Pipe(io.TextIOWrapper):
    """A stream that is no terminal, in any encoding."""

    def __init__(self, encoding: str) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding=encoding, write_through=True)


def plain(encoding: str = "utf-8") -> tuple[PlainDisplay, Pipe]:
    pipe = Pipe(encoding)
    terminal = Terminal(pipe, {"TERM": "xterm"})
    display = display_for(terminal, terminal)
    assert isinstance(display, PlainDisplay)
    return display, pipe


def test_a_pipe_gets_text_as_it_came() -> None:
    """Markdown signs stay, no escape sequence appears, and the text ends with a newline."""
    display, pipe = plain()
    for event in (Progress("loading"), Token("**a**\r"), Token("\nb\x1b[1m"), DONE):
        display.show(event)
    assert pipe.bytes.getvalue().decode() == f"**a**\nb[1m\n{FOOTER}\n"


def test_a_poor_encoding_is_never_an_error() -> None:
    """What ASCII lacks becomes a question mark, and our own signs their plain cousins."""
    display, pipe = plain("ascii")
    for event in (Token("naïve 東京 …"), DONE):
        display.show(event)
    text = pipe.bytes.getvalue().decode("ascii")
    assert text == f"na?ve ?? ...\n{FOOTER.replace('·', '-')}\n"


@pytest.mark.parametrize(("term", "width"), [("dumb", 80), ("", 80), ("xterm", 19)])
def test_dumb_and_narrow_terminals_get_plain_text(term: str, width: int) -> None:
    """Where nothing can be redrawn, nothing is."""
    out = ScreenTerminal(Screen(width, 10), {"TERM": term})
    display = display_for(out, out)
    display.show(Token("**a**"))
    assert out.screen.raw == "**a**"


def test_a_huge_block_does_not_stall_the_stream() -> None:
    """Drawing that is slow is done less often: the next frame is due later than it took."""
    now_s = 0.0

    def clock() -> float:
        return now_s

    class SlowTerminal(ScreenTerminal):
        def write(self, text: str) -> None:
            nonlocal now_s
            now_s += REDRAW_S
            super().write(text)

    out = SlowTerminal(Screen(80, 24))
    display = LiveDisplay(out, out, clock)
    display.show(Token("word " * 200))
    took_s = now_s
    display.show(Token("x"))
    due_s = display.due_s()
    assert due_s is not None and due_s > took_s >= REDRAW_S


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\\# a \\| b \\\\ c\\d", "# a | b \\ c\\d"),
        ("`a\\_b` \\_ ``c` \\_ d``", "`a\\_b` _ ``c` \\_ d``"),
        ("```\na \\_\n```\n\\_", "```\na \\_\n```\n_"),
        ("````md\n```\n\\_\n````\n\\_", "````md\n```\n\\_\n````\n_"),
        ("a ` \\_ b", "a ` _ b"),
    ],
)
def test_what_is_not_rendered_has_no_escapes(written: str, shown: str) -> None:
    """But code is as it is written."""
    assert unescaped(written) == shown


def test_a_result_in_a_pipe_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A person who pipes a search reads no backslashes."""
    out = Terminal(sys.stdout)
    display = PlainDisplay(out, out, footers=True)
    display.show(Result("a\\_b", {}))
    assert capsys.readouterr().out == "a_b\n"


def test_what_no_model_answered_has_no_footer() -> None:
    """ "That isn't in your library." took no model and no tokens."""
    screen = Screen()
    display = live(screen)
    display.show(Token("That isn't in your library."))
    display.show(Done("t", "done", "", "", first_token_s=0.0))
    assert screen.text == "That isn't in your library."
