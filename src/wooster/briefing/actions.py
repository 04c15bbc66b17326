"""What a person, or a model, can do: be told what the day holds, and how it or the week went."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, time, tzinfo
from typing import Annotated, Any, Final

from pydantic import Field

from wooster.actions.action import Action, Nothing, Parameters
from wooster.briefing import wording
from wooster.briefing.model import Edition
from wooster.briefing.phrasing import Told
from wooster.briefing.service import Briefings
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean
from wooster.schedule.phrases import Context, read
from wooster.schedule.zones import instant_of
from wooster.wire.requests import ActionResult

_QUOTES: Final = " \t\"'“”„«»"
_OPTION = Pattern(r"(?:--at\b|--phrased\b)", re.IGNORECASE)
_AS_PHRASED = Pattern(r"(?:^|\s)--phrased(?=\s|$)", re.IGNORECASE)
_AT = Pattern(r"\s*(?:--)?at\s+(?P<time>.+)", re.IGNORECASE)
_ASKS = Pattern(
    r"(?:good morning[,.! ]*)?(?:please )?"
    r"(?:what(?:['’]s| is) (?:up|on the agenda) (?:for )?today"
    r"|what does today look like"
    r"|(?:give|tell|show|read) me (?:my|the|a) (?:morning |daily )?briefing"
    r"|(?:can|could) you (?:give me (?:my|the|a) (?:morning |daily )?briefing|brief me)"
    r"|brief me(?: on (?:today|my day|the day))?"
    r"|(?:how|what) does (?:my day|today) look(?: like)?)(?: please)?\s*[?.!]*",
    re.IGNORECASE,
)
_ASKS_BACK = Pattern(
    r"(?:how (?:did|was|has) (?:my|the|this) (?P<span>day|week)(?: go| been)?"
    r"|(?:give|show) me (?:my|the|a) (?:review of (?:my|the) )?(?P<span2>daily|weekly|day|week)"
    r"(?: review)?)\s*[?.!]*",
    re.IGNORECASE,
)


class Brief(Parameters):
    """`at` is a time in words as of which it is told: "--at Mon 07:00"; without it, now.

    `--phrased` has it worded as it goes out, by a model where one is up.
    """

    at: Annotated[str, Field(max_length=200)] = ""


class Review(Parameters):
    """`span` is "day" or "week"; after it "--phrased" as for `brief`."""

    span: Annotated[str, Field(max_length=60)] = "day"


def actions(
    briefings: Briefings, context: Callable[[], Context], zone: Callable[[], tzinfo | None]
) -> list[Action[Any]]:
    """All of them, over one home; `context` gives from where a time in words is looked at."""
    return [_brief(briefings, context, zone), _review(briefings), _weekly(briefings)]


def _brief(
    briefings: Briefings, context: Callable[[], Context], zone: Callable[[], tzinfo | None]
) -> Action[Brief]:
    async def handle(given: Brief) -> ActionResult:
        words, is_phrased = _options(_without_me(given.at))
        at = None
        if words:
            at = await asyncio.to_thread(_instant, words, context(), zone())
        tell = briefings.phrased if is_phrased else briefings.plain
        return _result(await tell("morning", at))

    async def fits(words: str) -> bool:
        rest = _without_me(words)
        return not rest.strip(" .!") or _OPTION.match(rest) is not None

    async def reads(line: str) -> dict[str, Any] | None:
        return {} if _ASKS.fullmatch(" ".join(line.split())) else None

    return Action(
        name="brief",
        help="tells what today holds; `--at TIME` as it would be then",
        effect="read",
        outside=True,
        parameters=Brief,
        phrases=("brief AT", "brief me", "good morning"),
        handler=handle,
        rest="at",
        fits=fits,
        reads=reads,
        examples=(
            "what's up today?",
            "give me my morning briefing",
            "how does my day look?",
            "what does today look like?",
        ),
    )


def _review(briefings: Briefings) -> Action[Review]:
    async def handle(given: Review) -> ActionResult:
        words, is_phrased = _options(given.span)
        edition = _span(words)
        if edition is None:
            raise UsageError(
                f"“{words}” is no day or week that can be reviewed.",
                hint="`review day`, or `review week`.",
            )
        tell = briefings.phrased if is_phrased else briefings.plain
        return _result(await tell(edition))

    async def fits(words: str) -> bool:
        return _span(_options(words)[0]) is not None

    async def reads(line: str) -> dict[str, Any] | None:
        found = _ASKS_BACK.fullmatch(" ".join(line.split()))
        if found is None:
            return None
        span = _span(found["span"] or found["span2"])
        return None if span is None else {"span": span}

    return Action(
        name="review",
        help="tells how the day went, or the week, with charts",
        effect="read",
        outside=True,
        parameters=Review,
        phrases=("review SPAN", "daily review"),
        handler=handle,
        rest="span",
        fits=fits,
        reads=reads,
        examples=("how did my day go?", "how was my week?"),
    )


def _weekly(briefings: Briefings) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        return _result(await briefings.plain("week"))

    return Action(
        name="review_week",
        help="tells how the week went",
        effect="read",
        outside=True,
        parameters=Nothing,
        phrases=("weekly review", "week review"),
        handler=handle,
    )


_SPANS: Final[dict[str, Edition]] = {
    **dict.fromkeys(("", "day", "the day", "my day", "today", "daily"), "day"),
    **dict.fromkeys(("week", "the week", "my week", "this week", "weekly"), "week"),
}


def _span(words: str) -> Edition | None:
    return _SPANS.get(" ".join(words.casefold().split()).strip(" .!?"))


def _without_me(words: str) -> str:
    """ "brief me" is "brief"."""
    first, _, rest = words.strip().partition(" ")
    return rest.strip() if first.casefold().strip(".!") == "me" else words.strip()


def _options(words: str) -> tuple[str, bool]:
    """The words without `--phrased`, and whether it was among them."""
    told = clean(words)
    return _AS_PHRASED.sub("", told).strip(_QUOTES), _AS_PHRASED.search(told) is not None


def _instant(words: str, context: Context, zone: tzinfo | None) -> datetime:
    """When it is told; a day alone is at seven in its morning. Raises `UsageError`."""
    found = _AT.fullmatch(words)
    phrase = (found["time"] if found else words).strip(_QUOTES)
    when = read(phrase, context)
    if when is None or when.day is None or when.rule:
        raise UsageError(f"“{phrase}” is no time that I can read.", hint="As: brief --at Mon 07:00")
    at = when.instant(zone)
    return at or instant_of(datetime.combine(when.day, _SEVEN), zone)


_SEVEN: Final = time(7)


def _result(told: Told) -> ActionResult:
    wording_data = {"model": told.model or None, "why_plain": told.reason or None}
    return ActionResult(told.text, {**wording.page_data(told.page), "wording": wording_data})
