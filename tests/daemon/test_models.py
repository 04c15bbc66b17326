"""The actions about models: what they say, and what they change."""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass

import httpx
import pytest

from tests import hub as fake
from tests.models.test_handover import serving, spec_of
from tests.models.test_supervisor import supervised
from wooster.actions.action import Report
from wooster.actions.registry import Registry
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.errors import (
    Busy,
    ModelUnavailable,
    NotConfirmed,
    NotFound,
    TooLittleMemory,
    UsageError,
    WoosterError,
)
from wooster.daemon import models
from wooster.daemon.shelf import Shelf, repository_of
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate, Rules
from wooster.models.hub import Hub
from wooster.models.supervisor import Supervisor
from wooster.repl import commands
from wooster.repl.client import Client
from wooster.repl.reader import LineReader
from wooster.repl.shell import columns
from wooster.storage import Database
from wooster.wire.events import Progress
from wooster.wire.requests import ActionRequest, ActionResult

CONFIG = {"model_type": "llama", "num_hidden_layers": 2, "num_attention_heads": 4}
CONFIG["hidden_size"] = 64


@dataclass
class Desk:
    """A registry over one home with a running chat server that has the model `old`."""

    registry: Registry
    supervisor: Supervisor
    paths: Paths
    told: list[Progress]

    async def do(self, line: str) -> ActionResult:
        """Run a typed line; a question is answered with yes."""
        parsed = await self.registry.parse(line)
        assert parsed is not None
        return await self.registry.prepare(*parsed).run(self.told.append)

    def add(self, name: str, **config: object) -> None:
        folder = self.paths.models / name
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps({**CONFIG, **config}))
        (folder / "model.safetensors").write_bytes(bytes(2_000_000))

    @property
    def written(self) -> dict[str, object]:
        path = self.paths.config / "settings.toml"
        return tomllib.loads(path.read_text()) if path.exists() else {}


def nothing_embedded(url: str, report: Report) -> AbstractAsyncContextManager[None]:
    """The switch of an embed server, where nothing is stored."""
    del url, report
    return nullcontext()


@asynccontextmanager
async def desk(
    paths: Paths, database: Database, clock: ManualClock, url: str = "http://127.0.0.1:9"
) -> AsyncIterator[Desk]:
    settings = await asyncio.to_thread(load_settings, paths, {})
    async with httpx.AsyncClient(trust_env=False) as client, supervised(spec_of(paths)) as running:

        async def get() -> httpx.AsyncClient:
            return client

        gate = Gate(EgressLedger(database, clock), Rules.of(settings.routing))
        environ = {"WOOSTER_CHAT__MODEL": "x"}
        shelf = Shelf(paths, settings, running, Hub(url, get, gate), environ, nothing_embedded)
        registry = Registry()
        for action in models.actions(shelf):
            registry.add(action)
        made = Desk(registry, running, paths, [])
        for name in ("old", "new", "fails"):
            made.add(name)
        made.add("sentences", model_type="bert", intermediate_size=64)
        await serving(running, "old")
        yield made


@pytest.fixture
async def at_desk(paths: Paths, database: Database, clock: ManualClock) -> AsyncIterator[Desk]:
    async with desk(paths, database, clock) as made:
        yield made


async def test_what_is_here_and_what_runs(at_desk: Desk) -> None:
    """Size, kind and role of each; the server and its model."""
    result = await at_desk.do("models")
    assert "- **old** chat, 2 MB, in use for chat" in result.text
    assert "- **sentences** embed, 2 MB\n" in result.text
    assert "- **chat server** ready: old." in result.text
    assert [model["name"] for model in result.data["models"]] == [
        "fails",
        "new",
        "old",
        "sentences",
    ]


async def test_using_a_model_switches_and_is_written_down(at_desk: Desk) -> None:
    """Kept for the next start, in the person's own file; what overrides it there is said."""
    result = await at_desk.do("/models use new")
    assert "The chat server has new now" in result.text and "WOOSTER_CHAT__MODEL" in result.text
    assert at_desk.written == {"chat": {"model": "new"}}
    assert at_desk.supervisor.chat().model == "new"
    assert {progress.stage for progress in at_desk.told} == {"switching"}


