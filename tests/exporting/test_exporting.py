"""Everything as files: the person's own as they are, each for what it is."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from wooster.calendars import store
from wooster.calendars.model import Object
from wooster.core.clock import ManualClock
from wooster.exporting.service import Exporting
from wooster.health.log_file import NAME
from wooster.memory.overview.service import Overview
from wooster.storage import Database
from wooster.storage.bundle import Owned
from wooster.tasks.folder import Folder
from wooster.vectors.model import Coverage


async def _embedded(_: str) -> Coverage:
    return Coverage(passages=0, waiting=0)


def _exporting(
    database: Database, clock: ManualClock, home: Path, owned: Sequence[Owned] = ()
) -> Exporting:
    overview = Overview(database, clock, _embedded)
    return Exporting(database, clock, lambda: overview, lambda: owned, Folder(home / "gtd"))


async def test_a_note_that_is_called_as_the_health_log_is_a_note(
    database: Database, clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is copied, and the entries are those of the log; a file that went meanwhile is noted."""
    log, note = tmp_path / NAME, tmp_path / "notes" / NAME
    await asyncio.to_thread(note.parent.mkdir)
    await asyncio.to_thread(log.write_text, "2026-11-22 08:00:00  slept well\n", "utf-8")
    await asyncio.to_thread(note.write_text, "2026-01-01 08:00:00  another\n", "utf-8")
    owned = [
        Owned(f"health/{NAME}", log),
        Owned(f"notes/{NAME}", note),
        Owned("notes/gone.md", note.with_name("gone.md")),
    ]
    exporting = _exporting(database, clock, tmp_path, owned)
    caplog.set_level(logging.INFO, "wooster.exporting")
    written = await exporting.export(str(tmp_path / "mine"), lambda _, __: None)
    told = await asyncio.to_thread((written.folder / "json" / "health.json").read_text, "utf-8")
    assert [each["text"] for each in json.loads(told)] == ["slept well"]
    assert (written.counts["health entries"], written.counts["files"]) == (1, 2)
    copied = await asyncio.to_thread((written.folder / "notes" / NAME).read_text, "utf-8")
    assert copied == "2026-01-01 08:00:00  another\n"
    assert [each.message for each in caplog.records] == ["export.gone_meanwhile"]


_TASKS = {
    "inbox.md": "- a plain line\n",
    "next_actions.md": "- [ ] call Ana @phone +flat due:2026-12-01\n  - her new number\n"
    "- [x] old one (Completed: 2026-11-01)\n",
    "waiting_for.md": "- [ ] the key - waiting for Bob\n",
    "projects/flat/flat.md": "# Journal: Flat\n\n## Tasks\n\n- [ ] paint it\n",
    "archive/nextActions/nextaction_2026-11-20T10-00-00.000Z_swim.md": "---\nSourceFile: x\n---\n\n"
    "- [x] swim (Completed: 2026-11-20)\n",
}


async def test_tasks_are_there_as_data(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """Of each list and project what is to be done, with what is noted below it; then what was done,
    the newest first."""

    def write() -> None:
        for name, text in _TASKS.items():
            (tmp_path / "gtd" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "gtd" / name).write_text(text, "utf-8")

    await asyncio.to_thread(write)
    exporting = _exporting(database, clock, tmp_path)
    written = await exporting.export(str(tmp_path / "mine"), lambda _, __: None)
    told = json.loads(await asyncio.to_thread((written.folder / "json/tasks.json").read_text))
    assert [(each["file"], each["text"], each["day"]) for each in told if each["done"]] == [
        ("archive/nextActions/nextaction_2026-11-20T10-00-00.000Z_swim.md", "swim", "2026-11-20"),
        ("next_actions.md", "old one", "2026-11-01"),
    ]
    open_ones = [each for each in told if not each["done"]]
    assert [each["text"] for each in open_ones][0::3] == ["a plain line", "paint it"]
    call = open_ones[1]
    assert (call["contexts"], call["project"], call["due"]) == (["@phone"], "flat", "2026-12-01")
    assert call["notes"].strip() == "- her new number"
    assert open_ones[2]["file"] == "waiting_for.md"
    assert written.counts["tasks"] == 4


async def test_calendars_are_there_as_they_were_read_and_as_data(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """A timed event on the person's clock, a whole day as its date; none of a removed calendar."""

    def put(connection: sqlite3.Connection) -> None:
        for number, removed in ((1, None), (2, 5)):
            connection.execute(
                "INSERT INTO calendar_sources (id, kind, name, place, added_ms, removed_ms)"
                " VALUES (?, 'file', ?, ?, 1, ?)",
                (number, f"Home {number}", f"/tmp/{number}.ics", removed),
            )
            times = [("day", 0, 86_400_000), ("timed", 3_600_000, 7_200_000)]
            rows = [
                dict(_ROW, kind=kind, starts_ms=starts, ends_ms=ends)
                for kind, starts, ends in times
            ]
            store.put_object(connection, number, Object("a", "", "BEGIN:VCALENDAR\n"), rows)

    await database.write(put)
    exporting = _exporting(database, clock, tmp_path)
    written = await exporting.export(str(tmp_path / "mine"), lambda _, __: None)
    told = await asyncio.to_thread((written.folder / "json/calendars.json").read_text, "utf-8")
    begins = [(each["calendar"], each["begins"], each["ends"]) for each in json.loads(told)]
    assert begins == [
        ("Home 1", "1970-01-01", "1970-01-02"),
        ("Home 1", "1970-01-01T01:00:00+00:00", "1970-01-01T02:00:00+00:00"),
    ]
    found = await asyncio.to_thread(lambda: list((written.folder / "calendars").iterdir()))
    assert [each.name for each in found] == ["Home 1.ics"] and written.counts["calendars"] == 1


_ROW = {
    **{"uid": "u", "original": "", "repeats": 0, "zone": "", "summary": "swim"},
    **{"location": "", "status": "confirmed", "is_free": 0},
}
