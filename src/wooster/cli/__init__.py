"""The command line: arguments in, an exit code out; no logic.

Imports are inside the functions, because a person waits for the prompt: a bare `wooster` imports
neither argparse nor anything that the prompt doesn't need.
"""

from __future__ import annotations

import os
import sys

from wooster.core.errors import WoosterError


def main(argv: list[str] | None = None) -> int:
    """Run one command; `wooster` alone opens the assistant."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return _run(arguments)
    except WoosterError as error:
        _complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _run(arguments: list[str]) -> int:
    from wooster.config.paths import Paths

    paths = Paths.from_env()
    if not arguments:
        from wooster.repl import shell

        return shell.run(paths)
    from wooster.cli.parser import parse

    return parse(arguments).run(paths)


def _complain(text: str) -> None:
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(text.encode(encoding, "replace").decode(encoding) + "\n")
