"""The actions about channels: how they stand, trying them, and letting one leave the machine."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import AfterValidator

from wooster.actions.action import Action, Nothing, Parameters
from wooster.config.loading import load_settings
from wooster.config.paths import LOCAL_MODEL, Paths
from wooster.config.writing import add_to_list
from wooster.core.clock import Clock, to_ms
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import counted, escaped
from wooster.notify.channels import Channels, Standing
from wooster.notify.model import Message, NotSent
from wooster.notify.open_repl import Board
from wooster.wire.requests import ActionResult

_TEST_S = 40.0
_LIST = "`notify` lists them."


def _name(text: str) -> str:
    return text.strip().lower()


class Named(Parameters):
    """One channel."""

    name: Annotated[str, AfterValidator(_name)]


class Trying(Parameters):
    """One channel, or none for all that are ready."""

    name: Annotated[str, AfterValidator(_name)] = ""


def actions(paths: Paths, channels: Channels, board: Board, clock: Clock) -> list[Action[Any]]:
    return [_shown(channels, board), _tried(channels, board, clock), _allowed(paths, channels)]


def _shown(channels: Channels, board: Board) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        found = await _standing(channels)
        lines = [_line(each, board) for each in found]
        order = ", then ".join(channels.order)
        text = "\n".join(lines) + f"\n\nWhat is due goes to {order}, unless it names others."
        return ActionResult(
            text, {"channels": [asdict(each) for each in found], "order": list(channels.order)}
        )

    return Action(
        name="notify",
        help="shows on which channels you are told what is due, and how they stand",
        effect="read",
        parameters=Nothing,
        phrases=("/notify", "show channels"),
        handler=handle,
    )


def _tried(channels: Channels, board: Board, clock: Clock) -> Action[Trying]:
    async def ready(given: Trying) -> list[Standing]:
        if not given.name:
            return [each for each in await _standing(channels) if each.state == "ready"]
        standing = await _one(channels, given.name)
        if standing.state != "ready":
            raise UsageError(f"{given.name} isn't ready: {_why(standing)}.", hint=_LIST)
        return [standing]

    async def asks(given: Trying) -> str:
        out = [f"{each.name} (to {each.host})" for each in await ready(given) if each.host]
        return f"Send a test off this machine, on {', '.join(out)}?" if out else ""

    async def handle(given: Trying) -> ActionResult:
        names = [each.name for each in await ready(given)]
        key = f"test-{to_ms(clock.now())}"
        message = Message(key, "Wooster", "This is a test: you would be told here.", "plain")
        told = await asyncio.gather(*(_try(channels, board, name, message) for name in names))
        results = dict(zip(names, told, strict=True))
        failed = any(reason for reason in told)
        lines = [f"- **{name}** {reason or _sent(name)}" for name, reason in results.items()]
        return ActionResult("\n".join(lines), {"results": results}, exit_code=int(failed))

    return Action(
        name="notify_test",
        help="sends a test on the channels that are ready, or on one",
        by_model=False,
        effect="outward",
        parameters=Trying,
        phrases=("/notify test NAME",),
        handler=handle,
        rest="name",
        asks=asks,
        trial=True,
    )


async def _try(channels: Channels, board: Board, name: str, message: Message) -> str:
    """Why it didn't go; "" where it did."""
    if name == "repl":
        # Waiting until it is shown would be waiting for the end of this very command.
        return "" if board.post(message) else "nobody is there: no conversation is open"
    try:
        async with asyncio.timeout(_TEST_S):
            await channels.send(name, message)
    except NotSent as error:
        return escaped(f"failed: {error.reason}")
    except TimeoutError:
        return f"failed: no answer within {_TEST_S:.0f} s"
    return ""


def _sent(name: str) -> str:
    return "shown in each open conversation, after this" if name == "repl" else "sent"


def _allowed(paths: Paths, channels: Channels) -> Action[Named]:
    async def asks(given: Named) -> str:
        standing = await _one(channels, given.name)
        if not standing.host:
            raise UsageError(f"{given.name} doesn't leave this machine.", hint=_LIST)
        return f"Let {given.name} send what you are to be told off this machine ({standing.host})?"

    async def handle(given: Named) -> ActionResult:
        await asks(given)  # a program may have said yes without asking
        path = paths.config / LOCAL_MODEL
        is_new = await asyncio.to_thread(_allow, paths, given.name)
        channels.allow(given.name)
        text = (
            f"{given.name} may leave this machine from now on; it stands in {escaped(str(path))}, "
            "where you can take it out again. `egress` lists what it sends."
            if is_new
            else f"{given.name} is allowed already."
        )
        return ActionResult(text, {"added": is_new, "name": given.name})

    return Action(
        name="notify_allow",
        help="lets a channel send what you are to be told off this machine",
        by_model=False,
        effect="outward",
        parameters=Named,
        phrases=("/notify allow NAME",),
        handler=handle,
        rest="name",
        asks=asks,
    )


def _allow(paths: Paths, name: str) -> bool:
    """False when it was allowed already. Raises `SettingsError`. Blocks."""
    if name in load_settings(paths).notify.allowed:
        return False
    add_to_list(paths.config / LOCAL_MODEL, ("notify", "allowed"), name)
    return True


async def _standing(channels: Channels) -> list[Standing]:
    return await asyncio.to_thread(lambda: [channels.standing(name) for name in channels.names])


async def _one(channels: Channels, name: str) -> Standing:
    try:
        return await asyncio.to_thread(channels.standing, name)
    except KeyError as error:
        raise NotFound(f"There is no channel {name!r}.", hint=_LIST) from error


def _line(standing: Standing, board: Board) -> str:
    if standing.name == "repl":
        there = f"{counted(board.open, 'conversation')} open" if board.open else "nobody is there"
        return f"- **repl** ready ({there})"
    if standing.state == "ready":
        where = f" (to {escaped(standing.host)})" if standing.host else ""
        return f"- **{standing.name}** ready{where}"
    return f"- **{standing.name}** {_why(standing)}"


def _why(standing: Standing) -> str:
    if standing.state == "not_set_up":
        return f"not set up: it lacks {escaped(standing.lacks)}"
    host = escaped(standing.host)
    return f"not allowed to leave this machine (to {host}): `notify allow {standing.name}`"
