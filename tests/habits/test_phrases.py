"""What people type of a habit, as transcripts, and rules that are read as they are shown."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given, settings

from tests.habits.strategies import rules
from wooster.core.errors import UsageError
from wooster.habits import phrases
from wooster.habits.model import Rule
from wooster.habits.phrases import Done, parse, parse_done, parse_new, parse_rule
from wooster.habits.rhythms import rule_text


@pytest.mark.parametrize(
    ("said", "name", "rule"),
    [
        ("meditate every day", "meditate", "every day"),
        ("meditate", "meditate", "every day"),
        ("  Meditate   DAILY. ", "Meditate", "every day"),
        ("run 3 times a week", "run", "3 times a week"),
        ("run 3x/week", "run", "3 times a week"),
        ("run three days per week", "run", "3 times a week"),
        ("floss once a day", "floss", "every day"),
        ("call mum weekly", "call mum", "once a week"),
        ("read 20 minutes daily", "read", "20 min every day"),
        ("read for half an hour every evening", "read", "30 min every day"),
        ("practise 1h30 daily", "practise", "90 min every day"),
        ("study at least 2 hours a day on weekdays", "study", "2 h on weekdays"),
        ("drink 2 l of water", "drink water", "2 l every day"),
        ("2 l water daily", "water", "2 l every day"),
        ("walk 10,000 steps daily", "walk", "10000 steps every day"),
        ("30 push-ups daily", "push-ups", "30 push-ups every day"),
        ("7-minute workout", "workout", "7 min every day"),
        ("10 pages of War and Peace daily", "War and Peace", "10 pages every day"),
        ("run 5 km 3 times a week", "run", "5 km 3 times a week"),
        ("run 20 km a week", "run", "20 km a week"),
        ("run 20 km weekly", "run", "20 km a week"),
        ("take pills twice a day", "take pills", "2 times a day"),
        ("coffee 10 times a week", "coffee", "10 times a week"),
        (
            "water plants on Mondays and Thursdays",
            "water plants",
            "on Mondays and Thursdays",
        ),
        ("gym Mon, Wed and Fri", "gym", "on Mondays, Wednesdays and Fridays"),
        ("gym Mon-Fri", "gym", "on weekdays"),
        ("gym Fri to Mon", "gym", "on Mondays, Fridays, Saturdays and Sundays"),
        ("gym Monday to Sunday", "gym", "every day"),
        ("every Monday call mum", "call mum", "on Mondays"),
        ("pay rent monthly on the 31st", "pay rent", "monthly on the 31st"),
        ("pay bills on the 1st and 15th", "pay bills", "monthly on the 1st and 15th"),
        ("backup on the last day of the month", "backup", "monthly on the 31st"),
        ("monthly budget", "budget", "once a month"),
        # What stands before the rule is the name, even where it could be a rule.
        ("weekly review every Friday", "weekly review", "on Fridays"),
        ("enjoy the sun", "enjoy the sun", "every day"),
        ("take vitamin B 12", "take vitamin B 12", "every day"),
        ('"Level 2 Spanish" daily', "Level 2 Spanish", "every day"),
        ("“daily 3 pages”", "daily 3 pages", "every day"),
        ("Überweisung prüfen monthly", "Überweisung prüfen", "once a month"),
        ("瞑想 every day", "瞑想", "every day"),
    ],
)
def test_a_name_and_a_rule_are_told_apart(said: str, name: str, rule: str) -> None:
    """In the forms that people use, from the end of the text, else from its begin."""
    found = parse_new(said)
    assert (found.name, rule_text(found.rule())) == (name, rule)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("meditate daily at 7:30", time(7, 30)),
        ("meditate at 7pm daily", time(19)),
        ("meditate daily, remind at 12 am", time(0)),
        ("meditate daily at noon", time(12)),
        ("meditate without a reminder", "off"),
        ("meditate daily", None),
        ("arrive at 25:00 daily", None),
    ],
)
def test_a_reminder_is_a_time_of_the_clock(said: str, at: object) -> None:
    """What is no such time stays in the name."""
    assert parse(said).remind_at == at


@pytest.mark.parametrize(
    "said",
    [
        "run every other day",
        "run every 3 weeks",
        "run fortnightly",
        "run 5 km a week on Mondays",
        '"run" around daily',
        "x" * (phrases.LONGEST + 1),
    ],
)
def test_a_rule_that_there_cannot_be_is_refused(said: str) -> None:
    """It isn't taken for another one, nor for a part of the name; the hint says which there are."""
    with pytest.raises(UsageError) as caught:
        parse(said)
    assert caught.value.hint


@given(rules())
@settings(max_examples=500, deadline=None)
def test_a_rule_is_read_as_it_is_shown(rule: Rule) -> None:
    """parse(rule_text(rule)) is the rule, and a name before it stays a name."""
    assert parse_rule(rule_text(rule)) == rule
    said = parse(f"read Ovid {rule_text(rule)}")
    assert (said.name, said.rule()) == ("read Ovid", rule)


@pytest.mark.parametrize("text", ["", "meditate daily", "sometimes"])
def test_what_is_not_all_a_rule_is_none(text: str) -> None:
    """Nothing is left over unread."""
    with pytest.raises(UsageError):
        parse_rule(text)


@pytest.mark.parametrize(
    ("old", "said", "new"),
    [
        ("20 minutes daily", "30 minutes", "30 min every day"),
        ("20 minutes daily", "3 times a week", "20 min 3 times a week"),
        ("20 minutes daily", "no amount", "every day"),
        ("20 km a week", "30 km", "30 km a week"),
        ("20 km a week", "monthly", "20 km a month"),
        ("on Mondays", "5 pages", "5 pages on Mondays"),
    ],
)
def test_what_a_change_does_not_say_stays(old: str, said: str, new: str) -> None:
    """An amount keeps its rhythm and a rhythm its amount."""
    assert rule_text(parse(said).rule(parse_rule(old))) == new


def test_a_total_has_no_place_in_single_days() -> None:
    """20 km a week can't become 20 km each day without being said."""
    with pytest.raises(UsageError, match="20 km in all"):
        parse("daily").rule(parse_rule("20 km a week"))


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ("meditate", Done("meditate")),
        ("meditate yesterday 25 minutes", Done("meditate", "yesterday", "25 minutes")),
        ("read 25 minutes on Monday", Done("read", "on Monday", "25 minutes")),
        ("water plants 3 days ago", Done("water plants", "3 days ago")),
        ("run 5km", Done("run", "", "5km")),
        ("rent on the 31st", Done("rent", "on the 31st")),
        ("sunbathe", Done("sunbathe")),
        ("yesterday", Done("", "yesterday")),
    ],
)
def test_a_check_in_is_a_name_a_day_and_an_amount(said: str, done: Done) -> None:
    """In any order after the name."""
    assert parse_done(said) == done
