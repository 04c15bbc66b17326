"""The wire, given what its own description allows and what it doesn't, over the real socket."""

from __future__ import annotations

import asyncio
import json
from http.client import HTTPResponse
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.daemon.test_abuse import connect
from tests.daemon.test_ask import home
from tests.schemas import allowed
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.storage import Database

NOT_ASKED = {"/v1/stop": "it would end the test's daemon", "/v1/greeting": "the test's has none"}
# An action that there is, or anything.
_IN_PATHS = st.one_of(
    st.just("history"), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
_BROKEN = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"", b"{", b"[" * 5000, b'{"text": "\\ud800"}', b"NaN", b"null", b"1e999999"]),
)


def ask(paths: Paths, method: str, path: str, body: bytes) -> tuple[int, bytes]:
    """Status and body; an answer that is a stream is left after its head."""
    head = f"{method} {path} HTTP/1.1\r\nhost: w\r\ncontent-type: application/json\r\n"
    sent = f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body
    with connect(paths, sent) as asked:
        response = HTTPResponse(asked)
        response.begin()
        is_stream = "event-stream" in response.getheader("content-type", "")
        return response.status, b"" if is_stream else response.read()


def routes(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and the schema of the body of each."""
    definitions = described["components"]["schemas"]
    found = []
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            found.append((method.upper(), path, {**body.get("schema", {}), "$defs": definitions}))
    return [each for each in found if each[1] not in NOT_ASKED]


def fuzz(paths: Paths) -> None:
    _, told = ask(paths, "GET", "/v1/openapi.json", b"")
    every = routes(json.loads(told))
    assert len(every) >= 6
    taken: set[tuple[str, str]] = set()

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def try_one(route: tuple[str, str, dict[str, Any]], data: st.DataObject) -> None:
        method, path, schema = route
        words = data.draw(_IN_PATHS)
        filled = "/".join(quote(words, "") if "{" in part else part for part in path.split("/"))
        shaped = allowed(schema).map(lambda value: json.dumps(value).encode())
        body = data.draw(st.one_of(shaped, _BROKEN))
        status, answer = ask(paths, method, filled, body)
        assert status < 500 or status in (503, 507), (method, filled, body, answer)
        if status >= 400:
            error = json.loads(answer)["error"]
            assert set(error) == {"code", "message", "hint", "exit_code"}
            assert error["message"] and error["hint"], error
            assert error["code"] != "internal"
        else:
            taken.add((method, path))

    for route in every:
        try_one(route)
    assert ("POST", "/v1/actions/{name}") in taken, "no action was run"


async def test_whatever_is_sent_is_answered_in_the_wires_own_shape(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """No body, path or type of argument makes an internal error; each refusal has its code, its
    message and what to do."""
    async with home(database, paths, clock, None):
        await asyncio.to_thread(fuzz, paths)
