"""Every command, typed once over the socket and once in the REPL, against a real daemon with both
model servers off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.commands_story import ASKS_FIRST, NOT_TYPED, STORY
from tests.process import Daemon, free_port, running
from tests.repl.screen import Screen, ScreenTerminal
from wooster.config.paths import Paths
from wooster.core.errors import WoosterError
from wooster.core.phrases import fixed_words
from wooster.repl.client import Client
from wooster.repl.reader import LineReader
from wooster.repl.shell import Shell
from wooster.wire.events import Ask, Failure, Result
from wooster.wire.requests import TurnRequest

SERVERS_OFF = {"WOOSTER_CHAT__START": "false", "WOOSTER_EMBED__START": "false", "TZ": "UTC"}


def elsewhere() -> dict[str, str]:
    """Ports that nobody listens on: a Wooster of this machine's own may run meanwhile."""
    return {f"WOOSTER_{each}__PORT": str(free_port()) for each in ("CHAT", "EMBED")}


_MARKS = re.compile(r"[*`\\]|^(?:- |#+ )", re.MULTILINE)
Story = list[tuple[str, str, str]]


@pytest.fixture
def daemon(paths: Paths) -> Iterator[Daemon]:
    with running(paths, {**SERVERS_OFF, **elsewhere()}) as started:
        yield started


@pytest.fixture
def story(paths: Paths) -> Story:
    """The story of this home and day."""
    folder = paths.home / "mine"
    (folder / "notes").mkdir(parents=True)
    (folder / "notes" / "apples.md").write_text("# Apples\n\nThey are red. #fruit\n")
    ics = paths.home / "mine.ics"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//EN", "END:VCALENDAR", ""]
    ics.write_text("\r\n".join(lines), newline="")
    now = datetime.now(UTC)
    said = {
        "folder": folder,
        "ics": ics,
        "today": f"{now:%Y-%m-%d}",
        "day": _day(now),
        "tomorrow": _day(now + timedelta(days=1)),
    }
    return [(name, line.format(**said), begins.format(**said)) for name, line, begins in STORY]


def _day(at: datetime) -> str:
    return f"{at:%A} {at.day} {at:%B}"


def answer(client: Client, line: str) -> str:
    """What a line gives over the socket, as a person reads it."""
    try:
        with client.turn(TurnRequest(line, "test", can_choose=True)) as stream:
            *_, last = stream
    except WoosterError as error:
        return error.message
    match last:
        case Result():
            return _MARKS.sub("", last.text)
        case Ask():
            return last.question
        case Failure():
            return last.message
        case _:
            raise AssertionError(f"{line!r} is no command: {last}")


def test_every_command_answers_over_the_socket(daemon: Daemon, story: Story) -> None:
    """As it is typed there, with what its answer begins with."""
    for name, line, begins in story:
        said = answer(daemon.client, line)
        # A number may stand before it: others than this story set jobs too.
        assert begins and begins in (
            said[: len(begins)],
            said.lstrip("0123456789")[: len(begins)],
        ), f"{name}: {line!r} gave {said!r}"


def test_every_command_answers_in_the_repl(daemon: Daemon, paths: Paths, story: Story) -> None:
    """Each answer is on the screen after its line, in the order of the story. What asks first does
    nothing where nobody sits there to agree."""
    screen = Screen(400, 2000)
    terminal = ScreenTerminal(screen)
    typed = "".join(f"{line}\n" for _, line, _ in story)
    written = paths.home / "typed"
    written.write_text(typed)
    with written.open() as keys:
        reader = LineReader(keys, terminal)
        assert Shell(paths, reader, terminal, daemon.client.greeting).run() == 0
    said, at = re.sub(" +", " ", screen.text), 0
    for name, line, answered in story:
        begins = "Nothing was done." if name in ASKS_FIRST else answered
        found = said.find(" ".join(begins.split()), at)
        assert found >= 0, f"{name}: after {line!r} there is no {begins!r} in:\n{said[at:]}"
        at = found + 1


def test_no_command_is_left_out_and_each_is_in_the_help(daemon: Daemon) -> None:
    """Whoever brings an action adds its line to the story. Its help tells what it does in a line,
    and each of its phrases can be completed from it."""
    commands = daemon.client.greeting().commands
    told = {name for name, _, _ in STORY} | NOT_TYPED.keys()
    assert {each.name for each in commands} - told == set()
    assert told - {each.name for each in commands} == set()
    for each in commands:
        assert each.phrases and each.help.strip() == each.help != "", each.name
        assert "\n" not in each.help and len(each.help) < 100, each.help
        assert all(fixed_words(phrase) for phrase in each.phrases), each.name


def test_every_phrase_of_every_command_is_one(daemon: Daemon) -> None:
    """A phrase of the help, with a slash, is never taken for a message, nor unknown."""
    for each in daemon.client.greeting().commands:
        for phrase in each.phrases:
            words = " ".join(fixed_words(phrase)).removeprefix("/")
            if each.effect == "read" and words != "rebuild embeddings":
                assert answer(daemon.client, f"/{words}"), phrase
