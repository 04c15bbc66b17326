"""The calendar in the terminal: what stands where, and that it fits."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wooster.habits import heatmap
from wooster.habits.streaks import Mark

TODAY = date(2026, 11, 26)  # a Thursday


def test_a_day_stands_in_its_week_and_row() -> None:
    """Today's column is the last, and ends with today."""
    marks: dict[date, Mark] = {
        TODAY: 1.0,
        date(2026, 11, 25): 0.5,
        date(2026, 11, 24): "free",
        date(2026, 11, 23): "empty",
        date(2026, 11, 15): 0.1,
        date(2026, 11, 27): 1.0,
    }
    drawn = heatmap.lines(lambda day: marks.get(day, "off"), TODAY, 12, ascii_only=False)
    assert drawn == [
        "    Sep     Oct     Nov",
        "Mon " + "  " * 11 + "·",
        "    " + "  " * 11 + "-",
        "Wed " + "  " * 11 + "▒",
        "    " + "  " * 11 + "█",
        "Fri",
        "",
        "Sun " + "  " * 9 + "░",
        "    ░ ▒ ▓ █ some to all   · not done   - free",
    ]


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(0, 4000),
    st.booleans(),
    st.sampled_from([0.01, 0.34, 0.99, 1.0, "empty", "free", "off"]),
)
def test_it_fits_into_80_columns(today: date, age: int, ascii_only: bool, mark: Mark) -> None:
    """Of 12 weeks at least, whatever the day and the age of the habit; in ASCII where asked."""
    weeks = heatmap.weeks_shown(today - timedelta(days=age), today)
    assert weeks >= heatmap.LEAST_WEEKS
    drawn = heatmap.lines(lambda _: mark, today, weeks, ascii_only=ascii_only)
    assert len(drawn) == 9
    assert max(map(len, drawn)) <= 80
    assert not ascii_only or all(line.isascii() for line in drawn)
    assert heatmap.weeks_shown(today - timedelta(days=140), today) in (20, 21)
