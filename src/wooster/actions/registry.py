"""Actions, and finding the one that a line or a name means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from wooster.core.errors import NotConfirmed, NotFound, UsageError
from wooster.wire.events import Progress
from wooster.wire.requests import About, ActionHelp, ActionResult, TurnRequest

Effect = Literal["read", "write", "outward"]
"""read: changes nothing · write: can be undone · outward: leaves the machine or can't be undone"""


class Parameters(BaseModel):
    """Base of every action's parameters: what isn't known is refused."""

    # Built when it is first asked for: there are many, and a start needs none.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Nothing(Parameters):
    """No parameters."""


P = TypeVar("P", bound=Parameters)
Report = Callable[[Progress], None]
"""How work that takes long tells how it stands; it never waits for whoever listens."""


async def _no_handler(_: Any) -> ActionResult:
    raise AssertionError("this action has a worker")


@dataclass(frozen=True, slots=True)
class Action(Generic[P]):
    """An underscore in `name` is a space where it is typed: `models_pull` is `/models pull`.

    `rest` names the text parameter that the rest of a typed line fills; empty for none. What takes
    long has a `worker` in place of a `handler`; it is cancelled when its client leaves. `question`
    is what an `outward` action asks first, with its parameters in braces; where what it would do
    has to be looked up for that, `asks` makes the question.

    A phrase is its fixed words in lower case, then the places that a person fills in, in capitals.
    A line without a slash that begins with a phrase's fixed words is the action only where `fits`,
    given the words after them, says so; without `fits` it always is. `reads` gives the arguments
    that a plain sentence has for it, None for one that isn't about it; `examples` are such
    sentences. `by_model` is False for what a model may not call, whatever it was told.
    """

    name: str
    help: str
    effect: Effect
    parameters: type[P]
    phrases: tuple[str, ...]
    handler: Callable[[P], Awaitable[ActionResult]] = _no_handler
    rest: str = ""
    worker: Callable[[P, Report], Awaitable[ActionResult]] | None = None
    question: str = ""
    asks: Callable[[P], Awaitable[str]] | None = None
    fits: Callable[[str], Awaitable[bool]] | None = None
    reads: Callable[[str], Awaitable[dict[str, Any] | None]] | None = None
    examples: tuple[str, ...] = ()
    by_model: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """A command that a model answers: `/name words` is a message `about` something, and a turn like
    any other."""

    name: str
    help: str
    phrases: tuple[str, ...]
    about: About


@dataclass(frozen=True, slots=True)
class Call:
    """An action with arguments that make sense, ready to run. `question` gives what is asked first,
    "" for nothing; it raises what the action would."""

    name: str
    arguments: dict[str, Any]
    question: Callable[[], Awaitable[str]]
    takes_long: bool
    run: Callable[[Report], Awaitable[ActionResult]]

    async def must_not_ask(self) -> None:
        """Raises `NotConfirmed` when the person must agree first."""
        if question := await self.question():
            raise NotConfirmed(
                f"{_spoken(self.name)} asks first: {question}",
                hint="Nothing was done yet. After a yes, send it with `confirmed`.",
            )


class Registry:
    """Every action of the running program."""

    def __init__(self) -> None:
        self._actions: dict[str, Action[Any]] = {}
        self._questions: dict[str, Question] = {}

    def add(self, action: Action[P]) -> None:
        assert action.name not in self._actions, f"two actions are called {action.name!r}"
        has_handler = action.handler is not _no_handler
        assert has_handler != (action.worker is not None), f"{action.name} does one thing"
        self._actions[action.name] = action

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
        ]
        asking = [
            ActionHelp(question.name, question.help, list(question.phrases), "read")
            for question in self._questions.values()
        ]
        return [*acting, *asking]

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

    def parse(self, line: str) -> tuple[str, dict[str, Any]] | None:
        """The action that `line` is, with its arguments; None when it is a message for the model.

        `/name words` is always a command. Without the slash only the bare name is, because "history
        of Rome" is a question.
        """
        typed = line.strip()
        words = typed.removeprefix("/")
        action, rest = self._split(words)
        if not typed.startswith("/"):
            return (action.name, {}) if action is not None and not rest else None
        name = words.partition(" ")[0]
        if "\n" in typed or not name.isidentifier():
            return None  # a path or a pasted text that happens to begin with a slash
        if action is None:
            raise UsageError(
                f"There is no command /{name}.", hint=f"There are: {self._names()}. See `help`."
            )
        if rest and not action.rest:
            raise UsageError(f"/{_spoken(action.name)} takes nothing after it (found {rest!r}).")
        return action.name, {action.rest: rest} if rest else {}

    def _split(self, words: str) -> tuple[Action[Any] | None, str]:
        """The action with the longest name that `words` begin with, and what comes after it."""
        for length in (2, 1):
            parts = words.split(None, length)
            action = self._actions.get("_".join(parts[:length]).lower())
            if action is not None:
                return action, parts[length].strip() if len(parts) > length else ""
        return None, ""

    async def run(self, name: str, arguments: dict[str, Any]) -> ActionResult:
        """Run an action that asks nothing first and tells nothing on the way.

        Raises what `prepare` raises, `NotConfirmed`, or what it raises itself.
        """
        call = self.prepare(name, arguments)
        await call.must_not_ask()
        return await call.run(nobody_listens)

    def prepare(self, name: str, arguments: dict[str, Any]) -> Call:
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
        run = _handled(action, parameters) if action.worker is None else _worked(action, parameters)
        question = _asking(action, parameters)
        return Call(name, arguments, question, action.worker is not None, run)

    def _names(self) -> str:
        return ", ".join(sorted(map(_spoken, [*self._actions, *self._questions])))


def _asking(action: Action[P], parameters: P) -> Callable[[], Awaitable[str]]:
    async def question() -> str:
        if action.effect != "outward":
            return ""
        if action.asks is not None:
            return await action.asks(parameters)
        return action.question.format(**parameters.model_dump())

    return question


def _handled(action: Action[P], parameters: P) -> Callable[[Report], Awaitable[ActionResult]]:
    return lambda _: action.handler(parameters)


def _worked(action: Action[P], parameters: P) -> Callable[[Report], Awaitable[ActionResult]]:
    worker = action.worker
    assert worker is not None
    return lambda report: worker(parameters, report)


def nobody_listens(_: Progress) -> None:
    """A report that is not shown."""


def _spoken(name: str) -> str:
    """An action's name as it is typed."""
    return name.replace("_", " ")
