"""The plain sentences of a whole daemon, against each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from blockbuster import BlockBuster

from tests.bootstrap.test_undo import opened, runs
from wooster.actions.action import Action
from wooster.actions.sentences import wording
from wooster.actions.sentences.recogniser import examples
from wooster.actions.sentences.talk import TALK
from wooster.config.paths import Paths
from wooster.core.errors import NotFound, UsageError

THERE = (
    ("habits_add", "habit", "meditate every day"),
    ("goals_set", "goal", "read 24 books this year"),
    ("tasks_add", "text", "call the landlord"),
    ("event_add", "event", "breakfast with Kim tomorrow at 9"),
)


async def test_each_example_is_of_one_action(
    paths: Paths, empty_database: Path, never_blocks: BlockBuster
) -> None:
    """Its words let it through, no other action reads it, and no command is in its way; of what is
    plain talk, they read hardly anything."""
    async with opened(paths, empty_database, never_blocks) as made:
        registry = made.ground.registry
        for action, into, text in THERE:
            await runs(registry, action, {into: text})
        actions = list(registry.actions)
        for name, said in examples(actions).items():
            for each in said:
                command = await registry.parse(each)
                assert command is None or command[0] == name, each
                if command is None:
                    assert wording.may_be_meant(each), each
                    assert await _readers(actions, each) <= {name}, each
        read = [each for each in TALK if wording.may_be_meant(wording.courteous(each))]
        taken = [each for each in read if await _readers(actions, wording.courteous(each))]
        assert len(taken) <= 5, taken


async def _readers(actions: Sequence[Action[Any]], sentence: str) -> set[str]:
    found = set()
    for each in actions:
        try:
            if each.reads is not None and await each.reads(sentence) is not None:
                found.add(each.name)
        except (NotFound, UsageError):
            continue
    return found
