"""Words after "cancel" that are about a reminder: its number, or words of one that there is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wooster.core.patterns import Pattern
from wooster.schedule.model import Label

_OF_REMINDER = Pattern(
    r"(?:(?:the|my)\s+)?reminder\s+(?:(?:to|about|for)\s+)?|(?:the|my)\s+(?=.*\breminder$)",
    re.IGNORECASE,
)
_REMINDER = Pattern(r"\s+reminder$", re.IGNORECASE)
_ANY = frozenset(("it", "this", "that", "all", "them", "the", "my", "a"))
_WORD = re.compile(r"[^\W_]+")


def named(words: str) -> str:
    """ "the reminder to call Ana" and "my call Ana reminder" are "call Ana"."""
    said = " ".join(words.split()).rstrip(".!")
    return _REMINDER.sub("", _OF_REMINDER.sub("", said, count=1))


def is_meant(words: str, jobs: Sequence[Label]) -> bool:
    """Whether somebody who says "cancel" and these words means a reminder: they say so, or it is
    the number of one, or all of them are whole words of one."""
    name = named(words)
    if name != " ".join(words.split()).rstrip(".!"):
        return True
    number = name.removeprefix("#")
    if number.isascii() and number.isdigit():
        return any(each.id == int(number) for each in jobs)
    said = set(_WORD.findall(name.casefold()))
    if not said - _ANY:
        return False
    return any(said <= set(_WORD.findall(each.text.casefold())) for each in jobs)
