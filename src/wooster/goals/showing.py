"""Goals as text for a person (Markdown) and as data for a program.

A name stands in it as text: whatever is in it can't look like ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wooster.core.days import day_text
from wooster.core.text import counted, percent, plain
from wooster.goals import progress, quantities, sparkline
from wooster.goals.applied import Changed
from wooster.goals.model import Goal, Measure, Milestone, Value
from wooster.goals.ports import Habit
from wooster.goals.progress import ONE
from wooster.goals.service import Shown
from wooster.goals.standing import Standing, rates

NO_GOALS = "There are no goals yet. `set goal read 24 books by 31 December` sets one."
_QUIET_DAYS = 21


def date_text(day: date, today: date) -> str:
    """ "3 June", with the year where it is another."""
    return f"{day.day} {day:%B}" + ("" if day.year == today.year else f" {day.year}")


# --- lines ------------------------------------------------------------------------------------


def value_text(found: Standing) -> str:
    """ "5 of 24 books", "189 lb on the way from 190 to 170", "1 of 3 milestones", ""."""
    measure, value = found.measure, found.value
    if measure is None:
        goal = found.goal
        done = sum(each.done is not None for each in goal.milestones)
        return f"{done} of {counted(len(goal.milestones), 'milestone')}" if goal.milestones else ""
    if value is None:
        return f"to {quantities.shown(measure.target, measure.unit)}, not measured yet"
    start = progress.start_of(measure, found.points)
    if measure.unit == "%":
        return ""
    if not start and measure.target > 0:
        target = quantities.shown(measure.target, measure.unit)
        number = quantities.shown(value, measure.unit if _is_money(measure) else "")
        return f"{number} of {target}"
    first, last = (quantities.shown(each or 0, "") for each in (start, measure.target))
    return f"{quantities.shown(value, measure.unit)} on the way from {first} to {last}"


def _is_money(measure: Measure) -> bool:
    return bool(measure.unit) and measure.unit in quantities.SIGNS


def share_text(found: Standing) -> str:
    """ "21 %", "reached, 25 % more than that"; "" where it isn't known."""
    way = found.way
    if way is None:
        return ""
    if way.share >= ONE:
        over = f", {percent(float(way.over))} more than that" if way.over else ""
        return f"reached{over}"
    back = f", {percent(float(way.back))} the other way" if way.back else ""
    return f"{percent(float(way.share))}{back}"


def pace_text(found: Standing) -> str:
    """ "at this rate: 3 June, 12 days late"; "" where it isn't known."""
    if found.pace.day is None or not found.goal.is_open:
        return ""
    told = f"at this rate: {date_text(found.pace.day, found.day)}"
    late = found.days_late
    if late is None:
        return told
    days = counted(abs(late), "day")
    return (
        f"{told}, {'on the day' if not late else f'{days} late' if late > 0 else f'{days} early'}"
    )


def deadline_text(found: Standing) -> str:
    """ "by 31 December", "12 days overdue", "due today"; "" for none."""
    deadline = found.goal.deadline
    if deadline is None:
        return ""
    if found.days_over:
        return f"{counted(found.days_over, 'day')} overdue (by {date_text(deadline, found.day)})"
    if deadline == found.day and found.goal.is_open and not found.is_reached:
        return "due today"
    return f"by {date_text(deadline, found.day)}"


def line(found: Standing) -> str:
    sign = "✓" if found.state == "reached" else "–" if found.goal.closed else "○"
    sign = "**!**" if found.days_over else sign
    parts = (value_text(found), share_text(found), deadline_text(found), pace_text(found))
    told = " · ".join(part for part in parts if part)
    return f"- {sign} {plain(found.goal.name)}" + (f"  *{told}*" if told else "")


# --- lists ------------------------------------------------------------------------------------


def open_text(found: Sequence[Standing]) -> str:
    """Those that are overdue first, then by their deadlines."""
    if not found:
        return NO_GOALS
    ordered = sorted(found, key=_urgency)
    return "\n".join([f"**{_summary(found)}**", "", *map(line, ordered)])


def _urgency(found: Standing) -> tuple[bool, bool, date, int]:
    deadline = found.goal.deadline
    return (found.is_reached, deadline is None, deadline or date.max, found.goal.id)


def _summary(found: Sequence[Standing]) -> str:
    told = [counted(len(found), "goal")]
    for count, what in (
        (sum(each.is_reached for each in found), "reached"),
        (sum(bool(each.days_over) for each in found), "overdue"),
        (sum(_is_behind(each) for each in found), "behind"),
    ):
        told += [f"{count} {what}"] if count else []
    return ", ".join(told)


def _is_behind(found: Standing) -> bool:
    return not found.days_over and not found.is_reached and (found.days_late or 0) > 0


