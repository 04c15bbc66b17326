"""The actions about Wooster itself: how it is, and whether what it stores agrees."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from wooster import __version__
from wooster.actions.action import Action, Nothing
from wooster.config.paths import Paths
from wooster.core.clock import Clock
from wooster.core.errors import WoosterError
from wooster.daemon import update
from wooster.memory.service import Conversations
from wooster.models.egress import EgressLedger
from wooster.models.neighbours import Ailing
from wooster.models.providers import Problem
from wooster.models.spec import ServerStatus
from wooster.models.supervisor import Supervisor
from wooster.storage import Database
from wooster.storage.verify import Check
from wooster.wire.requests import ActionResult


@dataclass(frozen=True, slots=True)
class Watched:
    """What `status` looks at. `out_of_place` says why what is stored would be lost."""

    paths: Paths
    started: datetime
    clock: Clock
    supervisor: Supervisor
    conversations: Conversations
    ledger: EgressLedger
    leaves: str
    ailing: Callable[[], Sequence[Ailing]]
    problems: Sequence[Problem]
    out_of_place: Callable[[], str]


def status(watched: Watched) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        counts = await watched.conversations.counts()
        left = await watched.ledger.count()
        ailing = watched.ailing()
        size_bytes = await asyncio.to_thread(_size_bytes, watched.paths)
        lost = await asyncio.to_thread(watched.out_of_place)
        refused = await asyncio.to_thread(update.refused, watched.paths)
        daemon = _daemon(watched.started, watched.clock)
        # A second chat server that nobody asked for is nothing to tell of.
        servers = [
            server
            for server in watched.supervisor.statuses()
            if server.state != "off" or server.detail
        ]
        database = {
            "path": str(watched.paths.database),
            "size_bytes": size_bytes,
            **asdict(counts),
            "lost": lost,
        }
        lines = [
            _daemon_line(daemon),
            *(_server_line(server) for server in servers),
            f"- **database** {_count(counts.turns, 'turn')} in "
            f"{_count(counts.sessions, 'session')}, {size_bytes / 1024:.0f} KB, "
            f"{watched.paths.database}",
            *([f"- **database** {lost}. `wooster doctor` says what mends it."] if lost else []),
            f"- **privacy** {watched.leaves}; requests to other machines so far: {left}",
            *(f"- **provider** {problem}" for problem in watched.problems),
            *(f"- **provider** {ailing_text(each)}" for each in ailing),
            *([update.line(refused)] if refused else []),
        ]
        data = {
            "daemon": daemon,
            "servers": [asdict(server) for server in servers],
            "database": database,
            "egress": {"rule": watched.leaves, "requests": left},
            "provider_problems": [asdict(problem) for problem in watched.problems],
            "ailing_providers": [
                {
                    "provider": each.provider.name,
                    "url": each.provider.url,
                    "state": each.state,
                    "reason": each.reason,
                    "rests_s": each.rests_s,
                }
                for each in ailing
            ],
            "refused_update": refused or None,
            "problem": None,
        }
        return ActionResult("\n".join(lines), data)

    return _status_action(handle)


def safe_mode_status(started: datetime, clock: Clock, problem: WoosterError) -> Action[Nothing]:
    """`status` when nothing else works: what is wrong, and what to mend."""

    async def handle(_: Nothing) -> ActionResult:
        daemon = _daemon(started, clock)
        told = {"code": problem.code, "message": problem.message, "hint": problem.hint}
        text = f"{_daemon_line(daemon)}\n- **safe mode** {problem.message} {problem.hint}"
        return ActionResult(text, {"daemon": daemon, "servers": [], "problem": told})

    return _status_action(handle)


def verify(database: Database, checks: list[Check]) -> Action[Nothing]:
    """Re-derive what can be derived, and name what disagrees."""

    def run(connection: sqlite3.Connection) -> list[str]:
        return [finding for check in checks for finding in check(connection)]

    async def handle(_: Nothing) -> ActionResult:
        lost = await asyncio.to_thread(database.out_of_place)
        findings = [lost] if lost else await database.read(run)
        if not findings:
            return ActionResult("All that is stored agrees.", {"findings": []})
        text = "\n".join(f"- {finding}" for finding in findings)
        told = f"{len(findings)} findings:\n\n{text}"
        return ActionResult(told, {"findings": findings}, exit_code=1)

    return Action(
        name="verify",
        help="checks that all that is stored agrees with itself",
        effect="read",
        by_model=False,
        parameters=Nothing,
        phrases=("verify",),
        handler=handle,
    )


def _status_action(handle: Any) -> Action[Nothing]:
    return Action(
        name="status",
        help="shows the daemon, the model servers and the database",
        effect="read",
        by_model=False,
        parameters=Nothing,
        phrases=("status",),
        also=("routing status",),
        handler=handle,
    )


def _daemon(started: datetime, clock: Clock) -> dict[str, Any]:
    return {
        "version": __version__,
        "pid": os.getpid(),
        "uptime_s": round((clock.now() - started).total_seconds(), 1),
        "peak_memory_mb": round(_peak_bytes() / 1024 / 1024, 1),
        "tasks": len(asyncio.all_tasks()),
    }


def _daemon_line(daemon: dict[str, Any]) -> str:
    return (
        f"- **daemon** Wooster {daemon['version']}, running {_duration(daemon['uptime_s'])}, "
        f"process {daemon['pid']}, at most {daemon['peak_memory_mb']:.0f} MB"
    )


def _server_line(server: ServerStatus) -> str:
    line = f"- **{server.name} server** {server.state}: {server.model} at {server.url}"
    if server.pid is not None:
        line += f", process {server.pid}"
    if server.restarts:
        line += f", restarted {server.restarts}×"
    if server.health.get("blas"):
        line += f", BLAS: {server.health['blas']}"
    return f"{line}. {server.detail}" if server.detail else line


def ailing_text(ailing: Ailing) -> str:
    """What is wrong with a provider, and when it is asked as if nothing had been."""
    reason = ailing.reason[:1].upper() + ailing.reason[1:]
    reason += "" if reason.endswith((".", "!", "?")) else "."
    if ailing.rests_s == 0:
        return f"{reason} The next message that needs it tries it again."
    if ailing.state == "wrong_key":
        return f"{reason} It is asked last until the key is right: mend it, then `wooster restart`."
    if ailing.rests_s is None:
        return f"{reason} It is asked last until it answers again."
    return f"{reason} It is asked last for another {_duration(ailing.rests_s)}."


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _duration(seconds: float) -> str:
    minutes, whole = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole} s" if minutes else f"{whole} s"


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # getrusage(2): bytes on macOS


def _size_bytes(paths: Paths) -> int:
    files = (paths.database, paths.database.with_name(paths.database.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
