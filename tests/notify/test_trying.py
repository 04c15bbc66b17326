"""A test of a channel: it may leave the machine, and is agreed to."""

from __future__ import annotations

import pytest

from tests.notify.test_outside import webhook
from wooster.actions.action import nobody_listens
from wooster.actions.registry import Registry, Written
from wooster.bootstrap.leaving import Leaving
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.errors import NotConfirmed
from wooster.daemon import notify
from wooster.notify.channels import Channels
from wooster.notify.open_repl import Board, OpenRepl
from wooster.wire.requests import ActionResult


async def test_a_test_that_leaves_the_machine_is_agreed_to_and_one_that_stays_asks_nothing(
    out: Leaving, paths: Paths, clock: ManualClock
) -> None:
    """It says where it would go; and what was run is in no log."""
    board, written = Board(), list[str]()
    away = webhook(out, "https://hooks.invalid/x")
    channels = Channels([OpenRepl(board), away], ["repl", "webhook"], ["webhook"])
    registry = Registry()

    async def record(what: Written) -> ActionResult:
        written.append(what.name)
        return what.result

    registry.record = record
    registry.fill(notify.actions(paths, channels, board, clock))
    action = next(each for each in registry.actions if each.name == "notify_test")
    assert (action.effect, action.by_model) == ("outward", False)
    for given in ({}, {"name": "webhook"}):
        with pytest.raises(NotConfirmed, match=r"on webhook \(to hooks\.invalid\)\?"):
            await registry.prepare("notify_test", given).must_not_ask()
    stays = registry.prepare("notify_test", {"name": "repl"})
    await stays.must_not_ask()
    assert stays.trial
    await stays.run(nobody_listens)
    assert written == []
