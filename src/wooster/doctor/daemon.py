"""The daemon as it is from outside: its settings, its lock and its socket. It never starts one."""

from __future__ import annotations

import os
import re
import shlex
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wooster.config.paths import LOCAL_MODEL, SERVERS, Paths, must_fit
from wooster.core.errors import HomeError, WoosterError
from wooster.daemon import update
from wooster.doctor.model import Case, Check, Daemon, Finding, Fix, Seen
from wooster.repl.client import Client, Mismatch
from wooster.repl.launch import is_locked


def look(paths: Paths) -> Daemon:
    """How the daemon of this home stands, and what it tells of itself. Blocking, up to 10 s."""
    client = Client(paths.socket)
    if not client.answers():
        held = is_locked(paths.lock)
        return Daemon("silent" if held else "none")
    try:
        greeting = client.greeting()
        if greeting.problem:
            return Daemon("safe_mode", greeting.problem, greeting.hint)
        return Daemon("works", status=client.act("status").data)
    except Mismatch as mismatch:
        return Daemon("other_version", mismatch.message, mismatch.hint)
    except WoosterError as error:
        return Daemon("silent" if is_locked(paths.lock) else "foreign", error.message, error.hint)


# --- settings ---------------------------------------------------------------------------------


def settings(case: Case) -> Seen:
    """What the files and variables say makes sense, and the daemon has read it."""
    if case.mistake is not None:
        why = "With wrong settings the daemon does nothing but say so."
        return Seen("wrong", (Finding(case.mistake.message, why, case.mistake.hint),))
    own = [
        path for path in sorted(case.paths.config.glob("*")) if path.name in (SERVERS, LOCAL_MODEL)
    ]
    findings = [_unread(case, path) for path in own if _is_newer(case, path)]
    told = ", ".join(path.name for path in own) or "as they are shipped"
    return Seen(f"right ({told})", tuple(findings))


def _is_newer(case: Case, path: Path) -> bool:
    """Whether the file was changed since the daemon read it."""
    if not case.daemon.works:
        return False
    started = case.clock.now() - timedelta(seconds=case.daemon.uptime_s)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) > started + timedelta(seconds=1)


def _unread(case: Case, path: Path) -> Finding:
    return Finding(
        f"{path} was changed after the daemon had started.",
        "Most settings are read when the daemon starts: what was changed may not hold yet.",
        "`wooster restart`.",
        "note",
    )


# --- the socket -------------------------------------------------------------------------------


def socket(case: Case) -> Seen:
    """What is under the socket's name, and who answers there."""
    told = _TOLD.get(case.daemon.state, "")
    if case.daemon.works:
        daemon = case.daemon.status["daemon"]
        told = f"the daemon answers (process {daemon['pid']}, Wooster {daemon['version']})"
    if too_long := _length(case.paths):
        return Seen("its path is too long", (too_long,))
    file = _file(case)
    return Seen(told, tuple(each for each in (file, _answer(case)) if each is not None))


_TOLD = {
    "none": "no daemon runs; the next command starts one",
    "safe_mode": "the daemon runs, and can't work",
    "other_version": "a daemon of another version runs",
    "silent": "a daemon runs, and doesn't answer",
    "foreign": "something else answers",
}


def _length(paths: Paths) -> Finding | None:
    try:
        must_fit(paths.socket)
    except HomeError as error:
        return Finding(error.message, "No daemon can be started for this home.", error.hint)
    return None


def _file(case: Case) -> Finding | None:
    """What is wrong with the file itself."""
    path = case.paths.socket
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        if not case.daemon.works and is_locked(case.paths.lock):
            return Finding(
                f"A daemon runs for this home, and {path} isn't there.",
                "No command reaches it, and no other daemon can start beside it.",
                f"End it: `kill {_holder(case.paths)}`",
            )
        return None
    if not stat.S_ISSOCK(found.st_mode):
        return Finding(
            f"{path} isn't a socket.",
            "The daemon replaces it when it starts, whatever it is.",
            f"`rm {shlex.quote(str(path))}`",
        )
    if found.st_uid != os.geteuid():
        return Finding(
            f"{path} belongs to user {found.st_uid}.",
            "What you say would go to another user's program.",
            f"`sudo rm {shlex.quote(str(path))}`, and look how it came there.",
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        return Finding(
            f"{path} may be opened by other users (mode {stat.S_IMODE(found.st_mode):04o}).",
            "Whoever opens it can read and change everything.",
            f"`chmod 600 {shlex.quote(str(path))}`",
            fix=Fix(f"{path} is yours alone.", lambda: path.chmod(0o600)),
        )
    if case.daemon.state == "none":
        return Finding(
            f"{path} was left by a daemon that was killed.",
            "It does no harm: the next start replaces it.",
            f"`rm {shlex.quote(str(path))}`",
            "note",
            Fix(f"{path} was removed.", lambda: _remove_stale(case.paths)),
        )
    return None


def _remove_stale(paths: Paths) -> None:
    """One that has come up meanwhile is left its socket."""
    if not is_locked(paths.lock):
        paths.socket.unlink(missing_ok=True)


def _answer(case: Case) -> Finding | None:
    """What is wrong with who answers."""
    daemon, paths = case.daemon, case.paths
    if daemon.state == "safe_mode":
        why = "The daemon is up, and does nothing but say what is wrong."
        return Finding(daemon.problem, why, daemon.hint, commands=_begun_with(daemon.hint))
    if daemon.state == "other_version":
        why = "Program and daemon don't understand each other."
        return Finding(daemon.problem, why, daemon.hint, commands=_begun_with(daemon.hint))
    if daemon.state == "foreign":
        return Finding(
            f"What answers on {paths.socket} isn't a daemon of this home: its lock is free.",
            "What you say would go to another program.",
            "End that program, then any command starts the daemon.",
        )
    if daemon.state == "silent" and paths.socket.exists():
        return Finding(
            f"The daemon (process {_holder(paths)}) runs and doesn't answer.",
            "Nothing that you type arrives, and no reminder goes out.",
            f"`wooster logs` shows what it does; `kill -9 {_holder(paths)}` ends it, and nothing "
            "that was acknowledged is lost by that.",
        )
    return None


def _begun_with(hint: str) -> tuple[str, ...]:
    """The command that a hint begins with; those further on are other ways."""
    found = re.match("`(wooster [^`]+)`", hint)
    return (found[1],) if found else ()


def _holder(paths: Paths) -> str:
    try:
        return paths.lock.read_text("ascii").strip() or "unknown"
    except (OSError, ValueError):
        return "unknown"


# --- another version --------------------------------------------------------------------------


def taken_up(case: Case) -> Seen:
    """No version was refused: what is installed is what runs, or can."""
    told = update.refused(case.paths)
    if case.daemon.state == "safe_mode":
        return Seen("what runs can't work")  # which is told already
    if not told:
        return Seen("none was refused")
    again = told["again"]
    version = told.get("version", "?")
    finding = Finding(
        f"{update.headline(told)}: {told.get('message', '')}",
        _OLD_SERVES if case.daemon.works else _NEW_STARTS,
        f"{again} tries it again, once this is so: {told.get('hint') or 'what it says is mended.'}",
        commands=(again.strip("`"),),
    )
    return Seen(f"{version} was refused", (finding,))


_OLD_SERVES = (
    "What runs goes on only until it ends: then the version that is installed is started, which "
    "couldn't work when it was tried."
)
_NEW_STARTS = "It is what the next command starts, and it couldn't work when it was tried."

CHECKS = (Check("settings", settings), Check("socket", socket), Check("update", taken_up))
