"""Whether a provider is worth asking, as transitions of a circuit."""

from __future__ import annotations

import pytest

from wooster.models import circuit
from wooster.models.circuit import CLOSED, NEVER, Circuit, Policy
from wooster.models.model import Died, Failure, Refused, Rejected

AWAY = Policy("m", is_watched=False, retries=1, luck=lambda: 0.0)
NEAR = Policy("m", is_watched=True, retries=1, luck=lambda: 0.0)
HANGS = Died("hangs", hangs=True)
FAILS = Rejected("boom", is_ours=False)


def after(*failures: Failure, policy: Policy = AWAY, now_s: float = 0.0) -> Circuit:
    made = CLOSED
    for failure in failures:
        made = circuit.failed(made, failure, now_s, policy)
    return made


@pytest.mark.parametrize("failure", [Refused("closed"), HANGS])
def test_one_hang_or_refusal_opens_it(failure: Failure) -> None:
    """The next request would wait for it again."""
    assert not circuit.is_worth_asking(after(failure), 0.0)


def test_errors_open_it_when_they_come_in_a_row() -> None:
    """An answer in between begins the count anew."""
    assert after(FAILS, FAILS).state == "closed"
    assert after(FAILS, FAILS, FAILS).state == "open"
    assert circuit.answered(after(FAILS, FAILS)) == CLOSED


def test_a_cloud_is_tried_again_after_a_time_that_grows_by_one_request_at_once() -> None:
    """No look leaves the machine: time alone half-opens it."""
    opened = after(HANGS)
    assert circuit.is_worth_asking(opened, opened.until_s)
    trying = circuit.asked(opened)
    assert not circuit.is_worth_asking(trying, opened.until_s)
    assert circuit.is_worth_asking(circuit.left(trying), opened.until_s)
    again = circuit.failed(trying, HANGS, opened.until_s, AWAY)
    assert again.until_s - opened.until_s == 2 * opened.until_s


def test_a_near_one_waits_for_two_looks_that_succeed() -> None:
    """A server that comes and goes isn't believed each time."""
    opened = after(HANGS, policy=NEAR)
    assert opened.until_s == NEVER
    once = circuit.looked(opened, "answers", 1.0, NEAR)
    assert not circuit.is_worth_asking(once, 1.0)
    assert not circuit.is_worth_asking(circuit.looked(once, "silent", 2.0, NEAR), 2.0)
    twice = circuit.looked(once, "answers", 2.0, NEAR)
    assert twice.state == "half_open"
    assert circuit.is_worth_asking(twice, 2.0)


def test_looks_may_fail_as_often_as_the_settings_say() -> None:
    """With one retry the second failure in a row opens it."""
    once = circuit.looked(CLOSED, "silent", 0.0, NEAR)
    assert once.state == "closed"
    assert circuit.looked(once, "answers", 1.0, NEAR).bad_looks == 0
    assert circuit.looked(once, "silent", 1.0, NEAR).state == "open"


def test_a_wrong_key_is_not_a_server_that_is_down() -> None:
    """And a list of models that needs no key doesn't mend it."""
    wrong = after(Rejected("no", is_ours=False, fault="key"))
    assert wrong.state == "wrong_key"
    assert circuit.looked(wrong, "answers", 1.0, NEAR) == wrong
    assert circuit.looked(CLOSED, "refuses key", 0.0, NEAR).state == "wrong_key"


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks() -> None:
    """Also when its health looks well meanwhile."""
    busy = after(Rejected("busy", is_ours=False, fault="busy", retry_after_s=30.0), policy=NEAR)
    looked = circuit.looked(circuit.looked(busy, "answers", 1, NEAR), "answers", 2, NEAR)
    assert not circuit.is_worth_asking(looked, 29.0)
    assert circuit.is_worth_asking(looked, 30.0)


@pytest.mark.parametrize("fault", ["request", "length", "model", "format"])
def test_an_error_about_the_request_says_that_the_server_lives(fault: str) -> None:
    """It closes what was open."""
    told = Rejected("no", is_ours=False, fault=fault)  # type: ignore[arg-type]
    assert circuit.failed(after(HANGS), told, 1.0, AWAY) == CLOSED
