"""Habits as text for a person (Markdown) and as data for a program.

A name stands in it as text: whatever is in it can't look like ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wooster.core.days import day_text
from wooster.core.text import percent, plain
from wooster.core.units import Amount
from wooster.habits import heatmap
from wooster.habits.breaks import Rested
from wooster.habits.counting import Figures, Looked
from wooster.habits.model import Break, CheckIn, Habit, Rule
from wooster.habits.rhythms import listed, rule_text, weekday_name
from wooster.habits.service import CheckedIn

NO_HABITS = "There are no habits yet. `add habit meditate every day` begins one."
_RESTS = {"skip": "skipped", "vacation": "on vacation", "pause": "paused"}


def streak_text(rule: Rule, streak: int) -> str:
    """ "12 days", "1 week", "5 in a row"."""
    if rule.is_daily and rule.days:
        return f"{streak} in a row"
    return f"{streak} {rule.period}{'' if streak == 1 else 's'}"


# --- today ------------------------------------------------------------------------------------


def today_text(looks: Sequence[Looked]) -> str:
    """What is due first, then what is done, then what isn't asked today."""
    if not looks:
        return NO_HABITS
    today = looks[0].day
    due = [each for each in looks if each.standing.is_asked]
    done = [each for each in looks if _is_done(each)]
    rest = [each for each in looks if each not in due and each not in done]
    count = f"{len(done)} of {len(due) + len(done)} done" if due or done else "nothing is due"
    lines = [f"**{today:%A} {today.day} {today:%B}**: {count}", ""]
    lines += [_line("○", each) for each in due] + [_line("✓", each) for each in done]
    lines += [_line("–", each) for each in rest]
    return "\n".join(lines)


def _is_done(look: Looked) -> bool:
    return look.standing.state == "done" or (
        look.standing.state == "open" and look.standing.is_logged
    )


def _line(sign: str, look: Looked) -> str:
    rule = look.habit.rule
    at = f"at {look.habit.remind_at:%H:%M}" if look.habit.remind_at else ""
    streak = f"streak {streak_text(rule, look.streak)}" if look.streak else ""
    parts = (how_it_stands(look), at if sign == "○" else "", streak)
    told = " · ".join(part for part in parts if part)
    return f"- {sign} {plain(look.habit.name)}" + (f"  *{told}*" if told else "")


def how_it_stands(look: Looked) -> str:
    """ "15 of 20 min", "2 of 3 this week, 4 days left", "on vacation until 10 Dec"."""
    rule, standing = look.habit.rule, look.standing
    if look.resting and standing.state != "done":
        return rest_text(look.resting)
    if standing.state == "off" and look.next_due:
        return f"next on {look.next_due:%A} {look.next_due.day} {look.next_due:%b}"
    if standing.state == "free":
        return f"nothing is asked this {rule.period}"
    asked = standing.share.asked or standing.share.full
    is_done = standing.state == "done"
    if rule.amount is not None and (rule.is_daily or rule.in_total):
        unit = "" if rule.by_times else f" {rule.amount.unit}"
        told = f"{_part(rule.amount, standing.measure)} of {_part(rule.amount, asked)}{unit}"
    elif rule.is_daily:
        return ""
    else:
        told = f"{standing.measure} of {asked}"
    if rule.is_daily:
        return told
    left = standing.days_left
    more = "" if is_done else f", {left} day{'' if left == 1 else 's'} left"
    return f"{told} this {rule.period}{more}"


def _part(amount: Amount, thousandths: int) -> str:
    """The number of an amount in the unit of `amount`, with one digit after the point where a share
    has more: "11.4 km"."""
    number = str(Amount(thousandths, amount.unit)).split(" ")[0]
    return number if len(number.partition(".")[2]) < 3 else f"{float(number):.1f}"


