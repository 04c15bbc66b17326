"""A daemon that answers: found, started, or replaced by one of this version.

It knows processes and sockets; what to tell the person goes through `say` and `ask`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from wooster.config.agents import has_service
from wooster.config.paths import Paths
from wooster.core.errors import Busy, DaemonUnreachable, WoosterError
from wooster.core.text import clean
from wooster.repl.client import Client, Mismatch, reported
from wooster.repl.own_program import start_by_service, try_out
from wooster.wire.requests import Greeting

Say = Callable[[str], None]
Ask = Callable[[str], bool]

QUIET_S = 1.0
# Migrating a large database with a backup first may take a while; it is alive all that time.
START_S = 180.0
# Another daemon holds the lock: it is coming up, or on its way out.
LOCKED_S = 30.0
GONE_S = 30.0
_POLL_S = 0.02
_LOCKED_POLL_S = 0.3
_LAST_LINES = 8
_LAST_BYTES = 4096
_STARTING = "Starting the daemon …"

# Kept so that a daemon that outlives this program isn't reported as a forgotten child.
_children: list[subprocess.Popen[bytes]] = []


def ensure_daemon(paths: Paths, say: Say) -> Greeting:
    """The greeting of a daemon that works, started if need be.

    Raises `Mismatch` for one of another version, what is wrong when it can't work (safe mode),
    and `DaemonUnreachable` when none comes up.
    """
    greeting = greet(paths, say)
    if greeting.problem:
        exit_code = greeting.problem_exit_code or 1
        raise reported("safe_mode", greeting.problem, greeting.hint, exit_code)
    return greeting


def greet(paths: Paths, say: Say) -> Greeting:
    """Like `ensure_daemon`, but a daemon in safe mode is fine: it can say how it stands."""
    try:
        greeting = Client(paths.socket).greeting()
    except DaemonUnreachable:
        return start(paths, say)
    if greeting.problem:
        # The person may have mended the file; only a fresh daemon reads it again.
        stop_and_wait(paths)
        return start(paths, say)
    return greeting


def start(paths: Paths, say: Say) -> Greeting:
    """Start a daemon, wait until it answers, and return its greeting.

    Where it is a service the system starts it; what keeps the system from that is said, and the
    daemon is spawned as if there were none: a broken service is no reason to have no assistant.
    """
    paths.prepare()
    if has_service(paths.home):
        say(_STARTING)
        problem = start_by_service(paths)
        if not problem:
            return Client(paths.socket).greeting()
        say(f"{problem} It is started without the service now.")
    return _start_own(paths, say)


def _start_own(paths: Paths, say: Say) -> Greeting:
    err = err_file(paths)
    seen = err.stat().st_size if err.exists() else 0
    process = _spawn(paths, err)
    began_s, told, locked_since_s = time.monotonic(), False, 0.0
    while True:
        with contextlib.suppress(DaemonUnreachable):
            return Client(paths.socket).greeting()
        now_s = time.monotonic()
        if now_s - began_s > QUIET_S and not told:
            say(_STARTING)
            told = True
        exit_code = process.poll()
        if exit_code == Busy.exit_code:
            locked_since_s = locked_since_s or now_s
            if now_s - locked_since_s > LOCKED_S:
                raise _too_slow(now_s - began_s, locked=True)
            # The one that holds the lock may be on its way out, and then this one is needed.
            time.sleep(_LOCKED_POLL_S)
            process = _spawn(paths, err) if not Client(paths.socket).answers() else process
        elif exit_code is not None:
            raise _ended(paths, exit_code, seen)
        if now_s - began_s > START_S:
            raise _too_slow(now_s - began_s, locked=False)
        time.sleep(_POLL_S)


def err_file(paths: Paths) -> Path:
    """What the daemon writes to its two outputs: why it couldn't begin, above all."""
    return paths.logs / "daemon.err"


