"""Wooster as a service, from beginning to end: tried out, put in place, answering, or as it was.

It joins what the system does (`wooster.service`) with what the daemon says on its socket; the words
for a person are made here, and shown by whoever calls.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from wooster.config.agents import has_service
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.errors import Busy, DaemonUnreachable, NotFound, ServiceError, WoosterError
from wooster.repl import launch
from wooster.repl.client import Client, Mismatch
from wooster.repl.own_program import try_out
from wooster.service.model import ROLES, Caretaker, Condition, Role, Service
from wooster.service.placing import Placed, caretaker_for, installed, put, put_back, restart, take
from wooster.service.reading import described
from wooster.wire.requests import Greeting

Say = Callable[[str], None]

_POLL_S = 0.1
_LINGER = "Let it go on when you log out, and start with the machine?"
# What a service gets of the shell that it is installed from: where programs are, and how Python
# finds this one. Everything else belongs into the settings, where every start finds it.
_TAKEN_ALONG = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONPATH", "SSL_CERT_FILE")


def install(paths: Paths, environ: Mapping[str, str], *, apart: bool, say: Say) -> list[str]:
    """Have the daemon run as a service from now on, and with `apart` each model server as one of
    its own. Returns what to tell; raises what failed, and what was there before runs again."""
    paths.prepare()
    caretaker = caretaker_for(paths.home)
    daemon, servers = _services(paths, environ, apart)
    _try_out(paths, _program(daemon), daemon.environment, say)
    wanted = [*servers, daemon]
    before = installed(caretaker)
    leaving = [each for each in before if each not in [service.role for service in wanted]]
    leased = launch.running(paths) and caretaker.condition("daemon").pid is None
    if leased:
        stop(paths)
    placed: list[Placed] = []
    try:
        if before and len(servers) + len(leaving) > 0:
            caretaker.unload("daemon")  # it must not start what others have, nor the reverse
        for role in leaving:
            placed.append(Placed(role, caretaker.file(role).read_bytes()))
            caretaker.unload(role)
        for service in wanted:
            placed.append(put(caretaker, service))
        until_answers(paths, caretaker)
    except WoosterError as problem:
        told = all_put_back(caretaker, placed)
        if leased or before:
            resume(paths, say)
        raise ServiceError(" ".join([problem.message, *told]), hint=problem.hint) from problem
    for role in leaving:
        take(caretaker, role)
    return _installed_lines(caretaker, [service.role for service in wanted], environ)


def all_put_back(caretaker: Caretaker, placed: Sequence[Placed]) -> list[str]:
    """Have what was there before `placed`, the last one first; says how that went, and of which
    service where it went differently."""
    told = [(each.role, put_back(caretaker, each)) for each in reversed(placed)]
    same = list(dict.fromkeys(said for _, said in told))
    return same if len(same) < 2 else [f"{caretaker.name(role)}: {said}" for role, said in told]


def resume(paths: Paths, say: Say) -> None:
    """Have the daemon run as before, by the service that there is or without it."""
    try:
        if not launch.running(paths):
            launch.start(paths, say)
            say("The daemon was started again.")
    except WoosterError as error:
        say(f"And the daemon doesn't run any more: {error}")


def uninstall(paths: Paths) -> list[str]:
    """No service any more, and no daemon until somebody needs one."""
    if not any(has_service(paths.home, role) for role in ROLES):
        return ["Wooster is not installed as a service."]
    caretaker = caretaker_for(paths.home)
    roles = installed(caretaker)
    for role in roles:
        take(caretaker, role)
    return [
        f"Wooster is no service any more ({', '.join(caretaker.name(role) for role in roles)}).",
        "Your data is where it was. `wooster` starts the daemon when you need it.",
    ]


def restart_all(paths: Paths, say: Say) -> list[str]:
    """Tried out first: what runs goes on where the version that would be started can't work."""
    caretaker = _installed_caretaker(paths)
    found = described(caretaker.file("daemon"))
    if found.problem or not found.program:
        raise ServiceError(
            f"{caretaker.file('daemon')} can't be read: {found.problem or 'no program'}.",
            hint="`wooster service install` writes it anew.",
        )
    _try_out(paths, found.program, found.environment, say)
    if launch.running(paths) and caretaker.condition("daemon").pid is None:
        stop(paths)
    try:
        for role in reversed(installed(caretaker)):
            restart(caretaker, role)
        return [f"Restarted. {until_answers(paths, caretaker)}"]
    except ServiceError:
        resume(paths, say)
        raise


def start(paths: Paths) -> list[str]:
    """Have the system start what was stopped or gave up."""
    caretaker = _installed_caretaker(paths)
    if launch.running(paths) and caretaker.condition("daemon").pid is None:
        stop(paths)
    before = caretaker.condition("daemon")
    for role in reversed(installed(caretaker)):  # the daemon last: it finds the others there
        caretaker.start(role)
    return [until_answers(paths, caretaker, before.starts if before.pid is None else 0)]


def stop_servers(paths: Paths) -> list[str]:
    """End the model servers that are services of their own; the daemon's are ended by itself."""
    if not any(has_service(paths.home, role) for role in ROLES if role != "daemon"):
        return []
    caretaker = caretaker_for(paths.home)
    roles = [role for role in installed(caretaker) if role != "daemon"]
    for role in roles:
        caretaker.stop(role)
    return [f"The model servers stopped too ({', '.join(map(caretaker.name, roles))})."]


