"""What counts as written by others: by where it is from, and never by what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import NOON
from wooster.assistant.outside import Outside
from wooster.memory.model import ASSISTANT, ME, ToolRan, Turn
from wooster.memory.recall.model import Memory

NEWEST = Turn(9, "t9", "s", NOON, "Remind me of it", "", "running", None, "", "")
PAST = replace(NEWEST, seq=1, id="t1", question="Hello", answer="Hi", state="done")
SAID = Memory("turn", 1, "s", NOON, ME, "I like bees", 1.0, {})


def outside() -> Outside:
    return Outside(lambda tool: tool == "agenda")


def ran(name: str) -> Turn:
    return replace(PAST, sensitivity="memory", tools=(ToolRan(name, name, "done", "…"),))


@pytest.mark.parametrize(
    ("shown", "memories", "quotes", "holds"),
    [
        ((), (), 0, False),
        ((PAST,), (SAID, replace(SAID, kind="fact", speaker="")), 0, False),
        ((), (), 1, True),
        ((), (replace(SAID, speaker=ASSISTANT, is_answer=True),), 0, True),
        ((), (replace(SAID, speaker="Mallory"),), 0, True),
        ((), (replace(SAID, kind="episode", speaker=""),), 0, True),
        ((replace(PAST, sensitivity="documents"),), (), 0, True),
        ((replace(PAST, question="x" * 2000),), (), 0, True),
        ((ran("agenda"),), (), 0, True),
        ((ran("tasks"),), (), 0, True),  # from before the start, and it carried memory
    ],
)
def test_what_others_wrote_is_known_by_where_it_is_from(
    shown: tuple[Turn, ...], memories: tuple[Memory, ...], quotes: int, holds: bool
) -> None:
    """Quoted, told by a tool, said by somebody else, repeated by an answer, or pasted."""
    assert outside().note(NEWEST, shown, memories, quotes) is holds


def test_what_was_the_persons_own_stays_theirs_and_the_rest_is_carried_on() -> None:
    """An answer to a request without others' words is none of theirs, unless a tool of it told of
    them; one after it that shows such a turn is theirs too."""
    kept = outside()
    assert not kept.note(PAST, (), (SAID,), 0)
    assert not kept.note(NEWEST, (ran("tasks"),), (), 0)
    assert kept.note(NEWEST, (ran("agenda"),), (), 0)
    later = replace(NEWEST, seq=10, id="t10")
    quoted = replace(NEWEST, id="t8", sensitivity="documents")
    assert kept.note(quoted, (), (), 1)
    assert kept.note(later, (quoted,), (), 0)
    assert kept.note(replace(NEWEST, id="t11"), (replace(later, sensitivity="documents"),), (), 0)


def test_a_paste_is_carried_on_by_the_answers_after_it_when_it_is_shown_no_more() -> None:
    """Though nothing else of others' was in them."""
    kept = outside()
    pasted = replace(PAST, question="x" * 2000)
    assert kept.note(pasted, (), (), 0)
    answer = replace(PAST, id="t2", question="What does it say?")
    assert kept.note(answer, (pasted,), (), 0)
    assert kept.note(NEWEST, (answer,), (), 0)
