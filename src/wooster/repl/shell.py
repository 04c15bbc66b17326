"""The conversation in a terminal: read a message, show its answer, until the person leaves.

It decides what happens with a line. How lines are typed, answers are drawn and daemons are started
is in its neighbours; it imports those that are slow only once the prompt is up.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import TextIO

from wooster.config.paths import Paths
from wooster.core.errors import DaemonUnreachable, NotFound, TooLarge, WoosterError
from wooster.core.phrases import fixed_words
from wooster.core.text import clean
from wooster.repl import wording
from wooster.repl.client import Client, Mismatch, NotConnected
from wooster.repl.notices import Notices
from wooster.repl.reader import LineReader, Reader
from wooster.repl.terminal import Terminal, heard_keys, quiet_keys
from wooster.wire.events import Ask, Ending, Result
from wooster.wire.requests import (
    MAX_MESSAGE_BYTES,
    ActionHelp,
    ActionRequest,
    Choice,
    Greeting,
    Option,
    TurnRequest,
)

_LEAVE = ("exit", "quit")
# More commands than a screen has lines are told by their topics.
_MANY = 30
_LOCAL = {
    "help, help WORD": "shows this; or what can be said about a word of it",
    "new": "begins a new session: the model no longer sees what came before",
    "exit, quit": "leaves",
}
_KEYS = {
    "Enter": "sends the message",
    "Esc, Enter": "begins a new line in it",
    "Ctrl-R": "searches what was typed before",
    "Tab": "completes a command",
    "Ctrl-C": "stops the answer; at the prompt, clears the line",
    "Ctrl-D": "leaves",
}


def run(paths: Paths) -> int:
    """Talk until the person leaves; the exit code. Raises what keeps it from starting."""
    # Collecting while hundreds of modules load finds nothing and costs a tenth of the time.
    gc.disable()
    early = EarlyGreeting(Client(paths.socket))
    out = Terminal(sys.stdout)
    at_prompt = out.moves and sys.stdin is not None and sys.stdin.isatty()
    # With a prompt, keys are quiet from start to end, so that there is no gap in which one echoes.
    with quiet_keys(sys.stdin) if at_prompt else contextlib.nullcontext():
        reader = _prompt(paths, out) if at_prompt else LineReader(sys.stdin, out)
        gc.enable()
        try:
            notices = Notices(Client(paths.socket), out) if sits_there(sys.stdin, out) else None
            return Shell(paths, reader, out, early.get, notices).run()
        finally:
            reader.close()


def sits_there(stdin: TextIO | None, out: Terminal) -> bool:
    """Whether somebody sees what is shown: of a script that feeds lines in, nobody does."""
    return out.is_tty and stdin is not None and stdin.isatty()


class EarlyGreeting:
    """A greeting that is asked for while the prompt's modules are still being imported."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answer: Greeting | WoosterError = DaemonUnreachable("The daemon wasn't asked.")
        self._thread = threading.Thread(target=self._ask, name="greeting", daemon=True)
        self._thread.start()

    def get(self) -> Greeting:
        """The daemon's greeting. Raises what the client raises."""
        self._thread.join()
        if isinstance(self._answer, WoosterError):
            raise self._answer
        return self._answer

    def _ask(self) -> None:
        try:
            self._answer = self._client.greeting()
        except WoosterError as error:
            self._answer = error


