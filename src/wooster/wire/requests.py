"""What a client asks of the daemon, and the daemon's answers that aren't streams."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""The longest message taken, in bytes of UTF-8: a long book. Longer is refused, not cut."""


About = Literal["", "library"]
"""What a message must be answered from: whatever the model knows · the person's documents."""


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """`POST /v1/turns`: one message of the person. Without `session_id` a session begins.

    One that is `about` something is never read as a command, and neither is one `as_message`.
    `can_choose` says that somebody sits there who can be asked what was meant, or whether to go on.
    """

    text: str
    client: str = "unknown"
    session_id: str | None = None
    about: About = ""
    as_message: bool = False
    can_choose: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """`POST /v1/turns/{id}/answer`: the person's answer to the `asking` of one call."""

    call: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """`POST /v1/actions/{name}`: run an action with `arguments`.

    With `Accept: text/event-stream` the answer is a stream: `progress`, then `result` or `error`; a
    client that leaves ends the work. `confirmed` says that the person was asked and agreed.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a `Choice`: the key for it, its meaning, and the action that it runs.

    Where `ask` is set, a line is asked for with these words first, and becomes the argument `into`.
    Instead of an action there may be a line that is taken as if it were typed (`type`), or one that
    is a message whatever it looks like (`say`). An option with none of them ends the asking.
    """

    key: str
    label: str
    action: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    ask: str = ""
    into: str = ""
    type: str = ""
    say: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person is asked next, one key an answer; a key that isn't there changes nothing."""

    question: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class ActionResult:
    """An action's answer: `text` (Markdown) for a person, `data` and `exit_code` for a program.

    `undo` is the action that takes it back, and its arguments; None where nothing was changed.
    `choice` is what the person is asked next, where somebody sits at a prompt.
    """

    text: str
    data: dict[str, Any] = field(default_factory=dict)
    exit_code: int = 0
    undo: tuple[str, dict[str, Any]] | None = None
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class UntoldRequest:
    """`POST /v1/untold`: the person has seen these."""

    ids: list[int]


@dataclass(frozen=True, slots=True)
class ActionHelp:
    """One action as `GET /v1/actions` lists it, for help and completion."""

    name: str
    help: str
    phrases: list[str]
    effect: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """`GET /v1/greeting`: what a client shows when it opens.

    `session_id` is the session to go on with, when the last one is recent enough; `last` says where
    it stood. `left_off` has the lines for whoever begins a new one: what the last was about, and
    what was left to do. `untold` has at most three lines of what failed or was missed and nobody
    was told of; a client that has shown them says so with `POST /v1/untold` and `untold_ids`.
    `problem` is set in safe mode: the daemon is up and can't work until it is
    mended.
    """

    model: str
    where: str
    leaves: str
    ready: bool
    session_id: str | None = None
    last: str = ""
    left_off: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    untold_ids: list[int] = field(default_factory=list)
    problem: str = ""
    hint: str = ""
    problem_exit_code: int = 0
    commands: list[ActionHelp] = field(default_factory=list)
