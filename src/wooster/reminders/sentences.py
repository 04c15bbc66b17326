"""Plain sentences about reminders: "ping me at 3 about the report", "which reminders are set?".

What is asked for says a time, or what to do ("remind me to …"); "remind me who wrote Hamlet" is a
question.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from wooster.core.patterns import Pattern
from wooster.reminders import reading
from wooster.schedule.phrases import Context, find, read

Reads = Callable[[str], Awaitable[dict[str, Any] | None]]

EXAMPLES = (
    "remind me to call Ana tomorrow at 5",
    "remind me every weekday at 8 to stretch",
    "set a reminder for Friday to pay the rent",
    "can you remind me in 20 minutes to check the oven?",
    "ping me at noon about the parcel",
    "don't let me forget to feed the fish tonight",
    "every Sunday at 6 remind me to ring my aunt",
)
EXAMPLES_LIST = (
    "what reminders do I have?",
    "show my reminders",
    "are there any reminders for Friday?",
    "list my reminders",
)
EXAMPLES_END = ("stop reminding me about the fish", "stop reminding me to feed the fish")

_ASKED = Pattern(
    r"(?:please\s+|(?:can|could)\s+you\s+)?(?:remind\s+me(?:\s+please)?"
    r"|do(?:n['’]?t|\s+not)\s+(?:forget\s+to\s+remind\s+me))\s+",
    re.IGNORECASE,
)
_TIMED = Pattern(
    r"(?:please\s+|(?:can|could)\s+you\s+)?(?:(?:ping|nudge|notify|alert|poke|prod)\s+me"
    r"|give\s+me\s+a\s+(?:nudge|ping|reminder|shout)"
    r"|do(?:n['’]?t|\s+not)\s+let\s+me\s+forget(?:\s+about)?|do(?:n['’]?t|\s+not)\s+forget(?=\s+to\b)"
    r"|i\s+(?:need|want)\s+a\s+reminder|(?:a\s+)?(?:new\s+)?reminder\s*:?"
    r"|(?:set|make|add|create|schedule|put\s+in)(?:\s+up)?(?:\s+me)?(?:\s+(?:an?|another|the))?"
    r"(?:\s+new)?\s+reminder)\s*:?\s+(?:(?:for|about|on|that\s+says)\s+)?",
    re.IGNORECASE,
)
_WHEN_FIRST = Pattern(
    r"(?P<when>\S.{1,60}?),?\s+(?:please\s+)?(?:remind|ping|nudge)\s+me\s+(?P<what>(?:to|about|of)\s+\S.*)",
    re.IGNORECASE,
)
_LIST = Pattern(
    r"(?:(?:list|show|see|read|give|tell)(?:\s+me)?(?:\s+all)?(?:\s+of)?(?:\s+(?:my|the))?"
    r"(?:\s+(?:open|current|active|upcoming))?\s+reminders"
    r"|what\s+are(?:\s+all)?\s+(?:my|the)\s+reminders|my\s+reminders"
    r"|(?:what|which)\s+reminders\s+(?:do\s+i\s+have|are\s+(?:there|set|open|active|coming(?:\s+up)?)"
    r"|have\s+i\s+(?:set|got))(?:\s+set)?"
    r"|(?:do\s+i\s+have|are\s+there|have\s+i\s+got)\s+any\s+reminders(?:\s+set)?|any\s+reminders)"
    r"(?:\s+(?:(?:for|on)\s+)?(?:today|tomorrow|tonight|this\s+week|next\s+week|[a-z]+day|now"
    r"|coming\s+up|left|set))?",
    re.IGNORECASE,
)
_ENDED = Pattern(
    r"(?:stop|quit)\s+reminding\s+me\s+(?:to|about|of)\s+(?P<what>\S.*)", re.IGNORECASE
)


def asked_for(say: Callable[[], Context]) -> Reads:
    """What a reminder is given."""

    async def reads(sentence: str) -> dict[str, Any] | None:
        said = " ".join(sentence.split()).rstrip(".!")
        said = re.sub(r"(?i),?\s+please\??$|\?$", "", said)
        if not any(each.match(said) for each in (_ASKED, _TIMED, _WHEN_FIRST)):
            return None  # most sentences: reading a time takes a thread
        return await asyncio.to_thread(_asked, said, say())

    return reads


def _asked(said: str, context: Context) -> dict[str, Any] | None:
    if (match := _ASKED.match(said)) and reading.is_meant(said[match.end() :], context):
        return {"text": said[match.end() :]}
    if match := _TIMED.match(said):
        rest = said[match.end() :]
        is_question = re.match(r"(?:of\s+)?(?:what|who|how|why|where|which)\b", rest, re.I)
        return {"text": rest} if not is_question and _has_time(rest, context) else None
    match = _WHEN_FIRST.fullmatch(said)
    if match and read(match["when"], context) is not None:
        return {"text": f"{match['what']} {match['when']}"}
    return None


def _has_time(rest: str, context: Context) -> bool:
    """A time, and something besides it."""
    found = find(rest, context)
    return found is not None and bool(found.rest(rest).strip())


async def listed(sentence: str) -> dict[str, Any] | None:
    """No arguments where the sentence asks which reminders there are."""
    return {} if _LIST.fullmatch(" ".join(sentence.split()).rstrip("?.! ")) else None


def ended(sentence: str) -> str:
    """The words of a reminder that is to end; "" for another sentence."""
    match = _ENDED.fullmatch(" ".join(sentence.split()).rstrip("?.! "))
    return match["what"] if match else ""
