"""A home in which things can be broken, and what the doctor says of it."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.process import free_port
from wooster.bootstrap.doctoring import CHECKS, case_of
from wooster.cli.parser import parse
from wooster.config.paths import Paths
from wooster.doctor import showing
from wooster.doctor.examining import examine, mend
from wooster.doctor.model import Case, Daemon, Finding, Report
from wooster.storage.backup import back_up


@pytest.fixture(autouse=True)
def no_models_run_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """`wooster doctor` is a process of its own: what other tests imported into this one isn't
    there."""
    for name in [each for each in sys.modules if each.partition(".")[0] == "mlx"]:
        monkeypatch.delitem(sys.modules, name)


class Home:
    """`environ` are the settings that the doctor finds in the environment; `given` is how it finds
    the rest of its case, where that isn't as it is here; what is `held` is let go at the end."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.environ = {
            "WOOSTER_CHAT__START": "false",
            "WOOSTER_EMBED__START": "false",
            "WOOSTER_CHAT__PORT": str(free_port()),
            "WOOSTER_EMBED__PORT": str(free_port()),
            "WOOSTER_NOTIFY__CHANNELS": '["repl"]',
        }
        self.given: dict[str, Any] = {}
        self.held = ExitStack()

    def case(self) -> Case:
        return replace(case_of(self.paths, self.environ), **self.given)

    def examined(self, *, fix: bool = False) -> Report:
        report = mend(CHECKS, self.case) if fix else examine(CHECKS, self.case())
        for each in report.looked:
            for finding in each.seen.findings:
                must_be_runnable(finding)
        return report

    def has_daemon(self, uptime_s: float = 90_000.0, **chat: Any) -> None:
        """One that works for so long, and says this of its chat server."""
        status = {
            "daemon": {"pid": 4711, "version": "0", "uptime_s": uptime_s},
            "servers": [{"name": "chat", "state": "ready", "model": "tiny"} | chat],
        }
        self.given["daemon"] = Daemon("works", status=status)

    def finding(self, check: str) -> Finding:
        """The only one that this check has, and that any has which isn't a note beside it."""
        report = self.examined()
        found = [each for each in report.looked if each.name == check]
        (finding,) = found[0].seen.findings
        others = [name for name, _ in report.findings("wrong") if name != check]
        assert others == [], showing.result(report).text
        assert report.exit_code == (finding.level == "wrong")
        return finding

    def told(self, check: str) -> str:
        return next(each.seen.told for each in self.examined().looked if each.name == check)

    def mended(self) -> str:
        """What was done; afterwards nothing is wrong."""
        report = self.examined(fix=True)
        assert report.findings("wrong") == [], showing.result(report).text
        return "\n".join(report.mended)

    @contextmanager
    def rows(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.paths.database)) as connection, connection:
            yield connection

    def settings(self, text: str, name: str = "local-model.json") -> None:
        path = self.paths.config / name
        path.write_text(text)
        path.chmod(0o600)


_PROGRAMS = ("git", "rm", "mv", "chmod", "chown", "kill", "tail", "mkdir", "apt", "scripts/setup")


def must_be_runnable(finding: Finding) -> None:
    """What stands in backticks is a command, and each is one that there is."""
    named = re.findall(r"`([^`]+)`", finding.mend.split("\n")[0])
    shown = [each for each in named if each.partition(" ")[0] in ("du", "sudo")]
    for each in {*showing.commands(finding), *named} - {*shown}:
        program, *words = shlex.split(each)
        if program == "wooster" and words:
            parse(words)  # exits where there is no such command
        else:
            assert program in ("wooster", *_PROGRAMS), finding


def a_turn(rows: sqlite3.Connection, question: str = "Where is the key?", **given: Any) -> None:
    """One that is stored as it should be."""
    ms = given.get("ms", 1_780_000_000_000)
    rows.execute("INSERT INTO sessions VALUES ('s', ?, 'repl', 'talk')", (ms,))
    rows.execute(
        "INSERT INTO turns (id, session_id, asked_ms, ended_ms, question, answer, state)"
        " VALUES ('t', 's', ?, ?, ?, 'In the hall.', 'done')",
        (ms, ms, question),
    )
    rows.execute(
        "INSERT INTO turns_search (rowid, question, answer) VALUES (1, ?, 'In the hall.')",
        (question,),
    )


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What a model server keeps of a fast BLAS, where it had to compile something."""
    folder = tmp_path_factory.mktemp("blas")
    subprocess.run([sys.executable, "-c", _COMPILE, str(folder)], check=True)
    return list(folder.iterdir())


_COMPILE = (
    "import pathlib, sys; from wooster.servers import blas; blas.load(pathlib.Path(sys.argv[1]))"
)


@pytest.fixture
def home(paths: Paths, empty_database: Path, compiled: list[Path]) -> Iterator[Home]:
    """With a database and a copy of it; nobody runs."""
    for each in compiled:
        shutil.copy(each, paths.cache)
    shutil.copy(empty_database, paths.database)
    paths.database.chmod(0o600)
    back_up(paths.database, paths.backups, datetime.now(UTC), "daily")
    made = Home(paths)
    with made.held:
        yield made
