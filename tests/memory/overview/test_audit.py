"""What of memory is found to be wrong, and what is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.memory.overview.facts import YESTERDAY, audit, fact, found, over
from wooster.memory.facts.model import PERSON, Contradiction
from wooster.memory.overview.junk import LONGEST_STATEMENT, why_junk
from wooster.memory.overview.model import OldEpisode


@pytest.mark.parametrize(
    "value",
    [
        "",
        " . ",
        "x",
        "-",
        "it",
        "the",
        "None",
        "yes, ok",
        "https://example.org/a?b=c",
        "/usr/local/bin/python3",
        "~/notes/todo",
        r"C:\Users\me\x",
        "settings.toml",
        "git push origin main",
        "ls -la /tmp",
        "$ make test",
        "sudo reboot",
        "pip install httpx",
        "def main(): pass",
        "const x = 1;",
        '{"role": "user"}',
        "<div>hello</div>",
        "```\nx\n```",
        "SELECT id FROM facts",
        "2026-05-01T10:00:00Z started",
        "[worker] ERROR: it failed",
        "deadbeefdeadbeefdeadbeef",
    ],
)
def test_what_says_nothing_or_is_no_fact_is_junk(value: str) -> None:
    """Emptiness, stop words, addresses, paths, commands, code, log lines and identifiers."""
    assert why_junk(fact(1, "likes", value))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("likes", "coffee"),
        ("age", "7"),
        ("pet", "猫"),
        ("sister", "Will"),
        ("name", "An"),
        ("lives_in", "Porto (the old town)"),
        ("likes", "git"),
        ("likes", "AC/DC"),
        ("likes", "C++"),
        ("habit", "make pasta on Sundays"),
        ("habit", "find a quiet place to read"),
        ("goal", "import wine from Portugal"),
        ("goal", "select a school; visit three"),
        ("schedule", "class of 2004 meets on 8 May"),
        ("likes", "the Beatles"),
        ("condition", "no sense of smell"),
        ("note", "the code of the gate is 4711"),
    ],
)
def test_what_a_person_says_is_not_junk(key: str, value: str) -> None:
    """Short values, names that are words, and words that are commands elsewhere, are content."""
    assert why_junk(fact(1, key, value)) == ""


def test_what_was_told_to_wooster_may_look_like_anything_but_nothing() -> None:
    """Who says "remember the script /opt/wifi/reset.sh" means it; who says nothing doesn't."""
    path = "/opt/wifi/reset.sh"
    assert why_junk(fact(1, "note", path)) and not why_junk(fact(1, "note", path, made_by=PERSON))
    assert why_junk(fact(1, "note", "it", made_by=PERSON))


def test_a_page_is_no_statement() -> None:
    """A statement longer than any sentence is junk, whatever its value."""
    assert why_junk(fact(1, "likes", "tea", statement="x" * (LONGEST_STATEMENT + 1)))


def test_the_share_of_junk_is_that_of_all_facts() -> None:
    """Of four facts with one junk one, a quarter; of none, none."""
    three = [fact(n, "likes", value) for n, value in enumerate(("tea", "rain", "dogs"), 1)]
    assert audit(*three, over(4, "likes", "it")).junk_share == 0.25
    assert audit().junk_share == 0.0


def test_each_finding_names_its_fact_and_what_to_do() -> None:
    """The commands that it shows are those of the fact."""
    (finding,) = found("junk", fact(12, "likes", "it"))
    assert finding.facts == (12,) and finding.todo == ("forget 12",)
    assert "12" in finding.what and "say nothing" in finding.what


# --- duplicates -------------------------------------------------------------------------------


def test_the_same_value_under_a_made_up_key_is_a_duplicate() -> None:
    """The surer one is kept, and what goes is named."""
    sure = fact(1, "lives_in", "Porto")
    (finding,) = found("duplicates", fact(2, "home_city", "porto.", confidence=0.5), sure)
    assert finding.facts == (1, 2) and finding.todo == ("forget 2",)


def test_different_things_may_have_one_value() -> None:
    """Who lives in Porto may be born there, others may too, and likes exclude dislikes."""
    assert not found(
        "duplicates",
        fact(1, "lives_in", "Porto"),
        fact(2, "born_in", "Porto"),
        fact(3, "lives_in", "Porto", subject="Anna"),
        fact(4, "likes", "Porto", category="preference"),
        fact(5, "dislikes", "Porto", category="preference"),
    )


def test_what_is_liked_and_preferred_is_a_duplicate() -> None:
    """Two known keys that say the same of a taste."""
    liked = fact(1, "likes", "green tea", category="preference")
    preferred = fact(2, "prefers", "green tea", category="preference")
    assert len(found("duplicates", liked, preferred)) == 1


