"""Our model servers: what stands in their way never takes the daemon with it.

The servers here are small scripts that answer `/health`; the real ones are in `tests/e2e`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.peer import scripted
from tests.process import free_port
from wooster import __version__
from wooster.config.paths import Paths
from wooster.models.letting_go import let_go
from wooster.models.model import Provider
from wooster.models.spec import ServerSpec, ServerStatus, Watching
from wooster.models.supervisor import Supervisor

SERVER = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
        body = json.dumps({"service": "wooster-chat-server", "status": sys.argv[4], "model": "m",
            "detail": sys.argv[5], "pid": os.getpid(), "home": sys.argv[1],
            "version": sys.argv[3], "name": "wooster"}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        told = self.path, self.headers["authorization"]
        self.send_response(200 if told == ("/forget", "Bearer k") else 401)
        self.send_header("content-length", "0")
        self.end_headers()
HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
"""


def spec_of(
    paths: Paths,
    *,
    version: str = __version__,
    port: int = 0,
    told: tuple[str, str] = ("ready", ""),
) -> ServerSpec:
    script = paths.cache / "wooster-chat-server.py"
    script.write_text(SERVER)
    port = port or free_port()
    return ServerSpec(
        name="chat",
        service="wooster-chat-server",
        port=port,
        url=f"http://127.0.0.1:{port}",
        model="m",
        command=(sys.executable, str(script), str(paths.home), str(port), version, *told),
        home=paths.home,
        log=paths.logs / "chat-server.log",
        start=True,
    )


@asynccontextmanager
async def supervised(
    spec: ServerSpec, *, ends: bool = True, probe_timeout_s: float = 2.0, interval_s: float = 0.2
) -> AsyncIterator[Supervisor]:
    """A supervisor that watches `spec`; without `ends` its servers are left as by a kill -9."""
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.TaskGroup() as tasks:

        async def get() -> httpx.AsyncClient:
            return client

        supervisor = Supervisor([spec], Watching(get, lambda *_: None, probe_timeout_s, interval_s))
        running = tasks.create_task(supervisor.run())
        yield supervisor
        if ends:
            supervisor.stop()
            await running
        else:
            running.cancel()


async def until(
    supervisor: Supervisor, what: Callable[[ServerStatus], bool], deadline_s: float = 30
) -> ServerStatus:
    async with asyncio.timeout(deadline_s):
        while not what(supervisor.statuses()[0]):
            await asyncio.sleep(0.02)
    return supervisor.statuses()[0]


def at(spec: ServerSpec) -> Provider:
    """The provider behind which `spec` is."""
    return Provider("local", spec.url, "m", leaves=False, asked_for="default")


def child_of(supervisor: Supervisor) -> subprocess.Popen[bytes]:
    """The process that a supervisor left behind, to be collected by the test."""
    process = supervisor._watches["chat"]._process
    assert process is not None and process.child is not None
    return process.child


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_a_killed_server_is_started_again_and_told_once(paths: Paths) -> None:
    """Its process changes, the restart is counted, and there is one notice however often."""
    async with supervised(spec_of(paths)) as supervisor:
        for restarts in (1, 2):
            pid = (await until(supervisor, lambda s: s.state == "ready")).pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await until(supervisor, lambda s, n=restarts: s.restarts == n)  # type: ignore[misc]
        assert len(supervisor.take_notices()) == 1
        assert supervisor.take_notices() == []
        last = (await until(supervisor, lambda s: s.state == "ready")).pid
    assert last is not None
    assert is_gone(last)


async def test_a_request_that_finds_it_silent_brings_the_next_look_forward(paths: Paths) -> None:
    """A hang is known in seconds, however long the pauses between the looks are."""
    spec = spec_of(paths)
    async with supervised(spec, probe_timeout_s=0.1, interval_s=3600) as supervisor:
        pid = (await until(supervisor, lambda s: s.state == "ready")).pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            supervisor.look_now(at(spec))
            await until(supervisor, lambda s: s.state == "silent")
        finally:
            os.kill(pid, signal.SIGCONT)
        await until(supervisor, lambda s: s.state == "ready")


async def test_a_server_that_outlived_its_daemon_is_adopted_and_ended_at_the_end(
    paths: Paths,
) -> None:
    """The same process serves on, with its model loaded; nothing is left when Wooster stops."""
    spec = spec_of(paths)
    async with supervised(spec, ends=False) as first:
        pid = (await until(first, lambda s: s.state == "ready")).pid
    async with asyncio.TaskGroup() as tasks:
        # An orphan is collected by the system; this one is this process's child.
        tasks.create_task(asyncio.to_thread(child_of(first).wait))
        async with supervised(spec) as second:
            assert (await until(second, lambda s: s.state == "ready")).pid == pid


async def test_a_server_of_another_version_is_replaced(paths: Paths) -> None:
    """After an update the old server goes and a new one comes."""
    old = spec_of(paths, version="0.0.0")
    async with supervised(old, ends=False) as first:
        pid = (await until(first, lambda s: s.state == "ready")).pid
    assert pid is not None
    async with supervised(spec_of(paths, port=old.port)) as second:
        await asyncio.to_thread(child_of(first).wait)  # it is this process's child
        assert (await until(second, lambda s: s.state == "ready")).pid != pid


