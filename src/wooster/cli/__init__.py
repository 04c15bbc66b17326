"""The command line: arguments in, an exit code out; no logic.

Imports are inside the functions, because a person waits for the prompt: a bare `wooster` imports
neither argparse nor anything that the prompt doesn't need.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TextIO

from wooster.core.errors import WoosterError

_OUTPUT_LOST = 74
_PIPE_CLOSED = 141
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def main(argv: list[str] | None = None) -> int:
    """Run one command; `wooster` alone opens the assistant."""
    _replace_closed_streams()
    try:
        exit_code = _outcome(sys.argv[1:] if argv is None else argv)
    except SystemExit:
        lost = _flush()
        if lost:
            raise SystemExit(lost) from None
        raise
    return _flush() or exit_code


def _outcome(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except WoosterError as error:
        _complain(str(error))
        if error.exit_code == _OUTPUT_LOST:
            _point_nowhere(sys.stdout)  # what it still holds would be lost, and told, once more
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _PIPE_CLOSED


def _replace_closed_streams() -> None:
    """A program that was started with a closed stream reads nothing there, and writes nowhere.

    The descriptors are taken too, or the next file opened would become the standard output.
    """
    for number, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is not None:
            continue
        fd = os.open(os.devnull, os.O_RDWR)
        if fd != number:
            os.dup2(fd, number)
            os.close(fd)
        setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _flush() -> int:
    """Write out what is held; else say why not, once, and return the exit code for it.

    Python would try again as it exits, and complain in its own words.
    """
    lost = 0
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            _point_nowhere(stream)
            if stream is sys.stdout:
                lost = _PIPE_CLOSED if isinstance(error, BrokenPipeError) else _OUTPUT_LOST
                if lost == _OUTPUT_LOST:
                    _complain(f"The output can't be written: {error.strerror}.")
    return lost


def _point_nowhere(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _run(arguments: list[str]) -> int:
    from wooster.config.paths import Paths

    paths = Paths.from_env()
    if not arguments:
        # Nothing made before the prompt is garbage, and looking for it takes a twentieth of the
        # start; the shell switches collection on again when it has greeted.
        gc.disable()
        from wooster.repl import shell

        return shell.run(paths)
    from wooster.cli.parser import parse

    return parse(arguments).run(paths)


def _complain(text: str) -> None:
    encoding = sys.stderr.encoding or "ascii"
    try:
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stderr.flush()
    except OSError:
        _point_nowhere(sys.stderr)
