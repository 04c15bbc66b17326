"""Pulling a model: resumed, checked, and whole or not there at all. The hub is a real server."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests import hub as fake
from tests.hub import REPOSITORY, WEIGHTS
from tests.process import free_port
from wooster.core.clock import ManualClock
from wooster.core.errors import HubError, ModelDamaged, NotFound
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate, Rules
from wooster.models.hub import Hub
from wooster.models.hub_listing import is_repository, needed
from wooster.storage import Database
from wooster.wire.events import Progress

NO_RULES = Rules(frozenset(), frozenset(), None, local_only=True)
FETCHED = {
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "chat_template.jinja",
    "1_Pooling/config.json",
}


@asynccontextmanager
async def hub_at(url: str, database: Database, clock: ManualClock) -> AsyncIterator[Hub]:
    """A hub that waits for nothing between its attempts."""
    async with httpx.AsyncClient(trust_env=False) as client:

        async def get() -> httpx.AsyncClient:
            return client

        async def at_once(_: float) -> None:
            return None

        yield Hub(url, get, Gate(EgressLedger(database, clock), NO_RULES), at_once)


async def pull(
    url: str, paths_models: Path, database: Database, clock: ManualClock
) -> tuple[Path, list[Progress]]:
    told: list[Progress] = []
    async with hub_at(url, database, clock) as hub:
        return await hub.pull(REPOSITORY, paths_models, told.append), told


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


async def test_what_a_model_needs_is_fetched_and_nothing_that_carries_code(
    tmp_path: Path, database: Database, clock: ManualClock
) -> None:
    """Weights, settings, tokenizer and template; no Python, no pickle, no other form."""
    with fake.running(fake.Hub()) as there:
        folder, told = await pull(there.url, tmp_path, database, clock)
        assert folder == tmp_path / "mlx-community--Tiny-4bit"
        assert names(folder) == FETCHED
        assert (folder / "model.safetensors").read_bytes() == WEIGHTS
        assert told[-1].done == told[-1].total > len(WEIGHTS)
        assert list(tmp_path.iterdir()) == [folder]
        asked = len(there.asked)
        assert (await pull(there.url, tmp_path, database, clock))[0] == folder
        assert len(there.asked) == asked  # it is here: nobody is asked


async def test_a_pull_goes_on_where_it_broke_off(
    tmp_path: Path, database: Database, clock: ManualClock
) -> None:
    """Within one pull by itself; only what is missing is asked for."""
    with fake.running(fake.Hub(breaks_at=[300_000, 300_000])) as there:
        folder, _ = await pull(there.url, tmp_path, database, clock)
        ranges = [told for path, told in there.asked if path.endswith("model.safetensors")]
        assert ranges == ["", "bytes=300000-", "bytes=600000-"]
        assert (folder / "model.safetensors").read_bytes() == WEIGHTS


async def test_a_pull_that_was_stopped_goes_on_at_the_next(
    tmp_path: Path, database: Database, clock: ManualClock
) -> None:
    """Ctrl-C, or the daemon ended: the part is kept, and there is no model until it is whole."""
    held = threading.Event()
    with fake.running(fake.Hub(breaks_at=[300_000], holds=held)) as there:
        came = asyncio.Event()
        async with hub_at(there.url, database, clock) as hub, asyncio.TaskGroup() as tasks:

            def tell(progress: Progress) -> None:
                if progress.done > 200_000:
                    came.set()

            work = tasks.create_task(hub.pull(REPOSITORY, tmp_path, tell))
            async with asyncio.timeout(20):
                await came.wait()
            work.cancel()
        held.set()
        assert not (tmp_path / "mlx-community--Tiny-4bit").exists()
        folder, _ = await pull(there.url, tmp_path, database, clock)
        assert (folder / "model.safetensors").read_bytes() == WEIGHTS
        assert len([path for path in there.paths() if path.endswith("tokenizer.json")]) == 1


async def test_a_server_that_ignores_ranges_sends_it_all_again(
    tmp_path: Path, database: Database, clock: ManualClock
) -> None:
    """The file is begun anew rather than written twice."""
    with fake.running(fake.Hub(breaks_at=[300_000], takes_ranges=False)) as there:
        folder, _ = await pull(there.url, tmp_path, database, clock)
        assert (folder / "model.safetensors").read_bytes() == WEIGHTS


async def test_redirects_are_followed_each_with_its_own_permit(
    tmp_path: Path, database: Database, clock: ManualClock
) -> None:
    """Hubs keep large files elsewhere."""
    with fake.running(fake.Hub(redirects=True)) as there:
        folder, _ = await pull(there.url, tmp_path, database, clock)
        assert names(folder) == FETCHED


async def test_a_damaged_file_is_removed_and_said(
    tmp_path: Path, database: Database, clock: ManualClock
) -> None:
    """The checksum is the hub's; the next pull fetches that file anew."""
    with fake.running(fake.Hub(lies=True)) as there:
        with pytest.raises(ModelDamaged, match=r"model\.safetensors came damaged"):
            await pull(there.url, tmp_path, database, clock)
        assert not list(tmp_path.rglob("model.safetensors*"))
        there.lies = False
        folder, _ = await pull(there.url, tmp_path, database, clock)
        assert (folder / "model.safetensors").read_bytes() == WEIGHTS


