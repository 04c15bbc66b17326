"""Search put together: another embedding model takes over, and nothing is embedded twice for it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.vectors.conftest import put
from wooster.bootstrap.search import Models, Searching, embedding_server
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import ManualClock
from wooster.models.gate import Gate, Rules
from wooster.storage import Database


class Servers:
    """Embed servers by their ports: which model each has, and what it was sent to embed."""

    def __init__(self, **models: str) -> None:
        self.models = models
        self.embedded: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        model = self.models[f"at_{request.url.port}"]
        dimensions = len(model)
        if request.method == "GET":
            listed = [{"id": model, "dimensions": dimensions, "prompts": ""}]
            return httpx.Response(200, json={"data": listed})
        texts = json.loads(request.content)["input"]
        self.embedded += [(model, text) for text in texts]
        row = [1.0] + [0.0] * (dimensions - 1)
        data = [{"index": index, "embedding": row} for index in range(len(texts))]
        return httpx.Response(200, json={"model": model, "data": data})


class Ready:
    """A supervisor whose servers can be asked."""

    def not_ready(self, _: str) -> str:
        return ""


@pytest.fixture
def settings(paths: Paths) -> Settings:
    return load_settings(paths, {})


async def test_a_model_that_takes_over_keeps_what_was_embedded_for_it(
    paths: Paths, settings: Settings, database: Database, clock: ManualClock
) -> None:
    """The one before it isn't believed to be there any more, once it has gone."""
    home_port = embedding_server(settings).url.rpartition(":")[2]
    servers = Servers(**{f"at_{home_port}": "old-one", "at_9999": "the-new-one"})
    client = httpx.AsyncClient(transport=httpx.MockTransport(servers))

    async def reached() -> httpx.AsyncClient:
        return client

    async def quiet() -> None:
        return

    gate = Gate(None, Rules.of(settings.routing))  # type: ignore[arg-type]
    ready: Any = Ready()
    searching = Searching(paths, settings, database, clock, Models(reached, gate, ready, quiet))
    search = searching.search
    texts = [f"text {number}" for number in range(70)]
    await put(database, 1, texts)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(search.run())
        search.changed()
        await search.wait(lambda _: None)
        told: list[str] = []
        async with searching.embedded_by("http://127.0.0.1:9999", lambda at: told.append(at.text)):
            made_by = await search.made_by()
            assert made_by is not None and made_by.model == "old-one"
            servers.models[f"at_{home_port}"] = servers.models["at_9999"]
        while (await search.made_by() or made_by).model != "the-new-one":
            await asyncio.sleep(0.01)
        search.stop()
    await searching.close()
    anew = [text for model, text in servers.embedded if model == "the-new-one" and text in texts]
    assert sorted(anew) == sorted(texts)
    assert told[-1] == "embedding 70 of 70; the old model is searched meanwhile"
