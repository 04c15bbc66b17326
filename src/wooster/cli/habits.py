"""The commands of habits: `habits`, and what can come after it.

Each is a function from the parsed arguments to an exit code; what they do is the daemon's.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wooster.cli.words import joined
from wooster.config.paths import Paths

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

# What each takes after its name, in the words of the conversation.
_KINDS = (
    ("add", "meditate every day", "begin a habit"),
    ("checkin", "meditate yesterday", "say that it was done"),
    ("uncheck", "meditate", "take a check-in back"),
    ("stats", "meditate", "show how it goes, with a calendar"),
    ("list", "", "list all, the archived ones too"),
    ("skip", "meditate today", "leave a day out without breaking the streak"),
    ("unskip", "meditate today", "take that back"),
    ("vacation", "from 1 June to 14 June", "leave days out of all habits"),
    ("pause", "meditate", "stop for a while"),
    ("resume", "meditate", "go on"),
    ("edit", "meditate to 3 times a week", "change its rule or its name"),
    ("delete", "meditate", "archive it; its history stays"),
    ("restore", "meditate", "take it out of the archive"),
)


def add(commands: Commands) -> None:
    """Add them to the command line."""
    habits = commands.add_parser("habits", help="show what is due today; add, checkin, stats, …")
    habits.add_argument("--json", action="store_true", help="as JSON")
    habits.set_defaults(handler=_act, action="habits", words=[])
    kinds = habits.add_subparsers(title="what to do", metavar="WHAT")
    for name, example, text in _KINDS:
        kind = kinds.add_parser(name, help=text)
        if example:
            kind.add_argument("words", nargs="*", help=f"as: {example}")
        # Without a default of its own, what was said before the word is not forgotten.
        kind.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")
        kind.set_defaults(handler=_act, action=f"habits_{name}")


def _act(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands

    words = joined(given.words)
    parameter = "when" if given.action == "habits_vacation" else "habit"
    arguments = {parameter: words} if words else {}
    return commands.run_action(paths, given.action, arguments, given.json)
