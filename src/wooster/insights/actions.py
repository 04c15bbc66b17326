"""What a person, or a model, can do with patterns: see them, why, accept, dismiss, put off.

Each write gives the action that takes it back, with its arguments.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from wooster.actions.action import Action, Nothing
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean, counted
from wooster.insights import showing
from wooster.insights.model import Row
from wooster.insights.parameters import Accepting, Put, Snoozing, Which
from wooster.insights.service import PUT, Insights
from wooster.schedule.phrases import Context, read
from wooster.wire.requests import ActionResult

_WHICH = Pattern(r"#?(?P<number>\d{1,15})(?:\s+(?P<rest>.+))?", re.DOTALL)
_AS = Pattern(r"(?:as|for|into|to)?\s*(?:an?\s+)?(?P<what>[a-z]+)", re.IGNORECASE)
_UNTIL = Pattern(r"(?:until|till|to|for)\s+", re.IGNORECASE)
_WEEKS = timedelta(weeks=4)
_SEE = Pattern(
    r"(?:(?:what|which)\s+(?:patterns?|insights?)\s+(?:do|did|can|have)\s+you\s+"
    r"(?:see|notice|noticed|find|found|seen|know|have)"
    r"|(?:do|did|can|have)\s+you\s+(?:see|notice|noticed|find|found|seen)\s+(?:any\s+)?(?:patterns?|insights?)"
    r"|what\s+(?:do|did|have)\s+you\s+(?:notice|noticed)\s+about\s+(?:me|my\s+(?:habits|days|routines?))"
    r"|(?:show|tell|give)\s+me\s+(?:the\s+|my\s+|your\s+|any\s+)?(?:patterns?|insights?))"
    r"(?:\s+(?:in\s+(?:my\s+\w+|what\s+i\s+do)|about\s+me|lately|now|today))*",
    re.IGNORECASE,
)
_EXAMPLES = (
    "what patterns do you see?",
    "do you see any patterns?",
    "show me my patterns",
    "what have you noticed about me?",
)


def actions(insights: Insights, context: Callable[[], Context]) -> list[Action[Any]]:
    """All of them; `context` gives from where a time in words is looked at."""
    return [
        _list(insights),
        _why(insights),
        _accept(insights),
        _dismiss(insights),
        _snooze(insights, context),
        _put(insights),
    ]


def _list(insights: Insights) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        found, today = await insights.look(), insights.days.today()
        shown = [each for each in found if each.row.is_shown(today)]
        data = {"insights": [showing.data(each, with_evidence=False) for each in shown]}
        if shown:
            return ActionResult(showing.listed(shown), data)
        if found:
            told = f"There is nothing new: {counted(len(found), 'pattern')} that you know already."
            return ActionResult(told, data)
        return ActionResult(showing.none_text(insights.span_days), data)

    async def reads(sentence: str) -> dict[str, Any] | None:
        said = " ".join(sentence.split()).rstrip(" .?!")
        return {} if _SEE.fullmatch(said) else None

    return Action(
        name="insights",
        help="shows patterns in what you do that chance would hardly make",
        effect="read",
        outside=True,
        parameters=Nothing,
        phrases=("insights",),
        handler=handle,
        reads=reads,
        examples=_EXAMPLES,
    )


def _why(insights: Insights) -> Action[Which]:
    async def handle(given: Which) -> ActionResult:
        found = await insights.one(_number(given.which)[0])
        return ActionResult(showing.why(found, insights.level), showing.data(found))

    return Action(
        name="insights_why",
        help="shows what a pattern comes from, and how it was told from chance",
        effect="read",
        outside=True,
        parameters=Which,
        phrases=("insights why N",),
        handler=handle,
        rest="which",
        fits=_is_number,
    )


def _accept(insights: Insights) -> Action[Accepting]:
    async def handle(given: Accepting) -> ActionResult:
        number, rest = _number(given.which)
        what = _what(clean(given.what).strip() or rest)
        _, offer, made, undo = await insights.accept(number, what)
        text = showing.accepted_text(offer, made.text)
        return ActionResult(text, {"number": number, "made": made.data}, undo=undo)

    return Action(
        name="insights_accept",
        help="makes a habit, a reminder, a task, a project or a goal of a pattern",
        effect="write",
        outside=True,
        parameters=Accepting,
        phrases=("insights accept N", "insights accept N as goal"),
        handler=handle,
        rest="which",
        fits=_is_number,
    )


def _dismiss(insights: Insights) -> Action[Which]:
    async def handle(given: Which) -> ActionResult:
        insight, undo = await insights.dismiss(_number(given.which)[0])
        return ActionResult(showing.dismissed_text(insight), showing.data(insight), undo=undo)

    return Action(
        name="insights_dismiss",
        help="puts a pattern away for good: it does not come back",
        effect="write",
        outside=True,
        parameters=Which,
        phrases=("insights dismiss N",),
        handler=handle,
        rest="which",
        fits=_is_number,
    )


def _snooze(insights: Insights, context: Callable[[], Context]) -> Action[Snoozing]:
    async def handle(given: Snoozing) -> ActionResult:
        number, rest = _number(given.which)
        words = clean(given.until).strip() or rest
        until = insights.days.today() + _WEEKS
        if words:
            until = await asyncio.to_thread(_day, words, context())
        insight, undo = await insights.snooze(number, until)
        return ActionResult(showing.snoozed_text(insight, until), {"number": number}, undo=undo)

    return Action(
        name="insights_snooze",
        help="puts a pattern away until a day; four weeks without one",
        effect="write",
        outside=True,
        parameters=Snoozing,
        phrases=("insights snooze N WHEN",),
        handler=handle,
        rest="which",
        fits=_is_number,
    )


def _put(insights: Insights) -> Action[Put]:
    async def handle(given: Put) -> ActionResult:
        row = Row(**given.row.model_dump())
        undo = await insights.put(row, given.first)
        return ActionResult(f"Pattern {row.id} is {row.state} again.", undo=undo)

    return Action(
        name=PUT,
        help="puts what was decided of a pattern as it was; `undo` runs it",
        effect="write",
        parameters=Put,
        phrases=(),
        handler=handle,
    )


# --- words ------------------------------------------------------------------------------------


async def _is_number(words: str) -> bool:
    return _WHICH.fullmatch(words.strip()) is not None


def _number(words: str) -> tuple[int, str]:
    """A pattern's number, and what stands after it."""
    found = _WHICH.fullmatch(clean(words).strip())
    if found is None:
        raise UsageError(
            "Say which, by its number.", hint="`insights` lists them: `insights why 3`"
        )
    return int(found["number"]), (found["rest"] or "").strip()


def _what(words: str) -> str:
    if not words:
        return ""
    found = _AS.fullmatch(words.strip(" ."))
    if found is None:
        raise UsageError(f"It can't become “{words}”.", hint="`insights accept 3 as goal`")
    return found["what"].lower()


def _day(words: str, context: Context) -> date:
    """Blocking."""
    when = read(words, context) or read(_UNTIL.sub("", words, count=1), context)
    if when is not None and when.day is not None and not when.rule:
        return when.day
    if when is not None and when.duration is not None:
        return (context.now + max(when.duration, timedelta(days=1))).date()
    raise UsageError(f"“{words}” is no day that I can read.", hint="`insights snooze 3 in a month`")
