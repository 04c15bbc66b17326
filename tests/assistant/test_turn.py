"""A turn, read as a transcript: what is stored before what is shown."""

from __future__ import annotations

from dataclasses import replace

from wooster.assistant.turn import Broken, End, Input, Interrupted, Keep, Next, Send, Timing, run
from wooster.memory.model import Ending
from wooster.models.fallback import Answered, Asked, BrokeOff, FellBack, NobodyAnswers, Restarting
from wooster.models.model import Finished, Fragment, Loading, Provider, Reading, Thought, Usage
from wooster.wire.events import Done, Failure, Meta, Note, Progress, Token, TurnState

LOCAL = Provider("local", "http://127.0.0.1:1", "small", leaves=False)
CLOUD = Provider("openai", "https://api.example", "big", leaves=True)


def play(*given: Input) -> list[object]:
    """Every step but `Next`, for these events in turn; the local model is asked first."""
    machine = run("t", "s", Timing())
    events = [Asked(LOCAL), *given]
    steps: list[object] = []
    inbox: Input = None
    while True:
        try:
            step = machine.send(inbox)
        except StopIteration:
            assert not events, f"the turn ended before {events}"
            return steps
        inbox = events.pop(0) if isinstance(step, Next) else None
        if not isinstance(step, Next):
            steps.append(step)


def done(state: TurnState, usage: Usage = Usage()) -> Send:  # noqa: B008 - it is frozen
    counts = (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens)
    return Send(Done("t", state, LOCAL.name, LOCAL.model, *counts))


def test_every_piece_is_kept_before_it_is_sent_and_the_end_before_it_is_told() -> None:
    """The order of the steps is the promise that nothing shown can be lost."""
    usage = Usage(7, 2, 3)
    assert play(
        Loading(),
        Reading(3, 7),
        Fragment("Hi"),
        Fragment("!"),
        Answered(LOCAL, Finished("stop", usage)),
    ) == [
        Send(Meta("t", "s")),
        Send(Progress("loading")),
        Send(Progress("reading", 3, 7)),
        Keep("Hi"),
        Send(Token("Hi")),
        Keep("!"),
        Send(Token("!")),
        End(Ending("done", "local", "small", 7, 2)),
        done("done", usage),
    ]


def test_the_person_stops_it_and_what_came_is_kept() -> None:
    """Stopped is not cut off: the person wanted it."""
    assert play(Fragment("Hi"), Interrupted(by_person=True))[-2:] == [
        End(Ending("stopped", "local", "small")),
        done("stopped"),
    ]


def test_a_client_that_leaves_cuts_the_answer_off() -> None:
    """The reason is told, in case somebody still listens."""
    steps = play(Fragment("Hi"), Interrupted(by_person=False, reason="The client left"))
    assert steps[-3:] == [
        Send(Note("interrupted", "The client left. What came is kept.")),
        End(Ending("cut_off", "local", "small", error_code="interrupted")),
        done("cut_off"),
    ]


def test_a_fallback_is_announced_and_the_one_who_answered_is_stored() -> None:
    """The person reads who failed, why, and who answers; the row names who answered."""
    steps = play(
        FellBack(LOCAL, CLOUD, "the local model is down"),
        Fragment("Hi"),
        Answered(CLOUD, Finished("stop")),
    )
    told = "The local model is down. OpenAI answers; the conversation goes there."
    assert steps[1] == Send(Note("fallback", told))
    assert End(Ending("done", "openai", "big")) in steps


def test_a_second_model_of_this_machine_is_told_apart_from_the_first() -> None:
    """No note says that what failed answers."""
    other = replace(LOCAL, url="http://127.0.0.1:2")
    steps = play(FellBack(LOCAL, other, "it broke off"), Interrupted(by_person=True))
    told = "It broke off. Another model on this machine answers."
    assert steps[1] == Send(Note("fallback", told))


def test_who_was_asked_is_stored_with_what_was_stopped() -> None:
    """Not who would have been asked first by the settings."""
    steps = play(Asked(CLOUD), Fragment("Hi"), Interrupted(by_person=True))
    assert End(Ending("stopped", "openai", "big")) in steps


def test_a_lost_model_is_one_line_and_the_answer_is_cut_off() -> None:
    """What was shown stays, marked; nothing is begun again behind the person's back."""
    steps = play(Fragment("Once"), BrokeOff(LOCAL, "the model on this machine broke off"))
    assert steps[-3:] == [
        Send(Note("model_lost", "The model on this machine broke off. What came is kept.")),
        End(Ending("cut_off", "local", "small", error_code="model_lost")),
        done("cut_off"),
    ]


def test_a_restart_is_told_while_it_is_waited_for() -> None:
    """Waiting is never silent."""
    steps = play(Restarting(LOCAL, "it died"), Fragment("x"), Answered(LOCAL, Finished("stop")))
    assert steps[1] == Send(Note("restarting", "It died. Its server is being started again."))
    hung = play(Restarting(LOCAL, "it hangs", hangs=True), Interrupted(by_person=True))
    assert hung[1] == Send(Note("restarting", "It hangs. It is waited for and asked once more."))


def test_nobody_answers_is_a_failure_with_what_to_do() -> None:
    """The turn is stored as failed before the person is told."""
    steps = play(NobodyAnswers("nothing listens", is_refusal=False))
    assert steps[1] == End(Ending("failed", "local", "small", error_code="model_unavailable"))
    (told,) = [step.event for step in steps[2:] if isinstance(step, Send)]
    assert isinstance(told, Failure)
    assert (told.code, told.exit_code) == ("model_unavailable", 69)
    assert "wooster status" in told.hint


def test_a_model_that_says_nothing_is_a_failure_not_an_empty_answer() -> None:
    """An empty answer is never stored as done."""
    steps = play(Answered(LOCAL, Finished("stop")))
    assert steps[1] == End(Ending("failed", "local", "small", error_code="model_said_nothing"))
    assert isinstance(steps[2], Send)
    assert isinstance(steps[2].event, Failure)


def test_something_broken_in_the_middle_keeps_what_came() -> None:
    """A full disk or a refused ledger ends the turn with its own code."""
    steps = play(Fragment("Hi"), Broken("disk_full", "full", "make room", 74))
    assert steps[-2] == End(Ending("cut_off", "local", "small", error_code="disk_full"))
    assert steps[-1] == Send(Failure("disk_full", "full", "make room", 74, "t"))


def test_an_answer_that_reached_its_length_says_so() -> None:
    """A truncation is never silent."""
    steps = play(Fragment("a"), Answered(LOCAL, Finished("length")))
    notes = [s.event for s in steps if isinstance(s, Send) and isinstance(s.event, Note)]
    assert [note.code for note in notes] == ["length"]


def test_thoughts_are_progress_and_are_not_kept() -> None:
    """They are counted in characters; the answer is what follows."""
    steps = play(Thought("hm"), Thought("!"), Fragment("Hi"), Answered(LOCAL, Finished("stop")))
    assert steps[1:4] == [
        Send(Progress("thinking", 2)),
        Send(Progress("thinking", 3)),
        Keep("Hi"),
    ]
