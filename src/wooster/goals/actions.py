"""What a person, or a model, can do with goals: set them, say how far they are, look, change them.

Each write gives the action that takes it back, with its arguments.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from wooster.actions.action import Action, Parameters
from wooster.core.text import clean, plain
from wooster.goals import lines, look_actions, showing, step_actions
from wooster.goals.applied import Changed
from wooster.goals.parameters import (
    Closing,
    Editing,
    NewGoal,
    NewValue,
    Reverting,
    Which,
    WhichDay,
)
from wooster.goals.sentences import EXAMPLES_PROGRESS, EXAMPLES_SET, Sentences
from wooster.goals.service import Goals
from wooster.goals.steps import Steps
from wooster.wire.requests import ActionResult

Handler = Callable[[Any], Awaitable[ActionResult]]


def actions(goals: Goals, steps: Steps) -> list[Action[Any]]:
    """All of them over the goals of one home."""
    sentences = Sentences(goals)
    return [
        *look_actions.actions(goals, sentences),
        _set(goals, sentences),
        _progress(goals, sentences),
        _forget(goals),
        _edit(goals),
        *_closing(goals),
        *step_actions.actions(goals, steps, sentences),
        _revert(goals),
    ]


# --- the goals themselves ---------------------------------------------------------------------


def _set(goals: Goals, sentences: Sentences) -> Action[NewGoal]:
    async def handle(given: NewGoal) -> ActionResult:
        changed = await goals.add(lines.new_goal(given, goals.reads_days()))
        return _changed("Set", changed)

    return Action(
        name="goals_set",
        help="sets a goal: its name, what is measured, by when, and a category if you like",
        effect="write",
        parameters=NewGoal,
        phrases=(
            "set goal WHAT by DAY",
            "set goal NAME from NUMBER to NUMBER by DAY",
            "add goal WHAT",
            "/goals set WHAT by DAY",
        ),
        handler=handle,
        rest="goal",
        reads=sentences.new,
        examples=EXAMPLES_SET,
    )


def _edit(goals: Goals) -> Action[Editing]:
    async def handle(given: Editing) -> ActionResult:
        words, edit = lines.edit(given, goals.reads_days())
        return _changed("Changed", await goals.edit(words, edit))

    return Action(
        name="goals_edit",
        help="changes a goal's name, target, deadline or category; what was measured stays",
        effect="write",
        parameters=Editing,
        phrases=(
            "edit goal NAME: CHANGE",
            "rename goal NAME to NEW NAME",
            "/goals edit NAME: CHANGE",
        ),
        handler=handle,
        rest="goal",
    )


def _changed(told: str, changed: Changed) -> ActionResult:
    goal = changed.now.goal
    text = f"{told}: {plain(goal.name)}, {showing.described(goal, changed.now.day)}."
    return ActionResult(text, showing.goal_data(changed.now), undo=changed.undo)


def _closing(goals: Goals) -> list[Action[Any]]:
    async def close(given: Closing) -> ActionResult:
        changed = await goals.close(*lines.closing(given))
        data = showing.goal_data(changed.now)
        return ActionResult(showing.closed_text(changed), data, undo=changed.undo)

    async def reopen(given: Which) -> ActionResult:
        return _changed("Open again", await goals.reopen(clean(given.goal)))

    async def delete(given: Which) -> ActionResult:
        changed = await goals.archive(clean(given.goal))
        goal = changed.now.goal
        text = f"{plain(goal.name)} is in the archive; `restore goal #{goal.id}` brings it back."
        return ActionResult(text, showing.goal_data(changed.now), undo=changed.undo)

    async def restore(given: Which) -> ActionResult:
        return _changed("Back", await goals.restore(clean(given.goal)))

    return [
        _about_one(
            "goals_close",
            "closes a goal, as reached or as dropped; what is known of it stays",
            ("close goal NAME", "/goals close NAME"),
            close,
            Closing,
        ),
        _about_one(
            "goals_reopen",
            "opens a closed goal again",
            ("reopen goal NAME", "/goals reopen NAME"),
            reopen,
        ),
        _about_one(
            "goals_delete",
            "puts a goal into the archive, with all that is known of it",
            ("delete goal NAME", "/goals delete NAME"),
            delete,
        ),
        _about_one(
            "goals_restore",
            "brings a goal back from the archive",
            ("restore goal NAME", "/goals restore NAME"),
            restore,
        ),
    ]


def _about_one(
    name: str,
    told: str,
    typed: tuple[str, ...],
    handler: Handler,
    parameters: type[Parameters] = Which,
) -> Action[Any]:
    return Action(name, told, "write", parameters, typed, handler, "goal")


def _revert(goals: Goals) -> Action[Reverting]:
    async def handle(given: Reverting) -> ActionResult:
        changed = await goals.revert(lines.reverting(given))
        text = f"Taken back. {showing.line(changed.now).removeprefix('- ')}"
        return ActionResult(text, showing.goal_data(changed.now), undo=changed.undo)

    return Action(
        name="goals_revert",
        help="takes a change of goals back, row by row; `undo` runs it",
        effect="write",
        parameters=Reverting,
        phrases=(),
        handler=handle,
    )


# --- progress ---------------------------------------------------------------------------------


def _progress(goals: Goals, sentences: Sentences) -> Action[NewValue]:
    async def handle(given: NewValue) -> ActionResult:
        update = lines.update(given, await goals.names())
        changed = await goals.update(update.words, update, clean(given.note).strip())
        data = showing.goal_data(changed.now)
        return ActionResult(showing.progress_text(changed), data, undo=changed.undo)

    return Action(
        name="goals_progress",
        help="says how far a goal is: a value, what came on top, or percent; also of another day",
        effect="write",
        parameters=NewValue,
        phrases=(
            "update progress NAME VALUE",
            "update progress NAME +VALUE DAY",
            "/goals progress NAME VALUE",
        ),
        handler=handle,
        rest="goal",
        fits=sentences.an_update,
        reads=sentences.progress,
        examples=EXAMPLES_PROGRESS,
    )


def _forget(goals: Goals) -> Action[WhichDay]:
    async def handle(given: WhichDay) -> ActionResult:
        words, day = lines.day_apart(clean(given.goal), clean(given.day))
        changed = await goals.forget(words, day)
        data = showing.goal_data(changed.now)
        text = f"Removed. {showing.progress_text(changed)}"
        return ActionResult(text, data, undo=changed.undo)

    return Action(
        name="goals_unset",
        help="removes what was measured of a goal: the newest value, or all of a day",
        effect="write",
        parameters=WhichDay,
        phrases=("remove progress NAME", "remove progress NAME DAY", "/goals unset NAME DAY"),
        handler=handle,
        rest="goal",
    )
