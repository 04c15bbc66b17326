"""The commands and their options. Each is a function from the parsed arguments to an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from wooster import __version__
from wooster.cli import (
    calendars,
    capabilities,
    library,
    memory,
    moving,
    safekeeping,
    service,
    setup,
)
from wooster.cli.words import joined, readable
from wooster.config.paths import Paths

_EXIT_CODES = """\
exit codes:
  0 done · 1 something else failed · 2 wrong use · 4 not found · 65 the model gave no or half an
  answer · 69 no model or no daemon answers · 70 a mistake inside Wooster · 73 the home can't be
  used · 74 the database can't be used · 75 busy · 76 versions differ · 78 settings are wrong ·
  130 stopped with Ctrl-C · 141 the reader of the output left
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed command line."""

    arguments: argparse.Namespace

    def run(self, paths: Paths) -> int:
        handler: Callable[[Paths, argparse.Namespace], int] = self.arguments.handler
        return handler(paths, self.arguments)


def parse(arguments: list[str]) -> Command:
    """Exits with 2 and a usage line where the arguments make no sense."""
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:], "--help"]
    return Command(_parser().parse_args(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wooster",
        description="A personal assistant that lives on your own machine. "
        "Without a command it opens the conversation.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"wooster {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    for name, text, about in (
        ("say", "answer one message; reads a pipe too", ""),
        ("ask", "answer a question from your documents, with citations", "library"),
    ):
        say = commands.add_parser(name, help=text)
        say.add_argument("words", nargs="*", help="the message")
        say.add_argument("--json", action="store_true", help="one event a line, as JSON")
        say.set_defaults(handler=_say, about=about)

    history = commands.add_parser("history", help="list past turns, or search them")
    history.add_argument("words", nargs="*", help="words that must all be in it")
    history.add_argument("-n", "--limit", type=int, default=10, help="how many (default 10)")
    history.add_argument("--json", action="store_true", help="as JSON")
    history.set_defaults(handler=_history)

    for name, text in (
        ("status", "show the daemon, the model servers and the database"),
        ("verify", "check that all that is stored agrees with itself"),
    ):
        action = commands.add_parser(name, help=text)
        action.add_argument("--json", action="store_true", help="as JSON")
        action.set_defaults(handler=_act, action=name)

    for room in (library, memory, capabilities, calendars, moving, safekeeping):
        room.add(commands)
    _add_models(commands)
    _add_route(commands)
    _add_egress(commands)
    service.add(commands)
    _add_process(commands)
    setup.add(commands)
    helping = commands.add_parser("help", help="show what a command takes, or this")
    helping.add_argument("words", nargs="*", metavar="COMMAND", help="the command")
    return parser


def _add_process(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What is about the program itself: `doctor`, `stop`, `restart`, `logs`, `daemon`."""
    doctor = commands.add_parser("doctor", help="look for what is wrong, and say what mends it")
    doctor.add_argument("--fix", action="store_true", help="do what is safe; copies the database")
    doctor.add_argument("--json", action="store_true", help="as JSON")
    doctor.set_defaults(handler=_doctor)

    stop = commands.add_parser("stop", help="stop the daemon and its model servers")
    stop.set_defaults(handler=_stop)

    again = commands.add_parser("restart", help="stop it and start this version, if that works")
    again.set_defaults(handler=_restart)

    logs = commands.add_parser("logs", help="show the daemon's log")
    logs.add_argument("-f", "--follow", action="store_true", help="go on showing what comes")
    logs.set_defaults(handler=_logs)

    daemon = commands.add_parser("daemon", help="be the daemon, in the foreground")
    daemon.add_argument(
        "--check", action="store_true", help="only look whether this version could take over"
    )
    daemon.set_defaults(handler=_daemon)


