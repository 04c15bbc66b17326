"""A message of the person, recognised as an action where it plainly is one.

What actions there are comes from outside; the words decide first, and the embedding model is asked
only about sentences that may be meant. A reading changes nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from wooster.actions.action import Action
from wooster.actions.sentences import wording
from wooster.actions.sentences.deciding import Reading, Recognised, Unread, decide
from wooster.actions.sentences.said import more
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import clip, escaped

log = logging.getLogger(__name__)

_SHOWN = 60
_STEM = 4
"""So many letters are the same in most forms of a word."""


class Compared(Protocol):
    """Who tells how near a sentence is to the examples of each action."""

    async def to(self, text: str) -> dict[str, float] | None:
        """None where that isn't known."""


class Recogniser:
    """The plain sentences of a program's actions."""

    def __init__(self, actions: Sequence[Action[Any]], nearest: Compared) -> None:
        self._reading = [each for each in actions if each.reads is not None]
        self._unread = [_unread(e) for e in actions if e.reads is None and e.examples]
        self._nearest = nearest

    async def recognise(self, text: str) -> Recognised:
        """What is done with a line that is no command; None for a message to the model."""
        said = wording.courteous(text)
        if "\n" in text.strip() or not wording.may_be_meant(said):
            return None
        readings = [each for each in [await self._read(e, said) for e in self._reading] if each]
        if not readings and not self._unread:
            return None
        return decide(text, readings, self._unread, await self._nearest.to(said))

    async def _read(self, action: Action[Any], said: str) -> Reading | None:
        assert action.reads is not None
        try:
            arguments = await action.reads(said)
        except (UsageError, NotFound):
            return None  # what there can't be is not what was meant
        except Exception as error:
            # Any message comes by here, and none may be lost for an action that wasn't meant.
            fields = {"action": action.name}
            log.error("sentences.reading_failed", exc_info=error, extra={"fields": fields})
            return None
        if arguments is None:
            return None
        is_certain = _is_framed(said, arguments, _said_for(action))
        return Reading(action.name, arguments, is_certain, _label(action, arguments))


def examples(actions: Sequence[Action[Any]]) -> dict[str, tuple[str, ...]]:
    """The sentences of each action that has some, as they are compared."""
    return {
        each.name: tuple(dict.fromkeys(map(wording.courteous, _said_for(each))))
        for each in actions
        if each.examples
    }


def _said_for(action: Action[Any]) -> tuple[str, ...]:
    return (*action.examples, *more(action.name))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.casefold().replace("’", "'"))


def _is_framed(said: str, arguments: Mapping[str, Any], examples: Sequence[str]) -> bool:
    """Whether every word that isn't of the arguments is one of the examples' words: then the
    sentence is one of them, with something else in its places.

    >>> _is_framed("I flossed today", {"habit": "floss", "day": "today"}, ["I ran"])
    True
    """
    known = frozenset(_words(" ".join(examples)))
    given = _words(" ".join(map(str, arguments.values())))
    return all(
        word in known or any(word[:_STEM] == each[:_STEM] for each in given)
        for word in _words(said)
    )


def _unread(action: Action[Any]) -> Unread:
    ask = f"{action.name.replace('_', ' ')}:" if action.rest else ""
    return Unread(action.name, ask, action.rest, _label(action, {}))


def _label(action: Action[Any], arguments: Mapping[str, Any]) -> str:
    """The command that it would be, and its help."""
    values = [str(value) for value in arguments.values() if value not in ("", None, [], ())]
    command = " ".join([action.name.replace("_", " "), *values])
    return f"{escaped(clip(command, _SHOWN))}: {action.help}"
