"""What a person, or a model, can do with tasks: list, add, do, change, wait, and take it back.

Each write gives the action that takes it back. Where words mean several tasks, they are shown as a
choice, and their numbers can be typed.
"""

from __future__ import annotations

from typing import Any

from wooster.actions.action import Action, is_bare
from wooster.core.errors import UsageError
from wooster.core.text import counted
from wooster.tasks import changing_actions, choosing, days, lines, phrasing, sentences, showing
from wooster.tasks.answers import listed, on_one, result
from wooster.tasks.changes import Change, Rename, Step, untold
from wooster.tasks.filters import Filter
from wooster.tasks.lists import SOMEDAY, WAITING
from wooster.tasks.model import Item
from wooster.tasks.parameters import (
    Awaited,
    Filtered,
    Put,
    Said,
    Searched,
    Someday,
    StepRow,
)
from wooster.tasks.service import Tasks
from wooster.wire.requests import ActionResult


def actions(tasks: Tasks) -> list[Action[Any]]:
    """All of them but those of the inbox and of projects."""
    return [
        *_listing(tasks),
        _history(tasks),
        _add(tasks),
        *changing_actions.actions(tasks),
        *_waiting(tasks),
        _someday(tasks),
        _put(tasks),
    ]


# --- listing ---


def _listing(tasks: Tasks) -> list[Action[Any]]:
    async def next_actions(given: Filtered) -> ActionResult:
        found, asked = await tasks.lists.next(given.filters)
        told = f" for {showing.plain(asked.told)}" if asked.told else ""
        head = f"**{counted(len(found), 'next action')}**{told}"
        empty = f"There are no next actions{told}. `add call Ana @phone due friday` makes one."
        return await listed(tasks, head, found, asked, empty)

    async def fits(words: str) -> bool:
        return all(word.startswith(("@", "+", "due:")) for word in words.split()) or (
            words.casefold().strip() in ("actions", "all")
        )

    async def reads(sentence: str) -> dict[str, Any] | None:
        return sentences.asked(sentence)

    return [
        Action(
            name="tasks",
            help="lists the next actions: all, or of a @context, a +project, due:today, words",
            effect="read",
            parameters=Filtered,
            phrases=(
                "next",
                "next @CONTEXT +PROJECT due:DAY",
                "show next actions",
                "/tasks",
                "/next",
            ),
            handler=next_actions,
            rest="filters",
            fits=fits,
            reads=reads,
            examples=(
                "what do I have to do today?",
                "what's on my to-do list?",
                "show me my tasks",
                "what is on the shopping list?",
                "what's due tomorrow?",
                "which tasks are overdue?",
                "what is left on my plate?",
                "show the tasks for the project kitchen",
            ),
        ),
        Action(
            name="tasks_list",
            help="lists the next actions of a @context, a +project, due:today, or with words",
            effect="read",
            parameters=Filtered,
            phrases=("/tasks list @CONTEXT +PROJECT due:DAY",),
            handler=next_actions,
            rest="filters",
        ),
    ]


def _history(tasks: Tasks) -> Action[Searched]:
    async def history(given: Searched) -> ActionResult:
        found, is_more = await tasks.lists.done_before(given.words, given.limit)
        text = showing.done_text(found, is_more, tasks.days.today())
        data = [{"day": e.day, **showing.task_data(e.task)} for e in found]
        return ActionResult(text, {"done": data, "more": is_more})

    return Action(
        name="tasks_history",
        help="lists what was done, the newest first; with words, what has all of them",
        effect="read",
        parameters=Searched,
        phrases=("completed", "show completed", "done list", "/tasks history WORDS"),
        handler=history,
        rest="words",
        fits=is_bare,
    )


# --- adding ---


def _add(tasks: Tasks) -> Action[Said]:
    async def handle(given: Said) -> ActionResult:
        return result(tasks, "Added", await tasks.add(given.text))

    async def fits(words: str) -> bool:
        """Only words with a tag or a day: "add more detail" is for a model."""
        if sentences.is_of_others(words):
            return False
        said = lines.read(words)
        if said.contexts or said.project or said.due or said.every:
            return True
        try:
            return days.due(words, tasks.days)[1] is not None
        except UsageError:
            return True  # "due:" and no day is said to whoever typed it

    async def reads(sentence: str) -> dict[str, Any] | None:
        if found := sentences.new_task(sentence):
            return found
        what = sentences.not_to_forget(sentence)
        if what and not days.is_timed(what, tasks.days):
            return {"text": what}  # with a time it is a reminder
        what = sentences.must(sentence)
        if what and days.due(what, tasks.days)[1] is not None:
            return {"text": what}
        return None

    return Action(
        name="tasks_add",
        help="adds a next action, with @context, +project, due friday, every monday",
        effect="write",
        parameters=Said,
        phrases=("add TEXT @CONTEXT +PROJECT due DAY", "/tasks add TEXT", "/add TEXT"),
        handler=handle,
        rest="text",
        fits=fits,
        reads=reads,
        examples=(
            "add milk to the shopping list",
            "put call the plumber on my todo list",
            "I need to call Ana by Friday",
            "add a task to water the plants every monday",
            "todo: sweep the yard",
            "stick candles on the shopping list",
            "jot down renew the library card",
            "don't forget to return the drill",
        ),
    )


