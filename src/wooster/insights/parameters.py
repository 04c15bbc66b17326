"""The parameters of the actions on patterns and areas."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from wooster.actions.action import Parameters
from wooster.insights.model import PatternKind, State

Words = Annotated[str, Field(max_length=500)]
Number = Annotated[int, Field(ge=1, le=2**53)]


class Which(Parameters):
    """`which` is a pattern's number, as `insights` shows it."""

    which: Words = ""


class Accepting(Parameters):
    """`which` is a pattern's number, with what it is to become after it or beside it in `what`:
    "3 as goal"; without that, what `insights` offers."""

    which: Words = ""
    what: Words = ""


class Snoozing(Parameters):
    """`which` is a pattern's number, with a time in words after it or beside it in `until`: "3 in
    two weeks"; without one, four weeks."""

    which: Words = ""
    until: Words = ""


class RowAsItWas(Parameters):
    """What was decided of a pattern."""

    id: Number
    kind: PatternKind
    salt: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    mark: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    state: State
    found: date
    until: date | None = None


class Put(Parameters):
    """Takes a decision back: `first` is the action that takes back what was made."""

    row: RowAsItWas
    first: tuple[Words, dict[str, Any]] | None = None


class Setting(Parameters):
    """`what` is a habit or a goal with `to` and an area after it ("run to health"; "none" takes it
    out), or just its name with `area` beside it. With `kind` and `number`, just that one; `area` is
    an id then."""

    what: Words = ""
    area: Words = ""
    kind: Literal["", "habit", "goal"] = ""
    number: Annotated[int, Field(ge=0, le=2**53)] = 0


class WhichArea(Parameters):
    """`area` is an area's name or the begin of it; empty for all."""

    area: Words = ""
