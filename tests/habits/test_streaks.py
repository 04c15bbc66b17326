"""Streaks: laws over random lives, against the slow reference, and the cases people meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.habits.reference import expected
from tests.habits.strategies import Life, lives
from wooster.core.days import absent_days, local_day
from wooster.habits.log import Log
from wooster.habits.model import Rule
from wooster.habits.periods import Grid
from wooster.habits.phrases import parse_rule
from wooster.habits.streaks import Count, History, Summary

MANY = settings(max_examples=250, deadline=None)
ZONES = sorted(available_timezones())
ONE = timedelta(days=1)


def counted(life: Life) -> Summary:
    return Count(life.history(), life.today.toordinal()).summary()


def streak(rule: str, created: str, done: list[str], today: str, free: tuple[str, ...] = ()) -> int:
    """The streak of a plain rule with check-ins on days of 2026, as "MM-DD"."""

    def day(text: str) -> int:
        return date.fromisoformat(f"2026-{text}").toordinal()

    log = Log.of((day(each), (None, "")) for each in done)
    history = History(
        ((day(created), parse_rule(rule)),), day(created), {day(each) for each in free}, log
    )
    told = Count(history, day(today)).current()
    assert told is not None
    return told


def days(first: str, last: str) -> list[str]:
    begin, end = (date.fromisoformat(f"2026-{each}") for each in (first, last))
    return [f"{begin + n * ONE:%m-%d}" for n in range((end - begin).days + 1)]


# --- laws -------------------------------------------------------------------------------------


@given(lives())
@MANY
def test_the_figures_are_those_of_the_slow_count(life: Life) -> None:
    """Current, longest, done and missed agree with periods written out day by day, for any rules,
    changes of rules, breaks, back-fills and check-ins from east of here."""
    slow = expected(life.rules, life.created, life.today, life.free, life.log)
    count = Count(life.history(), life.today.toordinal())
    told = count.summary()
    assert (told.current, told.longest) == (slow.current, slow.longest)
    assert (told.done, told.missed) == (slow.done, slow.missed)
    assert count.current() == slow.current


@given(lives(), st.integers(-30, 131), st.sampled_from([None, 1, 10**9]))
@MANY
def test_one_more_check_in_never_shortens_a_streak(life: Life, at: int, much: int | None) -> None:
    """On whichever day it is filled in, nor does it lower what was done."""
    day = min(life.created + at * ONE, life.today)
    before = counted(life)
    kind = next((rule.amount.kind for _, rule in life.rules if rule.amount), "")
    life.log.append((day, much if kind else None, kind if much else ""))
    after = counted(life)
    assert after.current >= before.current
    assert after.longest >= before.longest
    assert after.done >= before.done
    assert after.missed <= before.missed


@given(lives(), st.randoms())
def test_the_order_of_back_fills_does_not_matter(life: Life, random: object) -> None:
    """Whoever fills in last week first has the same streak."""
    before = counted(life)
    random.shuffle(life.log)  # type: ignore[attr-defined]
    assert counted(life) == before


@given(lives())
@MANY
def test_a_period_that_goes_on_never_breaks_a_streak(life: Life) -> None:
    """With nothing done in it yet, the streak is the same on its first day and on its last."""
    life.rules = life.rules[:1]
    grid = Grid(life.rules[0][1])
    first, last = grid.bounds(grid.key(life.today.toordinal()))
    assume(first >= life.created.toordinal())
    life.log = [each for each in life.log if each[0].toordinal() < first]
    told = {Count(life.history(), day).current() for day in range(first, last + 1)}
    assert len(told) == 1


@given(lives())
def test_a_streak_is_never_longer_than_the_longest(life: Life) -> None:
    """And the rate is a part of the whole."""
    told = counted(life)
    assert 0 <= told.current <= told.longest
    assert told.rate is None or 0 <= told.rate <= 1


@given(lives(), st.integers(0, 200))
@MANY
def test_a_part_of_the_log_tells_the_streak_or_that_it_cannot(life: Life, back: int) -> None:
    """Read from a day on, the streak is right, or None: then all of the log is needed."""
    known = (life.today - back * ONE).toordinal()
    whole = life.history()
    first = next((n for n, day in enumerate(whole.log.days) if day >= known), len(whole.log.days))
    assert whole.log.measured is not None
    part = Log(whole.log.days[first:], whole.log.measured[first:])
    told = Count(replace(whole, log=part), life.today.toordinal()).current(known)
    assert told in (None, Count(whole, life.today.toordinal()).current())


def test_who_does_it_each_local_day_has_a_streak_of_all_days_in_every_zone() -> None:
    """Over both of its clock changes, late in the evening, just after midnight or, with the day's
    end at 3, in the night. A date that the zone never had breaks nothing."""
    for zone in ZONES:
        there = ZoneInfo(zone)
        for begin in (date(2026, 3, 1), date(2026, 9, 20), date(2011, 12, 20)):
            written = [begin + n * ONE for n in range(50)]
            absent = set(absent_days(begin, written[-1], there))
            for at, ends in ((time(23, 45), 0), (time(0, 5), 0), (time(2, 30), 3)):
                walls = (_wall(day, at, ends, there) for day in written if day not in absent)
                instants = [each.replace(tzinfo=there).astimezone(UTC) for each in walls]
                log = Log.of((local_day(e, there, ends).toordinal(), (None, "")) for e in instants)
                free = {day.toordinal() for day in absent}
                history = History(((begin.toordinal(), Rule()),), begin.toordinal(), free, log)
                told = Count(history, written[-1].toordinal()).summary()
                assert told.current == told.longest == 50 - len(absent), (zone, begin, at)


def _wall(day: date, at: time, ends: int, zone: ZoneInfo) -> datetime:
    """The wall clock at that time of a person's day; at noon, where it jumps over that time."""
    wall = datetime.combine(day + ONE if ends else day, at)
    there = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    return wall if there == wall else datetime.combine(day, time(12))


