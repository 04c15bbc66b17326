"""The health log as bytes: entries are found, added and taken away, and nothing else changes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.health import entries
from wooster.health.entries import Entry

AT = datetime(2026, 11, 26, 20, 30, 5, tzinfo=UTC)

LOG = (
    b"# my own head\n\n"
    b"2026-11-25 07:10:00 slept 7 hours\n\n"
    b"2026-11-25 12:00:00 lunch:\nsoup\n\n  and bread\n\n"
    b"2026-11-26 08:00:00 ran 5 km\n"
)

texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00")
).filter(lambda text: bool(text.strip()))


def all_of(data: bytes) -> list[tuple[str, str, str]]:
    return [(each.day, each.time, each.text) for each in entries.entries(data)]


def test_entries_have_many_lines() -> None:
    """A text goes on until the next date and time; a head before the first is none."""
    assert all_of(LOG) == [
        ("2026-11-25", "07:10:00", "slept 7 hours"),
        ("2026-11-25", "12:00:00", "lunch:\nsoup\n\n  and bread"),
        ("2026-11-26", "08:00:00", "ran 5 km"),
    ]
    (last,) = entries.entries(LOG, "2026-11-26", "2026-11-26")
    assert (last.text, last.end) == ("ran 5 km", len(LOG))


@pytest.mark.parametrize(
    ("before", "added"),
    [
        (b"", b"2026-11-26 20:30:05 walked\n"),
        (b"\xef\xbb\xbf", b"2026-11-26 20:30:05 walked\n"),
        (b"x", b"\n\n2026-11-26 20:30:05 walked\n"),
        (b"x\n", b"\n2026-11-26 20:30:05 walked\n"),
        (b"x\n\n", b"2026-11-26 20:30:05 walked\n"),
        (b"x\r\n", b"\r\n2026-11-26 20:30:05 walked\r\n"),
        (b"x\r\n\r\n", b"2026-11-26 20:30:05 walked\r\n"),
    ],
)
def test_a_blank_line_stands_between_entries(before: bytes, added: bytes) -> None:
    """In the line ends that the file has."""
    assert entries.appended(before, AT, "walked\n") == added


@given(st.one_of(st.binary(max_size=200), st.just(LOG)), st.lists(texts, min_size=1, max_size=4))
def test_what_is_added_is_found_and_taken_away_again(data: bytes, logged: list[str]) -> None:
    """Whatever stood there stays byte for byte, and the log is as before when all is taken back."""
    before, there = data, len(all_of(data))
    added = []
    for text in logged:
        raw = entries.appended(before, AT, text)
        added.append(raw)
        before += raw
    assert before.startswith(data)
    found = all_of(before)[-len(logged) :]
    assert len(all_of(before)) == there + len(logged)
    for (day, time, told), text in zip(found, logged, strict=True):
        assert (day, time) == ("2026-11-26", "20:30:05")
        lines = [line.strip() for line in text.strip().split("\n")]
        assert [line.strip() for line in told.split("\n")] == lines
    for raw in reversed(added):
        start = len(before) - len(raw)
        assert entries.located(before, raw, start) == start
        before = entries.without(before, start, raw)
    assert before == data


def test_a_pasted_line_that_looks_like_an_entry_stays_in_its_own() -> None:
    """It is moved in by two blanks."""
    raw = entries.appended(b"", AT, "notes\n2020-01-01 10:00:00 old")
    assert all_of(raw) == [("2026-11-26", "20:30:05", "notes\n  2020-01-01 10:00:00 old")]


@given(st.binary(max_size=300), st.integers(0, 300), st.binary(min_size=1, max_size=50))
def test_what_is_put_is_taken_away_exactly(data: bytes, start: int, raw: bytes) -> None:
    """put and without are each other's inverse."""
    at = min(start, len(data))
    assert entries.without(entries.put(data, at, raw), at, raw) == data


def test_an_entry_that_is_there_twice_is_not_guessed() -> None:
    """Where it has moved and can't be told from another, nothing is said to be it."""
    raw = b"2026-11-26 20:30:05 walked\n"
    assert entries.located(b"x\n" + raw, raw, 0) == 2
    assert entries.located(raw + b"\n" + raw, raw, 5) is None
    assert Entry("2026-11-26", "20:30:05", "walked", 2, 29) in list(entries.entries(b"x\n" + raw))
