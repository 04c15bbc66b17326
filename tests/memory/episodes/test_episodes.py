"""Episodes as a person meets them: lists, follow-ups, where they left off; and the checks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.memory.distilling.talk import A_WHILE_S, distiller, say, settings
from wooster.actions.registry import Registry
from wooster.core.clock import ManualClock
from wooster.core.errors import NotFound, UsageError
from wooster.memory.episodes import leaving, store
from wooster.memory.episodes.actions import actions
from wooster.memory.episodes.leaving import LeftOff
from wooster.memory.episodes.model import Followup
from wooster.memory.episodes.service import Episodes
from wooster.storage import Database


@pytest.fixture
def episodes(database: Database, clock: ManualClock) -> Episodes:
    return Episodes(database, clock, settings().episodic, lambda: None)


@pytest.fixture
def registry(episodes: Episodes, clock: ManualClock) -> Registry:
    made = Registry()
    for action in actions(episodes, clock):
        made.add(action)
    return made


async def run(registry: Registry, line: str) -> str:
    parsed = await registry.parse(line)
    assert parsed is not None
    return (await registry.run(*parsed)).text


async def talk(database: Database, clock: ManualClock) -> None:
    """Two conversations, a week apart, and a while after the second."""
    await say(database, clock, "My tulips are dying. I'll repot them tomorrow.")
    clock.advance(timedelta(days=7).total_seconds())
    await say(database, clock, "I need to renew my passport. I'm really worried about it.")
    clock.advance(A_WHILE_S)
    await distiller(database, clock).catch_up()


async def test_episodes_are_listed_with_what_is_left_to_do(
    database: Database, clock: ManualClock, registry: Registry
) -> None:
    """The newest last, by words, and by time; none is said to be none."""
    assert "No conversation" in await run(registry, "episodes")
    await talk(database, clock)
    told = await run(registry, "episodes")
    assert told.index("2026-11-22") < told.index("2026-11-29")
    assert "to do (1): repot them tomorrow" in told and "not easy" in told
    assert "passport" not in await run(registry, "/episodes tulips")
    assert "“zeppelin”" in await run(registry, "/episodes zeppelin")
    last_week = await run(registry, "/episodes last week")
    assert "tulips" in last_week and "passport" not in last_week
    assert "passport" in await run(registry, "/episodes today")
    assert await run(registry, "/episodes in 2019") == "No conversation of then is summed up."


async def test_a_followup_is_closed_by_its_number(
    database: Database, clock: ManualClock, registry: Registry, episodes: Episodes
) -> None:
    """It leaves the list, can be taken back, and a number that isn't there says where to look."""
    assert "Nothing is left" in await run(registry, "followups")
    await talk(database, clock)
    assert "- 1: repot them tomorrow  (2026-11-22)" in await run(registry, "followups")
    assert await run(registry, "/followups done 1") == "Done: repot them tomorrow"
    assert [each.text for each in await episodes.followups()] == ["renew my passport"]
    assert await run(registry, "/followups open 1") == "Open again: repot them tomorrow"
    assert await run(registry, "/followups drop 2") == "Let go: renew my passport"
    assert [each.id for each in await episodes.followups()] == [1]
    with pytest.raises(NotFound, match="99"):
        await run(registry, "/followups done 99")
    for line in ("/followups done", "/followups done soon"):
        with pytest.raises(UsageError) as told:
            await run(registry, line)
        assert told.value.hint == "`followups` shows their numbers."
    with pytest.raises(UsageError):
        await run(registry, "/followups done 0")


async def test_where_one_left_off(
    database: Database, clock: ManualClock, episodes: Episodes
) -> None:
    """The last session of this client, how it was, and what is open of all sessions."""
    assert await episodes.left_off("repl") is None
    await talk(database, clock)
    await say(database, clock, "piped", client="say")
    left = await episodes.left_off("repl")
    assert left is not None
    assert "passport" in left.summary and left.mood == "negative"
    assert [each.text for each in left.followups] == ["repot them tomorrow", "renew my passport"]
    clock.advance(86_400)
    assert leaving.lines(left, clock.now(), clock.zone) == [
        f"Yesterday, 12:00: {left.summary}",
        "It didn't sound easy for you.",
        "Left to do: repot them tomorrow; renew my passport",
    ]


async def test_what_is_not_distilled_yet_is_told_too(
    database: Database, clock: ManualClock, episodes: Episodes
) -> None:
    """Who comes back after a minute is told of that minute."""
    await talk(database, clock)
    await say(database, clock, "Which bread keeps longest in summer?")
    left = await episodes.left_off("repl")
    assert left is not None
    assert "bread" in left.summary and left.mood == "neutral"


def test_the_lines_are_five_at_most_and_fit(clock: ManualClock) -> None:
    """With everything that there can be; what doesn't fit is counted."""
    todo = tuple(
        Followup(n, 1, n, f"do the thing number {n} " * 9, "open", clock.now()) for n in range(3)
    )
    left = LeftOff("s", clock.now(), "It was long. " * 40, "negative", todo, more=4)
    told = leaving.lines(
        left, clock.now(), None, pending=["send the letter"] * 40, today=["a", "b", "c"]
    )
    assert len(told) == leaving.MOST_LINES
    assert all(len(line) <= 160 and "\n" not in line for line in told)
    assert told[2].endswith("(and 5 more)")
    assert told[3].startswith("Waiting for you: send the letter; ")
    assert told[4] == "Today: a; b; c"
    alone = "which is so, “You were born in Coimbra.” or “You were born in Faro.”? Say it"
    assert leaving.lines(None, clock.now(), None, [alone]) == [f"Waiting for you: {alone}"]
    assert leaving.lines(None, clock.now(), None) == []


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("DELETE FROM passages WHERE collection = 'episodes' AND document = 1", "missing"),
        ("UPDATE episodes SET summary = 'other' WHERE id = 1", "another text"),
        ("UPDATE followups SET text = 'other' WHERE episode_id = 1", "another text"),
        ("UPDATE episodes SET part_of = 2 WHERE id = 1", "is part of a session"),
        ("UPDATE passages SET document = 99 WHERE document = 1 AND collection = 'episodes'", "99"),
    ],
)
async def test_verify_names_what_disagrees(
    database: Database, clock: ManualClock, damage: str, finding: str
) -> None:
    """Each episode against its passage, and each part against its whole."""
    await talk(database, clock)
    assert await database.read(store.verify) == []
    await database.write(lambda c: c.execute(damage))
    assert any(finding in each for each in await database.read(store.verify))
