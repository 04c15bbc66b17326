"""Sessions that become months and years, in a real database."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wooster.core.ids import new_id
from wooster.memory.episodes import consolidation, store
from wooster.memory.episodes.model import Episode, Span, Told
from wooster.memory.store import add_session
from wooster.storage import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def add(
    connection: sqlite3.Connection, at: datetime, summary: str, *, private: bool = False
) -> int:
    """An episode of a session of its own; no turns are needed for it."""
    session = new_id(at)
    add_session(connection, session, at, "repl")
    span = Span("session", at, at, session, 1, 1, private)
    return store.add(connection, span, Told(summary, topics=("things",)), "rules")


async def consolidate(database: Database, most: int = 10_000, now: datetime = NOW) -> int:
    steps = 0
    while await database.write(lambda c: consolidation.step(c, most, now, UTC)):
        steps += 1
    return steps


async def found(database: Database) -> list[Episode]:
    return await database.read(lambda c: store.recent(c, 1000))


async def test_sessions_long_past_become_their_month_and_stay_as_rows(database: Database) -> None:
    """A month of two or more; a lone session says it by itself, and younger ones stay apart."""
    for at, summary in (
        (datetime(2025, 3, 3, tzinfo=UTC), "You planned the garden."),
        (datetime(2025, 3, 9, tzinfo=UTC), "The garden got a pond."),
        (datetime(2025, 5, 9, tzinfo=UTC), "You asked about taxes."),
        (datetime(2026, 10, 1, tzinfo=UTC), "You baked bread."),
        (datetime(2026, 10, 2, tzinfo=UTC), "You ate bread."),
    ):
        await database.write(partial(add, at=at, summary=summary))
    assert await consolidate(database) == 1
    assert await consolidate(database) == 0
    kinds = [(each.kind, each.summary) for each in await found(database)]
    assert kinds == [
        ("month", "You planned the garden. The garden got a pond."),
        ("session", "You asked about taxes."),
        ("session", "You baked bread."),
        ("session", "You ate bread."),
    ]
    march = await database.read(
        lambda c: store.between(
            c, datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC), 9
        )
    )
    assert [each.summary for each in march] == ["You planned the garden.", "The garden got a pond."]
    words = await database.read(lambda c: store.with_words(c, "pond", 9))
    assert [each.kind for each in words] == ["month"]
    assert await database.read(store.verify) == []


async def test_months_long_past_become_their_year(database: Database) -> None:
    """Of its months and of sessions that stood alone in theirs."""
    for month in (1, 1, 2, 2, 7):
        at = datetime(2021, month, 5, tzinfo=UTC)
        await database.write(partial(add, at=at, summary=f"It was {at:%B}."))
    assert await consolidate(database) == 3
    (year,) = await found(database)
    assert (year.kind, year.began, year.ended) == (
        "year",
        datetime(2021, 1, 1, tzinfo=UTC),
        datetime(2022, 1, 1, tzinfo=UTC),
    )
    parts = await database.read(lambda c: store.parts(c, year.id))
    assert [each.kind for each in parts] == ["month", "month", "session"]
    assert "July" in year.summary
    assert await database.read(store.verify) == []


async def test_too_many_are_taken_in_sooner(database: Database) -> None:
    """Beyond the most that is kept, but never those of this month and the last."""
    for day in range(1, 29):
        for month in (8, 11):
            at = datetime(2026, month, day, tzinfo=UTC)
            await database.write(partial(add, at=at, summary=f"Day {at:%j}."))
    assert await consolidate(database, most=60) == 0
    assert await consolidate(database, most=30) == 1
    kinds = [each.kind for each in await found(database)]
    assert (kinds.count("month"), kinds.count("session")) == (1, 28)


async def test_a_month_of_very_many_is_made_in_steps_that_are_each_whole(
    database: Database,
) -> None:
    """After each step all agrees, so that an interruption leaves nothing half done."""
    at = datetime(2025, 3, 3, tzinfo=UTC)

    def fill(connection: sqlite3.Connection) -> None:
        for minute in range(250):
            add(connection, at + timedelta(minutes=minute), f"Talk number{minute}.")

    await database.write(fill)
    for left in (201, 151, 101, 51, 1):
        assert await database.write(lambda c: consolidation.step(c, 10_000, NOW, UTC))
        assert len(await found(database)) == left
        assert await database.read(store.verify) == []
    assert not await database.write(lambda c: consolidation.step(c, 10_000, NOW, UTC))


async def test_what_comes_late_joins_the_month_that_is_there(database: Database) -> None:
    """A conversation that is taken in years afterwards, too."""
    at = datetime(2025, 3, 3, tzinfo=UTC)
    for summary in ("You planned the garden.", "The garden got a pond."):
        await database.write(partial(add, at=at, summary=summary))
    await consolidate(database)
    await database.write(lambda c: add(c, at, "Frogs moved into the pond."))
    assert await consolidate(database) == 1
    (month,) = await found(database)
    assert "Frogs" in month.summary


@pytest.mark.parametrize("year", [2025, 2021])
async def test_what_is_forgotten_is_gone_from_its_month_and_year(
    database: Database, year: int
) -> None:
    """They are told anew from what is left, and with nothing left they are gone too."""
    at = datetime(year, 3, 3, tzinfo=UTC)
    secret = await database.write(lambda c: add(c, at, "The code is 4711.", private=True))
    other = await database.write(lambda c: add(c, at, "The weather is fine."))
    third = await database.write(lambda c: add(c, at + timedelta(days=60), "Spring came."))
    await consolidate(database)
    assert any("4711" in each.summary and each.is_private for each in await found(database))
    await database.write(lambda c: consolidation.forget(c, [secret]))
    assert not any("4711" in each.summary or each.is_private for each in await found(database))
    assert await database.read(store.verify) == []
    await database.write(lambda c: consolidation.forget(c, [other, third]))
    assert await found(database) == []
    left = await database.read(lambda c: c.execute("SELECT count(*) FROM passages").fetchone())
    assert left[0] == 0


async def test_parts_of_a_month_that_is_removed_are_found_again(database: Database) -> None:
    """Nothing is lost to recall when only the summary goes."""
    at = datetime(2025, 3, 3, tzinfo=UTC)
    for summary in ("You planned the garden.", "The garden got a pond."):
        await database.write(partial(add, at=at, summary=summary))
    await consolidate(database)
    (month,) = await found(database)
    assert await database.write(lambda c: store.remove(c, [month.id])) == set()
    assert len(await found(database)) == 2
    assert await database.read(store.verify) == []


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.integers(0, 3000), max_size=25),
    st.lists(st.integers(0, 4000), min_size=1, max_size=4),
    st.integers(1, 12),
)
def test_whenever_it_is_done_it_is_done_once(
    empty_schema: sqlite3.Connection, days_ago: list[int], looks: list[int], most: int
) -> None:
    """Whatever the clock says at each look: all that is derived agrees, every session is found by
    itself or in exactly one chain of longer ones, and a second look changes nothing."""
    connection = empty_schema
    connection.execute("BEGIN")
    try:
        for number, ago in enumerate(days_ago):
            add(connection, NOW - timedelta(days=ago), f"Talk number{number} on it.")
        for look in looks:
            now = NOW - timedelta(days=2000 - look)
            while consolidation.step(connection, most, now, UTC):
                assert store.verify(connection) == []
            assert not consolidation.step(connection, most, now, UTC)
        rows = connection.execute("SELECT count(*) FROM episodes WHERE kind = 'session'").fetchone()
        assert rows[0] == len(days_ago)
    finally:
        connection.execute("ROLLBACK")
