"""The health log as it is typed: what is answered, what stands in the file, what is taken back."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from wooster.actions.action import Nothing
from wooster.actions.registry import Registry
from wooster.core.clock import ManualClock
from wooster.core.errors import HomeError, NotFound, UsageError
from wooster.health import kinds
from wooster.health.actions import actions
from wooster.health.log_file import LogFile
from wooster.health.service import HealthLog
from wooster.wire.requests import ActionResult

Nothing.model_rebuild()
BERLIN = ZoneInfo("Europe/Berlin")


class Person:
    """Somebody who logs, and edits the file by hand."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(datetime(2026, 11, 26, 20, 30, 5, tzinfo=BERLIN), BERLIN)
        self.path = folder / "health" / "health_events.log.md"
        self.registry = Registry()
        self.actions = {e.name: e for e in actions(HealthLog(folder / "health", self.clock))}
        for action in self.actions.values():
            self.registry.add(action)

    async def types(self, line: str) -> ActionResult:
        parsed = await self.registry.parse(line)
        assert parsed is not None
        return await self.registry.run(*parsed)

    async def undoes(self, result: ActionResult) -> ActionResult:
        assert result.undo is not None
        name, arguments = result.undo
        return await self.registry.run(name, json.loads(json.dumps(arguments)))

    async def file(self) -> bytes:
        return await asyncio.to_thread(self.path.read_bytes)

    async def edits(self, data: bytes) -> None:
        def write() -> None:
            self.path.parent.mkdir(exist_ok=True)
            self.path.write_bytes(data)

        await asyncio.to_thread(write)


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path)


async def test_an_entry_is_logged_in_the_originals_format(person: Person) -> None:
    """By the wall clock, with a blank line between entries."""
    logged = await person.types("/health slept 7 hours")
    assert logged.text == "Logged at 20:30:05: slept 7 hours"
    assert logged.data["kind"] == "sleep"
    person.clock.advance(60)
    await person.registry.run("health", {"text": "lunch:\nsoup"})
    assert await person.file() == (
        b"2026-11-26 20:30:05 slept 7 hours\n\n2026-11-26 20:31:05 lunch:\nsoup\n"
    )


async def test_a_report_is_counted_by_kind(person: Person) -> None:
    """Days with the newest first, as in the original; sums and means where there are measures."""
    await person.edits(
        b"2026-11-24 07:00:00 slept 6 hours\n\n2026-11-25 08:00:00 ran 5 km in 30 min\n\n"
        b"2026-11-25 07:00:00 slept 8 h\n\n2026-11-01 09:00:00 headache\n\n"
        b"2026-11-26 08:00:00 ran 7 km\n"
    )
    week = await person.types("/health report week")
    assert week.text.splitlines() == [
        "# Personal Health Log",
        "",
        "4 entries from 2026-11-20 to 2026-11-26: 2 sleep, 2 exercise.",
        "",
        "- sleep: 7 h on average of 2, 8 h last",
        "- exercise: 12 km in 2 entries; 30 min",
        "",
        "## 2026-11-26",
        "",
        "- 08:00:00 ran 7 km",
        "",
        "## 2026-11-25",
        "",
        "- 07:00:00 slept 8 h",
        "- 08:00:00 ran 5 km in 30 min",
        "",
        "## 2026-11-24",
        "",
        "- 07:00:00 slept 6 hours",
    ]
    assert (await person.types("/health report month")).data["kinds"]["symptom"] == 1
    assert (await person.types("/health")).data["count"] == 1
    assert (await person.types("/health report yesterday")).data["count"] == 2
    assert (await person.types("/health report all")).data["count"] == 5
    with pytest.raises(UsageError, match="no stretch"):
        await person.types("/health report sometimes")


async def test_nothing_logged_is_said(person: Person) -> None:
    """And no file is made by looking."""
    assert (await person.types("/health report")).text == (
        "Nothing was logged today. `health slept 7 hours` logs something."
    )
    assert not person.path.parent.exists()


@pytest.mark.parametrize(
    "before", [b"", b"# head\r\n\r\n2026-11-25 07:00:00 ran\r\n", b"\xff\xfe not text", b"x\n\n\n"]
)
async def test_an_entry_is_taken_back_and_logged_again(person: Person, before: bytes) -> None:
    """To the same bytes, twice over, whatever stood there."""
    await person.edits(before)
    done = await person.types("/health walked 3 km")
    changed = await person.file()
    assert changed.startswith(before) and changed != before
    undone = await person.undoes(done)
    assert await person.file() == before
    redone = await person.undoes(undone)
    assert await person.file() == changed
    await person.undoes(redone)
    assert await person.file() == before


