"""The events of a turn, in the order in which a client may see them.

    meta (progress | token | note | tool | asking)* (done | error)   a message for the model
    progress* (result | error)                                       a typed command, or an action
    ask                                                              one that must be confirmed
    (notice | withdrawn)*                                            what is told unasked

`meta` comes after the person's message is stored; a `token` comes after its text is stored; `done`
and `error` come after the turn is stored in its last state. A refused request is one `error`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

from wooster.wire.requests import ActionResult, Choice, Option

T = TypeVar("T")

TurnState = Literal["running", "done", "stopped", "cut_off", "failed"]
"""How a turn stands.

running: being answered · done: answered to the end · stopped: the person stopped it ·
cut_off: ended by a crash, a lost model or a client that left · failed: no answer at all.
"""


@dataclass(frozen=True, slots=True)
class Meta:
    """The message is stored: nothing of it can be lost any more."""

    event: ClassVar[str] = "meta"
    turn_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Something is under way that shows no text yet.

    `stage` of a turn is `searching` (the library is being searched; counts are 0), `loading` (the
    model is being loaded; counts are 0), `reading` (`done` of `total` prompt tokens are read) or
    `thinking` (`done` characters of thought so far). An action that takes long has stages of its
    own (`fetching`, `checking`, `switching`), counts in its own unit, and says in `text` how it
    stands. A client shows `text` where there is one, and may meet stages that it doesn't know.
    """

    event: ClassVar[str] = "progress"
    stage: str
    done: int = 0
    total: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer: one or more tokens."""

    event: ClassVar[str] = "token"
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A fallback or a degraded step, in one line for the person."""

    event: ClassVar[str] = "note"
    code: str
    text: str


ToolState = Literal["running", "done", "failed", "refused", "unknown"]
"""How a tool that a model called stands.

running: under way · done: it did what it does · failed: it said why not, and nothing was done ·
refused: the person must agree first, and didn't · unknown: it was broken off in the middle.
"""


@dataclass(frozen=True, slots=True)
class Tool:
    """The model called a tool, and it has ended: `name` is the action, `text` what it does in
    words, `summary` what it gave, each on one line."""

    event: ClassVar[str] = "tool"
    name: str
    text: str
    state: ToolState
    summary: str


@dataclass(frozen=True, slots=True)
class Asking:
    """The model wants to do what the person must agree to first; the turn waits.

    The answer is `POST /v1/turns/{turn_id}/answer` with `call`; none within `within_s` seconds is a
    no. Told only to a client that said that it can ask.
    """

    event: ClassVar[str] = "asking"
    turn_id: str
    call: int
    question: str
    name: str
    within_s: float


@dataclass(frozen=True, slots=True)
class Done:
    """The turn has ended and is stored."""

    event: ClassVar[str] = "done"
    turn_id: str
    state: TurnState
    provider: str
    model: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    first_token_s: float | None = None
    total_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Nothing more comes: what failed, what to do next, and a script's exit code for it."""

    event: ClassVar[str] = "error"
    code: str
    message: str
    hint: str = ""
    exit_code: int = 1
    turn_id: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a typed command gave: `text` (Markdown) for a person, `data` for a program; and what a
    person is asked next."""

    event: ClassVar[str] = "result"
    text: str
    data: dict[str, Any] = dataclasses.field(default_factory=dict)
    exit_code: int = 0
    choice: Choice | None = None

    @classmethod
    def of(cls, result: ActionResult) -> Result:
        return cls(result.text, result.data, result.exit_code, result.choice)


@dataclass(frozen=True, slots=True)
class Ask:
    """The command leaves this machine or can't be undone, and nothing was done yet.

    After a yes it is `POST /v1/actions/{name}` with `arguments` and `confirmed`.
    """

    event: ClassVar[str] = "ask"
    question: str
    name: str
    arguments: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """Of `GET /v1/notices`: something for the person to see now. A client that has shown `key`
    says so with `POST /v1/notices/{key}/shown`, and doesn't show it again."""

    event: ClassVar[str] = "notice"
    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A notice that needn't be shown any more: it was elsewhere, or will be."""

    event: ClassVar[str] = "withdrawn"
    key: str


Event = (
    Meta
    | Progress
    | Token
    | Note
    | Tool
    | Asking
    | Done
    | Failure
    | Result
    | Ask
    | Notice
    | Withdrawn
)
Ending = Done | Failure | Result | Ask
"""What a stream ends with."""

_BY_NAME: dict[str, type[Event]] = {
    kind.event: kind
    for kind in (
        Meta,
        Progress,
        Token,
        Note,
        Tool,
        Asking,
        Done,
        Failure,
        Result,
        Ask,
        Notice,
        Withdrawn,
    )
}


def to_json(event: Event) -> dict[str, Any]:
    """`event` as a JSON object with its name under `event` first."""
    return {"event": event.event, **dataclasses.asdict(event)}


def from_json(name: str, data: dict[str, Any]) -> Event | None:
    """The event `name` with `data`; None when this version doesn't know the name.

    Fields that this version doesn't know are left out. A missing field raises `TypeError`.
    """
    kind = _BY_NAME.get(name)
    if kind is None:
        return None
    event = _known(kind, data)
    if isinstance(event, Result) and isinstance(event.choice, dict):
        return dataclasses.replace(event, choice=_choice(event.choice))
    return event


def _choice(data: dict[str, Any]) -> Choice:
    return Choice(data["question"], [_known(Option, each) for each in data["options"]])


def _known(kind: type[T], data: dict[str, Any]) -> T:
    known = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type] # a dataclass
    return kind(**{key: value for key, value in data.items() if key in known})