async def test_a_switch_is_taken_back_to_the_model_before(at_desk: Desk) -> None:
    """And there again; switching to what is used already changes nothing."""
    assert (await at_desk.do("/models use old")).undo is None
    used = await at_desk.do("/models use new")
    assert used.undo == ("models_use", {"name": "old", "role": "chat"})
    back = await at_desk.registry.run(*used.undo)
    assert at_desk.supervisor.chat().model == "old"
    assert at_desk.written == {"chat": {"model": "old"}}
    assert back.undo == ("models_use", {"name": "new", "role": "chat"})


async def test_a_model_that_does_not_load_changes_nothing(at_desk: Desk) -> None:
    """Neither what answers nor what is written."""
    with pytest.raises(ModelUnavailable, match="fails didn't load"):
        await at_desk.do("/models use fails for chat")
    assert at_desk.written == {}
    await serving(at_desk.supervisor, "old")


@pytest.mark.parametrize(
    ("file", "holds", "told"),
    [
        ("config.json", b'{"model_type": "lla', "config.json is no JSON: it is damaged"),
        ("config.json", b"\xff\xfe", "config.json is no JSON"),
        ("config.json", b"[]", "doesn't say what kind of model it is"),
        ("model.safetensors", b"", "no weights"),
        ("model-00001-of-00002.safetensors", b"x", "model-00002-of-00002.safetensors is missing"),
    ],
)
async def test_a_broken_folder_is_refused_before_anything_is_touched(
    at_desk: Desk, file: str, holds: bytes, told: str
) -> None:
    """The file is named, the same process goes on serving, and nothing is written."""
    before = at_desk.supervisor.chat()
    at_desk.add("broken")
    if file != "config.json":
        (at_desk.paths.models / "broken" / "model.safetensors").unlink()
    (at_desk.paths.models / "broken" / file).write_bytes(holds)
    with pytest.raises(ModelUnavailable, match=told) as caught:
        await at_desk.do("/models use broken")
    assert "the present model stays" in caught.value.hint
    assert at_desk.told == [] and at_desk.supervisor.chat() == before
    assert at_desk.written == {}


async def test_a_model_is_used_for_what_it_can(at_desk: Desk) -> None:
    """One that embeds doesn't chat; one that isn't there, or can't fit, is said with what to do."""
    with pytest.raises(UsageError, match="can't be used for chat"):
        await at_desk.do("/models use sentences --for chat")
    with pytest.raises(UsageError):
        await at_desk.do("/models use new for breakfast")
    with pytest.raises(NotFound, match="There is no model 'nothing'"):
        await at_desk.do("/models use nothing")
    at_desk.add("huge")
    folder = at_desk.paths.models / "huge"
    with (folder / "model.safetensors").open("wb") as file:
        file.truncate(10**12)  # a sparse file: it takes no room
    with pytest.raises(TooLittleMemory, match="this machine has"):
        await at_desk.do("/models use huge")
    assert at_desk.supervisor.chat().state == "ready"


async def test_removing_asks_and_never_takes_what_is_in_use(at_desk: Desk) -> None:
    """By name it must be confirmed; the folder is gone then."""
    with pytest.raises(NotConfirmed, match="Delete new from this disk"):
        await at_desk.registry.run("models_remove", {"name": "new"})
    with pytest.raises(Busy, match="in use by the chat server"):
        await at_desk.do("/models remove old")
    assert "2 MB are free again" in (await at_desk.do("/models remove new")).text
    assert not (at_desk.paths.models / "new").exists()


async def test_what_can_not_be_removed_is_said_without_a_question(at_desk: Desk) -> None:
    """A client may read it before it asks a person; nothing is deleted by it."""
    run = at_desk.registry.run
    with pytest.raises(NotFound, match="There is no model 'nothing'"):
        await run("models_removable", {"name": "nothing"})
    with pytest.raises(Busy, match="in use by the chat server"):
        await run("models_removable", {"name": "old"})
    assert "2 MB would be free" in (await run("models_removable", {"name": "new"})).text
    assert (at_desk.paths.models / "new").exists()