def test_nearly_the_same_words_are_a_duplicate() -> None:
    """Statements that share nearly all of their words, of one subject."""
    words = "You walk the dog every morning along the river before work and again at night"
    one = fact(1, "habit", "walks", statement=f"{words}.")
    other = fact(2, "habit", "dog walking", statement=f"{words}!")
    apart = fact(3, "habit", "walks", statement=f"{words}.", subject="Anna")
    assert [each.facts for each in found("duplicates", one, other, apart)] == [(1, 2)]


def test_three_of_a_kind_are_two_duplicates() -> None:
    """Each that could go is named once."""
    same = [fact(n, key, "Porto") for n, key in enumerate(("lives_in", "city", "town"), 1)]
    assert [each.facts for each in found("duplicates", *same)] == [(1, 2), (1, 3)]


def test_what_is_over_is_no_duplicate() -> None:
    """A fact of the past beside one of today is how memory keeps its dates."""
    assert not found("duplicates", over(1, "lives_in", "Porto"), fact(2, "lives_in", "Porto"))


def test_many_facts_are_compared_at_once() -> None:
    """Ten thousand that begin with the same words: only the two that say the same are found."""
    many = [fact(n, "owns", f"thing {n}", statement=f"You have thing {n}.") for n in range(10_000)]
    same = fact(10_001, "owned_thing", "thing 7", statement="Thing 7 is yours.")
    assert [each.facts for each in found("duplicates", *many, same)] == [(7, 10_001)]


# --- contradictions ---------------------------------------------------------------------------


def test_open_contradictions_are_listed_once() -> None:
    """One that is noticed isn't found again as two values of a key."""
    one, other = fact(1, "mother", "Ana"), fact(2, "mother", "Rita")
    (finding,) = found(
        "contradictions", one, other, contradictions=(Contradiction(one, other, NOON),)
    )
    assert finding.todo == ("forget 1", "forget 2") and "you are asked" in finding.what


def test_two_values_of_a_one_at_a_time_key_contradict_each_other() -> None:
    """Unless one of them is over; keys that hold many values never do."""
    here, there = fact(1, "lives_in", "Porto"), fact(2, "lives_in", "Braga")
    assert len(found("contradictions", here, there)) == 1
    assert not found("contradictions", here, over(2, "lives_in", "Braga", 1))
    assert not found("contradictions", fact(1, "speaks", "Welsh"), fact(2, "speaks", "Dutch"))


def test_who_likes_what_they_dislike_contradicts_themselves() -> None:
    """Keys that exclude each other, with one value."""
    assert len(found("contradictions", fact(1, "likes", "tea"), fact(2, "dislikes", "Tea"))) == 1


# --- source, confidence, use ------------------------------------------------------------------


def test_a_fact_without_a_turn_is_without_a_source() -> None:
    """But for what the person told to Wooster by a command, which needs none."""
    facts = fact(1, "likes", "tea"), fact(2, "likes", "rye", made_by=PERSON)
    (finding,) = found("without_source", *facts, sourced=frozenset())
    assert finding.facts == (1,) and finding.todo == ("correct 1 …", "forget 1")


def test_what_a_model_made_out_once_has_low_confidence() -> None:
    """The least sure comes first; junk is told as junk only."""
    unsure = fact(1, "likes", "tea", confidence=0.5), fact(2, "likes", "rye", confidence=0.4)
    junk = fact(3, "likes", "it", confidence=0.1)
    assert [each.facts for each in found("low_confidence", *unsure, junk)] == [(2,), (1,)]


def test_what_is_old_and_was_never_given_to_a_model_is_told() -> None:
    """Facts and episodes, counted together; what was recalled, or is new, isn't."""
    old = NOON - timedelta(days=91)
    group = audit(
        fact(1, "likes", "tea", observed=old),
        fact(2, "likes", "rye", observed=old),
        fact(3, "likes", "dogs", observed=YESTERDAY),
        recalled=frozenset({2}),
        never_recalled=40,
        old_episodes=(OldEpisode(7, old, "You spoke of tea."),),
    ).of("never_recalled")
    assert group.count == 41
    assert [each.facts or each.episode for each in group.findings] == [(1,), 7]


def test_only_mistakes_need_a_look() -> None:
    """What is unused or unsure is told, and is no failure of a script's check."""
    old = NOON - timedelta(days=91)
    unused = fact(1, "likes", "tea", observed=old, confidence=0.4)
    assert audit(unused).of("never_recalled").count and not audit(unused).needs_a_look
    assert audit(fact(1, "likes", "it")).needs_a_look
