"""A turn, read as a transcript: what is stored before what is shown."""

from __future__ import annotations

from dataclasses import replace

from tests.assistant.shelf import source
from wooster.assistant.rounds import Limits
from wooster.assistant.steps import (
    Broken,
    End,
    Input,
    Interrupted,
    Keep,
    Next,
    NotThere,
    Quoted,
    Searching,
    Send,
    Stays,
)
from wooster.assistant.turn import Timing, run
from wooster.memory.model import Ending
from wooster.models.fallback import (
    Answered,
    Asked,
    BrokeOff,
    FellBack,
    NobodyAnswers,
    Restarting,
    Withheld,
)
from wooster.models.model import Finished, Fragment, Loading, Provider, Reading, Thought, Usage
from wooster.wire.events import Done, Failure, Meta, Note, Progress, Token, TurnState

LOCAL = Provider("local", "http://127.0.0.1:1", "small", leaves=False)
CLOUD = Provider("openai", "https://api.example", "big", leaves=True)


def play(*given: Input, limits: Limits = Limits()) -> list[object]:  # noqa: B008 - it is frozen
    """Every step but `Next`, for these events in turn; the local model is asked first."""
    machine = run("t", "s", Timing(), limits)
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


# --- answers from the library -----------------------------------------------------------------

TWO = (source(1, "Founded in 753 BC."), source(2, "It has seven hills.", "Hills"))
FIRST = "\n\nSources:\n\n- [1] Rome: `/notes/rome.md:10`\n"
READS = Send(Note("library", "The model reads 2 passages of your library."))


def ended(state: TurnState, error_code: str = "") -> End:
    return End(Ending(state, "local", "small", error_code=error_code))


def test_the_sources_of_an_answer_are_kept_and_sent_like_its_words() -> None:
    """First what is read is told; the list comes before the end, kept before it is sent."""
    steps = play(
        Searching(),
        Quoted(TWO),
        Fragment("In 753 BC [1]."),
        Answered(LOCAL, Finished("stop")),
    )
    assert steps == [
        Send(Meta("t", "s")),
        Send(Progress("searching")),
        READS,
        Keep("In 753 BC [1]."),
        Send(Token("In 753 BC [1].")),
        Keep(FIRST),
        Send(Token(FIRST)),
        ended("done"),
        done("done"),
    ]


def test_a_citation_that_came_in_pieces_is_one() -> None:
    """Where a model's pieces are cut changes nothing; each was sent as it came."""
    pieces = ("In 753 BC ", "[", "1", "]", ".")
    steps = play(Quoted(TWO), *map(Fragment, pieces), Answered(LOCAL, Finished("stop")))
    assert [step.text for step in steps if isinstance(step, Keep)] == [*pieces, FIRST]


def test_an_answer_that_cites_nothing_or_wrongly_says_so_below() -> None:
    """What was given is listed as given, and a number without a passage is named."""
    none = play(Quoted(TWO), Fragment("Old."), Answered(LOCAL, Finished("stop")))
    assert isinstance(none[-4], Keep)
    assert "Given to the model, which cited none of it:" in none[-4].text
    wrong = play(Quoted(TWO), Fragment("Old [1] [8]."), Answered(LOCAL, Finished("stop")))
    assert isinstance(wrong[-4], Keep)
    assert "- [8]: the model was given no passage" in wrong[-4].text


def test_an_answer_that_was_stopped_or_lost_has_its_sources_too() -> None:
    """Whatever ends it, what came is told with where it is from; without a word, nothing is."""
    stopped = play(Quoted(TWO), Fragment("Old [1]"), Interrupted(by_person=True))
    assert stopped[-4:] == [Keep(FIRST), Send(Token(FIRST)), ended("stopped"), done("stopped")]
    lost = play(Quoted(TWO), Fragment("Old [1]"), BrokeOff(LOCAL, "it broke off"))
    assert lost[-5:-1] == [
        Send(Note("model_lost", "It broke off. What came is kept.")),
        Keep(FIRST),
        Send(Token(FIRST)),
        ended("cut_off", "model_lost"),
    ]
    broken = play(Quoted(TWO), Fragment("Old [1]"), Broken("internal", "x", "y", 70))
    assert broken[-3] == Send(Token(FIRST))
    silent = play(Quoted(TWO), Interrupted(by_person=True))
    assert silent[2:] == [ended("stopped"), done("stopped")]


def test_what_is_not_in_the_library_is_said_by_code() -> None:
    """No provider is asked, the answer is stored as done, and what wasn't searched is told."""
    machine_asked = play(Searching(), NotThere("120 of 900 passages aren't embedded yet"))
    told = "That isn't in your library. 120 of 900 passages aren't embedded yet."
    assert machine_asked[2:4] == [Keep(told), Send(Token(told))]
    assert isinstance(machine_asked[4], End)
    assert machine_asked[4].ending.state == "done"


def test_how_many_passages_are_read_is_told_and_whether_private_ones_are() -> None:
    """In words; nothing found is told too, because an answer comes all the same."""

    def told(event: Quoted) -> str:
        (note,) = [
            step.event.text
            for step in play(event, Interrupted(by_person=True))
            if isinstance(step, Send) and isinstance(step.event, Note)
        ]
        return note

    assert told(Quoted(TWO[:1])) == "The model reads 1 passage of your library."
    assert (
        told(Quoted((), "half")) == "The model reads no passage of your library: none fits. Half."
    )
    private = told(Quoted((source(1, "x", is_private=True),)))
    assert private.endswith("Private ones are among them: only a model on this machine is asked.")


def test_a_private_question_that_nobody_here_answers_says_why_and_what_to_do() -> None:
    """The message is kept; a new conversation is the way to the others."""
    steps = play(Stays(), NobodyAnswers("OpenAI isn't on this machine", is_refusal=False))
    assert isinstance(steps[-1], Send)
    failure = steps[-1].event
    assert isinstance(failure, Failure)
    assert "OpenAI isn't on this machine." in failure.message
    assert "only a model on this machine may read them" in failure.hint
    assert "wooster status" in failure.hint


def test_an_answer_without_memory_is_ended_as_one() -> None:
    """Whoever gave it wasn't shown what is remembered, in whole or to where it broke off; one who
    was asked after that was."""
    words, end = Fragment("Yes."), Finished("stop")
    asked = Withheld(CLOUD), Asked(replace(CLOUD, model="bigger")), words
    for ended, is_without in (
        (play(*asked, Answered(CLOUD, end)), True),
        (play(*asked, BrokeOff(CLOUD, "gone")), True),
        (play(*asked, Interrupted(by_person=True)), True),
        (play(*asked, Asked(LOCAL), words, Answered(LOCAL, end)), False),
        (play(words, Answered(LOCAL, end)), False),
    ):
        (ending,) = (step.ending for step in ended if isinstance(step, End))
        assert ending.without_memory == is_without
