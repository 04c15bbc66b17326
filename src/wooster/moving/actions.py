"""What a person can do: move in from a folder or file, look first, and take it back."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from pydantic import Field, model_validator

from wooster.actions.action import Action, BrokenOff, Parameters, Report
from wooster.core.patterns import Pattern
from wooster.core.text import clean
from wooster.moving import showing
from wooster.moving.service import Moving, Outcome, Wanted
from wooster.wire.requests import ActionResult

_OPTION = Pattern(r"\s+--(dry-run|in-place)\s*$")


class From(Parameters):
    """Without a path it lists what was moved in. `path` is a full path: a folder, or an export.
    `dry_run` stores nothing; `in_place` leaves lists, projects and notes where they are, and uses
    them there."""

    path: Annotated[str, Field(max_length=4_000)] = ""
    dry_run: bool = False
    in_place: bool = False

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, given: Any) -> Any:
        """`PATH --dry-run --in-place`, as it is typed in the conversation."""
        path = given.get("path") if isinstance(given, dict) else None
        if not isinstance(path, str):
            return given
        told = dict(given)
        while found := _OPTION.search(path):
            told[found[1].replace("-", "_")] = True
            path = path[: found.start()]
        return {**told, "path": path.strip()}


class Which(Parameters):
    """`number` is an import's; 0 is the last."""

    number: Annotated[int, Field(ge=0, le=2**53)] = 0


def actions(moving: Moving) -> list[Action[Any]]:
    """Both, over one home."""
    return [_import(moving), _undo(moving)]


def _import(moving: Moving) -> Action[From]:
    async def work(given: From, report: Report) -> ActionResult:
        path = clean(given.path).strip()
        if not path:
            there = await moving.imports()
            return ActionResult(showing.imports(there, moving.zone), showing.imports_data(there))
        outcome = Outcome(Wanted(path, given.dry_run, given.in_place))
        try:
            await moving.run(outcome.wanted, report, outcome)
        except asyncio.CancelledError as left:
            if given.dry_run or not outcome.number:
                raise
            outcome.is_broken_off = True
            raise BrokenOff(_result(outcome), left) from left
        return _result(outcome)

    return Action(
        name="import",
        help="moves in from the old Wooster's folder, an export of ChatGPT or Claude, contacts",
        effect="write",
        parameters=From,
        phrases=("/import PATH", "/import PATH --dry-run", "/import PATH --in-place"),
        worker=work,
        rest="path",
        by_model=False,
    )


def _result(outcome: Outcome) -> ActionResult:
    undo = None
    if outcome.number and outcome.things:
        undo = ("import_undo", {"number": outcome.number})
    return ActionResult(showing.text(outcome), showing.data(outcome), undo=undo)


def _undo(moving: Moving) -> Action[Which]:
    async def work(given: Which, _: Report) -> ActionResult:
        found, back = await moving.take_back(given.number or None)
        told = {"import": found.id, "things": back.count, "problems": list(back.problems)}
        again = ("import", {"path": found.place, "in_place": back.in_place})
        return ActionResult(showing.taken_back(found, back), told, undo=again)

    return Action(
        name="import_undo",
        help="takes back what was moved in",
        effect="write",
        parameters=Which,
        phrases=("/import undo", "/import undo N"),
        worker=work,
        rest="number",
        by_model=False,
    )
