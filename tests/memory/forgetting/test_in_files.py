"""Taking words out of the files of a home, while it lives."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.calendars.test_forgetting import END, HEAD, event
from tests.memory.forgetting.home import Home
from wooster.bootstrap.forgetting import clearable
from wooster.calendars import blocks
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.errors import HomeError
from wooster.memory.forgetting.elsewhere import Elsewhere
from wooster.memory.forgetting.service import Forgetting
from wooster.memory.forgetting.sweeping import Files
from wooster.memory.forgetting.wording import Wording, all_of
from wooster.tasks.folder import Folder

_LUNCH = event("UID:1", "DTSTART:20261201T120000", "SUMMARY:Lunch with Müller")
_TEA = event("UID:2", "DTSTART:20261202T120000", "SUMMARY:Tea at the Café")


def _words(said: str) -> Wording:
    words = all_of(said)
    assert words is not None
    return words


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_calendar_in_any_writing_is_cleared(paths: Paths, code: str) -> None:
    """It is read as calendars read it, so that what is forgotten doesn't come back when it is read
    anew; one that doesn't say it stays byte for byte."""
    folder = paths.home / "calendars"
    folder.mkdir()
    says, other = folder / "mine.ics", folder / "other.ics"
    says.write_bytes(f"{HEAD}{_LUNCH}{_TEA}{END}".encode(code))
    other.write_bytes(f"{HEAD}{_TEA}{END}".encode(code))
    before = other.read_bytes()
    elsewhere = clearable(paths, load_settings(paths, {}))
    assert list(elsewhere.clear_texts([_words("Müller")])) == [says]
    assert blocks.decoded(says.read_bytes()) == f"{HEAD}{_TEA}{END}"
    assert other.read_bytes() == before


def test_a_task_that_comes_while_its_list_is_cleared_is_there(tmp_path: Path) -> None:
    """A list that says nothing but what is forgotten goes; not where a task was put in since it was
    read."""
    path = tmp_path / "inbox.md"
    path.write_text("- [ ] call Anna\n")
    words, late = _words("Anna"), ["- [ ] buy milk\n"]

    class Slow(Wording):
        def stands_in(self, *texts: str) -> bool:
            if late:
                with path.open("a") as file:
                    file.write(late.pop())
            return words.stands_in(*texts)

    slow = Slow(words.patterns, words.query)
    assert list(Elsewhere(texts=lambda: [path]).clear_texts([slow])) == [path]
    assert path.read_text() == "- [ ] buy milk\n"
    path.write_text("- [ ] call Anna\n")
    assert list(Elsewhere(texts=lambda: [path]).clear_texts([slow])) == [path]
    assert not path.exists()


async def test_what_can_be_reached_is_forgotten_where_the_folder_of_tasks_cannot(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk that was unplugged, say: conversations go, and what wasn't reached is told."""
    await home.say("Anna lives in Rome")
    await home.say("I like figs")
    settings = await asyncio.to_thread(load_settings, home.paths, {})
    elsewhere = clearable(home.paths, settings)
    files = Files(home.paths.line_history, home.paths.logs)
    search = home.search
    forgetting = Forgetting(
        home.database, home.clock, files, search.changed, search.purge, replace(elsewhere, rooms=())
    )

    def unplugged(_: Folder) -> None:
        raise HomeError("/disk/tasks can't be opened: Input/output error.", hint="Plug it in.")

    monkeypatch.setattr(Folder, "locked", unplugged)
    done = await forgetting.forget("everywhere Anna", lambda _: None)
    assert await home.questions() == ["I like figs"]
    assert "/disk/tasks can't be opened: Input/output error" in done.problem
    assert not await home.rows("SELECT 1 FROM facts WHERE statement LIKE '%Anna%'")
