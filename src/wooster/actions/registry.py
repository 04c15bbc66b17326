"""Every action of the running program: finding the one that is meant, and running it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal

import anyio
from pydantic import ValidationError

from wooster.actions.action import (
    Action,
    BrokenOff,
    Effect,
    P,
    Question,
    Report,
    no_handler,
    nobody_listens,
    spoken,
)
from wooster.actions.lines import Lines
from wooster.core.errors import NotConfirmed, NotFound, UsageError
from wooster.wire.requests import ActionHelp, ActionResult, Choice, Option, TurnRequest

Who = Literal["person", "model", "schedule"]
Kind = Literal["do", "undo", "redo"]


@dataclass(frozen=True, slots=True)
class By:
    """Who runs an action. `of` is the number of the log's entry that it takes back or does again,
    where its kind is that."""

    who: Who = "person"
    kind: Kind = "do"
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """An action that changed something, and what it gave: what a log keeps."""

    by: By
    name: str
    arguments: dict[str, Any]
    result: ActionResult


Recorder = Callable[[Written], Awaitable[ActionResult]]
"""Keeps what was written, and returns its result, with a word where it couldn't be kept."""


async def _unrecorded(written: Written) -> ActionResult:
    return written.result


Wrote = Callable[[str, dict[str, Any], ActionResult], Awaitable[ActionResult]]
"""`Registry.wrote`, for whoever may be without a registry."""


async def unwritten(name: str, arguments: dict[str, Any], result: ActionResult) -> ActionResult:
    """Stands where nobody keeps what was done."""
    return result


@dataclass(frozen=True, slots=True)
class Call:
    """An action with arguments that make sense, ready to run. `question` gives what is asked first,
    "" for nothing; it raises what the action would."""

    name: str
    arguments: dict[str, Any]
    question: Callable[[], Awaitable[str]]
    takes_long: bool
    run: Callable[[Report], Awaitable[ActionResult]]
    effect: Effect
    trial: bool = False

    async def must_not_ask(self) -> None:
        """Raises `NotConfirmed` when the person must agree first."""
        if question := await self.question():
            raise NotConfirmed(
                f"{spoken(self.name)} asks first: {question}",
                hint="Nothing was done yet. After a yes, send it with `confirmed`.",
            )


