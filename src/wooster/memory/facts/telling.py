"""Whether a message tells Wooster to remember something, and what. Pure.

It is asked of every message, and knows nothing of the rules, which take their time to be loaded.
"""

from __future__ import annotations

import re

from wooster.core.patterns import Pattern

_FLAGS = re.IGNORECASE
_TOLD = Pattern(
    r"(?:(?:hey|hi|ok|please|bitte|por favor|also|wooster)[,!\s]+)*"
    r"(?:(?:please |can you |could you )?(?:remember|note|note down|keep in mind"
    r"|don't forget)(?: for me)?"
    r"(?:(?:\s*:|,)\s*(?:that\s+)?|\s+that\s+)|(?:merken sie|merke?|notiere?)\s*(?:dir"
    r"|sich)?(?: bitte)?(?:\s*[:,]\s*(?:dass\s+)?|\s+dass\s+)|(?:bitte )?(?:vergiss nicht"
    r"|denk(?:e)? daran),? dass\s+|(?:recuerda|recuérdalo|acuérdate de|apunta|anota"
    r"|no olvides)(?:\s*:\s*|\s+que\s+))"
    r"(?P<content>\S.*)",
    _FLAGS | re.DOTALL,
)
_DOUBT = Pattern(r"^(?:can|could|do|would|kannst|weißt) ", _FLAGS)


def told(text: str) -> str | None:
    """The content of a message that is an explicit "remember that …"; else None."""
    typed = text.strip().replace("’", "'")
    match = _TOLD.fullmatch(typed)
    if match is None or (typed.endswith("?") and not _DOUBT.match(typed)):
        return None
    return match["content"].strip().rstrip("?").strip() or None
