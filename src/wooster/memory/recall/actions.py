"""What a person can ask of memory itself: what is remembered of something, and why an answer came.

It shows what was found and for which reasons; it refuses to know how.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from pydantic import Field, model_validator

from wooster.actions.action import Action, Nothing, Parameters
from wooster.core.clock import Clock
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean, clip, escaped
from wooster.memory.recall.model import Asked, Memory, Recollections
from wooster.memory.recall.showing import line
from wooster.wire.requests import ActionResult

if TYPE_CHECKING:
    from wooster.memory.recall.explaining import Explained

_AS_OF = Pattern(r"(?:^|\s)--as-of[=\s]\s*(\S+)")
# What is less near isn't shown: a person sees at once what is of no use.
_SHOWN_NEAR = 0.35
_SHOWN_BEHIND = 0.35
_LOOKED_THROUGH = 50
_NOTHING_THEN = "Nothing was said then."


class Words(Parameters):
    """What memory is asked. With `as_of`, a day as 2026-03-01, it answers as it would have then."""

    words: str = ""
    as_of: str = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 10

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, given: Any) -> Any:
        """`--as-of DAY` within the words, as it is typed in the conversation."""
        if not isinstance(given, dict) or given.get("as_of"):
            return given
        words = str(given.get("words") or "")
        if match := _AS_OF.search(words):
            return {**given, "words": _AS_OF.sub(" ", words).strip(), "as_of": match[1]}
        return given


class Recalling(Protocol):
    """What of memory is asked here."""

    async def find(self, asked: Asked, limit: int = 50) -> Recollections:
        """What is remembered of a question, the best first."""

    async def last(self) -> Explained | None:
        """What the last answer was given; None before there is one."""


def recall(memory: Recalling, clock: Clock) -> Action[Words]:
    async def handle(given: Words) -> ActionResult:
        words = clean(given.words).strip()
        if not words:
            raise UsageError("Recall what?", hint="`/recall where do I live`, `/recall last week`.")
        as_of = _end_of_day(given.as_of, clock.zone) if given.as_of else None
        now = as_of or clock.now()
        limit = max(_LOOKED_THROUGH, given.limit)
        # "Last week" in a sentence may be anything; by itself it asks for what was said then.
        from wooster.memory.recall import then

        if of_then := then.asked(words, now, clock.zone):
            said = await memory.find(Asked(of_then[0], now, as_of=as_of), limit)
            if shown := _worth_showing(said)[: given.limit]:
                return _result(_listed(shown, clock.zone), shown)
        found = await memory.find(Asked(words, now, as_of=as_of), limit)
        shown = _worth_showing(found)[: given.limit]
        nothing = _NOTHING_THEN if of_then or found.is_period else _nothing(given.as_of)
        text = _listed(shown, clock.zone) or nothing
        if of_then and shown:
            text = f"{_NOTHING_THEN} These have the words:\n\n{text}"
        return _result(text + _without_meaning(found), shown)

    return Action(
        name="recall",
        help="shows what is remembered of something, and why it was found; as of a day",
        effect="read",
        outside=True,
        parameters=Words,
        phrases=("/recall WORDS", "/recall --as-of 2026-03-01 WORDS"),
        handler=handle,
        rest="words",
    )


def why(memory: Recalling, clock: Clock) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        told = await memory.last()
        if told is None:
            return ActionResult("Nothing was answered yet.", {"memories": []})
        memories = [_data(each) for each in told.memories]
        return ActionResult(
            _explained(told, clock.zone), {"turn": told.turn.id, "memories": memories}
        )

    return Action(
        name="why",
        help="shows what the last answer was given of your memory, with scores and sources",
        effect="read",
        by_model=False,
        parameters=Nothing,
        phrases=("why", "/why"),
        handler=handle,
    )


def _end_of_day(told: str, zone: tzinfo | None) -> datetime:
    """All that was known on that day, its evening included."""
    try:
        day = date.fromisoformat(told)
    except ValueError as error:
        raise UsageError(
            f"{told!r} is no day.", hint="Write it as 2026-03-01, year first."
        ) from error
    midnight = datetime.combine(day, time()) + timedelta(days=1)
    return midnight.astimezone() if zone is None else midnight.replace(tzinfo=zone)


def _worth_showing(found: Recollections) -> list[Memory]:
    if found.is_period:
        return [each for each in found.memories if "time" in each.reasons]
    nearest = max((each.nearness for each in found.memories), default=0.0)
    least = max(_SHOWN_NEAR, nearest - _SHOWN_BEHIND)
    return [each for each in found.memories if each.nearness >= least]


def _nothing(as_of: str) -> str:
    return f"Nothing was known of that on {as_of}." if as_of else "Nothing is remembered of that."


def _result(text: str, shown: list[Memory]) -> ActionResult:
    return ActionResult(text, {"memories": [_data(each) for each in shown]})


def _listed(shown: list[Memory], zone: tzinfo | None) -> str:
    return "\n".join(f"- {_entry(each, zone)}" for each in shown)


def _without_meaning(found: Recollections) -> str:
    """Why only words were searched. It is said in one line, whoever worded it."""
    why = " ".join(found.without_meaning.split()).rstrip(".")
    return "" if found.is_period or not why else f"\n\n*By words only: {why}.*"


def _entry(memory: Memory, zone: tzinfo | None) -> str:
    return f"{escaped(line(memory, zone))}  \n  *{_source(memory)}; {_reasons(memory)}*"


def _source(memory: Memory) -> str:
    noun = {"turn": "exchange", "fact": "fact", "episode": "summary"}[memory.kind]
    return f"{noun} {memory.item}{', private' if memory.is_private else ''}"


def _reasons(memory: Memory) -> str:
    told = sorted(memory.reasons.items(), key=lambda each: -abs(each[1]))
    parts = ", ".join(f"{name} {points:+.2f}" for name, points in told if abs(points) >= 0.005)
    return f"score {memory.score:.2f} ({parts}), near {memory.nearness:.2f}"


def _explained(told: Explained, zone: tzinfo | None) -> str:
    asked = f"“{escaped(clip(told.turn.question, 80))}”"
    if not told.memories:
        return f"{asked} was answered without anything from your memory."
    count = len(told.memories)
    lines = "\n".join(f"- {_entry(each, zone)}" for each in told.memories)
    things = "memory" if count == 1 else "memories"
    gone = f"\n\n*{told.gone} more, forgotten since.*" if told.gone else ""
    return f"{asked} was answered with {count} {things}:\n\n{lines}{gone}"


def _data(memory: Memory) -> dict[str, Any]:
    return {
        "kind": memory.kind,
        "id": memory.item,
        "at": memory.at.isoformat(),
        "speaker": memory.speaker,
        "text": memory.text,
        "since": memory.since.isoformat() if memory.since else None,
        "until": memory.until.isoformat() if memory.until else None,
        "private": memory.is_private,
        "score": round(memory.score, 3),
        "near": round(memory.nearness, 3),
        "reasons": {name: round(points, 3) for name, points in memory.reasons.items()},
    }
