"""Another model in a running server's place: the old one answers until the new one can.

The servers here are small scripts that take a port at SIGUSR1 as ours do; the real ones are in
`tests/servers/test_moving.py`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest

from tests.models.test_supervisor import at, is_gone, supervised, until
from tests.process import free_port
from wooster import __version__
from wooster.config.paths import Paths
from wooster.core.errors import Busy, ModelUnavailable
from wooster.models import life, process
from wooster.models.handover import spare_record
from wooster.models.spec import Role, ServerSpec
from wooster.models.supervisor import Supervisor
from wooster.wire.events import Progress

SERVER = """
import argparse, json, os, signal, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
flags = argparse.ArgumentParser()
for name in ("--home", "--model"): flags.add_argument(name)
for name in ("--port", "--then-port"): flags.add_argument(name, type=int)
given = flags.parse_args()
if given.model == "dies": sys.exit("no such weights")
control = os.path.join(given.home, "run", "control.json")
def told():
    try: return json.load(open(control))
    except (OSError, ValueError): return {}
class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
        status = "failed" if given.model == "fails" else told().get(given.model, "ready")
        body = json.dumps({"service": "wooster-chat-server", "status": status, "pid": os.getpid(),
            "home": given.home, "version": VERSION, "model": given.model, "detail": "too large",
            "active": told().get("active", 0), "queued": 0,
            "yielding": told().get("yielding", 0)}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
class Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
def serve(port): Server(("127.0.0.1", port), Handler).serve_forever(0.02)
if given.then_port:
    signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(
        target=serve, args=(given.then_port,), daemon=True).start())
threading.Thread(target=serve, args=(given.port,), daemon=True).start()
while True: time.sleep(1)
"""


def spec_of(paths: Paths, name: Role = "chat", *, start: bool = True) -> ServerSpec:
    script = paths.cache / "wooster-chat-server.py"
    script.write_text(SERVER.replace("VERSION", repr(__version__)))
    port = free_port()
    return ServerSpec(
        name=name,
        service="wooster-chat-server",
        port=port,
        url=f"http://127.0.0.1:{port}",
        model="old",
        command=(
            *(sys.executable, "-u", str(script)),
            *("--home", str(paths.home), "--port", str(port), "--model", "old"),
        ),
        home=paths.home,
        log=paths.logs / f"{name}-server.log",
        start=start,
    )


def control(paths: Paths, **told: object) -> None:
    """What the scripts say of themselves from now on: `active` requests, a status by model."""
    made = paths.run / "control.new"
    made.write_text(json.dumps(told))
    made.replace(paths.run / "control.json")


async def serving(supervisor: Supervisor, model: str) -> int:
    """Wait until `model` is served; its process."""
    status = await until(supervisor, lambda s: s.state == "ready" and s.model == model)
    assert status.pid is not None
    return status.pid


async def asked(spec: ServerSpec) -> str:
    """The model that answers on the port of the settings."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return str((await client.get(f"{spec.url}/health")).json()["model"])


async def test_the_old_one_answers_until_the_new_one_can(paths: Paths) -> None:
    """Then the new one has the port of the settings, and the old process is gone."""
    spec = spec_of(paths)
    control(paths, new="loading")
    async with supervised(spec) as supervisor, asyncio.TaskGroup() as tasks:
        old = await serving(supervisor, "old")
        loading = asyncio.Event()

        def tell(progress: Progress) -> None:
            if "the old model answers meanwhile" in progress.text:
                loading.set()

        switch = tasks.create_task(supervisor.use("chat", "new", True, tell))
        await asyncio.wait_for(loading.wait(), 20)
        assert await asked(spec) == "old" and not is_gone(old)
        with pytest.raises(Busy):
            await supervisor.use("chat", "other", True, tell)
        control(paths, new="ready")
        await switch
        new = supervisor.chat().pid
        assert new is not None and new != old and is_gone(old)
        assert await asked(spec) == "new" == supervisor.chat().model
        assert not spare_record(spec).exists()
        assert supervisor.take_notices() == []  # a switch is no crash
    assert is_gone(new)


@pytest.mark.parametrize("model", ["fails", "dies"])
@pytest.mark.parametrize("room", [True, False])
async def test_a_model_that_does_not_load_leaves_the_old_one(
    paths: Paths, model: str, room: bool
) -> None:
    """With room for both it never went; without, it comes back. The reason is the server's own."""
    spec = spec_of(paths)
    async with supervised(spec) as supervisor:
        old = await serving(supervisor, "old")
        told: list[Progress] = []
        with pytest.raises(ModelUnavailable, match=r"too large|no such weights"):
            await supervisor.use("chat", model, room, told.append)
        assert (await serving(supervisor, "old") == old) == room
        assert await asked(spec) == "old"
        assert any("going back to old" in progress.text for progress in told) != room


