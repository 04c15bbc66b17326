"""What is put into files, where something is there or breaks."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.moving.conftest import Home
from wooster.config.paths import Paths
from wooster.core.errors import HomeError
from wooster.moving import lists

LARGE = b"more than is held at once\n" * 9


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def test_a_large_file_is_put_whole_and_once(
    home: Home, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full in the middle of it nothing is left; the next run puts it, and one
    after a crash before it was noted finds it there."""
    monkeypatch.setattr(lists, "MAX_BYTES", len(LARGE) - 1)
    source, notes = tmp_path / "old" / "notes" / "film.mov", paths.home / "notes"
    await asyncio.to_thread(source.parent.mkdir, parents=True)
    await asyncio.to_thread(source.write_bytes, LARGE)
    there = await asyncio.to_thread(lambda: notes.exists() and names(notes)) or []

    def full(_: Any, to: Any) -> None:
        to.write(LARGE[:9])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "copyfileobj", full)
        with pytest.raises(HomeError, match="No space left"):
            await home.moves(source.parent.parent)
    assert await asyncio.to_thread(names, notes) == there
    assert (await home.moves(source.parent.parent)).data["things"] == {"file": 1}
    await home.made.database.write(lambda c: c.execute("DELETE FROM import_items"))
    assert (await home.moves(source.parent.parent)).data["things"] == {}
    assert await asyncio.to_thread(names, notes) == sorted([*there, "film.mov"])
    assert await asyncio.to_thread((notes / "film.mov").read_bytes) == LARGE


async def test_a_secret_is_kept_only_where_a_setting_names_it(
    home: Home, paths: Paths, tmp_path: Path
) -> None:
    """Of a server whose key the person has set here, that one stays, and the old one is kept
    nowhere."""
    mine = {"routing": {"providers": {"mlx-box": {"apiKey": "file:mine"}}}}
    box = tmp_path / "box" / "config" / "settings.toml"

    def prepare() -> None:
        (paths.config / "local-model.json").write_text(json.dumps(mine))
        box.parent.mkdir(parents=True)
        box.write_text(
            '[server]\nhost = "0.0.0.0"\napi_key = "planted"\n'
            "[services.fast]\nport = 8081\nmodel = 'Qwen'\n"
        )

    await asyncio.to_thread(prepare)
    assert (await home.moves(box.parent.parent)).data["things"]["setting"]
    own = json.loads(await asyncio.to_thread((paths.config / "local-model.json").read_text))
    assert own["routing"]["providers"]["mlx-box"]["apiKey"] == "file:mine"
    assert own["routing"]["providers"]["mlx-box"]["serverUrl"]
    assert await asyncio.to_thread(lambda: list(paths.credentials.glob("import-*"))) == []


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        (".env", "ROUTING_FAST_URL=http://ana:PLANTED@[box]\n", "has a user or a password in it"),
        (".env", "ROUTING_FAST_URL=ana:PLANTED@127.0.0.1:9\n", "has a user or a password in it"),
        (
            "settings.toml",
            '[server]\nhost = "ana:PLANTED@box"\n[services.fast]\nmodel = "Qwen"\n',
            "config/local-model.json: routing.providers.mlx-box.serverUrl is ",
        ),
    ],
)
async def test_a_password_in_an_address_is_told_and_kept_nowhere(
    home: Home, paths: Paths, tmp_path: Path, name: str, text: str, why: str
) -> None:
    """Wooster speaks to no server in that way, and says so without it; where what would be set is
    wrong, the file is named that is there."""
    old = tmp_path / "old"
    (old / "config").mkdir(parents=True)
    (old / "config" / name if name == "settings.toml" else old / name).write_text(text)
    told = str(await home.moves(old))
    assert why in told and "…@" in told
    assert "PLANTED" not in told
    await home.made.database.empty_log()
    files = await asyncio.to_thread(lambda: [p for p in paths.home.rglob("*") if p.is_file()])
    assert paths.database in files
    holding = [each for each in files if b"PLANTED" in await asyncio.to_thread(each.read_bytes)]
    assert holding == []
