"""What a person can do with memory as a whole: count it, check it, take it with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator

from wooster.actions.action import Action, Nothing, Parameters, Report
from wooster.core.clock import Clock
from wooster.core.errors import UsageError
from wooster.core.text import number
from wooster.wire.events import Progress
from wooster.wire.requests import ActionResult

if TYPE_CHECKING:
    from wooster.memory.overview.service import Overview

# How it is shown is imported when something is to be shown: a start needs nothing of it.


class NewFolder(Parameters):
    """`path` is a full path, or one from `~`, of a folder that is empty or not there yet."""

    path: Annotated[str, Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _must_be_said(cls, given: Any) -> Any:
        if isinstance(given, dict) and not str(given.get("path") or "").strip():
            raise UsageError("Say into which folder.", hint="`/memory export ~/wooster-memory`")
        return given


def actions(overview: Callable[[], Overview], clock: Clock) -> list[Action[Any]]:
    """All of them over the memory of one home, which `overview` opens."""
    return [_stats(overview, clock), _audit(overview), _export(overview)]


def _stats(overview: Callable[[], Overview], clock: Clock) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        from wooster.memory.overview import showing

        stats = await overview().stats()
        return ActionResult(showing.stats_text(stats, clock.zone), showing.stats_data(stats))

    return Action(
        name="memory_stats",
        help="counts what is remembered: conversations, episodes, facts, and what waits",
        effect="read",
        parameters=Nothing,
        phrases=("/memory stats",),
        handler=handle,
    )


def _audit(overview: Callable[[], Overview]) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        from wooster.memory.overview import showing

        audit = await overview().audit()
        exit_code = 1 if audit.needs_a_look else 0
        return ActionResult(showing.audit_text(audit), showing.audit_data(audit), exit_code)

    return Action(
        name="memory_audit",
        help="lists what of memory is junk, double, contradictory, unused or of unknown source",
        effect="read",
        by_model=False,
        parameters=Nothing,
        phrases=("/memory audit",),
        handler=handle,
    )


def _export(overview: Callable[[], Overview]) -> Action[NewFolder]:
    async def work(given: NewFolder, report: Report) -> ActionResult:
        from wooster.memory.overview import showing

        def tell(done: int, total: int) -> None:
            told = f"writing conversation {number(done + 1)} of {number(total)}"
            report(Progress("exporting", done, total, told))

        exported = await overview().export(given.path, tell)
        return ActionResult(showing.exported_text(exported), showing.exported_data(exported))

    return Action(
        name="memory_export",
        help="writes all that is remembered as Markdown into a new folder, not encrypted",
        effect="write",
        by_model=False,
        parameters=NewFolder,
        phrases=("/memory export PATH",),
        rest="path",
        worker=work,
    )
