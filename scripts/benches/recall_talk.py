"""Conversations to measure recall on, and questions to them: made up, and the same each time.

What a search costs depends on how words are spread, not on what they mean. So half of all words
are English ones that say nothing, and the rest are made of syllables and as frequent as Zipf's law
has it; a session has words of its own that come again in it, sentences are short and long, and one
in six asks something.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product
from typing import Final

from wooster.core.ids import new_id
from wooster.memory.model import Turn
from wooster.memory.recall.model import Asked
from wooster.vectors.words import STOP_WORDS

TURNS_A_SESSION = 10
# After everything that was said.
NOW: Final = datetime(2026, 6, 1, 9, tzinfo=UTC)
_BETWEEN_SESSIONS, _BETWEEN_TURNS = timedelta(hours=3), timedelta(minutes=2)
_VOCABULARY = 20_000
_SAYS_NOTHING, _OF_SESSION = 0.5, 0.35
_SESSION_WORDS = 12
_ASKS = 1 / 6
_SENTENCE = (4, 18)
# Of the message and of the answer: about 40 a turn.
_QUESTION, _ANSWER = (4, 24), (8, 44)
_TIMES = (
    "yesterday",
    "last week",
    "two weeks ago",
    "last month",
    "in March",
    "on 8 May",
    "between Easter and 20 April",
    "last year",
    "the last time that we spoke",
)


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation before it is stored, oldest turn first."""

    id: str
    at: datetime
    turns: tuple[Turn, ...]


class Talk:
    """Ever more of it."""

    def __init__(self, seed: int = 11) -> None:
        """All seeds speak one language, and say other things in it."""
        self._random = random.Random(seed)
        self._words = _vocabulary()
        self._sums = list(accumulate(1 / rank for rank in range(1, len(self._words) + 1)))
        self._nothing = sorted(STOP_WORDS)
        self._nothing_sums = list(accumulate(1 / n for n in range(1, len(self._nothing) + 1)))

    def sessions(self, turns: int) -> Iterator[Session]:
        """As many as have so many turns, the last one just before `NOW`."""
        count = -(-turns // TURNS_A_SESSION)
        for number in range(count):
            at = NOW - (count - number) * _BETWEEN_SESSIONS
            own = self._frequent(_SESSION_WORDS)
            size = min(TURNS_A_SESSION, turns - number * TURNS_A_SESSION)
            session_id = new_id(at)
            said = (self._turn(session_id, at + n * _BETWEEN_TURNS, own) for n in range(size))
            yield Session(session_id, at, tuple(said))

    def questions(self, told: Sequence[Turn], each: int) -> dict[str, list[Asked]]:
        """So many of each kind, about turns that are `told`."""
        kinds = {
            "words": self._about,
            "message": self._message,
            "long": self._long,
            "small talk": self._small,
            "time": self._time,
            "reference": self._reference,
        }
        return {
            kind: [make(self._random.choice(told)) for _ in range(each)]
            for kind, make in kinds.items()
        }

    # --- questions ----------------------------------------------------------------------------

    def _about(self, turn: Turn) -> Asked:
        return Asked(f"What did I say about {' '.join(self._telling(turn, 4))}?", NOW)

    def _message(self, _: Turn) -> Asked:
        return Asked(self._text(self._random.randint(8, 25), self._frequent(3)), NOW)

    def _long(self, _: Turn) -> Asked:
        return Asked(self._text(150, self._frequent(_SESSION_WORDS)), NOW)

    def _small(self, _: Turn) -> Asked:
        said = self._random.choices(self._nothing, cum_weights=self._nothing_sums, k=6)
        return Asked(f"{' '.join(said).capitalize()} {self._words[0]}?", NOW)

    def _time(self, turn: Turn) -> Asked:
        when = self._random.choice(_TIMES)
        if self._random.random() < 0.5:
            return Asked(f"What did we talk about {when}?", NOW)
        return Asked(f"What did I say about {' '.join(self._telling(turn, 2))} {when}?", NOW)

    def _reference(self, turn: Turn) -> Asked:
        return Asked("And when was that?", NOW, (turn.question,))

    def _telling(self, turn: Turn, most: int) -> list[str]:
        said = [word for word in turn.question.lower().split() if word.isalpha()]
        return [word for word in said if word not in STOP_WORDS][:most] or self._frequent(most)

    # --- texts --------------------------------------------------------------------------------

    def _turn(self, session_id: str, at: datetime, own: Sequence[str]) -> Turn:
        question = self._text(self._random.randint(*_QUESTION), own)
        answer = self._text(self._random.randint(*_ANSWER), own)
        ended = at + timedelta(seconds=20)
        return Turn(0, new_id(at), session_id, at, question, answer, "done", ended, "local", "m")

    def _text(self, size: int, own: Sequence[str]) -> str:
        said = [
            self._random.choice(own) if self._random.random() < _OF_SESSION else common
            for common in self._frequent(size)
        ]
        filler = self._random.choices(self._nothing, cum_weights=self._nothing_sums, k=size)
        words = [
            n if self._random.random() < _SAYS_NOTHING else w
            for n, w in zip(filler, said, strict=True)
        ]
        sentences: list[str] = []
        while words:
            length = self._random.randint(*_SENTENCE)
            end = "?" if self._random.random() < _ASKS else "."
            sentences.append(" ".join(words[:length]).capitalize() + end)
            del words[:length]
        return " ".join(sentences)

    def _frequent(self, size: int) -> list[str]:
        return self._random.choices(self._words, cum_weights=self._sums, k=size)


def _vocabulary() -> list[str]:
    """Words made of syllables, the most frequent first."""
    draw = random.Random(3)
    syllables = [a + b for a, b in product("bdfglmnprstvk", ("a", "e", "i", "o", "u", "an"))]
    made = {"".join(draw.choices(syllables, k=2 + n % 3)) for n in range(30_000)}
    words = sorted(made - STOP_WORDS)
    draw.shuffle(words)
    return words[:_VOCABULARY]
