"""When habits and goals ask for themselves, and questions that are put to a model at a time."""

from __future__ import annotations

import asyncio

import pytest

from tests.briefing.conftest import Home
from tests.schedule.conftest import Time
from wooster.actions.registry import Registry
from wooster.bootstrap.prompting import Prompting
from wooster.briefing.ports import Phrased
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.errors import UsageError
from wooster.reminders import setting
from wooster.reminders.setting import Reminders
from wooster.schedule.phrases import Context
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


class Model:
    """Says this, or why it says nothing."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def say(self, prompt: str, max_tokens: int) -> Phrased:
        if self.text:
            return Phrased(f"{prompt} {self.text}", "starter")
        return Phrased("", "", "no server answers")


async def test_a_question_is_put_at_its_time_with_and_without_a_model(
    database: Database,
) -> None:
    """The answer with the model's name; where none answers, the question itself, on time."""
    time = Time(database)
    reminders = Reminders(time.schedule, time.clock, lambda: Context(time.clock.local()))
    registry = Registry()
    registry.fill(setting.actions(reminders))

    async def says(line: str) -> str:
        parsed = await registry.parse(line)
        assert parsed is not None
        return (await registry.run(*parsed)).text

    told = await says("schedule ask every Monday at 8:30: which book: red or blue?")
    assert told.startswith(
        "It will be asked: **1** which book: red or blue?: Mon 30 Nov 08:30, then every Monday"
    )
    time.at("2026-11-30T08:30")
    (due,) = await time.engine.tick()
    answered = await Prompting(Model("Blue.")).compose(due)
    assert answered.title == "You asked: which book: red or blue?"
    assert answered.text == "which book: red or blue? Blue.\n(starter)"
    plain = await Prompting(Model("")).compose(due)
    assert plain.text == "which book: red or blue?\n(no model answered: no server answers)"
    assert await says("cancel 1") == "Cancelled: which book: red or blue?."
    with pytest.raises(UsageError, match="Say when"):
        await says("schedule ask which book?")
