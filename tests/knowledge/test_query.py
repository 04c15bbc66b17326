"""Filters among the words of a search."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.core.clock import to_ms
from wooster.core.errors import UsageError
from wooster.knowledge.query import Request, parse

BERLIN = ZoneInfo("Europe/Berlin")


def at(year: int, month: int, day: int, hour: int) -> int:
    """An instant in UTC, as it is stored."""
    return to_ms(datetime(year, month, day, hour, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("red  apples", Request("red apples")),
        ("tag:Work red", Request("red", tags=frozenset({"work"}))),
        ("red tag:#a tag:b", Request("red", tags=frozenset({"a", "b"}))),
        ('in:"My Notes" red in:x', Request("red", within=("My Notes", "x"))),
        ("project:Home", Request("", project="home")),
        ('"tag:work" red', Request('"tag:work" red')),
        ("“side by side”", Request('"side by side"')),
        ("foo:bar http://x", Request("foo:bar http://x")),
        ("tag: xtag:a in:", Request("tag: xtag:a in:")),
        ('5" pipe', Request('5" pipe')),
        ("", Request("")),
    ],
)
def test_what_is_a_filter_and_what_are_words(text: str, request_: Request) -> None:
    """Known filters with a value; all else, and what is in quotes, is words."""
    assert parse(text, UTC) == request_


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("since:2026-03-29", at(2026, 3, 28, 23), None),
        ("until:2026-03-29", None, at(2026, 3, 29, 22)),
        ("since:2026-02 until:2026-02", at(2026, 1, 31, 23), at(2026, 2, 28, 23)),
        ("since:2025 until:2025", at(2024, 12, 31, 23), at(2025, 12, 31, 23)),
        ("since:2026-12-31 until:2026-12", at(2026, 12, 30, 23), at(2026, 12, 31, 23)),
    ],
)
def test_days_are_local_and_both_are_in(text: str, since: int | None, until: int | None) -> None:
    """From the first moment of one day to the last of the other, where the person is; a day when
    clocks change has 23 hours."""
    asked = parse(text, BERLIN)
    assert (asked.since_ms, asked.until_ms) == (since, until)


@pytest.mark.parametrize(
    "text", ["since:2026-13-01", "until:2026-02-30", "since:0000", "since:yesterday"]
)
def test_a_date_that_there_is_not_is_told(text: str) -> None:
    """Or what is none. Searching without the filter would answer another question."""
    with pytest.raises(UsageError, match="no date"):
        parse(f"red {text}", BERLIN)


@given(st.text())
def test_any_text_is_a_request(text: str) -> None:
    """Or has a date in it that there isn't."""
    try:
        parse(text, BERLIN)
    except UsageError:
        pass


@pytest.mark.parametrize("zone", [None, BERLIN])
@pytest.mark.parametrize("year", ["0001", "9999", "9999-12", "9999-12-31"])
def test_the_first_and_the_last_year(year: str, zone: ZoneInfo | None) -> None:
    """They have a begin and an end, or are no date; and the year beside them has both."""
    for at in ("since", "until"):
        try:
            found = parse(f"{at}:{year}", zone)
        except UsageError as refused:
            assert "no date" in refused.message
        else:
            assert (found.since_ms if at == "since" else found.until_ms) is not None
    beside = parse("since:0002 until:9998", zone)
    assert beside.since_ms is not None and beside.until_ms is not None
    assert beside.since_ms < 0 < beside.until_ms
