"""The parts that read: lists piece by piece, times of cron, cards, chains of settings."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wooster.moving import arrays, contacts, jobs
from wooster.moving.jobs import NoTime
from wooster.moving.model import Aside, Found, Known, Total, Unread

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


class _Slow(io.BytesIO):
    """A file that gives a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self.step = step

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self.step if size and size > 0 else size)


@settings(max_examples=25)
@given(st.lists(VALUES, max_size=5), st.integers(1, 40), st.sampled_from([None, 1]))
def test_a_list_is_read_piece_by_piece(told: list[Any], step: int, indent: int | None) -> None:
    """Whatever it holds, and wherever the pieces end: the entries are those of the whole. Cut off
    anywhere, it yields what is whole, and says where it ends."""
    data = json.dumps(told, indent=indent, ensure_ascii=False).encode()
    first = len(data) - len(data.lstrip()) + 1
    assert [e.value for e in arrays.entries(_Slow(data, max(step, first)))] == told
    for end in range(1, len(data)):
        found = list(arrays.entries(_Slow(data[:end], max(step, first))))
        whole = [e for e in found if not e.problem]
        assert [e.value for e in whole[: len(told)]] == told[: len(whole)]


@pytest.mark.parametrize(
    ("cron", "rule"),
    [
        ("30 6 * * *", "FREQ=DAILY"),
        ("0 30 6 * * *", "FREQ=DAILY"),
        ("0 8 * * 1-5", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("0 9 * * sun", "FREQ=WEEKLY;BYDAY=SU"),
        ("0 9 * * 7", "FREQ=WEEKLY;BYDAY=SU"),
        ("0 9 1,15 * *", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ("0 9 1 jan *", "FREQ=MONTHLY;BYMONTHDAY=1;BYMONTH=1"),
        ("0 8,20 * * *", "FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0"),
        ("*/30 9-10 * * *", "FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30"),
        ("@weekly", "FREQ=WEEKLY;BYDAY=SU"),
    ],
)
def test_a_cron_expression_becomes_a_recurrence(cron: str, rule: str) -> None:
    """By the days and times of the clock that it names."""
    assert jobs.rrule(cron).rule == rule


@pytest.mark.parametrize("cron", ["", "x", "61 8 * * *", "0 9 1 * 1", "0 9 * * 1-", "* * * *"])
def test_a_time_that_cannot_be_kept_is_told(cron: str) -> None:
    """Never another time in its place."""
    with pytest.raises(NoTime):
        jobs.rrule(cron)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (json.dumps('sendSignal {"message":"pills"}'), "pills"),
        ('sendSignal({"message": "pills"})', "pills"),
        (json.dumps(json.dumps({"message": "pills"})), "pills"),
        ('{"prompt": "tell me the news"}', "tell me the news"),
        ("sendSignal pills", "pills"),
        ("plain words", "plain words"),
        (None, ""),
    ],
)
def test_what_a_job_says_is_found_in_its_payload(payload: Any, said: str) -> None:
    """Which was encoded once, twice, or as a call."""
    assert jobs.message(payload) == said


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [
                *("BEGIN:VCARD", "END:VCARD", "FN:Ana", "TEL:1", " 2", "X", "", "PHOTO:a"),
                *("N:Silva;Ana;;;", "BDAY:--0312", "BDAY:19", "NOTE:a\\nb", "ADR:;;;Porto;;;"),
                *("NOTE;ENCODING=QUOTED-PRINTABLE:a=", "=C3=BC", "item1.X-ABLabel:x"),
            ]
        ),
        max_size=14,
    )
)
def test_every_line_of_cards_is_accounted_for(lines: list[str]) -> None:
    """However they are mixed up."""
    events = list(contacts.cards("\n".join(lines), NOW))
    total = sum(each.units for each in events if isinstance(each, Total))
    told = sum(each.units for each in events if isinstance(each, Aside | Unread))
    told += sum(sum(each.units) for each in events if isinstance(each, Found))
    assert told == total


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("1980-03-12", "12 March 1980"),
        ("--0312", "12 March"),
        ("0000-03-12", "12 March"),
        ("16040229", "29 February"),
    ],
)
def test_a_birthday_without_a_year_is_one(told: str, day: str) -> None:
    """Also where a program wrote a year that is none."""
    text = f"BEGIN:VCARD\nFN:Ana\nBDAY:{told}\nEND:VCARD\n"
    (found,) = [each for each in contacts.cards(text, NOW) if isinstance(each, Found)]
    assert isinstance(found.value, Known)
    assert [each.value for each in found.value.observed] == [day]
