"""What the actions on tasks share: numbered lists, the answer to a change, and asking which task is
meant where words mean several."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from wooster.core.text import clip
from wooster.tasks import showing
from wooster.tasks.choosing import Ambiguous
from wooster.tasks.filters import Filter
from wooster.tasks.model import Item
from wooster.tasks.parameters import Which
from wooster.tasks.service import Changed, Tasks
from wooster.wire.requests import ActionResult, Choice, Option

_KEYS = "123456789"
_SHOWN = 60


async def listed(
    tasks: Tasks, head: str, found: list[Item], asked: Filter, empty: str
) -> ActionResult:
    """A list with numbers that can be typed afterwards."""
    shown = showing.cut(found, asked)
    tasks.lists.show(shown)
    if not found:
        return ActionResult(empty, showing.items_data(found, shown))
    titles = await tasks.lists.titles()
    text = showing.list_text(head, found, tasks.days.today(), asked, titles)
    return ActionResult(text, showing.items_data(found, shown))


def result(tasks: Tasks, said: str, changed: Changed) -> ActionResult:
    text = showing.changed_text(said, changed, tasks.days.today())
    return ActionResult(text, showing.changed_data(changed), undo=changed.undo)


async def on_one(
    tasks: Tasks,
    name: str,
    given: Which,
    words: str,
    act: Callable[[Item | str], Awaitable[ActionResult]],
    **more: str,
) -> ActionResult:
    """Do something with the task that is meant; where several are, ask which."""
    if given.place is not None:
        return await act(await tasks.lists.at(given.place.file, given.place.line))
    try:
        return await act(words)
    except Ambiguous as several:
        tasks.lists.show(several.candidates)
        options = [
            Option(key, _label(item), name, {"place": showing.place_data(item), **more})
            for key, item in zip(_KEYS, several.candidates, strict=False)
        ]
        choice = Choice("Which one?", [*options, Option("q", "none of them")])
        told = "\n".join(
            f"{n}. {showing.task_text(item.task, tasks.days.today())}"
            for n, item in enumerate(several.candidates, 1)
        )
        head = f"“{showing.plain(words)}” may be one of these; nothing was done."
        data = showing.items_data(several.candidates, several.candidates)
        return ActionResult(f"{head}\n\n{told}", data, several.exit_code, choice=choice)


def _label(item: Item) -> str:
    return clip(item.task.text, _SHOWN)


def is_task(tasks: Tasks) -> Callable[[str], Awaitable[bool]]:
    """Whether words behind a phrase are those of a task that there is, or a number: that there is
    none of it is said."""

    async def fits(words: str) -> bool:
        if words.strip().isdecimal():
            return True
        return bool(words.strip()) and bool(await tasks.lists.meant(words))

    return fits
