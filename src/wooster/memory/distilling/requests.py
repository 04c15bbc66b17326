"""What a model is asked about a stretch: within its context, marked as data, as private as it was.

Pure. It refuses to know who answers and what becomes of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from wooster.core.text import clip, fill, rough_tokens
from wooster.memory.distilling import schema
from wooster.memory.distilling.admission import own_turns
from wooster.memory.episodes.model import Stretch
from wooster.memory.episodes.sentences import own_words
from wooster.memory.facts import keys
from wooster.memory.model import Turn
from wooster.models.model import ChatRequest, Message, Task

PURPOSE = "distillation"
_SUMMARY_TOKENS, _FACTS_TOKENS = 400, 600
# What a chat template adds, and what a server needs beyond.
_FRAME_TOKENS = 48
# How much is shown of each message and of each answer, from much to hardly any.
_SHOWN = ((2_000, 600), (1_000, 300), (500, 150), (250, 80), (120, 40), (60, 0))
_MARK = re.compile(r"<(/?)(conversation|messages)>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompts:
    """The texts of `prompts/` that distilling uses."""

    summary: str
    facts: str


def summary_request(prompts: Prompts, stretch: Stretch, context_tokens: int) -> ChatRequest:
    """What is asked for the episode, in one request: what doesn't fit is shortened, evenly."""
    request = _request(stretch, "summary", _SUMMARY_TOKENS)
    room = context_tokens - _SUMMARY_TOKENS - _FRAME_TOKENS - rough_tokens(prompts.summary)
    text = fill(prompts.summary, {"conversation": _shortened(stretch.turns, room)})
    return replace(
        request,
        messages=(Message("user", text),),
        schema=schema.episode_schema(len(stretch.turns)),
    )


def facts_requests(
    prompts: Prompts, stretch: Stretch, context_tokens: int, categories: Collection[str]
) -> list[ChatRequest]:
    """What is asked for the facts: as many requests as the person's own messages take; none where
    there are no words of theirs."""
    named = {"categories": ", ".join(sorted(categories)), "keys": ", ".join(_KEYS)}
    fixed = rough_tokens(fill(prompts.facts, named))
    room = context_tokens - _FACTS_TOKENS - _FRAME_TOKENS - fixed
    return [
        replace(
            _request(stretch, "extraction", _FACTS_TOKENS),
            messages=(Message("user", fill(prompts.facts, {**named, "messages": part})),),
            schema=schema.facts_schema(categories),
        )
        for part in _parts(own_turns(stretch), room)
    ]


# A model picks from a short list what it would else name anew each time.
_KEYS = [name for name in keys.KEYS if name != keys.NOTE]


def _request(stretch: Stretch, task: Task, max_tokens: int) -> ChatRequest:
    """As private as memory, which it makes: nobody watches this request, and none may go to a
    provider unseen that the person hasn't let see that much."""
    return ChatRequest(
        (),
        max_tokens,
        PURPOSE,
        stretch.turns[-1].id,
        task=task,
        sensitivity="memory",
        stays=stretch.is_private,
        background=True,
    )


def _shortened(turns: Sequence[Turn], room_tokens: int) -> str:
    """The turns as lines that fit: less and less of each, and then only every second one."""
    step = 1
    while True:
        for own, of_answer in _SHOWN:
            text = "\n".join(
                line
                for number, turn in enumerate(turns, 1)
                if number % step == 0 or step == 1
                for line in _lines(number, turn, own, of_answer)
            )
            if rough_tokens(text) <= room_tokens or step > len(turns):
                return text
        step *= 2


def _lines(number: int, turn: Turn, own: int, of_answer: int) -> list[str]:
    said = clip(_harmless(turn.question), own)
    lines = [f"[{number}] {_harmless(turn.speaker) or 'Person'}: {said}"] if said else []
    if turn.answer.strip() and of_answer:
        lines.append(f"[{number}] Assistant: {clip(_harmless(turn.answer), of_answer)}")
    return lines


def _parts(turns: Sequence[Turn], room_tokens: int) -> list[str]:
    """The messages, in order, as texts of which each fits; what of one message doesn't is cut."""
    parts: list[list[str]] = []
    left = 0
    for turn in turns:
        message = f"- {' '.join(_harmless(own_words(turn.question)).split())}"
        while rough_tokens(message) > max(room_tokens, _FRAME_TOKENS):
            message = message[: len(message) * 3 // 4]
        if not parts or rough_tokens(message) > left:
            parts.append([])
            left = room_tokens
        parts[-1].append(message)
        left -= rough_tokens(message)
    return ["\n".join(part) for part in parts]


def _harmless(text: str) -> str:
    """Text that can't close the block that it stands in."""
    return _MARK.sub(r"(\1\2)", text)