async def test_an_answer_that_is_being_written_is_waited_for(paths: Paths) -> None:
    """Nobody's words are cut off by a switch; background work, which is begun again, may be."""
    spec = spec_of(paths)
    control(paths, active=1)
    async with supervised(spec) as supervisor, asyncio.TaskGroup() as tasks:
        old = await serving(supervisor, "old")
        waits = asyncio.Event()

        def tell(progress: Progress) -> None:
            if "waiting for the answer" in progress.text:
                waits.set()

        switch = tasks.create_task(supervisor.use("chat", "new", True, tell))
        await asyncio.wait_for(waits.wait(), 20)
        assert not is_gone(old)
        control(paths, active=1, yielding=1)
        await switch
        assert await asked(spec) == "new"


async def test_a_switch_that_is_given_up_leaves_nothing_behind(paths: Paths) -> None:
    """The spare server is ended with it, and the old one goes on."""
    spec = spec_of(paths)
    control(paths, new="loading")
    async with supervised(spec) as supervisor, asyncio.TaskGroup() as tasks:
        old = await serving(supervisor, "old")
        loading = asyncio.Event()
        switch = tasks.create_task(supervisor.use("chat", "new", True, lambda _: loading.set()))
        await asyncio.wait_for(loading.wait(), 20)
        spare = int(spare_record(spec).read_text())
        switch.cancel()
        await asyncio.wait([switch])
        assert is_gone(spare) and not spare_record(spec).exists()
        assert await serving(supervisor, "old") == old


async def test_a_spare_server_of_a_killed_daemon_is_ended_at_the_next_start(
    paths: Paths,
) -> None:
    """Its process id stands in a file; only a process that is ours gets a signal."""
    spec = spec_of(paths)
    spare = spec.with_model("new").spare(free_port())
    left = await asyncio.create_subprocess_exec(*spare.command)
    spare_record(spec).write_text(str(left.pid))
    async with supervised(spec) as supervisor:
        assert await asyncio.wait_for(left.wait(), 20) == -signal.SIGTERM
        await serving(supervisor, "old")
    assert not spare_record(spec).exists()


async def test_a_fast_server_that_was_off_is_started_by_choosing_a_model(paths: Paths) -> None:
    """Before that it is off, and nobody's port is asked."""
    spec = spec_of(paths, "fast", start=False)
    quick = at(spec)
    async with supervised(spec) as supervisor:
        assert supervisor.statuses()[0].state == "off"
        assert supervisor.is_unwanted(quick)
        await supervisor.use("fast", "small", True, lambda _: None)
        status = supervisor.statuses()[0]
        assert (status.state, status.model) == ("ready", "small")
        assert await asked(spec) == "small"
        assert not supervisor.is_unwanted(quick)
        assert supervisor.serving(quick) == status
    assert status.pid is not None and is_gone(status.pid)


async def test_a_hanging_server_is_ended_and_another_started(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs, accepts and never answers: after a while that is no load, and it is replaced."""
    monkeypatch.setattr(life, "Rules", partial(life.Rules, hang_s=0.3))
    monkeypatch.setattr(process, "_STOP_S", 0.3)
    spec = spec_of(paths)
    async with supervised(spec, probe_timeout_s=0.3) as supervisor:
        hung = await serving(supervisor, "old")
        os.kill(hung, signal.SIGSTOP)
        await until(supervisor, lambda s: s.restarts == 1)
        assert is_gone(hung)
        assert "The chat server hung, was ended" in supervisor.take_notices()[0]
        assert await serving(supervisor, "old") != hung


async def test_what_is_done_meanwhile_is_done_with_the_new_model_while_the_old_one_serves(
    paths: Paths,
) -> None:
    """The block begins when the spare server is ready, and ends when it has taken over."""
    spec = spec_of(paths)
    seen: list[tuple[str, str]] = []

    @asynccontextmanager
    async def meanwhile(url: str) -> AsyncIterator[None]:
        async with httpx.AsyncClient(trust_env=False) as client:
            spare = (await client.get(f"{url}/health")).json()["model"]
        seen.append((spare, await asked(spec)))
        yield
        await serving(supervisor, "new")
        seen.append(("", await asked(spec)))

    async with supervised(spec) as supervisor:
        await serving(supervisor, "old")
        await supervisor.use("chat", "new", True, lambda _: None, meanwhile)
    assert seen == [("new", "old"), ("", "new")]


async def test_what_fails_meanwhile_leaves_the_old_model_serving(paths: Paths) -> None:
    """The spare server is ended."""
    spec = spec_of(paths)

    @asynccontextmanager
    async def meanwhile(_: str) -> AsyncIterator[None]:
        raise ModelUnavailable("the new model broke off")
        yield

    async with supervised(spec) as supervisor:
        await serving(supervisor, "old")
        with pytest.raises(ModelUnavailable, match="broke off"):
            await supervisor.use("chat", "new", True, lambda _: None, meanwhile)
        assert await asked(spec) == "old"
    assert not spare_record(spec).exists()
