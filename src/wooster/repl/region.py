"""The lines at the bottom of the screen that may still change.

Everything above the region is printed for good and never touched again. It knows cursor movements
and nothing of what the lines say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from wooster.repl.terminal import Terminal

_SGR = re.compile(r"\x1b\[[0-9;]*m")
# Without automatic wrapping a line is one row, even if the terminal takes a character to be wider
# than we do, or the window got narrower a moment ago.
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"
_TO_LINE_END, _TO_SCREEN_END = "\x1b[K", "\x1b[J"


class Region:
    """What is shown and can still be drawn over; the cursor stands at its end."""

    def __init__(self, out: Terminal) -> None:
        self._out = out
        self._shown: list[str] = []

    def update(self, settled: Sequence[str], lines: Sequence[str]) -> None:
        """Print `settled` for good in the region's place, and `lines` below as the new region.

        Of `lines`, the last ones that fit on the screen are shown. One write, so that no half
        of a frame is ever seen.
        """
        width, height = self._out.size()
        fits = list(lines[-max(height - 1, 1) :])
        if not settled and fits == self._shown and self._rows(width) == len(fits):
            return
        parts = [self._home(width)]
        parts += [f"{line}{_TO_LINE_END}\n" for line in settled]
        parts += [_NO_WRAP, (_TO_LINE_END + "\n").join(fits), _TO_SCREEN_END, _WRAP]
        self._out.write("".join(parts))
        self._shown = fits

    def clear(self) -> None:
        """Take the region off the screen; the cursor stands where it began."""
        self.update((), ())

    def _home(self, width: int) -> str:
        rows = self._rows(width)
        return "\r" + (f"\x1b[{rows - 1}A" if rows > 1 else "")

    def _rows(self, width: int) -> int:
        """How many rows the region takes now that the screen is `width` columns wide."""
        if not self._out.reflows:
            return len(self._shown)
        return sum(max(1, -(-columns(line) // width)) for line in self._shown)


def columns(line: str) -> int:
    """How many columns `line` takes, its styles not counted."""
    plain = _SGR.sub("", line)
    if plain.isascii():
        return len(plain)
    return sum(_columns_of(character) for character in plain)


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
