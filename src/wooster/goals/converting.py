"""What was measured of a goal, in the unit of another measure: "lb" become "kg", percent pages.

Pure. It refuses to guess: what can't be converted is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from wooster.core import units
from wooster.core.errors import UsageError
from wooster.goals.model import AS_PERCENT, Goal, Measure, Value


def remeasured(new: Measure, goal: Goal) -> Measure:
    """`new` with the unit and the start of the goal's own measure, where it says none.

    Raises `UsageError` where it would end where it begins.
    """
    old = goal.measure
    if old is None:
        return new
    unit = new.unit or old.unit
    kept = old.start
    if kept is not None and unit != old.unit:
        kept = units.rescaled(kept, old.unit, unit) if unit and old.unit else None
    # "30 books" begins with nothing; in place of "24 books" it begins where those did.
    start = kept if new.start is None or (new.start == 0 and kept is not None) else new.start
    if start == new.target:
        raise UsageError(
            f"“{goal.name}” begins with that already.", hint="Say both: `from 190 to 170 lb`."
        )
    return Measure(start, new.target, unit)


def keeps_values(goal: Goal, new: Measure) -> bool:
    """Whether what was measured stays as it is under the new measure."""
    old = goal.measure or AS_PERCENT
    return old.unit == new.unit or "" in (old.unit, new.unit)


def converted(values: Sequence[Value], goal: Goal, new: Measure) -> tuple[Value, ...]:
    """The goal's values as those of `new`; none where they stay as they are.

    Raises `UsageError` where they are of another kind.
    """
    old = goal.measure or AS_PERCENT
    if not values or keeps_values(goal, new):
        return ()
    return tuple(replace(each, value=_value(each, goal, old, new)) for each in values)


def _value(each: Value, goal: Goal, old: Measure, new: Measure) -> int:
    found = units.rescaled(each.value, old.unit, new.unit)
    if found is None and goal.measure is None and new.start is not None:
        part = round(Fraction(each.value, AS_PERCENT.target) * (new.target - new.start))
        return part if each.kind == "more" else new.start + part
    if found is None:
        raise UsageError(
            f"What was measured of “{goal.name}” is in {old.unit}, not in {new.unit}.",
            hint="Set a new goal for that, or say where it begins: `from 0 to 300 pages`.",
        )
    return found
