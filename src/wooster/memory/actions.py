"""What a person can do with what was said: list it and search it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import tzinfo
from typing import Annotated, Any

from pydantic import Field

from wooster.actions.action import Action, Parameters
from wooster.core.clock import Clock
from wooster.core.text import clean, clip, escaped
from wooster.memory.model import Turn
from wooster.memory.service import Conversations
from wooster.wire.requests import ActionResult

_SHOWN = 300
_STATES = {"stopped": "*(stopped)*", "cut_off": "*(cut off)*", "failed": "*(no answer)*"}


class History(Parameters):
    """Turns that hold all of `words`; all turns without any. The newest `limit` of them."""

    words: str = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 10


def history(conversations: Conversations, clock: Clock) -> Action[History]:
    async def handle(given: History) -> ActionResult:
        words = clean(given.words)
        turns = await conversations.history(words, given.limit)
        return ActionResult(_text(turns, words, clock.zone), {"turns": [_data(t) for t in turns]})

    return Action(
        name="history",
        help="lists past turns; with words, those that hold all of them",
        effect="read",
        outside=True,
        parameters=History,
        phrases=("history", "/history WORDS"),
        handler=handle,
        rest="words",
    )


def _text(turns: list[Turn], words: str, zone: tzinfo | None) -> str:
    if not turns:
        return f"Nothing said so far holds “{words}”." if words.strip() else "Nothing said so far."
    return "\n\n".join(_entry(turn, zone) for turn in turns)


def _entry(turn: Turn, zone: tzinfo | None) -> str:
    when = f"{turn.asked.astimezone(zone):%Y-%m-%d %H:%M}"
    # In a conversation that was taken in, others speak too, and some of it nobody answered.
    who = f"{escaped(clip(turn.speaker, _SHOWN))}: " if turn.speaker else ""
    said = f"**{when}**  {who}{escaped(clip(turn.question, _SHOWN))}".rstrip()
    answer = f"{escaped(clip(turn.answer, _SHOWN))} {_STATES.get(turn.state, '')}".strip()
    is_unanswered = not answer and turn.state == "done"
    ran = "".join(f"\n\n*{escaped(f'{each.words}: {each.summary}')}*" for each in turn.tools)
    return said + ran if is_unanswered else f"{said}{ran}\n\n> {answer}"


def _data(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "session_id": turn.session_id,
        "asked": turn.asked.isoformat(),
        "speaker": turn.speaker,
        "question": turn.question,
        "answer": turn.answer,
        "state": turn.state,
        "provider": turn.provider,
        "model": turn.model,
        "private": turn.is_private,
        "tools": [asdict(each) for each in turn.tools],
    }
