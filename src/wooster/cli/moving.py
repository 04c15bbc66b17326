"""`wooster import`: moving in from the old Wooster, from an export, and taking it back.

A function from the parsed arguments to an exit code; what it does is the daemon's.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wooster.cli.words import absolute
from wooster.config.paths import Paths

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add(commands: Commands) -> None:
    """Add it to the command line."""
    parser = commands.add_parser(
        "import", help="move in: from the old Wooster's folder, or an export of ChatGPT or Claude"
    )
    parser.add_argument(
        "path", nargs="?", help="a folder, a .zip, conversations.json, an .ics or a .vcf file"
    )
    parser.add_argument("--dry-run", action="store_true", help="only tell what would be moved in")
    parser.add_argument(
        "--in-place", action="store_true", help="use lists, projects and notes where they are"
    )
    parser.add_argument(
        "--undo", nargs="?", type=int, const=0, metavar="N", help="take back the last, or number N"
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(handler=_import)


def _import(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    if given.undo is not None:
        request = ActionRequest({"number": given.undo})
        return commands.run_work(paths, "import_undo", request, given.json)
    arguments: dict[str, Any] = {
        "path": absolute(given.path) if given.path else "",
        "dry_run": given.dry_run,
        "in_place": given.in_place,
    }
    return commands.run_work(paths, "import", ActionRequest(arguments), given.json)
