"""The grammar of a line: what the original wrote is read as it was meant, and nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wooster.tasks.lines import format_line, parse, read, slug
from wooster.tasks.model import Task, Waiting


def parsed(line: str, *projects: str) -> Task:
    task = parse(line, projects)
    assert task is not None, line
    return task


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "- [ ] @home +home Buy milk (Captured: 2026-01-10) (id: 7d4c0c1e-1111-4222-8333-a0b1)",
            Task(
                "Buy milk",
                contexts=("@home",),
                project="home",
                captured="2026-01-10",
                id="7d4c0c1e-1111-4222-8333-a0b1",
            ),
        ),
        ("- [ ] @at-work call (id:a-1)", Task("call", contexts=("@at-work",), id="a-1")),
        ("- [ ] +home 3 eggs", Task("3 eggs", project="home")),
        ("- [] milk", Task("milk")),
        ("* [ ] milk", Task("milk")),
        ("- [x] milk (Completed: 2026-01-10)", Task("milk", True, completed="2026-01-10")),
        ("-[X] milk", Task("milk", True)),
        ("1. [ ] milk", Task("milk")),
        ("- [ ] buy milk (2 litres) today", Task("buy milk (2 litres) today")),
        (
            "- [ ] Call +49 30 1234 or a@b.de @phone",
            Task("Call +49 30 1234 or a@b.de", contexts=("@phone",)),
        ),
        (
            "- [ ] ask @ana about +flat, soon",
            Task("ask @ana about +flat, soon", contexts=("@ana",), project="flat"),
        ),
        (
            "- [ ] @a @b-c two due:2026-02-28 every:2-weeks",
            Task("two", contexts=("@a", "@b-c"), due=date(2026, 2, 28), every="2-weeks"),
        ),
        ("- [ ] pay due:2026-02-31", Task("pay due:2026-02-31")),
        ("- [ ] 2026-01-10 09:30:00 an idea", Task("an idea", stamp="2026-01-10 09:30:00")),
        (
            "- [ ] SCHEDULE (failed parse): @home dentist (Captured: 2026-01-10 09:30:00)",
            Task(
                "SCHEDULE (failed parse): @home dentist",
                contexts=("@home",),
                captured="2026-01-10 09:30:00",
            ),
        ),
        (
            "- [ ] the report - Waiting For: Bob"
            " (Delegated/Requested: 2026-01-09, Captured: 2026-01-10 09:30:00)",
            Task(
                "the report",
                waiting=Waiting("Bob", "delegated", "2026-01-09", "2026-01-10 09:30:00"),
            ),
        ),
        (
            "- [ ] the report - Waiting For: ??? (Logged: 2026-01-09, Captured: N/A)",
            Task("the report", waiting=Waiting("???", "logged", "2026-01-09", "N/A")),
        ),
        (
            "- [ ] @Waiting Bob re: the report (Logged: 2026-01-09)",
            Task("the report", waiting=Waiting("Bob", "context", "2026-01-09")),
        ),
        (
            "- [ ] @Waiting the report (Logged: 2026-01-09)",
            Task("the report", waiting=Waiting("", "context", "2026-01-09")),
        ),
    ],
)
def test_a_line_of_the_original_says_what_was_meant(line: str, expected: Task) -> None:
    """Each form of its files, also those which it couldn't read itself; and it reads ours."""
    assert parsed(line) == expected
    assert parsed(format_line(expected)) == expected


def test_a_project_never_swallows_a_word() -> None:
    """Only the name of a project that there is may have blanks; the longest such is meant."""
    line = "- [ ] +US Trip Plan packing list"
    assert parsed(line) == Task("Trip Plan packing list", project="US")
    assert parsed(line, "US Trip Plan", "US Trip") == Task("packing list", project="US Trip Plan")
    assert parsed("- [ ] +us trip planning", "US Trip Plan").project == "us"
    assert format_line(parsed(line, "US Trip Plan")) == "- [ ] +us-trip-plan packing list"
    assert slug("US Trip Plan") == slug("+us-trip-plan") == "us-trip-plan"


@pytest.mark.parametrize(
    "line", ["- milk", "# [ ] milk", "- [x](https://example.org)", "- [/] half", "[ ] milk", ""]
)
def test_what_has_no_box_is_no_task(line: str) -> None:
    """Links and other marks are left alone."""
    assert parse(line) is None


_word = st.from_regex(r"[a-zA-Zäß東0-9(),.!?'-]{1,8}", fullmatch=True)
_name = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True)
_stamp = st.from_regex(
    r"20[0-9]{2}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-5][0-9]:00)?", fullmatch=True
)
_words = st.lists(_word, min_size=1, max_size=5).map(" ".join)
_waiting = st.builds(
    Waiting,
    _name,
    st.sampled_from(["delegated", "logged", "context"]),
    _stamp,
    st.just("") | _stamp,
)
tasks = st.builds(
    Task,
    _words,
    st.booleans(),
    st.lists(_name.map("@{}".format), max_size=3, unique=True).map(tuple),
    st.just("") | _name,
    st.none() | st.dates(),
    st.just("") | _name,
    st.just("") | st.just("2026-01-10 09:30:00"),
    st.just("") | _stamp,
    st.just("") | _stamp,
    st.just("") | st.uuids().map(str),
    st.none() | _waiting,
)


@given(tasks)
def test_what_is_written_is_read_as_it_was(task: Task) -> None:
    """parse(format(x)) = x."""
    assert parsed(format_line(task)) == task


_PIECES = (
    "@home @at-work @Waiting +flat +US Trip Plan milk, (2 l) due:2026-01-10 due:soon every:day"
    " rec:1w (id:a) (id: b) (Captured: now) (Completed: x) - Waiting For: Bob re: (Logged: y)"
    " 10:00:00 2026-01-10 ( ) @ + (see (this)) a@b +1 Ünï"
)
_pieces = st.sampled_from(_PIECES.split()) | st.text(max_size=4)


@given(st.lists(_pieces, max_size=10).map(" ".join))
@example("(Captured: x) 2026-01-10 10:00:00 y")
def test_a_second_reading_says_what_the_first_said(words: str) -> None:
    """Whatever stands in a line: no word of it is lost or doubled by being written once more."""
    words = " ".join(words.split())
    once = read(words)
    again = parsed(format_line(once))
    assert again == once
    kept = sorted(again.text.split())
    assert set(kept) <= set(words.split())
