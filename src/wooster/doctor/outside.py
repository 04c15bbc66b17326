"""What reaches beyond this machine: calendars, channels, and what may leave it at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from wooster.calendars import store as calendar_store
from wooster.calendars.model import Source
from wooster.core.text import counted
from wooster.doctor.model import Case, Check, Finding, Seen
from wooster.models.egress import spent_in
from wooster.models.month import Month
from wooster.notify.channels import Standing

_AT_LEAST = timedelta(hours=1)
_TIMES = 4


def calendars(case: Case) -> Seen:
    """Each was read not long ago, and whole."""
    if not case.set.services.calendars.enabled:
        return Seen("switched off (services.calendars.enabled)")
    found = calendar_store.sources(case.rows)
    told = ", ".join(f"“{each.name}” read {_ago(case, each.read)}" for each in found)
    return Seen(told or "none", tuple(finding for each in found for finding in _source(case, each)))


def _source(case: Case, source: Source) -> Iterator[Finding]:
    name, old = f"The calendar “{source.name}”", "What is on may have changed since."
    refresh = "`wooster calendars refresh`; `wooster calendars` says more."
    place = Path(source.place)
    if source.kind in ("file", "folder") and not place.exists():
        mend = f"Put it back, or `wooster calendars remove {source.name}`."
        yield Finding(f"{name}: {place} isn't there any more.", old, mend)
    elif source.problem:
        yield Finding(f"{name} can't be read: {source.problem}", old, refresh)
    elif _is_stale(case, source):
        what = f"{name} was read {_ago(case, source.read)}."
        yield Finding(what, old, refresh, "wrong" if case.daemon.works else "note")
    if source.findings:
        count = counted(len(source.findings), "event")
        yield Finding(
            f"{name}: {count} couldn't be read.",
            "They are missing in the agenda and in the briefing.",
            "`wooster calendars` names them.",
            "note",
        )


def _is_stale(case: Case, source: Source) -> bool:
    """Whether the daemon should have read it again long ago."""
    if not source.is_remote:
        return False
    every = timedelta(minutes=case.set.services.calendars.refresh_minutes)
    patience = max(_TIMES * every, _AT_LEAST)
    if case.daemon.works and case.daemon.uptime_s < patience.total_seconds():
        return False
    return source.read is None or case.clock.now() - source.read > patience


def _ago(case: Case, instant: datetime | None) -> str:
    if instant is None:
        return "never"
    minutes = int((case.clock.now() - instant).total_seconds() // 60)
    if minutes < 60:
        return f"{counted(max(minutes, 0), 'minute')} ago"
    if minutes < 48 * 60:
        return f"{counted(minutes // 60, 'hour')} ago"
    return f"{counted(minutes // 1440, 'day')} ago"


# --- channels ---------------------------------------------------------------------------------


def channels(case: Case) -> Seen:
    """Those that are to be used can be; and whether one reaches who has no conversation open."""
    standing = {each.name: each for each in case.wired.channels}
    chosen = [standing[name] for name in case.set.notify.channels]
    told = [f"{each.name} {each.state.replace('_', ' ')}" for each in chosen]
    if not any(each.state == "ready" for each in chosen if each.name != "repl"):
        told.append("nobody is told who has no conversation open")
    findings = (_unready(case, each) for each in chosen if each.state != "ready")
    return Seen(", ".join(told) or "none", tuple(findings))


def _unready(case: Case, channel: Standing) -> Finding:
    """The desktop stands in the settings as they are shipped: there may be none."""
    name, why = channel.name, "What is due isn't told on it."
    if channel.state == "not_allowed":
        what = f"The channel {name} may not send off this machine ({channel.host})."
        return Finding(what, why, f"`wooster notify allow {name}`")
    what = f"The channel {name} isn't set up: it lacks {channel.lacks}."
    mend = f"Set that up in {case.paths.config / 'local-model.json'}, or take {name} out of "
    mend += "notify.channels; then `wooster restart`."
    return Finding(what, why, mend, "note" if name == "desktop" else "wrong", commands=())


# --- what may leave ---------------------------------------------------------------------------


def egress(case: Case) -> Seen:
    """What the person's rules let out, and what they keep from being asked by mistake."""
    rules = case.set.routing.egress
    findings = [*_providers(case), *_plain(rules.plain_http_hosts), *_cap(case)]
    return Seen(case.wired.leaves or "nothing leaves this machine", tuple(findings))


def _providers(case: Case) -> Iterator[Finding]:
    """As the daemon sees them, where one runs: keys may be in its environment alone."""
    told = case.daemon.status.get("provider_problems")
    if told is None:
        told = [
            {"provider": p.provider, "message": p.message, "hint": p.hint, "left_out": p.left_out}
            for p in case.wired.problems
        ]
    for each in told:
        left_out = each["left_out"]
        yield Finding(
            f"{each['provider']}: {each['message']}.",
            "It isn't asked." if left_out else "It is good to know who is asked, and who isn't.",
            each["hint"],
            "wrong" if left_out else "note",
            commands=_alone(each["hint"]),
        )


def _alone(hint: str) -> tuple[str, ...]:
    """The command that mends it where one does; else there is something to be set."""
    return tuple(re.findall(r"`(wooster egress allow [^`]+)`", hint))


def _plain(hosts: list[str]) -> Iterator[Finding]:
    if hosts:
        yield Finding(
            f"You let {', '.join(hosts)} be spoken to without encryption.",
            "Whoever is on the way can read what you say, and what is answered.",
            "Take it out of routing.egress.plainHttpHosts if that isn't so any more.",
            "note",
        )


def _cap(case: Case) -> Iterator[Finding]:
    cap = case.set.routing.egress.monthly_cap
    if cap is None or case.database is None or not case.wired.leaves.startswith("messages"):
        return
    span = Month.of(case.clock.local()).span_ms(case.clock.zone)
    dollars = spent_in(case.database, span) / 1_000_000
    if dollars >= cap > 0:
        yield Finding(
            f"This month's ${cap:g} are spent (${dollars:.2f}).",
            "What costs money isn't asked any more until the next month.",
            "Raise routing.egress.monthlyCap; `wooster egress` shows what it went for.",
            commands=(),
        )


CHECKS = (
    Check("calendars", calendars, "both"),
    Check("channels", channels, "settings"),
    Check("egress", egress, "settings"),
)
