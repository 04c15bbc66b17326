"""Which thing is meant by a name as it is typed: whatever its case and accents, or by the begin of
its words. Never a guess: where several are meant, all of them are told.

It knows nothing of what is named: a habit, a goal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from itertools import count
from typing import Protocol, TypeVar

from wooster.core.errors import NotFound, UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clip

_ACCENTS = Pattern("[\u0300-\u036f]")
_BY_NUMBER = Pattern(r"#(\d{1,15})")
_SHOWN = 60


class Named(Protocol):
    """Something with a name and a number."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def folded(name: str) -> str:
    """Two names are the same when their folded forms are."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", name).casefold())
    return " ".join(unicodedata.normalize("NFC", plain).split())


def numbered(name: str, form: str = "{} {}") -> Iterator[str]:
    """The name, then it with 2, 3 and on behind it, without an end."""
    yield name
    for number in count(2):
        yield form.format(name, number)


def free(name: str, is_taken: Callable[[str], object], form: str = "{} {}") -> str:
    """The first of `numbered` that isn't taken."""
    return next(each for each in numbered(name, form) if not is_taken(each))


def meant(words: str, things: Sequence[N]) -> list[N]:
    """Those that `words` may mean: by `#number`, by the whole name, else each of whose words some
    word of the name begins with."""
    if number := _BY_NUMBER.fullmatch(words.strip()):
        return [each for each in things if each.id == int(number[1])]
    query = folded(words)
    if same := [each for each in things if folded(each.name) == query]:
        return same
    parts = _words(query)
    return [each for each in things if parts and _begin(parts, _words(folded(each.name)))]


def find(words: str, things: Sequence[N], kind: str, hint: str) -> N:
    """The one that is meant. Raises `NotFound` for none, with `hint` where no name is near, and
    `UsageError` for several. `kind` is what it is, for a person: "habit"."""
    found = meant(words, things)
    if len(found) == 1:
        return found[0]
    told = clip(words, _SHOWN)
    if found:
        candidates = ", ".join(f"“{each.name}” (#{each.id})" for each in found)
        raise UsageError(
            f"“{told}” may be {candidates}.", hint="Say more of the name, or its number."
        )
    raise NotFound(f"There is no {kind} “{told}”.", hint=near(words, things) or hint)


def near(words: str, things: Sequence[N]) -> str:
    """What may have been meant by `words`, as a question; "" for nothing."""
    by_name = {folded(each.name): each.name for each in things}
    close = get_close_matches(folded(words), by_name, n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(f'“{by_name[each]}”' for each in close)}?" if close else ""


def _begin(parts: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each part begins a word of its own."""
    left = list(words)
    for part in parts:
        word = next((each for each in left if each.startswith(part)), None)
        if word is None:
            return False
        left.remove(word)
    return True


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s\-–/]+", text)
