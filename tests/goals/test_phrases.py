"""Goals as they are said: what is taken apart of a line, and that it can be put together again."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.core.errors import UsageError
from wooster.goals import deadlines, phrases, quantities
from wooster.goals.model import Measure
from wooster.goals.phrases import Said, Update
from wooster.goals.quantities import Quantity
from wooster.schedule.phrases import Context

DAYS = deadlines.reader(Context(datetime(2026, 11, 26, 20, 30, tzinfo=ZoneInfo("Europe/Berlin"))))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "read 24 books by 31 December",
            Said("read 24 books", Measure(0, 24_000, "books"), date(2026, 12, 31)),
        ),
        (
            "weight from 190 to 170 lb by June",
            Said("weight", Measure(190_000, 170_000, "lb"), date(2027, 6, 30)),
        ),
        (
            "learn Portuguese by next summer, category learning",
            Said("learn Portuguese", None, date(2027, 8, 31), "learning"),
        ),
        (
            "save $10,000 this year",
            Said("save $10,000", Measure(0, 10**7, "$"), date(2026, 12, 31)),
        ),
        ("save $10k", Said("save $10k", Measure(0, 10**7, "$"))),
        ("weight to 170 lb", Said("weight", Measure(None, 170_000, "lb"))),
        ("weight from 86 kg to 170 lb", Said("weight", Measure(189_598, 170_000, "lb"))),
        ("rating from 1200 to 1500", Said("rating", Measure(1_200_000, 1_500_000))),
        (
            "finish the thesis before Easter #work",
            Said("finish the thesis", None, date(2027, 3, 27), "work"),
        ),
        ("run a marathon within 6 months", Said("run a marathon", None, date(2027, 5, 26))),
        ("by 1 May 2027 write a book", Said("write a book", None, date(2027, 5, 1))),
        ('"walk by the sea" by Friday', Said("walk by the sea", None, date(2026, 11, 27))),
        (
            '"1984 and other books" 12 books',
            Said("1984 and other books", Measure(0, 12_000, "books")),
        ),
        ("read Fahrenheit 451", Said("read Fahrenheit 451")),
        ("walk 10000 steps a day", Said("walk 10000 steps a day")),
        ("learn category theory", Said("learn category theory")),
        ("stand by my word", Said("stand by my word")),
        ("turn 40 with grace", Said("turn 40 with grace")),
    ],
)
def test_a_goal_is_taken_apart(text: str, said: Said) -> None:
    """A name, what is measured, by when, and a category; what is none of these is the name."""
    assert phrases.parse(text, DAYS) == said


_words = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=9)
_names = st.lists(
    st.one_of(
        _words, st.sampled_from(["by", "June", "24", "books", "to", "from", "170", "lb", "in"])
    ),
    min_size=1,
    max_size=5,
).map(" ".join)
_number = st.integers(-(10**7), 10**7)
_units = st.sampled_from(["", "lb", "books", "$", "%", "min", "km"])


@st.composite
def _measures(draw: st.DrawFn) -> Measure:
    target = draw(_number)
    start = draw(st.one_of(st.none(), _number.filter(lambda n: n != target)))
    unit = draw(_units)
    return Measure(start, target, "" if start is None and unit == "books" else unit)


@given(
    st.builds(
        Said,
        _names,
        st.one_of(st.none(), _measures()),
        st.one_of(st.none(), st.dates(date(2027, 1, 1), date(2060, 1, 1))),
        st.sampled_from(["", "health", "learning"]),
    )
)
def test_what_is_written_of_a_goal_is_read_as_the_same_goal(said: Said) -> None:
    """parse(formatted(x)) = x, whatever words its name has."""
    assert phrases.parse(phrases.formatted(said, DAYS), DAYS) == said


@given(_number, _units)
def test_a_quantity_is_read_as_it_is_written(thousandths: int, unit: str) -> None:
    """With its sign, its unit and its digits after the point."""
    made = Quantity(thousandths, unit)
    assert quantities.parse(str(made)) == made


@pytest.mark.parametrize(
    ("text", "update"),
    [
        ("weight 185", Update("weight", Quantity(185_000))),
        ("weight 184.5 lb yesterday", Update("weight", Quantity(184_500, "lb"), day="yesterday")),
        ("book +20 pages", Update("book", Quantity(20_000, "pages"), is_more=True)),
        ("book +20 pages on Monday", Update("book", Quantity(20_000, "pages"), True, "on Monday")),
        ("book 20 pages more", Update("book", Quantity(20_000, "pages"), is_more=True)),
        ("weight -2", Update("weight", Quantity(-2_000), is_more=True)),
        ("balance to -500", Update("balance", Quantity(-500_000))),
        ("learn Portuguese 40%", Update("learn Portuguese", Quantity(40_000, "%"))),
        ("save: $2,500", Update("save", Quantity(2_500_000, "$"))),
        ("save -$200", Update("save", Quantity(-200_000, "$"), is_more=True)),
        ("weight is 185", Update("weight", Quantity(185_000))),
        ("weight", None),
        ("", None),
    ],
)
def test_an_update_is_taken_apart(text: str, update: Update | None) -> None:
    """The last number is the value; a sign before it makes it come on top."""
    assert phrases.parse_update(text) == update


def test_a_name_that_says_its_target_says_the_new_one() -> None:
    """And one that doesn't stays."""
    old, new = Measure(0, 24_000, "books"), Measure(0, 30_000, "books")
    assert phrases.renamed("read 24 books", old, new) == "read 30 books"
    assert phrases.renamed("read more", old, new) == "read more"


@pytest.mark.parametrize("text", ["x" * 301, '"a name" and something'])
def test_what_is_no_goal_is_said(text: str) -> None:
    """In words, and nothing is made of it."""
    with pytest.raises(UsageError):
        phrases.parse(text, DAYS)


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    """It is read, or refused in words."""
    try:
        phrases.parse(text, DAYS)
    except UsageError as refused:
        assert refused.message and refused.hint
    phrases.parse_update(text)