class Registry:
    """Every action of the running program. `record` is told of each that changed something.

    One that isn't whole yet is being filled, and lines wait for it.
    """

    def __init__(self, *, is_whole: bool = True) -> None:
        self._whole = asyncio.Event()
        if is_whole:
            self._whole.set()
        self._actions: dict[str, Action[Any]] = {}
        self._questions: dict[str, Question] = {}
        self._lines = Lines()
        self.record: Recorder = _unrecorded

    def add(self, action: Action[P]) -> None:
        assert action.name not in self._actions, f"two actions are called {action.name!r}"
        has_handler = action.handler is not no_handler
        assert has_handler != (action.worker is not None), f"{action.name} does one thing"
        self._actions[action.name] = action
        self._lines.add(action)

    def fill(self, actions: Iterable[Action[Any]], *questions: Question) -> None:
        """Add all of them."""
        for action in actions:
            self.add(action)
        for question in questions:
            self.add_question(question)

    @property
    def is_whole(self) -> bool:
        return self._whole.is_set()

    def complete(self) -> None:
        """All actions are there."""
        self._whole.set()

    async def until_whole(self) -> None:
        """Wait until all actions are there."""
        await self._whole.wait()

    def build(self) -> None:
        """Build what checks parameters, which the first of each would wait for. Blocking."""
        for action in self._actions.values():
            action.parameters.model_rebuild()

    def add_question(self, question: Question) -> None:
        assert question.name not in self._actions, f"{question.name!r} is an action"
        self._questions[question.name] = question

    @property
    def actions(self) -> Iterable[Action[Any]]:
        """All of them, in the order in which they came."""
        return self._actions.values()

    def help(self) -> list[ActionHelp]:
        acting = [
            ActionHelp(action.name, action.help, list(action.phrases), action.effect)
            for action in self._actions.values()
            if action.phrases  # others are for `undo` alone
        ]
        asking = [
            ActionHelp(question.name, question.help, list(question.phrases), "read")
            for question in self._questions.values()
        ]
        return [*acting, *asking]

    # --- lines --------------------------------------------------------------------------------

    def as_question(self, asked: TurnRequest) -> TurnRequest:
        """`asked` without its command where it is a question's: its words may have many lines.

        Raises `UsageError` for a question without words.
        """
        typed = asked.text.strip()
        command, *words = typed.removeprefix("/").split(None, 1) or [""]
        question = self._questions.get(command.lower())
        if asked.about or question is None or not typed.startswith("/"):
            return asked
        if not words:
            raise UsageError(
                f"/{question.name} needs a question after it.", hint=question.phrases[0]
            )
        return replace(asked, text=words[0], about=question.about)

    async def parse(self, line: str) -> tuple[str, dict[str, Any]] | None:
        """The action that `line` is, with its arguments; None when it is a message for the model.

        What follows a slash is always a command. Without it only a bare name is, and what begins
        with a phrase whose action says that the rest fits: "history of Rome" is a question.
        """
        await self.until_whole()
        typed = line.strip()
        if "\n" in typed:
            return None
        if typed.startswith("/"):
            return self._command(typed[1:])
        for found in self._lines.bare(typed):
            fits = found.action.fits
            if found.sure or fits is None or await fits(found.rest):
                return found.action.name, _arguments(found.action, found.rest)
        return None

    def _command(self, words: str) -> tuple[str, dict[str, Any]] | None:
        name = words.partition(" ")[0]
        if not name.rstrip(":").isidentifier():
            return None  # a path or a pasted text that happens to begin with a slash
        found = self._lines.slashed(words)
        if found is None:
            raise UsageError(
                f"There is no command /{name}.{self._suggested(name)}",
                hint=f"There are: {self._first_words()}. `help` shows what follows them.",
            )
        action, rest = found.action, found.rest
        if rest and not action.rest:
            raise UsageError(f"/{spoken(action.name)} takes nothing after it (found {rest!r}).")
        return action.name, _arguments(action, rest)

    def _suggested(self, name: str) -> str:
        names = [known.partition("_")[0] for known in [*self._actions, *self._questions]]
        near = get_close_matches(name.lower(), names, 1, 0.75)
        return f" Is /{near[0]} meant?" if near else ""

    def near(self, line: str) -> Choice | None:
        """What to ask about a message that is a command but for a mistyped letter; None for
        none."""
        typed = line.strip()
        meant = "" if "\n" in typed else self._lines.near(typed)
        if not meant:
            return None
        run = Option("y", f"yes: {meant}", type=meant)
        return Choice(
            f"Is this the command “{meant}”?", [run, Option("n", "no, a message", say=typed)]
        )

    # --- running ------------------------------------------------------------------------------

    async def run(self, name: str, arguments: dict[str, Any]) -> ActionResult:
        """Run an action that asks nothing first and tells nothing on the way.

        Raises what `prepare` raises, `NotConfirmed`, or what it raises itself.
        """
        call = self.prepare(name, arguments)
        await call.must_not_ask()
        return await call.run(nobody_listens)

    def prepare(self, name: str, arguments: dict[str, Any], by: By = By()) -> Call:
        """Raises `NotFound` for the name, `UsageError` for the arguments."""
        action = self._actions.get(name)
        if action is None:
            raise NotFound(f"There is no action {name!r}.", hint=f"There are: {self._names()}.")
        try:
            parameters = action.parameters.model_validate(arguments)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{name}: {where}: {first['msg']}.", hint=action.help) from error

        async def run(report: Report) -> ActionResult:
            if action.worker is None:
                result = await action.handler(parameters)
            else:
                try:
                    result = await action.worker(parameters, report)
                except BrokenOff as broken:
                    # Whoever left can come back and take it back.
                    with anyio.CancelScope(shield=True):
                        await self.wrote(name, arguments, broken.result, by)
                    raise
            return await self.wrote(name, arguments, result, by)

        question = _asking(action, parameters)
        takes_long = action.worker is not None
        return Call(name, arguments, question, takes_long, run, action.effect, action.trial)

    async def wrote(
        self, name: str, arguments: dict[str, Any], result: ActionResult, by: By = By()
    ) -> ActionResult:
        """Have it kept that an action was done, here or by whoever did the same without running it;
        returns its result. A `write` that nothing takes back changed nothing, and is no entry; nor
        is what only asked which is meant."""
        action = self._actions[name]
        effect = action.effect
        arguments = {key: given for key, given in arguments.items() if key not in action.secret}
        did_nothing = result.undo is None and (effect == "write" or result.choice is not None)
        if effect == "read" or did_nothing or action.trial:
            return result
        return await self.record(Written(by, name, arguments, result))

    def _names(self) -> str:
        return ", ".join(sorted(map(spoken, [*self._actions, *self._questions])))

    def _first_words(self) -> str:
        """Of what can be typed after a slash."""
        typed = {each.name for each in self._actions.values() if each.phrases} | {*self._questions}
        return ", ".join(sorted({name.partition("_")[0] for name in typed}))


def _arguments(action: Action[Any], rest: str) -> dict[str, Any]:
    return {action.rest: rest} if rest else {}


def _asking(action: Action[P], parameters: P) -> Callable[[], Awaitable[str]]:
    async def question() -> str:
        if action.effect != "outward":
            return ""
        if action.asks is not None:
            return await action.asks(parameters)
        return action.question.format(**parameters.model_dump())

    return question
