"""What an action is: a name, help, typed parameters, an effect, phrases, and a handler."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from wooster.wire.events import Progress
from wooster.wire.requests import About, ActionResult

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


class BrokenOff(asyncio.CancelledError):
    """Work was cancelled when it had changed something already: `result` is what it has done so
    far, and how that is taken back."""

    def __init__(self, result: ActionResult, cancelled: asyncio.CancelledError) -> None:
        super().__init__(*cancelled.args)  # by which whoever cancelled knows it again
        self.result = result


async def no_handler(_: Any) -> ActionResult:
    """Stands where an action has a worker."""
    raise AssertionError("this action has a worker")


@dataclass(frozen=True, slots=True)
class Action(Generic[P]):
    """An underscore in `name` is a space where it is typed: `models_pull` is `/models pull`.

    `rest` names the text parameter that the rest of a typed line fills; empty for none. What takes
    long has a `worker` in place of a `handler`; it is cancelled when its client leaves, and raises
    `BrokenOff` where something is done by then. `question`
    is what an `outward` action asks first, with its parameters in braces; where what it would do
    has to be looked up for that, `asks` makes the question.

    A phrase is its fixed words in lower case, then the places that a person fills in, in capitals.
    Those in `also` are understood too, and not listed: what people say who come from elsewhere.
    A line without a slash that begins with a phrase's fixed words is the action only where `fits`,
    given the words after them, says so; without `fits` it always is. `reads` gives the arguments
    that a plain sentence has for it, None for one that isn't about it; `examples` are such
    sentences. The log keeps nothing of the parameters that are `secret`. `by_model` is False
    for what a model may not call, whatever it was told. `outside` says that what it tells may hold
    what others wrote, or a model: documents, calendars, past answers. A `trial` changes nothing
    that stays: it isn't in the log, and who types its command has agreed to it by that.
    """

    name: str
    help: str
    effect: Effect
    parameters: type[P]
    phrases: tuple[str, ...]
    handler: Callable[[P], Awaitable[ActionResult]] = no_handler
    rest: str = ""
    worker: Callable[[P, Report], Awaitable[ActionResult]] | None = None
    question: str = ""
    asks: Callable[[P], Awaitable[str]] | None = None
    fits: Callable[[str], Awaitable[bool]] | None = None
    reads: Callable[[str], Awaitable[dict[str, Any] | None]] | None = None
    examples: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    by_model: bool = True
    outside: bool = False
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A command that a model answers: `/name words` is a message `about` something, and a turn like
    any other."""

    name: str
    help: str
    phrases: tuple[str, ...]
    about: About


def spoken(name: str) -> str:
    """An action's name as it is typed."""
    return name.replace("_", " ")


def nobody_listens(_: Progress) -> None:
    """A report that is not shown."""


async def is_bare(words: str) -> bool:
    """A phrase behind which nothing stands; for `fits`."""
    return not words.strip()
