"""Which tier a message needs: by its own words, whatever stands around them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wooster.config import loading, resources
from wooster.config.paths import Paths
from wooster.config.settings import Rate, Routing
from wooster.models import vocabulary
from wooster.models.choice import TASK_TIERS, choose, in_order, judge
from wooster.models.features import clipped, see
from wooster.models.model import ChatRequest, Message, Provider, Task
from wooster.models.weights import LABELS, WEIGHTS

ROOT = Path(__file__).parents[2]
HELD_OUT = ROOT / "scripts" / "benches" / "data" / "messages_held_out.jsonl"
TRAP = "please replan my week around these six constraints"


@pytest.fixture
def routing(tmp_path: Path) -> Routing:
    assert resources.CONFIG.is_dir()
    return loading.load_settings(Paths(tmp_path), {}).routing


def request(text: str, task: Task = "chat") -> ChatRequest:
    # What the model reads is stamped; the choice mustn't see the stamp.
    stamped = f"[Monday 1 June 2026, 09:41 UTC]\n\n{text}"
    return ChatRequest((Message("user", stamped),), 100, "chat", "t1", task=task, text=text)


def with_strategy(routing: Routing, **change: object) -> Routing:
    return routing.model_copy(update=change)


@pytest.mark.parametrize(
    "greeting", ["", "hi, ", "Hello there! ", "Good morning Wooster, ", "yes, ", "thanks! ", "👋 "]
)
def test_a_greeting_in_front_does_not_make_a_request_trivial(greeting: str) -> None:
    """The original's trap: whatever begins with hi or yes was answered by the smallest model."""
    assert judge(greeting + TRAP).tier == "quality"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "Hi!",
        "good morning",
        "Danke dir",
        "merci beaucoup",
        "谢谢",
        "👍🎉",
        "how are you?",
    ],
)
def test_small_talk_is_for_the_fast_model(text: str) -> None:
    """Nothing is asked, and the reasons say so."""
    choice = judge(text)
    assert choice.tier == "fast"
    assert "nothing is asked" in choice.because[0]


def test_labelled_messages_are_judged_as_a_person_would() -> None:
    """At least nine tenths of the demanding go to quality, and of the simple to fast.

    No weight was fitted to them; but their misses were looked at once, and number words and some
    formulas to fit to were added then. So they are no longer quite unseen.
    """
    messages = [json.loads(line) for line in HELD_OUT.read_text("utf-8").splitlines()]
    for needs in ("quality", "fast"):
        those = [m for m in messages if m["needs"] == needs]
        kept = [m for m in those if judge(m["text"], m.get("earlier", ())).tier == needs]
        assert len(those) >= 40
        assert len(kept) >= 0.9 * len(those), needs


def test_a_follow_up_needs_what_the_conversation_needs() -> None:
    """ "And why?" after a hard question is a hard question; after an easy one it isn't."""
    hard = "Compare a fixed and a variable mortgage for us, with an income that may drop."
    easy = "what's the weather in London"
    assert judge("and in Paris?", [easy]).tier == "fast"
    assert judge("put that into a table", [hard]).tier == "quality"
    assert judge("yes, do it", [hard, "thanks"]).tier == "quality"
    assert judge("thank you", [hard]).tier == "fast"
    assert "goes on" in judge("yes", [hard]).because[0]


def test_the_reasons_add_up() -> None:
    """A choice is explained in full: each mark has a weight and a name for people."""
    choice = judge(TRAP)
    assert choice.need is not None
    assert choice.need > 0.5
    assert "words of planning" in choice.because
    assert set(WEIGHTS) == set(LABELS)
    assert set(vocabulary.KINDS) <= set(WEIGHTS)
    assert {name for mark in choice.marks for name in [mark.feature]} <= set(WEIGHTS)


def test_each_task_has_a_tier(routing: Routing) -> None:
    """Work that is no conversation is never judged by its words."""
    for task, tier in TASK_TIERS.items():
        assert choose(request("why? " * 50, task), routing).tier == tier


def test_a_strategy_fixes_the_tier(routing: Routing) -> None:
    """Only `intelligent` and `local-only` look at the words; switched off, it is always quality."""
    simple, hard = request("what time is it"), request(TRAP)
    expected = {
        "intelligent": ("fast", "quality"),
        "local-only": ("fast", "quality"),
        "fast": ("fast", "fast"),
        "cheapest": ("fast", "fast"),
        "quality": ("quality", "quality"),
    }
    for strategy, tiers in expected.items():
        changed = with_strategy(routing, strategy=strategy)
        assert (choose(simple, changed).tier, choose(hard, changed).tier) == tiers
    off = with_strategy(routing, enabled=False, strategy="fast")
    assert choose(simple, off).tier == "quality"


def test_the_stamp_of_a_message_is_not_judged(routing: Routing) -> None:
    """A greeting with the date and time before it, as a model reads it, is still a greeting."""
    assert choose(request("Hello"), routing).because == judge("Hello").because


def test_the_cheapest_goes_first(routing: Routing) -> None:
    """What costs nothing, then by price, then what has no known price; else the chain's order."""
    unknown = Provider("a", "https://a.example", "m", leaves=True)
    dear = Provider("b", "https://b.example", "m", leaves=True, price=Rate(input=9, output=9))
    cheap = Provider("c", "https://c.example", "m", leaves=True, price=Rate(input=1, output=1))
    here = Provider("local", "http://127.0.0.1:1", "m", leaves=False)
    chain = [unknown, dear, cheap, here]
    cheapest = with_strategy(routing, strategy="cheapest")
    assert in_order(chain, cheapest) == (here, cheap, dear, unknown)
    assert in_order(chain, routing) == tuple(chain)


def test_a_bounded_part_of_a_message_is_read() -> None:
    """A pasted book with the request at its end is judged by both ends."""
    book = "word " * 800_000 + "Compare the two plans and explain which is better."
    assert len(clipped(book)) < 10_000
    assert see(book).values["reasoning"] > 0
    assert judge(book).tier == "quality"


@pytest.mark.timeout(20)  # quadratic work on these would take minutes, without the clipping hours
@pytest.mark.parametrize(
    "piece",
    ["x", "aA", "a-", "a_", "1.", "1 ", "((", "{", "\n", "    ", "?!", "日", "'", "$", "\\a"],
)
def test_hostile_text_costs_little(piece: str) -> None:
    """Four megabytes of what makes a careless pattern go back and forth."""
    for _ in range(20):
        judge(piece * (4_000_000 // len(piece)))


@settings(max_examples=100, deadline=None)
@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_has_a_choice(text: str, earlier: list[str]) -> None:
    """No message breaks it, and the same message is judged the same."""
    choice = judge(text, earlier)
    assert choice.because
    assert choice == judge(text, earlier)
