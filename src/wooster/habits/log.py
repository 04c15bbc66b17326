"""What was done of one habit, day by day, in the form in which it is counted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Measured = tuple[int | None, str]
"""Thousandths of a unit's base, and the unit's kind; None for all that a day asks."""


@dataclass(frozen=True, slots=True)
class Log:
    """The days (ordinals of local dates) of check-ins, in order, and for each how much was done;
    `measured` None where none says how much. It is lean because there may be many."""

    days: Sequence[int] = ()
    measured: Sequence[Measured] | None = None

    @classmethod
    def of(cls, check_ins: Iterable[tuple[int, Measured]]) -> Log:
        """Of check-ins in any order."""
        ordered = sorted(check_ins, key=lambda each: each[0])
        return cls([day for day, _ in ordered], [measured for _, measured in ordered])

    def between(self, first: int, last: int) -> Log:
        """That of the days from `first` to `last`, both in."""
        part = slice(bisect_left(self.days, first), bisect_right(self.days, last))
        return Log(self.days[part], None if self.measured is None else self.measured[part])

    def amounts(self, kind: str, whole: int) -> dict[int, int]:
        """How much was done on each day, of a kind; `whole` is what is done without an amount."""
        if self.measured is None:
            found = dict.fromkeys(self.days, 0)
            for day in self.days:
                found[day] += whole
            return found
        found = {}
        for day, (thousandths, said) in zip(self.days, self.measured, strict=True):
            if thousandths is None:
                found[day] = found.get(day, 0) + whole
            elif said == kind:
                found[day] = found.get(day, 0) + thousandths
        return found
