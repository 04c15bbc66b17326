"""What a rule is, and how one is tried on a clause. Pure; it refuses to know any language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from wooster.memory.facts import rules_values as values
from wooster.memory.facts import rules_words as words
from wooster.memory.facts.model import ME
from wooster.memory.facts.rules_time import Time


class Values(Protocol):
    """The values in what stands in a value's place; none if it isn't what was looked for."""

    def __call__(self, value: str, *, is_lower: bool) -> list[str]: ...


Sign = Literal["is", "begins", "ended", "past"]
"""is · begins: by now it is, and wasn't before · ended: is no more · past: was, until some time."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A clause that `pattern` matches as a whole says `key` of its group `v`; a group `s` is a
    relation and `n` a name, whose fact it is then. `is_timed`: words of time are no part of it. It
    `needs` a date, if so. Values that don't stand in one piece are `shaped`."""

    key: str
    pattern: re.Pattern[str]
    values: Values
    sign: Sign = "is"
    is_timed: bool = True
    needs: Literal["", "begins", "ahead", "ends"] = ""
    shaped: Callable[[re.Match[str]], str] | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """`text` is without its words of time, `whole` with them."""

    text: str
    whole: str
    time: Time
    is_lower: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found, and when; `instead_of` as in an `Observation`."""

    subject: str
    key: str
    value: str
    sign: Sign
    time: Time
    instead_of: str = ""


def rule(key: str, pattern: str, check: Values = values.short, **more: Any) -> Rule:
    """A rule of that pattern, which is read without regard to case."""
    return replace(Rule(key, re.compile(pattern, re.IGNORECASE), check), **more)


def found(rules: Sequence[Rule], clause: Clause) -> list[Found]:
    """What the first rule that fits makes of a clause."""
    for each in rules:
        if result := list(_tried(each, clause)):
            return result
    return []


def _tried(each: Rule, clause: Clause) -> Iterator[Found]:
    match = each.pattern.fullmatch(clause.text if each.is_timed else clause.whole)
    if match is None or not _has_date(each, clause.time):
        return
    groups = match.groupdict()
    told = each.shaped(match) if each.shaped else groups.get("v") or ""
    found = each.values(told, is_lower=clause.is_lower)
    if not found:
        return
    subject = ME
    if relation := groups.get("s"):
        subject = words.RELATION_OF[relation.lower()]
        if called := groups.get("n"):
            if not values.name(called, is_lower=False):
                return
            yield Found(ME, subject, called, "is", Time())
            subject = called
    time = clause.time if each.is_timed else Time()
    yield from (Found(subject, _key_of(each, match), one, each.sign, time) for one in found)


def _key_of(each: Rule, match: re.Match[str]) -> str:
    """A rule's key; of a favourite and a named relative, by what stands there."""
    if "{" not in each.key:
        return each.key
    told = {name: (group or "").lower() for name, group in match.groupdict().items()}
    told["r"] = words.RELATION_OF.get(told.get("r", ""), told.get("r", ""))
    if "t" in told:
        told["t"] = words.FAVOURITES.get(told["t"], told["t"])
    return each.key.format(**told).replace(" ", "_")


def _has_date(each: Rule, time: Time) -> bool:
    if each.needs == "begins":
        return time.begins is not None
    if each.needs == "ends":
        return time.ends is not None
    if each.needs == "ahead":
        return (time.begins or time.on) is not None
    return True
