"""Another model in a running server's place: the old one answers until the new one can.

The new process is started on a spare port; once its model is loaded the old one is ended and the
new one takes its port. Where memory is too short for both, the old one goes first, and comes back
when the new one doesn't load. It knows processes and health, and nothing of settings or memory.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import anyio

from wooster.core.errors import ModelUnavailable
from wooster.models.process import Process, last_line
from wooster.models.spec import ServerSpec, Watching
from wooster.models.watch import POLL_S, ServerWatch
from wooster.wire.events import Progress

Tell = Callable[[Progress], None]
Meanwhile = Callable[[str], AbstractAsyncContextManager[None]]
"""What is to be done with the new server, at its spare address, before it takes over; left once it
has."""

# The longest wait for an answer that is being written, and for a process to say its first word.
_IDLE_S = 120.0
_FIRST_WORD_S = 180.0


async def beside(
    watch: ServerWatch, model: str, watching: Watching, tell: Tell, meanwhile: Meanwhile
) -> None:
    """Switch with both models in memory. Raises `ModelUnavailable`; the old one serves then."""
    spec = watch.spec.with_model(model)
    spare = spec.spare(await asyncio.to_thread(_free_port))
    process = await asyncio.to_thread(Process.start, spare.command, spare.log)
    record = spare_record(spec)
    handed = False
    try:
        await asyncio.to_thread(record.write_text, str(process.pid))
        await _until_ready(process, spare, watching, tell)
        async with meanwhile(spare.url):
            await _until_idle(watch, tell)
            with anyio.CancelScope(shield=True):  # from here on there is no way back
                tell(Progress("switching", text=f"{model} takes over …"))
                handed = True
                await watch.hand_over(spec, process)
    finally:
        with anyio.CancelScope(shield=True):
            if not handed:
                await process.end()
            await asyncio.to_thread(record.unlink, True)


async def in_place(watch: ServerWatch, model: str, tell: Tell) -> None:
    """Switch by ending the old server first. Raises `ModelUnavailable`, with the old one back."""
    old, spec = watch.spec, watch.spec.with_model(model)
    done = False
    await _until_idle(watch, tell)
    try:
        await watch.hand_over(spec, None)
        await _until_loaded(watch, tell)
        done = True
    finally:
        if not done:
            with anyio.CancelScope(shield=True):
                tell(Progress("switching", text=f"going back to {old.model} …"))
                await watch.hand_over(old, None)


def spare_record(spec: ServerSpec) -> Path:
    """Where the process id of a spare server stands while there is one.

    A daemon that is killed meanwhile leaves it behind, and the next one ends that process.
    """
    return spec.home / "run" / f"spare-{spec.name}.pid"


async def _until_ready(process: Process, spare: ServerSpec, watching: Watching, tell: Tell) -> None:
    """Until the spare server can answer. Raises `ModelUnavailable` when it never will."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    answered = False
    while True:
        if not process.is_alive:
            told = await asyncio.to_thread(last_line, spare.log)
            raise _not_loaded(spare, told or "it ended without a word")
        health = await watching.probe(spare.url)
        if isinstance(health, dict) and health.get("pid") == process.pid:
            answered = True
            if health.get("status") == "ready":
                return
            if health.get("status") == "failed":
                raise _not_loaded(spare, str(health.get("detail") or "it didn't say why"))
        waited_s = loop.time() - began_s
        if not answered and waited_s > _FIRST_WORD_S:
            raise _not_loaded(spare, f"its server said nothing for {waited_s:.0f} s")
        told = f"loading {spare.model} ({waited_s:.0f} s); the old model answers meanwhile"
        tell(Progress("switching", text=told))
        await asyncio.sleep(POLL_S)


async def _until_loaded(watch: ServerWatch, tell: Tell) -> None:
    """Until the watched server can answer. Raises `ModelUnavailable` when it doesn't load."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    while watch.status.state != "ready":
        status = watch.status
        if status.state in ("failed", "restarting", "blocked", "off", "away"):
            told = status.detail
            if status.state == "restarting":
                told = await asyncio.to_thread(last_line, watch.spec.log) or told
            raise _not_loaded(watch.spec, told)
        waited_s = loop.time() - began_s
        tell(Progress("switching", text=f"loading {watch.spec.model} ({waited_s:.0f} s)"))
        await asyncio.sleep(POLL_S)


async def _until_idle(watch: ServerWatch, tell: Tell) -> None:
    """Until the old server writes no answer, or for as long as a person would wait."""
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + _IDLE_S
    while watch.status.pid is not None and loop.time() < deadline_s:
        health = await watch.probe()
        if not isinstance(health, dict) or not _waited_for(health):
            return
        tell(Progress("switching", text="waiting for the answer that is being written …"))
        await asyncio.sleep(POLL_S)


def _waited_for(health: dict[str, Any]) -> int:
    """The requests that somebody waits for: background work is begun again elsewhere."""
    counts = (health.get(name) or 0 for name in ("active", "queued"))
    return int(sum(counts)) - int(health.get("yielding") or 0)


def _not_loaded(spec: ServerSpec, why: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"{spec.model} didn't load: {why}", hint=f"More may stand in {spec.log}."
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
