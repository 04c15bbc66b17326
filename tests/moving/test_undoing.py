"""Taking back what was moved in, where not all of it can be."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from tests.moving.conftest import Home
from wooster.config.paths import Paths
from wooster.core.errors import NotFound


async def test_what_cannot_be_taken_back_is_told_and_tried_again(
    home: Home, old: Path, paths: Paths
) -> None:
    """Settings that can't be read and a file that can't be removed hinder nothing else, and stay
    noted: when both are mended, the same taking back takes them. What is gone may be moved in again
    before that, and only that."""
    own, kept = paths.config / "local-model.json", paths.home / "calendars"
    first = await home.moves(old)
    (calendar,) = await asyncio.to_thread(lambda: list(kept.glob("*.ics")))
    settings = await asyncio.to_thread(own.read_text)

    def spoil() -> None:
        own.write_text("{")
        calendar.unlink()
        (calendar / "in the way").mkdir(parents=True)

    await asyncio.to_thread(spoil)
    number = first.data["import"]
    result = await home.moves_back(number)
    problems = "\n".join(result.data["problems"])
    assert "a setting couldn't be taken back" in problems and "can't be read" in problems
    assert "a calendar couldn't be taken back" in problems
    assert result.text.count("couldn't be taken back") == 2 and "(10 times)" in result.text
    assert f"`wooster import --undo {number}` tries again." in result.text
    assert not (await home.rows())["facts"] and not (await home.rows())["turns"]
    assert f"**{number}**" in await home.says("/import")
    assert "taken back" not in await home.says("/import")

    def mend() -> None:
        own.write_text(settings)
        (calendar / "in the way").rmdir()
        calendar.rmdir()

    await asyncio.to_thread(mend)
    again = await home.moves(old)
    both = Counter(again.data["things"]) + Counter({"calendar": 1, "setting": 10})
    assert both == first.data["things"]
    assert (await home.moves_back(again.data["import"])).data["problems"] == []
    assert (await home.moves_back(number)).data["problems"] == []
    assert not own.exists() or json.loads(await asyncio.to_thread(own.read_text)) == {}
    assert await asyncio.to_thread(lambda: list(paths.credentials.glob("import-*"))) == []
    assert not (await home.rows())["import_items"]


async def test_two_takings_back_at_once_take_back_two_imports(home: Home, tmp_path: Path) -> None:
    """Each the last that is left, and a third finds none."""

    def cards() -> list[Path]:
        found = [tmp_path / "ana.vcf", tmp_path / "bob.vcf"]
        for each in found:
            each.write_text(f"BEGIN:VCARD\nFN:{each.stem}\nTEL:1\nEND:VCARD\n")
        return found

    for each in await asyncio.to_thread(cards):
        await home.moves(each)
    both = await asyncio.gather(home.moves_back(0), home.moves_back(0))
    assert [each.data["import"] for each in both] == [2, 1]
    assert [each.data["things"] for each in both] == [1, 1]
    with pytest.raises(NotFound):
        await home.moves_back(0)


async def test_what_was_used_in_place_is_so_again_when_it_is_done_again(
    home: Home, old: Path, paths: Paths
) -> None:
    """`redo` of such an import copies no list, project or note."""
    await home.moves(old, in_place=True)
    await home.types("undo")
    await home.types("redo")
    assert not await asyncio.to_thread((paths.home / "gtd").exists)
    own = json.loads(await asyncio.to_thread((paths.config / "local-model.json").read_text))
    assert own["tasks"]["folder"] == str(old / "gtd")
    assert (await home.moves(old, in_place=True)).data["things"] == {}
