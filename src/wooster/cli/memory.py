"""The commands of memory: `facts`, `remember`, `recall`, `forget` and the others.

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
    facts = _reading(commands, "facts", "list what Wooster knows; with words, what has all of them")
    facts.add_argument("words", nargs="*", help="words that must all be in it")
    facts.set_defaults(handler=_facts)

    remember = _reading(commands, "remember", "have something remembered")
    remember.add_argument("text", nargs="+", help="what, as you would say it")
    remember.set_defaults(handler=_remember)

    correct = _reading(commands, "correct", "set a fact right; what was known keeps its dates")
    correct.add_argument("number", type=int, help="the fact's number, as `facts` shows it")
    correct.add_argument("text", nargs="+", help="what is so instead")
    correct.set_defaults(handler=_correct)

    forget = _reading(commands, "forget", "forget for good, with all that was made of it")
    forget.add_argument(
        "what",
        nargs="+",
        help="a fact's number, `last`, `session`, `turn` and a time, `person NAME`,"
        " `document NAME`, or words in it",
    )
    forget.add_argument("--yes", action="store_true", help="don't ask")
    forget.add_argument(
        "--everywhere",
        action="store_true",
        help="from habits, goals, events, files and so on too",
    )
    forget.add_argument("--prove", action="store_true", help="only look where it still stands")
    forget.set_defaults(handler=_forget)

    recall = _reading(commands, "recall", "show what is remembered of something, and why")
    recall.add_argument("words", nargs="+", help="a question, or a time: last week")
    recall.add_argument("--as-of", default="", metavar="DAY", help="as it was known on 2026-03-01")
    recall.add_argument("-n", "--limit", type=int, default=10, help="how many (default 10)")
    recall.set_defaults(handler=_recall)

    episodes = _reading(commands, "episodes", "list past conversations in short")
    episodes.add_argument("words", nargs="*", help="words, or a time: last week")
    episodes.add_argument("-n", "--limit", type=int, default=10, help="how many (default 10)")
    episodes.set_defaults(handler=_episodes)

    for name, text in (
        ("profile", "show what Wooster believes about you"),
        ("why", "show what the last answer was given of your memory"),
    ):
        _reading(commands, name, text).set_defaults(handler=_act, action=name)
    _add_followups(commands)
    _add_memory(commands)


def _add_followups(commands: Commands) -> None:
    followups = _reading(commands, "followups", "list what was left to do; done, drop, open")
    followups.set_defaults(handler=_act, action="followups")
    kinds = followups.add_subparsers(title="what to do", metavar="WHAT")
    for name, text in (
        ("done", "it is done"),
        ("drop", "it needs no doing"),
        ("open", "take that back"),
    ):
        kind = _after(kinds, name, text)
        kind.add_argument("number", type=int, help="its number in the list")
        kind.set_defaults(handler=_followup, action=f"followups_{name}")


def _add_memory(commands: Commands) -> None:
    memory = commands.add_parser("memory", help="look after what is remembered")
    kinds = memory.add_subparsers(title="what to do", metavar="WHAT", required=True)
    for name, text in (
        ("stats", "show how much is remembered, and what waits"),
        ("audit", "look for junk, duplicates and contradictions"),
        ("retry", "have what a model failed to sum up tried again"),
    ):
        _reading(kinds, name, text).set_defaults(handler=_act, action=f"memory_{name}")
    export = _reading(kinds, "export", "write all of it as Markdown, unencrypted")
    export.add_argument("folder", help="a folder that is empty or not there yet")
    export.set_defaults(handler=_export)


def _reading(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text)
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser


def _after(kinds: Commands, name: str, text: str) -> argparse.ArgumentParser:
    parser = kinds.add_parser(name, help=text)
    # Without a default of its own, what was said before the word is not forgotten.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")
    return parser


def _facts(paths: Paths, given: argparse.Namespace) -> int:
    return _run(paths, given, "facts", {"words": joined(given.words)})


def _remember(paths: Paths, given: argparse.Namespace) -> int:
    return _run(paths, given, "remember", {"text": joined(given.text)})


def _correct(paths: Paths, given: argparse.Namespace) -> int:
    arguments = {"number": given.number, "text": joined(given.text)}
    return _run(paths, given, "correct", arguments)


def _recall(paths: Paths, given: argparse.Namespace) -> int:
    arguments = {"words": joined(given.words), "as_of": given.as_of, "limit": given.limit}
    return _run(paths, given, "recall", arguments)


def _episodes(paths: Paths, given: argparse.Namespace) -> int:
    arguments = {"words": joined(given.words), "limit": given.limit}
    return _run(paths, given, "episodes", arguments)


def _followup(paths: Paths, given: argparse.Namespace) -> int:
    return _run(paths, given, given.action, {"number": given.number})


def _act(paths: Paths, given: argparse.Namespace) -> int:
    return _run(paths, given, given.action, {})


def _run(paths: Paths, given: argparse.Namespace, name: str, arguments: dict[str, Any]) -> int:
    from wooster.repl import commands

    return commands.run_action(paths, name, arguments, given.json)


def _forget(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    what = joined(given.what)
    if given.prove:
        return commands.run_work(paths, "forget_prove", ActionRequest({"words": what}), given.json)
    arguments = {"what": f"everywhere {what}" if given.everywhere else what}
    return commands.run_asking(paths, "forget", arguments, given.json, given.yes)


def _export(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands
    from wooster.wire.requests import ActionRequest

    request = ActionRequest({"path": absolute(given.folder)})
    return commands.run_work(paths, "memory_export", request, given.json)
