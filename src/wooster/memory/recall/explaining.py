"""What an answer was given of memory, read back as it was stored with the turn."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace

from wooster.memory import store as turns
from wooster.memory.model import Turn
from wooster.memory.recall import sources, store
from wooster.memory.recall.model import Memory

# How near it was is kept among the reasons.
NEAR = "near"


@dataclass(frozen=True, slots=True)
class Explained:
    """A turn and the memories that its model was given; `gone` counts those forgotten since."""

    turn: Turn
    memories: tuple[Memory, ...]
    gone: int


def last(connection: sqlite3.Connection) -> Explained | None:
    """The newest ended turn of a conversation, and what it was given; None when there is none."""
    seq = turns.last_talked(connection)
    if seq is None:
        return None
    (turn,) = turns.by_seqs(connection, [seq])
    rows = store.given(connection, seq)
    found = [_memory(connection, row) for row in rows]
    kept = tuple(each for each in found if each is not None)
    return Explained(turn, kept, len(found) - len(kept))


def _memory(connection: sqlite3.Connection, row: store.GivenRow) -> Memory | None:
    reasons = json.loads(row.reasons)
    near = reasons.pop(NEAR, 0.0)
    bare = sources.stored(connection, row.kind, row.item, is_answer=row.is_answer)
    if bare is None:
        return None
    return replace(bare, score=row.score, reasons=reasons, nearness=near)
