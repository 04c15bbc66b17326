"""A time by itself, as it is typed after a command: "last week", "between Easter and June".

It says what a whole question of that time would be, and refuses to know what was said then.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from wooster.memory.recall import when
from wooster.memory.recall.when import When
from wooster.vectors.words import STOP_WORDS


def asked(words: str, now: datetime, zone: tzinfo | None) -> tuple[str, When] | None:
    """The question that asks for all that was said at the time that `words` name, and how it is
    read; None where they name none, or something else as well."""
    question = f"what did we talk about {words}"
    read = when.parse(question, now, zone)
    if read is None or not read.of_talk or read.subject(STOP_WORDS):
        return None
    return question, read
