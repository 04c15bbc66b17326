"""What a person can do with the log of actions: look at it, take back, do again."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import Annotated, Any

from pydantic import Field

from wooster.actions.action import Action, Nothing, Parameters, spoken
from wooster.actions.log import ActionLog, TakenBack
from wooster.actions.log_store import Entry
from wooster.core.clock import Clock
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean, clip
from wooster.wire.requests import ActionResult

_SHOWN = 20
_LINE_CHARACTERS = 120
_WHO = {"person": "", "model": " · by the model", "schedule": " · by the schedule"}


class Number(Parameters):
    """The number of an entry, as `log` shows it; empty for the newest."""

    number: Annotated[str, Field(max_length=20)] = ""


class Which(Parameters):
    """The number of an entry, or words that stand in it; empty for the newest."""

    what: Annotated[str, Field(max_length=500)] = ""


def actions(log: ActionLog, clock: Clock) -> list[Action[Any]]:
    """All of them over the log of one home."""
    return [_log(log, clock), _undo(log), _redo(log)]


def _log(log: ActionLog, clock: Clock) -> Action[Which]:
    async def handle(given: Which) -> ActionResult:
        what = clean(given.what).strip()
        number = _number(what)
        if number is not None:
            entry = await log.entry(number)
            return ActionResult(_whole(entry, clock.zone), {"entries": [_data(entry)]})
        entries = await log.newest(what, _SHOWN)
        data = {"entries": [_data(each) for each in entries]}
        if not entries:
            about = f" with “{what}”" if what else ""
            return ActionResult(f"Nothing was changed{about} yet.", data)
        local = clock.local()
        return ActionResult("\n".join(f"- {_line(each, local)}" for each in entries), data)

    async def is_number(words: str) -> bool:
        return _number(words) is not None

    return Action(
        name="log",
        help="shows what was changed, by whom, and its number for `undo`",
        by_model=False,
        effect="read",
        parameters=Which,
        phrases=("log", "log N", "/log WORDS"),
        handler=handle,
        rest="what",
        fits=is_number,
    )


def _undo(log: ActionLog) -> Action[Number]:
    async def handle(given: Number) -> ActionResult:
        return _taken_back("Taken back", await log.undo(_asked(given)))

    async def asks(given: Number) -> str:
        return await log.question(await log.undoable(_asked(given)))

    async def is_number(words: str) -> bool:
        return _number(words) is not None

    return Action(
        name="undo",
        help="takes back the last change, or the one with this number in the log",
        by_model=False,
        effect="outward",  # as what it takes back may be; it asks where that does
        parameters=Number,
        phrases=("undo", "undo N"),
        handler=handle,
        rest="number",
        asks=asks,
        fits=is_number,
        examples=("undo that", "take that back", "undo the last change"),
        reads=_reads_undo,
    )


def _redo(log: ActionLog) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        return _taken_back("Done again", await log.redo())

    async def asks(_: Nothing) -> str:
        return await log.question(await log.redoable())

    return Action(
        name="redo",
        help="does again what `undo` took back last",
        by_model=False,
        effect="outward",
        parameters=Nothing,
        phrases=("redo",),
        handler=handle,
        asks=asks,
    )


_UNDO_SAID = Pattern(
    r"(?:oops |no |ah |oh |wait |sorry )*(?:(?:undo|revert|take back)"
    r" (?:that|it|this|what you (?:just )?did"
    r"|what i (?:just )?did|(?:the|my) last (?:one|change|action|thing|entry|command|bit|step)"
    r"(?: (?:you|i) did)?)|take (?:that|it|this) back|oops undo|undo)(?: again)?(?: please)?",
    re.IGNORECASE,
)


async def _reads_undo(sentence: str) -> dict[str, Any] | None:
    said = " ".join(sentence.casefold().replace(",", " ").split()).rstrip(" .!")
    return {} if _UNDO_SAID.fullmatch(said) else None


def _number(words: str) -> int | None:
    digits = words.strip().removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def _asked(given: Number) -> int | None:
    words = clean(given.number).strip()
    if not words:
        return None
    number = _number(words)
    if number is None:
        raise UsageError(f"“{words}” is no number of the log.", hint="`log` has the numbers.")
    return number


def _taken_back(told: str, taken: TakenBack) -> ActionResult:
    entry, first = taken.entry, taken.first
    text = f"{told}: {first.seq}, {spoken(first.name)}.\n\n{taken.result.text}"
    return ActionResult(text, {"entry": entry.seq, **taken.result.data}, taken.result.exit_code)


def _line(entry: Entry, now: datetime) -> str:
    at = entry.at.astimezone(now.tzinfo)
    day = f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
    told = clip(entry.told, _LINE_CHARACTERS)
    state = " *(taken back)*" if entry.undone_by is not None and entry.kind != "undo" else ""
    took_back, did = f"took back {entry.of}", spoken(entry.name)
    done = {"do": did, "undo": took_back, "redo": "did again"}[entry.kind]
    return f"**{entry.seq}** {day} {done}{_WHO[entry.who]} · {told}{state}"


def _whole(entry: Entry, zone: tzinfo | None) -> str:
    at = entry.at.astimezone(zone)
    lines = [
        f"**{entry.seq}** {spoken(entry.name)}{_WHO[entry.who]}, {at:%Y-%m-%d %H:%M:%S %Z}",
        "",
        entry.told,
        "",
        f"- given: {_shown(entry.arguments)}",
    ]
    if entry.undo is not None:
        lines.append(
            f"- before, as `undo` brings it back: {spoken(entry.undo[0])} {_shown(entry.undo[1])}"
        )
    else:
        lines.append("- can't be taken back")
    if entry.undone_by is not None:
        lines.append(f"- taken back by {entry.undone_by}")
    return "\n".join(lines)


def _shown(arguments: dict[str, Any]) -> str:
    import json

    return f"`{json.dumps(arguments, ensure_ascii=False).replace('`', 'ˋ')}`" if arguments else "–"


def _data(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.seq,
        "at": entry.at.isoformat(),
        "who": entry.who,
        "kind": entry.kind,
        "of": entry.of,
        "action": entry.name,
        "arguments": entry.arguments,
        "told": entry.told,
        "undo": None
        if entry.undo is None
        else {"action": entry.undo[0], "arguments": entry.undo[1]},
        "taken_back_by": entry.undone_by,
    }
