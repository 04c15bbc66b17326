"""The commands that keep a person's data safe: `backup`, `restore` and `export`.

Each is a function from the parsed arguments to an exit code. `restore` and `backup list` need no
daemon: they are there for when none can start.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from wooster.cli.words import absolute, joined
from wooster.config.paths import Paths

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add(commands: Commands) -> None:
    """Add them to the command line."""
    backup = commands.add_parser("backup", help="copy all of it and read the copy back; list")
    backup.add_argument("folder", nargs="?", default="", help="put it there too; or: list")
    backup.add_argument("--json", action="store_true", help="as JSON")
    backup.set_defaults(handler=_backup)

    restore = commands.add_parser("restore", help="go back to a backup; what there is is kept")
    restore.add_argument("which", nargs="*", help="its number in `backup list`, a day, or a file")
    restore.add_argument("--yes", action="store_true", help="don't ask")
    restore.set_defaults(handler=_restore)

    export = commands.add_parser("export", help="write all of it as Markdown and JSON, unencrypted")
    export.add_argument("folder", nargs="?", default="", help="empty, or not there yet")
    export.add_argument("--json", action="store_true", help="as JSON")
    export.set_defaults(handler=_export)


def _export(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    request = ActionRequest({"folder": absolute(given.folder)} if given.folder else {})
    return commands.run_work(paths, "export", request, given.json)


def _backup(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    if given.folder == "list":
        return _list(paths, given)
    request = ActionRequest({"folder": absolute(given.folder)} if given.folder else {})
    return commands.run_work(paths, "backup", request, given.json)


def _list(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.bootstrap.going_back import list_backups

    return list_backups(paths, os.environ, as_json=given.json)


def _restore(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.bootstrap.going_back import restore

    return restore(paths, os.environ, joined(given.which), yes=given.yes)
