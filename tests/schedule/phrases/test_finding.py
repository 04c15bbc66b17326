"""The time inside a sentence is found, and ordinary words are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schedule.phrases import readings
from tests.schedule.phrases.sentences import WITHOUT_TIME
from tests.schedule.phrases.test_readings import THURSDAY, shown, table
from wooster.schedule.phrases import find, finding, read

WORDS_OF_TIME = [
    *("every", "other", "last", "first", "3rd", "5", "2027", "may", "monday", "at", "on", "from"),
    *("to", "until", "before", "week", "month", "day", "of", "the", "and", ",", "-", "/", ":"),
    *("am", "in", "for", "next", "noon", "easter", "half", "past"),
]


@pytest.mark.parametrize("sentence", WITHOUT_TIME.strip().splitlines())
def test_ordinary_words_are_no_time(sentence: str) -> None:
    """Months, weekdays, ordinals and numbers that are something else."""
    assert find(sentence, THURSDAY) is None


@pytest.mark.parametrize(
    ("sentence", "words", "meaning", "rest"),
    [
        ("call Ana tomorrow at 5", "tomorrow at 5", "2026-11-27 17:00", "call Ana"),
        ("remind me to buy milk every Monday at 9am", "every Monday at 9am",
         "2026-11-30 09:00 FREQ=WEEKLY;BYDAY=MO", "remind me to buy milk"),
        ("dentist on 3 May at 14:30 for 45 minutes", "on 3 May at 14:30 for 45 minutes",
         "2027-05-03 14:30 .. 15:15 for 0:45:00", "dentist"),
        ("pay rent on the 1st of every month", "on the 1st of every month",
         "2026-12-01 FREQ=MONTHLY;BYMONTHDAY=1", "pay rent"),
        ("meet Bob next Tuesday, 10:00 in the office", "next Tuesday, 10:00",
         "2026-12-01 10:00", "meet Bob in the office"),
        ("submit the report by Friday 5pm!", "by Friday 5pm", "2026-11-27 17:00",
         "submit the report!"),
        ("Read chapter 3 on Sunday evening", "on Sunday evening", "2026-11-29 18:00 .. 22:00",
         "Read chapter 3"),
        ("Mon 9am: standup", "Mon 9am", "2026-11-30 09:00", "standup"),
        ("lunch with Tom fri 12:30", "fri 12:30", "2026-11-27 12:30", "lunch with Tom"),
        ("buy 3 apples tomorrow", "tomorrow", "2026-11-27", "buy 3 apples"),
        ("tomorrow, call May about the second offer", "tomorrow", "2026-11-27",
         "call May about the second offer"),
        ("run in 20 minutes", "in 20 minutes", "2026-11-26 10:20", "run"),
        ("call Ana after lunch on Monday", "after lunch on Monday", "2026-11-30 14:00", "call Ana"),
        ("lunch with Tom on Friday", "on Friday", "2026-11-27", "lunch with Tom"),
        ("dinner tomorrow", "tomorrow", "2026-11-27", "dinner"),
        ("clean the garage later this week", "later this week", "2026-11-26 .. 2026-11-29",
         "clean the garage"),
        ("send the slides within 2 hours", "within 2 hours", "2026-11-26 10:00 .. 12:00",
         "send the slides"),
        ("ring mum tomorrow am", "tomorrow am", "2026-11-27 08:00 .. 12:00", "ring mum"),
        ("book flights for Thanksgiving weekend", "for Thanksgiving weekend",
         "2026-11-26 .. 2026-11-29", "book flights"),
        ("report on the first ten days of December", "on the first ten days of December",
         "2026-12-01 .. 2026-12-10", "report"),
        ("stretch every hour except from 22:00 to 8:00", "every hour except from 22:00 to 8:00",
         "2026-11-26 11:00 FREQ=HOURLY;BYHOUR=8,9,10,11,12,13,14,15,16,17,18,19,20,21", "stretch"),
        ("on Monday 15 people come", "on Monday", "2026-11-30", "15 people come"),
        ("pay the rent Friday 18 from savings", "Friday 18", "2026-12-18",
         "pay the rent from savings"),
        ("call John 15:30", "15:30", "2026-11-26 15:30", "call John"),
        ("gym for 2 hours tomorrow at 6pm", "for 2 hours tomorrow at 6pm",
         "2026-11-27 18:00 .. 20:00 for 2:00:00", "gym"),
    ],
)  # fmt: skip
def test_the_time_is_found_and_taken_out(
    sentence: str, words: str, meaning: str, rest: str
) -> None:
    """With all of its words, and nothing of what is to be done."""
    found = find(sentence, THURSDAY)
    assert found is not None
    assert sentence[found.start : found.end] == words == found.when.words
    assert shown(found.when) == meaning
    assert found.rest(sentence) == rest


@pytest.mark.parametrize(
    "sentence",
    [
        "take the pill every day at 8:00 and 9:30",
        "drink water every 3 hours except when I sleep",
        "look every 8 hours except tomorrow at 8am",
    ],
)
def test_half_of_a_rule_is_not_taken_for_it(sentence: str) -> None:
    """What no single rule can hold is not found at all, rather than as another time."""
    assert find(sentence, THURSDAY) is None


@pytest.mark.parametrize("rows", [readings.THURSDAY, readings.FURTHER])
def test_a_sentence_is_searched_from_every_word_that_a_time_can_begin_with(rows: str) -> None:
    """The other words of a message are passed over, which is what makes finding fast."""
    phrases = [
        phrase.lower() for phrase, _ in table(rows) if phrase[0].isascii() and phrase[0].isalnum()
    ]
    assert [phrase for phrase in phrases if not finding.OPENS.match(phrase)] == []


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    """Whatever is typed is read or not; what is found lies within it, and reads the same alone."""
    read(text, THURSDAY)
    found = find(text, THURSDAY)
    if found is not None:
        assert text[found.start : found.end] == found.when.words
        assert read(found.when.words, THURSDAY) == found.when


@given(st.lists(st.sampled_from(WORDS_OF_TIME), max_size=9))
def test_no_pile_of_words_of_time_is_too_strange(words: list[str]) -> None:
    """The words of time in any order raise nothing; what is found in them reads the same alone."""
    read(" ".join(words), THURSDAY)
    found = find(" ".join(words), THURSDAY)
    if found is not None:
        assert read(found.when.words, THURSDAY) == found.when
