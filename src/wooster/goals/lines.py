"""What a typed line or the parameters beside it say, as what a service can do.

It knows the forms of lines ("NAME: by June", "NAME to HABIT") and nothing of what is stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from wooster.core import days as local_days
from wooster.core import names
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean, clip
from wooster.goals import choosing, phrases, quantities
from wooster.goals.changes import Change
from wooster.goals.model import Goal, Measure, Milestone, Outcome, Value
from wooster.goals.parameters import (
    Closing,
    Editing,
    Linking,
    NewGoal,
    NewValue,
    Reverting,
    Step,
)
from wooster.goals.phrases import ReadDays, Said, Update
from wooster.goals.service import Edit

_SHOWN = 60
_NONE = ("none", "no", "off", "never", "without")
_NO_DEADLINE = Pattern(r"(?:^|[\s,;])(?:no|without\s+an?)\s+deadline$", re.IGNORECASE)
_NO_CATEGORY = Pattern(r"(?:^|[\s,;])(?:no|without\s+an?)\s+category$", re.IGNORECASE)
_AS = Pattern(r"\s+(?:as|:)\s*(?P<how>reached|done|achieved|dropped|abandoned|given\s+up)$", re.I)
_DAY_AT_END = Pattern(rf"(?<=\s)(?P<day_words>{local_days.WORDS})$", re.IGNORECASE)
_TO = Pattern(r"(?P<goal>.+?)\s+(?:to|with|from)\s+(?:the\s+)?(?:habit\s+)?(?P<habit>.+)", re.I)


def new_goal(given: NewGoal, days: ReadDays) -> Said:
    """Whoever gives parts apart means all of `goal` as the name. Raises `UsageError`."""
    text = clean(given.goal)
    if not (given.target.strip() or given.deadline.strip()):
        said = phrases.parse(text, days)
    else:
        said = Said(" ".join(text.split()))
    parts = Said(
        measure=_measure(given.target),
        deadline=phrases.a_deadline(clean(given.deadline), days)
        if given.deadline.strip()
        else None,
        category=clean(given.category).strip().casefold(),
    )
    return phrases.with_parts(said, parts)


def _measure(words: str) -> Measure | None:
    """ "24 books", "from 190 to 170 lb", "to 170 lb"; None without words. Raises `UsageError`."""
    text = " ".join(clean(words).split())
    if not text:
        return None
    if (quantity := quantities.parse(text)) and quantity.thousandths:
        return Measure(0, quantity.thousandths, quantity.unit)
    said = phrases.parse(text, _no_days)
    if said.name or said.measure is None:
        raise UsageError(
            f"“{clip(text, _SHOWN)}” is nothing to measure.",
            hint="Say it as `24 books` or `from 190 to 170 lb`.",
        )
    return said.measure


def _no_days(_: str) -> None:
    """Nothing is a day where only a measure is read."""


def update(given: NewValue, goals: Sequence[Goal]) -> Update:
    """Raises `UsageError` where no number is said, or a name with a number stands alone."""
    words = clean(given.goal).strip()
    text = f"{words} {clean(given.value).strip()}".strip()
    is_name = any(
        names.folded(each.name) == names.folded(words) for each in choosing.open_ones(goals)
    )
    if given.value.strip():
        found = phrases.parse_update(f"{clean(given.value).strip()} {clean(given.day)}".strip())
        # The name is `goal`, whatever numbers are in it.
        found = (
            None
            if found is None or found.words
            else Update(words, found.quantity, found.is_more, found.day)
        )
    else:
        found = None if is_name else phrases.parse_update(f"{text} {clean(given.day)}".strip())
    if found is None:
        raise UsageError(
            f"“{clip(text, _SHOWN)}” says no value." if text else choosing.NO_GOAL,
            hint="Say it as `update progress weight 185` or `update progress book +20 pages`.",
        )
    return found


def edit(given: Editing, days: ReadDays) -> tuple[str, Edit]:
    """The words for a goal, and what it gets. A typed line has both. Raises `UsageError`."""
    words = clean(given.goal).strip()
    if given.name or given.target or given.deadline or given.category:
        deadline: date | Literal[""] | None = None
        if given.deadline.strip():
            is_none = given.deadline.strip().casefold() in _NONE
            deadline = "" if is_none else phrases.a_deadline(clean(given.deadline), days)
        category = clean(given.category).strip()
        return words, Edit(
            clean(given.name).strip() or None,
            ("" if category.casefold() in _NONE else category) if category else None,
            deadline,
            _measure(given.target),
        )
    name, colon, rest = words.partition(":")
    if not colon:
        name, to, rest = words.partition(" to ")
        if not to:
            return words, Edit()
        if quantities.parse(rest) is None:
            return name, Edit(name=rest)
        rest = f"to {rest}"
    return name, _changes(rest.strip(), days)


def _changes(text: str, days: ReadDays) -> Edit:
    deadline: date | Literal[""] | None = None
    category: str | None = None
    if match := _NO_DEADLINE.search(text):
        deadline, text = "", text[: match.start()]
    if match := _NO_CATEGORY.search(text):
        category, text = "", text[: match.start()]
    # As a part of a goal with a name, so that a number is its target.
    said = phrases.parse(f'"x" {text}', days) if text.strip() else Said("x")
    if said.deadline is not None:
        deadline = said.deadline
    return Edit(None, said.category or category, deadline, said.measure)


def closing(given: Closing) -> tuple[str, Outcome | None]:
    """The words for a goal, and how it is closed; None: as it stands."""
    words = clean(given.goal).strip()
    if given.outcome:
        return words, given.outcome
    if match := _AS.search(words):
        is_reached = match["how"].casefold() in ("reached", "done", "achieved")
        return words[: match.start()], "reached" if is_reached else "dropped"
    return words, None


def linking(given: Linking) -> tuple[str, str]:
    """The words for a goal and those for a habit. Raises `UsageError`."""
    words, habit = clean(given.goal).strip(), clean(given.habit).strip()
    if habit:
        return words, habit
    match = _TO.fullmatch(words)
    if match is None:
        raise UsageError("Say which goal and which habit.", hint="As: `link goal NAME to HABIT`.")
    return match["goal"], match["habit"]


def new_step(given: Step, goals: Sequence[Goal], days: ReadDays) -> tuple[str, str, date | None]:
    """The words for a goal, a milestone's name and by when it is due: of "book: first draft by
    May", "first draft to book", "book first draft". Raises `UsageError`."""
    text = clean(given.milestone).strip()
    if given.goal.strip():
        goal, what = clean(given.goal), text
    else:
        goal, colon, what = text.partition(":")
        if not colon:
            goal, what = _apart(text, choosing.open_ones(goals))
    due = phrases.a_deadline(clean(given.day), days) if given.day.strip() else None
    if due is None:
        said = phrases.parse(what, days)
        due, what = said.deadline, said.name
    return goal, what, due


