"""The commands of the person's documents: `search`, `open`, `library` and `rebuild`.

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
    search = commands.add_parser("search", help="search your documents")
    search.add_argument(
        "words", nargs="+", help="the words; tag: project: in: since: until: narrow the search"
    )
    search.add_argument("-n", "--limit", type=int, default=10, help="how many (default 10)")
    search.set_defaults(handler=_search)

    opening = commands.add_parser("open", help="show a document that was found")
    opening.add_argument("what", nargs="+", help="its number in the last search, or its name")
    opening.set_defaults(handler=_open)

    library = commands.add_parser("library", help="show the folders of your documents; add, remove")
    library.set_defaults(handler=_act, action="library")
    _add_kinds(library)

    rebuild = commands.add_parser("rebuild", help="make again what is worked out from documents")
    whats = rebuild.add_subparsers(title="what to make again", metavar="WHAT", required=True)
    embeddings = whats.add_parser("embeddings", help="the vectors that a search by meaning needs")
    embeddings.set_defaults(handler=_work, action="rebuild_embeddings")

    for each in (search, opening, library, embeddings):
        each.add_argument("--json", action="store_true", help="as JSON")


def _add_kinds(library: argparse.ArgumentParser) -> None:
    """What can come after `wooster library`."""
    kinds = library.add_subparsers(title="what to do", metavar="WHAT")
    adding = kinds.add_parser("add", help="read a folder from now on; nothing in it is changed")
    adding.add_argument("--private", action="store_true", help="it never leaves this machine")
    adding.set_defaults(handler=_add_folder)
    remove = kinds.add_parser("remove", help="forget a folder; its files stay as they are")
    remove.set_defaults(handler=_remove_folder)
    for each in (adding, remove):
        each.add_argument("path", help="the folder")
    links = kinds.add_parser("links", help="show what links to a document, and what it links to")
    links.add_argument("name", nargs="+", help="its title, alias or file name")
    links.set_defaults(handler=_links)
    simple = [
        _simple(kinds, "list", "list the documents"),
        _simple(kinds, "status", "show how far reading and embedding are"),
        _simple(kinds, "problems", "list the files that couldn't be read, and why"),
        _simple(kinds, "tags", "list the tags"),
    ]
    for each in (adding, remove, links, *simple):
        # Without a default of its own, what was said before the word is not forgotten.
        each.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")


def _simple(kinds: Commands, name: str, text: str) -> argparse.ArgumentParser:
    parser = kinds.add_parser(name, help=text)
    parser.set_defaults(handler=_act, action=f"library_{name}")
    return parser


def _search(paths: Paths, given: argparse.Namespace) -> int:
    arguments = {"words": joined(given.words), "limit": given.limit}
    return _run(paths, given, "search", arguments)


def _open(paths: Paths, given: argparse.Namespace) -> int:
    return _run(paths, given, "open", {"which": joined(given.what)})


def _links(paths: Paths, given: argparse.Namespace) -> int:
    return _run(paths, given, "library_links", {"which": joined(given.name)})


def _remove_folder(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    request = ActionRequest({"path": absolute(given.path)})
    return commands.run_work(paths, "library_remove", request, given.json)


def _act(paths: Paths, given: argparse.Namespace) -> int:
    return _run(paths, given, given.action, {})


def _run(paths: Paths, given: argparse.Namespace, name: str, arguments: dict[str, Any]) -> int:
    from wooster.repl import commands

    return commands.run_action(paths, name, arguments, given.json)


def _add_folder(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    request = ActionRequest({"path": absolute(given.path), "private": given.private})
    return commands.run_work(paths, "library_add", request, given.json)


def _work(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    return commands.run_work(paths, given.action, ActionRequest(), given.json)
