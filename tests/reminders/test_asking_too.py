"""The list of reminders, with when habits and goals ask for themselves."""

from __future__ import annotations

import asyncio

from tests.briefing.conftest import Home
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.storage import Database


async def test_habits_and_goals_are_listed_beside(paths: Paths, database: Database) -> None:
    """The next one first, with how often; not among those with some words, and not once they are
    off."""
    home = Home(paths, await asyncio.to_thread(load_settings, paths, {}), database)
    await home.types("remind me to call Ana tomorrow at 5pm")
    await home.types("add habit run daily", "edit habit run: remind at 18:00")
    await home.types("add goal weigh 70 kg from 80 kg by June")
    await home.types("/goals remind weigh every Sunday at 18:00")
    told = await home.types("reminders")
    first, _, asking = told.text.partition("\n\nHabits and goals ask for themselves:\n\n")
    assert first == "- **1** call Ana: tomorrow 17:00"
    assert asking.splitlines()[0] == "- run: tomorrow 18:00, every day at 18:00 *(habit)*"
    assert asking.splitlines()[1].endswith("Sun 29 Nov 18:00, every Sunday at 18:00 *(goal)*")
    assert [each["kind"] for each in told.data["asking"]] == ["habit", "goal"]
    assert "run" not in await home.says("reminders Ana")
    await home.types("/goals remind weigh off")
    assert "(goal)" not in await home.says("reminders all")
