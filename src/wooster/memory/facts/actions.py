"""What a person, or a model, can do with what is known: see it, add to it, set it right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from wooster.actions.action import Action, Nothing, Parameters
from wooster.core.clock import Clock
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean
from wooster.memory.facts import rows, showing
from wooster.memory.facts.rows import Change, Table
from wooster.memory.facts.service import Facts
from wooster.memory.facts.store import Learned
from wooster.wire.requests import ActionResult

_NUMBERED = Pattern(r"#?(\d{1,15})(?:\s+|\s*[:,]\s*)(\S.*)", re.DOTALL)


class Words(Parameters):
    """Facts that have all of `words`; all facts without any."""

    words: str = ""


Row = tuple[Annotated[int, Field(ge=-(2**62), le=2**62)] | float | str | None, ...]


class RowChange(Parameters):
    """A row of what is known, as it must be and as it is to be; null where there is none."""

    table: Table
    before: Row | None
    after: Row | None


class Exchange(Parameters):
    """`rows` takes back that something was learned; `turn` is the message that said so."""

    rows: tuple[RowChange, ...] = ()
    turn: Annotated[int, Field(ge=1, le=2**53)] | None = None


class Text(Exchange):
    """What is to be remembered, as it would be said."""

    text: str = ""


class Correction(Exchange):
    """`number` is a fact's; `text` says what is so instead: a sentence, or only the right value."""

    unsaid: ClassVar[str] = "Say which fact and what is so instead: `/correct 12 I live in Porto`."

    number: Annotated[int, Field(ge=0, le=2**53)] = 0
    text: str = ""

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, given: Any) -> Any:
        """`N TEXT`, as it is typed in the conversation."""
        told = given if isinstance(given, dict) else {}
        if told.get("rows") or (told.get("number") and str(told.get("text") or "").strip()):
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


_OF = Pattern(
    r"(?:what|(?:tell|show)\s+me\s+what)\s+(?:do\s+)?you\s+(?:know|remember)\s+(?:of|about)\s+"
    r"(?:my\s+(?!habits?\b|goals?\b|tasks?\b|calendar\b)(?P<words>\S.{0,60}?)|(?P<me>me))[\s?.!]*",
    re.IGNORECASE,
)


async def _asks_of(sentence: str) -> dict[str, Any] | None:
    match = _OF.fullmatch(" ".join(sentence.split()))
    return {"words": match["words"]} if match and match["words"] else None


async def _asks_of_me(sentence: str) -> dict[str, Any] | None:
    match = _OF.fullmatch(" ".join(sentence.split()))
    return {} if match and match["me"] else None


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
        reads=_asks_of,
        examples=("what do you know about my aunt?", "what do you remember about my car?"),
    )


def _remember(facts: Facts, clock: Clock) -> Action[Text]:
    async def handle(given: Text) -> ActionResult:
        if given.rows:
            return await _exchanged("remember", facts, given)
        return remembered(await facts.remember(given.text), clock)

    return Action(
        name="remember",
        help="remembers what you say, in your words",
        effect="write",
        parameters=Text,
        phrases=("/remember TEXT",),
        handler=handle,
        rest="text",
    )


def remembered(
    learned: Sequence[Learned], clock: Clock, turn_seq: int | None = None
) -> ActionResult:
    """What `remember` gives: the message that said so may be a turn."""
    return _learned("remember", learned, clock, turn_seq)


def _learned(
    name: str, learned: Sequence[Learned], clock: Clock, turn_seq: int | None = None
) -> ActionResult:
    changes = rows.merged(change for each in learned for change in each.changes)
    return ActionResult(
        showing.learned_texts(learned, clock.zone),
        {"learned": [showing.learned_data(each) for each in learned]},
        undo=rows.taking_back(name, changes, turn_seq),
    )


async def _exchanged(name: str, facts: Facts, given: Exchange) -> ActionResult:
    try:
        changes = [Change(each.table, each.before, each.after) for each in given.rows]
    except ValueError as error:
        raise UsageError(f"These are no rows to put back: {error}.") from error
    returned = await facts.exchange(changes, given.turn)
    return ActionResult(
        showing.returned_text(returned),
        {"facts": [showing.returned_data(each) for each in returned]},
        undo=rows.taking_back(name, changes, given.turn),
    )


def _correct(facts: Facts, clock: Clock) -> Action[Correction]:
    async def handle(given: Correction) -> ActionResult:
        if given.rows:
            return await _exchanged("correct", facts, given)
        return _learned("correct", [await facts.correct(given.number, given.text)], clock)

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
        shown = [each for _, ranked in showing.profiled(found) for each in ranked]
        return ActionResult(
            showing.profile_text(found, open_ones, clock.zone),
            {
                "facts": [showing.fact_data(each) for each in shown],
                "count": len(found),
                "contradictions": [[each.older.id, each.newer.id] for each in open_ones],
            },
        )

    return Action(
        name="profile",
        help="shows what Wooster believes about you, with dates and sources",
        effect="read",
        parameters=Nothing,
        phrases=("profile",),
        reads=_asks_of_me,
        examples=("what do you know about me?", "what do you remember about me?"),
        handler=handle,
    )
