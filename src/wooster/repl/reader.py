"""Where a person's lines come from when no prompt can be drawn: a pipe, or a dumb terminal.

The terminal's own line editing is used. It imports nothing of prompt_toolkit, and refuses to know
what is done with a line.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from typing import Protocol, TextIO

from wooster.core.text import clean
from wooster.repl.terminal import Terminal
from wooster.wire.requests import MAX_MESSAGE_BYTES

PROMPT = "> "


class Reader(Protocol):
    """A source of messages. `can_choose` says whether somebody sits there who can be asked."""

    @property
    def can_choose(self) -> bool: ...

    def read(self) -> str:
        """The next message. Raises `EOFError` at the end, `KeyboardInterrupt` on Ctrl-C."""

    def ask(self, question: str) -> bool:
        """Whether the person agrees; no answer at all is a no, an empty one a yes."""

    def confirm(self, question: str) -> bool:
        """As `ask`, for what can't be taken back: an empty answer is a no."""

    def choose(self, keys: Sequence[str]) -> str:
        """The one of `keys` that is pressed; "" for Ctrl-C and Ctrl-D. Others change nothing."""

    def line(self, question: str) -> str:
        """A line that is asked for; "" where none is given."""

    def offer(self, commands: Sequence[str]) -> None:
        """Complete these from now on."""

    def between(self, show: Callable[[], None]) -> None:
        """Call `show`, which writes what came meanwhile, before each line that is asked for."""

    def interrupt(self) -> None:
        """Something came: `show` it above the line that is being typed, if one is drawn. From any
        thread; it waits for nothing."""

    def close(self) -> None:
        """No more lines are wanted."""


def agrees(answer: str) -> bool:
    """What an answer to `[Y/n]` means."""
    return not answer.strip() or confirms(answer)


def confirms(answer: str) -> bool:
    """What an answer to `[y/N]` means."""
    return answer.strip().lower() in ("y", "yes")


class LineReader:
    """Whole lines of a stream; a prompt is written only where a person sits."""

    def __init__(self, stdin: TextIO, out: Terminal) -> None:
        self._stdin, self._out = stdin, out
        self._someone_there = stdin.isatty()
        self._show: Callable[[], None] = lambda: None

    def read(self) -> str:
        return self._line(PROMPT)

    def ask(self, question: str) -> bool:
        return agrees(self._reply(f"{question} [Y/n] "))

    def confirm(self, question: str) -> bool:
        return confirms(self._reply(f"{question} [y/N] "))

    @property
    def can_choose(self) -> bool:
        return self._someone_there

    def choose(self, keys: Sequence[str]) -> str:
        prompt = f"[{'/'.join(keys)}] "
        try:
            while (key := self._line(prompt).strip()) not in keys:
                pass
        except (EOFError, KeyboardInterrupt):
            return ""
        return key

    def line(self, question: str) -> str:
        try:
            return self._line(question).strip()
        except (EOFError, KeyboardInterrupt):
            return ""

    def _reply(self, prompt: str) -> str:
        if not self._someone_there:
            return "no"
        try:
            return self._line(prompt)
        except (EOFError, KeyboardInterrupt):
            return "no"

    def offer(self, commands: Sequence[str]) -> None:
        """Nothing is completed here."""

    def between(self, show: Callable[[], None]) -> None:
        self._show = show

    def interrupt(self) -> None:
        """The terminal draws the line here, and would not draw it again: it waits for the next."""

    def close(self) -> None:
        """Nothing is held."""

    def _line(self, prompt: str) -> str:
        self._show()
        if self._someone_there:
            self._out.write(prompt)
        unseen = self._someone_there and _waits(self._stdin)
        line = self._stdin.buffer.readline(MAX_MESSAGE_BYTES + 2)
        if not line:
            raise EOFError
        text = line.decode("utf-8-sig", "replace").rstrip("\r\n")
        if unseen:
            self._out.write(f"{clean(text)}\n")
        return text


def _waits(stdin: TextIO) -> bool:
    """Whether a line was typed ahead, while an answer streamed and keys weren't shown."""
    return bool(select.select([stdin], [], [], 0)[0])