# --- waiting, someday ---


def _waiting(tasks: Tasks) -> list[Action[Any]]:
    async def waiting(given: Filtered) -> ActionResult:
        found = await tasks.lists.listed(WAITING, given.filters)
        head = f"**Waiting for {counted(len(found), 'thing')}**"
        empty = "You wait for nothing. `wait 3 for Bob` puts a task there."
        return await listed(tasks, head, found, Filter(is_whole=True), empty)

    async def wait(given: Awaited) -> ActionResult:
        words, who, text = given.task, given.who, ""
        if not who:
            words, who, text = phrasing.awaited(given.task)
        if text or (given.place is None and not words):
            changed = await tasks.wait_new(text, who)
            return result(tasks, "Waiting", changed)

        async def act(which: Item | str) -> ActionResult:
            return result(tasks, "Waiting", await tasks.wait(which, who))

        return await on_one(tasks, "tasks_wait", given, words, act, who=who)

    async def wait_fits(words: str) -> bool:
        task, who, text = phrasing.awaited(words)
        return bool(who) and (bool(text) or (bool(task) and bool(await tasks.lists.meant(task))))

    return [
        Action(
            name="tasks_waiting",
            help="lists what you wait for, and for whom",
            effect="read",
            parameters=Filtered,
            phrases=("waiting", "waiting for list", "show waiting", "/tasks waiting"),
            handler=waiting,
            rest="filters",
            fits=is_bare,
        ),
        Action(
            name="tasks_wait",
            help="puts a task to what you wait for: wait 3 for Bob, or wait for Bob: the report",
            effect="write",
            parameters=Awaited,
            phrases=("wait TASK for WHO", "/tasks wait TASK for WHO"),
            handler=wait,
            rest="task",
            fits=wait_fits,
        ),
    ]


def _someday(tasks: Tasks) -> Action[Someday]:
    async def someday(given: Someday) -> ActionResult:
        words = given.text or given.task
        if not words and given.place is None:
            found = await tasks.lists.listed(SOMEDAY)
            head = f"**{counted(len(found), 'thing')} for someday**"
            empty = "There is nothing for someday. `someday: learn Greek` puts something there."
            return await listed(tasks, head, found, Filter(is_whole=True), empty)
        if given.place is None and choosing.number(words) is None:
            return result(tasks, "Someday", await tasks.add(words, SOMEDAY))

        async def act(which: Item | str) -> ActionResult:
            return result(tasks, "Someday", await tasks.move(which, SOMEDAY))

        return await on_one(tasks, "tasks_someday", given, words, act)

    async def someday_fits(words: str) -> bool:
        return not words.strip() or choosing.number(words) is not None

    return Action(
        name="tasks_someday",
        help="lists what is for someday; with a number or words puts something there",
        effect="write",
        parameters=Someday,
        phrases=("someday", "someday TASK", "/tasks someday TEXT"),
        handler=someday,
        rest="task",
        fits=someday_fits,
    )


def _put(tasks: Tasks) -> Action[Put]:
    async def handle(given: Put) -> ActionResult:
        steps = [_step(row) for row in given.steps]
        back = await tasks.put(steps)
        files = sorted({step.new if isinstance(step, Rename) else step.file for step in steps})
        return ActionResult(showing.put_text(files), {"files": files}, undo=back)

    return Action(
        name="tasks_put",
        help="puts lines back as they were: what `undo` runs",
        effect="write",
        parameters=Put,
        phrases=(),
        handler=handle,
    )


def _step(row: StepRow) -> Step:
    if row.old:
        return Rename(row.old, row.new)
    gone, put, above, below = (
        tuple(map(untold, each)) for each in (row.gone, row.put, row.above, row.below)
    )
    how = {"makes": row.makes, "removes": row.removes, "begins": row.begins, "ends": row.ends}
    return Change(row.file, row.at, gone, put, above, below, **how)