def _add_route(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`wooster route "…"`."""
    route = commands.add_parser("route", help="tell which model a message would go to, and why")
    route.add_argument("words", nargs="*", help="the message")
    route.add_argument("--json", action="store_true", help="as JSON")
    route.set_defaults(handler=_route)


def _route(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands

    return commands.run_action(paths, "route", {"words": joined(given.words)}, given.json)


def _add_models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`wooster models` and what can come after it."""
    models = commands.add_parser("models", help="show the models on this disk; fetch, use, remove")
    models.add_argument("--json", action="store_true", help="as JSON")
    models.set_defaults(handler=_models)
    kinds = models.add_subparsers(title="what to do", metavar="WHAT")
    recommend = kinds.add_parser("recommend", help="show which models fit this machine's memory")
    recommend.add_argument("--memory", default="", metavar="GB", help="of another machine")
    recommend.set_defaults(handler=_models_recommend)
    pull = kinds.add_parser("pull", help="fetch a model from the hub; goes on where it broke off")
    pull.set_defaults(handler=_models_pull)
    use = kinds.add_parser("use", help="switch a server to another model")
    use.add_argument("--for", dest="role", choices=("chat", "fast", "embed"), help="which server")
    use.set_defaults(handler=_models_use)
    remove = kinds.add_parser("remove", help="delete a model from this disk")
    remove.add_argument("--yes", action="store_true", help="don't ask")
    remove.set_defaults(handler=_models_remove)
    for each in (pull, use, remove):
        each.add_argument("name", help="a name of the catalogue, a repository, or a folder's name")
    for each in (recommend, pull, use, remove):
        # Without a default of its own, what was said before the word is not forgotten.
        each.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")


def _add_egress(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`wooster egress` and `wooster egress allow HOST`."""
    egress = commands.add_parser("egress", help="show what has left this machine, and its cost")
    egress.add_argument("--month", default="", help="another month, as 2026-11")
    egress.add_argument("-n", "--limit", type=int, default=20, help="how many (default 20)")
    egress.add_argument("--json", action="store_true", help="as JSON")
    egress.set_defaults(handler=_egress)
    kinds = egress.add_subparsers(title="what to do", metavar="WHAT")
    allow = kinds.add_parser("allow", help="let a host be spoken to without encryption")
    allow.add_argument("host", help="its name or address")
    allow.add_argument("--yes", action="store_true", help="don't ask")
    allow.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")
    allow.set_defaults(handler=_egress_allow)


def _egress(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands

    arguments = {"month": given.month, "limit": given.limit}
    return commands.run_action(paths, "egress", arguments, given.json)


def _egress_allow(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.core.errors import UsageError
    from wooster.core.hosts import plain_name
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    try:
        host = plain_name(given.host)
    except ValueError as wrong:
        raise UsageError(f"{given.host!r} is no host.", hint=f"Give {wrong}.") from None
    request = ActionRequest({"host": host}, confirmed=True)
    told = f"Send what you say to {host} without encryption?"
    return commands.run_work(paths, "egress_allow", request, given.json, "" if given.yes else told)


def _models(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands

    return commands.run_action(paths, "models", {}, given.json)


def _models_recommend(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands

    return commands.run_action(paths, "models_recommend", {"memory": given.memory}, given.json)


def _models_pull(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    # Who types this command has said so already.
    request = ActionRequest({"name": given.name}, confirmed=True)
    return commands.run_work(paths, "models_pull", request, given.json)


def _models_use(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    request = ActionRequest({"name": given.name, "role": given.role})
    return commands.run_work(paths, "models_use", request, given.json)


def _models_remove(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    request = ActionRequest({"name": given.name}, confirmed=True)
    question = "" if given.yes else f"Delete {given.name} from this disk?"
    return commands.run_work(paths, "models_remove", request, given.json, question)


def _say(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import say

    words = [readable(word) for word in given.words]
    return say.run(paths, words, given.json, sys.stdin, given.about)


def _history(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands

    arguments = {"words": joined(given.words), "limit": given.limit}
    return commands.run_action(paths, "history", arguments, given.json)


def _act(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands

    return commands.run_action(paths, given.action, {}, given.json)


def _doctor(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.bootstrap.doctoring import run_doctor

    return run_doctor(paths, os.environ, fix=given.fix, as_json=given.json)


def _stop(paths: Paths, _: argparse.Namespace) -> int:
    return service.stop(paths)


def _restart(paths: Paths, _: argparse.Namespace) -> int:
    from wooster.bootstrap import restarting
    from wooster.repl.terminal import Terminal

    for line in restarting.restart(paths, Terminal(sys.stderr).line):
        Terminal(sys.stdout).line(line)
    return 0


def _logs(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import logs

    return logs.logs(paths, given.follow)


def _daemon(paths: Paths, given: argparse.Namespace) -> int:
    if given.check:
        from wooster.bootstrap import preflight

        preflight.check(paths, os.environ)
        return 0
    from wooster.bootstrap import run_daemon

    return run_daemon(paths, os.environ)
