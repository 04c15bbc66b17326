"""The actions that look at goals: what is open, how it goes, all of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wooster.actions.action import Action, Nothing
from wooster.core.text import ascii_asked, clean
from wooster.goals import showing
from wooster.goals.parameters import Review, Which
from wooster.goals.sentences import EXAMPLES_LIST, EXAMPLES_REVIEW, EXAMPLES_SHOW, Sentences
from wooster.goals.service import Goals
from wooster.goals.standing import Standing
from wooster.wire.requests import ActionResult


def actions(goals: Goals, sentences: Sentences) -> list[Action[Any]]:
    """All of them over the goals of one home."""
    return [*_lists(goals, sentences), _review(goals, sentences), _show(goals, sentences)]


def _lists(goals: Goals, sentences: Sentences) -> list[Action[Any]]:
    async def overview(_: Nothing) -> ActionResult:
        found = await goals.open()
        return ActionResult(showing.open_text(found), data(found))

    async def listed(_: Nothing) -> ActionResult:
        found = await goals.all()
        return ActionResult(showing.list_text(found), data(found))

    return [
        Action(
            name="goals",
            help="shows your open goals: how far they are, by when, and when they will be done",
            effect="read",
            parameters=Nothing,
            phrases=("goals",),
            handler=overview,
            fits=sentences.nothing,
            reads=sentences.listed,
            examples=EXAMPLES_LIST,
        ),
        Action(
            name="goals_list",
            help="lists all goals, also those that are closed or in the archive",
            effect="read",
            parameters=Nothing,
            phrases=("list goals", "/goals list"),
            handler=listed,
            fits=sentences.nothing,
        ),
    ]


def data(found: Sequence[Standing]) -> dict[str, Any]:
    return {"goals": [showing.goal_data(each) for each in found]}


def _review(goals: Goals, sentences: Sentences) -> Action[Review]:
    async def review(given: Review) -> ActionResult:
        _, ascii_only = ascii_asked(given.how)
        found, habits = await goals.review()
        text = showing.review_text(found, habits, goals.days.today(), ascii_only=ascii_only)
        return ActionResult(text, data(found))

    return Action(
        name="goals_review",
        help="reviews your goals: overdue, behind, in time; what each needs a week",
        effect="read",
        parameters=Review,
        phrases=("goal review", "goal review OPTIONS", "goals review OPTIONS", "/goals review"),
        handler=review,
        rest="how",
        fits=sentences.nothing,
        reads=sentences.review,
        examples=EXAMPLES_REVIEW,
    )


def _show(goals: Goals, sentences: Sentences) -> Action[Which]:
    async def show(given: Which) -> ActionResult:
        words, ascii_only = ascii_asked(clean(given.goal))
        shown = await goals.show(words)
        text = showing.shown_text(shown, ascii_only=ascii_only)
        return ActionResult(text, showing.goal_data(shown.standing))

    return Action(
        name="goals_show",
        help="shows all of one goal, with a line of its progress",
        effect="read",
        parameters=Which,
        phrases=("goals show NAME", "show goal NAME", "/goals show NAME"),
        handler=show,
        rest="goal",
        fits=sentences.a_goal,
        reads=sentences.one,
        examples=EXAMPLES_SHOW,
    )
