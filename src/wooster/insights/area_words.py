"""Which areas there are: those of `config/areas.toml`, and the person's own from the settings."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from wooster.config import resources
from wooster.core.names import folded
from wooster.insights.areas import Area

_STEPS = ("none", "basic", "tracked")
_OWN_STEPS = {
    "none": "set goal WHAT by DAY, category {name}",
    "basic": "add habit WHAT every day",
    "tracked": "remind me to WHAT every Sunday at 17:00",
}


@dataclass(frozen=True, slots=True)
class OwnArea:
    """An area of the person's: one with the name of a shipped one adds words to it."""

    name: str
    words: tuple[str, ...] = ()


def areas(own: Sequence[OwnArea] = ()) -> list[Area]:
    """The shipped ones first, in the order of the file."""
    found = {each.id: each for each in _shipped()}
    for each in own:
        name = folded(each.name)
        there = next((e for e in found.values() if name in (e.id, folded(e.name))), None)
        words = frozenset(folded(word) for word in (*each.words, *name.split()))
        if there is not None:
            found[there.id] = replace(there, words=there.words | words)
        else:
            steps = {key: text.format(name=each.name) for key, text in _OWN_STEPS.items()}
            found[name] = Area(name, each.name, words, steps)
    return list(found.values())


@cache
def _shipped() -> tuple[Area, ...]:
    data = tomllib.loads((resources.CONFIG / "areas.toml").read_text("utf-8"))
    return tuple(
        Area(
            key,
            each["name"],
            frozenset(each["words"].split()),
            {step: each[step] for step in _STEPS},
        )
        for key, each in data.items()
    )
