"""Which task is meant by what is typed: a number of the list that was shown last, an id, or words.

Never a guess: a number whose task has changed since is refused, and where words mean several, all
of them are told. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from wooster.core import caches
from wooster.core.errors import NotFound, UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clip, counted
from wooster.tasks.model import Item

_NUMBER = Pattern(r"#?(\d{1,6})")
_SHOWN = 60
_TOLD = 9


class Ambiguous(UsageError):
    """Words that several tasks have."""

    def __init__(self, words: str, candidates: Sequence[Item]) -> None:
        told = ", ".join(f"“{clip(e.task.text, _SHOWN)}”" for e in candidates[:_TOLD])
        more = len(candidates) - _TOLD
        told += f" and {counted(more, 'other')}" if more > 0 else ""
        super().__init__(
            f"“{clip(words, _SHOWN)}” may be {told}.", hint="Say more of its words, or its number."
        )
        self.candidates = list(candidates)


@caches.kept(1 << 15)
def plain(text: str) -> str:
    """The form in which words are compared: without case, and blanks as one."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def number(words: str) -> int | None:
    found = _NUMBER.fullmatch(words.strip())
    return int(found[1]) if found else None


def find(words: str, there: Sequence[Item], shown: Sequence[Item]) -> Item:
    """The one of those that are `there`. Raises `NotFound`, `UsageError`, `Ambiguous`."""
    if not words.strip():
        raise UsageError("Say which task.", hint="`next` lists them with their numbers.")
    if (at := number(words)) is not None:
        return _by_number(at, there, shown)
    found = meant(words, there)
    if not found:
        raise NotFound(
            f"There is no task “{clip(words, _SHOWN)}”.", hint="`next`, `inbox` and `waiting` list."
        )
    if len(found) > 1:
        raise Ambiguous(words, found)
    return found[0]


def meant(words: str, there: Sequence[Item]) -> list[Item]:
    """By id, by all of its words, else those whose words begin with each of `words`."""
    query = plain(words)
    by_id = [each for each in there if each.task.id and each.task.id.casefold() == query]
    same = by_id or [each for each in there if plain(each.task.text) == query]
    if same:
        return same
    parts = _words(query)
    return [each for each in there if parts and _has(parts, _words(plain(each.task.text)))]


def same(item: Item, there: Sequence[Item]) -> Item | None:
    """Where `item` stands now; None where it doesn't."""
    found = [each for each in there if each.is_same(item)]
    return min(found, key=lambda each: abs(each.line - item.line), default=None)


def _by_number(at: int, there: Sequence[Item], shown: Sequence[Item]) -> Item:
    if not shown:
        raise UsageError(
            f"No list was shown yet that {at} could be of.", hint="`next` or `inbox` shows one."
        )
    if not 1 <= at <= len(shown):
        raise NotFound(
            f"The list that was shown last has no {at}.", hint=f"It ends at {len(shown)}."
        )
    item = shown[at - 1]
    found = same(item, there)
    if found is None:
        raise NotFound(
            f"{at} was “{clip(item.task.text, _SHOWN)}”, which was changed, done or moved since.",
            hint="List it again.",
        )
    return found


@caches.kept(1 << 15)
def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text))


def _has(parts: Sequence[str], words: Sequence[str]) -> bool:
    left = list(words)
    for part in parts:
        word = next((each for each in left if each.startswith(part)), None)
        if word is None:
            return False
        left.remove(word)
    return True
