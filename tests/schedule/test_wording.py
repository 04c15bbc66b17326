"""A rule in words, and the words as a rule again."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.schedule.phrases import Context, read
from wooster.schedule.wording import describe

NOW = Context(datetime(2026, 11, 26, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")))
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def _some(values: list[str], most: int = 3) -> st.SearchStrategy[str]:
    chosen = st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)
    return chosen.map(lambda each: ",".join(sorted(each, key=values.index)))


MONTHS = _some([str(n) for n in range(1, 13)])
MONTH_DAYS = st.one_of(_some([str(n) for n in range(1, 29)]), st.sampled_from(["-1", "-2", "-3"]))
WEEKDAYS = _some(DAYS, 6)
NTH_WEEKDAYS = _some([f"{n}{day}" for day in DAYS for n in (1, 2, 3, 4, -1, -2)])
PLACES = _some(["1", "2", "3", "-1"])


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Every kind of rule that the grammar makes."""
    frequency = draw(
        st.sampled_from(["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    )
    parts = {"FREQ": frequency}
    if (interval := draw(st.integers(1, 12))) > 1:
        parts["INTERVAL"] = str(interval)
    where = draw(st.sampled_from(_WHERE[frequency]))
    for name, strategy in where.items():
        parts[name] = draw(strategy)
    if frequency == "DAILY" and draw(st.booleans()):
        parts |= {"BYHOUR": "8,20", "BYMINUTE": draw(st.sampled_from(["0", "30"]))}
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(2, 30)))
    elif draw(st.booleans()):
        last = draw(st.dates(date(2045, 1, 1), date(2060, 12, 31)))
        parts["UNTIL"] = f"{last:%Y%m%d}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


_NONE: dict[str, st.SearchStrategy[str]] = {}
_WHERE: dict[str, list[dict[str, st.SearchStrategy[str]]]] = {
    "SECONDLY": [_NONE],
    "MINUTELY": [_NONE],
    "HOURLY": [_NONE],
    "DAILY": [_NONE, {"BYMONTH": MONTHS}],
    "WEEKLY": [_NONE, {"BYDAY": WEEKDAYS}, {"BYMONTH": MONTHS, "BYDAY": WEEKDAYS}],
    "MONTHLY": [
        _NONE,
        {"BYMONTHDAY": MONTH_DAYS},
        {"BYDAY": NTH_WEEKDAYS},
        {"BYDAY": WEEKDAYS},
        {"BYDAY": st.just("MO,TU,WE,TH,FR"), "BYSETPOS": PLACES},
        {"BYDAY": WEEKDAYS, "BYSETPOS": PLACES},
    ],
    "YEARLY": [
        _NONE,
        {"BYMONTH": MONTHS, "BYMONTHDAY": MONTH_DAYS},
        {"BYMONTH": MONTHS, "BYDAY": NTH_WEEKDAYS},
        {"BYYEARDAY": _some([str(n) for n in range(1, 366)])},
        {"BYYEARDAY": st.just("-1")},
        {"BYWEEKNO": _some([str(n) for n in range(1, 53)])},
        {"BYWEEKNO": _some([str(n) for n in range(1, 53)]), "BYDAY": WEEKDAYS},
    ],
}


@given(rules())
def test_what_a_rule_is_called_is_read_as_that_rule(rule: str) -> None:
    """`read(describe(rule))` is the rule, for every kind that phrases can make."""
    words = describe(rule)
    when = read(words, NOW)
    assert when is not None, words
    assert when.rule == rule, words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day at 08:00"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every 2 weeks on Friday at 08:00"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=3", "every weekday at 08:00 for 3 times"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day at 08:00"),
        (
            "FREQ=MONTHLY;BYDAY=1FR,3FR,2TU",
            "every month on the 1st and 3rd Friday and the 2nd Tuesday at 08:00",
        ),
        (
            "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4;UNTIL=20300101",
            "every year on 4 July at 08:00 until 1 January 2030",
        ),
    ],
)
def test_a_rule_is_said_as_a_person_would(rule: str, words: str) -> None:
    """In plain words, with its clock time."""
    assert describe(rule, time(8)) == words
    when = read(words, NOW)
    assert when is not None
    assert (when.rule, when.at) == (rule, time(8))
