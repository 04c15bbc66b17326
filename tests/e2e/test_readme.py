"""Every `wooster …` line of the README's blocks ends well: they are run in its order, in one home
with real models."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.conftest import Home
from tests.moving.exports import chatgpt, zipped
from tests.moving.old_home import build
from wooster.cli import main
from wooster.repl import launch

ROOT = Path(__file__).parents[2]

# What can't be done in this home, and the tests that do it.
ELSEWHERE = {
    "wooster service": "tests/service",
    "wooster calendars add http": "tests/calendars",
    "wooster weather": "tests/weather",
    "wooster models pull": "tests/e2e/test_models.py",
    "wooster models use": "tests/e2e/test_models.py",
    "wooster models remove": "tests/e2e/test_models.py",
    "wooster insights why": "tests/insights",
    "wooster insights accept": "tests/insights",
    "wooster insights snooze": "tests/insights",
}
# What asks first: here the answer is yes.
ASKS = ("wooster forget", "wooster restore")


def shown() -> list[str]:
    """The commands in the README's blocks, without what is said of them."""
    text = (ROOT / "README.md").read_text("utf-8")
    return re.findall(r"^ {4}(wooster .+?)(?:\s{2,}#.*)?$", text, re.MULTILINE)


@pytest.fixture
def nothing_is_piped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Some commands read what is piped to them."""
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        yield


@pytest.fixture
def person(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Somebody who has the files that the README speaks of."""
    for name, value in home.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder, name, text in (
        (
            "Documents/notes",
            "bees.md",
            "# Bees\n\nTreated on 3 May. Beekeeping in winter. #garden\n",
        ),
        ("papers", "rent.md", "# Rent\n\nPaid monthly.\n"),
    ):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / name).write_text(text)
    friday = datetime.now(UTC) + timedelta(days=(4 - datetime.now(UTC).weekday()) % 7 or 7)
    (tmp_path / "work.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nBEGIN:VEVENT\r\nUID:standup\r\n"
        f"DTSTAMP:20260101T000000Z\r\nDTSTART:{friday:%Y%m%d}T233000Z\r\nDURATION:PT15M\r\n"
        "RRULE:FREQ=WEEKLY\r\nSUMMARY:standup\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    build(tmp_path / "wooster-old")
    (tmp_path / "Downloads").mkdir()
    zipped(tmp_path / "Downloads" / "chatgpt.zip", chatgpt())
    yield home
    home.stop()
    for process in launch._children:  # `restore` starts a daemon again
        process.wait(60)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("nothing_is_piped")
def test_the_commands_of_the_readme_run(
    person: Home, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each ends with 0."""
    failed = []
    assert len(shown()) > 80
    for line in shown():
        if line.startswith(tuple(ELSEWHERE)):
            continue
        words = [each.replace("~", str(tmp_path)) for each in shlex.split(line)][1:]
        if words[0] == "ask":
            person.wait_ready()
        if line.startswith(ASKS) and "--prove" not in line:
            words.append("--yes")
        try:
            code = main(words)
        except SystemExit as left:
            code = int(left.code or 0)
        out, err = capfd.readouterr()
        if code != 0:
            failed.append(f"{line}: {code}: {err or out}")
    assert not failed, "\n".join(failed)


def test_what_is_left_out_there_is_in_the_readme_and_has_tests() -> None:
    """And each is still in the README."""
    for line, where in ELSEWHERE.items():
        assert any(each.startswith(line) for each in shown()), line
        assert (ROOT / where).exists()