# --- cases ------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("at", [time(0, 30), time(9, 30), time(21, 30)])
def test_seven_days_are_seven_days_in_every_zone(zone: str, at: time) -> None:
    """The original had 0 in most zones, and at the change of clocks."""
    there = ZoneInfo(zone)
    for last in (date(2026, 11, 3), date(2026, 10, 27), date(2026, 3, 31), date(2026, 3, 10)):
        instants = [datetime.combine(last - n * ONE, at, there).astimezone(UTC) for n in range(7)]
        log = Log.of((local_day(each, there).toordinal(), (None, "")) for each in instants)
        begun = (last - 6 * ONE).toordinal()
        assert Count(History(((begun, Rule()),), begun, (), log), last.toordinal()).current() == 7


@pytest.mark.parametrize(
    ("rule", "created", "done", "today", "told"),
    [
        # Today isn't over, yesterday is.
        ("every day", "11-01", days("11-01", "11-25"), "11-26", 25),
        ("every day", "11-01", days("11-01", "11-24"), "11-26", 0),
        ("every day", "11-01", days("11-01", "11-10"), "11-30", 0),
        ("every day", "11-26", [], "11-26", 0),
        ("every day", "11-26", ["11-26"], "11-26", 1),
        # What was done before it was written down counts, up to a gap.
        ("every day", "11-26", ["11-20", "11-24", "11-25", "11-26"], "11-26", 3),
        # Target days: 2 and 5 November 2026 are a Monday and a Thursday.
        ("on Mondays and Thursdays", "11-01", ["11-02", "11-05", "11-09"], "11-11", 3),
        ("on Mondays and Thursdays", "11-01", ["11-02", "11-05", "11-09"], "11-12", 3),
        ("on Mondays and Thursdays", "11-01", ["11-02", "11-05", "11-09"], "11-13", 0),
        ("on Mondays and Thursdays", "11-01", ["11-02", "11-03", "11-06"], "11-08", 0),
        # Weeks are counted as weeks; the one that goes on doesn't break them.
        ("3 times a week", "11-02", days("11-02", "11-04") + days("11-13", "11-15"), "11-22", 2),
        ("3 times a week", "11-02", days("11-02", "11-04") + days("11-13", "11-15"), "11-23", 0),
        ("once a week", "11-02", ["11-08", "11-09"], "11-22", 2),
        # Begun on a Saturday, no 3 times are asked of two days.
        ("3 times a week", "11-07", ["11-09", "11-10", "11-11"], "11-16", 1),
        # Months without a 31st.
        ("monthly on the 31st", "01-01", ["01-31", "02-28", "03-31", "04-30"], "05-30", 4),
        ("monthly on the 31st", "01-01", ["01-31", "02-27", "03-31", "04-30"], "05-30", 4),
        ("monthly on the 31st", "01-01", ["01-31", "03-31", "04-30"], "05-30", 2),
        ("monthly on the 30th and 31st", "02-01", ["02-28"], "03-05", 1),
        ("twice a month", "01-01", ["01-05", "01-06", "02-01"], "02-28", 1),
        ("twice a month", "01-01", ["01-05", "01-06", "02-01"], "03-01", 0),
    ],
)
def test_streaks(rule: str, created: str, done: list[str], today: str, told: int) -> None:
    """As people count them."""
    assert streak(rule, created, done, today) == told


def test_a_free_day_is_passed_over() -> None:
    """It neither breaks a streak nor counts, unless it was done all the same."""
    done = [*days("11-01", "11-10"), *days("11-13", "11-15")]
    free = ("11-11", "11-12")
    assert streak("every day", "11-01", done, "11-15") == 3
    assert streak("every day", "11-01", done, "11-15", free) == 13
    assert streak("every day", "11-01", [*done, "11-11"], "11-15", free) == 14


