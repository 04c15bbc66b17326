"""The phrases by which actions are typed: fixed words, then the places that a person fills in.

`add habit NAME RULE` begins with `add habit`; what is in capitals, or in brackets, is a place.
"""

from __future__ import annotations


def fixed_words(phrase: str) -> tuple[str, ...]:
    """Those before the first place, in lower case, without the slash."""
    words = phrase.removeprefix("/").split()
    first_place = next((i for i, word in enumerate(words) if is_place(word)), len(words))
    return tuple(word.lower() for word in words[:first_place])


def has_place(phrase: str) -> bool:
    """Whether anything can follow its fixed words."""
    return any(map(is_place, phrase.removeprefix("/").split()))


def is_place(word: str) -> bool:
    """Whether a word of a phrase stands for what a person fills in."""
    return word[0] in "{<[(" or word.isupper()
