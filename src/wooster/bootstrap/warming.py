"""What is loaded when a daemon has been at rest for a moment, so that a first command is fast.

The readers of times, tasks and facts load their words when they are first asked. A start doesn't
wait for them, and neither should whoever types the first command.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from wooster.core.errors import WoosterError
from wooster.schedule.phrases import Context, find, read

if TYPE_CHECKING:
    from wooster.bootstrap.living import Living

log = logging.getLogger(__name__)

_REST_S: Final = 1.0
_TIMES: Final = ("tomorrow at 5", "every other Friday at 8am until June", "in 20 minutes")
_FACTS: Final = ("My name is Ana.", "I live in Porto and work as a teacher.")


async def warm(days: Living, now: datetime, zone: tzinfo | None) -> None:
    """One after the other, each in a thread: a stop waits for no more than one of them."""
    await asyncio.sleep(_REST_S)
    await asyncio.to_thread(_times, days.context())
    try:
        await days.tasks.lists.next()
    except WoosterError as error:  # whoever lists them is told
        log.info("warming.tasks_unread", extra={"fields": {"error": error.message}})
    await asyncio.to_thread(_facts, now, zone)


def _times(context: Context) -> None:
    for words in _TIMES:
        read(words, context)
        find(f"call Ana {words}", context)


def _facts(now: datetime, zone: tzinfo | None) -> None:
    from wooster.memory.facts import rules

    for text in _FACTS:
        rules.read(text, now, zone)