def _apart(text: str, goals: Sequence[Goal]) -> tuple[str, str]:
    what, to, goal = text.rpartition(" to ")
    if to and len(names.meant(goal, goals)) == 1:
        return goal, what
    parts = text.split()
    for count in range(len(parts) - 1, 0, -1):
        if len(names.meant(" ".join(parts[:count]), goals)) == 1:
            return " ".join(parts[:count]), " ".join(parts[count:])
    raise UsageError(
        f"Of which goal is “{clip(text, _SHOWN)}” a milestone?",
        hint="Say it as `milestone add GOAL: first draft by May`.",
    )


def step(given: Step) -> str:
    """The words for a milestone."""
    goal, text = clean(given.goal).strip(), clean(given.milestone).strip()
    return f"{goal}: {text}" if goal else text


def reverting(given: Reverting) -> Change:
    """The change that rows are. Raises `UsageError` for an instant without an offset."""
    if any(each.at.tzinfo is None for each in given.values):
        raise UsageError("An instant has no offset.", hint="Say +00:00.")
    goals = []
    for row in given.goals:
        new = {key: getattr(row, key) for key in row.model_fields_set - {"id"}}
        if new.get("measure"):
            new["measure"] = Measure(*new["measure"])
        goals.append((row.id, new))
    return Change(
        tuple(goals),
        tuple(Milestone(e.id, e.goal_id, e.name, e.due, e.done) for e in given.milestones),
        tuple(Value(e.id, e.goal_id, e.day, e.at, e.kind, e.value, e.note) for e in given.values),
        given.no_milestones,
        given.no_values,
    )


def day_apart(words: str, day: str) -> tuple[str, str]:
    """The words for a goal and those for a day, which may stand after them."""
    match = _DAY_AT_END.search(" ".join(words.split()))
    if day.strip() or match is None:
        return words, day
    return " ".join(words.split())[: match.start()], match["day_words"]
