"""Which tools tell what others wrote: found by having them tell it, in a whole daemon."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from blockbuster import BlockBuster

from tests.bootstrap.test_undo import opened, runs
from wooster.actions.registry import Registry
from wooster.config.paths import Paths
from wooster.core.errors import WoosterError

NO_TOOLS = {
    *("models_pull", "models_use", "models_remove", "library_add", "library_remove"),
    *("backup", "backup_list", "export", "memory_export", "import", "import_undo", "doctor"),
    *("calendars_add", "weather_place", "egress_allow", "notify_allow", "notify_test"),
    *("undo", "redo", "log"),
}
ASKED, TOLD = "zquuxberry", "yeldrin"
WEEKS = 30


def lay_out(home: Path, now: datetime) -> Path:
    """A note, and a calendar with an event now and on the same weekday of the weeks before."""
    notes = home / "notes"
    notes.mkdir()
    text = f"# {ASKED} {TOLD}\n\nPlant the {ASKED}. #{TOLD}\n"
    (notes / f"{ASKED} {TOLD}.md").write_text(text)
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{week}\r\nSUMMARY:gym {ASKED} {TOLD}\r\nDTSTAMP:20260101T000000Z\r\n"
        f"DTSTART:{at:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
        for week in range(WEEKS)
        for at in [now - timedelta(weeks=week)]
    )
    calendar = home / "others.ics"
    calendar.write_text(
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\n{events}END:VCALENDAR\r\n"
    )
    return calendar


async def tells(registry: Registry, name: str, schema: dict[str, Any]) -> bool:
    """Whether it tells a word of theirs that it wasn't asked for."""
    texts = [key for key, of in schema.get("properties", {}).items() if of.get("type") == "string"]
    for given in ({}, *({key: word} for key in texts for word in (ASKED, "1", "health"))):
        try:
            result = await runs(registry, name, given)
        except WoosterError:
            continue
        if TOLD in result.text:
            return True
    return False


async def test_a_tool_that_tells_what_others_wrote_is_known_as_one(
    paths: Paths, empty_database: Path, never_blocks: BlockBuster
) -> None:
    """Each look that a model may take and that shows a document's or a calendar's words says so:
    after it the person is asked before a change."""
    now = datetime.now(UTC).replace(hour=12, minute=0, second=0)
    calendar = await asyncio.to_thread(lay_out, paths.home, now)
    async with opened(paths, empty_database, never_blocks) as made:
        registry = made.services.registry
        await runs(registry, "calendars_add", {"what": str(calendar)})
        await made.searching.library.wait_until_settled()
        looks = [each for each in registry.actions if each.effect == "read" and each.by_model]
        never_blocks.deactivate()
        schemas = {each.name: each.parameters.model_json_schema() for each in looks}
        never_blocks.activate()
        told = {each.name for each in looks if await tells(registry, each.name, schemas[each.name])}
        assert told >= {"agenda", "areas", "brief", "insights", "insights_why", "open", "search"}
        assert {each.name for each in looks if each.name in told and not each.outside} == set()
        tools = {each.name for each in registry.actions if each.by_model}
        there = {each.name for each in registry.actions}
        assert there >= NO_TOOLS and tools & NO_TOOLS == set()
