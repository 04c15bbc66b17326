"""The parts that read: lists piece by piece, times of cron, cards, chains of settings."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wooster.moving import arrays, contacts, jobs, old_settings, payloads
from wooster.moving.jobs import NoTime
from wooster.moving.model import Aside, Found, Known, Remark, Total, Unread
from wooster.moving.payloads import NoWords
from wooster.schedule.model import Job

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
        ('{"prompt": "tell me to rest"}', "tell me to rest"),
        ("sendSignal pills", "pills"),
        ("await sendSignal('pills');", "pills"),
        ("return await tools.sendSignal(`don\\'t forget`)", "don't forget"),
        ("await send_signal({ to: '+49', message: 'pills' });", "pills"),
        ("await sendSignal('did you eat?');", "did you eat?"),
        ("plain words", "plain words"),
        ("Remind me to ask: who is it?", "Remind me to ask: who is it?"),
        ("return the books; let Ana know = good", "return the books; let Ana know = good"),
        (None, ""),
        ('{"prompt": "tell me the news"}', "asks: tell me the news"),
        ("What is on today?", "asks: What is on today?"),
        (
            "Please summarise my tasks and send them",
            "asks: Please summarise my tasks and send them",
        ),
        ("const w = await getWeather(); await sendSignal(w);", None),
        ("await sendSignal(`rain: ${w}`);", None),
        ("await sendSignal(await news());", None),
        ("sendSignal(words)", None),
        ("sendSignal(take the pills)", "take the pills"),
    ],
)
def test_what_a_job_says_is_found_in_its_payload(payload: Any, said: str | None) -> None:
    """Which was encoded once, twice, or as a call; what asks for an answer is told apart, and a
    program is never read out."""
    if said is None:
        with pytest.raises(NoWords):
            payloads.said(payload)
        return
    found = payloads.said(payload)
    assert ("asks: " if found.asks else "") + found.text == said


def test_a_time_without_a_zone_is_one_of_the_clock_on_the_wall() -> None:
    """As JavaScript reads it; with a zone, it is that instant."""
    written = ("2026-07-01T09:00:00", "2026-12-01 09:00", "2026-12-01T09:00:00.000Z")
    rows = [{"id": n, "schedule_expression": e, "payload": "x"} for n, e in enumerate(written)]
    events = list(jobs.schedules(lambda _: rows, NOW, ZoneInfo("Europe/Berlin")))
    jobs_ = [each.value for each in events if isinstance(each, Found)]
    at = [f"{j.times.at:%m-%d %H:%M}" for j in jobs_ if isinstance(j, Job) and j.times.at]
    assert at == ["07-01 07:00", "12-01 08:00", "12-01 09:00"]


def test_a_review_of_workdays_says_that_the_briefing_is_of_each_day() -> None:
    """In the settings as in the schedule."""
    row = {"schedule_expression": "30 6 * * 1-5", "task_key": "dailyReview.send"}
    told = list(jobs.schedules(lambda _: [row], NOW, UTC))
    told += old_settings.env("DAILY_REVIEW_SCHEDULE_CRON='30 6 * * 1-5'\n", {})
    remarks = [each.text for each in told if isinstance(each, Remark)]
    assert len(remarks) == 2
    assert all("isn't once a day: the briefing comes each day at 06:30" in e for e in remarks)


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
