"""Putting a service in the place of what was there, taking it away, and choosing who runs it.

What can't be loaded makes way for what was there before: a service is never just gone.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from wooster.config.replacing import replace_file
from wooster.core.errors import ServiceError
from wooster.service.launchd import Launchd
from wooster.service.model import ROLES, Caretaker, Role, Service
from wooster.service.running import run
from wooster.service.systemd import Systemd


def caretaker_for(home: Path) -> Caretaker:
    """Who runs services here. Raises `ServiceError` where nobody does."""
    if shutil.which("launchctl"):
        return Launchd(home)
    if not shutil.which("systemctl"):
        raise ServiceError("This system has neither launchd nor systemd.", hint=_WITHOUT)
    said = run(("systemctl", "--user", "show-environment"))
    if said.code != 0:
        raise ServiceError(
            f"systemd's user manager doesn't answer: {said.reason}.",
            hint=f"Log in again, not by `su`; on a server: loginctl enable-linger. {_WITHOUT}",
        )
    return Systemd(home)


_WITHOUT = "Wooster works without a service too: `wooster` starts its daemon when none runs."


@dataclass(frozen=True, slots=True)
class Placed:
    """A service that was put in place, and what stood there before; None for nothing."""

    role: Role
    former: bytes | None


def installed(caretaker: Caretaker) -> list[Role]:
    """The services of the home that the system knows of."""
    return [role for role in ROLES if caretaker.file(role).is_file()]


def put(caretaker: Caretaker, service: Service) -> Placed:
    """Have `service` run in the place of what was there. Raises `ServiceError`; what was there
    before runs again then, or the message says that it doesn't."""
    file = caretaker.file(service.role)
    former = file.read_bytes() if file.is_file() else None
    placed = Placed(service.role, former)
    text = caretaker.text(service)
    caretaker.unload(service.role)
    try:
        _write(file, text)
        caretaker.load(service.role)
    except ServiceError as problem:
        told = put_back(caretaker, placed)
        raise ServiceError(f"{problem.message} {told}", hint=problem.hint) from problem
    return placed


def restart(caretaker: Caretaker, role: Role) -> None:
    """End it and have it run again, as its file says. Raises `ServiceError`."""
    former = caretaker.file(role).read_bytes()
    caretaker.unload(role)
    try:
        caretaker.load(role)
    except ServiceError as problem:
        told = put_back(caretaker, Placed(role, former))
        raise ServiceError(f"{problem.message} {told}", hint=problem.hint) from problem


def put_back(caretaker: Caretaker, placed: Placed) -> str:
    """Have what was there before `put`; says how that went. It raises nothing: whoever calls it has
    an error to tell already."""
    role, file = placed.role, caretaker.file(placed.role)
    try:
        if placed.former is None:
            caretaker.forget(role)
            file.unlink(missing_ok=True)
            caretaker.forgotten()
            return "Nothing was installed."
        caretaker.unload(role)
        _write(file, placed.former)
        caretaker.load(role)
    except (ServiceError, OSError) as error:
        told = error.message if isinstance(error, ServiceError) else str(error)
        return f"What was there before couldn't be started again either: {told} {_WITHOUT}"
    return "The service that was there before runs again."


def take(caretaker: Caretaker, role: Role) -> None:
    """End it for good and remove its file."""
    caretaker.forget(role)
    caretaker.file(role).unlink(missing_ok=True)
    caretaker.forgotten()


def _write(file: Path, text: bytes) -> None:
    try:
        replace_file(file, text)
    except OSError as error:
        raise ServiceError(
            f"{file} can't be written: {error.strerror}.", hint="Make the folder one you may write."
        ) from error
