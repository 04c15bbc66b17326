"""What the model is shown: within the budget, and with a prefix that doesn't change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from wooster.assistant.context import Prompts, build, render, say_when, window
from wooster.config import resources
from wooster.core.text import rough_tokens
from wooster.memory.model import Turn
from wooster.models import openai_http
from wooster.models.model import ChatRequest, Provider

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PROMPTS = Prompts(resources.prompt("system"), resources.prompt("message"))


def turn(number: int, question: str, answer: str) -> Turn:
    asked = START + timedelta(minutes=number)
    return Turn(number, str(number), "s", asked, question, answer, "done", asked, "local", "m")


turns = st.lists(st.tuples(st.text(max_size=60), st.text(max_size=200)), max_size=40).map(
    lambda pairs: [turn(number, q, a) for number, (q, a) in enumerate(pairs)]
)


@given(turns, st.integers(0, 500))
def test_the_past_never_exceeds_its_budget(past: list[Turn], budget: int) -> None:
    """What is kept fits, is the newest part, and holds only turns that were answered."""
    kept = window(past, budget)
    cost = sum(rough_tokens(t.question) + rough_tokens(t.answer) for t in kept)
    assert cost <= budget
    answered = [t for t in past if t.answer]
    assert kept == answered[len(answered) - len(kept) :]


def test_the_prefix_is_the_same_bytes_from_turn_to_turn() -> None:
    """Each request begins with the whole of the one before it, so that a cache can hold."""
    past: list[Turn] = []
    before: tuple[object, ...] = ()
    for number in range(8):
        new = turn(number, f"question {number}", "")
        messages = build(PROMPTS, window(past, 10_000), new, UTC, new.question)
        assert messages[: len(before)] == before
        before = messages
        past.append(turn(number, f"question {number}", f"answer {number}"))


def test_when_the_budget_is_reached_the_prefix_changes_seldom() -> None:
    """Half of the past goes at once: the prefix changes on few of a hundred turns, not on all."""
    past: list[Turn] = []
    first_seen = []
    for number in range(100):
        past.append(turn(number, "q" * 30, "a" * 270))
        first_seen.append(window(past, 2000)[0].seq)
    assert len(set(first_seen)) < 15


def test_hello_is_small() -> None:
    """A plain "Hello" sends at most 6 KB, and far less at first."""
    messages = build(PROMPTS, [], turn(1, "Hello", ""), UTC, "Hello")
    body = openai_http.body(
        ChatRequest(messages, 1024, "chat", "t"), Provider("local", "u", "m", leaves=False)
    )
    assert len(body) <= 6 * 1024


def test_the_persons_braces_are_only_text() -> None:
    """A message that looks like a template is shown as it is."""
    assert render(PROMPTS, "{sent} {text} {0}", START, UTC).endswith("\n{sent} {text} {0}")


def test_the_time_is_the_persons_local_time_with_its_zone() -> None:
    """Noon in UTC is one o'clock in Berlin."""
    assert say_when(START.astimezone(ZoneInfo("Europe/Berlin"))) == (
        "Sunday 22 November 2026, 13:00 CET"
    )
