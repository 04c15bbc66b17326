"""The forecast of the person's place: fetched when it is asked for and the last one isn't new."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from wooster.core.clock import Clock
from wooster.core.errors import StorageError, WoosterError
from wooster.core.hosts import shown_host
from wooster.weather import keeping, open_meteo
from wooster.weather.model import Forecast, Place, Units, WeatherError
from wooster.weather.web import Web

_NEW: Final = timedelta(hours=3)
_TRIED: Final = timedelta(minutes=5)
PATIENCE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Servers:
    """Who is asked for forecasts, and who for where a place is."""

    forecasts: str
    places: str


class Weather:
    """That of one home. `place` is what the person wrote; None is for never asking anybody."""

    def __init__(
        self, web: Web, cache: Path, clock: Clock, servers: Servers, units: Units = "metric"
    ) -> None:
        self._web, self._cache, self._clock = web, cache, clock
        self._servers, self._units = servers, units
        self.place: str | None = None
        self._failed: tuple[str, datetime, WoosterError] | None = None

    @property
    def host(self) -> str:
        return shown_host(self._servers.forecasts)

    async def forecast(self) -> Forecast:
        """The newest that there is, within `PATIENCE_S`. Raises `WeatherError` where there is
        none."""
        if self.place is None:
            raise WeatherError(
                "No place is set whose weather could be told.",
                hint="As: weather place Berlin. It is asked of Open-Meteo from then on.",
            )
        asked, now = self.place, self._clock.now()
        kept = await asyncio.to_thread(keeping.load, self._cache)
        if kept is not None and (kept.place.asked, kept.units) != (asked, self._units):
            kept = None
        if kept is not None and timedelta(0) <= now - kept.fetched < _NEW:
            return kept
        found = self._just_failed(asked, now) or await self._fetch(asked, kept, now)
        if isinstance(found, Forecast):
            return found
        if kept is None:
            raise WeatherError(found.message, hint=found.hint)
        return replace(kept, problem=found.message)

    async def find(self, asked: str) -> Place:
        """Where the place `asked` is. Raises `WeatherError`."""
        if known := open_meteo.coordinates(asked):
            return known
        query = open_meteo.place_query(asked)
        content = await self._web.get(self._servers.places, query, "place")
        return open_meteo.place_of(asked, content)

    def _just_failed(self, asked: str, now: datetime) -> WoosterError | None:
        """Why it failed a moment ago; a briefing that reaches nobody is composed again and again,
        and asks nobody each time."""
        if self._failed is None:
            return None
        what, when, problem = self._failed
        return problem if what == asked and timedelta(0) <= now - when < _TRIED else None

    async def _fetch(
        self, asked: str, kept: Forecast | None, now: datetime
    ) -> Forecast | WoosterError:
        """A new one, or why there is none."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                place = kept.place if kept is not None else await self.find(asked)
                query = open_meteo.forecast_query(place, self._units)
                content = await self._web.get(self._servers.forecasts, query, "forecast")
            found = open_meteo.forecast_of(place, self._units, now, content)
        except TimeoutError:
            problem: WoosterError = WeatherError(
                f"{self.host} gives no answer within {PATIENCE_S:g} s", hint="Try again later."
            )
        except (WeatherError, StorageError) as error:
            problem = error
        else:
            self._failed = None
            await asyncio.to_thread(keeping.keep, self._cache, found)
            return found
        self._failed = asked, now, problem
        return problem
