"""What a person can do about backups while Wooster runs. Going back to one needs it stopped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from wooster.actions.action import Action, Nothing, Parameters, Report, is_bare
from wooster.core.clock import Clock
from wooster.wire.events import Progress
from wooster.wire.requests import ActionResult

if TYPE_CHECKING:
    from wooster.safekeeping.service import Backups


class Elsewhere(Parameters):
    """`folder` is a full path, or one from `~`, that the backup is put into as well."""

    folder: Annotated[str, Field(max_length=4096)] = ""


def actions(backups: Backups, clock: Clock) -> list[Action[Any]]:
    """All of them over the backups of one home."""
    return [_backup(backups, clock), _list(backups, clock)]


def _backup(backups: Backups, clock: Clock) -> Action[Elsewhere]:
    async def work(given: Elsewhere, report: Report) -> ActionResult:
        from wooster.safekeeping import showing
        from wooster.safekeeping.service import Looked

        def told(text: str) -> None:
            report(Progress("backing up", 0, 0, text))

        made = await backups.make(given.folder, told)
        text = await asyncio.to_thread(showing.made_text, made)
        data = await asyncio.to_thread(showing.data, Looked(made.copy, made.tested))
        return ActionResult(text, dict(data))

    return Action(
        name="backup",
        help="copies database, tasks, notes, health log and settings, and reads the copy back",
        effect="read",
        parameters=Elsewhere,
        phrases=("backup", "/backup FOLDER"),
        fits=is_bare,
        rest="folder",
        worker=work,
        by_model=False,
    )


def _list(backups: Backups, clock: Clock) -> Action[Nothing]:
    async def work(_: Nothing, report: Report) -> ActionResult:
        from wooster.safekeeping import showing

        report(Progress("testing", 0, 0, "reading each backup as a restore would"))
        found = await backups.looked_at()
        text = await asyncio.to_thread(showing.listed_text, found, clock.zone)
        told = await asyncio.to_thread(lambda: [dict(showing.data(each)) for each in found])
        is_bad = any(each.problem for each in found)
        return ActionResult(text, {"backups": told}, 1 if is_bad else 0)

    return Action(
        name="backup_list",
        help="lists the backups, each with what a test restore of it found",
        effect="read",
        parameters=Nothing,
        phrases=("/backup list",),
        worker=work,
        by_model=False,
    )