def rest_text(resting: Break) -> str:
    told = _RESTS[resting.kind]
    if resting.kind == "skip" or resting.last is None:
        return told
    return f"{told} until {resting.last:%A} {resting.last.day} {resting.last:%b}"


# --- figures ----------------------------------------------------------------------------------


def figures_text(
    found: Figures, latest: Sequence[CheckIn], today: date, *, ascii_only: bool
) -> str:
    """One habit: what it asks, a calendar of what was done, and what is counted."""
    habit, summary, look = found.looked.habit, found.summary, found.looked
    head = f"**{plain(habit.name)}**: {rule_text(habit.rule)}, since {habit.created.isoformat()}"
    if habit.archived:
        head += f", in the archive since {habit.archived.isoformat()}"
    elif look.resting:
        head += f", {rest_text(look.resting)}"
    weeks = heatmap.weeks_shown(date.fromordinal(found.count.first_day), look.day)
    drawn = heatmap.lines(
        lambda day: found.count.mark(day.toordinal()), look.day, weeks, ascii_only=ascii_only
    )
    counted = [
        f"streak {streak_text(habit.rule, summary.current)}, longest {summary.longest}",
        rate_text(found),
    ]
    if summary.best:
        counted.append(f"best on {listed([f'{weekday_name(each)}s' for each in summary.best])}")
    if latest:
        counted.append(f"last on {day_text(latest[0].day, today)}")
    lines = (f"- {each}" for each in counted)
    return "\n".join([head, "", "```", *drawn, "```", "", *lines])


def rate_text(found: Figures) -> str:
    summary, rule = found.summary, found.looked.habit.rule
    if summary.rate is None:
        return f"no {rule.period} is over yet"
    ended = summary.done + summary.missed
    unit = "time" if rule.is_daily and rule.days else rule.period
    return f"{percent(summary.rate)}: {summary.done} of {ended} {unit}{'' if ended == 1 else 's'}"


def all_figures_text(found: Sequence[Figures]) -> str:
    if not found:
        return NO_HABITS
    lines = ["| habit | streak | longest | done | best on |", "|---|---|---|---|---|"]
    for each in found:
        habit, summary = each.looked.habit, each.summary
        rate = "" if summary.rate is None else percent(summary.rate)
        best = ", ".join(weekday_name(day)[:3] for day in summary.best[:3])
        streak = streak_text(habit.rule, summary.current)
        lines.append(f"| {plain(habit.name)} | {streak} | {summary.longest} | {rate} | {best} |")
    return "\n".join([*lines, "", "*`habit stats NAME` shows the calendar of one.*"])


def list_text(habits: Sequence[Habit], today: date) -> str:
    if not habits:
        return NO_HABITS
    lines = []
    for each in sorted(habits, key=lambda habit: (habit.archived is not None, habit.id)):
        notes = [rule_text(each.rule), f"since {each.created.isoformat()}"]
        notes += [f"reminder at {each.remind_at:%H:%M}"] if each.remind_at else []
        if each.archived:
            notes.append(f"in the archive since {each.archived.isoformat()}")
        elif resting := each.break_on(today):
            notes.append(rest_text(resting))
        lines.append(f"- **#{each.id}** {plain(each.name)}  *{'; '.join(notes)}*")
    return "\n".join(lines)


def described(habit: Habit) -> str:
    """Name, rule and reminder of a habit."""
    at = f", reminder at {habit.remind_at:%H:%M}" if habit.remind_at else ""
    return f"{plain(habit.name)}, {rule_text(habit.rule)}{at}"


# --- what was changed -------------------------------------------------------------------------


def checked_in_text(done: CheckedIn, today: date) -> str:
    look, when = done.looked, day_text(done.day, today)
    name, rule = plain(look.habit.name), look.habit.rule
    if not done.made:
        return f"{name} is done already {_on(when)}."
    amounts = [str(each.amount) for each in done.made if each.amount is not None]
    what = f"{', '.join(amounts)} " if amounts else "done "
    told = [f"{name}: {what}{_on(when)}."]
    stands = how_it_stands(look)
    if stands and done.day == look.day and look.standing.state != "free":
        told.append(f"{stands[:1].upper()}{stands[1:]}.")
    if look.streak:
        told.append(f"Streak {streak_text(rule, look.streak)}.")
    return " ".join(told)


