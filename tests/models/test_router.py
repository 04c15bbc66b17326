"""The providers behind one call: real connections to scripted servers, and what leaves."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace

import httpx

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.hosts import Place
from wooster.models.egress import EgressLedger
from wooster.models.fallback import Answer, Answered, Asked, FellBack, NobodyAnswers, Withheld
from wooster.models.gate import Gate, Parcel, Passed, Rules
from wooster.models.model import ChatRequest, Message, Provider
from wooster.models.router import Router, Surroundings
from wooster.storage import Database

from .town import GOOD, HEAD, Scripted, none_of_ours, texts, town, word


class Anywhere(Rules):
    """Rules to which even loopback is another machine: the scripted server stands for one."""

    def place(self, url: str) -> Place:
        return "away"


async def test_a_request_that_leaves_is_in_the_ledger_before_it_goes(
    database: Database, clock: ManualClock, paths: Paths
) -> None:
    """The row is committed when the first byte arrives there, with host, purpose and size."""
    routing = (await asyncio.to_thread(load_settings, paths, {})).routing
    ledger = EgressLedger(database, clock)
    seen: list[int] = []

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        seen.append(await ledger.count())
        writer.write(
            b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"
            b'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n'
        )
        writer.close()

    server = await asyncio.start_server(play, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    away = Provider("openai", f"http://127.0.0.1:{port}", "m", leaves=True)
    rules = Anywhere(frozenset(), frozenset({"127.0.0.1"}), None, False)
    async with server, httpx.AsyncClient() as client:

        async def get() -> httpx.AsyncClient:
            return client

        gate = Gate(ledger, rules)
        around = Surroundings(none_of_ours(get), gate, get, lambda *_: None)
        router = Router({"quality": [away], "fast": [away]}, routing, around, "go on")
        request = ChatRequest((Message("user", "private"),), 5, "chat", "turn-1")
        events = [event async for event in router.answer(request)]
    assert events[0] == Asked(away)
    assert isinstance(events[-1], Answered)
    assert seen == [1]
    (row,) = await database.read(lambda c: c.execute("SELECT * FROM egress").fetchall())
    assert (row["provider"], row["host"], row["purpose"]) == ("openai", "127.0.0.1", "chat")
    assert row["turn_id"] == "turn-1"
    assert row["sent_bytes"] > len("private")


# --- who answers when somebody doesn't ---------------------------------------------------------


async def test_a_refused_connection_goes_to_the_next_and_is_announced(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """And the next request doesn't try it first."""
    async with town(database, paths, clock, None, Scripted(*GOOD)) as there:
        for _ in range(2):
            events = await there.ask()
            assert isinstance(events[0], FellBack), events
            assert "doesn't answer" in events[0].reason
            assert texts(events) == "Good evening"
            assert [each.state for each in there.router.ailing()] == ["open"]


