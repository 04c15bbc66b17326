"""The next step told unasked: through the real schedule, at its time, once a day, and off unless
the settings say when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import time

import pytest

from tests.insights.conftest import Person
from tests.schedule.conftest import Post, Still
from wooster.bootstrap.suggesting import Suggesting
from wooster.bootstrap.time import Words
from wooster.schedule.carrying import Parcel
from wooster.schedule.engine import Engine
from wooster.schedule.model import Due, Job, Times
from wooster.schedule.planning import QuietHours


class Telling(Post):
    """A carrier that has what goes out composed."""

    composer: Callable[[Due], Awaitable[Words | None]]

    async def compose(self, due: Due) -> Parcel | None:
        words = await self.composer(due)
        return (
            None if words is None else Parcel(str(due.occurrence.id), words.title, words.text, due)
        )


async def telling(person: Person, at: str | None, quiet: QuietHours | None = None) -> Telling:
    """The job set up as the settings have it."""
    home = person.home
    suggesting = Suggesting(home.schedule, person.clock, home.areas, at, quiet)
    await suggesting.set_up()
    post = Telling()
    post.composer = suggesting.compose
    return post


async def look(person: Person, post: Telling) -> list[str]:
    """What goes out now."""
    before = len(post.sent)
    engine = Engine(person.database, person.clock, post, Still(), None, lambda _: None)
    for due in await engine.tick():
        await engine.hand_over(due)
    return [text for _, text in post.sent[before:]]


async def test_one_step_a_day_at_its_time(person: Person) -> None:
    """And none on a day on which the person asked for it."""
    post = await telling(person, "10:00")
    assert await look(person, post) == []
    person.at("2026-11-27T10:00")
    (told,) = await look(person, post)
    assert told.startswith("There is nothing yet for Health & Fitness.")
    person.at("2026-11-27T21:00")
    assert await look(person, post) == []
    person.at("2026-11-28T09:00")
    await person.types("areas next")
    person.at("2026-11-28T10:00")
    assert await look(person, post) == []


async def test_a_channel_that_fails_gets_the_same_step(person: Person) -> None:
    """Composing it again loses nothing, though it was counted as suggested."""
    post = await telling(person, "10:00")
    post.fails = {"screen": 1}
    person.at("2026-11-27T10:00")
    assert await look(person, post) == []
    person.at("2026-11-27T10:05")
    assert len(await look(person, post)) == 1


async def test_it_goes_with_the_settings(person: Person) -> None:
    """One job at another time, none without a time; set up again, nothing changes."""
    schedule = person.home.schedule
    await telling(person, "10:00")
    (first,) = await schedule.jobs(kinds=("maintenance",))
    await telling(person, "10:00")
    assert await schedule.jobs(kinds=("maintenance",)) == [first]
    await telling(person, "11:30")
    (second,) = await schedule.jobs(kinds=("maintenance",))
    assert second.times.start is not None and second.times.start.time() == time(11, 30)
    await telling(person, None)
    assert await schedule.jobs(kinds=("maintenance",)) == []


async def test_quiet_hours_hold_without_the_schedule_too(person: Person) -> None:
    """A time inside them tells nothing."""
    post = await telling(person, "06:00", QuietHours(time(22), time(7)))
    person.at("2026-11-27T06:00")
    assert await look(person, post) == []


@pytest.mark.parametrize("payload", [{}, {"does": "laundry"}])
async def test_other_work_is_not_taken_for_it(person: Person, payload: dict[str, str]) -> None:
    """A job of the same kind that somebody else made is said to fail."""
    post = await telling(person, "10:00")
    times = Times(at=person.clock.now())
    job = Job(0, "maintenance", "fold", times, person.clock.now(), payload=payload)
    await person.home.schedule.add(job)
    assert await look(person, post) == []
    (due,) = await person.home.schedule.newest(1)
    assert due.occurrence.state == "failed" and "nothing here does 'fold'" in due.occurrence.error
