"""What the documents say is so: every command is described, every command they show exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from wooster.cli.parser import parse
from wooster.storage import migrations

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")

# Started by others (the REPL, a service), and not by a person.
NOT_FOR_PEOPLE = {"daemon"}


def commands() -> set[str]:
    """The commands that `wooster --help` lists."""
    told = subprocess.run(
        [sys.executable, "-m", "wooster", "--help"], capture_output=True, text=True, check=True
    ).stdout
    return set(re.findall(r"^    (\w+)(?: |$)", told, re.MULTILINE))


def test_every_command_is_in_the_readme_and_every_command_there_exists() -> None:
    """A newcomer finds all of them, and none that isn't there."""
    shown = set(re.findall(r"`wooster (\w+)", README))
    assert shown == commands() - NOT_FOR_PEOPLE


@pytest.mark.parametrize("name", sorted(re.findall(r"\bscripts/(\w+)", README)))
def test_every_script_of_the_readme_is_there_and_explains_itself(name: str) -> None:
    """It can be run and has --help."""
    told = subprocess.run(
        [ROOT / "scripts" / name, "--help"], capture_output=True, text=True, check=True
    )
    assert "usage:" in told.stdout


def test_the_parser_refuses_what_it_does_not_know() -> None:
    """Wrong use is exit code 2, as the help says."""
    with pytest.raises(SystemExit) as left:
        parse(["dance"])
    assert left.value.code == 2


def test_the_wheel_carries_what_the_program_reads(tmp_path: Path) -> None:
    """Built and unpacked elsewhere, with no checkout near, it finds its settings and prompts."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--wheel-dir", str(tmp_path), str(ROOT)),
        ],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-e", str(wheel), str(tmp_path / "site")], check=True
    )
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "from wooster.config import resources, loading, catalogue, paths;"
            "from wooster.storage import migrations;"
            "print(resources.CONFIG, len(resources.prompt('system')) > 100,"
            " (resources.LAUNCHD / 'daemon.plist').is_file(),"
            " len(migrations.known()), len(catalogue.starters()),"
            " loading.load_settings(paths.Paths.from_env()).chat.port)",
        ],
        env={"PYTHONPATH": str(tmp_path / "site"), "WOOSTER_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert str(tmp_path) in found[0]
    assert found[1:] == ["True", "True", str(len(migrations.known())), "2", "8080"]