async def test_a_hanging_server_is_cut_once_and_then_skipped(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """It is asked one question in all; its connection is closed."""
    hanging = Scripted(hangs=True)
    async with town(database, paths, clock, hanging, Scripted(*GOOD)) as there:
        for _ in range(2):
            events = await there.ask()
            assert isinstance(events[0], FellBack)
            assert "no sign of life" in events[0].reason
            assert texts(events) == "Good evening"
        assert len(hanging.asked) == 1
        await hanging.left.wait()


async def test_a_death_in_the_middle_goes_on_elsewhere_with_what_was_given(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """The second server is told what was said, and asked to go on."""
    dying, other = Scripted(HEAD, word("Good")), Scripted(HEAD, word(" evening", '"stop"'))
    async with town(database, paths, clock, dying, other) as there:
        events = await there.ask()
    assert texts(events) == "Good evening"
    said = json.loads(other.asked[0])["messages"][1:]
    assert [message["content"] for message in said] == ["Good", "Go on."]
    assert isinstance(events[-1], Answered)
    assert events[-1].provider == there.providers[1]


async def test_background_work_makes_way_and_goes_on_afterwards(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """On a server that isn't ours it is closed when a turn begins, and keeps what it was given."""
    server = Scripted(HEAD, word("One"), hangs=True)
    async with town(database, paths, clock, server) as there:
        work: list[Answer] = []
        begun = asyncio.Event()

        async def in_background() -> None:
            request = ChatRequest((Message("user", "Sum up"),), 5, "chat", "b", background=True)
            async with aclosing(there.router.answer(request)) as events:
                async for event in events:
                    work.append(event)
                    if texts(work):
                        begun.set()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(in_background())
            await begun.wait()
            server.chunks, server.hangs = GOOD, False
            turn = await there.ask()
            await server.left.wait()
    assert texts(turn) == "Good evening"
    assert texts(work) == "OneGood evening"
    kinds = [len(json.loads(body)["messages"]) for body in server.asked]
    assert kinds == [1, 1, 3]


async def test_a_schema_that_a_server_refuses_is_left_away_there_once(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """The schema goes out first; the answer that comes is for the caller to check."""
    error = b'{"error": {"message": "response_format is not supported"}}'
    head = b"HTTP/1.1 400 Bad\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(error)
    server = Scripted(head, error)
    async with town(database, paths, clock, server) as there:
        events = await there.ask(schema={"type": "object"})
    assert isinstance(events[-1], NobodyAnswers)
    formats = ["response_format" in json.loads(body) for body in server.asked]
    assert formats == [True, False]


async def test_who_may_not_see_memory_is_asked_without_it(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """It answers all the same, the person is told, and nothing of it was sent; what was begun with
    memory isn't gone on with by somebody who may not see it."""
    plain = ChatRequest((Message("user", "What did I buy?"),), 5, "chat", "t")
    held = (Message("user", "You remember: a boat. What did I buy?"),)
    request = replace(plain, messages=held, sensitivity="memory", plainer=plain)
    server = Scripted(*GOOD)
    async with town(database, paths, clock, server) as there:
        away = replace(there.providers[0], leaves=True, may_see=frozenset({"plain"}))
        there.router._by_tier = {"quality": [away], "fast": [away]}
        there.router._around.gate.rules = Anywhere(
            frozenset(), frozenset({"127.0.0.1"}), None, False
        )
        events = [event async for event in there.router.answer(request)]
        assert Withheld(away) in events
        assert texts(events) == "Good evening"
        assert len(server.asked) == 1
        assert b"boat" not in server.asked[0]
        events = [event async for event in there.router.answer(replace(request, plainer=None))]
        assert isinstance(events[-1], NobodyAnswers)
        assert "may not see what is remembered of you" in events[-1].reason


async def test_memory_is_withheld_for_no_other_reason(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """Who may see it and isn't asked because of the cap is asked neither with it nor without."""
    plain = ChatRequest((Message("user", "What did I buy?"),), 5, "chat", "t")
    request = replace(plain, sensitivity="memory", plainer=plain)
    async with town(database, paths, clock, Scripted(*GOOD)) as there:
        away = replace(there.providers[0], leaves=True, price=None)
        away = replace(away, may_see=frozenset({"plain", "profile", "documents", "memory"}))
        there.router._by_tier = {"quality": [away], "fast": [away]}
        gate = there.router._around.gate
        gate.rules = Anywhere(frozenset(), frozenset({"127.0.0.1"}), 0, False)
        asked: list[str] = []
        passes = gate.ask

        async def ask(provider: Provider, parcel: Parcel) -> Passed:
            asked.append(parcel.sensitivity)
            return await passes(provider, parcel)

        gate.ask = ask  # type: ignore[method-assign]
        events = [event async for event in there.router.answer(request)]
    assert asked == ["memory"]
    assert not any(isinstance(event, Withheld) for event in events)
    assert isinstance(events[-1], NobodyAnswers)
