"""Actions, and finding the one that a line or a name means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from wooster.core.errors import NotFound, UsageError
from wooster.wire.requests import ActionHelp, ActionResult

Effect = Literal["read", "write", "outward"]
"""read: changes nothing · write: can be undone · outward: leaves the machine or can't be undone"""


class Parameters(BaseModel):
    """Base of every action's parameters: what isn't known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, slots=True)
class Action(Generic[P]):
    """`rest` names the text parameter that the rest of a typed line fills; empty for none."""

    name: str
    help: str
    effect: Effect
    parameters: type[P]
    phrases: tuple[str, ...]
    handler: Callable[[P], Awaitable[ActionResult]]
    rest: str = ""


class Registry:
    """Every action of the running program."""

    def __init__(self) -> None:
        self._actions: dict[str, Action[Any]] = {}

    def add(self, action: Action[P]) -> None:
        assert action.name not in self._actions, f"two actions are called {action.name!r}"
        self._actions[action.name] = action

    def help(self) -> list[ActionHelp]:
        return [
            ActionHelp(action.name, action.help, list(action.phrases), action.effect)
            for action in self._actions.values()
        ]

    def parse(self, line: str) -> tuple[str, dict[str, Any]] | None:
        """The action that `line` is, with its arguments; None when it is a message for the model.

        `/name words` is always a command. Without the slash only the bare name is, because "history
        of Rome" is a question.
        """
        typed = line.strip()
        name, _, rest = typed.removeprefix("/").partition(" ")
        action = self._actions.get(name.lower())
        rest = rest.strip()
        if not typed.startswith("/"):
            return (action.name, {}) if action is not None and not rest else None
        if "\n" in typed or not name.isidentifier():
            return None  # a path or a pasted text that happens to begin with a slash
        if action is None:
            raise UsageError(
                f"There is no command /{name}.", hint=f"There are: {self._names()}. See `help`."
            )
        if rest and not action.rest:
            raise UsageError(f"/{action.name} takes nothing after it (found {rest!r}).")
        return action.name, {action.rest: rest} if rest else {}

    async def run(self, name: str, arguments: dict[str, Any]) -> ActionResult:
        """Raises `NotFound` for the name, `UsageError` for the arguments, or what it raises."""
        action = self._actions.get(name)
        if action is None:
            raise NotFound(f"There is no action {name!r}.", hint=f"There are: {self._names()}.")
        try:
            parameters = action.parameters.model_validate(arguments)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{name}: {where}: {first['msg']}.", hint=action.help) from error
        return await action.handler(parameters)

    def _names(self) -> str:
        return ", ".join(sorted(self._actions))
