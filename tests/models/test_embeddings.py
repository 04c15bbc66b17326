"""Vectors over HTTP: what is sent to whom, and what is believed of the answer."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import numpy as np
import pytest

from wooster.core.errors import ModelRefused, ModelUnavailable
from wooster.models import embeddings as module
from wooster.models.embeddings import EmbeddingModel, Embeddings, EmbeddingServer
from wooster.models.gate import Gate, Rules

OURS = EmbeddingServer("http://127.0.0.1:8081", True, None, None, 64)
THEIRS = EmbeddingServer("http://127.0.0.1:1234", False, "nomic", None, 64, "a key")
LISTED = {"data": [{"id": "minilm", "dimensions": 3, "prompts": "none"}]}


class NoLedger:
    """Nothing leaves here."""


class Server:
    """Answers as it is told, and keeps what it was sent."""

    def __init__(self, listed: Any = LISTED) -> None:
        self.listed = listed
        self.sent: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.answer: Callable[[dict[str, Any]], httpx.Response] = self.vectors

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers.get("authorization", ""))
        if request.url.path == "/v1/models":
            return httpx.Response(200, json=self.listed)
        body = json.loads(request.content)
        self.sent.append(body)
        return self.answer(body)

    def vectors(self, body: dict[str, Any]) -> httpx.Response:
        """Vectors of length 5, the last text's first: the index tells whose they are."""
        length = body.get("dimensions", 3)
        data: list[dict[str, Any]] = []
        for index, text in enumerate(body["input"]):
            row = np.zeros(length, dtype="<f4")
            row[len(text) % length] = 5
            encoded = base64.b64encode(row.tobytes()).decode()
            is_packed = body.get("encoding_format") == "base64"
            data.insert(0, {"index": index, "embedding": encoded if is_packed else row.tolist()})
        return httpx.Response(200, json={"model": "minilm", "data": data})


async def quiet() -> None:
    """No turn runs."""


Answering = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


def embeddings(server: Answering, spec: EmbeddingServer = OURS, not_ready: str = "") -> Embeddings:
    client = httpx.AsyncClient(transport=httpx.MockTransport(server))  # type: ignore[arg-type]

    async def get() -> httpx.AsyncClient:
        return client

    rules = Rules(frozenset(), frozenset(), None, local_only=True)
    gate = Gate(NoLedger(), rules)  # type: ignore[arg-type]
    return Embeddings(spec, get, gate, lambda: not_ready, quiet)


async def test_our_server_is_asked_with_what_it_knows() -> None:
    """The kind of text, that long ones are cut, and that background work can wait."""
    server = Server()
    made = embeddings(server)
    told, vectors = await made.embed(["a", "bb"], "document", 3, background=True)
    assert told == EmbeddingModel("minilm", 3, "none")
    assert vectors.tolist() == [[0, 1, 0], [0, 0, 1]], "in their order, of length 1"
    assert server.sent == [
        {
            "input": ["a", "bb"],
            "model": "default",
            "input_type": "document",
            "truncate": True,
            "encoding_format": "base64",
            "service_tier": "flex",
        }
    ]
    await made.embed(["a"], "query", 2, background=False)
    assert server.sent[1]["input_type"] == "query"
    assert server.sent[1]["dimensions"] == 2
    assert "service_tier" not in server.sent[1]


async def test_another_server_is_asked_in_plain_openai() -> None:
    """With its model and key, and no field that it may not know; its dimensions are measured."""
    server = Server({"data": [{"id": "other"}]})
    made = embeddings(server, THEIRS)
    assert await made.made_by() == EmbeddingModel("nomic", 3)
    await made.embed(["a"], "document", 3, background=True)
    assert server.sent[-1] == {"input": ["a"], "model": "nomic"}
    assert set(server.keys) == {"Bearer a key"}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx.Response(200, text="<html>"), "is no embedding server"),
        (httpx.Response(200, json={"model": "minilm", "data": []}), "makes no sense"),
        (httpx.Response(200, json={"model": "minilm"}), "makes no sense"),
        (httpx.Response(200, json=[1]), "status 200"),
        (httpx.Response(500, json={"error": {"message": "out of memory"}}), "out of memory"),
        (httpx.Response(401, json={"error": "wrong key"}), "wrong key"),
        (httpx.Response(503, json={}), "status 503"),
        (
            httpx.Response(
                200, json={"model": "minilm", "data": [{"index": 0, "embedding": [0, 0, 0]}]}
            ),
            "a vector that is none",
        ),
        (
            httpx.Response(200, json={"model": "minilm", "data": [{"index": 0, "embedding": 5}]}),
            "makes no sense",
        ),
        (
            httpx.Response(
                200,
                content=b'{"data": [{"index": 0, "embedding": [1%s, 0, 0]}]}' % (b"0" * 400),
            ),
            "makes no sense",
        ),
        (
            httpx.Response(
                200, json={"model": "minilm", "data": [{"index": 0, "embedding": [1, 0]}]}
            ),
            "2 dimensions",
        ),
        (
            httpx.Response(
                200, json={"model": "new", "data": [{"index": 0, "embedding": [1, 0, 0]}]}
            ),
            "is new by now",
        ),
    ],
)
async def test_what_cannot_be_right_passes_and_is_tried_again(
    answer: httpx.Response, told: str
) -> None:
    """No vector of it is kept, and the server is asked anew."""
    server = Server()
    server.answer = lambda _: answer
    made = embeddings(server)
    with pytest.raises(ModelUnavailable, match=told) as raised:
        await made.embed(["a"], "document", 3, background=True)
    assert not isinstance(raised.value, ModelRefused)
    server.answer = server.vectors
    _, vectors = await made.embed(["a"], "document", 3, background=True)
    assert vectors.tolist() == [[0, 1, 0]]
    assert len(server.sent) == 2


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_text_that_is_refused_is_told_apart(status: int) -> None:
    """However often it is sent, the answer is the same."""
    server = Server()
    server.answer = lambda _: httpx.Response(status, json={"error": {"message": "too long"}})
    with pytest.raises(ModelRefused, match="too long"):
        await embeddings(server).embed(["a"], "document", 3, background=True)


