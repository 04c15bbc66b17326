"""The wire against its own description (`GET /v1/openapi.json`), by schemathesis: what that allows
and what it forbids, over the real socket."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.daemon.test_ask import home
from tests.daemon.test_fuzz import NOT_ASKED
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.storage import Database

# Where a path names something: one that is there.
THERE = {"/v1/actions/{name}": {"name": "history"}}
Operation = schemathesis.APIOperation[Any, Any, Any, Any]


class Asking:
    """The requests that were made of a daemon, by route, kind and status."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.answers: Counter[tuple[str, GenerationMode, int]] = Counter()

    def ask(self, operation: Operation, mode: GenerationMode) -> None:
        cases = operation.as_strategy(mode, path_parameters=THERE.get(operation.path))

        @settings(max_examples=10, suppress_health_check=list(HealthCheck))
        @given(cases)
        def ask_one(case: schemathesis.Case[Any]) -> None:
            sent = case.as_transport_kwargs(base_url="http://wooster")
            names = {"method", "url", "params", "headers", "json", "cookies"}
            words = {name: value for name, value in sent.items() if name in names}
            with self.client.stream(**words, content=sent.get("data")) as answer:
                self.answers[operation.path, mode, answer.status_code] += 1
                assert answer.status_code < 500
                if "event-stream" not in answer.headers["content-type"]:
                    answer.read()
                    operation.validate_response(answer)

        ask_one()


def conform(paths: Paths) -> Counter[tuple[str, GenerationMode, int]]:
    transport = httpx.HTTPTransport(uds=str(paths.socket))
    with httpx.Client(transport=transport, base_url="http://wooster", timeout=60) as client:
        described = client.get("/v1/openapi.json").json()
        asking = Asking(client)
        for each in schemathesis.openapi.from_dict(described).get_all_operations():
            assert isinstance(each, Ok)
            operation = each.ok()
            if operation.path in NOT_ASKED:
                continue
            asking.ask(operation, GenerationMode.POSITIVE)
            if operation.body:  # nothing else can be wrong
                asking.ask(operation, GenerationMode.NEGATIVE)
        return asking.answers


async def test_each_answer_is_as_the_wire_describes_it(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """Neither what is allowed nor what isn't is an error inside; what has another shape is refused,
    and each answer has the shape that is described."""
    async with home(database, paths, clock, None):
        answers = await asyncio.to_thread(conform, paths)
    assert len({path for path, _, _ in answers}) >= 6
    assert answers["/v1/actions/{name}", GenerationMode.POSITIVE, 200] > 0
    # Some of it is taken all the same: "1" for a number.
    wrong = {path for path, mode, _ in answers if mode is GenerationMode.NEGATIVE}
    assert len(wrong) >= 4
    assert all(answers[path, GenerationMode.NEGATIVE, 400] > 0 for path in wrong)
