"""What a person can have forgotten, and how it is asked and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from wooster.actions.action import Action, Parameters, Report
from wooster.core.clock import Clock
from wooster.core.errors import NotFound
from wooster.core.text import clean, clip, counted, escaped
from wooster.memory.facts.model import Fact
from wooster.memory.forgetting.model import Doomed
from wooster.memory.model import Turn
from wooster.wire.events import Progress
from wooster.wire.requests import ActionResult

if TYPE_CHECKING:
    from wooster.memory.forgetting.proof import Proof
    from wooster.memory.forgetting.service import Forgetting

_SHOWN = 3
_SHOWN_CHARACTERS = 70


class What(Parameters):
    """A fact's number, `last` for the last exchange, `turn` or `session` with a time as `history`
    shows it, `person NAME`, `document NAME`, or words that all stand in what goes (what is also one
    of those, in quotation marks); `everywhere WORDS` also takes them out of habits, goals,
    reminders, events of Wooster's own calendar and files."""

    what: Annotated[str, Field(max_length=500)] = ""


def forget(forgetting: Callable[[], Forgetting], clock: Clock) -> Action[What]:
    """Over one home, which `forgetting` opens: a start needs nothing of it."""

    async def asks(given: What) -> str:
        doomed = await forgetting().doomed(clean(given.what))
        if doomed.is_empty:
            raise _nothing(given.what, doomed)
        return f"Forget {_told(doomed, clock.zone)} It can't be undone."

    async def work(given: What, report: Report) -> ActionResult:
        def told(text: str) -> None:
            report(Progress("forgetting", 0, 0, text))

        done = await forgetting().forget(clean(given.what), told)
        if done.doomed.is_empty:
            raise _nothing(given.what, done.doomed)
        facts, turns = len(done.doomed.all_facts), len(done.doomed.turns)
        counts = (
            (facts, "fact"),
            (turns, "exchange"),
            (int(bool(done.doomed.document)), "document"),
        )
        elsewhere = len(done.doomed.elsewhere) if done.doomed.everywhere else 0
        parts = [counted(count, noun) for count, noun in counts if count]
        parts += [f"{counted(elsewhere, 'other thing')} that said it"] if elsewhere else []
        text = f"Forgotten: {_and(parts)}."
        text += f" {_others(done.doomed, 'It is')}" if done.doomed.others else ""
        standing = _standing(done.doomed, by_name=False)
        text += f" {standing}" if standing else ""
        text += f" {done.problem}" if done.problem else ""
        data = {"facts": facts, "turns": turns, "elsewhere": elsewhere, "problem": done.problem}
        return ActionResult(text, data, 1 if done.problem else 0)

    return Action(
        name="forget",
        help="forgets a fact, the last exchange, or all with these words, and what was made of it",
        effect="outward",
        parameters=What,
        phrases=(
            *("/forget N", "/forget last", "/forget WORDS", "/forget everywhere WORDS"),
            *("/forget person NAME", "/forget session", "/forget document NAME"),
        ),
        worker=work,
        rest="what",
        secret=("what",),  # what was forgotten must not stand in the log of it
        asks=asks,
    )


class Sought(Parameters):
    """`words` that are to stand nowhere any more."""

    words: Annotated[str, Field(max_length=500)] = ""


def prove(forgetting: Callable[[], Forgetting]) -> Action[Sought]:
    """Over one home, as `forget`."""

    async def work(given: Sought, report: Report) -> ActionResult:
        def told(text: str) -> None:
            report(Progress("looking", 0, 0, text))

        proof = await forgetting().prove(clean(given.words), told)
        return proven(proof)

    return Action(
        name="forget_prove",
        help="looks for words in every file of Wooster's, and says where they still stand",
        effect="read",
        parameters=Sought,
        phrases=("/forget prove WORDS", "/forget --prove WORDS"),
        worker=work,
        rest="words",
        by_model=False,
    )


def proven(proof: Proof) -> ActionResult:
    """In words, with exit code 1 where it stands somewhere."""
    through = f"{counted(proof.files, 'file')} ({proof.size_bytes / 1_000_000:.1f} MB)"
    total = sum(proof.found.values())
    lines = [f"Found {total} times in {through}; models' weights aren't looked into."]
    lines += [f"- {escaped(where)}: {count}" for where, count in sorted(proof.found.items())]
    if proof.inside:
        lines.append(f"\nInside longer words: {proof.inside} times.")
    if proof.unread:
        lines.append(f"\nThese couldn't be read: {', '.join(map(escaped, proof.unread))}.")
    data = {
        "found": proof.found,
        "total": total,
        "files": proof.files,
        "size_bytes": proof.size_bytes,
        "inside_longer_words": proof.inside,
        "unread": list(proof.unread),
    }
    return ActionResult("\n".join(lines), data, 1 if total or proof.unread else 0)


def _nothing(what: str, doomed: Doomed) -> NotFound:
    if told := _standing(doomed):
        return NotFound(f"No conversation and no fact has {what!r}.", hint=told)
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
    if doomed.document:
        parts.append(f"the document {doomed.document} (its file stays, and isn't read again)")
    if doomed.everywhere and doomed.elsewhere:
        parts.append(_first(doomed.elsewhere))
    told = f"{_and(parts)}, with all that was made of it?"
    told = f"{told} {_others(doomed, 'It would be')}" if doomed.others else told
    return f"{told} {_standing(doomed)}".rstrip()


def _and(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)


def _standing(doomed: Doomed, *, by_name: bool = True) -> str:
    """Where it stands besides, and stays. What is logged names nothing, since that says it."""
    told = ""
    if doomed.elsewhere and not doomed.everywhere:
        where = _first(doomed.elsewhere) if by_name else counted(len(doomed.elsewhere), "thing")
        where += "" if by_name else " that you set up or wrote"
        told = (
            f"It also stands in {where}, and stays there:"
            " `/forget everywhere WORDS` takes those too."
        )
    if doomed.staying:
        count = counted(
            len(doomed.staying), "document, calendar or name", "documents, calendars and names"
        )
        told += f" It stays in {_first(doomed.staying) if by_name else count}."
    return told.strip()


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
