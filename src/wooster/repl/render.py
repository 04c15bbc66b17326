"""An answer as it comes: Markdown redrawn in place, or plain text where nothing can be redrawn.

A display is shown one event after another and never raises on what a model says. It knows how
events look and nothing of where they come from.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from wooster.core.text import clean
from wooster.repl import wording
from wooster.repl.region import Region
from wooster.repl.terminal import Terminal
from wooster.wire.events import (
    Ask,
    Asking,
    Done,
    Event,
    Failure,
    Note,
    Progress,
    Result,
    Token,
    Tool,
)

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

    from wooster.repl.markdown import Typesetter

REDRAW_S = 1 / 15
# What these notes tell of happened to the text before them.
_BELOW = ("length", "model_lost", "interrupted")
# Code, which is as it is written, and what a backslash takes its meaning from.
_CODE_OR_ESCAPE = re.compile(
    r"^(?P<fence>`{3,})[^`\n]*\n.*?(?:^(?P=fence)`*[ ]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"
    r"|\\(?P<sign>[!-/:-@\[-`{-~])",
    re.MULTILINE | re.DOTALL,
)


class Display(Protocol):
    """Where a turn's events are shown."""

    def show(self, event: Event) -> None:
        """Take the next event; it is on the screen within `REDRAW_S` if `redraw` is called."""

    def due_s(self) -> float | None:
        """Seconds until `redraw` should be called; None when nothing waits to be shown."""

    def redraw(self) -> None:
        """Show what waits."""

    def close(self) -> None:
        """Nothing more comes: print for good what was shown, and leave the cursor on a new line."""


def display_for(out: Terminal, aside: Terminal, *, footers: bool = True) -> Display:
    """The best display for `out`; notes and errors go to `aside`."""
    if out.fancy:
        return LiveDisplay(out, aside)
    return PlainDisplay(out, aside, footers=footers)


def show_trouble(aside: Terminal, message: str, hint: str) -> None:
    """What failed, and below it what to do next."""
    aside.line(message, "error")
    if hint:
        aside.hint(hint)


def unescaped(markdown: str) -> str:
    """Markdown for where nothing renders it: without the backslashes before signs."""
    return _CODE_OR_ESCAPE.sub(lambda found: found["sign"] or found[0], markdown)


