"""Which action a typed line means: by its name, or by one of its phrases.

It knows the phrases that actions declare, and refuses to guess: what is only nearly a command is
named, and not done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from wooster.actions.action import Action
from wooster.core.phrases import fixed_words, has_place

# One letter more, less or other in a word of five or so.
_NEAR = 0.8
_SHORTEST_MISTYPED = 4

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An action, and the words of a line after the action's own; `sure` when it can be nothing
    else, whatever those words are."""

    action: Action[Any]
    rest: str
    sure: bool = True


@dataclass(slots=True)
class _Meanings:
    """What words mean alone, and with others after them. Who takes others after them is meant by
    them alone too, where nobody else is."""

    alone: Action[Any] | None = None
    followed: Action[Any] | None = None


class Lines:
    """The names and phrases of all actions, with the slash and without it."""

    def __init__(self) -> None:
        self._bare: dict[_Words, _Meanings] = {}
        self._slashed: dict[_Words, _Meanings] = {}
        self._longest = 1

    def add(self, action: Action[Any]) -> None:
        """Raises `AssertionError` where another action has the same words, which is a bug. One
        without phrases isn't typed: others run it."""
        if not action.phrases:
            return
        name = tuple(action.name.split("_"))
        self._put(self._bare, name, action, followed=False)
        self._put(self._slashed, name, action, followed=False)
        if action.rest:
            self._put(self._slashed, name, action, followed=True)
        for phrase in (*action.phrases, *action.also):
            words, followed = fixed_words(phrase), has_place(phrase)
            if not words:
                continue
            if action.rest and not followed and words[: len(name)] == name:
                continue  # an example of what may follow: `/forget last`
            assert action.rest or not followed, f"{action.name} takes nothing after {phrase!r}"
            self._put(self._slashed, words, action, followed=followed)
            if not phrase.startswith("/"):
                self._put(self._bare, words, action, followed=followed)

    def _put(
        self,
        table: dict[_Words, _Meanings],
        words: _Words,
        action: Action[Any],
        *,
        followed: bool,
    ) -> None:
        self._longest = max(self._longest, len(words))
        meanings = table.setdefault(words, _Meanings())
        meant = meanings.followed if followed else meanings.alone
        assert meant in (None, action), (
            f"{' '.join(words)!r} is {action.name}, and {meant.name if meant else ''} too"
        )
        if followed:
            meanings.followed = action
        else:
            meanings.alone = action

    def slashed(self, words: str) -> Line | None:
        """What `words` mean after a slash: the longest name or phrase that they begin with. A
        command's last `s` may be left out: `/habit add` is `/habits add`."""
        found = next(self._begun(self._slashed, words), None)
        if found is None or (found.rest and not found.action.rest):
            first, _, others = words.partition(" ")
            plural = next(self._begun(self._slashed, f"{first}s {others}"), None)
            return plural or found
        return found

    def bare(self, line: str) -> Iterator[Line]:
        """The actions that a line without a slash may be, the longest phrase first."""
        yield from self._begun(self._bare, line)

    def _begun(self, table: dict[_Words, _Meanings], line: str) -> Iterator[Line]:
        head, colon, after = line.partition(":")
        if colon and (f"{head.lower()}:",) in table:
            line = f"{head}: {after}"
        for length in range(min(self._longest, len(line.split())), 0, -1):
            parts = line.split(None, length)
            meanings = table.get(tuple(part.lower() for part in parts[:length]))
            if meanings is None:
                continue
            rest = parts[length].strip() if len(parts) > length else ""
            if not rest and meanings.alone is not None:
                yield Line(meanings.alone, "")
            elif meanings.followed is not None:
                yield Line(meanings.followed, rest, sure=meanings.followed.fits is None)
            elif rest and meanings.alone is not None and table is self._slashed:
                yield Line(meanings.alone, rest)

    def near(self, line: str) -> str:
        """The line that was probably meant where a command is mistyped; "" for none. Of a phrase
        with words after it, two words or more must be nearly there."""
        words = line.split()
        for length in range(min(self._longest, len(words)), 0, -1):
            typed, rest = " ".join(words[:length]).lower(), words[length:]
            if len(typed) < _SHORTEST_MISTYPED or (rest and length == 1):
                continue
            known = [
                " ".join(fixed)
                for fixed, meanings in self._bare.items()
                if len(fixed) == length and (meanings.followed is not None or not rest)
            ]
            found = get_close_matches(typed, known, 1, _NEAR)
            if found and found[0] != typed:
                return " ".join([found[0], *rest])
        return ""
