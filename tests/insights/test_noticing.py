"""New patterns: looked for once a week through the real schedule, and told as new once."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.insights.conftest import BERLIN, Person
from tests.schedule.conftest import Post, Still
from wooster.bootstrap.noticing import Noticing
from wooster.bootstrap.time import Words
from wooster.briefing.model import Edition, Moment
from wooster.schedule.carrying import Parcel, Undelivered
from wooster.schedule.engine import Engine
from wooster.schedule.model import Due


class Telling(Post):
    """A carrier that has what goes out composed."""

    noticing: Noticing

    async def compose(self, due: Due) -> Parcel | None:
        words = await self.noticing.compose(due)
        if words is None:
            return None
        return Parcel(str(due.occurrence.id), words.title, words.text, due)


async def others(due: Due) -> Words | None:
    raise Undelivered(f"nothing here does {due.job.text!r}", is_final=True)


def noticing(person: Person, *, is_on: bool = True) -> Noticing:
    home = person.home
    return Noticing(home.schedule, person.clock, home.insights, others, is_on)


async def told(person: Person, edition: Edition, day: str) -> str:
    now = datetime.fromisoformat(f"{day}T21:00").replace(tzinfo=BERLIN)
    return await noticing(person).told(edition, Moment(now, date.fromisoformat(day), BERLIN))


async def test_new_patterns_are_found_on_mondays_and_told_once(person: Person) -> None:
    """The job says nothing by itself; the briefing of that Monday and the review of that week tell
    what is new, those of the next week don't; what was dismissed isn't told at all."""
    await person.does_mondays("water the plants")
    await noticing(person).begin()
    await noticing(person).begin()
    (job,) = await person.home.schedule.jobs(kinds=("maintenance",))
    person.at("2026-11-30T05:00")
    post = Telling()
    post.noticing = noticing(person)
    engine = Engine(person.database, person.clock, post, Still())
    for due in await engine.tick():
        await engine.hand_over(due)
    assert post.sent == []
    (came,) = await person.home.schedule.newest(9)
    assert (came.job.id, came.occurrence.state) == (job.id, "skipped")
    new = await told(person, "morning", "2026-11-30")
    assert "- You mostly do **water the plants** on Mondays: 12 of 12 days." in new
    assert new == await told(person, "week", "2026-12-06")
    assert await told(person, "morning", "2026-12-01") == ""
    person.at("2026-12-07T07:00")
    assert await told(person, "morning", "2026-12-07") == ""
    assert await told(person, "week", "2026-12-13") == ""
    evenings = {await told(person, "day", f"2026-12-0{n}") for n in (7, 8, 9)}
    assert len(evenings) == 2  # one each, in turn
    for each in (await person.types("insights")).data["insights"]:
        await person.says(f"insights dismiss {each['number']}")
    assert await told(person, "day", "2026-12-07") == ""


@pytest.mark.parametrize("ends", ["off", "cancelled"])
async def test_the_job_goes_where_patterns_are_switched_off(person: Person, ends: str) -> None:
    """And comes back with them; one that the person cancelled doesn't."""
    await noticing(person).begin()
    (job,) = await person.home.schedule.jobs(kinds=("maintenance",))
    if ends == "off":
        await noticing(person, is_on=False).begin()
    else:
        await person.home.schedule.end(job.id)
    assert await person.home.schedule.jobs(kinds=("maintenance",)) == []
    await noticing(person).begin()
    there = await person.home.schedule.jobs(kinds=("maintenance",))
    assert [each.id for each in there] == ([job.id] if ends == "off" else [])
