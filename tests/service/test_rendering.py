"""What launchd and systemd are given: well-formed, resolvable, whatever a folder's name is."""

from __future__ import annotations

import importlib.util
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wooster.config.agents import launchd_label
from wooster.core.errors import ServiceError
from wooster.service import rendering
from wooster.service.model import ROLES, Service
from wooster.service.reading import described, launchctl_print, problems

AWKWARD = 'a %h "b" $HOME \\ c<d>&'


def service(role: str, home: Path, python: str = sys.executable) -> Service:
    environment = {"WOOSTER_HOME": str(home), "PATH": "/usr/bin:/bin"}
    assert role in ROLES
    return Service(role, python, home, home / "logs" / "it.err", environment)


@pytest.mark.parametrize("role", ROLES)
def test_each_description_parses_and_each_argument_resolves(role: str, tmp_path: Path) -> None:
    """The Python is there, the module can be found, the home is the home; by launchd's and
    systemd's own form."""
    found = plistlib.loads(rendering.plist(service(role, tmp_path), launchd_label(tmp_path, role)))
    assert found["Label"] == launchd_label(tmp_path, role)
    unit = tmp_path / "it.service"
    unit.write_bytes(rendering.unit(service(role, tmp_path)))
    python, safe, m, module, *rest = found["ProgramArguments"]
    assert list(described(unit).program) == found["ProgramArguments"]
    assert Path(python).exists() and (safe, m) == ("-P", "-m")
    assert importlib.util.find_spec(module) is not None
    assert rest in (["daemon"], ["--home", str(tmp_path)])
    assert found["KeepAlive"] == {"SuccessfulExit": False} and found["ThrottleInterval"] >= 10
    assert found["StandardInPath"] == "/dev/null"
    assert found["SoftResourceLimits"] == found["HardResourceLimits"] == {"Core": 0}
    for line in ("Restart=on-failure", "StandardInput=null", "StartLimitBurst=5", "LimitCORE=0"):
        assert line in unit.read_text().splitlines()


def test_awkward_names_survive(tmp_path: Path) -> None:
    """Spaces, quotes, `%`, `$` and what XML escapes come back as they were; no unit can say a line
    break, which is refused."""
    home = tmp_path / AWKWARD
    made = service("chat", home, str(home / "python"))
    plist, unit = tmp_path / "it.plist", tmp_path / "it.service"
    plist.write_bytes(rendering.plist(made, "it"))
    unit.write_bytes(rendering.unit(made))
    for file in (plist, unit):
        found = described(file)
        assert found.program[0] == str(home / "python") and found.program[-1] == str(home)
        assert found.environment == made.environment
    with pytest.raises(ServiceError):
        rendering.unit(service("daemon", tmp_path / "a\nb"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_takes_the_units_as_they_are(tmp_path: Path) -> None:
    """Without a warning, also for a home with a space, a percent sign and a quote."""
    home = tmp_path / 'my "home" 100%'
    home.mkdir()
    unit = tmp_path / "it.service"
    unit.write_bytes(rendering.unit(service("daemon", home)))
    command = ["systemd-analyze", "--user", "--man=no", "--recursive-errors=no", "verify"]
    done = subprocess.run([*command, str(unit)], capture_output=True, text=True, check=False)
    assert str(unit.name) not in done.stderr, done.stderr


def test_what_moved_is_noticed(tmp_path: Path) -> None:
    """A Python that is gone, another installation's, a folder that is gone, another home, a file
    that is no description: each with the command that mends it."""
    here = sys.executable

    def told(python: str, **environment: str) -> list[str]:
        made = Service("daemon", python, tmp_path, tmp_path / "log", environment)
        file = tmp_path / "it.service"
        file.write_bytes(rendering.unit(made))
        found = problems(described(file), tmp_path, here)
        assert all("wooster service install" in each for each in found)
        return found

    assert told(here) == []
    assert "isn't there any more" in told(str(tmp_path / "venv/bin/python"))[0]
    assert "another installation" in told("/bin/sh")[0]
    assert "A folder" in told(here, PYTHONPATH=str(tmp_path / "src"))[0]
    assert "another home" in told(here, WOOSTER_HOME="/elsewhere")[0]
    broken = tmp_path / "broken.plist"
    broken.write_text("<plist>")
    assert "can't be read" in problems(described(broken), tmp_path, here)[0]


def test_what_launchctl_prints_is_read() -> None:
    """The service's own values, and not those of what is nested in it."""
    text = "gui/501/it = {\n\tstate = running\n\tpid = 12\n\tspawn = {\n\t\tpid = 99\n\t}\n}\n"
    assert launchctl_print(text) == {"state": "running", "pid": "12", "spawn": "{"}
