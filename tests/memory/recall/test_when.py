"""What a question says of time, by example and by laws."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.memory.recall import dates, numbers
from wooster.memory.recall.when import Period, Places, When, chosen, parse

# A Sunday.
NOW = datetime(2023, 10, 22, 9, 55, tzinfo=UTC)
MOMENTS = st.datetimes(
    datetime(2001, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
    datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
MONTHS = [calendar.month_name[month] for month in range(1, 13)]


def asked(question: str, now: datetime = NOW) -> When:
    when = parse(question, now, UTC)
    assert when is not None, question
    return when


def days(question: str, now: datetime = NOW) -> tuple[str, str]:
    """The first day of the period that is meant and the first after it."""
    period = asked(question, now).period
    assert period is not None, question
    return f"{period.since:%Y-%m-%d}", f"{period.until:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("phrase", "first", "after"),
    [
        ("on 8 May", "2023-05-08", "2023-05-09"),
        ("on the 8th of May, 2022", "2022-05-08", "2022-05-09"),
        ("on May 8th 2022", "2022-05-08", "2022-05-09"),
        ("on Dec. 31 , 2021", "2021-12-31", "2022-01-01"),
        ("on the fourth of July", "2023-07-04", "2023-07-05"),
        ("on 2023-05-08", "2023-05-08", "2023-05-09"),
        ("on 5/8/2023", "2023-05-08", "2023-05-09"),
        ("on 25/8/2023", "2023-08-25", "2023-08-26"),
        ("on 8.5.2023", "2023-05-08", "2023-05-09"),
        ("on 24 December", "2022-12-24", "2022-12-25"),
        ("on the 13th", "2023-10-13", "2023-10-14"),
        ("on the 30th", "2023-09-30", "2023-10-01"),
        ("in may", "2023-05-01", "2023-06-01"),
        ("last May", "2023-05-01", "2023-06-01"),
        ("last October", "2022-10-01", "2022-11-01"),
        ("in early May", "2023-05-01", "2023-05-11"),
        ("at the end of September", "2023-09-21", "2023-10-01"),
        ("in the second half of July", "2023-07-17", "2023-08-01"),
        ("in the first week of June", "2023-06-01", "2023-06-08"),
        ("in the last week of June", "2023-06-24", "2023-07-01"),
        ("in 2022", "2022-01-01", "2023-01-01"),
        ("last summer", "2023-06-01", "2023-09-01"),
        ("in the winter of 2022", "2022-12-01", "2023-03-01"),
        ("at Christmas", "2022-12-25", "2022-12-26"),
        ("on Thanksgiving 2021", "2021-11-25", "2021-11-26"),
        ("today", "2023-10-22", "2023-10-23"),
        ("the day before yesterday", "2023-10-20", "2023-10-21"),
        ("10 days ago", "2023-10-12", "2023-10-13"),
        ("two weeks ago", "2023-10-05", "2023-10-12"),
        ("a fortnight ago", "2023-10-05", "2023-10-12"),
        ("a few days ago", "2023-10-17", "2023-10-21"),
        ("a year ago", "2022-01-01", "2023-01-01"),
        ("this time last week", "2023-10-12", "2023-10-19"),
        ("last week", "2023-10-09", "2023-10-16"),
        ("this month", "2023-10-01", "2023-11-01"),
        ("last weekend", "2023-10-14", "2023-10-16"),
        ("the week before last", "2023-10-02", "2023-10-09"),
        ("the weekend before last", "2023-10-07", "2023-10-09"),
        ("over the past three weeks", "2023-10-01", "2023-10-23"),
        ("on Monday", "2023-10-16", "2023-10-17"),
        ("last Sunday", "2023-10-15", "2023-10-16"),
        ("on Tuesday of last week", "2023-10-10", "2023-10-11"),
        ("2 Tuesdays ago", "2023-10-10", "2023-10-11"),
        ("between Easter and June", "2023-04-09", "2023-07-01"),
        ("from November to January", "2022-11-01", "2023-02-01"),
        ("between 8 May and 3 June 2022", "2022-05-08", "2022-06-04"),
        ("between 3 and 10 May", "2023-05-03", "2023-05-11"),
        ("from May 3 to 10, 2022", "2022-05-03", "2022-05-11"),
        ("April 9th through 17th", "2023-04-09", "2023-04-18"),
        ("between 22 September and now", "2023-09-22", "2023-10-23"),
        ("since July", "2023-07-01", "2023-10-23"),
        ("after 1 September", "2023-09-02", "2023-10-23"),
        ("before June", "1970-01-02", "2023-06-01"),
        ("until 8 May", "1970-01-02", "2023-05-09"),
        ("the week before August 3, 2023", "2023-07-27", "2023-08-03"),
        ("two weeks before August 11, 2023", "2023-07-25", "2023-08-01"),
        ("the day after Easter", "2023-04-10", "2023-04-11"),
        ("in the week of 5 July", "2023-07-03", "2023-07-10"),
        ("on the weekend of 10 June", "2023-06-10", "2023-06-12"),
        ("in the week beginning 3 July", "2023-07-03", "2023-07-10"),
    ],
)
def test_a_phrase_of_the_calendar_is_the_latest_such_time_that_has_begun(
    phrase: str, first: str, after: str
) -> None:
    """However it is worded, at the beginning or the end of the question; both ends are in."""
    assert days(f"What did we talk about {phrase}?") == (first, after)
    assert days(f"{phrase}, what did we say?") == (first, after)


@pytest.mark.parametrize(
    ("phrase", "since", "until"),
    [
        ("yesterday evening", (21, 17), (22, 0)),
        ("last night", (21, 18), (22, 4)),
        ("on 20 October in the morning", (20, 5), (20, 12)),
        ("on the afternoon of 20 October", (20, 12), (20, 18)),
    ],
)
def test_a_part_of_a_day_is_hours(
    phrase: str, since: tuple[int, int], until: tuple[int, int]
) -> None:
    """Night ends after midnight."""
    period = asked(f"what did we discuss {phrase}").period
    assert period is not None
    assert (period.since.day, period.since.hour) == since
    assert (period.until.day, period.until.hour) == until


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What did we talk about in our third conversation?", 3, 3),
        ("what happened in session 3", 3, 3),
        ("What was said in session three?", 3, 3),
        ("summarize sessions 2 to 4", 2, 4),
        ("between our second and fourth conversations, what did we discuss?", 2, 4),
        ("our last three chats", -3, -1),
        ("the first two sessions", 1, 2),
        ("What was our most recent conversation about?", -1, -1),
        ("What came up in our very first chat?", 1, 1),
        ("the second-to-last conversation", -2, -2),
        ("the session before last", -2, -2),
        ("what did we discuss in the 21st session", 21, 21),
        ("What did we discuss the last time we talked?", -1, -1),
        ("what did we say three sessions ago", -3, -3),
        ("what did we talk about before our fifth conversation", 1, 4),
        ("what did she say after the second session", 3, -1),
        ("What did Ann tell Ben in their second meeting?", 2, 2),
    ],
)
def test_conversations_are_meant_by_their_place(question: str, first: int, last: int) -> None:
    """From the beginning, or with a minus from the end."""
    when = asked(question)
    assert when.places == Places(first, last)
    assert when.of_talk


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "What is the name of Maria's second puppy?",
        "When did Joanna finish her first screenplay?",
        "Where did Caroline move from 4 years ago?",
        "What did the family see on their trip last year?",
        "What happened at the third meeting with the bank?",
        "May I ask what may be in a march?",
        "He may fall in spring water",
        "What did we say 3 times?",
        "We talked about 2023 steps and 8 apples",
        "What did we discuss on 31 June?",
        "What did we say about room 12 and the 99th floor?",
        "what did we talk about in May " * 99,
    ],
)
def test_a_question_that_is_not_about_time_is_left_alone(question: str) -> None:
    """Ordinals of other things, times within a tale, dates that don't exist, a pasted page."""
    assert parse(question, NOW, UTC) is None