async def test_no_hub_is_one_clear_line_with_the_starter_models(
    tmp_path: Path, database: Database, clock: ManualClock
) -> None:
    """What was tried, what to do, and exit code 69."""
    with pytest.raises(HubError) as caught:
        await pull(f"http://127.0.0.1:{free_port()}", tmp_path, database, clock)
    error = caught.value
    assert "can't be reached: http://127.0.0.1" in error.message
    assert "smollm2-135m-instruct" in error.hint and error.exit_code == 69


async def test_a_hub_away_is_written_down_before_it_is_asked(
    tmp_path: Path, database: Database, clock: ManualClock
) -> None:
    """Also where it can't be reached; plain HTTP to another machine isn't even tried."""
    with pytest.raises(HubError):
        await pull("https://hub.invalid", tmp_path, database, clock)

    def rows(connection: object) -> list[tuple[str, ...]]:
        query = "SELECT provider, host, model, purpose FROM egress"
        return [tuple(row) for row in connection.execute(query)]  # type: ignore[attr-defined]

    assert await database.read(rows) == [("hub", "hub.invalid", REPOSITORY, "pull")]
    with pytest.raises(HubError, match="without encryption"):
        await pull("http://hub.invalid", tmp_path, database, clock)


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (404, NotFound, "has no mlx-community/Tiny-4bit"),
        (401, HubError, "doesn't give mlx-community/Tiny-4bit to just anybody"),
        (503, HubError, "HTTP status 503"),
    ],
)
async def test_refusals_say_what_to_do(
    tmp_path: Path,
    database: Database,
    clock: ManualClock,
    status: int,
    kind: type[HubError | NotFound],
    told: str,
) -> None:
    """A name that isn't there, one behind a licence, a hub in trouble."""
    with fake.running(fake.Hub(status=status)) as there, pytest.raises(kind) as caught:
        await pull(there.url, tmp_path, database, clock)
    assert told in str(caught.value) and caught.value.hint


async def test_too_small_a_disk_is_said_before_anything_is_fetched(
    tmp_path: Path, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what is missing and what is free."""
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with (
        fake.running(fake.Hub()) as there,
        pytest.raises(HubError, match=r"1\.0 GB are free") as caught,
    ):
        await pull(there.url, tmp_path, database, clock)
    assert "models remove" in caught.value.hint and len(there.asked) == 1


@pytest.mark.parametrize(
    "path",
    [
        "../config.json",
        "/etc/passwd.json",
        "a/../../b.json",
        ".hidden.json",
        "a\\b.json",
        "x/y/z.json",
    ],
)
def test_names_that_could_leave_the_folder_are_never_taken(path: str) -> None:
    """Whatever a hub says."""
    listing = [*fake.Hub().listing(), {"type": "file", "path": path, "size": 1, "oid": "0" * 40}]
    assert {file.path for file in needed(listing, REPOSITORY)} == FETCHED


def test_a_repository_without_safetensors_is_no_model_for_us() -> None:
    """GGUF, pickles and data sets are told apart before anything is fetched."""
    with pytest.raises(HubError, match="holds no model that can run here"):
        needed([{"type": "file", "path": "config.json", "size": 1, "oid": "0"}], REPOSITORY)
    with pytest.raises(HubError, match="can't be read"):
        needed([{"type": "file"}], REPOSITORY)


@pytest.mark.parametrize("name", ["a", "a/b/c", "../b", "a/..", "a b/c", "-a/b", "a/b?c"])
def test_what_is_not_a_repository(name: str) -> None:
    """It becomes part of an address, so only plain names pass."""
    assert not is_repository(name)
