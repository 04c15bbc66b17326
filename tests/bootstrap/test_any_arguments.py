"""Every action of a whole daemon, given whatever its own schema allows."""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path
from typing import Any

import pytest
from blockbuster import BlockBuster
from hypothesis import HealthCheck, given, settings

from tests.bootstrap.test_undo import opened
from tests.schemas import allowed
from wooster.actions.action import nobody_listens
from wooster.config.paths import Paths
from wooster.core.errors import InternalError, WoosterError

NOT_RUN = {
    "notify_test": "it would show something on this machine's screen",
    "rebuild_embeddings": "it waits for a model server",
    "memory_retry": "it waits for a model server",
}
EXAMPLES = 4
WITHIN_S = 15  # what hangs is told by its name


def examples(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Some arguments that the schema allows: the smallest, and odd ones."""
    found: list[dict[str, Any]] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(allowed(schema))
    def collect(arguments: dict[str, Any]) -> None:
        found.append(arguments)

    collect()
    return found


def innermost(error: BaseException) -> str:
    *_, last = traceback.extract_tb(error.__traceback__)
    return f"{last.filename}:{last.lineno}"


async def test_no_arguments_break_an_action(
    paths: Paths,
    empty_database: Path,
    never_blocks: BlockBuster,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Each gives a result or an error in words, many of each kind, and what is stored agrees after
    all of them. What asks first is asked for its question, and not run."""
    monkeypatch.chdir(tmp_path)
    async with opened(paths, empty_database, never_blocks) as made:
        registry = made.services.registry
        never_blocks.deactivate()
        given_ = {each.name: each.parameters.model_json_schema() for each in registry.actions}
        tried = [(name, each) for name, schema in given_.items() for each in examples(schema)]
        never_blocks.activate()
        assert NOT_RUN.keys() <= given_.keys()
        broken: list[str] = []
        did: set[str] = set()
        refused: set[str] = set()
        for name, arguments in tried:
            try:
                call = registry.prepare(name, arguments)
                if not await call.question() and name not in NOT_RUN:
                    result = await asyncio.wait_for(call.run(nobody_listens), WITHIN_S)
                    assert result.text.strip() or result.choice, (name, arguments)
                    did.add(name)
            except WoosterError as error:
                assert not isinstance(error, InternalError), (name, arguments)
                assert error.message.strip(), (name, arguments)
                refused.add(name)
            except Exception as error:  # noqa: BLE001 - each is told below
                broken.append(f"{name} {arguments!r}: {error!r} {innermost(error)}")
        assert broken == []
        assert len(did) > len(given_) / 3 and len(refused) > len(given_) / 3
        verified = await registry.run("verify", {})
        assert verified.exit_code == 0, verified.text
