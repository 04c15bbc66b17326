"""The parameters of the actions on habits.

A typed line's rest goes into one of them; whoever has the parts gives them as parameters of their
own. `#number` names a habit, too. What is only for taking back a change is said where it stands.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from wooster.actions.action import Parameters

Number = Annotated[int, Field(ge=0, le=2**53)]
Words = Annotated[str, Field(max_length=500)]
Note = Annotated[str, Field(max_length=2000)]


class NewHabit(Parameters):
    """`habit` is a name with a rule ("read 20 minutes daily"), or a name with `rule` beside it.
    `remind_at` is a time of the clock: "07:30"."""

    habit: Words = ""
    rule: Words = ""
    remind_at: Words = ""


class CheckInRow(Parameters):
    """A check-in as it was."""

    id: Number
    day: date
    at: datetime
    zone: Words
    thousandths: Number | None = None
    unit: Words = ""
    note: Note = ""


class DoneParameters(Parameters):
    """`habit` is a name, with a day and an amount after it or beside it ("meditate yesterday 25
    minutes"). `rows` takes back that they were removed."""

    habit: Words = ""
    day: Words = ""
    amount: Words = ""
    note: Note = ""
    rows: tuple[CheckInRow, ...] = ()


class UndoneParameters(Parameters):
    """`habit` is a name, with a day after it or beside it; today's are meant without one. With
    `check_ins`, just those."""

    habit: Words = ""
    day: Words = ""
    check_ins: tuple[Number, ...] = ()


class Which(Parameters):
    """`habit` is a name, the begin of its words, or its number."""

    habit: Words = ""


class WhichDay(Parameters):
    """`habit` is a name, with a day after it or beside it; today is meant without one."""

    habit: Words = ""
    day: Words = ""


class BreakRow(Parameters):
    """A break as it was."""

    id: Number
    habit_id: Number | None
    kind: Literal["skip", "vacation", "pause"]
    first: date
    last: date | None


class Unskip(WhichDay):
    """`put` and `drop` take back another change of breaks."""

    put: tuple[BreakRow, ...] = ()
    drop: tuple[Number, ...] = ()


class Span(Parameters):
    """`when` is "until Friday", "from 1 Dec to 10 Dec", "for a week", with a habit before it or
    not; "over" ends the vacation."""

    when: Words = ""


class Edit(Parameters):
    """`habit` is "NAME: RULE", "NAME to NEW NAME" or "NAME RULE"; or a name, with what changes
    beside it. What isn't said stays. `remind` is a time or "off". `rules` takes back a change."""

    habit: Words = ""
    name: Words = ""
    rule: Words = ""
    remind: Words = ""
    rules: tuple[tuple[date, Words], ...] = ()


class Archive(Which):
    """`since` and `breaks` take back that it was brought back."""

    since: date | None = None
    breaks: tuple[Number, ...] = ()
