"""What worked last is known, and the way back to it is told where another program stands there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from wooster import __version__
from wooster.config import last_good, resources
from wooster.config.agents import systemd_file
from wooster.config.last_good import Program
from wooster.config.paths import Paths


def git(folder: Path, *words: str) -> str:
    person = ["-c", "user.name=Ana", "-c", "user.email=ana@example.org"]
    command = ["git", "-C", str(folder), *person, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_way_back_is_to_the_commit_that_worked(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is told while it is the one that stands there, nor before one has worked; what is
    told is a command that does it, and what takes it up: a restart of the service where there is
    one."""
    program = tmp_path / "my programs"
    (program / "scripts").mkdir(parents=True)
    (program / "scripts" / "setup").write_text("#!/bin/sh\n")
    (program / "scripts" / "setup").chmod(0o755)
    git(program, "init", "--quiet")
    git(program, "add", ".")
    git(program, "commit", "--quiet", "--message", "good")
    good = git(program, "rev-parse", "HEAD")
    monkeypatch.setattr(resources, "ROOT", program)
    assert last_good.way_back(paths) == ""
    last_good.note(paths, last_good.this_program())
    assert last_good.way_back(paths) == ""

    git(program, "commit", "--quiet", "--allow-empty", "--message", "bad")
    told = last_good.way_back(paths)
    assert "then any command" in told
    systemd_file(paths.home).parent.mkdir(parents=True)
    systemd_file(paths.home).touch()
    assert "wooster service restart" in last_good.way_back(paths)
    subprocess.run(["sh", "-c", told.split("`")[1]], check=True, capture_output=True)
    assert git(program, "rev-parse", "HEAD") == good
    assert last_good.way_back(paths) == ""


def test_without_a_checkout_it_is_a_version(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in a folder of somebody else's checkout is not of that; a note that can't be read
    is none."""
    monkeypatch.setattr(resources, "ROOT", resources.ROOT / "src")
    here = last_good.this_program()
    assert here == Program(__version__, str(resources.ROOT), "")
    last_good.note(paths, Program("0.0.9", "/old", ""))
    assert "install Wooster 0.0.9 again (it was in /old)" in last_good.way_back(paths)
    (paths.run / "last-good-program.json").write_text("[")
    assert last_good.way_back(paths) == ""