def test_a_date_in_a_question_about_something_else_is_a_hint() -> None:
    """It doesn't ask for what was said; the first date that stands in the calendar counts."""
    when = asked("What did Maria adopt two weeks before August 11, 2023?")
    assert when.period is not None
    assert not when.of_talk
    told = asked("What went wrong last week, as mentioned on November 6, 2022?")
    assert told.period is not None
    assert told.period.since.date() == date(2022, 11, 6)


def test_what_is_left_of_a_question_says_its_subject() -> None:
    """Nothing is left where everything that was said is asked for."""
    ignored = {"what", "did", "we", "about", "the", "in", "our", "on", "that"}
    assert asked("What did we talk about on 8 May?").subject(ignored) == ()
    assert asked("What did we say about Ann's pottery on 8 May?").subject(ignored) == (
        "ann",
        "pottery",
    )
    last = asked("the last time that we talked about pottery")
    assert (last.turn_to, last.subject(ignored)) == ("last", ("pottery",))
    assert asked("When did we first discuss the move?").turn_to == "first"


@given(
    st.sampled_from(MONTHS),
    st.integers(1, 28),
    st.sampled_from([2021, 2022, 2023]),
    st.sampled_from(
        ["on {d} {m} {y}", "on {m} {d}, {y}", "on the {d}th of {m} {y}", "on {l} {d} {y}"]
    ),
)
def test_every_day_of_every_month_is_understood(month: str, day: int, year: int, form: str) -> None:
    """Long and short, in any order."""
    phrase = form.format(d=day, m=month, l=month[:3].lower(), y=year)
    begin = date(year, MONTHS.index(month) + 1, day)
    assert days(f"what did we discuss {phrase}") == (
        f"{begin}",
        f"{begin + timedelta(days=1)}",
    )


