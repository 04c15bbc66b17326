"""How jobs and their times look: Markdown for a person, plain data for a program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from wooster.core.text import clip, counted, escaped
from wooster.schedule.model import Due, Job
from wooster.schedule.wording import describe

_TEXT = 200
_EACH = 4


def moment(at: datetime, now: datetime) -> str:
    """`today 17:00`, `tomorrow 09:00`, `Fri 27 Nov 09:00`; with its year where that is another.
    Both are aware, `now` in the person's zone."""
    local = at.astimezone(now.tzinfo)
    return f"{day(local.date(), now.date())} {local:%H:%M}"


def day(of: date, today: date) -> str:
    if of == today:
        return "today"
    if of - today == timedelta(days=1):
        return "tomorrow"
    year = "" if of.year == today.year else f" {of.year}"
    return f"{of:%a} {of.day} {of:%b}{year}"


def rule(job: Job) -> str:
    """`every weekday at 08:00`; "" for what happens once."""
    times = job.times
    return describe(times.rrule, times.start.time()) if times.start and times.rrule else ""


def text(job: Job) -> str:
    return escaped(clip(job.text, _TEXT))


def made(job: Job, note: str, now: datetime) -> str:
    """What was understood: when it comes first, how often, and how that was read."""
    assert job.next_at is not None
    often = f", then {rule(job)}" if rule(job) else ""
    again = f" Said again every {_length(job.repeat)} until it is done." if job.repeat else ""
    urgent = " In quiet hours too." if job.priority == "high" else ""
    told = f" {note}" if note else ""
    where = f" By {', then '.join(job.channels)}." if job.channels else ""
    late = {"skip": " Not told when it is late.", "once": ""}.get(
        job.missed.policy, f" Told up to {_length(job.missed.within)} late."
    )
    when = f"{moment(job.next_at, now)}{often}"
    return f"**{job.id}** {text(job)}: {when}.{told}{again}{urgent}{where}{late}"


def listed(jobs: Sequence[Job], waiting: Sequence[Due], now: datetime) -> str:
    lines = []
    for due in waiting:
        row = due.occurrence
        assert row.try_at is not None
        why = f" ({escaped(clip(row.error, 80))})" if row.error else ""
        kind = "again" if row.snoozed_from or row.ended else "not delivered yet, tried again"
        lines.append(f"- **{due.job.id}** {text(due.job)}: {kind} {moment(row.try_at, now)}{why}")
    for job in jobs:
        lines.append(f"- **{job.id}** {text(job)}: {_when(job, now)}")
    return "\n".join(lines) or "No reminders. `remind me to call Ana tomorrow at 5` makes one."


def asking(jobs: Sequence[Job], now: datetime) -> str:
    """Without numbers: `edit habit` and `goals remind` change them."""
    return "\n".join(f"- {text(job)}: {_when(job, now)} *({job.kind})*" for job in jobs)


def _when(job: Job, now: datetime) -> str:
    """`today 18:00, every day`; the state where it isn't active."""
    often = f", {rule(job)}" if rule(job) else ""
    state = " *(paused)*" if job.state == "paused" else ""
    return f"{moment(job.next_at, now) if job.next_at else 'no time left'}{often}{state}"


def coming(found: Sequence[tuple[datetime, Job]], now: datetime, most: int) -> str:
    """What comes, a heading for each day, in `most` lines or so: a day is told whole."""
    days: dict[date, dict[int, list[tuple[datetime, Job]]]] = {}
    for at, job in found:
        local = at.astimezone(now.tzinfo)
        days.setdefault(local.date(), {}).setdefault(job.id, []).append((local, job))
    lines: list[str] = []
    shown = 0
    for of, jobs in days.items():
        if shown >= most:
            lines += ["", "and more."]
            break
        lines += ["", f"**{day(of, now.date())}**", ""]
        rows = [row for times in jobs.values() for row in _rows(times)]
        lines += [line for _, line in sorted(rows, key=lambda row: row[0])]
        shown += len(rows)
    return "\n".join(lines).strip() or "Nothing comes in that time."


def _rows(times: Sequence[tuple[datetime, Job]]) -> list[tuple[datetime, str]]:
    """A line for each of a job's times on a day; one for all, where they are many."""
    job = times[0][1]
    named = text(job) + ("" if job.kind == "reminder" else f" *({job.kind})*")
    if len(times) <= _EACH:
        return [(local, f"- {local:%H:%M} {named}") for local, _ in times]
    first, last = times[0][0], times[-1][0]
    return [(first, f"- {first:%H:%M} to {last:%H:%M}, {counted(len(times), 'time')}: {named}")]


def history(found: Sequence[Due], now: datetime) -> str:
    lines = []
    for due in found:
        row = due.occurrence
        state = {
            "delivered": f"delivered ({row.channel})" if row.channel else "delivered",
            "failed": f"**failed**: {escaped(clip(row.error, 120))}",
            "missed": f"**missed** {counted(row.times, 'time')}: Wooster wasn't running",
            "skipped": "skipped",
        }[row.state]
        if row.state == "missed" and row.until is not None:
            state += f", until {moment(row.until, now)}"
        late = " late" if row.is_late and row.state == "delivered" else ""
        twice = ", perhaps twice" if row.maybe_twice else ""
        seen = ", done" if row.acknowledged else ""
        lines.append(f"- {moment(row.due, now)} {text(due.job)}: {state}{late}{twice}{seen}")
    return "\n".join(lines) or "Nothing came yet."


def _length(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    return counted(minutes // 60, "hour") if minutes % 60 == 0 else counted(minutes, "minute")


# --- data -------------------------------------------------------------------------------------


def job_data(job: Job, zone: tzinfo | None) -> dict[str, Any]:
    return {
        "number": job.id,
        "kind": job.kind,
        "text": job.text,
        "next": job.next_at.astimezone(zone).isoformat() if job.next_at else None,
        "rule": job.times.rrule,
        "often": rule(job),
        "state": job.state,
        "repeat_s": int(job.repeat.total_seconds()),
        "priority": job.priority,
        "channels": list(job.channels),
    }


def due_data(due: Due, zone: tzinfo | None) -> dict[str, Any]:
    row = due.occurrence
    return {
        "number": due.job.id,
        "kind": due.job.kind,
        "text": due.job.text,
        "due": row.due.astimezone(zone).isoformat(),
        "state": row.state,
        "channel": row.channel,
        "error": row.error,
        "late": row.is_late,
        "maybe_twice": row.maybe_twice,
        "times": row.times,
        "done": row.acknowledged is not None,
    }