def list_text(found: Sequence[Standing]) -> str:
    """All of them with their numbers, the open ones first."""
    if not found:
        return NO_GOALS
    lines = []
    for each in sorted(found, key=lambda one: (not one.goal.is_open, one.goal.id)):
        goal = each.goal
        notes = [part for part in (value_text(each), share_text(each), deadline_text(each)) if part]
        notes += [goal.category] if goal.category else []
        if goal.archived:
            notes.append(f"in the archive since {goal.archived.isoformat()}")
        elif goal.closed:
            notes.append(f"closed as {goal.outcome} on {goal.closed.isoformat()}")
        told = f"  *{'; '.join(notes)}*" if notes else ""
        lines.append(f"- **#{goal.id}** {plain(goal.name)}{told}")
    return "\n".join(lines)


def review_text(
    found: Sequence[Standing], habits: Mapping[int, Habit], today: date, *, ascii_only: bool
) -> str:
    """How each open goal goes: what is late first, then what is in time, then what isn't known."""
    if not found:
        return NO_GOALS
    lines = [f"**Goals on {today:%A} {today.day} {today:%B}**: {_summary(found)}"]
    for title, some in (
        ("Overdue", [each for each in found if each.days_over]),
        ("Behind", [each for each in found if _is_behind(each)]),
        ("In time", [each for each in found if _is_in_time(each)]),
        ("Open", [each for each in found if _is_other(each)]),
        ("Reached", [each for each in found if each.is_reached]),
    ):
        if some:
            lines += ["", f"**{title}**", ""]
            for each in sorted(some, key=_urgency):
                lines += _review_lines(each, habits, ascii_only=ascii_only)
    return "\n".join(lines)


def _is_in_time(found: Standing) -> bool:
    late = found.days_late
    return not found.days_over and not found.is_reached and late is not None and late <= 0


def _is_other(found: Standing) -> bool:
    return not found.days_over and not found.is_reached and found.days_late is None


def _review_lines(found: Standing, habits: Mapping[int, Habit], *, ascii_only: bool) -> list[str]:
    lines = [line(found)]
    if len(found.points) > 1:
        lines.append(f"  - `{drawn(found, ascii_only=ascii_only)}`")
    if not pace_text(found) and not found.is_reached:
        lines.append(f"  - the pace isn't known: {found.pace.why}")
    if told := _rates_text(found):
        lines.append(f"  - {told}")
    lines += [f"  - {told}" for told in _quiet(found)]
    lines += [
        f"  - milestone {milestone_text(each, found.day)}"
        for each in found.goal.milestones
        if each.done is None and each.due is not None
    ]
    lines += [
        f"  - habit {habit_text(habits[each])}" for each in found.goal.habits if each in habits
    ]
    return lines


def _quiet(found: Standing) -> list[str]:
    if not found.points or found.is_reached:
        return []
    last = found.points[-1].day
    days = (found.day - last).days
    return [f"nothing was said of it for {days} days"] if days >= _QUIET_DAYS else []


def _rates_text(found: Standing) -> str:
    both = rates(found)
    if both is None or found.measure is None:
        return ""
    unit = found.measure.unit
    gained, needed = (quantities.shown(_short(each), unit) for each in (both.gained, both.needed))
    return f"{gained} a week so far, {needed} a week are needed"


def _short(thousandths: int) -> int:
    """With one digit after the point, unless that would leave nothing."""
    rounded = round(thousandths / 100) * 100
    return rounded or thousandths


def drawn(found: Standing, *, ascii_only: bool) -> str:
    """A sparkline of its shares from its begin to today, or to the day on which it was closed."""
    measure = found.measure
    start = progress.start_of(measure, found.points) if measure else None
    if measure is None or start is None:
        return ""
    days = sparkline.columns(found.begun, found.day)
    told = progress.shares(start, measure.target, found.points, days)
    return sparkline.line(told, ascii_only=ascii_only)


# --- one --------------------------------------------------------------------------------------


def shown_text(shown: Shown, *, ascii_only: bool) -> str:
    """All that is known of a goal."""
    found = shown.standing
    lines = [f"**{plain(found.goal.name)}**: {described(found.goal, found.day)}", ""]
    if sparks := drawn(found, ascii_only=ascii_only):
        lines += ["```", sparks, "```", ""]
    told = [part for part in (value_text(found), share_text(found)) if part]
    since = f", since {day_text(found.since, found.day)}" if found.since else ""
    if told:
        lines.append(f"- {', '.join(told)}{since}")
    if found.days_over:
        lines.append(f"- {deadline_text(found)}")
    if found.goal.is_open and not found.is_reached:
        unknown = f"the pace isn't known: {found.pace.why}"
        lines.append(f"- {pace_text(found) or unknown}")
    lines += [f"- {part}" for part in (_rates_text(found), *_quiet(found)) if part]
    for each in found.goal.milestones:
        lines.append(f"- {'✓' if each.done else '○'} {milestone_text(each, found.day)}")
    lines += [f"- habit {habit_text(each)}" for each in shown.habits]
    if found.measure and shown.latest:
        values = (_latest_text(each, found.measure, found.day) for each in shown.latest)
        lines.append(f"- latest: {'; '.join(values)}")
    return "\n".join(lines).rstrip()


