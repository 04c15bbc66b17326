"""Whether a model has what others wrote before its eyes: what is quoted, told by a tool, repeated
by a past answer, or pasted.

Text from outside may say "add a reminder", and a model may do as it reads; so the tool runner asks
the person before each change where this says yes. Provenance is code's to know: no text is read
here for what it says.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

from wooster.memory.model import ME, Turn
from wooster.memory.recall.model import Memory

# Longer than what people type: a page that was pasted, which somebody else may have written.
_TYPED_CHARACTERS: Final = 1000
_KEPT_TURNS: Final = 4096


class Outside:
    """`by_others` says of a tool that it tells what others wrote.

    It remembers of the turns of this process whether their requests held anything of the kind. One
    from before the daemon's start that carried documents or memory counts as if it had: its answer
    may repeat them.
    """

    def __init__(self, by_others: Callable[[str], bool]) -> None:
        self._by_others = by_others
        self._found: OrderedDict[str, bool] = OrderedDict()

    def note(
        self, turn: Turn, shown: Iterable[Turn], memories: Iterable[Memory], quotes: int
    ) -> bool:
        """Whether the request of `turn` holds what others wrote; it is remembered of it."""
        found = (
            quotes > 0
            or _is_pasted(turn)
            or any(map(_is_by_others, memories))
            or any(map(self._repeats, shown))
        )
        self._found[turn.id] = found
        if len(self._found) > _KEPT_TURNS:
            self._found.popitem(last=False)
        return found

    def _repeats(self, past: Turn) -> bool:
        told = any(self._by_others(ran.name) for ran in past.tools)
        carried = self._found.get(past.id, past.sensitivity in ("documents", "memory"))
        return told or carried or _is_pasted(past)


def _is_pasted(turn: Turn) -> bool:
    return len(turn.question) > _TYPED_CHARACTERS


def _is_by_others(memory: Memory) -> bool:
    """An answer may repeat what it was made from, and a summary is a model's."""
    return memory.kind == "episode" or (memory.kind == "turn" and memory.speaker != ME)