class Shell:
    """One sitting at the prompt. It goes on with the session that the daemon names, if any."""

    def __init__(
        self,
        paths: Paths,
        reader: Reader,
        out: Terminal,
        greeting: Callable[[], Greeting],
        notices: Notices | None = None,
    ) -> None:
        self._paths, self._reader, self._out = paths, reader, out
        self._ask_greeting = greeting
        self._notices = notices
        self._client = Client(paths.socket)
        self._commands: list[ActionHelp] = []
        self.session_id: str | None = None

    def run(self) -> int:
        """Greet, then take messages until the person leaves; the exit code."""
        self._welcome(self._greeting())
        if self._notices is not None:
            self._reader.between(self._notices.show)
            self._notices.start(self._reader.interrupt)
        gc.enable()  # the start went without: nothing made so far is garbage
        while True:
            try:
                if not self._take(clean(self._reader.read())):
                    break
            except EOFError:
                break
            except KeyboardInterrupt:
                self._out.line("Ctrl-D leaves.", "dim")
        self._out.line("Goodbye.", "dim")
        return 0

    def _greeting(self) -> Greeting:
        try:
            greeting = self._ask_greeting()
            if not greeting.problem:
                return greeting
        except DaemonUnreachable:
            pass  # it is started below
        except Mismatch as mismatch:
            return self._agree(mismatch)
        return self._ensure_daemon()

    def _welcome(self, greeting: Greeting) -> None:
        self._commands = greeting.commands
        self.session_id = greeting.session_id
        self._reader.offer(sorted({*phrases(greeting.commands), "help", "new", *_LEAVE}))
        self._out.line(wording.greeting(greeting))
        if self._notices is not None:
            self._notices.greeted(greeting.untold_ids)
        self._out.line("Type a message, or help.", "dim")

    def _take(self, text: str) -> bool:
        """Do what a line says; False when it says to leave."""
        word = text.strip().lower().removeprefix("/")
        if word in _LEAVE:
            return False
        if word == "help":
            self._help()
        elif word.startswith("help ") and (about := self._about(word.removeprefix("help "))):
            self._show({"Commands": _told(about)})
        elif word == "new":
            self.session_id = None
            self._out.line("A new session begins with your next message.", "dim")
        elif word:
            self._answer(text)
        return True

    def _answer(self, text: str) -> None:
        from wooster.repl.render import show_trouble

        try:
            check_size(len(text.encode()))
            try:
                self._turn(text)
            except NotConnected:
                self._commands = self._ensure_daemon().commands
                self._turn(text)
            except Mismatch as mismatch:
                self._commands = self._agree(mismatch).commands
                self._turn(text)
            except NotFound:
                if self.session_id is None:
                    raise
                self.session_id = None  # the database was replaced under us: begin anew
                self._turn(text)
        except WoosterError as error:
            show_trouble(self._out, *wording.trouble(error))
        self._out.write("\n")

    def _turn(self, text: str, *, as_message: bool = False) -> None:
        from wooster.repl.render import display_for
        from wooster.repl.turn import Turn
        from wooster.repl.typed import with_full_path

        request = TurnRequest(
            text=text if as_message else with_full_path(text, self._commands),
            client="repl",
            session_id=self.session_id,
            as_message=as_message,
            can_choose=self._reader.can_choose,
        )
        turn = Turn(self._client, request, self._agrees)
        try:
            with quiet_keys(sys.stdin, whole_lines=True) if self._by_lines else _as_it_is():
                ending = turn.run(display_for(self._out, self._out))
                if ending is None:
                    self._out.line(wording.LEFT, "dim")
        finally:
            self.session_id = turn.session_id
        if isinstance(ending, Ask):
            self._confirm(ending)
        self._go_on(ending)

    def _go_on(self, ending: Ending | None) -> None:
        """Ask what a result asks next, as long as one does."""
        while isinstance(ending, Result) and ending.choice is not None:
            if not self._reader.can_choose:
                return
            option = self._chosen(ending.choice)
            if option is None:
                return
            if option.say or option.type:
                self._turn(option.say or option.type, as_message=bool(option.say))
                return
            ending = self._run_option(option)

    def _chosen(self, choice: Choice) -> Option | None:
        """The option whose key was pressed, with what it asks for filled in; None for none."""
        for line in wording.choice(choice):
            self._out.line(line)
        while True:
            key = self._reader.choose([option.key for option in choice.options])
            option = next((each for each in choice.options if each.key == key), None)
            if option is None or not (option.action or option.say or option.type):
                return None
            if not option.ask:
                return option
            line = self._reader.line(f"{wording.one_line(option.ask)} ")
            if line:  # with an empty one, or Ctrl-C, nothing is chosen yet
                return replace(option, arguments={**option.arguments, option.into: line})

    def _run_option(self, option: Option) -> Ending | None:
        from wooster.repl.render import display_for
        from wooster.repl.turn import Work

        work = Work(self._client, option.action, ActionRequest(option.arguments))
        return work.run(display_for(self._out, self._out))

    def _agrees(self, question: str) -> bool:
        """Whether the person agrees to what the model wants to do, in the middle of its answer."""
        with heard_keys(sys.stdin) if self._by_lines else _as_it_is():
            return self._reader.confirm(wording.one_line(question))

    def _confirm(self, asked: Ask) -> None:
        """Ask what a command must ask first; after a yes, run it and follow it."""
        from wooster.repl.render import display_for
        from wooster.repl.turn import Work

        if not self._reader.confirm(wording.one_line(asked.question)):
            self._out.line("Nothing was done.", "dim")
            return
        work = Work(self._client, asked.name, ActionRequest(asked.arguments, confirmed=True))
        with quiet_keys(sys.stdin, whole_lines=True) if self._by_lines else _as_it_is():
            if work.run(display_for(self._out, self._out)) is None:
                self._out.line("(stopped; what came until now is kept)", "dim")

    @property
    def _by_lines(self) -> bool:
        return isinstance(self._reader, LineReader)

    def _ensure_daemon(self) -> Greeting:
        from wooster.repl.launch import ensure_daemon

        try:
            return ensure_daemon(self._paths, self._out.line)
        except Mismatch as mismatch:
            return self._agree(mismatch)

    def _agree(self, mismatch: Mismatch) -> Greeting:
        from wooster.repl.launch import agree

        return agree(self._paths, mismatch, self._out.line, self._reader.ask)

    def _help(self) -> None:
        if len(self._commands) > _MANY:
            topics = {_topic(item): "" for item in self._commands}
            told = {each: _overview(each, self._about(each)) for each in sorted(topics)}
        else:
            told = _told(self._commands)
        self._show({"Commands": {**told, **_LOCAL}, "Keys": _KEYS})
        if len(self._commands) > _MANY:
            self._out.line("help tasks shows what can be typed about tasks, and so on.", "dim")
        self._out.line("Everything else is a message to the model.", "dim")

    def _about(self, topic: str) -> list[ActionHelp]:
        return [item for item in self._commands if _topic(item) == topic.strip()]

    def _show(self, sections: Mapping[str, Mapping[str, str]]) -> None:
        for title, entries in sections.items():
            self._out.line(title, "bold")
            for line in columns(entries, self._out.size()[0]):
                self._out.line(line)


