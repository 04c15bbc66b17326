"""A day's weather in a few words."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from wooster.core.text import escaped
from wooster.weather.model import Day, Forecast, Units

_UNITS: dict[Units, tuple[str, str, float]] = {
    "metric": ("°C", "km/h", 50),
    "imperial": ("°F", "mph", 30),
}
"""The names of the units, and from which gusts on they are told."""
_LEAST_RAIN = 20
# WMO's code table 4677, as far as Open-Meteo uses it.
_CODES = {
    0: "clear",
    1: "mostly clear",
    2: "partly cloudy",
    3: "overcast",
    **dict.fromkeys((45, 48), "fog"),
    **dict.fromkeys((51, 53, 55), "drizzle"),
    **dict.fromkeys((56, 57), "freezing drizzle"),
    61: "light rain",
    63: "rain",
    65: "heavy rain",
    **dict.fromkeys((66, 67), "freezing rain"),
    71: "light snow",
    73: "snow",
    75: "heavy snow",
    77: "snow grains",
    **dict.fromkeys((80, 81), "showers"),
    82: "violent showers",
    **dict.fromkeys((85, 86), "snow showers"),
    95: "thunderstorms",
    **dict.fromkeys((96, 99), "thunderstorms with hail"),
}


def sky(day: Day) -> str:
    """ "light rain"; "" for a code that isn't known."""
    return _CODES.get(-1 if day.code is None else day.code, "")


def facts(day: Day, units: Units) -> tuple[str, ...]:
    """ "3 to 8 °C", "60 % chance of rain", "gusts up to 72 km/h"."""
    degrees, speed, strong = _UNITS[units]
    told = [_span(day, degrees)]
    if day.rain_percent is not None and day.rain_percent >= _LEAST_RAIN:
        told.append(f"{day.rain_percent} % chance of rain")
    if day.gusts is not None and day.gusts >= strong:
        told.append(f"gusts up to {day.gusts:.0f} {speed}")
    return tuple(each for each in told if each)


def _span(day: Day, degrees: str) -> str:
    """Without a minus before a nought."""
    if day.low is None or day.high is None:
        return ""
    low, high = round(day.low), round(day.high)
    return f"{low} to {high} {degrees}" if low != high else f"{low} {degrees}"


def age(forecast: Forecast, now: datetime, zone: tzinfo | None) -> str:
    """When it was fetched and why not since; "" for one that is new."""
    if not forecast.problem:
        return ""
    return f"as of {_said(forecast.fetched, now, zone)}, because {forecast.problem}"


def _said(at: datetime, now: datetime, zone: tzinfo | None) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local:%A} {local.day} {local:%B} {local:%H:%M}"


def lines(forecast: Forecast, days: list[date], today: date) -> str:
    """A line for each of the days that is foretold."""
    shown = [each for each in forecast.days if each.day in days]
    return "\n".join(f"- {_line(each, forecast.units, today)}" for each in shown)


def _line(day: Day, units: Units, today: date) -> str:
    name = {0: "today", 1: "tomorrow"}.get((day.day - today).days, f"{day.day:%A} {day.day.day}")
    told = [sky(day), *facts(day, units)]
    return f"**{name}** " + escaped(" · ".join(each for each in told if each) or "not known")