def test_a_week_with_free_days_asks_for_its_share() -> None:
    """Of 3 times, in a week of which 4 days are free, one; in one that is all free, nothing."""
    free = tuple(days("11-09", "11-12"))
    done = days("11-02", "11-04")
    assert streak("3 times a week", "11-02", [*done, "11-14"], "11-16", free) == 2
    assert streak("3 times a week", "11-02", done, "11-16", free) == 0
    assert streak("3 times a week", "11-02", done, "11-16", tuple(days("11-09", "11-15"))) == 1


def test_the_rate_counts_from_the_creation() -> None:
    """The original divided a habit of two days by thirty."""
    begun = date(2026, 11, 24).toordinal()
    log = Log.of((begun + n, (None, "")) for n in (-3, 0, 1))
    told = Count(History(((begun, Rule()),), begun, (), log), begun + 2).summary()
    assert (told.done, told.missed, told.rate) == (2, 0, 1.0)
    assert Count(History(((begun, Rule()),), begun), begun).summary().rate is None
    assert Count(History(((begun, Rule()),), begun), begun + 1).summary().rate == 0.0


def test_the_best_weekday_is_that_of_the_highest_rate() -> None:
    """Not of the highest count, by which a weekday wins that the habit merely began on. Where none
    stands out, none is told."""
    monday = date(2026, 11, 2).toordinal()

    def best(offsets: list[int], today: int) -> tuple[int, ...]:
        log = Log.of((monday + n, (None, "")) for n in offsets)
        return Count(History(((monday, Rule()),), monday, (), log), monday + today).summary().best

    assert best([0, 1, 2, 3, 4, 5, 6, 7], 7) == ()
    assert best([0, 1, 8], 20) == (2,)
    assert best([0, 1, 7, 8], 13) == (1, 2)
    assert best([], 13) == ()


@given(lives())
@settings(max_examples=300, deadline=None)
def test_best_weekdays_are_those_of_a_plain_count(life: Life) -> None:
    """For a daily habit: done days of a weekday over days on which it was asked or done."""
    life.rules = [(life.created, Rule())]
    done = {day for day, _, _ in life.log if day >= life.created}
    rates = {}
    for weekday in range(1, 8):
        asked = {
            life.created + n * ONE
            for n in range((life.today - life.created).days)
            if life.created + n * ONE not in life.free
        }
        mine = {day for day in asked | done if day.isoweekday() == weekday}
        if mine:
            rates[weekday] = len(mine & done) / len(mine)
    top = max(rates.values(), default=0)
    best = tuple(each for each in rates if rates[each] == top)
    assert counted(life).best == (best if top and len(best) < len(rates) else ())


# --- one day ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "created", "done", "today", "state"),
    [
        ("every day", "11-01", [], "11-26", "due"),
        ("every day", "11-01", ["11-26"], "11-26", "done"),
        ("on Mondays", "11-01", [], "11-26", "off"),
        ("on Thursdays", "11-01", [], "11-26", "due"),
        # Three times in a week whose Thursday this is: four days are left, then three.
        ("3 times a week", "11-01", [], "11-26", "open"),
        ("3 times a week", "11-01", [], "11-27", "due"),
        ("3 times a week", "11-01", ["11-23"], "11-27", "open"),
        ("3 times a week", "11-01", ["11-27"], "11-27", "open"),
        ("3 times a week", "11-01", ["11-23", "11-24", "11-25"], "11-26", "done"),
        ("3 times a week", "11-28", [], "11-28", "free"),
        # A date that has come stays due until the month is over.
        ("monthly on the 20th", "11-01", [], "11-19", "off"),
        ("monthly on the 20th", "11-01", [], "11-26", "due"),
        ("monthly on the 20th", "11-01", ["11-03"], "11-26", "done"),
        ("monthly on the 31st", "11-01", [], "11-30", "due"),
    ],
)
def test_what_is_due(rule: str, created: str, done: list[str], today: str, state: str) -> None:
    """Due is what would be missed, open what has time."""
    begun = date.fromisoformat(f"2026-{created}").toordinal()
    log = Log.of((date.fromisoformat(f"2026-{each}").toordinal(), (None, "")) for each in done)
    history = History(((begun, parse_rule(rule)),), begun, (), log)
    day = date.fromisoformat(f"2026-{today}").toordinal()
    assert Count(history, day).standing().state == state


@pytest.mark.parametrize(
    ("rule", "day", "due"),
    [
        ("every day", "11-26", "11-26"),
        ("on Mondays", "11-26", "11-30"),
        ("on Thursdays", "11-26", "11-26"),
        ("monthly on the 31st", "11-26", "11-30"),
        ("monthly on the 5th", "11-26", "12-05"),
        ("3 times a week", "11-26", None),
    ],
)
def test_the_next_day_that_a_rule_names(rule: str, day: str, due: str | None) -> None:
    """That day included; None where any will do."""
    found = Grid(parse_rule(rule)).next_due(date.fromisoformat(f"2026-{day}").toordinal())
    assert found == (None if due is None else date.fromisoformat(f"2026-{due}").toordinal())
