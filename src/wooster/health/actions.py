"""What a person, or a model, can do with the health log: log, look, take back.

Each write gives the action that takes it back, with its arguments.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field

from wooster.actions.action import Action, Parameters
from wooster.core.patterns import Pattern
from wooster.core.text import clean, escaped
from wooster.health import kinds, report, showing
from wooster.health.service import HealthLog
from wooster.wire.requests import ActionResult

_EXAMPLES_REPORT = ("show my health log", "what did I log about my health this week?")

_SENTENCE = Pattern(
    r"(?:(?:show|give)(?:\s+me)?\s+my\s+health\s+(?:log|report)"
    r"|what\s+(?:did|have)\s+i\s+log(?:ged)?\s+(?:about|of|for)\s+my\s+health)"
    r"(?P<days>\s+(?:(?:for|of|from)\s+)?(?:today|yesterday|(?:this|the|last|the\s+last)\s+"
    r"(?:week|month|year)))?",
    re.IGNORECASE,
)

Text = Annotated[str, Field(max_length=20_000)]
Position = Annotated[int, Field(ge=0, le=2**53)]


class Entry(Parameters):
    """`text` is what is logged. `raw`, `at_byte` and `check` take back that it was removed."""

    text: Text = ""
    raw: Text = ""
    at_byte: Position = 0
    check: Position = 0


class Days(Parameters):
    """`days` is "day", "week", "month", "year", "all", or a day: "yesterday"."""

    days: Annotated[str, Field(max_length=100)] = ""


class Removing(Parameters):
    """`entry` is "last", or words of one. `raw` and `at_byte` take back that it was logged, and
    `began` that the file was."""

    entry: Text = ""
    raw: Text = ""
    at_byte: Position = 0
    began: bool = False


def actions(log: HealthLog) -> list[Action[Any]]:
    """All of them over the log of one home."""
    return [*_log(log), _report(log), _remove(log)]


def _log(log: HealthLog) -> list[Action[Any]]:
    async def handle(given: Entry) -> ActionResult:
        if given.raw:
            logged = await log.put_raw(given.raw, given.at_byte, given.check)
        else:
            logged = await log.log(clean(given.text))
        told = f"Logged at {logged.entry.time}: {_short(logged.entry.text)}"
        return ActionResult(told, showing.entry_data(logged.entry), undo=logged.undo)

    async def log_or_look(given: Entry) -> ActionResult:
        if not given.text.strip() and not given.raw:
            return await _reported(log, "")
        return await handle(given)

    async def fits(words: str) -> bool:
        """Whether words after "health" are an entry: of a kind that is known, and no question."""
        is_question = words.rstrip().endswith("?")
        return not words.strip() or (not is_question and kinds.is_entry(words))

    return [
        Action(
            name="health",
            help="logs something about your health; alone it shows what was logged today",
            effect="write",
            parameters=Entry,
            phrases=("health TEXT", "/health TEXT"),
            handler=log_or_look,
            rest="text",
            fits=fits,
        ),
        Action(
            name="health_log",
            help="logs something about your health, whatever it is",
            effect="write",
            parameters=Entry,
            phrases=("health: TEXT", "log health TEXT", "/health log TEXT"),
            handler=handle,
            rest="text",
        ),
    ]


def _report(log: HealthLog) -> Action[Days]:
    async def handle(given: Days) -> ActionResult:
        return await _reported(log, clean(given.days))

    async def fits(words: str) -> bool:
        """Whether words after "health report" are days."""
        return report.is_stretch(words, log.today())

    async def reads(sentence: str) -> dict[str, Any] | None:
        match = _SENTENCE.fullmatch(" ".join(sentence.split()).rstrip(" .!?"))
        return {"days": (match["days"] or "").strip()} if match else None

    return Action(
        name="health_report",
        help="shows what was logged of your health: today, or in a week or month, by kind",
        effect="read",
        parameters=Days,
        phrases=("health report", "health report DAYS", "/health report DAYS"),
        handler=handle,
        rest="days",
        fits=fits,
        reads=reads,
        examples=_EXAMPLES_REPORT,
    )


async def _reported(log: HealthLog, words: str) -> ActionResult:
    found = await log.report(words)
    text = showing.report_text(found.entries, found.counts, found.days, log.today())
    return ActionResult(text, showing.data(found.entries, found.counts, found.days))


def _remove(log: HealthLog) -> Action[Removing]:
    async def handle(given: Removing) -> ActionResult:
        if given.raw:
            logged = await log.remove_raw(given.raw, given.at_byte, began=given.began)
        else:
            logged = await log.remove(clean(given.entry))
        entry = logged.entry
        told = f"Removed from {entry.day} {entry.time}: {_short(entry.text)}"
        return ActionResult(told, showing.entry_data(entry), undo=logged.undo)

    return Action(
        name="health_remove",
        help="removes an entry of the health log: the last, or one that has some words",
        effect="write",
        parameters=Removing,
        phrases=("health remove WORDS", "/health remove WORDS"),
        handler=handle,
        rest="entry",
    )


def _short(text: str) -> str:
    return escaped(clean(text))
