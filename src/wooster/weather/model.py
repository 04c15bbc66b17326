"""A place, and what is foretold for its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from wooster.core.errors import WoosterError

Units = Literal["metric", "imperial"]
"""metric: °C and km/h · imperial: °F and mph"""


class WeatherError(WoosterError):
    """The weather isn't known, and why."""

    code, exit_code, http_status = "weather", 69, 503


@dataclass(frozen=True, slots=True)
class Place:
    """`asked` is what the person wrote, `name` what it was found as."""

    asked: str
    name: str
    latitude: float
    longitude: float

    @property
    def short(self) -> str:
        """ "Springfield" of "Springfield, Illinois, United States"; coordinates stay."""
        return self.name if self.name[:1] in "-0123456789" else self.name.partition(",")[0]


@dataclass(frozen=True, slots=True)
class Day:
    """`code` is WMO's of the worst of the day; `rain_percent` is the chance of any; None for what
    isn't known."""

    day: date
    code: int | None
    low: float | None
    high: float | None
    rain_percent: int | None
    gusts: float | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was `fetched` then, in `units`; `problem` says why it is no newer."""

    place: Place
    units: Units
    fetched: datetime
    days: tuple[Day, ...]
    problem: str = ""

    def on(self, day: date) -> Day | None:
        return next((each for each in self.days if each.day == day), None)
