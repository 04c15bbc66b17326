"""What an output can show, and writing to it without ever failing on a character.

It knows streams, environment variables and terminal modes; it knows nothing of answers.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from textwrap import wrap
from types import FrameType
from typing import Literal, TextIO

from wooster.core.errors import WoosterError

NARROWEST = 20
"""Below this many columns there is no room to redraw: text is streamed as it comes."""

Style = Literal["", "dim", "bold", "error"]
_SGR: dict[Style, str] = {"dim": "\x1b[2m", "bold": "\x1b[1m", "error": "\x1b[31m"}
_DUMB = ("", "dumb", "unknown")

# Our own punctuation, and rich's, for an encoding that has none of it.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("·—–─━", "-"),
        **dict.fromkeys("│┃▌", "|"),
        **dict.fromkeys("•", "*"),
        **dict.fromkeys("‘’", "'"),
        **dict.fromkeys("“”", '"'),
        **dict.fromkeys("  ", " "),
        "…": "...",
        "✓": "+",
        "✗": "x",
    }
)


class OutputLost(WoosterError):
    """What should be shown can't be: the disk behind it is full, or the terminal is gone."""

    code, exit_code = "output", 74


class Terminal:
    """One output stream and what can be shown on it."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str] = os.environ) -> None:
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self.is_tty = stream.isatty()
        self.moves = self.is_tty and environ.get("TERM", "").lower() not in _DUMB
        self.colour = self.moves and not environ.get("NO_COLOR")
        self.reflows = _reflows(environ)
        try:
            "·—…•".encode(self._encoding)
            self.typographic = True
        except (UnicodeEncodeError, LookupError):
            self.typographic = False

    @property
    def fancy(self) -> bool:
        """Whether the cursor can be moved and there is room to redraw, at this moment."""
        return self.moves and self.size()[0] >= NARROWEST

    def size(self) -> tuple[int, int]:
        """Columns and rows, at this moment."""
        try:
            size = os.get_terminal_size(self._stream.fileno())
        except (OSError, ValueError, AttributeError):
            size = shutil.get_terminal_size((80, 24))
        # A pty that nobody has sized yet says 0.
        return size.columns or 80, size.lines or 24

    def write(self, text: str) -> None:
        """Write `text` now. What the encoding can't show becomes a plain sign or `?`."""
        if not self.typographic:
            text = text.translate(_PLAIN)
        try:
            self._stream.write(text.encode(self._encoding, "replace").decode(self._encoding))
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputLost(f"The output can't be written: {error.strerror}.") from error

    def line(self, text: str, style: Style = "") -> None:
        """One line of our own; a terminal that is narrower gets it cut between words."""
        if self.fancy:
            width = self.size()[0]
            text = "\n".join(part for line in text.split("\n") for part in _cut(line, width))
        self.write(self.styled(text, style) + "\n")

    def hint(self, text: str) -> None:
        """What to do next: never cut, so that a command in it can be copied whole."""
        self.write(self.styled(text, "dim") + "\n")

    def styled(self, text: str, style: Style) -> str:
        """`text` in `style`, if this terminal shows styles."""
        sgr = _SGR.get(style, "") if self.colour else ""
        return f"{sgr}{text}\x1b[0m" if sgr else text


def _cut(line: str, width: int) -> list[str]:
    """Between words only: a path or an option that is cut can't be copied."""
    return wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]


def _reflows(environ: Mapping[str, str]) -> bool:
    """Whether lines are wrapped anew when the window gets narrower: all but a few old ones do."""
    term = environ.get("TERM", "")
    if term.startswith("screen"):
        return "TMUX" in environ
    return "XTERM_VERSION" not in environ and not term.startswith(("linux", "rxvt"))


@contextmanager
def quiet_keys(stream: TextIO | None, *, whole_lines: bool = False) -> Iterator[None]:
    """While inside, typed keys aren't shown and wait for whoever reads next; Ctrl-C still works.

    Keys wait one by one, as a prompt wants them, or with `whole_lines` as the terminal's own line
    editing makes them. The terminal's modes are put back whatever happens, SIGTERM included.
    """
    try:
        fd = (stream or sys.stdin).fileno()
        before = termios.tcgetattr(fd)
    except (OSError, ValueError, AttributeError, termios.error):
        yield  # not a terminal: there is no echo to suppress
        return
    quiet = termios.tcgetattr(fd)
    quiet[3] &= ~termios.ECHO
    quiet[3] |= termios.NOFLSH  # or Ctrl-C would throw away what was typed before it
    if not whole_lines:
        quiet[0] &= ~(termios.ICRNL | termios.INLCR | termios.IXON)
        quiet[3] &= ~termios.ICANON
        quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
    # Suspended in the middle, the shell would inherit a terminal without echo.
    quiet[6][termios.VSUSP] = _off(fd)
    term_before = signal.getsignal(signal.SIGTERM)
    _handle_sigterm(_leave)
    try:
        # TCSANOW: the other modes throw away what was typed meanwhile.
        termios.tcsetattr(fd, termios.TCSANOW, quiet)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSANOW, before)
        _handle_sigterm(term_before)


@contextmanager
def heard_keys(stream: TextIO | None) -> Iterator[None]:
    """While inside, typed keys are shown, though `quiet_keys` is around it."""
    try:
        fd = (stream or sys.stdin).fileno()
        before = termios.tcgetattr(fd)
    except (OSError, ValueError, AttributeError, termios.error):
        yield
        return
    heard = termios.tcgetattr(fd)
    heard[3] |= termios.ECHO
    try:
        termios.tcsetattr(fd, termios.TCSANOW, heard)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSANOW, before)


def _off(fd: int) -> bytes:
    try:
        return bytes([os.fpathconf(fd, "PC_VDISABLE")])
    except (OSError, ValueError):
        return b"\0"


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _handle_sigterm(handler: object) -> None:
    try:
        signal.signal(signal.SIGTERM, handler)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        pass  # not in the main thread, where alone handlers can be set
