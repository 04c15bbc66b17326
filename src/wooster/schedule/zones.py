"""From a wall clock to instants, in every zone and over every change of its clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def instant_of(wall: datetime, zone: tzinfo | None) -> datetime:
    """The instant, in UTC, at which the clocks of `zone` (None: the machine's) show `wall`.

    Where they never do, the first instant after the gap. Where they do twice, the first time, or
    the second for a `wall` with a fold.
    """
    meant = _as_instant(wall, zone)
    if meant.astimezone(zone).replace(tzinfo=None) == wall.replace(fold=0):
        return meant
    # In a gap the offset before it gives an instant that is late by the gap, and the offset after
    # it one that is early by it: the change is between the two.
    whole = wall.replace(microsecond=0)
    low, high = sorted(_as_instant(whole.replace(fold=fold), zone) for fold in (0, 1))
    before = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def wall_of(instant: datetime, zone: tzinfo | None) -> datetime:
    """What the clocks of `zone` (None: the machine's) show at `instant`, naive.

    With a fold where they show it for the second time, so that `instant_of` gives `instant` again.
    """
    wall = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    again = wall.replace(fold=1)
    is_second = _as_instant(wall, zone) < instant == _as_instant(again, zone)
    return again if is_second else wall


def _as_instant(wall: datetime, zone: tzinfo | None) -> datetime:
    local = wall.astimezone() if zone is None else wall.replace(tzinfo=zone)
    return local.astimezone(UTC)
