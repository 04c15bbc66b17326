"""A calendar month of the person's, in which the cost of what leaves is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from wooster.core.clock import to_ms
from wooster.core.errors import UsageError

_FORM = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """`number` is 1 to 12."""

    year: int
    number: int

    @classmethod
    def of(cls, local: datetime) -> Month:
        return cls(local.year, local.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """`2026-11`. Raises `UsageError`."""
        match = _FORM.fullmatch(text.strip())
        if match is None or not 1 <= int(match[2]) <= 12 or not 1970 <= int(match[1]) < 9999:
            raise UsageError(
                f"{text!r} is no month.", hint="A month is its year and number: 2026-11."
            )
        return cls(int(match[1]), int(match[2]))

    @property
    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def begin_ms(self, zone: tzinfo | None) -> int:
        """Its first instant in `zone`; None is the machine's zone."""
        # Without a zone `astimezone` applies the machine's, as it is on that day.
        midnight = datetime(self.year, self.number, 1)  # noqa: DTZ001
        return to_ms(midnight.replace(tzinfo=zone) if zone else midnight.astimezone())

    def span_ms(self, zone: tzinfo | None) -> tuple[int, int]:
        """From its first instant to the first that isn't in it."""
        return self.begin_ms(zone), self.next.begin_ms(zone)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"