def logging_out(paths: Paths, wants: Callable[[str], bool]) -> str:
    """What becomes of the service when the person logs out; `wants` is asked for an answer where
    that may be changed. Raises `ServiceError` where it is wanted and the system doesn't do it."""
    caretaker = caretaker_for(paths.home)
    logout = caretaker.logout()
    if logout.can_be_asked and wants(_LINGER):
        return linger(paths)
    return logout.told


def linger(paths: Paths) -> str:
    """Have services go on when the person logs out; says so, or raises `ServiceError`."""
    caretaker = caretaker_for(paths.home)
    caretaker.linger()
    return caretaker.logout().told


def until_answers(paths: Paths, caretaker: Caretaker, ended_before: int = 0) -> str:
    """Wait until the service's daemon answers; a line that says so. Raises `ServiceError`.

    How the first `ended_before` starts ended says nothing of the one that is waited for.
    """
    began_s = time.monotonic()
    while True:
        condition = caretaker.condition("daemon")
        if condition.pid is not None:
            try:
                greeting = Client(paths.socket).greeting()
            except Mismatch:
                return f"It runs as process {condition.pid}, and is of another version than this."
            except DaemonUnreachable:
                pass  # not yet
            else:
                told = f"Wooster answers, as process {condition.pid} of {caretaker.kind}."
                return told + safe_mode(greeting)
        elif condition.gave_up or _crashed(condition, ended_before):
            raise _ended(paths, condition.ended)
        if time.monotonic() - began_s > launch.START_S:
            raise ServiceError(
                f"The daemon doesn't answer after {launch.START_S:.0f} s.",
                hint="See `wooster logs`.",
            )
        time.sleep(_POLL_S)


def safe_mode(greeting: Greeting) -> str:
    """What is to be told behind that the daemon answers; "" where it works."""
    told = f" In safe mode: {greeting.problem} {greeting.hint}"
    return told.rstrip() if greeting.problem else ""


def _crashed(condition: Condition, ended_before: int) -> bool:
    """One that found the lock held is started again, when the other one has left."""
    is_new = condition.starts > ended_before
    return is_new and condition.crashed and condition.ended != f"exit code {Busy.exit_code}"


def _ended(paths: Paths, how: str) -> ServiceError:
    message, hint = launch.as_it_ended(paths, how)
    return ServiceError(message, hint=hint)


def _installed_caretaker(paths: Paths) -> Caretaker:
    caretaker = caretaker_for(paths.home)
    if not caretaker.file("daemon").is_file():
        raise NotFound(
            "Wooster is not installed as a service.", hint="`wooster service install` does that."
        )
    return caretaker


def stop(paths: Paths) -> None:
    """End the daemon that runs, of whatever version."""
    try:
        launch.stop_and_wait(paths)
    except Mismatch as mismatch:
        launch.stop_and_wait(paths, speaks=mismatch.theirs)


# --- what is to be run -------------------------------------------------------------------------


def _services(
    paths: Paths, environ: Mapping[str, str], apart: bool
) -> tuple[Service, list[Service]]:
    """The daemon's service, and those of the model servers that are to be apart."""
    common = {name: environ[name] for name in _TAKEN_ALONG if environ.get(name)}
    common["WOOSTER_HOME"] = str(paths.home)
    settings = load_settings(paths, common)
    started: dict[Role, bool] = {
        "chat": settings.chat.start,
        "fast": settings.fast.start,
        "embed": settings.embed.start,
    }
    roles = [role for role, starts in started.items() if apart and starts]
    own = {f"WOOSTER_{role.upper()}__START": "false" for role in roles}
    servers = [
        Service(role, sys.executable, paths.home, paths.logs / f"{role}-server.log", common)
        for role in roles
    ]
    daemon = Service(
        "daemon", sys.executable, paths.home, launch.err_file(paths), {**common, **own}
    )
    return daemon, servers


def _program(daemon: Service) -> Sequence[str]:
    return (daemon.python, "-P", "-m", "wooster", "daemon")


def _try_out(paths: Paths, program: Sequence[str], own: Mapping[str, str], say: Say) -> None:
    """With the environment that the service has, and nothing of this shell's settings."""
    if not Path(program[0]).exists():
        raise ServiceError(
            f"The Python that the service starts isn't there any more: {program[0]}.",
            hint="`wooster service install` makes it the one of this installation.",
        )
    say("Trying whether this version can take over …")
    rest = {name: value for name, value in os.environ.items() if not name.startswith("WOOSTER_")}
    try_out(paths, program, {**rest, **own})


def _installed_lines(
    caretaker: Caretaker, roles: Sequence[Role], environ: Mapping[str, str]
) -> list[str]:
    names = ", ".join(caretaker.name(role) for role in roles)
    pid = caretaker.condition("daemon").pid
    left = sorted(
        name
        for name in environ
        if (name.startswith("WOOSTER_") and "__" in name) or name == "OPENAI_API_KEY"
    )
    told = [
        f"Wooster runs as a service of {caretaker.kind} ({names}), process {pid}.",
        "It starts when you log in, and again after a crash.",
    ]
    if left:
        told.append(
            f"Set in this shell, and not for the service: {', '.join(left)}. Put them into the "
            "settings, keys into the keyring or a file."
        )
    return told
