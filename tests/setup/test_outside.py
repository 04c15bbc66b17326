"""The steps of setup that reach beyond the settings: a calendar's server, a hub, and whoever starts
programs at login. Those have stand-ins, and Radicale is real."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from tests import hub
from tests.calendars.conftest import Served, calendar, event, radicale_in, serve
from tests.calendars.test_caldav import make, put
from tests.process import wait_for
from tests.service.installation import Installation
from tests.service.systems import system
from wooster.config import catalogue
from wooster.core.errors import UsageError
from wooster.repl.client import Client


@pytest.fixture
def installation(empty_database: Path) -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="wo-"))
    (folder / "person").mkdir()
    made = Installation.make(folder)
    shutil.copy(empty_database, made.paths.database)
    for each in catalogue.starters():  # they are here; nothing of them is read
        (made.paths.models / each.name).mkdir(parents=True)
    with system("launchd", folder, made.environ) as kept_by:
        made.environ = kept_by.environ
        yield made
        made.wooster("stop")  # also where the test broke off
    shutil.rmtree(folder)


@pytest.fixture
def caldav(tmp_path: Path) -> Iterator[Served]:
    """Ana's account, with an event each day."""
    with contextmanager(serve)(radicale_in(tmp_path)) as served:
        make(served, "/ana/work/", "Team")
        daily = event("1", ";VALUE=DATE:20200101", "RRULE:FREQ=DAILY\r\n", "Party")
        put(served, "/ana/work/1.ics", calendar(daily))
        yield served


def a_hub() -> hub.Hub:
    """One that has every model, each of them small."""
    return hub.Hub(repositories=tuple(each.repository for each in catalogue.models()))


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_calendar_models_and_service(installation: Installation, caldav: Served) -> None:
    """On a terminal: a CalDAV account whose password isn't shown is read, the models that fit are
    fetched after a yes and not after a no, and the service runs after a yes, which isn't asked for
    again. A script says the same in one line."""
    wooster, paths = installation.wooster, installation.paths
    with hub.running(a_hub()) as models:
        installation.environ["WOOSTER_HUB__URL"] = models.url
        said = asked(installation, "calendar", "models")
        said.expect_exact("A calendar: a file, a folder or an address")
        said.sendline(f"{caldav.url}/")
        said.expect_exact("Whom its server knows")
        said.sendline("ana")
        said.expect_exact("Password of ana")
        said.sendline("secret-word")
        said.expect_exact("Team")
        assert "secret-word" not in str(said.before)
        said.expect_exact("A calendar: a file, a folder or an address")
        said.sendline("")
        said.expect_exact("The starter models are here")
        said.expect(r"Fetch (\S+)(?: and (\S+))? from the hub\?")
        assert isinstance(said.match, re.Match)
        wanted = [each for each in said.match.groups() if each]
        said.sendline("")
        said.expect_exact("Another model of that table, or of the hub")
        said.sendline("")
        left(said)
        assert models.asked == []
        assert "Party" in wooster("agenda")

        said = asked(installation, "models")
        said.expect_exact("from the hub?")
        said.sendline("y")
        left(said, UsageError.exit_code)  # they are here; the servers are switched off
        here = wooster("models")
        assert wanted and all(each.lower() in here.lower() for each in wanted)

        said = asked(installation, "service")
        said.expect_exact("Start Wooster when you log in")
        said.sendline("y")
        said.expect_exact("service of launchd")
        left(said)
        wait_for("the service's daemon", Client(paths.socket).answers)
        assert installation.status()["installed"] is True
        said = asked(installation, "service")
        said.expect_exact("Wooster starts when you log in")
        left(said)
        wooster("service", "uninstall")

        (installation.folder / "own.ics").write_text(calendar(event("2", ";VALUE=DATE:20400101")))
        before = len(models.asked)
        told = wooster(
            *("setup", "--calendar", str(installation.folder / "own.ics"), "--service"),
            *("--models", "starter", "--yes"),
        )
        assert "service of launchd" in told and "The starter models are here" in told
        assert len(models.asked) == before
        assert "own" in wooster("calendars")
        assert installation.status()["installed"] is True
        wooster("service", "uninstall")


def asked(installation: Installation, *steps: str) -> pexpect.spawn[str]:
    """`wooster setup` on a terminal."""
    return pexpect.spawn(
        str(installation.venv / "bin" / "python"),
        ["-m", "wooster", "setup", *steps],
        env={**installation.environ, "TERM": "dumb"},
        dimensions=(60, 160),
        encoding="utf-8",
        timeout=60,
    )


def left(said: pexpect.spawn[str], code: int = 0) -> None:
    said.expect(pexpect.EOF)
    said.close()
    assert said.exitstatus == code, said.before
