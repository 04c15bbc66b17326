"""A turn with tools, read as a transcript: what is run, stored, told, and asked again."""

from __future__ import annotations

from tests.assistant.test_turn import CLOUD, LOCAL, done, ended, play
from wooster.assistant.rounds import Limits
from wooster.assistant.steps import (
    Again,
    Asked,
    Broken,
    Drop,
    End,
    Interrupted,
    Keep,
    Ran,
    Record,
    Run,
    Send,
)
from wooster.memory.model import Ending
from wooster.models.fallback import Answered, FellBack, NobodyAnswers, WithoutTools
from wooster.models.model import Finished, Fragment, ToolCall, Usage
from wooster.wire.events import Asking, Failure, Meta, Note, Progress, Token, Tool

SEE = ToolCall("c1", "habits", "{}")
DO = ToolCall("c2", "checkin", '{"habit": "Meditate"}')
SEEN = Ran("habits", "habits", "done", "1 of 3 done", "«1 of 3 done»")
DONE = Ran("checkin", "checkin: Meditate", "done", "done today", "«done today»")
START = Send(Meta("t", "s"))


def calls(*each: ToolCall, usage: Usage = Usage()) -> Answered:  # noqa: B008 - it is frozen
    return Answered(LOCAL, Finished("tool_calls", usage, each))


ANSWERED = Answered(LOCAL, Finished("stop"))


def told(ran: Ran) -> Send:
    return Send(Tool(ran.name, ran.text, ran.state, ran.summary))


def test_a_call_is_run_stored_told_and_given_back() -> None:
    """What a tool gave is stored before it is told, and told before the model goes on; the tokens
    of both requests count."""
    usage = Usage(10, 2, 4)
    steps = play(
        Fragment("Let me see."),
        calls(SEE, usage=usage),
        SEEN,
        Fragment("One of "),
        Fragment("three."),
        Answered(LOCAL, Finished("stop", usage)),
    )
    assert steps == [
        START,
        Keep("Let me see."),
        Send(Token("Let me see.")),
        Run(0, SEE),
        Record(0, SEEN),
        told(SEEN),
        Again("Let me see.", (SEE,), ("«1 of 3 done»",), is_private=False, may_call=True),
        Keep("\n\nOne of "),
        Send(Token("\n\nOne of ")),
        Keep("three."),
        Send(Token("three.")),
        End(Ending("done", "local", "small", 20, 4)),
        done("done", Usage(20, 4, 8)),
    ]


def test_several_calls_run_one_after_another_and_are_answered_together() -> None:
    """In the order in which they were written; their results in the same order."""
    steps = play(calls(SEE, DO), SEEN, DONE, Fragment("Done."), ANSWERED)
    assert steps[1:8] == [
        Run(0, SEE),
        Record(0, SEEN),
        told(SEEN),
        Run(1, DO),
        Record(1, DONE),
        told(DONE),
        Again("", (SEE, DO), ("«1 of 3 done»", "«done today»"), is_private=False, may_call=True),
    ]
    assert steps[8] == Keep("Done.")


def test_what_made_no_sense_is_told_and_not_stored() -> None:
    """The error goes back in words, and the model may try again."""
    wrong = Ran("checkin", "checkin", "failed", "no such argument", "«It failed.»", is_stored=False)
    steps = play(calls(DO), wrong, calls(SEE), SEEN, Fragment("x"), ANSWERED)
    assert steps[1:4] == [
        Run(0, DO),
        told(wrong),
        Again("", (DO,), ("«It failed.»",), is_private=False, may_call=True),
    ]
    assert steps[4] == Run(1, SEE)


def test_the_same_call_twice_in_a_row_is_not_run_twice() -> None:
    """Neither side by side nor in the next round, however it is written; what it gave stands."""
    again = ToolCall("c9", "checkin", '{ "habit":"Meditate" }')
    steps = play(calls(DO, again), DONE, calls(again), Fragment("Done."), ANSWERED)
    assert [step for step in steps if isinstance(step, Run)] == [Run(0, DO)]
    first, second = [step for step in steps if isinstance(step, Again)]
    assert first.results[0] == "«done today»"
    for result in (first.results[1], second.results[0]):
        assert "isn't run twice" in result and "«done today»" in result


def test_another_model_that_goes_on_does_not_run_it_again() -> None:
    """After a fallback the next one reads what was done; its own same call isn't run either."""
    steps = play(
        calls(DO),
        DONE,
        FellBack(LOCAL, CLOUD, "it died"),
        Answered(CLOUD, Finished("tool_calls", calls=(DO,))),
        Fragment("Done."),
        Answered(CLOUD, Finished("stop")),
    )
    assert [step for step in steps if isinstance(step, Run)] == [Run(0, DO)]
    assert End(Ending("done", "openai", "big")) in steps


