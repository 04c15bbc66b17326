"""What a person can do about taking all of theirs along."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from wooster.actions.action import Action, Parameters, Report, is_bare
from wooster.core.text import clean, counted, number
from wooster.wire.events import Progress
from wooster.wire.requests import ActionResult

if TYPE_CHECKING:
    from wooster.exporting.service import Exporting, Written

_NOUNS = {
    "habits": "habit",
    "goals": "goal",
    "reminders": "reminder",
    "tasks": "task to do",
    "calendars": "calendar",
    "health entries": "health entry",
    "files": "file",
}
_PLURALS = {"tasks": "tasks to do", "health entries": "health entries"}


class Where(Parameters):
    """`folder` is a full path, or one from `~`, of a folder that is empty or not there yet; without
    it, one with today's date in the person's own."""

    folder: Annotated[str, Field(max_length=4096)] = ""


def actions(exporting: Exporting) -> list[Action[Any]]:
    """All of them over one home."""
    return [_export(exporting)]


def _export(exporting: Exporting) -> Action[Where]:
    async def work(given: Where, report: Report) -> ActionResult:
        def tell(done: int, total: int) -> None:
            told = f"writing conversation {number(done + 1)} of {number(total)}"
            report(Progress("exporting", done, total, told))

        written = await exporting.export(given.folder, tell)
        data = {
            "path": str(written.folder),
            "conversations": written.memory.sessions,
            "turns": written.memory.turns,
            "facts": written.memory.facts,
            "episodes": written.memory.episodes,
            **{name.replace(" ", "_"): count for name, count in written.counts.items()},
        }
        return ActionResult(_text(written), data)

    return Action(
        name="export",
        help="writes all that is kept as Markdown and JSON into a new folder, not encrypted",
        effect="read",
        parameters=Where,
        phrases=("export", "/export FOLDER"),
        rest="folder",
        fits=is_bare,
        worker=work,
        by_model=False,
    )


def _text(written: Written) -> str:
    where = clean(os.fsencode(written.folder).decode("utf-8", "replace")).replace("\n", "␤")
    ticks = "``" if "`" in where else "`"
    memory = written.memory
    parts = [
        counted(memory.sessions, "conversation"),
        counted(memory.facts, "fact"),
        *(
            counted(count, _NOUNS[name], _PLURALS.get(name, ""))
            for name, count in written.counts.items()
            if count
        ),
    ]
    return (
        f"{', '.join(parts[:-1])} and {parts[-1]} are in {ticks}{where}{ticks};"
        " begin with `index.md`.\n\n"
        "**It is not encrypted**: whoever can read these files reads all of it. Passwords and"
        " settings aren't in it. What you forget from now on stays in them."
    )
