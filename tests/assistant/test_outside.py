"""What counts as written by others: by where it is from, and never by what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import NOON
from wooster.assistant.outside import is_from_others
from wooster.memory.model import ASSISTANT, ME, Turn
from wooster.memory.recall.model import Memory

NEWEST = Turn(9, "t9", "s", NOON, "Remind me of it", "", "running", None, "", "")
PAST = replace(NEWEST, seq=1, id="t1", question="Hello", answer="Hi", state="done")
SAID = Memory("turn", 1, "s", NOON, ME, "I like bees", 1.0, {})


@pytest.mark.parametrize(
    ("newest", "shown", "memories", "quotes", "holds"),
    [
        (NEWEST, (), (), 0, False),
        (NEWEST, (PAST,), (SAID, replace(SAID, kind="fact", speaker="")), 0, False),
        (NEWEST, (replace(PAST, sensitivity="memory"),), (), 0, False),
        (NEWEST, (), (), 1, True),
        (NEWEST, (), (replace(SAID, speaker=ASSISTANT, is_answer=True),), 0, True),
        (NEWEST, (), (replace(SAID, speaker="Mallory"),), 0, True),
        (NEWEST, (), (replace(SAID, text="x" * 2000),), 0, True),
        (NEWEST, (), (replace(SAID, kind="episode", speaker=""),), 0, True),
        (NEWEST, (replace(PAST, outside=True), PAST), (), 0, True),
        (replace(NEWEST, question="x" * 2000), (), (), 0, True),
    ],
)
def test_what_others_wrote_is_known_by_where_it_is_from(
    newest: Turn, shown: tuple[Turn, ...], memories: tuple[Memory, ...], quotes: int, holds: bool
) -> None:
    """Quoted, said by somebody else, repeated by an answer, or pasted, now or once."""
    assert is_from_others(newest, shown, memories, quotes) is holds
