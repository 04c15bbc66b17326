"""What a typed line means for the goals that there are: which one, which milestone, which value.

It reads goals and dates and changes nothing. Every error says the words that it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from wooster.core import days, names, units
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import clip
from wooster.goals import quantities
from wooster.goals.model import Goal, Measure, Milestone
from wooster.goals.phrases import EXAMPLES, LONGEST_NAME, Update

NO_GOAL = "Say which goal."
_SHOWN = 60
_EARLIEST = timedelta(days=36_525)


def one(words: str, goals: Sequence[Goal]) -> Goal:
    """The one that `words` mean: an open one, else a closed one, else one in the archive.

    Raises `NotFound`, `UsageError`.
    """
    if not words.strip():
        raise UsageError(NO_GOAL, hint="`goals` shows them.")
    hint = "`goals list` shows all of them." if goals else f"As: {EXAMPLES}."
    for some in (open_ones(goals), [each for each in goals if each.archived is None]):
        if names.meant(words, some):
            return names.find(words, some, "goal", hint)
    return names.find(words, goals, "goal", hint)


def open_one(words: str, goals: Sequence[Goal]) -> Goal:
    """The open one that `words` mean. Raises as `one` does."""
    goal = kept(words, goals)
    if goal.closed is not None:
        raise UsageError(
            f"“{goal.name}” is closed.", hint=f"`reopen goal {goal.name}` opens it again."
        )
    return goal


def kept(words: str, goals: Sequence[Goal]) -> Goal:
    """The one that `words` mean and that isn't in the archive. Raises as `one` does."""
    goal = one(words, goals)
    if goal.archived is not None:
        raise NotFound(
            f"“{goal.name}” is in the archive.", hint=f"`restore goal {goal.name}` brings it back."
        )
    return goal


def open_ones(goals: Sequence[Goal]) -> list[Goal]:
    return [each for each in goals if each.is_open]


def a_name(words: str, goals: Sequence[Goal], own: Goal | None = None) -> str:
    """A name that a goal may have. Raises `UsageError` for none, and for one that is taken."""
    name = " ".join(words.split())
    if not name:
        raise UsageError("The goal has no name.", hint=f"Say it as {EXAMPLES}.")
    if len(name) > LONGEST_NAME or name.startswith("#"):
        raise UsageError(
            f"“{clip(name, _SHOWN)}” can't be a goal's name.",
            hint=f"A name has up to {LONGEST_NAME} characters and doesn't begin with #.",
        )
    for each in open_ones(goals):
        if names.folded(each.name) == names.folded(name) and (own is None or each.id != own.id):
            raise UsageError(
                f"There is a goal “{each.name}” already.",
                hint=f"`edit goal {each.name}: by 31 December` changes it.",
            )
    return name


def a_milestone_name(words: str, goal: Goal) -> str:
    """A name that a milestone of `goal` may have. Raises `UsageError`."""
    name = " ".join(words.split())
    if not name or len(name) > LONGEST_NAME or name.startswith("#"):
        raise UsageError(
            f"“{clip(name, _SHOWN)}” can't be a milestone's name.",
            hint=f"Say it as `milestone add {goal.name}: first draft by May`.",
        )
    if any(names.folded(each.name) == names.folded(name) for each in goal.milestones):
        raise UsageError(
            f"“{goal.name}” has a milestone “{name}” already.",
            hint=f"`goals show {goal.name}` shows them.",
        )
    return name


def a_past_day(words: str, today: date) -> date:
    """The day that something was measured on; today without words. Raises `UsageError`."""
    if not words.strip():
        return today
    day = days.parse(words, today)
    if day is None:
        raise UsageError(
            f"“{clip(words, _SHOWN)}” is no day.",
            hint="Say it as `yesterday`, `on Monday`, `3 days ago` or `2026-11-05`.",
        )
    if not today - _EARLIEST <= day <= today:
        told = "hasn't come yet" if day > today else "is more than a hundred years ago"
        raise UsageError(f"{day.isoformat()} {told}.", hint="Say what is so when it is.")
    return day


def a_value(update: Update, measure: Measure, start: int | None, goal: Goal) -> int:
    """What was said, in thousandths of the measure's unit; "40 %" is of the way from the start.

    Raises `UsageError` where it is of another kind.
    """
    said = update.quantity
    if said.unit in ("", measure.unit):
        return said.thousandths
    if said.unit == "%" and start is not None:
        part = round(Fraction(said.thousandths, 100_000) * (measure.target - start))
        return part if update.is_more else start + part
    value = units.rescaled(said.thousandths, said.unit, measure.unit) if measure.unit else None
    if value is None:
        counts = measure.unit or "a number without a unit"
        say = f"Say it as `{quantities.text(said.thousandths, measure.unit)}`."
        if goal.measure is None:
            say = f"`edit goal {goal.name}: from 0 to 300 {said.unit}` has it count them."
        raise UsageError(
            f"“{goal.name}” counts {counts}, not {said.unit}.",
            hint=say,
        )
    return value


def milestone(words: str, goals: Sequence[Goal]) -> tuple[Goal, Milestone]:
    """The goal and the milestone of "book: first draft", "book first draft" or "first draft".

    Raises `NotFound`, `UsageError`.
    """
    name, colon, what = words.partition(":")
    if colon and what.strip():
        goal = kept(name, goals)
        return goal, _of(goal, what)
    there = [each for each in goals if each.archived is None]
    found = {
        (goal.id, each.id): (goal, each)
        for goal, what in _splits(words, there)
        for each in names.meant(what, goal.milestones)
    }
    if len(found) == 1:
        return next(iter(found.values()))
    told = clip(words, _SHOWN)
    if found:
        some = ", ".join(
            f"“{goal.name}: {each.name}” (#{each.id})" for goal, each in found.values()
        )
        raise UsageError(f"“{told}” may be {some}.", hint="Say it as `GOAL: MILESTONE`.")
    raise NotFound(f"There is no milestone “{told}”.", hint="`milestones` shows them.")


def _splits(words: str, goals: Sequence[Goal]) -> list[tuple[Goal, str]]:
    """Each goal that is meant by words at the begin, with the words after them; all goals with all
    words where a milestone stands alone."""
    parts = words.split()
    alone = [(goal, words) for goal in goals]
    for count in range(len(parts) - 1, 0, -1):
        meant = names.meant(" ".join(parts[:count]), goals)
        rest = " ".join(parts[count:])
        some = [(goal, rest) for goal in meant if names.meant(rest, goal.milestones)]
        if some:
            return some
    return alone


def _of(goal: Goal, words: str) -> Milestone:
    hint = f"`goals show {goal.name}` shows them." if goal.milestones else "It has none."
    return names.find(words, goal.milestones, f"milestone of “{goal.name}” called", hint)
