"""How a person feels in what they say, by a few words that leave little doubt. English.

Pure. Only words about oneself count: "a terrible bug" is no mood. Where nothing is sure it says
neutral, and so it does in other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from wooster.core.patterns import Pattern
from wooster.memory.episodes.model import Sentiment
from wooster.memory.episodes.sentences import own_words, sentences

_BAD = (
    r"sad|unhappy|miserable|depressed|lonely|anxious|worried|scared|afraid|terrified|frustrated"
    r"|angry|furious|upset|exhausted|overwhelmed|stressed(?:\s+out)?|burn(?:ed|t)\s+out|hopeless"
    r"|heartbroken|devastated|ashamed|disappointed|grieving|discouraged|desperate|jealous"
)
_GOOD = (
    r"happy|glad|delighted|thrilled|excited|proud|relieved|grateful|thankful|overjoyed|pleased"
    r"|hopeful|content|ecstatic"
)
_FEELS = (
    r"\b(?:i\s+am|i'm|i\s+was|i\s+feel|i\s+felt|i've\s+been|i\s+have\s+been|i'm\s+feeling|we're|we\s+are|we\s+were"
    r"|makes?\s+me|made\s+me|makes\s+us|left\s+me)\s+"
    r"((?:(?:so|very|really|quite|pretty|a\s+bit|a\s+little|just|still|feeling|too|absolutely|totally"
    r"|not|never|n't|all|rather|kind\s+of|increasingly|completely)\s+){0,3})"
)
_BAD_FEELING = Pattern(rf"{_FEELS}(?:{_BAD})\b", re.IGNORECASE)
_GOOD_FEELING = Pattern(rf"{_FEELS}(?:{_GOOD})\b(?!\s+to\s+(?:help|hear\s+if))", re.IGNORECASE)
_BAD_TELLING = Pattern(
    r"\b(?:i\s+(?:hate|cried|can't\s+sleep|can't\s+cope|can't\s+take\s+(?:it|this)|miss\s+(?:him|her|them)"
    r"|broke\s+down|(?:can't|couldn't)\s+stop\s+crying|(?:feel|felt)\s+(?:so\s+|really\s+|just\s+)?(?:terrible|awful"
    r"|horrible|rotten)(?=\s*(?:[^\w\s]|$)|\s+(?:today|now|about|because|and|lately|this|that|all)\b))|(?:he|she|my\s+\w+(?:\s+\w+)?)\s+(?:died|passed\s+away)"
    r"|(?:breaks|broke)\s+my\s+heart|i\s+(?:was|got)\s+(?:fired|laid\s+off)|(?:an?\s+)?(?:awful|horrible"
    r"|terrible)\s+(?:day|week|night|month)\s+(?:for\s+me|today))\b",
    re.IGNORECASE,
)
_GOOD_TELLING = Pattern(
    r"\b(?:i\s+(?:can't\s+wait|love\s+my|got\s+the\s+job|passed\s+my)|best\s+(?:day|week)\s+(?:ever|of\s+my))\b",
    re.IGNORECASE,
)
_NOT = Pattern(r"\b(?:not|never|n't)\b", re.IGNORECASE)
_UNREAL = Pattern(r"\b(?:if|would|when\s+i\s+was|used\s+to)\b", re.IGNORECASE)


def sentiment(messages: Iterable[str]) -> Sentiment:
    """What outweighs in a person's own messages."""
    balance = sum(_balance(each) for text in messages for each in sentences(own_words(text)))
    return "negative" if balance < 0 else "positive" if balance > 0 else "neutral"


def _balance(sentence: str) -> int:
    text = sentence.replace("’", "'")
    if text.rstrip().endswith("?") or _UNREAL.search(text):
        return 0
    balance = len(_GOOD_TELLING.findall(text)) - len(_BAD_TELLING.findall(text))
    for found in _GOOD_FEELING.finditer(text):
        # "Not happy" is low; "not sad" is nothing.
        balance += -1 if _NOT.search(found[1]) else 1
    return balance - sum(not _NOT.search(found[1]) for found in _BAD_FEELING.finditer(text))
