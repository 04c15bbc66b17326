"""What is said of where answers come from, and of what may leave."""

from __future__ import annotations

import pytest

from wooster.bootstrap.greeting import leaves, model_name, where, with_problems
from wooster.models.model import Provider
from wooster.models.providers import Problem
from wooster.wire.requests import Greeting

HERE = Provider("local", "http://127.0.0.1:8080", "smol", leaves=False)
OWN = Provider("exo", "http://studio.local:52415", "", leaves=False)
STUDIO = Provider("local", "http://studio.local:8080", "", leaves=False)
CLOUD = Provider("openai", "https://api.openai.com", "big", leaves=True)


@pytest.mark.parametrize(
    ("providers", "told"),
    [
        ([HERE], "nothing leaves this machine"),
        ([HERE, CLOUD, CLOUD], "messages may go to OpenAI (https://api.openai.com)"),
        (
            [HERE, OWN],
            "nothing leaves your own machines; messages may go to exo (http://studio.local:52415)",
        ),
        (
            [STUDIO, CLOUD],
            "messages may go to OpenAI (https://api.openai.com); to your own machines: "
            "the server at http://studio.local:8080",
        ),
    ],
)
def test_it_is_said_what_may_leave(providers: list[Provider], told: str) -> None:
    """Each once, the person's own machines apart from everybody's."""
    assert leaves(providers) == told


def test_an_own_host_is_another_machine() -> None:
    """It doesn't count as leaving, and is not this machine all the same."""
    assert where(HERE) == "on this machine"
    assert where(OWN) == "on http://studio.local:52415"


def test_a_model_that_no_setting_names_is_its_servers() -> None:
    """Rather than an empty name."""
    assert model_name(HERE) == "smol"
    assert model_name(OWN) == "exo's model"
    assert model_name(None) == "no model"


def test_several_that_are_left_out_are_one_line() -> None:
    """One is told in full; of several only how many, with where to read more."""
    hello = Greeting("m", "here", "nothing leaves this machine", ready=True)
    one = Problem("openai", "it has no key", "Set one.")
    two = Problem("box", "it is far", "Move it.")
    small = Problem("box", "its price isn't known", "Set it.", left_out=False)
    assert with_problems(hello, [small]) == hello
    assert "openai is left out: it has no key. Set one." in with_problems(hello, [one]).leaves
    several = with_problems(hello, [one, two, small]).leaves
    assert several == "nothing leaves this machine; 2 providers are left out: see status"