async def test_nothing_is_sent_to_another_machine_to_be_embedded() -> None:
    """Whatever the settings name, unless that machine is listed as the person's."""
    server = Server()
    away = EmbeddingServer("https://example.org", False, "m", None, 64)
    with pytest.raises(ModelUnavailable, match="on yours only"):
        await embeddings(server, away).embed(["a"], "query", 3, background=False)
    assert server.sent == []


async def test_a_server_that_is_not_ready_is_not_asked() -> None:
    """The reason is told at once."""
    server = Server()
    with pytest.raises(ModelUnavailable, match="loading"):
        await embeddings(server, not_ready="It is loading.").made_by()
    assert server.keys == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (httpx.ConnectError("no"), "No embedding server answers"),
        (httpx.ReadTimeout("no"), "didn't answer in time"),
        (httpx.RemoteProtocolError("no"), "broke off"),
    ],
)
async def test_one_that_cannot_be_reached_says_so(error: httpx.HTTPError, told: str) -> None:
    """Refused, silent, or broken off."""

    def fail(_: dict[str, Any]) -> httpx.Response:
        raise error

    server = Server()
    server.answer = fail
    with pytest.raises(ModelUnavailable, match=told):
        await embeddings(server).embed(["a"], "document", 3, background=True)


async def test_a_loading_model_has_no_dimensions_yet() -> None:
    """Our server lists its model before it is read."""
    with pytest.raises(ModelUnavailable, match="being loaded"):
        await embeddings(Server({"data": [{"id": "minilm"}]})).made_by()


async def test_large_numbers_are_a_vector_too() -> None:
    """Their squares are beyond what a float32 can be."""
    server = Server()
    row = {"index": 0, "embedding": [3e30, 4e30, 0]}
    server.answer = lambda _: httpx.Response(200, json={"model": "minilm", "data": [row]})
    _, vectors = await embeddings(server).embed(["a"], "document", 3, background=True)
    assert vectors[0].tolist() == pytest.approx([0.6, 0.8, 0])


async def test_who_answers_is_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another model may have come to the same address while nothing was embedded."""
    server = Server({"data": [{"id": "first"}]})
    spec = EmbeddingServer("http://127.0.0.1:1234", False, None, None, 64)
    made = embeddings(server, spec)
    assert (await made.made_by()).model == "first"
    server.listed = {"data": [{"id": "second"}]}
    assert (await made.made_by()).model == "first", "it isn't asked before each search"
    monkeypatch.setattr("wooster.models.embeddings._BELIEVED_S", -1)
    assert (await made.made_by()).model == "second"
    measured = len(server.sent)
    assert (await made.made_by()).model == "second"
    assert len(server.sent) == measured, "its dimensions are known"


async def test_after_a_handover_the_new_model_is_believed_at_once() -> None:
    """Else what was embedded by it would be taken for a model's that is gone again."""
    server = Server()
    made = embeddings(server)
    await made.made_by()
    server.listed = {"data": [{"id": "new", "dimensions": 4, "prompts": ""}]}
    made.forget()
    assert await made.made_by() == EmbeddingModel("new", 4)


@pytest.mark.parametrize("listed", [{"data": [{"dimensions": 3}]}, {"data": [3]}, [], {"data": {}}])
async def test_another_program_at_our_port_is_no_reason_to_end(listed: Any) -> None:
    """It lists something, and not what our server does."""
    with pytest.raises(ModelUnavailable):
        await embeddings(Server(listed)).made_by()


async def test_nobody_waits_twice_for_a_server_that_hangs() -> None:
    """After a silence it isn't asked for a while; that it refuses a connection is known at once."""
    server = Server()
    made = embeddings(server)
    await made.made_by()

    def hang(_: dict[str, Any]) -> httpx.Response:
        raise httpx.ReadTimeout("no")

    server.answer = hang
    for told in ("didn't answer in time", "doesn't answer"):
        with pytest.raises(ModelUnavailable, match=told):
            await made.embed(["a"], "query", 3, background=False)
    assert len(server.sent) == 1


async def test_a_server_that_never_answers_is_waited_for_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However its bytes trickle in; after each silence it rests longer, until it has answered."""
    monkeypatch.setattr(module, "_QUERY_S", 0.01)
    monkeypatch.setattr(module, "_REST_S", 0.0)
    silent = asyncio.Event()

    async def never(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/models":
            await silent.wait()
        return Server()(request)

    made = embeddings(never)
    made._rest_s = 0.001
    for rest_s in (0.002, 0.004):
        made._rests_until_s = 0.0
        with pytest.raises(ModelUnavailable, match="didn't answer in time"):
            await made.embed(["a"], "query", 3, background=False)
        assert made._rest_s == rest_s
    made._rest_s = module._LONGEST_REST_S
    made._rests_until_s = 0.0
    with pytest.raises(ModelUnavailable):
        await made.embed(["a"], "query", 3, background=False)
    assert made._rest_s == module._LONGEST_REST_S
    silent.set()
    made._rests_until_s = 0.0
    await made.embed(["a"], "query", 3, background=False)
    assert made._rest_s == module._REST_S
