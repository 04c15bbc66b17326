"""The weather, put together from settings, its cache and what leads out of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from wooster.actions.action import Action
from wooster.config.paths import LOCAL_MODEL, Paths
from wooster.config.writing import set_keys
from wooster.schedule.phrases import Context
from wooster.weather import actions as weather_actions
from wooster.weather.service import Servers, Weather
from wooster.weather.web import Web

if TYPE_CHECKING:
    from wooster.bootstrap.ground import Ground


class Foretelling:
    """That of one home."""

    def __init__(self, ground: Ground, context: Callable[[], Context]) -> None:
        chosen = ground.settings.weather
        self.weather = Weather(
            Web(ground.client, ground.gate),
            ground.paths.cache / "weather.json",
            ground.clock,
            Servers(chosen.server, chosen.geocoder),
            chosen.units,
        )
        self.weather.place = chosen.place
        self.actions: list[Action[Any]] = weather_actions.actions(
            self.weather, ground.clock, context, partial(_save, ground.paths)
        )


async def _save(paths: Paths, place: str | None) -> str:
    path = paths.config / LOCAL_MODEL
    await asyncio.to_thread(set_keys, path, {("weather", "place"): place})
    return str(path)
