"""What a person said that they will do, or asked to be done later. English.

Pure. It would rather miss one than list what nobody meant: wishes, conditions, habits and what the
assistant is asked to help with at once are left out. It says nothing in other languages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wooster.core.patterns import Pattern
from wooster.core.text import clip
from wooster.memory.episodes.sentences import folded, own_words, sentences
from wooster.memory.model import Turn

MOST = 5
_LONGEST = 140
_FLAGS = re.IGNORECASE
_LATER = (
    r"(?:tomorrow|tonight|later|next\s+(?:time|week|month|year|session|\w+day)|this\s+(?:evening|weekend"
    r"|afternoon|week)|soon|by\s+(?:\w+day|the\s+end|noon)|on\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|in\s+(?:the\s+morning|an?\s+\w+|\d+\s+\w+)|after\s+(?:lunch|work|dinner|the\s+\w+)|before\s+\w+)"
)
_SAYS_WHEN = Pattern(rf"\b{_LATER}\b", _FLAGS)
_WILL = Pattern(
    r"\b(?:i\s+will|i'll|i\s+am\s+going\s+to|i'm\s+going\s+to|i'm\s+gonna|i\s+plan\s+to|i'm\s+planning\s+to)"
    r"\s+(?:(?:then|also|definitely|just|probably|try\s+to)\s+)*(?P<what>[a-z]\w+.*)",
    _FLAGS,
)
_MUST = Pattern(
    r"\b(?:i|we)(?:\s+still|\s+really|\s+also)?\s+(?:need\s+to|have\s+to|must|should|ought\s+to)"
    r"\s+(?:(?:still|also|really)\s+)*(?P<what>[a-z]\w+.*)"
    r"|\b(?:i've|we've)\s+(?:still\s+)?got\s+to\s+(?P<what_got>[a-z]\w+.*)",
    _FLAGS,
)
_ASKED = Pattern(
    r"\b(?:remind\s+me\s+(?:to|about)|(?:don't|do\s+not)\s+let\s+me\s+forget\s+(?:to|about)"
    r"|i\s+must(?:n't|\s+not)\s+forget\s+to)\s+(?P<what>\w+.*)",
    _FLAGS,
)
_GO_ON = Pattern(
    r"\b(?:let's|let\s+us|we\s+(?:can|should|could)|we'll)\s+(?P<what>(?:go\s+on|continue|pick|talk|come\s+back"
    rf"|look|return|finish|resume|discuss|do|start|plan|make|write|work|check|review|move\s+on)\b.*\b{_LATER}\b.*)",
    _FLAGS,
)
_PARTS = Pattern(
    r"(?:,\s*(?:and|but|so)|\s+and|;)\s+(?:then\s+|also\s+)?(?=(?:i|we|let's)\b)", _FLAGS
)
# What follows "I'll" and plans nothing, or is a turn of phrase.
_NOTHING = Pattern(
    r"(?:not|never|always|be|have\s+(?:the|a|to)|say|admit|confess|assume|guess|see|let\s+you|take\s+(?:it|that|your)"
    r"|miss|know|think|understand|wait|agree|pass|stop\s+here|keep\s+that\s+in\s+mind|try\s+(?:that|it|this)\s*$"
    r"|ask\s+you|tell\s+you|get\s+(?:up|used)|die|love|live|probably\s+not)\b",
    _FLAGS,
)
_UNSURE = Pattern(
    r"\b(?:if|unless|would|wouldn't|maybe|perhaps|might|could|wish|suppose|imagine|whenever|every"
    r"|usually|always|each|daily|when\s+i\s+was|used\s+to|don't\s+(?:think|need|have)|what|why|how)\b",
    _FLAGS,
)
_HELP = Pattern(
    r"\?|\b(?:please|help\s+me|can\s+you|could\s+you|write\s+(?:me|a)|give\s+me|show\s+me|suggest)\b",
    _FLAGS,
)


def followups(turns: Sequence[Turn]) -> tuple[tuple[int, str], ...]:
    """What is left to do after these turns, each with the turn in which it was said; the newest
    `MOST` of them, in order."""
    found: list[tuple[int, str]] = []
    said: set[str] = set()
    for turn in turns:
        for what in [*_planned(turn), *_unanswered(turn, turns[-1])]:
            if folded(what) not in said:
                said.add(folded(what))
                found.append((turn.seq, what))
    return tuple(found[-MOST:])


def _planned(turn: Turn) -> list[str]:
    if turn.speaker:
        return []  # another's plans are not what is left to do here
    text = own_words(turn.question).replace("’", "'")
    asks_for_help = bool(_HELP.search(text))
    return [
        what
        for sentence in sentences(text)
        for part in _PARTS.split(sentence)
        if (what := _left_to_do(part, sentence, asks_for_help=asks_for_help))
    ]


def _left_to_do(part: str, sentence: str, *, asks_for_help: bool) -> str:
    """What a part of a sentence says is to be done; "" for nothing."""
    if asked := _ASKED.search(part):
        return _clause(asked["what"])
    if sentence.endswith("?") or _UNSURE.search(sentence):
        return ""
    if going_on := _GO_ON.search(part):
        return _clause(going_on["what"])
    if (will := _WILL.search(part)) and not _NOTHING.match(will["what"]):
        return _clause(will["what"])
    must = _MUST.search(part)
    what = (must["what"] or must["what_got"]) if must else ""
    # "I need to write to my boss. Can you help me?" is done at once.
    if what and not _NOTHING.match(what) and (not asks_for_help or _SAYS_WHEN.search(part)):
        return _clause(what)
    return ""


def _clause(text: str) -> str:
    """Up to where another thought begins."""
    clause = re.split(r"[.!;…]|,\s*(?:and|but|so|because)\s|\s+because\s|\s+-+\s", text, maxsplit=1)
    return clip(clause[0].strip(" ,"), _LONGEST)


def _unanswered(turn: Turn, last: Turn) -> list[str]:
    """The question with which it ended, where no whole answer came."""
    if turn is not last or turn.speaker or turn.state not in ("failed", "cut_off"):
        return []
    question = clip(turn.question, _LONGEST)
    return [f"answer “{question}”"] if question else []
