"""The weather, asked of a server that speaks as Open-Meteo does, and as a briefing has it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import httpx
import pytest

from tests.briefing.conftest import BERLIN, Home
from tests.peer import address_beyond_loopback
from tests.weather import open_meteo
from wooster.actions.action import nobody_listens
from wooster.actions.registry import Registry
from wooster.briefing.sources.weather import WeatherItems
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.errors import NotConfirmed, UsageError
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate, Rules
from wooster.models.month import Month
from wooster.models.outlet import make_client
from wooster.storage import Database
from wooster.weather import actions, service
from wooster.weather.model import WeatherError
from wooster.weather.service import Servers, Weather
from wooster.weather.web import Web


@dataclass
class Sky:
    """A home that may ask for the weather, and the server that it asks."""

    home: Home
    peer: open_meteo.OpenMeteo
    weather: Weather
    ledger: EgressLedger
    saved: list[str | None]

    def restarts(self) -> None:
        """What is only remembered is gone; the cache is there."""
        self.weather._failed = None

    async def brief(self) -> str:
        return await self.home.says("brief me")

    async def agrees(self, line: str) -> str:
        """Typed, and answered with yes."""
        parsed = await self.home.registry.parse(line)
        assert parsed is not None
        call = self.home.registry.prepare(*parsed)
        return (await call.run(nobody_listens)).text

    async def left(self) -> list[tuple[str, str, str]]:
        rows = await self.ledger.rows(Month(2026, 11), 100)
        return [(row.entry.provider, row.entry.model, row.state) for row in reversed(rows)]


@pytest.fixture
def peer() -> Iterator[open_meteo.OpenMeteo]:
    """On an address that is as good as another machine's to the gate."""
    if not (host := address_beyond_loopback()):
        pytest.skip("this machine has no address but loopback")
    with open_meteo.running(host) as started:
        yield started


@pytest.fixture
async def sky(paths: Paths, database: Database, peer: open_meteo.OpenMeteo) -> AsyncIterator[Sky]:
    settings = await asyncio.to_thread(load_settings, paths, {})
    home = Home(paths, settings, database)
    home.at("2026-11-26T07:00")
    ledger = EgressLedger(database, home.clock)
    host = httpx.URL(peer.url).host
    gate = Gate(ledger, Rules(frozenset(), frozenset({host}), None, local_only=True))
    made = await asyncio.to_thread(make_client, gate)

    async def client() -> httpx.AsyncClient:
        return made

    cache = paths.cache / "weather.json"
    weather = Weather(Web(client, gate), cache, home.clock, Servers(peer.url, peer.url))
    saved: list[str | None] = []

    async def save(place: str | None) -> str:
        saved.append(place)
        return "local-model.json"

    home.briefing.weather = WeatherItems(weather, home.clock)
    home.registry = Registry()
    home.registry.fill([*home.living.actions, *home.briefing.actions])
    home.registry.fill(actions.actions(weather, home.clock, home.living.context, save))
    yield Sky(home, peer, weather, ledger, saved)
    await made.aclose()


async def test_without_a_place_nobody_is_asked(sky: Sky) -> None:
    """It is off until somebody says where: nothing in the briefing, nothing in the ledger."""
    assert "Weather" not in await sky.brief()
    assert (sky.peer.asked, await sky.left()) == ([], [])


async def test_it_is_fetched_once_and_told(sky: Sky) -> None:
    """The place is found once, to a kilometre; each question is in the ledger; what is fresh isn't
    asked for again, and after that only the forecast is."""
    sky.weather.place = "springfield, Illinois"
    told = await sky.brief()
    assert "- Springfield: light rain  *0 to 8 °C · 60 % chance of rain*" in told
    await sky.brief()
    assert [path for path, _ in sky.peer.asked] == ["/v1/search", "/v1/forecast"]
    asked = sky.peer.asked[1][1]
    assert (asked["latitude"], asked["longitude"]) == ("39.80", "-89.64")
    answered = [("weather", "place", "answered"), ("weather", "forecast", "answered")]
    assert await sky.left() == answered
    sky.home.clock.advance(4 * 3600)
    await sky.brief()
    assert await sky.left() == [*answered, ("weather", "forecast", "answered")]


