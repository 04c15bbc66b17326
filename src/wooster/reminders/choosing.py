"""Which reminder is meant, by its number or by words of it; never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from wooster.core.errors import NotFound, UsageError
from wooster.core.text import clip

_SHOWN = 60


class Labelled(Protocol):
    """A job, or its label."""

    @property
    def id(self) -> int: ...

    @property
    def text(self) -> str: ...


L = TypeVar("L", bound=Labelled)


def meant(words: str, jobs: Sequence[L]) -> list[L]:
    """By `3` or `#3`, by the whole text, else those whose text has all of the words."""
    typed = " ".join(words.split()).casefold()
    number = typed.removeprefix("#")
    if number.isascii() and number.isdigit():
        return [each for each in jobs if each.id == int(number)]
    if same := [each for each in jobs if each.text.casefold() == typed]:
        return same
    parts = typed.split()
    return [each for each in jobs if parts and all(part in each.text.casefold() for part in parts)]


def one(words: str, jobs: Sequence[L]) -> L:
    """Raises `NotFound` for none, `UsageError` for several."""
    if not words.strip():
        raise UsageError("Say which reminder.", hint="`reminders` has their numbers.")
    found = meant(words, jobs)
    if len(found) == 1:
        return found[0]
    told = clip(words, _SHOWN)
    if found:
        shown = ", ".join(f"{each.id} “{clip(each.text, _SHOWN)}”" for each in found[:5])
        raise UsageError(f"“{told}” may be {shown}.", hint="Say its number.")
    raise NotFound(f"There is no reminder “{told}”.", hint="`reminders` lists them.")
