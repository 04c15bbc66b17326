"""The commands of calendars: `calendars`, `agenda`, `free`, `event`.

Each is a function from the parsed arguments to an exit code; what they do is the daemon's.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wooster.cli.words import absolute, joined
from wooster.config.paths import Paths

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add(commands: Commands) -> None:
    """Add them to the command line."""
    agenda = _reading(commands, "agenda", "show what is on: today, tomorrow, week, a date")
    agenda.add_argument("words", nargs="*", help="as: tomorrow")
    agenda.set_defaults(handler=_look, action="agenda")
    free = _reading(commands, "free", "show when you are free")
    free.add_argument("words", nargs="*", help="as: friday 2 hours")
    free.set_defaults(handler=_look, action="free")
    _add_calendars(commands)
    _add_event(commands)


def _add_calendars(commands: Commands) -> None:
    calendars = _reading(commands, "calendars", "list the calendars; add, remove, restore, refresh")
    calendars.set_defaults(handler=_change, action="calendars", parameter="", words=[], yes=False)
    kinds = calendars.add_subparsers(title="what to do", metavar="WHAT")
    adding = _kind(kinds, "add", "add an .ics file, an address or a CalDAV server")
    adding.add_argument("what", help="a path, or https://…")
    adding.add_argument("name", nargs="*", help="what you call it")
    adding.add_argument("--user", default="", help="whom the server knows; a password is asked for")
    adding.add_argument(
        "--password-in", default="", metavar="PLACE", help="keyring:NAME, env:NAME or file:PATH"
    )
    adding.add_argument("--yes", action="store_true", help="don't ask")
    adding.set_defaults(handler=_add)
    for name, text in (
        ("remove", "stop reading one; it stays as it is"),
        ("restore", "take that back, within a week"),
        ("refresh", "read them again now"),
    ):
        kind = _kind(kinds, name, text)
        kind.add_argument("words", nargs="*", help="its name")
        kind.set_defaults(handler=_change, action=f"calendars_{name}", parameter="calendar")


def _add_event(commands: Commands) -> None:
    event = commands.add_parser("event", help="add, move or cancel an event, in words")
    kinds = event.add_subparsers(title="what to do", metavar="WHAT", required=True)
    for name, text, example in (
        ("add", "add one", "lunch with Ana friday 13:00-14:00 at Café X"),
        ("move", "move one", "lunch with Ana to friday 15:00"),
        ("cancel", "cancel one", "lunch with Ana"),
    ):
        kind = kinds.add_parser(name, help=text)
        kind.add_argument("words", nargs="+", help=f"as: {example}")
        kind.add_argument("--json", action="store_true", help="as JSON")
        kind.add_argument("--yes", action="store_true", help="don't ask")
        kind.set_defaults(handler=_change, action=f"event_{name}", parameter="event")


def _reading(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text)
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser


def _kind(kinds: Commands, name: str, text: str) -> argparse.ArgumentParser:
    parser = kinds.add_parser(name, help=text)
    # Without a default of its own, what was said before the word is not forgotten.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")
    return parser


def _look(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands

    arguments = {"when": joined(given.words)} if given.words else {}
    return commands.run_action(paths, given.action, arguments, given.json)


def _change(paths: Paths, given: argparse.Namespace) -> int:
    words = joined(given.words)
    return _run(paths, given, given.action, {given.parameter: words} if words else {})


def _add(paths: Paths, given: argparse.Namespace) -> int:
    what = given.what if "://" in given.what else absolute(given.what)
    arguments: dict[str, Any] = {"what": what, "name": joined(given.name), "user": given.user}
    if given.password_in:
        arguments["password"] = given.password_in
    elif given.user:
        import getpass

        arguments["password"] = getpass.getpass(f"Password of {given.user}: ")
    return _run(paths, given, "calendars_add", arguments)


def _run(paths: Paths, given: argparse.Namespace, name: str, arguments: dict[str, Any]) -> int:
    from wooster.repl import commands

    return commands.run_asking(paths, name, arguments, given.json, given.yes)