async def test_offline_the_last_one_is_told_with_its_age(sky: Sky) -> None:
    """A failure is said in the briefing, with when what is told was fetched; a moment later nobody
    is asked again."""
    sky.weather.place = "Berlin"
    sky.home.at("2026-11-25T21:05")
    await sky.brief()
    sky.home.at("2026-11-26T07:00")
    sky.peer.answer = "503"
    host = httpx.URL(sky.peer.url).host
    told = await sky.brief()
    age = f"as of Wednesday 25 November 21:05, because {host} answered 503"
    assert f"- Berlin: light rain  *0 to 8 °C · 60 % chance of rain · {age}*" in told
    before = len(sky.peer.asked)
    assert "as of Wednesday" in await sky.brief()
    assert len(sky.peer.asked) == before
    sky.restarts()
    sky.peer.answer = "well"
    assert "as of" not in await sky.brief()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("hang", "gives no answer within 0.2 s"),
        ("429", "answered 429"),
        ('{"daily": {"time": ["2026-11-26"]}}', "is no answer of Open-Meteo's"),
        ("<html>", "is no answer of Open-Meteo's"),
    ],
)
async def test_a_server_that_fails_is_one_line(
    sky: Sky, answer: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing kept, the briefing says why there is none, holds all else, and goes out."""
    monkeypatch.setattr(service, "PATIENCE_S", 0.2)
    sky.weather.place, sky.peer.answer = "52.52, 13.41", answer
    await sky.home.types("add task call Ana due today")
    told = await sky.brief()
    assert "call Ana" in told
    assert "*Weather: could not be read: " in told
    assert reason in told


async def test_a_cache_that_is_damaged_is_fetched_anew(sky: Sky) -> None:
    """It is a cache, and nothing more; one of another place isn't told either."""
    sky.weather.place = "Berlin"
    await sky.brief()
    cache = sky.home.paths.cache / "weather.json"
    await asyncio.to_thread(cache.write_text, "{")
    assert "Berlin: light rain" in await sky.brief()
    sky.weather.place = "Springfield"
    assert "Springfield: light rain" in await sky.brief()


async def test_a_person_says_where_and_asks(sky: Sky) -> None:
    """The place is looked for when it is said, so that a wrong one is said at once; then days are
    told as they are asked for, and "none" ends it."""
    says = sky.home.says
    with pytest.raises(NotConfirmed, match=f"Ask {sky.weather.host} for the weather of Atlantis"):
        await says("/weather place Atlantis")
    assert sky.peer.asked == []
    with pytest.raises(WeatherError, match="knows no place 'Atlantis'"):
        await sky.agrees("/weather place Atlantis")
    placed = await sky.agrees("/weather place Springfield")
    assert "The weather of Springfield, Missouri, United States is in the briefing" in placed
    told = await says("weather")
    assert "- **today** light rain · 0 to 8 °C · 60 % chance of rain" in told
    assert "- **tomorrow** clear · -1 to 7 °C\n" in told
    assert "Saturday 28** thunderstorms · -2 to 6 °C · 80 % chance of rain · gusts up to 72" in told
    assert "Sunday 29** -3 to 5 °C" in await says("weather on Sunday")
    with pytest.raises(UsageError, match="it ends on Wednesday 2"):
        await says("weather next Saturday")
    assert "nobody" in await sky.agrees("/weather place none")
    assert sky.saved == ["Springfield", None]
    assert "Weather" not in await sky.brief()


async def test_a_review_has_tomorrows_and_a_dry_run_its_day(sky: Sky) -> None:
    """As of Saturday morning it is Saturday's that is told; beyond what is foretold, none."""
    sky.weather.place = "Berlin"
    assert "thunderstorms" in await sky.home.says('brief --at "Sat 07:00"')
    assert "Weather" not in await sky.home.says('brief --at "20 December 07:00"')
    assert "Berlin: clear" in await sky.home.says("review day")
    found = await sky.weather.forecast()
    assert found.on(date(2026, 11, 26)) is not None
    assert sky.home.clock.now() - found.fetched < timedelta(hours=1)
    assert found.fetched.astimezone(BERLIN).hour == 7
