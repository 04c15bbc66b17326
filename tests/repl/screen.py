"""A terminal as far as our output needs one: it keeps rows, wraps, scrolls and obeys the cursor.

Unknown escape sequences are an error, so that a test sees what it doesn't expect.
"""

from __future__ import annotations

import io
import re
import unicodedata

from wooster.repl.terminal import Terminal

_SEQUENCE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")


class Screen(io.StringIO):
    """A tty of `width` by `height`; `text` is its scrollback and its rows, right-stripped."""

    def __init__(self, width: int = 60, height: int = 12) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.rows: list[list[str]] = [[]]
        self.hard = [True]  # whether a row began after a newline, not after a wrap
        self.top = self.row = self.column = 0
        self.wraps = True
        self.raw = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.raw += text
        position = 0
        while position < len(text):
            match = _SEQUENCE.match(text, position)
            if match:
                self._obey(*match.groups())
                position = match.end()
            else:
                self._put(text[position])
                position += 1
        return len(text)

    @property
    def text(self) -> str:
        return "\n".join("".join(row).rstrip() for row in self.rows).rstrip("\n")

    def narrow(self, width: int) -> None:
        """The person makes the window narrower, and the terminal wraps every line anew."""
        rows: list[list[str]] = []
        hard: list[bool] = []
        cursor = self.row
        for index, row in enumerate(self.rows):
            while row and row[-1] == " ":
                row.pop()
            pieces = [row[i : i + width] for i in range(0, len(row), width)] or [[]]
            rows += pieces
            hard += [self.hard[index]] + [False] * (len(pieces) - 1)
            if index == self.row:
                cursor = len(rows) - 1
        self.rows, self.hard, self.width, self.row = rows, hard, width, cursor
        self.column = min(self.column, width)
        self.top = max(0, len(rows) - self.height)

    def _obey(self, private: str, numbers: str, letter: str) -> None:
        row = self.rows[self.row]
        match private, letter:
            case "", "A":
                self.row = max(self.top, self.row - int(numbers or 1))
            case "", "K":
                del row[self.column :]
            case "", "J":
                del row[self.column :]
                del self.rows[self.row + 1 :], self.hard[self.row + 1 :]
            case "", "m":
                pass
            case "?", "h" | "l" if numbers == "7":
                self.wraps = letter == "h"
            case _:
                raise AssertionError(f"unexpected escape sequence {numbers!r} {letter!r}")

    def _put(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self._next_row(hard=True)
        else:
            assert character >= " " and not "\x7f" <= character <= "\x9f", repr(character)
            self._print(character)

    def _print(self, character: str) -> None:
        wide = unicodedata.east_asian_width(character) in "WF"
        if self.column + 1 + wide > self.width:
            if not self.wraps:
                return
            self._next_row(hard=False)
        row = self.rows[self.row]
        row += [" "] * (self.column - len(row))
        cells = [character, ""] if wide else [character]
        row[self.column : self.column + len(cells)] = cells
        self.column += len(cells)

    def _next_row(self, *, hard: bool) -> None:
        self.row += 1
        self.column = 0
        if self.row == len(self.rows):
            self.rows.append([])
            self.hard.append(hard)
        self.top = max(self.top, self.row - self.height + 1)


class ScreenTerminal(Terminal):
    """A `Terminal` on a `Screen`."""

    def __init__(self, screen: Screen, environ: dict[str, str] | None = None) -> None:
        super().__init__(screen, environ or {"TERM": "xterm"})
        self.screen = screen

    def size(self) -> tuple[int, int]:
        return self.screen.width, self.screen.height
