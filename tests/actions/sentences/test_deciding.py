"""What is done with a sentence, by who reads it and what it is near to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.actions.sentences.deciding import (
    ASK,
    CERTAIN,
    RUN,
    RUN_UNREAD,
    AskFirst,
    Reading,
    Run,
    Unread,
    decide,
    with_way_back,
)
from wooster.wire.requests import ActionResult

CHECK_IN = Reading("habits_checkin", {"habit": "run"}, is_certain=True, label="check in run")
NEARLY = replace(CHECK_IN, is_certain=False)
ADD = Reading("tasks_add", {"text": "run"}, label="add run")
HELP = Unread("status", label="status")
NOTE = Unread("note", "note:", "text", label="note")
TEXT = "I ran today"


def test_what_one_action_reads_and_is_near_is_run() -> None:
    """With the arguments of its reading."""
    found = decide(TEXT, [NEARLY], [HELP], {"habits_checkin": RUN})
    assert found == Run("habits_checkin", {"habit": "run"})


def test_what_is_an_example_with_other_things_in_it_is_run_from_afar() -> None:
    """What a task is called is far from any example; two that read it are asked about as ever."""
    assert decide(TEXT, [CHECK_IN], [HELP], {"habits_checkin": CERTAIN}) is not None
    assert decide(TEXT, [CHECK_IN], [HELP], {"habits_checkin": CERTAIN - 0.01, "": 0.9}) is None
    found = decide(TEXT, [CHECK_IN, ADD], [HELP], {"habits_checkin": ASK, "tasks_add": 0.0})
    assert isinstance(found, AskFirst)


def test_what_is_near_to_actions_and_far_from_talk_is_run() -> None:
    """Where several actions are alike, the one that reads it is meant."""
    scores = {"habits_checkin": ASK, "tasks_add": 0.4}
    assert decide(TEXT, [NEARLY], [HELP], scores) == Run("habits_checkin", {"habit": "run"})
    assert isinstance(decide(TEXT, [NEARLY], [HELP], scores | {"": 0.3}), AskFirst)


def test_what_is_less_near_is_asked_about() -> None:
    """The action is one answer, the message to the model the other; nothing else is offered."""
    found = decide(TEXT, [NEARLY], [HELP], {"habits_checkin": RUN - 0.01})
    assert isinstance(found, AskFirst)
    yes, no = found.choice.options
    assert (yes.action, yes.arguments, yes.label) == (
        "habits_checkin",
        {"habit": "run"},
        "check in run",
    )
    assert (no.action, no.say) == ("", TEXT)


def test_what_is_far_is_a_message() -> None:
    """Though somebody reads it."""
    assert decide(TEXT, [NEARLY], [HELP], {"habits_checkin": ASK - 0.01}) is None
    assert decide(TEXT, [CHECK_IN], [HELP], {}) is None


def test_two_that_read_it_are_both_offered_unless_one_is_clearly_nearer() -> None:
    """Which of two was meant isn't guessed."""
    found = decide(TEXT, [CHECK_IN, ADD], [], {"habits_checkin": 0.5, "tasks_add": 0.45})
    assert isinstance(found, AskFirst)
    assert [each.key for each in found.choice.options] == ["1", "2", "n"]
    assert [each.action for each in found.choice.options] == ["habits_checkin", "tasks_add", ""]
    clear = decide(TEXT, [CHECK_IN, ADD], [], {"habits_checkin": 0.1, "tasks_add": 0.8})
    assert clear == Run("tasks_add", {"text": "run"})


@pytest.mark.parametrize("readings", [[], [ADD], [CHECK_IN, ADD], [CHECK_IN, CHECK_IN]])
def test_without_nearness_only_one_certain_reading_acts(readings: list[Reading]) -> None:
    """And nothing is asked: as documented, only plain forms work without an embedding server."""
    assert decide(TEXT, readings, [HELP, NOTE], None) is None
    assert decide(TEXT, [CHECK_IN], [HELP], None) == Run("habits_checkin", {"habit": "run"})


def test_what_nobody_reads_needs_more() -> None:
    """An action that is only compared to is run when it needs nothing; else its line is asked
    for."""
    assert decide("how are you set up?", [], [HELP], {"status": RUN_UNREAD}) == Run("status", {})
    found = decide("note it", [], [NOTE, HELP], {"note": 1.0, "status": 0.1})
    assert isinstance(found, AskFirst)
    assert (found.choice.options[0].ask, found.choice.options[0].into) == ("note:", "text")
    assert decide("hello there", [], [HELP], {"": 0.9, "status": 0.7}) is None
    assert decide("hello there", [], [], {"": 0.9}) is None


SCORES = st.dictionaries(
    st.sampled_from(["", "habits_checkin", "tasks_add", "status", "note"]), st.floats(-1, 2)
)


@given(SCORES, st.lists(st.sampled_from([CHECK_IN, ADD]), max_size=3, unique_by=lambda e: e.action))
def test_only_what_is_read_or_compared_to_is_run(
    scores: dict[str, float], readings: list[Reading]
) -> None:
    """Whatever the scores: arguments come from a reading, and what needs some is never run bare."""
    found = decide(TEXT, readings, [HELP, NOTE], scores)
    if isinstance(found, Run):
        wanted = [(each.action, each.arguments) for each in readings] or [("status", {})]
        assert (found.name, found.arguments) in wanted
    if isinstance(found, AskFirst):
        assert found.choice.options[-1].say == TEXT


def test_what_can_be_taken_back_says_so() -> None:
    """Nobody typed a command, so that the way back is told; of what changed nothing, it isn't."""
    undone = with_way_back(ActionResult("Done.", undo=("habits_uncheck", {})))
    assert undone.text == "Done.\n\n`undo` takes it back."
    assert with_way_back(ActionResult("Three habits.")).text == "Three habits."
