"""The actions on what leads to a goal: its milestones, and the habits that serve it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from wooster.actions.action import Action, Nothing
from wooster.core.text import plain
from wooster.goals import lines, look_actions, showing
from wooster.goals.applied import Changed
from wooster.goals.parameters import Linking, Step
from wooster.goals.sentences import Sentences
from wooster.goals.service import Goals
from wooster.goals.steps import Steps
from wooster.wire.requests import ActionResult

Handler = Callable[[Any], Awaitable[ActionResult]]


def actions(goals: Goals, steps: Steps, sentences: Sentences) -> list[Action[Any]]:
    """All of them over the goals of one home."""
    return [*_milestones(goals, steps, sentences), *_linking(steps, sentences)]


def _milestones(goals: Goals, steps: Steps, sentences: Sentences) -> list[Action[Any]]:
    async def listed(_: Nothing) -> ActionResult:
        found = await goals.open()
        text = showing.milestones_text([each.goal for each in found], goals.days.today())
        return ActionResult(text, look_actions.data(found))

    async def add(given: Step) -> ActionResult:
        goal, name, due = lines.new_step(given, await goals.names(), goals.reads_days())
        return _stepped("Added", await steps.add_milestone(goal, name, due))

    async def done(given: Step) -> ActionResult:
        changed = await steps.finish_milestone(lines.step(given), is_done=True, day=given.day)
        return _stepped("" if changed.undo else "It was before", changed)

    async def undone(given: Step) -> ActionResult:
        changed = await steps.finish_milestone(lines.step(given), is_done=False)
        return _stepped("Open again" if changed.undo else "Open", changed)

    async def remove(given: Step) -> ActionResult:
        return _stepped("Removed", await steps.remove_milestone(lines.step(given)))

    def step(name: str, told: str, typed: tuple[str, ...], handler: Handler) -> Action[Any]:
        return Action(name, told, "write", Step, typed, handler, "milestone", fits=sentences.a_step)

    return [
        Action(
            name="milestones",
            help="lists the milestones that aren't done, by the days until which they are due",
            effect="read",
            parameters=Nothing,
            phrases=("milestones",),
            handler=listed,
            fits=sentences.nothing,
        ),
        step(
            "milestones_add",
            "adds a milestone to a goal, with a day if you like",
            ("milestone add GOAL: WHAT by DAY", "add milestone GOAL: WHAT", "/milestones add WHAT"),
            add,
        ),
        step(
            "milestones_done",
            "says that a milestone is done",
            ("milestone done GOAL: WHAT", "/milestones done WHAT"),
            done,
        ),
        step(
            "milestones_undone",
            "says that a milestone isn't done",
            ("milestone undone GOAL: WHAT", "/milestones undone WHAT"),
            undone,
        ),
        step(
            "milestones_remove",
            "removes a milestone",
            ("milestone remove GOAL: WHAT", "/milestones remove WHAT"),
            remove,
        ),
    ]


def _stepped(told: str, changed: Changed) -> ActionResult:
    found, now = changed.milestone, changed.now
    told = f"{told}: " if told else ""
    what = f"{plain(now.goal.name)}: {showing.milestone_text(found, now.day)}" if found else ""
    stands = ", ".join(e for e in (showing.value_text(now), showing.share_text(now)) if e)
    text = f"{told}{what}." + (f" {stands[:1].upper()}{stands[1:]}." if stands else "")
    return ActionResult(text, showing.goal_data(now), undo=changed.undo)


def _linking(steps: Steps, sentences: Sentences) -> list[Action[Any]]:
    async def link(given: Linking) -> ActionResult:
        changed, habit = await steps.link(*lines.linking(given))
        told = "serves" if changed.undo else "serves already"
        text = f"{showing.habit_text(habit)}. It {told} {plain(changed.now.goal.name)}."
        return ActionResult(text, showing.goal_data(changed.now), undo=changed.undo)

    async def unlink(given: Linking) -> ActionResult:
        changed, habit = await steps.unlink(*lines.linking(given))
        told = "no longer serves" if changed.undo else "doesn't serve"
        text = f"{plain(habit.name)} {told} {plain(changed.now.goal.name)}."
        return ActionResult(text, showing.goal_data(changed.now), undo=changed.undo)

    return [
        Action(
            "goals_link",
            "has a habit serve a goal: its review tells how the habit goes",
            "write",
            Linking,
            ("link goal NAME to HABIT", "/goals link NAME to HABIT"),
            link,
            "goal",
            fits=sentences.a_link,
        ),
        Action(
            "goals_unlink",
            "has a habit serve a goal no more",
            "write",
            Linking,
            ("unlink goal NAME from HABIT", "/goals unlink NAME from HABIT"),
            unlink,
            "goal",
            fits=sentences.a_link,
        ),
    ]