def test_after_the_last_round_the_model_must_answer() -> None:
    """Who calls even so has said nothing: what was done is told by code."""
    two = Limits(rounds=2, calls=8)
    steps = play(calls(SEE), SEEN, calls(DO), DONE, calls(SEE), limits=two)
    assert [step.may_call for step in steps if isinstance(step, Again)] == [True, False]
    text = "- habits: 1 of 3 done\n- checkin: Meditate: done today"
    assert steps[-4:] == [Keep(text), Send(Token(text)), ended("done"), done("done")]


def test_more_calls_than_are_allowed_are_not_run_and_that_is_said() -> None:
    """Each call has its result, as the protocol wants."""
    steps = play(calls(SEE, DO, SEE), SEEN, Fragment("x"), ANSWERED, limits=Limits(5, 1))
    (again,) = [step for step in steps if isinstance(step, Again)]
    assert [step for step in steps if isinstance(step, Run)] == [Run(0, SEE)]
    assert len(again.results) == 3
    assert all("1 calls are all" in each for each in again.results[1:])
    assert not again.may_call


def test_what_is_done_without_a_word_is_told_plainly() -> None:
    """A model that does it and says nothing hasn't failed the person."""
    text = "- checkin: Meditate: done today"
    steps = play(calls(DO), DONE, ANSWERED)
    assert steps[-4:] == [Keep(text), Send(Token(text)), ended("done"), done("done")]


def test_a_question_is_put_to_the_person_and_the_turn_waits() -> None:
    """With the turn's id, and nothing is run on the model's own word."""
    no = Ran("forget", "forget: it", "refused", "not done: you said no", "«no»")
    steps = play(calls(DO), Asked("Forget it?", 9.0), no, Fragment("Well."), ANSWERED)
    assert steps[1:5] == [
        Run(0, DO),
        Send(Asking("t", 0, "Forget it?", "checkin", 9.0)),
        Record(0, no),
        told(no),
    ]


def test_long_work_shows_itself() -> None:
    """Its progress is the turn's."""
    steps = play(calls(DO), Progress("fetching", 1, 2), DONE, Fragment("x"), ANSWERED)
    assert steps[2] == Send(Progress("fetching", 1, 2))


def test_who_stops_while_a_tool_runs_has_it_ended_and_stored_first() -> None:
    """What was done is known, whoever stopped it; the model isn't asked again."""
    steps = play(calls(DO), Interrupted(by_person=True), DONE)
    assert steps[1:] == [
        Run(0, DO),
        Drop(),
        Record(0, DONE),
        told(DONE),
        ended("stopped"),
        done("stopped"),
    ]


def test_a_tool_that_could_not_be_stored_breaks_the_turn() -> None:
    """The disk is full: the turn ends with its code."""
    steps = play(calls(DO), Broken("disk_full", "full", "make room", 74))
    assert steps[-2:] == [
        ended("failed", "disk_full"),
        Send(Failure("disk_full", "full", "make room", 74, "t")),
    ]


def test_nobody_who_goes_on_is_a_failure_after_what_was_done() -> None:
    """What ran is told already, and stays done."""
    steps = play(calls(DO), DONE, NobodyAnswers("it died", is_refusal=False))
    assert told(DONE) in steps
    assert isinstance(steps[-1], Send) and isinstance(steps[-1].event, Failure)


def test_what_is_private_makes_the_next_request_private() -> None:
    """And those after it, whatever they tell."""
    secret = Ran("search", "search: x", "done", "found", "«x»", is_private=True)
    steps = play(calls(SEE), secret, calls(DO), DONE, Fragment("x"), ANSWERED)
    assert [step.is_private for step in steps if isinstance(step, Again)] == [True, True]


def test_a_model_without_tools_is_told_of_where_they_were_needed() -> None:
    """Who can't do it says why."""
    takes_none = play(WithoutTools(LOCAL, may_not_see=False), Fragment("x"), ANSWERED)
    assert takes_none[1] == Send(
        Note(
            "tools",
            "The model on this machine takes no tools, and answers without Wooster's commands.",
        )
    )
    unseen = play(WithoutTools(CLOUD, may_not_see=True), Fragment("x"), ANSWERED)
    assert unseen[1] == Send(
        Note("tools", "OpenAI can't use Wooster's commands: it may not see what they tell.")
    )
