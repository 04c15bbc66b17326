"""What the daemon's log keeps of a failure."""

from __future__ import annotations

import asyncio
import json
import logging
import sys

from wooster.daemon.logs import JsonLines

WORDS = "my planted words"


def failure() -> logging.LogRecord:
    """A failure of a library whose words came from a person, and another on the way out."""
    try:
        try:
            raise ValueError(WORDS)
        except ValueError:
            raise RuntimeError(f"it was {WORDS!r}") from None
    except RuntimeError:
        named = "asyncio", logging.ERROR, __file__, 1
        told = f"Task exception was never retrieved\nfuture: <Task exception={WORDS!r}>"
        return logging.LogRecord(*named, told, (), sys.exc_info())


def grouped() -> logging.LogRecord:
    """The same from a task group, as its own cause."""

    async def fail() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(asyncio.sleep(0))
            raise KeyError(WORDS)

    try:
        asyncio.run(fail())
    except BaseException:  # noqa: BLE001 - it is what is tested
        return logging.LogRecord("wooster.x", logging.ERROR, __file__, 1, "x", (), sys.exc_info())
    raise AssertionError("it can't get here")


def test_a_traceback_says_where_and_which_and_no_words() -> None:
    """Files, lines and kinds are there; what the exceptions said isn't, unless it is asked for."""
    for record, kinds in ((failure(), ["RuntimeError"]), (grouped(), ["KeyError"])):
        line = JsonLines(message_text=False).format(record)
        assert WORDS not in line
        told = json.loads(line)["traceback"]
        assert "test_log_words.py" in told
        assert all(kind in told for kind in kinds)
        assert WORDS in JsonLines(message_text=True).format(record)
