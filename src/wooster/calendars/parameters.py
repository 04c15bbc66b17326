"""The parameters of the actions on calendars.

A typed line's rest goes into one of them; whoever has the parts gives them as parameters of their
own. What is only for choosing one of several, or for taking back a change, is said where it stands.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from wooster.actions.action import Parameters

Number = Annotated[int, Field(ge=0, le=2**53)]
Words = Annotated[str, Field(max_length=1000)]
Text = Annotated[str, Field(max_length=1_000_000)]


class AddCalendar(Parameters):
    """`what` is a path or an address, with a name after it or in `name`. `password` is one, or a
    place that has it: `keyring:NAME`, `env:NAME`, `file:PATH`."""

    what: Annotated[str, Field(max_length=4000)] = ""
    name: Words = ""
    user: Words = ""
    password: SecretStr = SecretStr("")


class WhichCalendar(Parameters):
    """`calendar` is a name, or the begin of one. `ids` takes back a change."""

    calendar: Words = ""
    ids: tuple[Number, ...] = ()


class When(Parameters):
    """`when` is a day or some: "tomorrow", "week", "5 to 9 June"; today without one."""

    when: Words = ""


class Free(Parameters):
    """`when` is a day or some, with hours and a length or without: "tomorrow afternoon 2 hours"."""

    when: Words = ""


class NewEvent(Parameters):
    """`event` is a name with a time: "lunch with Ana friday 13:00-14:00 at Café X". `calendar` is
    the name of one."""

    event: Words = ""
    calendar: Words = ""


class OneEvent(Parameters):
    """`event` has the words of its title, with a day or without. `source`, `uid` and `original` are
    for one that was chosen of several; `original` is a series' own time of it."""

    event: Words = ""
    source: Number = 0
    uid: Text = ""
    original: Words = ""


class MoveEvent(OneEvent):
    """`event` ends in "to" and a time."""


class PutEvent(Parameters):
    """An event as it was: its lines at `href` of a source, none where it wasn't there. `made` says
    that the person's own calendar was begun with it, and without it goes again."""

    source: Number
    href: Text
    uid: Text
    events: Text = ""
    place: int = -1
    made: bool = False