class Cleaner:
    """`core.text.clean` over pieces: a line end that was split between two is still one."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        piece = self._held + piece
        self._held = "\r" if piece.endswith("\r") else ""
        return clean(piece[: len(piece) - len(self._held)])


class PlainDisplay:
    """Text as it comes: no escape sequence, nothing drawn twice, no progress."""

    def __init__(self, out: Terminal, aside: Terminal, *, footers: bool) -> None:
        self._out, self._aside, self._footers = out, aside, footers
        self._cleaner = Cleaner()
        self._open_line = False
        self._stage = ""

    def show(self, event: Event) -> None:
        match event:
            case Token():
                self._text(self._cleaner.feed(event.text))
            case Result():
                self._text(unescaped(clean(event.text)))
                self.close()
            case Note():
                self._break_line()
                self._aside.line(wording.one_line(event.text), "dim")
            case Done():
                self.close()
                if wording.ending(event):
                    self._aside.line(wording.ending(event), "dim")
                if self._footers and wording.footer(event):
                    self._out.line(wording.footer(event), "dim")
            case Failure():
                self.close()
                show_trouble(self._aside, *wording.failure(event))
            case Tool():
                self._break_line()
                self._aside.line(wording.tool(event), "dim")
            case Ask() | Asking():
                self.close()
            case Progress() if event.text and event.stage != self._stage:
                # Nothing can be redrawn here, so that only a new stage is a line.
                self._stage = event.stage
                self._break_line()
                self._aside.line(wording.progress(event), "dim")

    def due_s(self) -> float | None:
        return None

    def redraw(self) -> None:
        """Nothing ever waits."""

    def close(self) -> None:
        if self._open_line:
            self._out.write("\n")
            self._open_line = False

    def _text(self, text: str) -> None:
        if text:
            self._out.write(text)
            self._open_line = not text.endswith("\n")

    def _break_line(self) -> None:
        # On a screen a note needs a line of its own; in a pipe it would break the answer's text.
        if self._out.is_tty:
            self.close()


class LiveDisplay:
    """Markdown as it comes: finished blocks are printed for good, the last one is redrawn."""

    def __init__(
        self, out: Terminal, aside: Terminal, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out, self._aside, self._clock = out, aside, clock
        self._region = Region(out)
        self._cleaner = Cleaner()
        self._text = ""  # what came and isn't printed for good
        self._status = ""
        self._printed = False
        self._waits = False
        self._next_s = 0.0
        self._parser: MarkdownIt | None = None
        self._typesetter: Typesetter | None = None

    def show(self, event: Event) -> None:
        match event:
            case Progress():
                self._status = wording.progress(event)
                self._wait()
            case Token():
                self._text += self._cleaner.feed(event.text)
                self._status = ""
                self._wait()
            case Result():
                self._text = clean(event.text)
                self.close()
            case Note() if event.code in _BELOW:
                self.close()
                self._aside.line(wording.one_line(event.text), "dim")
            case Note():
                self._above(wording.one_line(event.text))
            case Done():
                self.close()
                if wording.ending(event):
                    self._out.line(wording.ending(event), "dim")
                if wording.footer(event):
                    self._out.line(wording.footer(event), "dim")
            case Failure():
                self.close()
                show_trouble(self._aside, *wording.failure(event))
            case Tool():
                self.close()
                self._aside.line(wording.tool(event), "dim")
            case Ask() | Asking():
                self.close()

    def due_s(self) -> float | None:
        return max(0.0, self._next_s - self._clock()) if self._waits else None

    def redraw(self) -> None:
        began_s = self._clock()
        settled = self._settle()
        self._region.update(settled, self._live())
        self._waits = False
        # A block that is slow to draw is drawn less often, so that reading keeps up.
        cost_s = self._clock() - began_s
        self._next_s = began_s + max(REDRAW_S, 3 * cost_s)

    def close(self) -> None:
        self._status = ""
        last = self._block(self._text) if self._text.strip() else []
        self._text, self._waits = "", False
        self._region.update(last, ())

    def _wait(self) -> None:
        self._waits = True
        if self._next_s <= self._clock():
            self.redraw()

    def _settle(self) -> list[str]:
        """The lines of the blocks that can't change any more; they leave the text."""
        if not self._text.strip():
            return []
        from wooster.repl import blocks  # markdown-it is slow to import

        self._parser = self._parser or blocks.parser()
        size = blocks.settled(self._parser, self._text)
        if not size:
            return []
        done, self._text = self._text[:size], self._text[size:]
        return self._block(done)

    def _block(self, text: str) -> list[str]:
        lines = self._lines(text)
        if not lines:
            return []
        gap = [""] if self._printed else []
        self._printed = True
        return gap + lines

    def _live(self) -> list[str]:
        lines = self._lines(self._text) if self._text.strip() else []
        gap = [""] if self._printed and lines else []
        status = self._status[: self._out.size()[0] - 1]
        return [*gap, *lines, *([self._out.styled(status, "dim")] if status else [])]

    def _lines(self, text: str) -> list[str]:
        if self._typesetter is None:
            from wooster.repl.markdown import Typesetter  # rich is slow to import

            self._typesetter = Typesetter(
                colour=self._out.colour, typographic=self._out.typographic
            )
        return self._typesetter.lines(text, self._out.size()[0])

    def _above(self, note: str) -> None:
        """One line above the answer's unfinished block, which is drawn again below it."""
        self._region.clear()
        self._aside.line(note, "dim")
        self.redraw()
