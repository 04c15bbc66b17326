"""`wooster service` and what can come after it. Each is a function to an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from wooster.config.paths import Paths

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add(commands: Commands) -> None:
    """Add them to the command line."""
    service = commands.add_parser("service", help="have Wooster started at login, and looked after")
    service.add_argument("--json", action="store_true", help="as JSON")
    service.set_defaults(handler=_status)
    kinds = service.add_subparsers(title="what to do", metavar="WHAT")
    install = kinds.add_parser("install", help="start it now, at each login and after a crash")
    install.add_argument(
        "--models-apart",
        action="store_true",
        help="the model servers too, each as a service of its own",
    )
    install.add_argument(
        "--linger", action="store_true", help="let it go on when you log out (Linux; no root)"
    )
    install.set_defaults(handler=_install)
    for name, text, handler in (
        ("uninstall", "end that; your data stays", _uninstall),
        ("restart", "take up a new version, if it works", _restart),
        ("start", "start it after `wooster stop`", _start),
    ):
        kinds.add_parser(name, help=text).set_defaults(handler=handler)
    status = kinds.add_parser("status", help="show how it is, and what is wrong with it")
    status.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")
    status.set_defaults(handler=_status)


def _install(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.bootstrap import servicing
    from wooster.repl.reader import LineReader
    from wooster.repl.terminal import Terminal

    _tell(servicing.install(paths, os.environ, apart=given.models_apart, say=_aside))
    if given.linger:
        return _tell([servicing.linger(paths)])
    person = LineReader(sys.stdin, Terminal(sys.stderr))
    told = servicing.logging_out(paths, lambda it: person.can_choose and person.confirm(it))
    return _tell([told])


def stop(paths: Paths) -> int:
    """`wooster stop`: the daemon, and model servers that are services of their own."""
    from wooster.bootstrap import servicing
    from wooster.repl import commands

    return commands.stop(paths) or _tell(servicing.stop_servers(paths))


def _uninstall(paths: Paths, _: argparse.Namespace) -> int:
    from wooster.bootstrap import servicing

    return _tell(servicing.uninstall(paths))


def _restart(paths: Paths, _: argparse.Namespace) -> int:
    from wooster.bootstrap import servicing

    return _tell(servicing.restart_all(paths, _aside))


def _start(paths: Paths, _: argparse.Namespace) -> int:
    from wooster.bootstrap import servicing

    return _tell(servicing.start(paths))


def _status(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.bootstrap import service_status
    from wooster.repl.commands import show_markdown
    from wooster.repl.say import write_json
    from wooster.repl.terminal import Terminal

    found = service_status.look(paths)
    out = Terminal(sys.stdout)
    if given.json:
        write_json(out, found.data)
    else:
        show_markdown(out, "\n".join(found.lines))
    return found.exit_code


def _tell(lines: list[str]) -> int:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _aside(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
