"""What a sentence says by its form, and what it doesn't."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.memory.distilling import bearing, cues
from wooster.memory.facts import keys
from wooster.memory.facts.model import ME


@pytest.mark.parametrize(
    ("sentence", "subject", "key", "value"),
    [
        ("I moved to Porto last month.", ME, "lives_in", "Porto"),
        ("I've been living in Oslo since 2019", ME, "lives_in", "Oslo"),
        ("i live in manchester btw", ME, "lives_in", "manchester"),
        ("J'habite à Lyon depuis mai.", ME, "lives_in", "Lyon"),
        ("Abito a Milano.", ME, "lives_in", "Milano"),
        ("Moro em Lisboa.", ME, "lives_in", "Lisboa"),
        ("Je m'appelle Luc.", ME, "name", "Luc"),
        ("I work as a nurse at Siemens.", ME, "works_as", "nurse"),
        ("I’m allergic to peanuts.", ME, "allergic_to", "peanuts"),
        ("We really like tea and milk", ME, "likes", "tea"),
        ("Me gusta el cine.", ME, "likes", "cine"),
        ("My favorite colour is dark blue.", ME, "favourite_colour", "dark blue"),
        ("My birthday is on 3 May.", ME, "birthday", "3 May"),
        ("My goal is to run a marathon.", ME, "goal", "run a marathon"),
        ("I usually go running on Mondays.", ME, "habit", "go running on Mondays"),
        ("I have yoga every Thursday at 7.", ME, "schedule", "yoga every Thursday at 7"),
        ("My brother Tom lives in Glasgow.", ME, "brother", "Tom"),
        ("My sister's name is Anna.", ME, "sister", "Anna"),
        ("Meine Frau heißt Petra.", ME, "partner", "Petra"),
        ("My brother Tom lives in Glasgow.", "Tom", "lives_in", "Glasgow"),
        ("My cat likes tuna.", "cat", "likes", "tuna"),
        ("Anna's birthday is on 3 May.", "Anna", "birthday", "3 May"),
        ("My shoe size is 42.", ME, "shoe_size", "42"),
        ("My dentist is Dr Meyer.", ME, "dentist", "Dr Meyer"),
    ],
)
def test_what_a_sentence_says(sentence: str, subject: str, key: str, value: str) -> None:
    """Whose it is, the words of the key and the whole value, with nothing between that counts."""
    assert bearing.doubt(sentence, subject, key, value) == ""


@pytest.mark.parametrize(
    ("sentence", "subject", "key", "value", "why"),
    [
        ("I live in San Francisco", ME, "lives_in", "San", bearing.CUT),
        ("I like dark chocolate", ME, "likes", "dark", bearing.CUT),
        ("I like dark chocolate", ME, "likes", "chocolate", bearing.KEY_UNSAID),
        ("I go running every Tuesday.", ME, "habit", "go running", bearing.CUT),
        ("I like Porto", ME, "lives_in", "Porto", bearing.KEY_UNSAID),
        ("I moved from Porto", ME, "lives_in", "Porto", bearing.KEY_UNSAID),
        ("I live in a hotel", ME, "lives_in", "hotel", bearing.NO_SUCH_VALUE),
        ("I like tea and milk", ME, "likes", "tea and milk", bearing.NO_SUCH_VALUE),
        ("I play chess every day", ME, "plays", "chess every day", bearing.NO_SUCH_VALUE),
        ("Mein Geburtstag ist 7.", ME, "birthday", "7", bearing.NO_SUCH_VALUE),
        ("My brother is Catholic", ME, "brother", "Catholic", bearing.KEY_UNSAID),
        ("My brother Tom likes tea", ME, "likes", "tea", bearing.KEY_UNSAID),
        ("Anna's husband lives in Rome", "Anna", "lives_in", "Rome", bearing.NOT_ABOUT),
        ("His sister lives in Rome", "sister", "lives_in", "Rome", bearing.NOT_ABOUT),
        ("He lives in Rome", "He", "lives_in", "Rome", bearing.NOT_ABOUT),
        ("I'm like Anna", ME, "likes", "Anna", bearing.NOT_ABOUT),
        ("People like me love tea", ME, "likes", "tea", bearing.NOT_ABOUT),
        ("My train is late", ME, "train", "late", bearing.NO_SUCH_VALUE),
        ("My train is 20 minutes late", ME, "train", "20", bearing.CUT),
        ("My train is called Bob a lot", ME, "train", "Bob", bearing.KEY_UNSAID),
        ("I lost my keys every day", ME, "schedule", "my keys every day", bearing.KEY_UNSAID),
        ("I wanted tea every day", ME, "habit", "wanted tea every day", bearing.KEY_UNSAID),
        ("", ME, "likes", "tea", bearing.CUT),
    ],
)
def test_what_it_does_not_say(sentence: str, subject: str, key: str, value: str, why: str) -> None:
    """A value cut out of another, another's fact, another key, or what looks like none."""
    assert bearing.doubt(sentence, subject, key, value) == why


@pytest.mark.parametrize("key", sorted(set(keys.KEYS) - {"likes", "prefers"}))
def test_a_sentence_says_no_other_key(key: str) -> None:
    """Whatever key a model takes for a liking, only that one is believed."""
    assert bearing.doubt("I like Porto.", ME, key, "Porto") != ""
    assert bearing.doubt("I like Porto.", ME, "likes", "Porto") == ""


def test_every_cue_is_of_a_known_key() -> None:
    """A cue of a key that nobody uses would never be looked at."""
    assert set(cues.KNOWN) <= set(keys.KEYS)


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=20), st.text(max_size=40))
def test_anything_can_be_read(sentence: str, subject: str, key: str, value: str) -> None:
    """Whatever a model writes, there is an answer."""
    assert isinstance(bearing.doubt(sentence, subject, key, value), str)
