"""The clock and its zone, what comes next, and what didn't come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wooster.core.clock import from_ms
from wooster.core.text import clip, counted
from wooster.doctor.model import Case, Check, Finding, Seen
from wooster.schedule import store
from wooster.schedule.model import Due, Job

_AHEAD = timedelta(minutes=5)
_LATE = timedelta(minutes=5)
_STUCK = timedelta(minutes=10)
_FIRST_YEAR = 2025
_SHOWN = 3
_QUOTED = 40
_LOCALTIME = Path("/etc/localtime")


def clock(case: Case) -> Seen:
    """It doesn't stand before what was stored, and its zone is known."""
    now = case.clock.local()
    zone = case.settings.person.zone if case.settings is not None else None
    of = zone or f"{now.tzname()}, the machine's zone"
    findings = [*_zone(case, zone), *_behind(case)]
    if now.year < _FIRST_YEAR:
        findings.append(
            Finding(f"It is {now:%Y-%m-%d} by this machine's clock.", _WRONG_CLOCK, _SET_CLOCK)
        )
    return Seen(f"{now:%a} {now.day} {now:%b %Y %H:%M} ({of})", tuple(findings))


_WRONG_CLOCK = "Reminders come at the wrong time, and days of habits are counted wrongly."
_SET_CLOCK = "Set the clock: on Linux `sudo timedatectl set-ntp true`, on macOS in System Settings."


def _zone(case: Case, zone: str | None) -> Iterator[Finding]:
    named = case.environ.get("TZ", "").removeprefix(":")
    if named and not zone and "/" in named and not Path(named).is_absolute():
        try:
            ZoneInfo(named)
        except (ZoneInfoNotFoundError, ValueError):
            yield Finding(
                f"The environment variable TZ names {named!r}, and there is no such zone.",
                "The system takes UTC instead: everything comes hours early or late.",
                "Unset TZ, or set person.zone in local-model.json; then `wooster restart`.",
                commands=(),
            )
    if not zone and not named and _LOCALTIME.is_symlink() and not _LOCALTIME.exists():
        yield Finding(
            f"{_LOCALTIME} leads to {_LOCALTIME.readlink()}, which isn't there.",
            "The system takes UTC instead: everything comes hours early or late.",
            "`sudo timedatectl set-timezone Europe/Berlin` (yours), then `wooster restart`.",
            commands=(),
        )
    here, set_to = case.clock.now().astimezone().utcoffset(), case.clock.local().utcoffset()
    if zone and here != set_to:
        yield Finding(
            f"You set {zone}, and this machine's clock is set to another zone.",
            "Times are those of the zone that you set.",
            "Nothing to do where you live there; else set person.zone to null.",
            "note",
        )


def _behind(case: Case) -> Iterator[Finding]:
    """Whether something was stored later than now."""
    if case.database is None:
        return
    (last,) = case.database.execute("SELECT max(asked_ms) FROM turns").fetchone()
    if last is None or from_ms(last) <= case.clock.now() + _AHEAD:
        return
    yield Finding(
        f"The clock is behind: something was said at {_when(case, from_ms(last))}, which is yet to "
        "come.",
        _WRONG_CLOCK,
        _SET_CLOCK,
    )


# --- the schedule -----------------------------------------------------------------------------


def schedule(case: Case) -> Seen:
    """What will come next; that it isn't late; and what was missed and not yet told."""
    if not case.set.services.scheduling.enabled:
        return Seen("switched off (services.scheduling.enabled)")
    jobs = store.jobs(case.rows, ("active",))
    coming = [job for job in jobs if job.next_at is not None]
    told = "; ".join(_next(case, job) for job in coming[:_SHOWN]) or "nothing is to come"
    more = len(coming) - _SHOWN
    told += f"; and {counted(more, 'other')}" if more > 0 else ""
    findings = [*_late(case, coming), *_stuck(case), *_untold(case)]
    return Seen(f"next: {told}" if coming else told, tuple(findings))


def _next(case: Case, job: Job) -> str:
    assert job.next_at is not None
    return f"{_called(job)} at {_when(case, job.next_at)}"


def _late(case: Case, coming: list[Job]) -> Iterator[Finding]:
    now = case.clock.now()
    late = [job for job in coming if job.next_at is not None and job.next_at < now - _LATE]
    if late and case.daemon.works and case.daemon.uptime_s > _LATE.total_seconds():
        yield Finding(
            f"{_called(late[0])} was to come at {_when(case, late[0].next_at)}, and hasn't.",
            "The daemon doesn't fire what is due: no reminder goes out.",
            "`wooster logs` says why; `wooster restart` starts it anew.",
        )
    elif coming and case.daemon.state == "none":
        what = f"{counted(len(coming), 'thing')} {'is' if len(coming) == 1 else 'are'} to come"
        was = f", {counted(len(late), 'of them')} by now" if late else ""
        yield Finding(
            f"{what}{was}, and no daemon runs.",
            "Nothing comes while nothing runs: it is told late, when a daemon starts.",
            "`wooster` starts one.",
            "wrong" if late else "note",
            commands=("wooster status",),
        )


def _stuck(case: Case) -> Iterator[Finding]:
    """What is being handed over for longer than any channel takes."""
    now = case.clock.now()
    held = [due for due in store.claimed(case.rows) if due.occurrence.due < now - _STUCK]
    if held and case.daemon.works:
        yield Finding(
            f"{_called(held[0].job)} is being handed over since {_at(case, held[0])}.",
            "Until that has ended it is told on no other channel.",
            "`wooster notify test` shows which channel hangs; `wooster restart` gives it up.",
        )


def _untold(case: Case) -> Iterator[Finding]:
    """What failed or was missed, and nobody was told of."""
    found = store.unseen(case.rows, 100)
    if not found:
        return
    lines = [_failed(case, due) for due in found[:_SHOWN]]
    more = len(found) - _SHOWN
    told = "; ".join(lines) + (f"; and {more} more" if more > 0 else "")
    yield Finding(
        f"Not delivered: {told}.",
        "You weren't told of it yet.",
        "`wooster schedule history` lists all; the next `wooster` says it.",
        "note",
        commands=("wooster schedule history",),
    )


def _failed(case: Case, due: Due) -> str:
    row = due.occurrence
    why = "nothing ran" if row.state == "missed" else clip(row.error, 80) or "no reason is known"
    return f"{_called(due.job)}, {_at(case, due)} ({why})"


def _called(job: Job) -> str:
    return f"“{clip(job.text, _QUOTED)}”" if job.text else f"the {job.kind}"


def _at(case: Case, due: Due) -> str:
    return _when(case, due.occurrence.due)


def _when(case: Case, instant: datetime | None) -> str:
    assert instant is not None
    local = instant.astimezone(case.clock.zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


CHECKS = (Check("clock", clock), Check("schedule", schedule, "both"))
