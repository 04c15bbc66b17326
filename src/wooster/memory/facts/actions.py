"""What a person, or a model, can do with what is known: see it, add to it, set it right."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from wooster.actions.registry import Action, Nothing, Parameters
from wooster.core.clock import Clock
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean
from wooster.memory.facts import showing
from wooster.memory.facts.service import Facts
from wooster.wire.requests import ActionResult

_NUMBERED = Pattern(r"#?(\d{1,15})(?:\s+|\s*[:,]\s*)(\S.*)", re.DOTALL)


class Words(Parameters):
    """Facts that have all of `words`; all facts without any."""

    words: str = ""


class Text(Parameters):
    """What is to be remembered, as it would be said."""

    text: str = ""


class Correction(Parameters):
    """`number` is a fact's; `text` says what is so instead: a sentence, or only the right value."""

    unsaid: ClassVar[str] = "Say which fact and what is so instead: `/correct 12 I live in Porto`."

    number: Annotated[int, Field(ge=1, le=2**53)]
    text: Annotated[str, Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, given: Any) -> Any:
        """`N TEXT`, as it is typed in the conversation."""
        told = given if isinstance(given, dict) else {}
        if "number" in told:
            return given
        match = _NUMBERED.fullmatch(str(told.get("text") or "").strip())
        if match is None:
            raise UsageError(cls.unsaid, hint="`facts` shows their numbers.")
        return {**told, "number": int(match[1]), "text": match[2]}


def actions(facts: Facts, clock: Clock) -> list[Action[Any]]:
    """All of them over one home's facts."""
    return [
        _facts(facts, clock),
        _remember(facts, clock),
        _correct(facts, clock),
        _profile(facts, clock),
    ]


def _facts(facts: Facts, clock: Clock) -> Action[Words]:
    async def handle(given: Words) -> ActionResult:
        words = clean(given.words).strip()
        found = await facts.all(words)
        return ActionResult(
            showing.facts_text(found, words, clock.zone),
            {"facts": [showing.fact_data(each) for each in found]},
        )

    return Action(
        name="facts",
        help="lists what Wooster knows, with sources; with words, what has all of them",
        effect="read",
        parameters=Words,
        phrases=("facts", "/facts WORDS"),
        handler=handle,
        rest="words",
    )


def _remember(facts: Facts, clock: Clock) -> Action[Text]:
    async def handle(given: Text) -> ActionResult:
        learned = await facts.remember(given.text)
        return ActionResult(
            showing.learned_texts(learned, clock.zone),
            {"learned": [showing.learned_data(each) for each in learned]},
        )

    return Action(
        name="remember",
        help="remembers what you say, in your words",
        effect="write",
        parameters=Text,
        phrases=("/remember TEXT",),
        handler=handle,
        rest="text",
    )


def _correct(facts: Facts, clock: Clock) -> Action[Correction]:
    async def handle(given: Correction) -> ActionResult:
        learned = await facts.correct(given.number, given.text)
        return ActionResult(
            showing.learned_text(learned, clock.zone),
            {"learned": [showing.learned_data(learned)]},
        )

    return Action(
        name="correct",
        help="sets a fact right; what was known before keeps its dates",
        effect="write",
        parameters=Correction,
        phrases=("/correct N TEXT",),
        handler=handle,
        rest="text",
    )


def _profile(facts: Facts, clock: Clock) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        found = await facts.all()
        open_ones = await facts.contradictions()
        return ActionResult(
            showing.profile_text(found, open_ones, clock.zone),
            {
                "facts": [showing.fact_data(each) for each in found],
                "contradictions": [[each.older.id, each.newer.id] for each in open_ones],
            },
        )

    return Action(
        name="profile",
        help="shows what Wooster believes about you, with dates and sources",
        effect="read",
        parameters=Nothing,
        phrases=("profile",),
        handler=handle,
    )
