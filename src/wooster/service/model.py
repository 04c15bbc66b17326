"""What is to be run as a service, how it is, and what can be asked of the system that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

Role = Literal["daemon", "chat", "fast", "embed"]
Kind = Literal["launchd", "systemd"]
ROLES: tuple[Role, ...] = ("daemon", "chat", "fast", "embed")


@dataclass(frozen=True, slots=True)
class Service:
    """A program that the system is to start. `log` takes what it writes to its two outputs."""

    role: Role
    python: str
    home: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """How the system says that a service is. `ended` is how it ended last, "" while it never did;
    `gave_up` where it crashed so often that it isn't started again."""

    loaded: bool = False
    pid: int | None = None
    ended: str = ""
    starts: int = 0
    gave_up: bool = False

    @property
    def crashed(self) -> bool:
        """It isn't running, and not because it was done."""
        return self.pid is None and self.ended not in ("", "exit code 0")


@dataclass(frozen=True, slots=True)
class Logout:
    """Whether services go on when the person logs out; `can_be_asked` where `linger` may change
    that."""

    survives: bool
    told: str
    can_be_asked: bool = False


class Caretaker(Protocol):
    """A system's own program for services, for one home. Every call blocks; what the system refuses
    raises `ServiceError`."""

    kind: Kind

    def name(self, role: Role) -> str:
        """What the system calls it."""

    def file(self, role: Role) -> Path:
        """Where the system reads what it is."""

    def text(self, service: Service) -> bytes:
        """What is to stand there."""

    def load(self, role: Role) -> None:
        """Take up what its file says, now and at each login, and start it."""

    def unload(self, role: Role) -> None:
        """End it, and wait until it has ended. One that isn't loaded is fine."""

    def forget(self, role: Role) -> None:
        """As `unload`, and no more at the next login."""

    def forgotten(self) -> None:
        """Files were removed."""

    def start(self, role: Role) -> None:
        """Start one that is loaded and doesn't run; nothing where it does."""

    def stop(self, role: Role) -> None:
        """End one until it is started again, or the next login. One that doesn't run is fine."""

    def condition(self, role: Role) -> Condition: ...

    def linger(self) -> None:
        """Have services go on when the person logs out, and start with the machine."""

    def logout(self) -> Logout: ...
