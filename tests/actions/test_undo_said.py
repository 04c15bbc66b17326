"""How people say `undo`."""

from __future__ import annotations

import pytest

from wooster.actions.log import ActionLog
from wooster.actions.registry import Registry
from wooster.actions.undoing import actions
from wooster.core.clock import ManualClock
from wooster.storage import Database


@pytest.mark.parametrize(
    ("said", "is_undo"),
    [
        ("undo that", True),
        ("Oops, undo that!", True),
        ("take that back", True),
        ("undo the last thing", True),
        ("take back the last thing you did", True),
        ("revert my last change please", True),
        ("undo the treaty of Versailles", False),
        ("take back control", False),
        ("revert a commit in git", False),
    ],
)
async def test_what_was_done_last_is_taken_back_as_it_is_said(
    database: Database, clock: ManualClock, said: str, is_undo: bool
) -> None:
    """Only where nothing else is named."""
    (undo,) = [e for e in actions(ActionLog(Registry(), database, clock), clock) if e.reads]
    assert undo.reads is not None
    assert await undo.reads(said) == ({} if is_undo else None)