def described(goal: Goal, today: date) -> str:
    """Its measure, deadline, category and state: "from 190 to 170 lb, by 30 June 2027, health"."""
    parts = []
    if goal.measure:
        target = quantities.shown(goal.measure.target, goal.measure.unit)
        start = goal.measure.start
        first = "" if start is None else f"from {quantities.shown(start, '')} "
        parts.append(f"{first}to {target}")
    parts += [f"by {date_text(goal.deadline, today)}"] if goal.deadline else []
    parts += [goal.category] if goal.category else []
    if goal.archived:
        parts.append(f"in the archive since {goal.archived.isoformat()}")
    elif goal.closed:
        parts.append(f"closed as {goal.outcome} on {goal.closed.isoformat()}")
    elif goal.reopened:
        parts.append(f"reopened on {goal.reopened.isoformat()}")
    return ", ".join(parts or ["nothing to measure, no deadline"])


def milestone_text(each: Milestone, today: date) -> str:
    if each.done:
        return f"{plain(each.name)}, done {_on(each.done, today)}"
    if each.due is None:
        return plain(each.name)
    over = (today - each.due).days
    late = f", {counted(over, 'day')} overdue" if over > 0 else ""
    return f"{plain(each.name)}, by {date_text(each.due, today)}{late}"


def habit_text(habit: Habit) -> str:
    rate = "no period of it is over yet" if habit.rate is None else f"{percent(habit.rate)} done"
    return f"{plain(habit.name)}: {rate}, streak {habit.streak}"


def _latest_text(each: Value, measure: Measure, today: date) -> str:
    plus = "+" if each.kind == "more" and each.value >= 0 else ""
    note = f" ({plain(each.note)})" if each.note else ""
    return f"{plus}{quantities.shown(each.value, measure.unit)} {_on(each.day, today)}{note}"


def _on(day: date, today: date) -> str:
    when = day_text(day, today)
    return when if when in ("today", "yesterday") else f"on {when}"


def milestones_text(goals: Sequence[Goal], today: date) -> str:
    """Those of open goals that aren't done, by the days until which they are due."""
    found = [(goal, each) for goal in goals for each in goal.milestones if each.done is None]
    if not found:
        return "No milestone is open. `milestone add GOAL: first draft by May` adds one."
    found.sort(key=lambda both: (both[1].due or date.max, both[1].id))
    return "\n".join(
        f"- ○ {plain(goal.name)}: {milestone_text(each, today)}" for goal, each in found
    )


# --- what was changed -------------------------------------------------------------------------


def progress_text(changed: Changed) -> str:
    """ "weight: 189 lb on the way from 190 to 170, 5 %. At this rate: …"."""
    now, was = changed.now, changed.was
    told = [part for part in (value_text(now), share_text(now)) if part]
    text = [f"{plain(now.goal.name)}: {', '.join(told) or 'nothing is measured'}."]
    if was is not None and now.is_reached and not was.is_reached:
        text.append(f"`close goal {plain(now.goal.name)}` closes it.")
    parts = [deadline_text(now)] if now.days_over else []
    parts += [pace_text(now)] if pace_text(now) else []
    text += [f"{part[:1].upper()}{part[1:]}." for part in parts]
    return " ".join(text)


def closed_text(changed: Changed) -> str:
    now = changed.now
    share = share_text(changed.was) if changed.was and changed.was.way else ""
    at = f" at {share}" if share and now.goal.outcome == "dropped" else ""
    text = f"{plain(now.goal.name)} is closed as {now.goal.outcome}{at}."
    if now.goal.outcome == "dropped" and not now.is_reached:
        text += f" If it was reached: `undo`, then `close goal {plain(now.goal.name)} as reached`."
    return text


# --- data -------------------------------------------------------------------------------------


def goal_data(found: Standing) -> dict[str, Any]:
    goal, measure, way = found.goal, found.measure, found.way
    return {
        "id": goal.id,
        "name": goal.name,
        "category": goal.category,
        "created": goal.created.isoformat(),
        "deadline": _iso(goal.deadline),
        "state": found.state,
        "closed": _iso(goal.closed),
        "reopened": _iso(goal.reopened),
        "archived": _iso(goal.archived),
        "start": _number(progress.start_of(measure, found.points)) if measure else None,
        "target": _number(measure.target) if measure else None,
        "unit": measure.unit if measure else "",
        "value": _number(found.value),
        "progress": None if way is None else float(way.share),
        "over": 0.0 if way is None else float(way.over),
        "back": 0.0 if way is None else float(way.back),
        "pace": _iso(found.pace.day),
        "why_no_pace": found.pace.why,
        "days_late": found.days_late,
        "days_overdue": found.days_over,
        "reached": _iso(found.since),
        "milestones": [
            {"id": e.id, "name": e.name, "due": _iso(e.due), "done": _iso(e.done)}
            for e in goal.milestones
        ],
        "habits": list(goal.habits),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _number(thousandths: int | None) -> float | None:
    return None if thousandths is None else thousandths / 1_000
