"""The second chat server, for short tasks: the chat server by the settings of `[fast]`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wooster.servers.chat import build_for
from wooster.servers.command import Command, serve

if TYPE_CHECKING:
    from fastapi import FastAPI


def build(command: Command) -> FastAPI:
    """The app for the settings of `[fast]`."""
    return build_for(command, command.settings.fast)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; the exit code."""
    return serve("fast", build, sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    raise SystemExit(main())
