"""When a turn needs the person's documents, and what it needs of the library.

It refuses to know how passages are found: `Library` is all that it asks for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Protocol

from wooster.actions.action import Question
from wooster.core.patterns import Pattern
from wooster.knowledge.model import Quotable

ASK: Final = Question(
    name="ask",
    help="answers from your documents, with citations, or says that it isn't in them",
    phrases=("/ask QUESTION",),
    about="library",
)


class Library(Protocol):
    """Where passages are found."""

    async def quotable(self, question: str, limit: int = 6) -> Quotable:
        """At most `limit` passages that may answer `question`, the best first. It may be cancelled;
        it never waits for long for a server. Raises a `WoosterError` where it can't search."""


@dataclass(frozen=True, slots=True)
class Quoting:
    """The library, and the prompts around its passages: for a question that must be answered from
    them (`library.txt`), and for a message that may be (`library-chat.txt`)."""

    library: Library
    answer_from: str
    answer_with: str


# --- whether a message asks about documents ---------------------------------------------------

# A pasted text is no question, whatever stands in it.
_READ_CHARACTERS = 400
_MINE = (
    r"(?:my|our)\s+(?:own\s+|personal\s+|old\s+)?"
    r"(?:notes?|documents?|docs|files|library|papers?|journals?)\b"
    # What only begins like it: "my notes app", "my library card", "my files' owner".
    r"(?!\s+(?:apps?|applications?|folders?|director(?:y|ies)|paths?|permissions?|systems?|servers?|"
    r"cards?|books?|editors?|plugins?|formats?|names?|sizes?|code|functions?|clips?|towels?)\b)"
    r"(?![-'’/.]\w)"
)
_WITHIN = r"[^.?!\n]{0,80}?\b"
_ASKING: Final = tuple(
    Pattern(pattern, re.IGNORECASE)
    for pattern in (
        # What do my notes say about bees? Does my journal mention her?
        rf"\b(?:do|does|did)\s+{_MINE}\s+(?:\w+\s+)?(?:say|mention|tell|describe|contain|claim)\b",
        rf"\b(?:do|does|did)\s+{_MINE}\s+(?:\w+\s+)?(?:have|include)\s+any(?:thing)?\b",
        # According to my documents, …
        rf"\b(?:according\s+to|based\s+on|judging\s+by)\s+(?:what\s+is\s+in\s+)?{_MINE}",
        # Search my files for …; look it up in my notes; find the invoice in my documents
        rf"\b(?:search|consult|look\s+(?:in|into|through))\s+(?:all\s+)?{_MINE}",
        rf"\b(?:find|search|look\s+up|look\s+for|look\s+it\s+up)\b{_WITHIN}"
        rf"(?:in|through|among|from)\s+{_MINE}",
        # What is in my library about …? Is there anything in my notes on …? Did I write … in my …?
        rf"\b(?:what(?:['’]s|\s+is|\s+was|\s+do\s+i\s+have|\s+did\s+i\s+\w+)|(?:is|are)\s+there|"
        rf"(?:any|some)thing|where|did\s+i|have\s+i)\b{_WITHIN}(?:in|among)\s+{_MINE}",
        # In my library, who wrote about …?
        rf"^\W*(?:in|from)\s+{_MINE}\W+(?:what|who|when|where|which|why|how|is|are|was|does|did|find)\b",
    )
)
# "How do I find duplicates in my files?" asks for advice, not for what stands in them.
_ADVICE = Pattern(
    r"\b(?:how\s+(?:do|can|could|should|would|to)|should\s+i|where\s+(?:do|can|should)|"
    r"(?:write|show|give)\s+me\s+(?:a|the)\s+(?:script|command|program|code)|"
    r"a\s+(?:script|command|program|function))\b(?!\s+my\b)",
    re.IGNORECASE,
)


def asks_for_documents(message: str) -> bool:
    """Whether a message asks what stands in the person's own documents.

    Strict: it needs their documents by name *and* a word for asking, looking or saying. What it
    misses can be asked with `/ask`; what it took wrongly would read documents that nobody asked
    for.
    """
    begin = message[:_READ_CHARACTERS]
    return not _ADVICE.search(begin) and any(pattern.search(begin) for pattern in _ASKING)
