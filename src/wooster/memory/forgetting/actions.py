"""What a person can have forgotten, and how it is asked and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from wooster.actions.action import Action, Parameters, Report
from wooster.core.clock import Clock
from wooster.core.errors import NotFound
from wooster.core.text import clean, clip, counted
from wooster.memory.facts.model import Fact
from wooster.memory.forgetting.model import Doomed
from wooster.memory.model import Turn
from wooster.wire.events import Progress
from wooster.wire.requests import ActionResult

if TYPE_CHECKING:
    from wooster.memory.forgetting.service import Forgetting

_SHOWN = 3
_SHOWN_CHARACTERS = 70


class What(Parameters):
    """A fact's number, `last` for the last exchange, or words that all stand in what goes (a number
    that is also a fact's in quotation marks)."""

    what: Annotated[str, Field(max_length=500)] = ""


def forget(forgetting: Callable[[], Forgetting], clock: Clock) -> Action[What]:
    """Over one home, which `forgetting` opens: a start needs nothing of it."""

    async def asks(given: What) -> str:
        doomed = await forgetting().doomed(clean(given.what))
        if doomed.is_empty:
            raise _nothing(given.what)
        return f"Forget {_told(doomed, clock.zone)} It can't be undone."

    async def work(given: What, report: Report) -> ActionResult:
        def told(text: str) -> None:
            report(Progress("forgetting", 0, 0, text))

        done = await forgetting().forget(clean(given.what), told)
        if done.doomed.is_empty:
            raise _nothing(given.what)
        facts, turns = len(done.doomed.all_facts), len(done.doomed.turns)
        counts = ((facts, "fact"), (turns, "exchange"))
        gone = " and ".join(counted(count, noun) for count, noun in counts if count)
        text = f"Forgotten: {gone}."
        text += f" {_others(done.doomed, 'It is')}" if done.doomed.others else ""
        text += f" {done.problem}" if done.problem else ""
        data = {"facts": facts, "turns": turns, "problem": done.problem}
        return ActionResult(text, data, 1 if done.problem else 0)

    return Action(
        name="forget",
        help="forgets a fact, the last exchange, or all with these words, and what was made of it",
        effect="outward",
        parameters=What,
        phrases=("/forget N", "/forget last", "/forget WORDS"),
        worker=work,
        rest="what",
        secret=("what",),  # what was forgotten must not stand in the log of it
        asks=asks,
    )


def _nothing(what: str) -> NotFound:
    return NotFound(
        f"Nothing that is remembered has {what!r}.",
        hint="All of the words must stand in it, as they were written. `facts` has the numbers.",
    )


def _told(doomed: Doomed, zone: tzinfo | None) -> str:
    """`1 fact (“You live in Porto.”) and 2 exchanges (2026-03-01 “I moved to Porto.”; …), and all
    that was made of it?`"""
    parts = [_facts(doomed.facts, "fact")] if doomed.facts else []
    if doomed.turns:
        shown = [
            f"{turn.asked.astimezone(zone):%Y-%m-%d} “{clip(_said(turn), _SHOWN_CHARACTERS)}”"
            for turn in doomed.turns
        ]
        parts.append(f"{counted(len(shown), 'exchange')} ({_first(shown)})")
    if doomed.besides:
        parts.append(f"{_facts(doomed.besides, 'other fact')} learned only there")
    listed = ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]
    told = f"{listed}, with all that was made of it?"
    return f"{told} {_others(doomed, 'It would be')}" if doomed.others else told


def _said(turn: Turn) -> str:
    return turn.question or turn.answer


def _facts(facts: Sequence[Fact], noun: str) -> str:
    shown = [f"“{clip(fact.statement, _SHOWN_CHARACTERS)}”" for fact in facts]
    return f"{counted(len(shown), noun)} ({_first(shown)})"


def _others(doomed: Doomed, stands: str) -> str:
    """`It is still said in 12 more places: forget “Porto” by its words for those.`"""
    value = clip(doomed.facts[0].value, _SHOWN_CHARACTERS)
    places = counted(doomed.others, "more place")
    return f"{stands} still said in {places}: `/forget {value}` is for those."


def _first(shown: Sequence[str]) -> str:
    more = f"; {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return "; ".join(shown[:_SHOWN]) + more
