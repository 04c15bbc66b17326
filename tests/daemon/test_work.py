"""Actions that take long, over the real socket: progress, an end, and work that ends with its
client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from wooster.actions.action import Action, Parameters, Report
from wooster.actions.registry import Registry
from wooster.config.paths import Paths
from wooster.core.errors import NotConfirmed, UsageError
from wooster.daemon.app import Services, create_app
from wooster.daemon.serve import server
from wooster.daemon.socket import listen
from wooster.repl.client import Client
from wooster.wire.events import Ask, Event, Failure, Progress, Result
from wooster.wire.requests import ActionRequest, ActionResult, Greeting, TurnRequest


class Thing(Parameters):
    thing: str = "it"


class Workshop:
    """Actions that wait to be told to go on."""

    def __init__(self) -> None:
        self.began, self.ended, self.go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.registry = Registry()
        self.registry.add(self._action("build", "write", self._build))
        self.registry.add(self._action("send", "outward", self._build))
        self.registry.add(self._action("break", "write", self._break))
        self.registry.add(self._action("fail", "write", self._fail))

    def _action(self, name: str, effect: object, worker: object) -> Action[Thing]:
        return Action(
            name,
            "helps",
            effect,  # type: ignore[arg-type]
            Thing,
            (name,),
            rest="thing",
            worker=worker,  # type: ignore[arg-type]
            question="Send {thing} away?",
        )

    async def _build(self, given: Thing, report: Report) -> ActionResult:
        report(Progress("fetching", 1, 2, f"building {given.thing}"))
        self.began.set()
        try:
            await self.go_on.wait()
        finally:
            self.ended.set()
        return ActionResult(f"{given.thing} is built", {"n": 1}, exit_code=3)

    async def _break(self, _: Thing, __: Report) -> ActionResult:
        raise UsageError("That makes no sense.", hint="Say another thing.")

    async def _fail(self, _: Thing, __: Report) -> ActionResult:
        raise RuntimeError("secret words")


@asynccontextmanager
async def serving(paths: Paths) -> AsyncIterator[tuple[Workshop, Client]]:
    shop = Workshop()

    async def greet() -> Greeting:
        return Greeting("m", "here", "nothing", True)

    http = server(create_app(Services(shop.registry, greet, lambda: None)))
    listener = await asyncio.to_thread(listen, paths)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(http.serve(sockets=[listener]))
        try:
            yield shop, Client(paths.socket)
        finally:
            shop.go_on.set()
            http.should_exit = True
            await running


def followed(client: Client, name: str, request: ActionRequest) -> list[Event]:
    with client.work(name, request) as stream:
        return list(stream)


def typed(client: Client, text: str) -> list[Event]:
    with client.turn(TurnRequest(text)) as stream:
        return list(stream)


async def test_progress_comes_before_the_result(paths: Paths) -> None:
    """While it works, not after it; the exit code is the action's."""
    async with serving(paths) as (shop, client):
        stream = await asyncio.to_thread(client.work, "build", ActionRequest({"thing": "a boat"}))
        events = iter(stream)
        first = await asyncio.to_thread(next, events)
        assert first == Progress("fetching", 1, 2, "building a boat")
        shop.go_on.set()
        assert await asyncio.to_thread(next, events) == Result("a boat is built", {"n": 1}, 3)
        await asyncio.to_thread(stream.__exit__, None, None, None)


async def test_work_ends_when_its_client_leaves(paths: Paths) -> None:
    """Ctrl-C hangs up, and that is what ends it."""
    async with serving(paths) as (shop, client):
        stream = await asyncio.to_thread(client.work, "build", ActionRequest())
        await asyncio.wait_for(shop.began.wait(), 20)
        assert not shop.ended.is_set()
        await asyncio.to_thread(stream.__exit__, None, None, None)
        await asyncio.wait_for(shop.ended.wait(), 20)
        assert not shop.go_on.is_set()


async def test_what_fails_is_an_event_with_its_exit_code(paths: Paths) -> None:
    """A mistake of ours too, without its words."""
    async with serving(paths) as (_, client):
        events = await asyncio.to_thread(followed, client, "break", ActionRequest())
        assert events == [Failure("usage", "That makes no sense.", "Say another thing.", 2)]
        (failure,) = await asyncio.to_thread(followed, client, "fail", ActionRequest())
        assert isinstance(failure, Failure) and failure.exit_code == 70
        assert "secret" not in failure.message


async def test_what_leaves_asks_first_and_runs_after_a_yes(paths: Paths) -> None:
    """Typed, it is a question; by name it is refused until it is confirmed."""
    async with serving(paths) as (shop, client):
        shop.go_on.set()
        asked = await asyncio.to_thread(typed, client, "/send a letter")
        assert asked == [Ask("Send a letter away?", "send", {"thing": "a letter"})]
        with pytest.raises(NotConfirmed):
            await asyncio.to_thread(client.act, "send", thing="a letter")
        with pytest.raises(NotConfirmed):
            await asyncio.to_thread(followed, client, "send", ActionRequest())
        assert not shop.began.is_set()
        done = await asyncio.to_thread(
            followed, client, "send", ActionRequest({"thing": "a letter"}, confirmed=True)
        )
        assert done[-1] == Result("a letter is built", {"n": 1}, 3)


async def test_a_typed_command_that_takes_long_streams_too(paths: Paths) -> None:
    """As by its name; and the plain form still gives one answer."""
    async with serving(paths) as (shop, client):
        shop.go_on.set()
        events = await asyncio.to_thread(typed, client, "/build a house")
        assert [type(event) for event in events] == [Progress, Result]
        assert (await asyncio.to_thread(client.act, "build")).text == "it is built"
