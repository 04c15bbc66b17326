"""What a person can do: ask for the weather, and say where."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Annotated, Any, Final

from pydantic import Field

from wooster.actions.action import Action, Parameters
from wooster.core.clock import Clock
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean, escaped
from wooster.schedule.phrases import Context, read
from wooster.weather import showing
from wooster.weather.service import Weather
from wooster.wire.requests import ActionResult

Save = Callable[[str | None], Awaitable[str]]
"""Writes the place into the person's settings, and says in which file."""

_OFF: Final = ("none", "off", "nowhere")
_NEXT: Final = 3
_ASKS = Pattern(
    r"(?:(?:what['’]?s|what is|what will|how['’]?s|how is|how will) the weather"
    r"(?: be)?(?: like)?(?: going to be)?"
    r"|(?:will|is) it (?:going to )?(?:rain|snow|be (?:cold|warm|hot|sunny|windy))"
    r"|(?:do i need|should i take|will i need) an umbrella|how (?:warm|cold|hot|windy) will it be"
    r"|what['’]?s the (?:forecast|temperature)|(?:show|give|tell) me the (?:weather|forecast))"
    r"(?P<day> .{1,60}?)?\s*[?.!]*",
    re.IGNORECASE,
)


class Asked(Parameters):
    """A day or days in words, as "tomorrow" or "this week"; without it the next three days."""

    day: Annotated[str, Field(max_length=100)] = ""


class Where(Parameters):
    """A town, as "Springfield, Illinois"; or "52.52, 13.41"; or "none" for asking no more."""

    place: Annotated[str, Field(max_length=100)]


def actions(
    weather: Weather, clock: Clock, context: Callable[[], Context], save: Save
) -> list[Action[Any]]:
    return [_weather(weather, clock, context), _place(weather, save)]


def _weather(weather: Weather, clock: Clock, context: Callable[[], Context]) -> Action[Asked]:
    async def handle(given: Asked) -> ActionResult:
        now = context()
        days = await asyncio.to_thread(_days, given.day, now)
        found = await weather.forecast()
        told = showing.lines(found, days, now.today)
        if not told:
            last = found.days[-1].day if found.days else now.today
            raise UsageError(f"Nothing is foretold for then; it ends on {last:%A} {last.day}.")
        old = showing.age(found, clock.now(), clock.zone)
        note = f"\n\n*{escaped(old)}*" if old else ""
        data = {
            "place": found.place.name,
            "fetched": found.fetched.isoformat(),
            "problem": found.problem,
            "days": [_data(found.on(day)) for day in days if found.on(day)],
        }
        return ActionResult(f"**{escaped(found.place.name)}**\n\n{told}{note}", data)

    async def fits(words: str) -> bool:
        return not words.strip(" ?.!") or await asyncio.to_thread(_is_days, words, context())

    async def reads(line: str) -> dict[str, Any] | None:
        found = _ASKS.fullmatch(" ".join(line.split()))
        if found is None:
            return None
        day = (found["day"] or "").strip()
        return (
            {"day": day} if not day or await asyncio.to_thread(_is_days, day, context()) else None
        )

    return Action(
        name="weather",
        help="tells the weather of the next days, once you said where",
        effect="read",
        outside=True,
        parameters=Asked,
        phrases=("weather DAY", "weather tomorrow"),
        handler=handle,
        rest="day",
        fits=fits,
        reads=reads,
        examples=(
            "what's the weather like tomorrow?",
            "will it rain today?",
            "do I need an umbrella tomorrow?",
            "how's the weather on Sunday?",
            "is it going to be cold at the weekend?",
        ),
    )


def _place(weather: Weather, save: Save) -> Action[Where]:
    async def asks(given: Where) -> str:
        if _is_off(given.place):
            return "Ask nobody for the weather any more?"
        place = clean(given.place)
        return f"Ask {weather.host} for the weather of {place}, each time that it is told to you?"

    async def handle(given: Where) -> ActionResult:
        if _is_off(given.place):
            weather.place = None
            path = await save(None)
            return ActionResult(f"From now on nobody is asked; {escaped(path)} says so.", {})
        asked = clean(given.place)
        found = await weather.find(asked)
        path = await save(asked)
        weather.place = asked
        return ActionResult(
            f"The weather of {escaped(found.name)} is in the briefing from now on, and `weather` "
            f"tells it; it stands in {escaped(path)}. `egress` lists each question.",
            {"name": found.name, "latitude": found.latitude, "longitude": found.longitude},
        )

    return Action(
        name="weather_place",
        help="says of which place the weather is asked, or `none`",
        effect="outward",
        by_model=False,
        parameters=Where,
        phrases=("weather place PLACE",),
        handler=handle,
        rest="place",
        asks=asks,
    )


def _is_off(place: str) -> bool:
    return clean(place).casefold() in _OFF


def _days(words: str, context: Context) -> list[date]:
    """Those that are meant. Raises `UsageError`."""
    words = words.strip(" ?.!")
    if not words:
        return [context.today + timedelta(days=n) for n in range(_NEXT)]
    when = read(words, context)
    if when is None or when.day is None or when.rule:
        raise UsageError(f"“{words}” is no day that I can read.", hint="As: weather tomorrow")
    last = min(when.until_day or when.day, when.day + timedelta(days=31))
    return [when.day + timedelta(days=n) for n in range((last - when.day).days + 1)]


def _is_days(words: str, context: Context) -> bool:
    when = read(words.strip(" ?.!"), context)
    return when is not None and when.day is not None and not when.rule


def _data(day: Any) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "sky": showing.sky(day),
        "low": day.low,
        "high": day.high,
        "rain_percent": day.rain_percent,
        "gusts": day.gusts,
    }
