"""The life of a server as a transcript: what the shell saw, and what it is told to do."""

from __future__ import annotations

from wooster.models.life import (
    Claim,
    CouldNotStart,
    End,
    Ended,
    Event,
    Foreign,
    Free,
    Health,
    Look,
    Machine,
    Mourn,
    NoAnswer,
    Ours,
    Rest,
    Rules,
    Stale,
    Start,
    Started,
    Step,
    Tell,
    Wait,
    run,
)

RULES = Rules(interval_s=30.0, retries=1, poll_s=0.25, hang_s=30.0, start_s=180.0)
READY = {"status": "ready"}
LOADING = {"status": "loading"}


class Play:
    """A machine and the last step that it asked for; what it tells is answered by itself."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.told: list[Tell] = []
        self.step = self._skip(next(machine))

    def send(self, event: Event) -> Step:
        self.step = self._skip(self._machine.send(event))
        return self.step

    def _skip(self, step: Step) -> Step:
        while isinstance(step, Tell):
            self.told.append(step)
            step = self._machine.send(None)
        return step

    @property
    def state(self) -> str:
        return self.told[-1].state


def started(rules: Rules = RULES) -> Play:
    """A server that was started as process 7 at second 0."""
    play = Play(run(rules))
    assert play.step == Claim()
    assert play.send(Free()) == Start()
    assert play.send(Started(7, 0.0)) == Look(7, 0.0)
    return play


def ready() -> Play:
    play = started()
    play.send(Health(READY, 1.0))
    return play


def test_a_server_that_loads_is_looked_at_often_and_a_ready_one_seldom() -> None:
    """A person waits for the first, and nobody for the second."""
    play = started()
    assert play.send(Health(LOADING, 1.0)) == Look(7, 0.25)
    assert play.state == "loading"
    assert play.send(Health(READY, 9.0)) == Look(7, 30.0)
    assert play.state == "ready"


def test_a_server_that_is_ours_is_adopted_and_another_version_is_ended_first() -> None:
    """Only what serves something else is replaced."""
    play = Play(run(RULES))
    assert play.send(Ours(5)) == Look(5, 0.0)
    play = Play(run(RULES))
    assert play.send(Stale(5)) == End(5)
    assert play.send(None) == Start()


def test_a_foreign_program_is_waited_for() -> None:
    """Its port is asked for again now and then, and nothing is ended."""
    play = Play(run(RULES))
    assert play.send(Foreign()) == Wait(RULES.blocked_s)
    assert play.send(None) == Claim()


def test_one_failed_look_changes_nothing_and_one_good_look_mends_all() -> None:
    """With one retry, a server is down after two failed looks and up after one good one."""
    play = ready()
    assert play.send(NoAnswer(31.0)) == Look(7, 0.25)
    assert play.state == "ready"
    play.send(NoAnswer(33.0))
    assert play.state == "silent" and play.told[-1].failed_looks == 2
    assert play.send(Health(READY, 34.0)) == Look(7, 30.0)
    assert play.state == "ready"


def test_a_hanging_server_is_ended_and_started_again() -> None:
    """It accepts and never answers: its HTTP side would, even while it loads or computes."""
    play = ready()
    for at_s in (40.0, 50.0, 60.0, 69.0):
        assert play.send(NoAnswer(at_s)) == Look(7, 0.25)
    assert play.send(NoAnswer(70.0)) == End(7)
    assert play.send(None) == Mourn(7, 1, hung=True, given_up=False)
    # It had lived for more than a minute, so that its crashes are counted from one.
    assert play.send(None) == Wait(0.5)
    assert play.send(None) == Claim()


def test_a_silence_that_was_broken_is_no_hang() -> None:
    """The clock of a hang begins with the first look that failed in a row."""
    play = ready()
    play.send(NoAnswer(40.0))
    play.send(Health(READY, 65.0))
    play.send(NoAnswer(70.0))
    assert play.send(NoAnswer(99.0)) == Look(7, 0.25)


def test_a_server_that_comes_up_may_be_silent_for_longer() -> None:
    """It imports before it answers; after three minutes even that is a hang."""
    play = started()
    for at_s in (2.0, 40.0, 120.0, 181.0):
        assert play.send(NoAnswer(at_s)) == Look(7, 0.25)
    assert play.state == "starting"
    assert play.send(NoAnswer(182.0)) == End(7)


def test_pauses_grow_with_crashes_in_a_row_until_it_is_given_up() -> None:
    """The seventh ends the attempts; a person can begin them anew."""
    play = started()
    pauses = []
    for crash in range(1, 7):
        assert play.send(Ended(float(crash))) == Mourn(7, crash, False, False)
        step = play.send(None)
        assert isinstance(step, Wait)
        pauses.append(step.seconds)
        assert play.send(None) == Claim()
        play.send(Free())
        play.send(Started(7, float(crash)))
    assert pauses == sorted(pauses) and pauses[0] < pauses[-1]
    assert play.send(Ended(7.0)) == Mourn(7, 7, hung=False, given_up=True)
    assert play.send(None) == Rest()
    assert play.send(None) == Claim()
    play.send(Free())
    play.send(Started(8, 8.0))
    assert play.send(Ended(8.1)) == Mourn(8, 1, False, False)


def test_a_long_life_forgives_earlier_crashes() -> None:
    """Only crashes in a row count."""
    play = started()
    play.send(Ended(1.0))
    play.send(None)
    play.send(None)
    play.send(Free())
    play.send(Started(8, 2.0))
    play.send(Health(READY, 3.0))
    assert play.send(Ended(100.0)) == Mourn(8, 1, False, False)


def test_what_can_not_be_started_is_tried_again_with_its_reason() -> None:
    """No more processes, a broken environment: it counts as a crash."""
    play = Play(run(RULES))
    play.send(Free())
    assert play.send(CouldNotStart("no python")) == Mourn(None, 1, False, False, "no python")
    assert play.send(None) == Wait(0.5)


def test_a_process_that_serves_already_is_followed_without_a_claim() -> None:
    """After a switch the port is known to be its own."""
    assert Play(run(RULES, adopted=9)).step == Look(9, 0.0)
