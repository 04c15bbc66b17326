"""Habits and goals of the original, and what it logged of health, as they are kept here. Pure.

Streaks and shares that it stored are left: they are counted from what was done.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

from wooster.core.text import clean
from wooster.goals.model import AS_PERCENT, PERCENT, Goal, Measure, Outcome, Value
from wooster.goals.past import PastGoal, Step
from wooster.habits.model import Rule
from wooster.habits.past import Done, PastHabit
from wooster.moving.databases import Row, Rows
from wooster.moving.model import Copy, Event, Found, HealthEntries, Remark, Unread
from wooster.moving.said import instant
from wooster.moving.texts import shown

DayOf = Callable[[datetime], date]
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?")


def moment(told: Any) -> datetime | None:
    """An instant as the original stored it: ISO 8601 (UTC where it says no zone) or milliseconds
    since 1970."""
    if isinstance(told, int | float) and not isinstance(told, bool):
        return instant(told / 1000 if told > 1e11 else told)
    text = str(told or "").strip()
    if text.isdigit() and len(text) > 8:
        return moment(int(text))
    return instant(text.replace(" ", "T", 1)) if text else None


def a_date(told: Any) -> date | None:
    """A day as the original stored it."""
    try:
        return date.fromisoformat(str(told or "").strip()[:10])
    except ValueError:
        return None


# --- habits -----------------------------------------------------------------------------------


def habits(rows: Rows, now: datetime) -> Iterator[Event]:
    """Each habit with its completions."""
    done: dict[Any, list[Row]] = {}
    for row in rows("habit_completions"):
        done.setdefault(row.get("habit_id"), []).append(row)
    for at, row in enumerate(rows("habits"), 1):
        completions = done.pop(row.get("id"), [])
        name = clean(str(row.get("name") or "")).strip()
        if not name:
            yield Unread("the habit has no name", 1 + len(completions), at)
            continue
        dated = [(moment(each.get("completed_at")), each) for each in completions]
        for when, each in dated:
            if when is None:
                told = shown(str(each.get("completed_at")))
                yield Unread(f"the completion of “{name}” has no time", 1, at, told)
        was_done = tuple(Done(w, _note(each)) for w, each in dated if w is not None)
        begun = moment(row.get("created_at")) or min((d.at for d in was_done), default=now)
        past = PastHabit(
            name, _rule(row), begun, _clock(row.get("reminder_time")), _is_over(row), was_done
        )
        # Its name may have been changed since; what is told by its number and birth is the habit.
        own = f"{row.get('id')}\0{row.get('created_at')}"
        ids = (own, *(f"{own}\0{each.at.isoformat()}\0{n}" for n, each in enumerate(was_done)))
        things = (1, *(0 for _ in was_done))
        yield Found("habit", ids, past, (1,) * len(ids), at, things)
    yield from _left_out(rows("habits"), "Habits", "name", ("description", "category"))
    for left in done.values():
        yield Unread("the completion is of a habit that isn't there", len(left))


def _left_out(rows: list[Row], of: str, name: str, fields: tuple[str, ...]) -> Iterator[Event]:
    """What a person wrote and no field here holds becomes a document among the notes."""
    told = []
    for row in rows:
        said = [str(row[key]).strip() for key in fields if str(row.get(key) or "").strip()]
        if said:
            told.append(f"## {row.get(name) or 'Without a name'}\n\n" + "\n\n".join(said) + "\n")
    if told:
        path = f"{of} of the old Wooster.md"
        data = f"# {of} of the old Wooster\n\n{chr(10).join(told)}".encode("utf-8", "replace")
        mark = f"{of}\0{hashlib.sha256(data).hexdigest()}"
        yield Found.one("document", mark, Copy("notes", path, data), 0)
        yield Remark(f"what was written of them ({', '.join(fields)}) is in notes/{path}")


def _note(row: Row) -> str:
    return clean(str(row.get("notes") or "")).strip()


def _is_over(row: Row) -> bool:
    return row.get("is_active") in (0, "0", False, "false")


def _clock(told: Any) -> time | None:
    try:
        return time.fromisoformat(str(told or "").strip().zfill(5))
    except ValueError:
        return None


def _rule(row: Row) -> Rule:
    """Days of the week are counted from Sunday there, from Monday here."""
    listed = _days(row.get("target_days"))
    frequency = str(row.get("frequency") or "daily").lower()
    if frequency == "monthly":
        chosen = tuple(sorted({each for each in listed if 1 <= each <= 31}))
        return Rule("month", chosen)
    weekdays = tuple(sorted({(each % 7) or 7 for each in listed if 0 <= each <= 7}))
    if frequency == "daily" or len(weekdays) == 7:
        is_each = not weekdays or len(weekdays) == 7
        return Rule() if is_each else Rule("week", weekdays)
    return Rule("week", weekdays)


def _days(told: Any) -> list[int]:
    try:
        found = json.loads(str(told or "[]"))
    except (ValueError, RecursionError):
        return []
    return [each for each in found if type(each) is int] if isinstance(found, list) else []


# --- goals ------------------------------------------------------------------------------------


def goals(rows: Rows, now: datetime, day_of: DayOf) -> Iterator[Event]:
    """Each goal with its milestones and its values."""
    steps, values = _by_goal(rows("milestones")), _by_goal(rows("progress_entries"))
    for at, row in enumerate(rows("goals"), 1):
        own_steps, own_values = steps.pop(row.get("id"), []), values.pop(row.get("id"), [])
        name = clean(str(row.get("title") or "")).strip()
        if not name:
            yield Unread("the goal has no title", 1 + len(own_steps) + len(own_values), at)
            continue
        begun = moment(row.get("created_at")) or now
        measure = _measure(row, own_values)
        measured = [_value(each, measure, begun, day_of) for each in own_values]
        for each, found in zip(own_values, measured, strict=True):
            if found is None:
                told = shown(str(each.get("notes") or each.get("date") or ""))
                yield Unread(f"the progress of “{name}” has no value or no day", 1, at, told)
        past = PastGoal(
            _goal(row, name, begun, measure, day_of),
            tuple(each for each in measured if each is not None) or _now(row, measure, now, day_of),
            tuple(_step(each, day_of) for each in own_steps),
        )
        own = f"{row.get('id')}\0{row.get('created_at')}"
        ids = [own, *(f"{own}\0step\0{each.get('id')}" for each in own_steps)]
        ids += [
            f"{own}\0value\0{each.get('id')}"
            for each, found in zip(own_values, measured, strict=True)
            if found is not None
        ]
        things = (1, *(0 for _ in ids[1:]))
        yield Found("goal", tuple(ids), past, (1,) * len(ids), at, things)
        if row.get("status") == "paused":
            yield Remark(f"the goal “{name}” was paused; here it is open", at)
    yield from _left_out(rows("goals"), "Goals", "title", ("description", "notes"))
    left = [*steps.values(), *values.values()]
    if left:
        yield Unread("it is of a goal that isn't there", sum(map(len, left)))


def _by_goal(found: list[Row]) -> dict[Any, list[Row]]:
    kept: dict[Any, list[Row]] = {}
    for row in found:
        kept.setdefault(row.get("goal_id"), []).append(row)
    return kept


def _thousandths(told: Any) -> int | None:
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return round(told * 1000) if is_number and abs(told) < 1e12 else None


def _measure(row: Row, values: list[Row]) -> Measure | None:
    """From the first value that is known to the target: the original kept no start."""
    target = _thousandths(row.get("target_value"))
    if target is None:
        has_share = any(_thousandths(each.get("value")) is not None for each in values)
        return AS_PERCENT if has_share or row.get("progress") else None
    unit = " ".join(str(row.get("measure_unit") or "").split())
    known = [each for each in values if _thousandths(each.get("value")) is not None]
    first = min(known, key=lambda each: str(each.get("date") or ""), default=None)
    start = _thousandths(first.get("value")) if first else 0
    return Measure(None if start == target else start, target, unit)


def _value(row: Row, measure: Measure | None, begun: datetime, day_of: DayOf) -> Value | None:
    value = _thousandths(row.get("value"))
    when = moment(row.get("date"))
    if value is None or when is None or measure is None:
        return None
    only_day = len(str(row.get("date")).strip()) == 10
    day = a_date(row.get("date")) if only_day else day_of(when)
    assert day is not None
    return Value(0, 0, day, when, "at", value, _note(row))


def _now(row: Row, measure: Measure | None, now: datetime, day_of: DayOf) -> tuple[Value, ...]:
    """Where no values are kept: what it stood at."""
    if measure is None:
        return ()
    key = "progress" if measure.unit == PERCENT else "current_value"
    value = _thousandths(row.get(key))
    told = moment(row.get("completed_at")) or moment(row.get("updated_at"))
    when = told or moment(row.get("created_at")) or now
    return (Value(0, 0, day_of(when), when, "at", value),) if value else ()


def _goal(row: Row, name: str, begun: datetime, measure: Measure | None, day_of: DayOf) -> Goal:
    status = str(row.get("status") or "active")
    outcome: Outcome | None = None
    if status in ("completed", "abandoned"):
        outcome = "reached" if status == "completed" else "dropped"
    ended = moment(row.get("completed_at")) or moment(row.get("updated_at")) or begun
    category = str(row.get("category") or "").casefold()
    return Goal(
        0,
        name,
        day_of(begun),
        begun,
        "" if category == "other" else category,
        a_date(row.get("target_date")),
        measure,
        day_of(ended) if outcome else None,
        outcome,
    )


def _step(row: Row, day_of: DayOf) -> Step:
    name = clean(str(row.get("title") or "a milestone")).strip() or "a milestone"
    done = moment(row.get("completed_at"))
    is_done = row.get("is_completed") in (1, True, "1")
    due = a_date(row.get("target_date"))
    day = day_of(done) if done else due
    return Step(name[:100], due, day if is_done else None)


# --- health -----------------------------------------------------------------------------------


def health_rows(rows: Rows, local: Callable[[datetime], datetime]) -> Iterator[Event]:
    """`health_entries` of the older installs."""
    ids, entries = [], []
    for at, row in enumerate(rows("health_entries"), 1):
        when = _written(row, local)
        text = _health_text(row)
        if when is None or not text:
            yield Unread("it has no text" if when else "it has no date", 1, at, shown(text))
            continue
        ids.append(f"row\0{row.get('id')}\0{when}\0{text}")
        entries.append(f"{when} {text}")
    if entries:
        yield Found("health entry", tuple(ids), HealthEntries(tuple(entries)), (1,) * len(ids))


def _written(row: Row, local: Callable[[datetime], datetime]) -> str | None:
    told = str(row.get("date") or "").strip()
    if _STAMP.fullmatch(told):
        return f"{told[:10]} {told[11:]}" + ("" if len(told) == 19 else ":00")
    made = moment(row.get("createdAt"))
    if (day := a_date(told)) is not None:
        at = local(made) if made else None
        return f"{day} {at:%H:%M:%S}" if at and at.date() == day else f"{day} 00:00:00"
    return f"{local(made):%Y-%m-%d %H:%M:%S}" if made else None


def _health_text(row: Row) -> str:
    kind, content = str(row.get("entryType") or "").strip(), str(row.get("content") or "").strip()
    parts = [f"{kind}: {content}" if kind and content else content or kind]
    for key, unit in (
        ("durationMinutes", "min"),
        ("distanceKm", "km"),
        ("reps", "reps"),
        ("sets", "sets"),
        ("weightKg", "kg"),
        ("calories", "kcal"),
    ):
        if row.get(key) not in (None, "", 0):
            parts.append(f"{row[key]} {unit}")
    parts.append(str(row.get("notes") or "").strip())
    return clean(", ".join(part for part in parts if part)).strip()
