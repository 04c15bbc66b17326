"""The parameters of the actions on tasks and projects.

A typed line's rest goes into one of them; whoever has the parts gives them beside it. A task is
named by its number in the list that was shown last, or by its words; `place` is the exact one.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wooster.actions.action import Parameters

Words = Annotated[str, Field(max_length=2_000)]
Line = Annotated[str, Field(max_length=200_000)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Key = Literal["n", "t", "c", "w", "s", "p", "r", "d", "e", "k"]


class Place(Parameters):
    """A task's file and its line as it stands there."""

    file: Words
    line: Line


class Captured(Parameters):
    """`text` goes into the inbox as it is."""

    text: Annotated[str, Field(max_length=50_000)] = ""


class Said(Parameters):
    """`text` is what is to be done, with @context, +project, "due friday" and "every monday"."""

    text: Words = ""


class Filtered(Parameters):
    """`filters` are @context, +project, due:today (tomorrow, week, overdue, DAY), words, `all`."""

    filters: Words = ""


class Which(Parameters):
    """`task` is its number in the list that was shown last, or words of it."""

    task: Words = ""
    place: Place | None = None


class Edited(Which):
    """`task` is "3 NEW WORDS" or "WORDS OF IT: NEW WORDS"; or the task, with `text` beside it. Tags
    that the new words don't name stay; `due:none` and `@none` remove."""

    text: Words = ""


class Moved(Which):
    """`task` is "3 to someday"; or the task, with `to` beside it: inbox, next, waiting, someday, or
    a project."""

    to: Words = ""


class Awaited(Which):
    """`task` is "3 for Bob", or "for Bob: the report" for a new one; or the task, with `who`."""

    who: Words = ""


class Someday(Which):
    """`task` is the number of a task to move; else `text` is something new. Neither lists them."""

    text: Words = ""


class Searched(Parameters):
    """`words` must all be in the task, its tags or its day."""

    words: Words = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 20


class Sorted(Parameters):
    """What becomes of an item of the inbox: `key` says what, `words` are what that asks for; so
    many items before it as `left` says stay where they are."""

    place: Place
    key: Key
    words: Words = ""
    left: Count = 0


class StepRow(Parameters):
    """A change of a file's lines, or a path that changes; see `changes`."""

    file: Words = ""
    at: Count = 0
    gone: tuple[Line, ...] = ()
    put: tuple[Line, ...] = ()
    above: tuple[Line, ...] = ()
    below: tuple[Line, ...] = ()
    makes: bool = False
    removes: bool = False
    begins: bool = False
    ends: bool = False
    old: Words = ""
    new: Words = ""


class Put(Parameters):
    """The steps that take a change back, or make it again."""

    steps: Annotated[tuple[StepRow, ...], Field(min_length=1, max_length=10_000)]


class Named(Parameters):
    """`name` is a project's name, the begin of its words, or its number in the last list."""

    name: Words = ""


class Renamed(Parameters):
    """`name` is "OLD to NEW"; or the old one, with `to` beside it."""

    name: Words = ""
    to: Words = ""
