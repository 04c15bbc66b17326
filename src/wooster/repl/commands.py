"""The one-shot commands beside `say`: an action's answer, and stopping the daemon.

It knows how their results are shown, and nothing of what an action does.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from wooster.config.agents import has_service
from wooster.config.paths import Paths
from wooster.core.errors import Busy, NotConfirmed, WoosterError
from wooster.core.text import clean
from wooster.repl.client import Client, Mismatch
from wooster.repl.launch import ensure_daemon, greet, running, stop_and_wait
from wooster.repl.reader import LineReader
from wooster.repl.render import display_for, unescaped
from wooster.repl.say import INTERRUPTED, PIPE_CLOSED, leave_pipe, write_json
from wooster.repl.terminal import Terminal
from wooster.repl.turn import Work
from wooster.repl.wording import LEFT
from wooster.wire.events import Event, Failure, Result
from wooster.wire.requests import ActionRequest, ActionResult

_AS_SERVICE = (
    "It is a service: it starts again with `wooster` and when you log in, until `wooster service "
    "uninstall`."
)
# Read before a person is asked: it raises what would keep the action from being done.
_BEFORE_ASKING = {"models_remove": "models_removable"}


def run_action(paths: Paths, name: str, arguments: Mapping[str, Any], as_json: bool) -> int:
    """Run an action and print its answer: Markdown for a person, or one line of JSON."""
    aside = Terminal(sys.stderr)
    # A daemon that can't work can still say how it stands.
    reach = greet if name == "status" else ensure_daemon
    reach(paths, aside.line)
    return shown(Client(paths.socket).act(name, **arguments), as_json)


def shown(result: ActionResult, as_json: bool) -> int:
    """Print an answer: Markdown for a person, or one line of JSON. Returns its exit code."""
    out = Terminal(sys.stdout)
    try:
        if as_json:
            write_json(out, result.data)
        else:
            show_markdown(out, result.text)
    except BrokenPipeError:
        leave_pipe()
        return PIPE_CLOSED
    return result.exit_code


def run_work(
    paths: Paths, name: str, request: ActionRequest, as_json: bool, question: str = ""
) -> int:
    """Run an action that takes long, its progress on stderr; `question` "" asks nothing first."""
    out, aside = Terminal(sys.stdout), Terminal(sys.stderr)
    if question and (check := _BEFORE_ASKING.get(name)):
        ensure_daemon(paths, aside.line)
        Client(paths.socket).act(check, **request.arguments)
    if question and not LineReader(sys.stdin, aside).confirm(question):
        aside.line("Nothing was done. In a script, say --yes.")
        return NotConfirmed.exit_code
    ensure_daemon(paths, aside.line)
    work = Work(Client(paths.socket), name, request)
    display = ResultOnly(out, aside) if as_json else display_for(out, aside, footers=False)
    try:
        ending = work.run(display)
    except BrokenPipeError:
        leave_pipe()
        return PIPE_CLOSED
    if isinstance(ending, Result | Failure):
        return ending.exit_code
    aside.line(LEFT, "dim")
    return INTERRUPTED


def run_asking(paths: Paths, name: str, arguments: dict[str, Any], as_json: bool, yes: bool) -> int:
    """Run an action that asks first what only the daemon can say: what it would do. One that has
    nothing to ask is done at once."""
    aside = Terminal(sys.stderr)
    ensure_daemon(paths, aside.line)
    if not yes:
        try:
            return shown(Client(paths.socket).act(name, **arguments), as_json)
        except WoosterError as asked:
            if asked.code != NotConfirmed.code:
                raise
            question = asked.message.partition(": ")[2]
            reader = LineReader(sys.stdin, aside)
            if not reader.can_choose:
                aside.line(question)  # what it would do is of use to a script too
            if not reader.confirm(question):
                aside.line("Nothing was done. In a script, say --yes.")
                return NotConfirmed.exit_code
    return run_work(paths, name, ActionRequest(arguments, confirmed=True), as_json)


class ResultOnly:
    """An action's data as one line of JSON; how it stands, and what failed, on stderr."""

    def __init__(self, out: Terminal, aside: Terminal) -> None:
        self._out = out
        self._aside = display_for(aside, aside, footers=False)

    def show(self, event: Event) -> None:
        if isinstance(event, Result):
            self._aside.close()
            write_json(self._out, event.data)
        else:
            self._aside.show(event)

    def due_s(self) -> float | None:
        return self._aside.due_s()

    def redraw(self) -> None:
        self._aside.redraw()

    def close(self) -> None:
        self._aside.close()


def show_markdown(out: Terminal, text: str) -> None:
    """Markdown rendered where it can be, else as it was written."""
    text = clean(text)
    if out.fancy:
        from wooster.repl.markdown import Typesetter

        typesetter = Typesetter(colour=out.colour, typographic=out.typographic)
        text = "\n".join(typesetter.lines(text, out.size()[0]))
    else:
        text = unescaped(text)
    out.write(text if text.endswith("\n") or not text else f"{text}\n")


def stop(paths: Paths) -> int:
    """Stop the daemon that runs, of whatever version, and wait until it is gone."""
    out = Terminal(sys.stdout)
    if not running(paths):
        out.line("Wooster was not running.")
        return 0
    try:
        try:
            stop_and_wait(paths)
        except Mismatch as mismatch:
            stop_and_wait(paths, speaks=mismatch.theirs)
    except Busy as error:
        out.line(error.message)
        out.hint(error.hint)
        return error.exit_code
    out.line("Wooster stopped.")
    if has_service(paths.home):
        out.hint(_AS_SERVICE)
    return 0
