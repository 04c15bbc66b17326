"""What was logged in a stretch of days, counted by kind, and the entries themselves.

All of it is counted by code. It knows entries and dates and nothing of files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from wooster.core import days
from wooster.core.errors import UsageError
from wooster.core.text import clip
from wooster.core.units import Amount
from wooster.health import kinds
from wooster.health.entries import Entry

_LENGTHS = {"day": 1, "today": 1, "week": 7, "month": 30, "year": 365}
_EARLIEST, _LATEST = date(1, 1, 1), date(9999, 12, 31)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days, both in."""

    first: date
    last: date


def stretch(words: str, today: date) -> Stretch:
    """ "day" (and nothing) is today, "week" the last 7 days, "month" the last 30; "all", or a day.

    Raises `UsageError`.
    """
    said = " ".join(words.casefold().split()) or "day"
    for fill in ("for ", "of ", "this ", "the ", "last "):
        if said.removeprefix(fill) in _LENGTHS:
            said = said.removeprefix(fill)
    if said in _LENGTHS:
        return Stretch(today - timedelta(days=_LENGTHS[said] - 1), today)
    if said in ("all", "ever", "everything"):
        return Stretch(_EARLIEST, _LATEST)
    day = days.parse(said, today)
    if day is None:
        raise UsageError(
            f"“{clip(words, _SHOWN)}” is no stretch of days.",
            hint="Say `day`, `week`, `month`, `year`, `all`, `yesterday` or `2026-11-05`.",
        )
    return Stretch(day, day)


def is_stretch(words: str, today: date) -> bool:
    """Whether `stretch` can read them."""
    try:
        stretch(words, today)
    except UsageError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Count:
    """The entries of a kind: how many, and of each measure in them the unit that was used last,
    with the sum, the mean and the newest, in thousandths of its base."""

    kind: str
    entries: int
    measures: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    total: Amount
    mean: Amount
    latest: Amount
    times: int


def counts(found: Sequence[Entry]) -> list[Count]:
    """By kind, the most frequent first."""
    by_kind: dict[str, list[Entry]] = {}
    known: dict[str, str] = {}  # what is said often is looked at once
    for each in found:
        if each.text not in known:
            known[each.text] = kinds.kind(each.text)
        by_kind.setdefault(known[each.text], []).append(each)
    told = [Count(kind, len(some), _measured(some)) for kind, some in by_kind.items()]
    return sorted(told, key=lambda each: (-each.entries, kinds.KINDS.index(each.kind)))


def _measured(found: Sequence[Entry]) -> tuple[Measured, ...]:
    by_kind: dict[str, list[Amount]] = {}
    known: dict[str, list[Amount]] = {}
    for each in sorted(found, key=lambda entry: (entry.day, entry.time)):
        if each.text not in known:
            known[each.text] = kinds.amounts(each.text)
        for amount in known[each.text]:
            by_kind.setdefault(amount.kind, []).append(amount)
    return tuple(_measure(some) for some in by_kind.values())


def _measure(some: Sequence[Amount]) -> Measured:
    unit = some[-1].unit
    total = sum(each.thousandths for each in some)
    mean = round(Fraction(total, len(some)))
    return Measured(Amount(total, unit), Amount(mean, unit), some[-1], len(some))
