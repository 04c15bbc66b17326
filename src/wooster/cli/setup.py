"""`wooster setup`: asked step by step, or said at once by a script."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from wooster.cli.words import joined, readable
from wooster.config.paths import Paths

if TYPE_CHECKING:
    from wooster.setup.steps import Setup

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_STEPS = ("name", "zone", "folders", "calendar", "channels", "models", "cloud", "service")
_SAID = ("name", "zone", "folder", "calendar", "channel", "models", "cloud", "service", "yes")


def add(commands: Commands) -> None:
    """Add it to the command line."""
    setup = commands.add_parser("setup", help="set up what is yours: all steps, or those you name")
    setup.add_argument("steps", nargs="*", metavar="STEP", help=f"ask only: {', '.join(_STEPS)}")
    said = setup.add_argument_group("without asking, for scripts (what isn't said stays)")
    said.add_argument("--name", help="how you are called")
    said.add_argument("--zone", help="as Europe/Berlin; auto is the machine's")
    said.add_argument("--folder", action="append", metavar="PATH", help="documents to read; again")
    said.add_argument("--calendar", action="append", metavar="WHAT", help="a file, a URL; again")
    said.add_argument(
        "--channel",
        action="append",
        metavar="WHAT",
        help="desktop, ntfy:topic=…, signal:account=…, email:host=…,user=…,password=file:…; again",
    )
    said.add_argument("--models", help="starter, recommended, or names with commas")
    said.add_argument("--cloud", metavar="PLACE", help="off, or the key's: env:NAME, file:PATH, …")
    said.add_argument("--service", action="store_true", help="start it at login")
    said.add_argument("--yes", action="store_true", help="the starter models, and nothing asked")
    setup.set_defaults(handler=_run)


def _run(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.core.errors import UsageError
    from wooster.repl.terminal import Terminal
    from wooster.setup.asking import Asking, Person
    from wooster.setup.steps import Setup

    wrong = [step for step in given.steps if step not in _STEPS]
    if wrong:
        raise UsageError(
            f"Setup has no step {readable(wrong[0])!r}.", hint=f"Steps: {', '.join(_STEPS)}."
        )
    setup = Setup(paths, Terminal(sys.stdout), Terminal(sys.stderr))
    if any(getattr(given, each) for each in _SAID):
        return _said(setup, given)
    if not sys.stdin.isatty():
        raise UsageError(
            "Nobody is there to be asked.",
            hint="Say what to set up: wooster setup --zone Europe/Berlin --yes (see --help).",
        )
    return Asking(setup, Person(sys.stdin, setup.aside)).run(given.steps or _STEPS)


def _said(setup: Setup, given: argparse.Namespace) -> int:
    """Settings first, so that a daemon is started anew once at most."""
    from wooster.setup import channels

    told = [channels.read(readable(each)) for each in given.channel or ()]
    if given.zone:
        setup.zone(given.zone)
    for channel in told:
        setup.channel(channel)
    if given.cloud:
        setup.cloud(None if given.cloud == "off" else given.cloud)
    models = given.models or ("starter" if given.yes else "")
    if models == "starter":
        setup.starter_models()
    if given.name:
        setup.name(joined([given.name]))
    for folder in given.folder or ():
        setup.folder(readable(folder))
    for calendar in given.calendar or ():
        setup.calendar(readable(calendar))
    if models and models != "starter":
        names = setup.recommended_models() if models == "recommended" else models.split(",")
        setup.models(names)
    if given.service:
        setup.service()
    setup.renew()
    return setup.exit_code
