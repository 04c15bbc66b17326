"""One message, one answer, for people and for scripts: arguments and a pipe in, an exit code out.

It knows streams and exit codes, and nothing of prompts.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import BinaryIO, TextIO

from wooster.config.paths import Paths
from wooster.core.errors import ModelSaidNothing, NotConfirmed, UsageError, WoosterError
from wooster.core.text import clean
from wooster.repl.client import Client, NotConnected
from wooster.repl.launch import ensure_daemon
from wooster.repl.render import Display, display_for
from wooster.repl.shell import check_size
from wooster.repl.terminal import Terminal, quiet_keys
from wooster.repl.turn import Turn
from wooster.wire.events import Ask, Done, Ending, Event, Failure, Result, to_json
from wooster.wire.requests import MAX_MESSAGE_BYTES, About, TurnRequest

INTERRUPTED = 130
PIPE_CLOSED = 141
"""What a shell reports for a program that SIGINT and SIGPIPE ended."""


def run(
    paths: Paths, words: list[str], as_json: bool, stdin: TextIO | None, about: About = ""
) -> int:
    """Answer `words` and what a pipe holds; the exit code. Raises what fails before the answer."""
    out, aside = Terminal(sys.stdout), Terminal(sys.stderr)
    name = "ask" if about else "say"
    text = message(words, stdin, aside.line, name)
    say = _nothing if as_json else aside.line
    client = Client(paths.socket)
    ensure_daemon(paths, say)
    turn = Turn(client, TurnRequest(text=text, client=name, about=about))
    display = JsonDisplay(out) if as_json else display_for(out, aside, footers=False)
    try:
        with quiet_keys(stdin, whole_lines=True):
            ending = _run(turn, display, as_json)
            if isinstance(ending, Ask):
                say(f"{ending.question} Nothing was done: say it in the conversation.")
            return _exit_code(ending, turn)
    except BrokenPipeError:
        turn.stop_and_wait()
        leave_pipe()
        return PIPE_CLOSED


def message(
    words: list[str], stdin: TextIO | None, warn: Callable[[str], None], name: str = "say"
) -> str:
    """The words, and below them the pipe's text. Raises `UsageError` when there is neither."""
    asked = clean(" ".join(words)).strip()
    piped = "" if stdin is None or stdin.isatty() else clean(_decode(stdin.buffer, warn))
    parts = [part for part in (asked, piped.strip("\n")) if part.strip()]
    if not parts:
        raise UsageError(
            "There is no message.", hint=f'Write it after the command: wooster {name} "…".'
        )
    text = "\n\n".join(parts)
    check_size(len(text.encode()))
    return text


def _decode(pipe: BinaryIO, warn: Callable[[str], None]) -> str:
    data = pipe.read(MAX_MESSAGE_BYTES + 1)
    check_size(len(data))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = data.decode("utf-8-sig", "replace")
        bad = text.count("\ufffd")
        warn(
            f"The piped text isn't all UTF-8 (from byte {error.start}); {bad} signs became \ufffd."
        )
        return text


class JsonDisplay:
    """Each event as one JSON line, as soon as it is there."""

    def __init__(self, out: Terminal) -> None:
        self._out = out

    def show(self, event: Event) -> None:
        write_json(self._out, to_json(event))

    def due_s(self) -> float | None:
        return None

    def redraw(self) -> None:
        """Nothing ever waits."""

    def close(self) -> None:
        """Every line is whole already."""


def write_json(out: Terminal, data: dict[str, object]) -> None:
    """`data` as one line; in ASCII where the encoding is not sure to have every sign."""
    compact = json.dumps(data, ensure_ascii=not out.typographic, separators=(",", ":"))
    out.write(compact + "\n")


def leave_pipe() -> None:
    """Nobody reads what is written any more: point stdout elsewhere, so that exiting is silent."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(devnull, sys.stdout.fileno())
    finally:
        os.close(devnull)


def _run(turn: Turn, display: Display, as_json: bool) -> Ending | None:
    try:
        return turn.run(display)
    except NotConnected:
        raise
    except WoosterError as error:
        if not as_json:
            raise
        # A script that reads events reads the end of them as an event too.
        failure = Failure(error.code, error.message, error.hint, error.exit_code, turn.turn_id)
        display.show(failure)
        return failure


def _exit_code(ending: Ending | None, turn: Turn) -> int:
    if turn.interrupted or ending is None:
        return INTERRUPTED
    match ending:
        case Failure() | Result():
            return ending.exit_code
        case Done(state="stopped"):
            return INTERRUPTED
        case Done(state="done"):
            return 0
        case Ask():
            return NotConfirmed.exit_code
        case _:
            return ModelSaidNothing.exit_code


def _nothing(_: str) -> None:
    pass