def stop_and_wait(paths: Paths, *, speaks: int | None = None) -> None:
    """Stop the running daemon and wait until it has ended: its lock is free, its socket gone.

    `speaks` is the daemon's version of the wire, when it isn't ours. Raises `Busy` if it stays.
    """
    client = Client(paths.socket) if speaks is None else Client(paths.socket, speaks=speaks)
    began_s, asked = time.monotonic(), False
    while running(paths):
        # One that is coming up holds its lock before it can be asked.
        if not asked and client.answers():
            with contextlib.suppress(DaemonUnreachable):
                client.stop_daemon()
            asked = True
        if time.monotonic() - began_s > GONE_S:
            raise Busy(
                f"The daemon was asked to stop and still runs after {GONE_S:.0f} s.",
                hint="It may be finishing an answer; see `wooster logs`.",
            )
        time.sleep(_POLL_S)


def running(paths: Paths) -> bool:
    """Whether a daemon answers, or one that doesn't answer (yet, or any more) holds the lock."""
    return Client(paths.socket).answers() or is_locked(paths.lock)


def is_locked(lock: Path) -> bool:
    """Whether a daemon holds it."""
    try:
        fd = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)  # let go of when `fd` is closed
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def restart(paths: Paths, say: Say, *, speaks: int | None = None) -> Greeting:
    """Stop the daemon that runs, whatever its version, and bring up one of this version.

    Raises why this version can't work here, before anything is stopped.
    """
    say("Trying whether this version can take over …")
    try_out(paths, (sys.executable, "-m", "wooster", "daemon"), os.environ)
    stop_and_wait(paths, speaks=speaks)
    return start(paths, say)


def agree(paths: Paths, mismatch: Mismatch, say: Say, ask: Ask) -> Greeting:
    """Offer to bring client and daemon to one version; raises `mismatch` when declined."""
    if mismatch.daemon_is_older:
        question = "The daemon that is running is older than this program. Restart it now?"
        if not ask(question):
            raise mismatch
        restart(paths, say, speaks=mismatch.theirs)
        return ensure_daemon(paths, say)
    if ask("This program is older than the daemon that is running. Start it again now?"):
        start_this_program_again()
    raise mismatch


def start_this_program_again() -> None:
    """Replace this process by a fresh one of the same command line."""
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _spawn(paths: Paths, err: Path) -> subprocess.Popen[bytes]:
    fd = os.open(err, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "wooster", "daemon"],
            stdin=subprocess.DEVNULL,
            stdout=fd,
            stderr=fd,
            cwd=paths.home,
            env={**os.environ, "WOOSTER_HOME": str(paths.home)},
            start_new_session=True,
        )
    except OSError as error:
        raise DaemonUnreachable(
            f"The daemon can't be started: {sys.executable}: {error.strerror}.",
            hint="Is the environment that Wooster was installed in still there?",
        ) from error
    finally:
        os.close(fd)
    _children.append(process)
    return process


def as_it_ended(paths: Paths, how: str, seen: int = 0) -> tuple[str, str]:
    """Message and hint for a daemon that ended as it started: its last words of those after the
    first `seen` bytes, and the way back to one that worked. Blocking."""
    from wooster.config import last_good  # here: one that starts needs it not

    err, back = err_file(paths), last_good.way_back(paths)
    said: list[str] = []
    if err.exists():
        with err.open("rb") as file:
            file.seek(max(seen, err.stat().st_size - _LAST_BYTES))
            said = clean(file.read().decode("utf-8", "replace")).strip().splitlines()
    more = f"All that it wrote: {err}, and `wooster logs`. {back}".rstrip()
    return f"The daemon ended as it started ({how}).", "\n".join([*said[-_LAST_LINES:], more])


def _ended(paths: Paths, exit_code: int, seen: int) -> WoosterError:
    how = f"exit code {exit_code}" if exit_code >= 0 else f"signal {-exit_code}"
    code = exit_code if 0 < exit_code < 256 else DaemonUnreachable.exit_code
    return reported(DaemonUnreachable.code, *as_it_ended(paths, how, seen), code)


def _too_slow(waited_s: float, *, locked: bool) -> DaemonUnreachable:
    why = "another daemon holds its lock and doesn't answer" if locked else "it doesn't answer yet"
    return DaemonUnreachable(
        f"No daemon after {waited_s:.0f} s: {why}.", hint="See `wooster logs`."
    )
