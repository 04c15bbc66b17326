"""What can be done with the inbox: put something into it, look, and process it item by item."""

from __future__ import annotations

from typing import Any

from wooster.actions.action import Action, Nothing, is_bare
from wooster.core.text import counted
from wooster.tasks import sentences, showing
from wooster.tasks.answers import listed
from wooster.tasks.filters import Filter
from wooster.tasks.lists import INBOX
from wooster.tasks.parameters import Captured, Filtered, Sorted
from wooster.tasks.service import Tasks
from wooster.tasks.sorting import EMPTY, Sorting
from wooster.wire.requests import ActionResult

_OF_TALK = ("the", "this", "that", "these", "those", "it")


def actions(tasks: Tasks, sorting: Sorting) -> list[Action[Any]]:
    return [*_holding(tasks), *_processing(sorting)]


def _holding(tasks: Tasks) -> list[Action[Any]]:
    async def capture(given: Captured) -> ActionResult:
        changed = await tasks.capture(given.text)
        text = f"In the inbox: {showing.plain(changed.task.text)}."
        return ActionResult(text, showing.changed_data(changed), undo=changed.undo)

    async def fits(words: str) -> bool:
        """ "Capture the mood of it" is talk, and so is a question."""
        first = words.casefold().split(None, 1)[:1]
        return bool(first) and first[0] not in _OF_TALK and not words.rstrip().endswith("?")

    async def inbox(given: Filtered) -> ActionResult:
        found = await tasks.lists.listed(INBOX, given.filters)
        head = f"**{counted(len(found), 'item')} in the inbox**  *`process inbox` sorts them*"
        asked = Filter(is_whole="all" in given.filters.split())
        return await listed(tasks, head, found, asked, EMPTY)

    async def noted(sentence: str) -> dict[str, Any] | None:
        words = sentences.noted(sentence)
        return {"text": words} if words else None

    async def reads(sentence: str) -> dict[str, Any] | None:
        return {} if sentences.asks_for_inbox(sentence) else None

    return [
        Action(
            name="capture",
            help="puts a thought into the inbox as it is",
            effect="write",
            parameters=Captured,
            phrases=("cap: TEXT", "capture: TEXT", "capture TEXT", "/capture TEXT"),
            also=("note: TEXT", "note to self: TEXT", "note to self TEXT"),
            handler=capture,
            rest="text",
            fits=fits,
            reads=noted,
            examples=(
                "make a note that the plumber wants to be paid in cash",
                "take a note: the spare key is with the neighbours",
                "note down: the dentist moved to Park Street",
            ),
        ),
        Action(
            name="inbox",
            help="lists what is in the inbox",
            effect="read",
            parameters=Filtered,
            phrases=("inbox", "show inbox", "/inbox"),
            handler=inbox,
            rest="filters",
            fits=is_bare,
            reads=reads,
            examples=("what is in my inbox?",),
        ),
    ]


def _processing(sorting: Sorting) -> list[Action[Any]]:
    async def begin(_: Nothing) -> ActionResult:
        return await sorting.begin()

    return [
        Action(
            name="inbox_process",
            help="goes through the inbox, one key for what becomes of an item",
            effect="read",
            parameters=Nothing,
            phrases=("process inbox", "sort inbox", "/inbox process", "/inbox sort"),
            handler=begin,
        ),
        Action(
            name="inbox_sort",
            help="says what becomes of one item of the inbox: what `process inbox` runs",
            effect="write",
            parameters=Sorted,
            phrases=(),
            handler=sorting.sort,
        ),
    ]
