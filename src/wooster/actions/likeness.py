"""How alike two short texts are by their words: stems, and sets of words compared. Pure.

It refuses to know what the words mean; where a model of meanings is up, others ask that.
"""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ENDINGS: Final = ("ings", "ing", "ies", "ied", "ed", "es", "s", "e", "y")
# Words that say nothing of what is wanted, or that any sentence may begin with.
_EMPTY_WORDS: Final = """
a about above after again all also am an and any are as ask at be been before being both but by
can come could day did do does doing done down each even every few for from further get give go
going good got had has have having he help her here hers him his hour how i if in into is it it's
its i'm i've just know last let like long look made make many me mean month more most much must my
name need never new next no nor not now of off old on once one only open or other our out over own
people please put said same say see set shall she should show since so some start still stop such
take tell than thank thanks that that's the their them then there these they thing things think
this those time to today tomorrow tonight too true try two under up us use very want was way we
week well were what what's when where which while who why will with word work world would yes
yesterday year you your yours
"""
_EMPTY: Final = frozenset(_EMPTY_WORDS.split())
_DAY_WORDS: Final = """
today tonight tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday weekend
"""
_DAYS: Final = frozenset(_DAY_WORDS.split())


def stems(text: str) -> tuple[str, ...]:
    """The words of a text without their endings; a day is as good as another, and a number."""
    return tuple(
        "DAY" if word in _DAYS else "NUMBER" if word.isdecimal() else _stem(word)
        for word in _words(text)
    )


def telling(text: str) -> frozenset[str]:
    """The words among them that say something."""
    return frozenset(_stem(word) for word in _words(text) if word not in _EMPTY)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """What two sets of words share, from 0 to 1 (Jaccard); one word alone is nothing."""
    shared = len(one & other)
    return shared / len(one | other) if shared > 1 else 0.0


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _stem(word: str) -> str:
    word = word.replace("’", "'").removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
