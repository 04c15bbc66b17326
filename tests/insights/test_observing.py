"""What patterns are looked for in: check-ins, conversations and calendars, as they really are."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime, timedelta

from tests.insights.conftest import BERLIN, Person
from wooster.bootstrap.observing import Observing, Seen
from wooster.calendars.service import Calendars
from wooster.core.clock import to_ms
from wooster.insights import checks
from wooster.insights.model import Subject

SINCE = date(2025, 11, 26)


async def subjects(person: Person) -> dict[str, Subject]:
    """By their keys, with calendars."""
    home = person.home
    calendars = Calendars(person.database, person.clock)
    seen = Seen(person.database, person.clock, home.days, home.tasks.lists, calendars, True, True)
    return {each.key: each for each in await Observing(seen).subjects(SINCE)}


async def talked(person: Person, day: str, topics: list[str], *, is_private: bool = False) -> None:
    """A conversation on a day, summed up."""
    at = to_ms(datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=BERLIN))

    def write(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT INTO sessions (id, client, started_ms) VALUES (?, 'repl', ?)", (day, at)
        )
        connection.execute(
            "INSERT INTO episodes (kind, session_id, first_seq, last_seq, began_ms, ended_ms,"
            " summary, topics, made_by, is_private)"
            " VALUES ('session', ?, 1, 1, ?, ?, 'You talked.', ?, 'rules', ?)",
            (day, at, at, json.dumps(topics), is_private),
        )

    await person.database.write(write)


async def test_what_is_filled_in_later_has_no_time(person: Person) -> None:
    """Only a check-in of its own day tells when it was done."""
    await person.types("add habit read daily")
    await person.types("check in read")
    await person.types("check in read yesterday")
    found = (await subjects(person))["habit 1"]
    times = {event.day: event.at for event in found.events}
    assert times[date(2026, 11, 25)] is None
    assert times[date(2026, 11, 26)] == datetime.fromisoformat("2026-11-26T20:30")


async def test_a_habits_breaks_are_not_asked_for(person: Person) -> None:
    """Days that were skipped can't break its streak."""
    await person.types("add habit read daily")
    person.at("2026-12-01T10:00")
    await person.types("skip read yesterday")
    asked = (await subjects(person))["habit 1"].asked
    assert asked == tuple(date(2026, 11, 26) + timedelta(days=n) for n in range(4))


async def test_topics_are_of_conversations(person: Person) -> None:
    """Private ones are left out, and one that has a project is known to be kept."""
    await talked(person, "2026-11-01", ["garden", "Lisbon"])
    await talked(person, "2026-11-02", ["gardens", "divorce"], is_private=True)
    await talked(person, "2026-11-03", ["Garden"])
    await person.types("/projects new Lisbon trip")
    found = await subjects(person)
    assert [event.day.day for event in found["topic garden"].events] == [1, 3]
    assert "topic divorce" not in found
    assert (found["topic lisbon"].is_kept, found["topic garden"].is_kept) == (True, False)


async def test_a_topic_that_comes_back_becomes_a_project(person: Person) -> None:
    """From conversations to a project's folder, and back."""
    for n in range(40):
        day = f"{date(2026, 10, 1) + timedelta(days=n)}"
        await talked(person, day, ["beekeeping"] if n % 3 == 0 else [f"topic{n}", f"other{n}"])
    found = await person.types("insights")
    assert "You keep coming back to **beekeeping**: on 14 of 40 days" in found.text
    number = found.data["insights"][0]["number"]
    done = await person.types(f"insights accept {number}")
    assert done.text.startswith("Accepted: a project “Beekeeping”.")
    assert "Beekeeping" in await person.says("projects")
    await person.undoes(done)
    assert "Beekeeping" not in await person.says("projects")
    assert (await person.types("insights")).data["insights"][0]["number"] == number


async def test_what_repeats_in_a_calendar_is_no_pattern(person: Person) -> None:
    """Somebody put it so; what was entered again and again is one."""

    def write(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT INTO calendar_sources (id, kind, name, place, added_ms, first_day, end_day)"
            " VALUES (1, 'file', 'Mine', '/x.ics', 0, '2020-01-01', '2030-01-01')"
        )
        connection.execute(
            "INSERT INTO calendar_objects (id, source_id, href, text) VALUES (1, 1, 'x', '')"
        )
        monday = datetime(2026, 8, 3, 18, tzinfo=BERLIN)
        for week in range(12):
            at = to_ms(monday + timedelta(weeks=week))
            for title, repeats in (("Choir", 1), ("Pool", 0)):
                connection.execute(
                    "INSERT INTO calendar_instances (object_id, uid, repeats, kind, starts_ms,"
                    " ends_ms, summary, status) VALUES (1, ?, ?, 'timed', ?, ?, ?, 'confirmed')",
                    (f"{title}{week}", repeats, at, at + 3_600_000, title),
                )

    await person.database.write(write)
    found = await subjects(person)
    assert found["event choir"].has_days and found["event choir"].has_time
    pool = found["event pool"]
    assert not pool.has_days and len(pool.events) == 12
    assert {event.at.hour for event in pool.events if event.at} == {18}


async def test_verify_names_what_is_wrong(person: Person) -> None:
    """A date that is none, and something in an area that isn't there."""

    def spoil(connection: sqlite3.Connection) -> list[str]:
        connection.execute("INSERT INTO area_members VALUES ('goal', 77, 'home')")
        connection.execute("INSERT INTO area_suggestions VALUES ('soon', 'home', 'none', 0)")
        return checks.verify(connection)

    assert await person.database.write(spoil) == [
        "area_suggestions soon: day 'soon' is no date",
        "area_members: there is no goal 77",
    ]
