"""A server that fails on the wire, and what the router makes of it, over real connections."""

from __future__ import annotations

import asyncio
import gzip
import json
from contextlib import aclosing
from typing import Any

import pytest

from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.hosts import Place
from wooster.models import hang
from wooster.models.fallback import Answer, Answered, FellBack, NobodyAnswers, Restarting
from wooster.models.gate import Rules
from wooster.models.model import ChatRequest, Message, Provider
from wooster.models.spec import ServerStatus
from wooster.models.supervisor import Supervisor
from wooster.storage import Database

from .town import (
    GOOD,
    HEAD,
    GetClient,
    Scripted,
    Town,
    none_of_ours,
    quick_routing,
    reply,
    texts,
    town,
    word,
)

ZIPPED = HEAD.replace(b"\r\n\r\n", b"\r\ncontent-encoding: gzip\r\n\r\n")
DRIP = word("Good")[:-2]  # a frame without its end says nothing
READING = b": keepalive 3/9\n\n"


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (Scripted(HEAD, word("Good"), resets=True), "broke off"),
        (Scripted(HEAD, word("Good"), DRIP, hangs=True), "has been silent"),
        (Scripted(ZIPPED, gzip.compress(word("Good")), b"no gzip"), "broke off"),
        (Scripted(HEAD, word("Good"), *[b": \n\n"] * 3, hangs=True), "has been silent"),
    ],
    ids=["reset", "byte a minute", "half zipped", "comments only"],
)
async def test_what_breaks_in_the_middle_goes_on_elsewhere_with_the_reason(
    server: Scripted, reason: str, database: Database, paths: Paths, clock: ManualClock
) -> None:
    """What came before is kept, once."""
    routing = await quick_routing(paths, between_ms=250)
    other = Scripted(HEAD, word(" evening", '"stop"'))
    async with town(database, paths, clock, server, other, routing=routing) as there:
        events = await there.ask()
    assert texts(events) == "Good evening"
    (note,) = [event for event in events if isinstance(event, FellBack)]
    assert reason in note.reason


