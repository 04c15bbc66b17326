"""A briefing as values: items with where each is from, in sections, and what couldn't be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

from wooster.core.text import clean, clip
from wooster.schedule.zones import instant_of

Edition = Literal["morning", "day", "week"]
"""morning: what the day holds · day: how it went · week: how the week went"""

_LONGEST_NAME = 80
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Moment:
    """From when a briefing is told: `now` in the person's zone, `day` their date then."""

    now: datetime
    day: date
    zone: tzinfo | None

    @property
    def tomorrow(self) -> date:
        return self.day + timedelta(days=1)

    @property
    def monday(self) -> date:
        """Of its week."""
        return self.day - timedelta(days=self.day.weekday())

    def begin_of(self, day: date) -> datetime:
        """The instant at which `day` begins on the person's clock; days have 23 to 25 hours."""
        return instant_of(datetime.combine(day, _MIDNIGHT), self.zone)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is told. `id` says where it is from (`habit:3`); `name` are the person's
    words, and `facts` ours, each a few words that are told as they are."""

    id: str
    name: str
    facts: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """What has to be in whatever tells of it."""
        return (*self.facts, self.name)


def item(identity: str, name: str, *facts: str) -> Item:
    """With a name on one line, and without facts that are empty."""
    told = clip(clean(name), _LONGEST_NAME) or "something without a name"
    return Item(identity, told, tuple(fact for fact in facts if fact))


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title, what it is called where it can't be read, and the command that has all."""

    title: str
    of: str
    see: str


@dataclass(frozen=True, slots=True)
class Section:
    """`more` are those that are there beside these."""

    heading: Heading
    items: tuple[Item, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """All that is told. `notes` say what isn't there; `charts` are lines of a terminal."""

    edition: Edition
    moment: Moment
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(each for section in self.sections for each in section.items)
