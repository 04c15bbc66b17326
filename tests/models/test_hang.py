"""When silence is a hang: what came, at which second, and until when is waited."""

from __future__ import annotations

from wooster.models.hang import Limits, Patience
from wooster.models.model import Alive, Fragment, Reading

LIMITS = Limits(look_s=2.0, first_s=60.0, between_s=30.0)


def waiting(now_s: float = 0.0) -> Patience:
    patience = Patience(LIMITS)
    patience.wait(now_s)
    return patience


def test_a_server_that_only_listens_is_looked_at_soon_and_cut_in_two_seconds() -> None:
    """The look runs beside the wait, so that both end together."""
    patience = waiting()
    assert (patience.look_at_s, patience.deadline_s) == (0.2, 2.0)
    patience.looked(answers=False)
    assert patience.deadline_s == 2.0
    assert "no sign of life" in patience.verdict()


def test_a_slow_server_whose_health_answers_has_the_limit_of_the_first_word() -> None:
    """It is asked once how it is."""
    patience = waiting()
    patience.looked(answers=True)
    assert (patience.look_at_s, patience.deadline_s) == (None, 60.0)
    assert patience.verdict() == "has been silent for 60 s"


def test_reading_a_long_prompt_is_no_hang() -> None:
    """Each count begins the limit anew, for hours."""
    patience = waiting()
    for minute in range(300):
        patience.saw(Reading(minute, 300), 59.0 * minute)
        patience.wait(59.0 * minute)
    assert patience.deadline_s == 59.0 * 299 + 60.0


def test_within_an_answer_the_limit_is_the_one_between_words() -> None:
    """What the listener needs for itself isn't the server's silence."""
    patience = waiting()
    patience.saw(Fragment("Hi"), 1.0)
    patience.wait(50.0)
    assert patience.deadline_s == 80.0


def test_signs_of_life_without_progress_end_some_time() -> None:
    """A server that says nothing but that it lives is cut too."""
    patience = waiting()
    now_s = 0.0
    while patience.deadline_s > now_s and now_s < 10_000:
        patience.saw(Alive(), now_s)
        patience.wait(now_s)
        now_s += 20.0
    assert now_s <= 640.0
    assert "got no further" in patience.verdict()
