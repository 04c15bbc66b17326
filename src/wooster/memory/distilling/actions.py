"""What a person can do about summing up: have what failed tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from wooster.actions.action import Action, Nothing
from wooster.wire.requests import ActionResult


def retry(again: Callable[[], Awaitable[int]]) -> Action[Nothing]:
    """`again` has what failed tried again, and returns how many conversations that is."""

    async def handle(_: Nothing) -> ActionResult:
        count = await again()
        told = {0: "Nothing has failed.", 1: "One conversation is summed up again."}
        text = told.get(count, f"{count} conversations are summed up again.")
        return ActionResult(text, {"conversations": count})

    return Action(
        name="memory_retry",
        help="has a model sum up again what it failed at",
        effect="write",
        by_model=False,
        parameters=Nothing,
        phrases=("/memory retry",),
        handler=handle,
    )
