"""Who is asked next: read as the conversation between the machine and its shell."""

from __future__ import annotations

from wooster.models import fallback
from wooster.models.fallback import (
    Answered,
    Asked,
    Await,
    Barred,
    BrokeOff,
    FellBack,
    GaveUp,
    GaveWay,
    Machine,
    Next,
    NobodyAnswers,
    Open,
    Pause,
    Restarting,
    Returned,
    Tell,
)
from wooster.models.model import Died, Finished, Fragment, Provider, Reading, Refused, Rejected

LOCAL = Provider("local", "http://127.0.0.1:1", "small", leaves=False)
CLOUD = Provider("openai", "https://api.example", "big", leaves=True)
OURS = frozenset({LOCAL})
NOT_OURS: frozenset[Provider] = frozenset()


class Play:
    """Runs a machine: `expect` a step, `give` an event."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._step: object = next(machine)

    def expect(self, step: object) -> Play:
        """`step` comes now; that somebody `Asked` has the request now is read over."""
        while isinstance(self._step, Tell) and isinstance(self._step.event, Asked):
            self.give(None)
        assert self._step == step
        return self if isinstance(step, Next | Await) else self.give(None)

    def give(self, event: fallback.Input) -> Play:
        try:
            self._step = self._machine.send(event)
        except StopIteration:
            self._step = None
        return self

    def ends(self) -> None:
        assert self._step is None


def test_the_first_provider_answers() -> None:
    """Progress and text pass through, and the end names who answered."""
    finished = Finished("stop")
    play = Play(fallback.ask([LOCAL, CLOUD], OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Reading(1, 2)).expect(Tell(Reading(1, 2)))
    play.expect(Next()).give(Fragment("Hi")).expect(Tell(Fragment("Hi")))
    play.expect(Next()).give(finished).expect(Tell(Answered(LOCAL, finished))).ends()


def test_whoever_has_the_request_is_told_before_its_answer() -> None:
    """After the note, so that a turn that is stopped names who was at it."""
    machine = fallback.ask([LOCAL, CLOUD], NOT_OURS)
    steps = [next(machine), *(machine.send(event) for event in (None, None, Refused("closed")))]
    steps += [machine.send(None), machine.send(None)]
    assert steps == [
        Open(LOCAL, ""),
        Tell(Asked(LOCAL)),
        Next(),
        Open(CLOUD, ""),
        Tell(FellBack(LOCAL, CLOUD, "closed")),
        Tell(Asked(CLOUD)),
    ]


def test_a_hang_of_our_own_server_is_told_as_one() -> None:
    """It isn't started again because of it."""
    play = Play(fallback.ask([LOCAL], OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Died("hangs", hangs=True))
    play.expect(Tell(Restarting(LOCAL, "hangs", hangs=True))).expect(Await(LOCAL))


def test_a_refused_connection_falls_through_at_once_and_is_announced() -> None:
    """Nothing is waited for when somebody else may answer."""
    play = Play(fallback.ask([LOCAL, CLOUD], OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Refused("closed"))
    play.expect(Open(CLOUD, "")).expect(Tell(FellBack(LOCAL, CLOUD, "closed"))).expect(Next())


def test_with_nobody_else_allowed_our_own_server_is_waited_for_once() -> None:
    """It comes back and answers; a second death is the end."""
    play = Play(fallback.ask([LOCAL], OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Refused("closed"))
    play.expect(Tell(Restarting(LOCAL, "closed"))).expect(Await(LOCAL)).give(Returned())
    play.expect(Open(LOCAL, "")).expect(Next()).give(Died("again"))
    play.expect(Tell(NobodyAnswers("again", is_refusal=False))).ends()


def test_a_server_that_is_not_ours_is_not_waited_for() -> None:
    """We can't start what we don't own."""
    play = Play(fallback.ask([LOCAL], NOT_OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Refused("closed"))
    play.expect(Tell(NobodyAnswers("closed", is_refusal=False))).ends()


def test_a_server_that_does_not_come_back_says_why() -> None:
    """The reason that the supervisor gives reaches the person."""
    play = Play(fallback.ask([LOCAL], OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Refused("closed"))
    play.expect(Tell(Restarting(LOCAL, "closed"))).expect(Await(LOCAL)).give(GaveUp("no model"))
    play.expect(Tell(NobodyAnswers("no model", is_refusal=False))).ends()


def test_a_death_in_the_middle_goes_on_elsewhere_from_what_was_given() -> None:
    """The next provider is told what was already said."""
    play = Play(fallback.ask([LOCAL, CLOUD], OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Fragment("Once")).expect(
        Tell(Fragment("Once"))
    )
    play.expect(Next()).give(Died("killed")).expect(Open(CLOUD, "Once"))
    play.expect(Tell(FellBack(LOCAL, CLOUD, "killed"))).expect(Next())


def test_a_death_in_the_middle_with_nobody_else_keeps_what_came() -> None:
    """The answer is broken off, not begun again: what was shown stays true."""
    play = Play(fallback.ask([LOCAL], OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Fragment("Once")).expect(
        Tell(Fragment("Once"))
    )
    play.expect(Next()).give(Died("killed")).expect(Tell(BrokeOff(LOCAL, "killed"))).ends()


def test_a_request_that_is_wrong_itself_is_not_asked_elsewhere() -> None:
    """A prompt that is too long for one is no reason to send it to the cloud."""
    play = Play(fallback.ask([LOCAL, CLOUD], OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Rejected("too long", is_ours=True))
    play.expect(Tell(NobodyAnswers("too long", is_refusal=True))).ends()


def test_a_server_that_fails_is_passed_over() -> None:
    """A 5xx or a wrong key goes to the next provider."""
    play = Play(fallback.ask([LOCAL, CLOUD], OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Rejected("boom", is_ours=False))
    play.expect(Open(CLOUD, "")).expect(Tell(FellBack(LOCAL, CLOUD, "boom")))


def test_without_any_provider_the_person_is_told() -> None:
    """All switched off is an answer too."""
    play = Play(fallback.ask([], OURS))
    play.expect(Tell(NobodyAnswers("No provider is switched on.", is_refusal=False))).ends()


def test_who_may_not_be_asked_is_passed_over_and_the_person_is_told_why() -> None:
    """No note says that somebody answers who never was asked."""
    play = Play(fallback.ask([LOCAL, CLOUD], NOT_OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Refused("closed"))
    assert play._step == Open(CLOUD, "")
    play.give(Barred("OpenAI may not see what I remember"))
    reason = "closed; OpenAI may not see what I remember"
    play.expect(Tell(NobodyAnswers(reason, is_refusal=False))).ends()


def test_who_failed_lately_is_asked_last_and_the_person_is_told() -> None:
    """An open circuit costs no time, and is no ban."""
    play = Play(fallback.ask([LOCAL, CLOUD], NOT_OURS, {LOCAL: "it hangs"}))
    play.expect(Open(CLOUD, "")).expect(Tell(FellBack(LOCAL, CLOUD, "it hangs")))
    play.expect(Next()).give(Refused("no network"))
    play.expect(Open(LOCAL, "")).expect(Tell(FellBack(CLOUD, LOCAL, "no network"))).expect(Next())


def test_a_schema_that_is_not_taken_is_left_away_once() -> None:
    """The caller checks the answer; a second refusal goes to the next provider."""
    refused = Rejected("response_format?", is_ours=False, fault="format")
    play = Play(fallback.ask([LOCAL, CLOUD], NOT_OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(refused)
    play.expect(Open(LOCAL, "", with_schema=False)).expect(Next()).give(refused)
    play.expect(Open(CLOUD, ""))


def test_a_busy_server_is_waited_for_briefly_when_nobody_else_is_left() -> None:
    """Once, and only for as long as it asked."""
    busy = Rejected("busy", is_ours=False, fault="busy", retry_after_s=1.0)
    play = Play(fallback.ask([CLOUD], NOT_OURS))
    play.expect(Open(CLOUD, "")).expect(Next()).give(busy).expect(Pause(1.0))
    play.expect(Open(CLOUD, "")).expect(Next()).give(busy)
    play.expect(Tell(NobodyAnswers("busy", is_refusal=False))).ends()


def test_what_is_too_long_for_one_may_fit_another() -> None:
    """When it fits none, it is a refusal and says by whom."""
    long = Rejected("too long", is_ours=False, fault="length")
    play = Play(fallback.ask([LOCAL, CLOUD], OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(long)
    play.expect(Open(CLOUD, "")).expect(Tell(FellBack(LOCAL, CLOUD, "too long")))
    play.expect(Next()).give(long).expect(Tell(NobodyAnswers("too long", is_refusal=True))).ends()


def test_work_that_made_way_goes_on_there_from_what_was_given() -> None:
    """Nothing is announced: nothing failed."""
    play = Play(fallback.ask([LOCAL], NOT_OURS))
    play.expect(Open(LOCAL, "")).expect(Next()).give(Fragment("Once")).expect(
        Tell(Fragment("Once"))
    )
    play.expect(Next()).give(GaveWay()).expect(Open(LOCAL, "Once"))
