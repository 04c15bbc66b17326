"""A person's days as they are written out: habits, goals, reminders, calendars, health. It reads
the database and the health log; what each says in words is the capability's own wording."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, get_args

from wooster.calendars import store as calendar_store
from wooster.core.clock import from_ms
from wooster.core.text import clean, escaped
from wooster.exporting.told import told
from wooster.goals import quantities
from wooster.goals import store as goal_store
from wooster.goals.model import Goal, Value
from wooster.habits import store as habit_store
from wooster.habits.model import CheckIn, Habit
from wooster.habits.rhythms import rule_text
from wooster.health.entries import Entry
from wooster.schedule import store as job_store
from wooster.schedule.model import Job, JobState
from wooster.schedule.wording import describe

# A number in the unit of its goal, as it is said.
_IN_THOUSANDTHS = ("start", "target", "value")


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it, as it is now."""

    habits: tuple[tuple[Habit, tuple[CheckIn, ...]], ...]
    goals: tuple[tuple[Goal, tuple[Value, ...]], ...]
    jobs: tuple[Job, ...]
    events: tuple[dict[str, Any], ...]


def kept(connection: sqlite3.Connection, zone: tzinfo | None) -> Kept:
    habits = habit_store.listed(connection)
    goals = goal_store.listed(connection)
    jobs = job_store.jobs(connection, get_args(JobState), ("reminder", "prompt"))
    return Kept(
        tuple((h, tuple(habit_store.check_ins(connection, h.id))) for h in habits),
        tuple((g, tuple(goal_store.all_values(connection, g.id))) for g in goals),
        tuple(jobs),
        tuple(_events(connection, zone)),
    )


def _events(connection: sqlite3.Connection, zone: tzinfo | None) -> Iterator[dict[str, Any]]:
    for each in calendar_store.instances(connection):
        # A whole day, or a time of the clock wherever one is, is kept as if it were UTC.
        is_instant = each.kind == "timed"
        moments = [from_ms(each.starts_ms), from_ms(each.ends_ms)]
        begins, ends = (
            at.astimezone(zone) if is_instant else at.replace(tzinfo=None) for at in moments
        )
        whole = each.kind == "day"
        yield {
            "calendar": each.calendar,
            "summary": each.summary,
            "location": each.location,
            "begins": begins.date().isoformat() if whole else begins.isoformat(),
            "ends": ends.date().isoformat() if whole else ends.isoformat(),
            "zone": each.zone,
            "status": each.status,
        }


# --- as JSON ----------------------------------------------------------------------------------


def habit_data(each: tuple[Habit, tuple[CheckIn, ...]], zone: tzinfo | None) -> Any:
    habit, done = each
    data = told(habit, zone, ("id", "habit_id"))
    for rule, dated in zip(data["rules"], habit.rules, strict=True):
        rule["says"] = rule_text(dated.rule)
    return data | {"check_ins": [told(one, zone, ("id", "habit_id")) for one in done]}


def goal_data(each: tuple[Goal, tuple[Value, ...]], habits: dict[int, str]) -> Any:
    goal, values = each
    data = told(goal, None, ("id", "goal_id", "habits"))
    unit = goal.measure.unit if goal.measure else ""
    told_values = [told(one, None, ("id", "goal_id")) for one in values]
    for some in (data["measure"], *told_values):
        for name in _IN_THOUSANDTHS:
            if some and some.get(name) is not None:
                some[name] /= 1000
    served = [habits[one] for one in goal.habits if one in habits]
    return data | {"unit": unit, "values": told_values, "habits": served}


def job_data(job: Job, zone: tzinfo | None) -> Any:
    return told(job, zone, ("id", "payload", "kind", "channels")) | {"says": _when(job, zone)}


# --- as Markdown ------------------------------------------------------------------------------


def habits_text(found: tuple[tuple[Habit, tuple[CheckIn, ...]], ...]) -> Iterator[str]:
    yield "# Habits\n"
    for habit, done in found:
        since = f"since {habit.created.isoformat()}"
        gone = f", in the archive since {habit.archived.isoformat()}" if habit.archived else ""
        yield f"\n## {_line(habit.name)}\n\n{_line(rule_text(habit.rule))}, {since}{gone}.\n\n"
        for one in done:
            amount = f": {one.amount}" if one.amount else ""
            yield f"- {one.day.isoformat()}{amount}{_note(one.note)}\n"
        for rest in habit.breaks:
            last = rest.last.isoformat() if rest.last else "further notice"
            yield f"- {rest.kind} from {rest.first.isoformat()} to {last}\n"


def goals_text(found: tuple[tuple[Goal, tuple[Value, ...]], ...]) -> Iterator[str]:
    yield "# Goals\n"
    for goal, values in found:
        yield f"\n## {_line(goal.name)}\n\n"
        unit = goal.measure.unit if goal.measure else ""
        if goal.measure is not None:
            start = goal.measure.start
            begun = "" if start is None else f"from {quantities.text(start, unit)} "
            yield f"- {begun}to {quantities.text(goal.measure.target, unit)}\n"
        if goal.deadline:
            yield f"- by {goal.deadline.isoformat()}\n"
        if goal.closed:
            yield f"- {goal.outcome} on {goal.closed.isoformat()}\n"
        for step in goal.milestones:
            due = f", by {step.due.isoformat()}" if step.due else ""
            yield f"- [{'x' if step.done else ' '}] {_line(step.name)}{due}\n"
        for value in values:
            more = "+" if value.kind == "more" and value.value > 0 else ""
            said = f"{more}{quantities.text(value.value, unit)}"
            yield f"- {value.day.isoformat()}: {said}{_note(value.note)}\n"


def reminders_text(found: tuple[Job, ...], zone: tzinfo | None) -> Iterator[str]:
    yield "# Reminders\n\n"
    for job in found:
        yield f"- {_line(job.text)}: {_when(job, zone)} *({job.state})*\n"


def events_text(found: tuple[dict[str, Any], ...]) -> Iterator[str]:
    yield "# Calendars\n\nThe whole calendars are the .ics files beside this page.\n\n"
    for each in found:
        place = f", {_line(each['location'])}" if each["location"] else ""
        begins = str(each["begins"]).replace("T", " ")[:16]
        yield f"- {begins} {_line(each['summary'])}{place} *({_line(each['calendar'])})*\n"


def entry_data(entry: Entry) -> Any:
    return {"at": f"{entry.day}T{entry.time}", "text": entry.text}


def _when(job: Job, zone: tzinfo | None) -> str:
    times = job.times
    if times.at is not None:
        return f"{times.at.astimezone(zone):%Y-%m-%d %H:%M}"
    return describe(times.rrule, times.start.time() if times.start else None)


def _note(note: str) -> str:
    return f" ({_line(note)})" if note else ""


def _line(text: str) -> str:
    return escaped(" ".join(clean(text).split()))