def _topic(item: ActionHelp) -> str:
    return item.name.partition("_")[0]


def _told(commands: Iterable[ActionHelp]) -> dict[str, str]:
    return {", ".join(item.phrases) or item.name: item.help for item in commands}


def _overview(topic: str, commands: Sequence[ActionHelp]) -> str:
    """What the topic's word alone does, and the words that can follow it."""
    alone = next((item.help for item in commands if item.name == topic), "")
    others = ", ".join(item.name.partition("_")[2] for item in commands if item.name != topic)
    return "; ".join(each for each in (alone, others) if each)


def check_size(size_bytes: int) -> None:
    """Raises `TooLarge` for a message that the daemon would refuse."""
    if size_bytes > MAX_MESSAGE_BYTES:
        raise TooLarge(
            f"The message has {wording.count(size_bytes)} bytes or more; "
            f"{wording.count(MAX_MESSAGE_BYTES)} are taken. Nothing was sent.",
            hint="Send it in parts.",
        )


def phrases(commands: list[ActionHelp]) -> set[str]:
    """What can be typed for `commands`, without the places that a person fills in."""
    typed = (phrase for item in commands for phrase in (item.phrases or [item.name]))
    return {" ".join(fixed_words(clean(phrase))) for phrase in typed} - {""}


def columns(entries: Mapping[str, str], screen: int) -> Iterator[str]:
    """Each name with its meaning beside it, both within `screen` columns.

    A name that would take too much of them has a line of its own.
    """
    names = [wording.one_line(name) for name in entries]
    width = max((len(name) for name in names if len(name) <= screen // 3), default=screen // 3)
    for name, meaning in zip(names, entries.values(), strict=True):
        told = wrap(wording.one_line(meaning), max(10, screen - width - 5)) or [""]
        if len(name) > width:
            for line in wrap(name, max(10, screen - 3)):
                yield f"  {line}"
            name = ""
        for line in told:
            yield f"  {name:<{width}}  {line}".rstrip()
            name = ""


def _as_it_is() -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext()


def _prompt(paths: Paths, out: Terminal) -> Reader:
    from wooster.repl.prompt import PromptReader, terminal_output

    output = terminal_output(sys.stdout, colour=out.colour)
    return PromptReader(paths.line_history, output, once_up=_warm_up)


def _warm_up() -> None:
    """Import what the first answer needs while the person is still typing."""
    threading.Thread(target=_import_the_rest, name="warm-up", daemon=True).start()


def _import_the_rest() -> None:
    from wooster.repl import markdown, render, turn, typed  # noqa: F401