@pytest.mark.parametrize("error", [NotFound("There is none."), Busy("It is in use.")])
def test_the_command_checks_before_it_asks(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, error: WoosterError
) -> None:
    """Without a terminal and without --yes too: what is wrong is said, not that nobody agreed."""

    def act(_: Client, name: str, /, **arguments: str) -> ActionResult:
        assert (name, arguments) == ("models_removable", {"name": "it"})
        raise error

    monkeypatch.setattr(commands, "ensure_daemon", lambda *_: None)
    monkeypatch.setattr(Client, "act", act)
    monkeypatch.setattr(LineReader, "confirm", lambda *_: pytest.fail("a person was asked"))
    request = ActionRequest({"name": "it"}, confirmed=True)
    with pytest.raises(type(error)):
        commands.run_work(paths, "models_remove", request, False, "Delete it?")


@pytest.mark.parametrize("screen", [40, 80, 100])
async def test_the_help_of_these_actions_keeps_to_its_columns(at_desk: Desk, screen: int) -> None:
    """No line is wider than the screen, and every meaning begins in the same column."""
    told = {", ".join(item.phrases): item.help for item in at_desk.registry.help()}
    lines = list(columns(told, screen))
    assert max(map(len, lines)) < screen
    if screen == 100:
        begin = lines[0].index("shows")
        assert all(line[begin - 1] == " " and line[begin] != " " for line in lines)
        assert any(line.startswith("  /models use NAME [for ROLE]  switches") for line in lines)


async def test_pulling_says_what_to_do_next(
    paths: Paths, database: Database, clock: ManualClock
) -> None:
    """The model is here, in the list, and can be used by the name that it was pulled by."""
    with fake.running(fake.Hub()) as there:
        async with desk(paths, database, clock, there.url) as at_desk:
            result = await at_desk.do(f"/models pull {fake.REPOSITORY}")
            assert f"`models use {fake.REPOSITORY}`" in result.text
            assert "mlx-community--Tiny-4bit" in (await at_desk.do("models")).text
            assert "fetching" in {progress.stage for progress in at_desk.told}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("smollm2-135m-instruct", "is a starter model"),
        ("nomic-embed-text-v1.5", "can't run in Wooster's servers"),
        ("../../etc", "neither a model of the catalogue nor a repository"),
        ("whatever", "neither a model of the catalogue nor a repository"),
    ],
)
def test_what_can_not_be_pulled_is_said(name: str, told: str) -> None:
    """Before anybody is asked."""
    with pytest.raises(UsageError, match=told) as caught:
        repository_of(name)
    assert caught.value.hint


def test_a_short_name_is_a_repository() -> None:
    """As the catalogue has it."""
    assert repository_of("qwen3-8b-4bit") == "mlx-community/Qwen3-8B-4bit"
    assert repository_of("Qwen/Qwen3-8B-MLX") == "Qwen/Qwen3-8B-MLX"


async def test_the_recommendation_names_a_set_and_every_model(at_desk: Desk) -> None:
    """For another machine's memory too, however it is typed."""
    for line in ("/models recommend 128", "/models recommend --memory 128 GB"):
        result = await at_desk.do(line)
        assert "128.0 GB of memory; models may have 96.0 GB" in result.text
        assert "| qwen2.5-72b-instruct-4bit | 40.9 | 32768 |" in result.text
        assert result.data["set"]["embed"] == "qwen3-embedding-8b"
    small = (await at_desk.do("/models recommend 8")).text
    row = next(line for line in small.splitlines() if line.startswith("| llama-3.2-3b"))
    assert row.endswith("| to 8192 |") and "with 8192 tokens of context" in small
    name = "llama-3.2-3b-instruct-4bit"
    assert small.endswith(f"\n`wooster models pull {name}`, then `wooster models use {name}`.")
    assert "Elsewhere: no model server of Wooster's can load it" in small
    here = await at_desk.do("/models recommend")
    assert "**Together**" in here.text and here.data["memory_bytes"] > 0
    with pytest.raises(UsageError, match="a number of GB"):
        await at_desk.do("/models recommend much")
