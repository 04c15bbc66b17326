"""Open-Meteo's questions and answers (open-meteo.com/en/docs, /en/docs/geocoding-api). Pure.

Coordinates are told to two decimals, a kilometre: a forecast has no finer ones, and nobody needs
to know the house.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wooster.core.text import clean, clip
from wooster.weather.model import Day, Forecast, Place, Units, WeatherError

_DAYS = 7
_FOUND = 20
_STRANGE = "what came back is no answer of Open-Meteo's"
_IMPERIAL = {"temperature_unit": "fahrenheit", "wind_speed_unit": "mph"}
_DAILY = (
    "weather_code",
    "temperature_2m_min",
    "temperature_2m_max",
    "precipitation_probability_max",
    "wind_gusts_10m_max",
)


class _Answer(BaseModel):
    """What else is in it is left; built when it is first needed."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class _Found(_Answer):
    name: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    admin1: str = ""
    country: str = ""
    country_code: str = ""


class _Places(_Answer):
    results: list[_Found] = []


class _Daily(_Answer):
    time: list[date]
    weather_code: list[int | None]
    temperature_2m_min: list[float | None]
    temperature_2m_max: list[float | None]
    precipitation_probability_max: list[int | None]
    wind_gusts_10m_max: list[float | None]


class _Forecast(_Answer):
    daily: _Daily


def coordinates(asked: str) -> Place | None:
    """The place that "52.52, 13.41" is; None for a name."""
    first, comma, second = asked.partition(",")
    try:
        latitude, longitude = float(first), float(second)
    except ValueError:
        return None
    if not (comma and -90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Place(asked, f"{latitude:.2f}, {longitude:.2f}", latitude, longitude)


def place_query(asked: str) -> str:
    """Which path asks where a place is: what stands after a comma says which one is meant."""
    name = asked.partition(",")[0].strip()
    asks = {"name": name, "count": _FOUND, "language": "en", "format": "json"}
    return f"/v1/search?{urlencode(asks)}"


def place_of(asked: str, content: bytes) -> Place:
    """The best of the places that were found. Raises `WeatherError`."""
    which = [part.strip().casefold() for part in asked.split(",")[1:] if part.strip()]
    for found in _read(_Places, content).results:
        said = {each.casefold() for each in (found.admin1, found.country, found.country_code)}
        if said.issuperset(which):
            parts = dict.fromkeys(p for p in (found.name, found.admin1, found.country) if p)
            name = clip(clean(", ".join(parts)), 60)
            return Place(asked, name, found.latitude, found.longitude)
    raise WeatherError(
        f"Open-Meteo knows no place {clip(asked, 60)!r}",
        hint='As "Berlin", "Springfield, Illinois", or "52.52, 13.41".',
    )


def forecast_query(place: Place, units: Units) -> str:
    """Which path asks what is foretold for the next days, by the place's own calendar."""
    asks = {
        "latitude": f"{place.latitude:.2f}",
        "longitude": f"{place.longitude:.2f}",
        "daily": ",".join(_DAILY),
        "timezone": "auto",
        "forecast_days": _DAYS,
    }
    return f"/v1/forecast?{urlencode(asks | (_IMPERIAL if units == 'imperial' else {}))}"


def forecast_of(place: Place, units: Units, now: datetime, content: bytes) -> Forecast:
    """What an answer foretells. Raises `WeatherError`."""
    told = _read(_Forecast, content).daily
    columns: Sequence[Sequence[object]] = [getattr(told, name) for name in _DAILY]
    if any(len(column) != len(told.time) for column in columns):
        raise WeatherError(_STRANGE)
    days = tuple(Day(*row) for row in zip(told.time, *columns, strict=True))
    return Forecast(place, units, now, days)


A = TypeVar("A", bound=_Answer)


def _read(kind: type[A], content: bytes) -> A:
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        raise WeatherError(_STRANGE) from error