@given(
    st.one_of(st.integers(1, 99).map(str), st.sampled_from(numbers.CARDINALS[1:])),
    st.sampled_from(["day", "week", "month"]),
    MOMENTS,
)
def test_so_long_ago_is_around_that_day(count: str, unit: str, now: datetime) -> None:
    """For every number, in digits and in words, and every moment."""
    period = asked(f"what did we say {count} {unit}s ago", now).period
    assert period is not None
    meant = dates.moved(now, -numbers.number(count), unit)
    assert meant in period
    assert period.loose == (unit != "day")


_WORDS = """
what did we say talk about on in the of between and from to since before after until 8 31 29th May
march february 2023 2024 last first second week weekend month day days ago two a few our session
conversation sessions Easter summer yesterday evening night morning - , early end half monday this
past time 3 to 2023-02-30 5/8/2023 9999-12-31 0 99
"""


@given(
    st.one_of(
        st.text(max_size=60), st.lists(st.sampled_from(_WORDS.split()), max_size=14).map(" ".join)
    ),
    MOMENTS,
    st.sampled_from([UTC, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland"), None]),
)
def test_any_text_gives_a_period_that_isnt_empty_or_none(
    text: str, now: datetime, zone: timezone | ZoneInfo | None
) -> None:
    """Whatever stands in it and whenever it is asked, wherever."""
    when = parse(text, now, zone)
    if when is None:
        return
    assert when.period is not None or when.places is not None or when.turn_to
    if when.period is not None:
        assert when.period.since < when.period.until
    sessions = [(now + timedelta(days=day),) * 2 for day in range(-9, 1)]
    held = chosen(sessions, when)
    assert len(held) == len(set(held))
    assert set(held) <= set(range(len(sessions)))


def test_a_day_is_the_persons_own() -> None:
    """Yesterday began at midnight where they are, over a change of clocks as well."""
    zone = ZoneInfo("Europe/Lisbon")
    period = asked_in("what did we say yesterday", datetime(2023, 10, 30, 0, 30, tzinfo=UTC), zone)
    assert period.since == datetime(2023, 10, 28, 23, 0, tzinfo=UTC)
    assert period.until == datetime(2023, 10, 30, 0, 0, tzinfo=UTC)


def asked_in(question: str, now: datetime, zone: ZoneInfo) -> Period:
    when = parse(question, now, zone)
    assert when is not None
    assert when.period is not None
    return when.period


def test_sessions_are_chosen_by_time_and_by_place() -> None:
    """The nearest first where the time is vague; a place counts within the period."""
    begins = [datetime(2023, 9, day, 12, tzinfo=UTC) for day in (1, 9, 12, 20)]
    sessions = [(begin, begin + timedelta(hours=1)) for begin in begins]
    now = datetime(2023, 9, 25, tzinfo=UTC)
    assert chosen(sessions, asked("what did we say two weeks ago", now)) == [2, 1]
    assert chosen(sessions, asked("our last two conversations", now)) == [2, 3]
    assert chosen(sessions, asked("our first conversation after 3 September", now)) == [1]
    assert chosen(sessions, asked("our seventh conversation", now)) == []
    assert chosen(sessions, asked("our last nine sessions", now)) == [0, 1, 2, 3]
    assert chosen([], asked("our last conversation", now)) == []


def test_a_session_that_crosses_midnight_belongs_to_both_days() -> None:
    """It was still going on."""
    session = (
        datetime(2023, 9, 1, 23, 50, tzinfo=UTC),
        datetime(2023, 9, 2, 0, 20, tzinfo=UTC),
    )
    for day in ("1", "2"):
        assert chosen([session], asked(f"what did we say on {day} September 2023")) == [0]
    assert chosen([session], asked("what did we say on 3 September 2023")) == []


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("over the weekend", (2023, 8, 12), (2023, 8, 13)),
        ("the Friday before last", (2023, 8, 4), (2023, 8, 4)),
        ("on the second Tuesday of May", (2023, 5, 9), (2023, 5, 9)),
        ("on the last Monday of July", (2023, 7, 31), (2023, 7, 31)),
        ("on the last Sunday in February 2023", (2023, 2, 26), (2023, 2, 26)),
        ("at 1:56 pm on 8 May, 2023", (2023, 5, 8), (2023, 5, 8)),
        ("in our meeting on June 9", (2023, 6, 9), (2023, 6, 9)),
    ],
)
def test_days_as_people_also_name_them(
    phrase: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    """Asked on Wednesday, 16 August 2023; nothing of them is taken for a subject."""
    at = datetime(2023, 8, 16, 18, tzinfo=UTC)
    found = parse(f"What did we talk about {phrase}?", at, UTC)
    assert found is not None
    assert found.period is not None
    assert found.period.since.date() == date(*first)
    assert (found.period.until - timedelta(microseconds=1)).date() == date(*last)
    assert found.subject({"we", "did", "what", "about", "the", "on", "at", "in", "of"}) == ()


def test_the_last_thing_talked_about_is_the_last_conversation() -> None:
    """And the last time that a subject came up is not."""
    at = datetime(2023, 8, 16, 18, tzinfo=UTC)
    found = parse("What was the last thing we talked about?", at, UTC)
    assert found is not None
    assert (found.places, found.of_talk) == (Places(-1, -1), True)
    other = parse("When was the last time we talked about boats?", at, UTC)
    assert other is not None
    assert other.places is None


def test_a_pair_over_the_turn_of_the_year_has_the_right_easter() -> None:
    """Easter of last year is not this year's, a year earlier."""
    at = datetime(2026, 11, 26, tzinfo=UTC)
    found = parse("What did we say between Easter and December?", at, UTC)
    assert found is not None
    assert found.period is not None
    assert found.period.since.date() == date(2025, 4, 20)
    assert found.period.until.date() == date(2026, 1, 1)
    found = parse("What did we say from 8 May to 3 June 2023?", at, UTC)
    assert found is not None
    assert found.period is not None
    assert found.period.since.date() == date(2023, 5, 8)