async def test_a_foreign_program_on_the_port_is_named_and_never_ended(paths: Paths) -> None:
    """Whatever it says of itself, only a process that is ours gets a signal."""
    with scripted("x") as foreign:
        port = int(foreign.url.rsplit(":", 1)[1])
        async with supervised(spec_of(paths, port=port)) as supervisor:
            status = await until(supervisor, lambda s: s.state == "blocked")
            assert f"Port {port} is in use by" in status.detail
            assert str(os.getpid()) in status.detail
            assert "[chat]" in status.detail
        assert httpx.get(f"{foreign.url}/health").status_code == 200


async def test_a_server_that_can_not_be_started_is_a_state_not_a_crash(paths: Paths) -> None:
    """A virtual environment that moved, no more processes: the daemon goes on and says it."""
    gone = replace(spec_of(paths), command=(str(Path("/nowhere/python")), "-m", "x"))
    async with supervised(gone) as supervisor:
        status = await until(supervisor, lambda s: s.state == "failed")
        assert "/nowhere/python" in status.detail
        assert await supervisor.wait_until_up(at(gone)) == status.detail


async def test_a_server_that_dies_at_once_shows_its_last_words(paths: Paths) -> None:
    """Three deaths in a row: the detail is the end of its log."""
    script = paths.cache / "dies.py"
    script.write_text("import sys; sys.exit('no such model')")
    spec = replace(spec_of(paths), command=(sys.executable, str(script)))
    async with supervised(spec) as supervisor:
        status = await until(supervisor, lambda s: s.restarts >= 3)
        assert "no such model" in status.detail


async def test_a_server_on_another_machine_is_not_asked(paths: Paths) -> None:
    """Nothing goes to another host without a row in the ledger, not even a question of health."""
    with scripted("x") as other:
        spec = replace(spec_of(paths), url=other.url, start=False, stays=False)
        async with supervised(spec) as supervisor:
            assert (await until(supervisor, lambda s: bool(s.detail))).state == "away"


@pytest.mark.parametrize(("key", "left"), [("k", ""), ("other", "answered 401")])
async def test_our_server_is_told_to_let_go_of_what_it_has_read(
    paths: Paths, key: str, left: str
) -> None:
    """With its key; where it refuses, that is told. One that isn't there keeps nothing, and one
    that isn't Wooster's isn't asked."""
    spec = replace(spec_of(paths), api_key=key)
    async with supervised(spec) as supervisor:
        watching = supervisor._with
        assert await let_go([spec], supervisor.statuses(), watching) == ""
        there = [await until(supervisor, lambda s: s.state == "ready")]
        told = await let_go([spec], there, watching)
        assert (left in told) and bool(told) is bool(left)
        assert await let_go([replace(spec, service="other")], there, watching) == ""
        gone = replace(there[0], url=f"http://127.0.0.1:{free_port()}")
        assert await let_go([spec], [gone], watching) == ""


async def test_a_server_of_somebody_else_is_what_it_says_of_itself(paths: Paths) -> None:
    """One that couldn't load its model is no ready one, and why is told: with `--models-apart` all
    are of this kind."""
    why = "There is no model 'm' here."
    spec = replace(spec_of(paths, told=("failed", why)), start=False)
    process = subprocess.Popen(spec.command)
    try:
        async with supervised(spec) as supervisor:
            status = await until(supervisor, lambda s: s.state != "away")
            assert (status.state, status.detail) == ("failed", why)
            assert supervisor.not_ready("chat") == f"The chat server failed. {why}"
    finally:
        process.kill()
        process.wait()


async def test_a_server_that_stands_still_is_still_told_to_let_go(paths: Paths) -> None:
    """One that somebody else runs, too: it keeps what it has read. Once it is gone, nothing."""
    spec = replace(spec_of(paths), start=False, api_key="k")
    process = subprocess.Popen(spec.command)
    async with supervised(spec, probe_timeout_s=0.3) as supervisor:
        try:
            await until(supervisor, lambda s: s.state == "ready")
            process.send_signal(signal.SIGSTOP)
            still = [await until(supervisor, lambda s: s.state == "away")]
            asking = asyncio.create_task(let_go([spec], still, supervisor._with))
            await asyncio.sleep(0.2)
            assert not asking.done()
            process.send_signal(signal.SIGCONT)
            assert await asking == ""
        finally:
            process.kill()
            process.wait()
        gone = await until(supervisor, lambda s: s.state == "away" and not s.health)
        assert gone.detail


async def test_missing_parts_are_said(paths: Paths) -> None:
    """Without mlx nothing is tried, and the person is told what to install."""
    spec = replace(spec_of(paths), missing="mlx isn't installed")
    async with supervised(spec) as supervisor:
        status = await until(supervisor, lambda s: s.state == "off")
        assert status.detail == "mlx isn't installed"
        assert not supervisor.may_come_back(at(spec))


@pytest.mark.parametrize("pid", [-1, 0, 1])
def test_a_process_id_that_means_more_than_one_process_is_never_ours(pid: int) -> None:
    """kill(-1) would end everything this user runs."""
    from wooster.models.ports import is_own_process

    assert not is_own_process(pid, "")
