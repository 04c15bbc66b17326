"""Whom a person speaks of by name.

Pure, English, and careful: a word with a capital is a name only where somebody must be meant, after
a word of kin, or as who says and does what people do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wooster.memory.episodes.sentences import folded, own_words
from wooster.memory.model import Turn

MOST = 8
_PART = r"(?:[OD]['’])?[A-ZÀ-ÖØ-Þ][\w-]*[a-zà-öø-ÿ]"
_NAME = rf"{_PART}(?:\s+{_PART})?"
_KIN = (
    r"(?:sister|brother|mother|father|mum|mom|dad|wife|husband|partner|girlfriend|boyfriend|son"
    r"|daughter|aunt|uncle|cousin|niece|nephew|grandma|grandmother|grandpa|grandfather|friend|boss"
    r"|colleague|coworker|neighbour|neighbor|doctor|dentist|teacher|therapist|roommate|flatmate"
    r"|manager|coach|in-law)"
)
# A name is taken where a person can be meant only: after kin, or as who says and does.
_PEOPLE = (
    re.compile(rf"\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er)\s+(?:\w+\s+)?{_KIN},?\s+({_NAME})"),
    re.compile(rf"\b({_NAME}),?\s+(?:is|was)\s+(?:my|our)\s+(?:\w+\s+)?{_KIN}\b"),
    # "Ana and I went": of a place, as in "I moved to Porto and I like it", no sentence begins.
    re.compile(
        rf"(?:^|[.!?,;:]\s+|\b(?:that|when|because|since|then|with)\s+)({_NAME})\s+and\s+I\b(?!['’])",
        re.MULTILINE,
    ),
    re.compile(
        rf"\b({_NAME})\s+(?:said|says|told\s+me|told\s+us|thinks|called\s+me|asked\s+me|phoned|wants"
        r"|married|texted|emailed|promised)\b"
    ),
    re.compile(
        rf"\b({_NAME})['’]s\s+(?:birthday|wedding|mother|father|husband|wife|kids|funeral)\b"
    ),
    re.compile(
        rf"\b(?:call|phone|meet|email|text|tell|told|ask|invite|thank|remind|called|met|invited)\s+({_NAME})"
    ),
)
_NO_NAMES_WORDS = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december the a an this that these those what "
    "when where who why how it he she they we you i there here and but so then my our his her "
    "their your english german french spanish christmas easter wooster siri alexa google"
)
_NO_NAMES = frozenset(_NO_NAMES_WORDS.split())


def people(turns: Sequence[Turn]) -> tuple[str, ...]:
    """Who spoke under a name, and whom a person named as somebody, each once, in order."""
    found = dict.fromkeys(turn.speaker for turn in turns if turn.speaker)
    for turn in turns:
        text = own_words(turn.question)
        matches = sorted(
            (match for pattern in _PEOPLE for match in pattern.finditer(text)),
            key=lambda match: match.start(1),
        )
        for match in matches:
            if not _NO_NAMES & {folded(part) for part in match[1].split()}:
                found.setdefault(match[1])
    return tuple(found)[:MOST]
