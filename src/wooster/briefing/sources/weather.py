"""The weather of the day, and of the next, where the person said of which place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wooster.briefing.model import Item, Moment, item
from wooster.core.clock import Clock
from wooster.core.text import clip
from wooster.weather import showing
from wooster.weather.service import Weather

_LONGEST = 120


class WeatherItems:
    """Told with its age where it couldn't be fetched anew."""

    def __init__(self, weather: Weather, clock: Clock) -> None:
        self._weather, self._clock = weather, clock

    async def today(self, moment: Moment) -> Sequence[Item]:
        return await self._of(moment.day)

    async def tomorrow(self, moment: Moment) -> Sequence[Item]:
        return await self._of(moment.tomorrow)

    async def _of(self, day: date) -> Sequence[Item]:
        if self._weather.place is None:
            return ()
        found = await self._weather.forecast()
        told = found.on(day)
        if told is None:
            return ()
        age = clip(showing.age(found, self._clock.now(), self._clock.zone), _LONGEST)
        name = f"{found.place.short}: {showing.sky(told) or 'weather'}"
        return [item(f"weather:{day}", name, *showing.facts(told, found.units), age)]