def unchecked_text(done: CheckedIn, today: date) -> str:
    look, when = done.looked, day_text(done.day, today)
    told = [f"{plain(look.habit.name)}: taken back what was done {_on(when)}."]
    stands = how_it_stands(look)
    if stands and done.day == look.day:
        told.append(f"{stands[:1].upper()}{stands[1:]}.")
    if done.was != look.streak:
        told.append(f"Streak {streak_text(look.habit.rule, look.streak)}.")
    return " ".join(told)


def _on(when: str) -> str:
    return when if when in ("today", "yesterday") else f"on {when}"


def rested_text(rested: Rested, today: date) -> str:
    whose = plain(rested.habit.name) if rested.habit else "All habits"
    be = "is" if rested.habit else "are"
    if not rested.made:
        return f"{whose} {be} asked for again."
    resting = rested.made[0]
    if rested.undo is None:
        return f"{whose} {be} {rest_text(resting)} already."
    if resting.last is not None and resting.last < today and rested.gone:
        return f"{whose} {be} asked for again, from today."
    if resting.kind == "skip":
        return f"{whose} {be} skipped {_on(day_text(resting.first, today))}; its streak goes on."
    if resting.last is None:
        ends = "`resume habit NAME`" if resting.kind == "pause" else "`vacation over`"
        since = day_text(resting.first, today)
        return f"{whose} {be} {_RESTS[resting.kind]} from {since}, until {ends}; streaks wait."
    span = f"from {day_text(resting.first, today)} to {day_text(resting.last, today)}"
    return f"{whose} {be} {_RESTS[resting.kind]} {span}; streaks wait."


# --- data -------------------------------------------------------------------------------------


def habit_data(habit: Habit) -> dict[str, Any]:
    return {
        "id": habit.id,
        "name": habit.name,
        "rule": rule_text(habit.rule),
        "created": habit.created.isoformat(),
        "remind_at": f"{habit.remind_at:%H:%M}" if habit.remind_at else None,
        "archived": habit.archived.isoformat() if habit.archived else None,
    }


def look_data(look: Looked) -> dict[str, Any]:
    return {
        **habit_data(look.habit),
        "day": look.day.isoformat(),
        "state": look.standing.state,
        "done": look.standing.measure,
        "asked": look.standing.share.asked,
        "days_left": look.standing.days_left,
        "done_today": look.standing.is_logged,
        "is_asked": look.standing.is_asked,
        "streak": look.streak,
        "resting": look.resting.kind if look.resting else None,
        "next_due": look.next_due.isoformat() if look.next_due else None,
    }


def figures_data(found: Figures) -> dict[str, Any]:
    summary = found.summary
    return {
        **look_data(found.looked),
        "longest": summary.longest,
        "periods_done": summary.done,
        "periods_missed": summary.missed,
        "rate": summary.rate,
        "best_weekdays": list(summary.best),
        "check_ins": summary.check_ins,
    }


def check_in_data(done: CheckedIn) -> dict[str, Any]:
    return {
        **look_data(done.looked),
        "for_day": done.day.isoformat(),
        "check_ins": [each.id for each in done.made],
        "amounts": [str(each.amount) for each in done.made if each.amount],
    }


def rested_data(rested: Rested) -> dict[str, Any]:
    return {
        "habit": habit_data(rested.habit) if rested.habit else None,
        "breaks": [
            {
                "kind": each.kind,
                "first": each.first.isoformat(),
                "last": each.last.isoformat() if each.last else None,
            }
            for each in rested.made
        ],
    }
