"""Small numbers as words: "three", "third", "3rd", "a couple of". Pure, and English."""

from __future__ import annotations

import re

_CARDINAL_NAMES = "zero one two three four five six seven eight nine ten eleven twelve"
_ORDINAL_NAMES = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
CARDINALS = _CARDINAL_NAMES.split()
ORDINALS = _ORDINAL_NAMES.split()

# Regular expressions of them, without groups.
CARDINAL = rf"\d{{1,3}}|an?|{'|'.join(CARDINALS[1:])}|a couple of|couple of|a few|few|several"
ORDINAL = rf"\d{{1,3}}(?:st|nd|rd|th)|{'|'.join(ORDINALS[1:])}"


def number(words: str) -> int:
    """What such words count to; "a few" are three."""
    word = words.strip().lower()
    if digits := re.match(r"\d+", word):
        return int(digits[0])
    if word in CARDINALS:
        return CARDINALS.index(word)
    if word in ORDINALS:
        return ORDINALS.index(word)
    if "couple" in word:
        return 2
    return 3 if word.endswith(("few", "several")) else 1
