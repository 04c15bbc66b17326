"""Changing a task that there is: done, dropped, edited, moved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from wooster.actions.action import Action
from wooster.core.errors import UsageError
from wooster.tasks import choosing, lines, phrasing, sentences, showing
from wooster.tasks.answers import is_task, on_one, result
from wooster.tasks.lists import WAITING
from wooster.tasks.model import Item
from wooster.tasks.parameters import Edited, Moved, Which
from wooster.tasks.service import Tasks
from wooster.wire.requests import ActionResult


def actions(tasks: Tasks) -> list[Action[Any]]:
    return [_done(tasks), _drop(tasks), _edit(tasks), _move(tasks)]


def _done(tasks: Tasks) -> Action[Which]:
    async def done(given: Which) -> ActionResult:
        async def act(which: Item | str) -> ActionResult:
            return result(tasks, "Done", await tasks.done(which))

        return await on_one(tasks, "tasks_done", given, given.task, act)

    async def did(sentence: str) -> dict[str, Any] | None:
        if not sentences.may_be_done(sentence):
            return None
        there = await asyncio.to_thread(tasks.lists.open_items)
        found = sentences.done(sentence, there)
        return _named(found, there) if found else None

    return Action(
        name="tasks_done",
        help="says that a task is done; one that recurs gets its next day",
        effect="write",
        parameters=Which,
        phrases=("done TASK", "complete TASK", "/tasks done TASK", "/done TASK"),
        handler=done,
        rest="task",
        fits=is_task(tasks),
        reads=did,
        examples=(
            "I finished the report",
            "I called the landlord",
            "the laundry is done",
            "mark order the cake as done",
            "check off order the cake",
            "I finished writing the speech",
            "cross off order the cake",
        ),
    )


def _drop(tasks: Tasks) -> Action[Which]:
    async def drop(given: Which) -> ActionResult:
        async def act(which: Item | str) -> ActionResult:
            return result(tasks, "Dropped", await tasks.drop(which))

        return await on_one(tasks, "tasks_drop", given, given.task, act)

    async def off_list(sentence: str) -> dict[str, Any] | None:
        words, project = sentences.removed(sentence) or ("", "")
        found = await tasks.lists.meant(words) if words else []
        own = [e for e in found if not project or lines.slug(e.task.project) == project]
        return _named(own[0], found) if len(own) == 1 else None

    return Action(
        name="tasks_drop",
        help="removes a task that needs no doing; the archive keeps it",
        effect="write",
        parameters=Which,
        phrases=("drop TASK", "/tasks drop TASK"),
        handler=drop,
        rest="task",
        fits=is_task(tasks),
        reads=off_list,
        examples=(
            "remove milk from the shopping list",
            "delete the task order the cake",
            "forget about the cake task",
        ),
    )


def _named(item: Item, there: Sequence[Item]) -> dict[str, Any]:
    """The arguments that mean just this one: its words, where no other has them."""
    is_only = choosing.meant(item.task.text, there) == [item]
    return {"task": item.task.text} if is_only else {"place": showing.place_data(item)}


def _edit(tasks: Tasks) -> Action[Edited]:
    async def edit(given: Edited) -> ActionResult:
        words, text = (given.task, given.text) if given.text else phrasing.edited(given.task)
        if not text and given.place is None:
            raise UsageError("Which task, and how?", hint="`edit 3 call Ana due friday`")

        async def act(which: Item | str) -> ActionResult:
            return result(tasks, "Changed", await tasks.edit(which, text))

        return await on_one(tasks, "tasks_edit", given, words, act, text=text)

    async def edit_fits(words: str) -> bool:
        task, text = phrasing.edited(words)
        return bool(text) and bool(await tasks.lists.meant(task))

    return Action(
        name="tasks_edit",
        help="changes a task's words or tags; tags that aren't named stay",
        effect="write",
        parameters=Edited,
        phrases=("edit TASK TEXT", "/tasks edit TASK TEXT"),
        handler=edit,
        rest="task",
        fits=edit_fits,
    )


def _move(tasks: Tasks) -> Action[Moved]:
    async def move(given: Moved) -> ActionResult:
        words, to = (given.task, given.to) if given.to else phrasing.moved(given.task)
        if not to:
            raise UsageError("Where to?", hint="`move 3 to someday`, or to a project's name.")

        async def act(which: Item | str) -> ActionResult:
            file = phrasing.list_file(to)
            if file == WAITING:
                raise UsageError("For whom?", hint="`wait 3 for Bob`")
            if file:
                changed = await tasks.move(which, file)
                return result(tasks, f"Moved to {showing.NAMES[file]}", changed)
            file, name = await tasks.lists.project_file(to)
            changed = await tasks.move(which, file, "Tasks")
            return result(tasks, f"Moved to {showing.plain(name)}", changed)

        return await on_one(tasks, "tasks_move", given, words, act, to=to)

    async def move_fits(words: str) -> bool:
        task, to = phrasing.moved(words)
        return bool(to) and bool(await tasks.lists.meant(task))

    return Action(
        name="tasks_move",
        help="moves a task to inbox, next, someday or a project, with all that belongs to it",
        effect="write",
        parameters=Moved,
        phrases=("move TASK to LIST", "/tasks move TASK to LIST"),
        handler=move,
        rest="task",
        fits=move_fits,
    )