async def test_an_entry_in_the_middle_is_removed_and_put_back(person: Person) -> None:
    """By its words, the date and the time, or as the last."""
    before = b"2026-11-24 07:00:00 one\n\n2026-11-25 08:00:00 two\n\n2026-11-26 09:00:00 three\n"
    await person.edits(before)
    removed = await person.types("/health remove two")
    assert removed.text == "Removed from 2026-11-25 08:00:00: two"
    assert await person.file() == before.replace(b"2026-11-25 08:00:00 two\n\n", b"")
    await person.undoes(removed)
    assert await person.file() == before
    assert (await person.types("/health remove last")).data["text"] == "three"
    with pytest.raises(UsageError, match="stands in 2 entries"):
        await person.types("/health remove 2026")
    with pytest.raises(NotFound):
        await person.types("/health remove four")


async def test_an_undo_finds_an_entry_that_has_moved(person: Person) -> None:
    """Where the file was edited meanwhile; a changed entry is left alone."""
    done = await person.types("/health walked 3 km")
    await person.edits(b"# a head\n\n" + await person.file() + b"\n2026-11-27 08:00:00 ran\n")
    undone = await person.undoes(done)
    assert await person.file() == b"# a head\n\n\n2026-11-27 08:00:00 ran\n"
    await person.edits(b"2026-11-27 08:00:00 ran\n")
    await person.undoes(undone)
    assert (await person.file()).endswith(b"ran\n\n2026-11-26 20:30:05 walked 3 km\n")
    await person.edits(b"2026-11-26 20:30:05 walked 4 km\n")
    with pytest.raises(NotFound, match="changed in the file"):
        await person.undoes(done)


async def test_entries_at_the_same_time_are_all_kept(person: Person) -> None:
    """Each append is made from what stands there then."""
    await asyncio.gather(*(person.types(f"/health ran {n} km") for n in range(1, 21)))
    assert (await person.types("/health report")).data["count"] == 20


async def test_whoever_edits_meanwhile_loses_nothing(person: Person) -> None:
    """The change is made again from what stands there now."""
    await person.edits(b"2026-11-24 07:00:00 one\n")
    seen: list[bytes] = []

    def change(data: bytes) -> tuple[bytes, None]:
        if not seen:
            person.path.write_bytes(data + b"by hand\n")
        seen.append(data)
        return data + b"ours\n", None

    await asyncio.to_thread(LogFile(person.path.parent).change, change)
    assert await person.file() == b"2026-11-24 07:00:00 one\nby hand\nours\n"
    assert len(seen) == 2


async def test_a_write_that_fails_changes_nothing(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves the log as it was, and nothing beside it."""
    await person.types("/health ran 5 km")
    before = await person.file()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HomeError, match="No space left"):
        await person.types("/health ran 6 km")
    assert await person.file() == before
    left = await asyncio.to_thread(os.listdir, person.path.parent)
    assert left == [person.path.name]


async def test_a_log_that_cannot_be_read_is_said(person: Person) -> None:
    """With its path, and nothing is written elsewhere."""
    await asyncio.to_thread(person.path.mkdir, parents=True)
    with pytest.raises(HomeError, match="health_events"):
        await person.types("/health ran")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("slept 7 hours", "sleep"),
        ("Headache since noon", "symptom"),
        ("took 2 ibuprofen for my headache", "medicine"),
        ("weight 84.2 kg", "weight"),
        ("blood pressure 120/80", "measurement"),
        ("ran 5 km", "exercise"),
        ("drank 2 l of water", "drink"),
        ("pizza for dinner", "food"),
        ("dentist at 3", "care"),
        ("felt calm", "mood"),
        ("something else", "other"),
        ("Brandenburg", "other"),
    ],
)
def test_kinds_are_told_by_whole_words(text: str, kind: str) -> None:
    """ "ran" isn't in "Brandenburg"."""
    assert kinds.kind(text) == kind


async def test_a_line_without_a_slash_fits_where_it_is_an_entry(person: Person) -> None:
    """ "health insurance" is a matter of talk; a report is asked for in plain words, too."""
    fits = person.actions["health"].fits
    assert fits is not None
    for words in ("slept 7 hours", "ran 5 km", "headache since noon", ""):
        assert await fits(words), words
    for words in ("insurance in Germany is complicated", "is wealth", "is my headache bad?"):
        assert not await fits(words), words
    for line, action in (
        ("health slept 7 hours", "health"),
        ("health: anything at all is logged", "health_log"),
        ("log health ran 5 km", "health_log"),
        ("health report week", "health_report"),
        ("health", "health"),
        ("health remove last", "health_remove"),
        ("health is wealth", None),
        ("health report on the NHS, please, in 200 words", None),
    ):
        found = await person.registry.parse(line)
        assert (found[0] if found else None) == action, line
    reads = person.actions["health_report"].reads
    assert reads is not None
    assert await reads("show my health log") == {"days": ""}
    told = await reads("what did I log about my health this week?")
    assert told == {"days": "this week"}
    assert (await person.registry.run("health_report", told or {})).data["first"] == "2026-11-20"
    assert await reads("what did I say about my health insurance?") is None
