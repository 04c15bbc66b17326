"""Briefings of a whole program: a real daemon without any model, and the real starter model."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.briefing.conftest import Home
from tests.process import Daemon, free_port, running
from tests.schedule.conftest import SKIP, Still
from tests.servers.harness import Server
from tests.servers.harness import running as serving
from wooster.bootstrap.time import Posting
from wooster.briefing import wording
from wooster.briefing.checking import problem
from wooster.briefing.model import Page
from wooster.briefing.phrasing import Phrasing
from wooster.briefing.ports import Phrased
from wooster.config import resources
from wooster.config.paths import Paths
from wooster.notify.channels import Channels
from wooster.notify.model import Message, NotSent
from wooster.schedule.engine import Engine
from wooster.schedule.model import Due, Occurrence
from wooster.schedule.service import Schedule


@pytest.fixture
def daemon(paths: Paths) -> Iterator[Daemon]:
    """Without model servers."""
    off = {
        "WOOSTER_CHAT__START": "false",
        "WOOSTER_EMBED__START": "false",
        "WOOSTER_CHAT__PORT": str(free_port()),
        "WOOSTER_EMBED__PORT": str(free_port()),
    }
    with running(paths, off) as started:
        yield started


def wooster(daemon: Daemon, *arguments: str) -> str:
    environ = {"WOOSTER_HOME": str(daemon.paths.home), "PATH": "/usr/bin:/bin"}
    import wooster as package

    environ["PYTHONPATH"] = str(Path(package.__file__).parent.parent)
    return subprocess.run(
        [sys.executable, "-m", "wooster", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environ,
    ).stdout


@pytest.mark.slow
def test_the_program_tells_the_day_without_a_model(daemon: Daemon) -> None:
    """From the command line, as of now and as of a time; its job is there, once."""
    wooster(daemon, "tasks", "add", "call", "Ana", "due", "today")
    told = json.loads(wooster(daemon, "brief", "--json"))
    assert "call Ana" in json.dumps(told)
    then = json.loads(wooster(daemon, "brief", "--at", "Mon 07:00", "--phrased", "--json"))
    assert "T07:00:00" in json.dumps(then)
    assert "overdue" in json.dumps(then)
    assert "Still open: tasks" in wooster(daemon, "review", "week")


async def test_with_every_model_dead_it_goes_out_complete(home: Home) -> None:
    """The words of the job that is due are the plain ones."""
    await home.types("add call Ana due tomorrow")
    await home.briefing.keep_in_step()
    (job,) = await home.living.schedule.jobs()
    assert job.next_at is not None
    home.clock.advance((job.next_at - home.clock.now()).total_seconds())
    told = await home.briefing.compose(Due(job, Occurrence(1, job.id, job.next_at, "claimed")))
    assert told.title == "Morning briefing · Thursday 26 November"
    assert told.text == "Due\n\n- call Ana  due today\n\nCalendar: not set up"


class Channel:
    """Takes what it is given, after it refused it so often."""

    name, most_bytes, takes_once, host = "paper", 0, False, ""

    def __init__(self, refuses: int) -> None:
        self.refuses = refuses
        self.took: list[str] = []

    def lacks(self) -> str:
        return ""

    async def send(self, message: Message) -> None:
        self.refuses -= 1
        if self.refuses >= 0:
            raise NotSent("no paper")
        self.took.append(message.text)


async def test_what_was_missed_is_told_until_a_briefing_has_reached_somebody(home: Home) -> None:
    """A briefing that no channel took told nobody; after the one that was taken it isn't told
    again, by a briefing or by whoever greets; and asking for one tells all and changes nothing."""
    schedule = home.living.schedule
    await home.types("remind me to take pills tomorrow at 3am")
    (job,) = await schedule.jobs(kinds=("reminder",))
    await schedule.change(job.id, lambda old: replace(old, missed=SKIP))
    await home.briefing.keep_in_step()
    channel = Channel(refuses=1)
    time = Schedule(home.database, home.clock)

    async def mark(ids: Sequence[int]) -> None:
        await time.mark_seen([due for due in await time.unseen() if due.occurrence.id in ids])

    posting = Posting(Channels([channel], ["paper"], []), {"briefing": home.briefing.compose}, mark)
    home.at("2026-11-26T07:00")
    missed = "take pills  *was missed, due 03:00*"
    for goes_out in (False, True):
        engine = Engine(home.database, home.clock, posting, Still())
        for due in await engine.tick():
            await engine.hand_over(due)
        assert (missed in await home.says("brief")) is not goes_out
        assert bool(await schedule.unseen()) is not goes_out
        home.clock.advance(120)
    assert ["take pills  was missed, due 03:00" in text for text in channel.took] == [True]
    assert missed not in await home.says("brief")


class Starter:
    """The real starter model, asked over its server."""

    def __init__(self, server: Server) -> None:
        self.server, self.said = server, ""

    async def say(self, prompt: str, max_tokens: int) -> Phrased:
        body = {
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": min(max_tokens, 100),  # eight a second, on two slow cores
            "temperature": 0,
        }
        found = await asyncio.to_thread(
            self.server.client.post, "/v1/chat/completions", json=body, timeout=200
        )
        self.said = found.json()["choices"][0]["message"]["content"]
        return Phrased(self.said, "starter")


@pytest.fixture(scope="module")
def starter(starter_home: Path) -> Iterator[Server]:
    with serving("chat", starter_home) as server:
        assert server.settled()["status"] == "ready", server.health()
        yield server


def kept_facts(text: str, page: Page) -> bool:
    """By other means than the check's: every part is in it, and no other digit."""
    rest = text
    for each in page.items:
        for part in sorted(each.parts, key=len, reverse=True):
            if part not in rest:
                return False
            rest = rest.replace(part, "", 1)
        rest = rest.replace(f"[{each.id}]", "", 1)
    return not any(sign.isdigit() or sign in "[]" for sign in rest)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_what_the_starter_model_makes_of_it_is_checked(home: Home, starter: Server) -> None:
    """Whatever so small a model says of eight things, what goes out has all facts and no others;
    where it lost or invented one, that is the plain briefing, with the reason."""
    await home.has_event("Dentist", "2026-11-26T09:00")
    await home.has_event("Team lunch", "2026-11-26T12:30")
    await home.types(
        "add pay rent due yesterday",
        "add call Ana due tomorrow",
        "add habit run every day at 7:30",
        "check in run",
        "remind me to take out the bins tomorrow at 6pm",
    )
    home.promised("send Tom the photos")
    home.at("2026-11-26T07:00")
    talker = Starter(starter)
    prompt = await asyncio.to_thread(resources.prompt, "briefing")
    phrasing = Phrasing(talker, prompt, 200)
    page = await home.briefing.briefings.page("morning")
    told = await phrasing.told(page)
    assert talker.said, "the model was asked"
    sys.stdout.write(f"{talker.said}\n--\n{told.reason}\n")
    if kept_facts(talker.said, page) and problem(talker.said, page.items) == "":
        assert told.model == "starter"
    else:
        assert told.text == wording.plain(page)
        assert told.reason.startswith("starter: ")
    for each in page.items:
        assert all(part in told.text for part in each.parts)
