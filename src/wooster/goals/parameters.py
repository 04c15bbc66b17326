"""The parameters of the actions on goals.

A typed line's rest goes into one of them; whoever has the parts gives them as parameters of their
own. `#number` names a goal, too. What is only for taking back a change is said where it stands.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from wooster.actions.action import Parameters

Number = Annotated[int, Field(ge=0, le=2**53)]
Signed = Annotated[int, Field(ge=-(2**53), le=2**53)]
Words = Annotated[str, Field(max_length=500)]
Note = Annotated[str, Field(max_length=2000)]


class NewGoal(Parameters):
    """`goal` is a name with all else ("weight from 190 to 170 lb by June, category health"), or a
    name with the parts beside it: `deadline` "by June", `target` "24 books" or "from 190 to 170
    lb"."""

    goal: Words = ""
    target: Words = ""
    deadline: Words = ""
    category: Words = ""


class NewValue(Parameters):
    """`goal` is a name with a value after it ("weight 185", "book +20 pages", "book 40 % on
    Monday"), or a name with `value` and `day` beside it."""

    goal: Words = ""
    value: Words = ""
    day: Words = ""
    note: Note = ""


class Which(Parameters):
    """`goal` is a name, the begin of its words, or its number."""

    goal: Words = ""


class WhichDay(Which):
    """`goal` may have a day after it or beside it; without one the newest is meant."""

    day: Words = ""


class Review(Parameters):
    """`how` may be `--ascii`, for a terminal without blocks."""

    how: Words = ""


class Closing(Which):
    """`goal` may end in "as reached" or "as dropped"."""

    outcome: Literal["", "reached", "dropped"] = ""


class Editing(Parameters):
    """`goal` is "NAME: by June", "NAME: to 165 lb", "NAME to NEW NAME", or a name, with what
    changes beside it. What isn't said stays; `deadline` and `category` may be "none"."""

    goal: Words = ""
    name: Words = ""
    target: Words = ""
    deadline: Words = ""
    category: Words = ""


class Linking(Parameters):
    """`goal` is "NAME to HABIT", or a name with `habit` beside it."""

    goal: Words = ""
    habit: Words = ""


class Step(Parameters):
    """`milestone` is "GOAL: MILESTONE", where it is unmistakable only one of them, or the milestone
    with `goal` beside it. `day` is by when it is due, or on which it was done."""

    milestone: Words = ""
    goal: Words = ""
    day: Words = ""


class GoalRow(Parameters):
    """The fields of a goal that get another value; what isn't given stays."""

    id: Number
    name: Words = ""
    category: Words = ""
    deadline: date | None = None
    measure: tuple[Signed | None, Signed, Words] | None = None
    closed: date | None = None
    outcome: Literal["reached", "dropped"] | None = None
    reopened: date | None = None
    archived: date | None = None


class MilestoneRow(Parameters):
    id: Number
    goal_id: Number
    name: Words
    due: date | None = None
    done: date | None = None


class ValueRow(Parameters):
    id: Number
    goal_id: Number
    day: date
    at: datetime
    kind: Literal["at", "more"]
    value: Signed
    note: Note = ""


class Reverting(Parameters):
    """Rows as they were, and the numbers of those that weren't there."""

    goals: tuple[GoalRow, ...] = ()
    milestones: tuple[MilestoneRow, ...] = ()
    values: tuple[ValueRow, ...] = ()
    no_milestones: tuple[Number, ...] = ()
    no_values: tuple[Number, ...] = ()
