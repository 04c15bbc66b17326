"""The tools of a request, and which of them the model may or must call.

It knows the OpenAI protocol's forms of both; it knows nothing of how a model writes a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, field_validator

from wooster.servers.openai import Shape

_ANYTHING: dict[str, Any] = {"type": "object", "properties": {}}


class Function(Shape):
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:/-]{1,128}$")]
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None

    @field_validator("parameters")
    @classmethod
    def _an_object(cls, parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        kind = (parameters or {}).get("type", "object")
        if kind != "object":
            raise ValueError(f"the type of a tool's arguments must be 'object', found {kind!r}")
        return parameters


class Tool(Shape):
    type: Literal["function"]
    function: Function

    @property
    def parameters(self) -> dict[str, Any]:
        """The schema of the arguments, which are an object always."""
        given = self.function.parameters
        return {"type": "object", **given} if given else _ANYTHING

    def for_template(self) -> dict[str, Any]:
        """The tool as chat templates expect it."""
        told: dict[str, Any] = {"name": self.function.name}
        if self.function.description:
            told["description"] = self.function.description
        return {"type": "function", "function": {**told, "parameters": self.parameters}}


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """`name` is the one tool that must be called where the mode is `named`."""

    mode: Literal["auto", "none", "required", "named"]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What a model is offered for one answer."""

    all: tuple[Tool, ...]
    choice: ToolChoice
    is_parallel: bool

    @property
    def at_most(self) -> int | None:
        """How many calls an answer may have; None is any number."""
        return None if self.is_parallel and self.choice.mode != "named" else 1

    @property
    def is_required(self) -> bool:
        return self.choice.mode in ("required", "named")

    @property
    def callable(self) -> tuple[Tool, ...]:
        """Those that may be called: the named one, or all."""
        name = self.choice.name
        return self.all if name is None else tuple(t for t in self.all if t.function.name == name)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(tool.function.name for tool in self.callable)


def read_choice(choice: Any) -> ToolChoice:
    """`tool_choice` in any of its forms. Raises `ValueError`."""
    if choice in ("auto", "none", "required"):
        return ToolChoice(choice)
    if isinstance(choice, Mapping) and choice.get("type") == "function":
        function = choice.get("function")
        name = function.get("name") if isinstance(function, Mapping) else None
        if isinstance(name, str):
            return ToolChoice("named", name)
    raise ValueError(
        "must be 'auto', 'none', 'required' or {'type': 'function', 'function': {'name': …}}"
    )
