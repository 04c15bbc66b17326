"""The areas of a life: what belongs to which, how far each is covered, and the next step in one.

Pure functions over things and days. It refuses to know where things come from and which areas there
are (`area_words`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from wooster.core.names import folded
from wooster.core.patterns import Pattern

Coverage = Literal["none", "basic", "tracked", "automated"]
"""none: nothing is known of it · basic: there is something · tracked: something in it was measured
lately · automated: and Wooster speaks of it by itself"""
COVERAGES: tuple[Coverage, ...] = ("none", "basic", "tracked", "automated")
MemberKind = Literal["habit", "goal"]
ThingKind = Literal["habit", "goal", "task", "reminder", "event", "log"]

_MOST_OF_ONE = 3
"""How often one step is suggested before another area has its turn."""
_WORD = Pattern(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Area:
    """`words` are folded; one that ends in * is the begin of words. `steps` are what can be typed
    next, by the coverage at which it is."""

    id: str
    name: str
    words: frozenset[str]
    steps: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Thing:
    """A habit, a goal, a task, … `is_measured`: lately, with a check-in, a value or an entry.
    `is_automatic`: Wooster speaks of it by itself."""

    kind: ThingKind
    number: int
    name: str
    category: str = ""
    is_measured: bool = False
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class Covered:
    """An area with what belongs to it."""

    area: Area
    coverage: Coverage
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """What was suggested on a day: the step of an area from the coverage that it had."""

    day: date
    area: str
    coverage: Coverage


def covered(
    areas: Sequence[Area], things: Iterable[Thing], members: Mapping[tuple[MemberKind, int], str]
) -> list[Covered]:
    """How far each area is covered, in their order. A thing may belong to several."""
    found: dict[str, list[Thing]] = {each.id: [] for each in areas}
    sorter = _Sorter(areas, members)
    for thing in things:
        for area in sorter.of(thing):
            found[area].append(thing)
    return [Covered(each, coverage(found[each.id]), tuple(found[each.id])) for each in areas]


def coverage(things: Sequence[Thing]) -> Coverage:
    """Of an area that has these."""
    if not things:
        return "none"
    if not any(each.is_measured for each in things):
        return "basic"
    return "automated" if any(each.is_automatic for each in things) else "tracked"


def next_step(found: Sequence[Covered], past: Sequence[Suggested], today: date) -> Covered | None:
    """The area in which to go on: today's again; else the last one while its step isn't done and
    was suggested less than three times; else the least covered. None where each is automated, or
    each step was suggested often enough."""
    by_id = {each.area.id: each for each in found}
    last = past[-1] if past else None
    if last is not None and last.area in by_id and last.day == today:
        return by_id[last.area]

    def times(each: Covered) -> int:
        return sum(one.area == each.area.id and one.coverage == each.coverage for one in past)

    open_ones = [e for e in found if e.coverage != "automated" and times(e) < _MOST_OF_ONE]
    if last is not None:
        going_on = [e for e in open_ones if e.area.id == last.area and e.coverage != "tracked"]
        if going_on:
            return going_on[0]
    return min(
        open_ones, key=lambda each: (COVERAGES.index(each.coverage), times(each)), default=None
    )


def may_speak(now: datetime, days: Iterable[date], quiet: tuple[time, time] | None) -> bool:
    """Whether something may be suggested unasked at this local time: never in quiet hours (from,
    and until when), never twice a day. `days` are those on which something was."""
    if quiet is not None:
        begin, end = quiet
        at = now.time()
        inside = begin <= at < end if begin <= end else at >= begin or at < end
        if inside:
            return False
    return now.date() not in set(days)


def named(words: str, areas: Sequence[Area]) -> list[Area]:
    """Those that `words` may mean: by the id or the whole name, else by the begin of a word."""
    query = folded(words)
    same = [each for each in areas if query in (each.id, folded(each.name))]
    if same or not query:
        return same
    return [
        each
        for each in areas
        if any(part.startswith(query) for part in re.findall(r"\w+", folded(each.name)))
    ]


class _Sorter:
    """Says to which areas things belong. The same words come again in thousands of things: each is
    looked at once."""

    def __init__(
        self, areas: Sequence[Area], members: Mapping[tuple[MemberKind, int], str]
    ) -> None:
        self._areas, self._members = areas, members
        self._begins = [
            (each.id, tuple(word[:-1] for word in each.words if word.endswith("*")))
            for each in areas
        ]
        self._by_word: dict[str, list[str]] = {}
        self._by_category: dict[str, list[str]] = {}

    def of(self, thing: Thing) -> list[str]:
        if thing.kind in ("habit", "goal"):
            kind: MemberKind = "habit" if thing.kind == "habit" else "goal"
            put = self._members.get((kind, thing.number))
            if put is not None and any(each.id == put for each in self._areas):
                return [put]
        if thing.category and (of_category := self._of_category(thing.category)):
            return of_category
        text = f"{thing.name} {thing.category}"
        words = _WORD.findall(text if text.isascii() else folded(text))
        found = {area for word in words for area in self._of_word(word)}
        return [each.id for each in self._areas if each.id in found] if found else []

    def _of_category(self, category: str) -> list[str]:
        if category not in self._by_category:
            self._by_category[category] = [each.id for each in named(category, self._areas)]
        return self._by_category[category]

    def _of_word(self, word: str) -> list[str]:
        if word not in self._by_word:
            form = folded(word)
            forms = {form, form.removesuffix("s")}
            found = [each.id for each in self._areas if forms & each.words]
            found += [area for area, begins in self._begins if form.startswith(begins)]
            self._by_word[word] = found
        return self._by_word[word]
