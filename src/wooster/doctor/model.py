"""A check, what it looks at, what it saw, and what is wrong with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.core.errors import SettingsError
from wooster.models.providers import Problem
from wooster.models.spec import ServerSpec
from wooster.notify.channels import Standing
from wooster.storage import verify
from wooster.storage.backup import Files
from wooster.storage.copies import Keep

Level = Literal["wrong", "note"]
"""wrong: something doesn't work, or isn't safe · note: good to know, and nothing fails by it."""

Need = Literal["", "settings", "database", "both"]


@dataclass(frozen=True, slots=True)
class Fix:
    """What `--fix` may do without asking: `did` tells of it when `run` has returned. One that
    `writes` to the database is left undone where that can't be copied first."""

    did: str
    run: Callable[[], object]
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is so, `why` it matters, and what would `mend` it: commands stand in backticks.
    `commands` mend it, run one after the other; None for those of `mend`, none where something has
    to be done by hand."""

    what: str
    why: str
    mend: str
    level: Level = "wrong"
    fix: Fix | None = None
    commands: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """How it stands, in one line, and what is to be said of it."""

    told: str
    findings: tuple[Finding, ...] = ()


DaemonState = Literal["none", "works", "safe_mode", "other_version", "silent", "foreign"]
"""none: nobody runs · safe_mode: it runs and can't work · silent: it runs and gives no answer ·
foreign: what answers isn't Wooster."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """How the daemon stands. `problem` and `hint` say what is wrong; `status` is what it tells."""

    state: DaemonState
    problem: str = ""
    hint: str = ""
    status: Mapping[str, Any] = field(default_factory=dict)

    @property
    def works(self) -> bool:
        return self.state == "works"

    @property
    def uptime_s(self) -> float:
        return float(self.status.get("daemon", {}).get("uptime_s", 0.0))

    def server(self, name: str) -> Mapping[str, Any]:
        """What it tells of a model server; nothing where it isn't looked after."""
        found = self.status.get("servers", [])
        return next((each for each in found if each["name"] == name), {})


Renewal = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Verified:
    """Something that `wooster verify` looks at, and what makes it anew where it is a cache."""

    check: verify.Check
    renew: Renewal | None = None


@dataclass(frozen=True, slots=True)
class Wired:
    """What the composition root makes of the settings. `leaves` says what leaves the machine;
    `files` belong to the home and go into a copy; None of `keep` removes none."""

    verified: Sequence[Verified] = ()
    servers: Sequence[ServerSpec] = ()
    problems: Sequence[Problem] = ()
    leaves: str = ""
    channels: Sequence[Standing] = ()
    files: Files | None = None
    keep: Keep | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is looked at. Without right `settings` they are None and `mistake` is what is wrong;
    `database` is a connection that only reads, None where there is no database that can be read;
    `waiting` are the changes that it lacks, of an older version; `lacking` is what its version has
    and it hasn't."""

    paths: Paths
    environ: Mapping[str, str]
    clock: Clock
    daemon: Daemon
    settings: Settings | None = None
    mistake: SettingsError | None = None
    wired: Wired = Wired()
    database: sqlite3.Connection | None = None
    waiting: Sequence[str] = ()
    lacking: Sequence[str] = ()

    @property
    def set(self) -> Settings:
        """The settings, for checks that need them."""
        assert self.settings is not None
        return self.settings

    @property
    def rows(self) -> sqlite3.Connection:
        """The database, for checks that need it."""
        assert self.database is not None
        return self.database


@dataclass(frozen=True, slots=True)
class Check:
    """One look at one thing, in the order in which they are listed."""

    name: str
    look: Callable[[Case], Seen]
    needs: Need = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a check saw."""

    name: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Report:
    """All checks in their order; `mended` is what was done about what was found before."""

    looked: tuple[Looked, ...]
    mended: tuple[str, ...] = ()

    def findings(self, level: Level) -> list[tuple[str, Finding]]:
        """With the names of the checks that found them."""
        return [
            (each.name, finding)
            for each in self.looked
            for finding in each.seen.findings
            if finding.level == level
        ]

    @property
    def exit_code(self) -> int:
        """1 where something is wrong."""
        return int(bool(self.findings("wrong")))