async def test_a_prompt_that_is_read_no_further_is_a_hang_in_the_end(
    database: Database, paths: Paths, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signs of life that tell the same again are no progress."""
    # 0.2 s without progress, while a silence would have to last 20 s: only the one can be met.
    monkeypatch.setattr(hang, "_STANDSTILL", 0.01)
    routing = await quick_routing(paths, first_ms=20_000)
    left = asyncio.Event()

    class Stuck(Scripted):
        async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(HEAD)
            while not writer.is_closing() and not reader.at_eof():
                writer.write(READING)
                await asyncio.sleep(0.01)
            left.set()

    async with town(database, paths, clock, Stuck(), Scripted(*GOOD), routing=routing) as there:
        events = await there.ask()
        await left.wait()
    (note,) = [event for event in events if isinstance(event, FellBack)]
    assert "has got no further" in note.reason
    assert texts(events) == "Good evening"


async def test_a_zipped_stream_is_read_as_it_comes(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """A proxy in between may zip what was never asked to be."""
    server = Scripted(ZIPPED, gzip.compress(b"".join(GOOD[1:])))
    async with town(database, paths, clock, server) as there:
        assert texts(await there.ask()) == "Good evening"


async def test_an_https_address_of_a_plain_server_is_told_as_such(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """It isn't the certificate that is wrong."""
    plain, other = Scripted(*GOOD), Scripted(*GOOD)
    secure = {0: {"url": "https://127.0.0.1:{port}"}}
    async with town(database, paths, clock, plain, other, provider=secure) as there:
        events = await there.ask()
    assert isinstance(events[0], FellBack)
    assert "speaks no https" in events[0].reason
    assert texts(events) == "Good evening"


# --- busy -------------------------------------------------------------------------------------


class Busy(Scripted):
    """Answers 429 once, then well."""

    def __init__(self, *headers: bytes) -> None:
        super().__init__(reply(429, b'{"error": {"message": "slow down"}}', *headers))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await super()._answer(reader, writer)
        self.chunks = GOOD


@pytest.mark.parametrize("header", [b"retry-after: 0", b"retry-after-ms: 5"])
async def test_a_short_busy_server_is_asked_again_when_nobody_else_is_left(
    header: bytes, database: Database, paths: Paths, clock: ManualClock
) -> None:
    """For as long as it asked, and the person waits for one answer."""
    server = Busy(header)
    async with town(database, paths, clock, server) as there:
        assert texts(await there.ask()) == "Good evening"
        assert there.router.ailing() == []
    assert len(server.asked) == 2


@pytest.mark.parametrize(("headers", "rests_s"), [((), 10), ((b"retry-after: 90",), 90)])
async def test_a_busy_server_is_left_alone_and_the_next_is_asked(
    headers: tuple[bytes, ...],
    rests_s: float,
    database: Database,
    paths: Paths,
    clock: ManualClock,
) -> None:
    """Without a time of its own for a while of ours; the second request doesn't go there."""
    server = Busy(*headers)
    async with town(database, paths, clock, server, Scripted(*GOOD)) as there:
        for _ in range(2):
            events = await there.ask()
            assert isinstance(events[0], FellBack)
            assert "slow down" in events[0].reason
        (ailing,) = there.router.ailing()
        assert ailing.rests_s is not None
        assert rests_s - 5 < ailing.rests_s <= rests_s
    assert len(server.asked) == 1


# --- a server whose model the settings don't name ----------------------------------------------


async def test_a_server_without_a_name_for_its_model_is_asked_for_it_once(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """The request and the stored turn have the name that the server gave."""
    server = Scripted(*GOOD)
    server.looks = [reply(200, b'{"data": [{"id": "llama"}, {"id": "other"}]}')]
    async with town(database, paths, clock, server, provider={0: {"model": ""}}) as there:
        for _ in range(2):
            end = (await there.ask())[-1]
            assert isinstance(end, Answered)
            assert end.provider.model == "llama"
    assert [json.loads(body)["model"] for body in server.asked] == ["llama", "llama"]


async def test_a_server_that_names_no_model_is_passed_over(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """It is never asked for a model without a name."""
    server, other = Scripted(*GOOD), Scripted(*GOOD)
    async with town(database, paths, clock, server, other, provider={0: {"model": ""}}) as there:
        events = await there.ask()
    assert isinstance(events[0], FellBack)
    assert "which models it has" in events[0].reason
    assert server.asked == []


# --- what the gate denies ----------------------------------------------------------------------


class Elsewhere(Rules):
    """Rules to which one port of loopback is another machine."""

    port = ""

    def place(self, url: str) -> Place:
        return "away" if url.endswith(self.port) else "here"


@pytest.mark.parametrize("with_other", [True, False])
async def test_what_the_gate_denies_goes_to_the_next_with_the_reason(
    with_other: bool, database: Database, paths: Paths, clock: ManualClock
) -> None:
    """Not a byte reaches the one that mustn't see it; with nobody left, the person is told why."""
    away, near = Scripted(*GOOD), Scripted(*GOOD)
    rules = Elsewhere(frozenset(), frozenset({"127.0.0.1"}), None, False)
    people = (away, near) if with_other else (away,)
    cloud = {0: {"name": "openai", "leaves": True}}
    async with town(database, paths, clock, *people, rules=rules, provider=cloud) as there:
        Elsewhere.port = there.providers[0].url.rpartition(":")[2]
        events = await there.ask(sensitivity="memory")
    told = events[0]
    assert isinstance(told, FellBack if with_other else NobodyAnswers)
    assert "OpenAI may not see what is remembered of you" in told.reason
    assert texts(events) == ("Good evening" if with_other else "")
    assert (away.asked, away.looked) == ([], 0)


# --- our own server ----------------------------------------------------------------------------


class OneOfOurs(Supervisor):
    """Whose server `heals` when it is waited for."""

    def __init__(self, get: GetClient, server: Scripted) -> None:
        super().__init__([], none_of_ours(get)._with)
        self.server = server

    def may_come_back(self, provider: Provider) -> bool:
        return provider.name == "server0"

    async def wait_until_up(self, provider: Provider) -> str:
        assert self.may_come_back(provider)
        self.server.chunks = GOOD
        return ""


class Switched(Supervisor):
    """One whose second server is begun while the router runs, and who has another model then."""

    def __init__(self, get: GetClient) -> None:
        super().__init__([], none_of_ours(get)._with)
        self.is_begun = False

    def is_unwanted(self, provider: Provider) -> bool:
        return provider.name == "server0" and not self.is_begun

    def serving(self, provider: Provider) -> ServerStatus:
        health = {"context_length": 512} if provider.name == "server0" else {}
        return ServerStatus("fast", "ready", "new", provider.url, health=health)


async def test_a_server_that_is_begun_gets_the_next_request_and_is_told_by_its_model(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """Before, it is neither asked nor told of; what fits is what it takes."""
    second, chat = Scripted(*GOOD), Scripted(*GOOD)
    switched: list[Switched] = []

    def make(get: GetClient) -> Supervisor:
        switched.append(Switched(get))
        return switched[0]

    request = ChatRequest((), 5, "chat", "t")
    async with town(database, paths, clock, second, chat, supervisor=make) as there:
        before = await there.ask()
        assert there.router.context_tokens(request) is None
        switched[0].is_begun = True
        after = await there.ask()
        assert there.router.context_tokens(request) == 512
    assert not any(isinstance(event, FellBack) for event in (*before, *after))
    ends = [events[-1] for events in (before, after)]
    told = [(end.provider.name, end.provider.model) for end in ends if isinstance(end, Answered)]
    assert told == [("server1", "new"), ("server0", "new")]


async def test_our_own_server_is_used_again_once_it_came_back(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """In the same turn, and first in the next one, with nothing to tell."""
    server = Scripted()  # closes without a word

    async with town(
        database, paths, clock, server, supervisor=lambda get: OneOfOurs(get, server)
    ) as there:
        events = await there.ask()
        assert isinstance(events[0], Restarting)
        assert texts(events) == "Good evening"
        again = await there.ask()
    assert not any(isinstance(event, Restarting | FellBack) for event in again)
    assert texts(again) == "Good evening"


# --- looks in the background -------------------------------------------------------------------


async def test_a_server_that_comes_and_goes_is_believed_after_two_good_looks_in_a_row(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """Two bad ones had opened its circuit; then it is asked first again."""
    good, bad = reply(200), reply(500)
    flapping = Scripted(HEAD, word("Back", '"stop"'))
    flapping.looks = [bad, bad, good, bad, good, bad, good, good]
    turned = asyncio.Event()
    looks: list[int] = []

    def log(event: str, fields: dict[str, Any]) -> None:
        if (event, fields["state"]) == ("provider.circuit", "half_open"):
            looks.append(flapping.looked)
            turned.set()

    async with town(database, paths, clock, flapping, Scripted(*GOOD), log=log) as there:
        await turned.wait()
        assert texts(await there.ask()) == "Back"
        assert there.router.ailing() == []
    assert looks == [8]


# --- who goes first ----------------------------------------------------------------------------


async def ask_in_background(there: Town, events: list[Answer], begun: asyncio.Event) -> None:
    request = ChatRequest(
        (Message("user", "Sum up"),), 5, "summary", "b", task="summary", background=True
    )
    async with aclosing(there.router.answer(request)) as answer:
        async for event in answer:
            events.append(event)
            if texts([event]):
                begun.set()


async def test_background_work_elsewhere_is_not_disturbed_and_none_begins_meanwhile(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """A turn closes only what runs on the server that it needs; new work waits for its end."""
    chat = Scripted(HEAD, word("One"), hangs=True)
    small = Scripted(HEAD, word("Part"), hangs=True)
    routing = (await quick_routing(paths)).model_copy(update={"strategy": "intelligent"})
    work: list[Answer] = []
    later: list[Answer] = []
    begun, turn_began, later_began = asyncio.Event(), asyncio.Event(), asyncio.Event()
    async with (
        town(
            database,
            paths,
            clock,
            chat,
            small,
            routing=routing,
            tiers={"quality": [0], "fast": [1]},
        ) as there,
        asyncio.TaskGroup() as tasks,
    ):
        first = tasks.create_task(ask_in_background(there, work, begun))
        await begun.wait()
        request = ChatRequest((Message("user", "x"),), 5, "chat", "t", task="extraction")
        async with aclosing(there.router.answer(request)) as turn:
            async for event in turn:
                if not turn_began.is_set():
                    turn_began.set()
                    waits = tasks.create_task(ask_in_background(there, later, later_began))
                if texts([event]):
                    break
            await asyncio.sleep(0)
            assert not small.left.is_set()
            assert len(small.asked) == 1
        await later_began.wait()
        assert len(small.asked) == 2
        first.cancel()
        waits.cancel()
    assert texts(work) == "Part"


# --- routing switched off ----------------------------------------------------------------------


@pytest.mark.parametrize(("enabled", "asked"), [(True, 1), (False, 0)])
async def test_without_routing_everything_goes_to_the_model_for_answers(
    enabled: bool, asked: int, database: Database, paths: Paths, clock: ManualClock
) -> None:
    """Also a task that a small model would do."""
    servers = Scripted(*GOOD), Scripted(*GOOD)
    routing = await quick_routing(paths, enabled=enabled)
    tiers = {"quality": [0], "fast": [1]}
    async with town(database, paths, clock, *servers, routing=routing, tiers=tiers) as there:  # type: ignore[arg-type]
        await there.ask(task="classification")
    assert [len(server.asked) for server in servers] == [1 - asked, asked]
