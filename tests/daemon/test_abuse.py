"""Clients that a daemon would rather not have, all at once: memory stays bounded, and everyone else
is served. Over its real socket; what it holds is read from the operating system."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from tests.daemon.test_ask import home
from tests.peer import scripted
from tests.process import running, wait_for, without_servers
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.errors import Busy
from wooster.daemon.connection import Connection
from wooster.repl import client
from wooster.repl.client import NotConnected
from wooster.storage import Database
from wooster.wire.peer import is_own, uid_of_peer

CLIENTS, SLOW = 200, 40
MB = 1024 * 1024
GREETING = b"GET /v1/greeting HTTP/1.1\r\nhost: w\r\n\r\n"
NOTHING = b"GET /v1/nothing HTTP/1.1\r\nhost: w\r\n\r\n"
NOTICES = b"GET /v1/notices HTTP/1.1\r\nhost: w\r\n\r\n"
TURN = b"POST /v1/turns HTTP/1.1\r\nhost: w\r\ncontent-type: application/json\r\n"
ASKED = b'{"text": "Tell me all", "as_message": true}'
MALFORMED = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),  # TLS
    b"GET /v1/greeting\r\n\r\n",
    b"GET /v1/greeting HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nhello",
    b"POST /v1/turns HTTP/1.1\r\nhost: w\r\ncontent-length: -1\r\n\r\n",
    b"POST /v1/turns HTTP/1.1\r\nhost: w\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nhost: w\r\n" + b"x: " + b"y" * MB,
    b"\r\n" * 50_000,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)


def connect(paths: Paths, *sent: bytes) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(60)
    made.connect(str(paths.socket))
    for each in sent:
        try:
            made.sendall(each)
        except OSError:
            break  # it was refused before it was through
    return made


def status_of(waiting: socket.socket) -> int:
    """The status of an answer; 0 where the connection is ended without one."""
    try:
        line = waiting.makefile("rb").readline(200)
    except ConnectionResetError:
        return 0
    return int(line.split()[1]) if line else 0


def most_mb(process: psutil.Process) -> float:
    """The most memory that it had since it began; what it has now, where the system doesn't say."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return float(process.memory_info().rss / MB)
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
    return int(kilobytes) / 1024


def test_who_misuses_the_daemon_takes_nothing_from_the_others(paths: Paths) -> None:
    """Half-open connections, clients that vanish from their streams, bodies of 100 MB, eight of
    20 MB at once, what isn't HTTP; and 200 clients meanwhile, each of whom is answered. At no
    moment did that take 200 MB. Then readers that read nothing of 320 MB of answers: what came of
    those is kept, their turns are ended, and others are answered."""
    answer = ["x" * (64 * 1024)] * 128
    with scripted(*answer) as peer, running(paths, without_servers(peer.url)) as daemon:
        assert daemon.process is not None
        process = psutil.Process(daemon.process.pid)
        daemon.client.act("verify")
        before_mb, before_files = most_mb(process), process.num_fds()
        with ExitStack() as stack:

            def open_(*sent: bytes) -> socket.socket:
                return stack.enter_context(connect(paths, *sent))

            for _ in range(40):
                open_(GREETING[:20])
                open_(TURN + b"content-length: 100\r\n\r\n{")
                open_(NOTICES).close()
            malformed = [open_(each) for each in MALFORMED]
            declared = open_(TURN + b"content-length: 104857600\r\n\r\n", bytes(MB))
            chunk = b"%x\r\n" % MB + bytes(MB) + b"\r\n"
            undeclared = open_(TURN + b"transfer-encoding: chunked\r\n\r\n", *[chunk] * 100)
            # Of many that are large, and not whole yet, two are waited for.
            large = TURN + b"content-length: 20971521\r\n\r\n"
            bodies = [open_(large, bytes(20 * MB)) for _ in range(8)]
            clients = [open_(GREETING) for _ in range(CLIENTS)]
            assert [status_of(each) for each in clients] == [200] * CLIENTS
            assert {status_of(each) for each in malformed} <= {0, 400, 404}
            assert (status_of(declared), status_of(undeclared)) == (413, 413)
            assert {status_of(each) for each in bodies[2:]} == {Busy.http_status}
            daemon.client.act("status")
            assert most_mb(process) - before_mb < 200

            for each in bodies:
                each.close()
            turn = TURN + b"content-length: %d\r\n\r\n" % len(ASKED) + ASKED
            slow = [open_(turn) for _ in range(SLOW)]
            states = wait_for("an end of each answer that isn't read", lambda: ended(paths))
            assert states == {"cut_off": SLOW}
            assert status_of(slow[0]) == 200
            daemon.client.act("status")
            assert most_mb(process) - before_mb < 320
        wait_for("the ends of all", lambda: process.num_fds() <= before_files + 4)
        wait_for("stored turns", lambda: all(e["state"] != "running" for e in daemon.turns()))
        assert daemon.client.act("verify").exit_code == 0


def ended(paths: Paths) -> dict[str, int]:
    """How the turns ended; nothing while one runs or is still to come."""
    with closing(sqlite3.connect(paths.database)) as stored:
        states = dict(stored.execute("SELECT state, count(*) FROM turns GROUP BY state"))
    return states if "running" not in states and sum(states.values()) >= SLOW else {}


async def test_a_connection_that_keeps_silent_is_ended_and_one_too_many_takes_its_place(
    database: Database, paths: Paths, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of a head or a body is waited for so long; past the most connections, the one that
    has waited longest without a request goes. A stream that is open stays."""

    def all_of_it() -> None:
        with (
            connect(paths, GREETING[:20]) as head,
            connect(paths, TURN + b"content-length: 100\r\n\r\n{") as body,
        ):
            assert (status_of(head), status_of(body)) == (0, 0)

    monkeypatch.setattr(Connection, "patience_s", 0.05)
    async with home(database, paths, clock, None):
        await asyncio.to_thread(all_of_it)

    def one_too_many() -> None:
        with ExitStack() as stack:
            idle = [stack.enter_context(connect(paths)) for _ in range(4)]
            assert status_of(idle[0]) == 0
            idle[3].sendall(NOTHING)
            assert status_of(idle[3]) == 404

    monkeypatch.setattr(Connection, "patience_s", 30.0)
    monkeypatch.setattr(Connection, "most", 3)
    async with home(database, paths, clock, None):
        await asyncio.to_thread(one_too_many)


def test_the_kernel_says_whose_the_other_end_is() -> None:
    """Its user, whatever either of them claims."""
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with one, other:
        assert uid_of_peer(one) == os.geteuid()
        assert is_own(other)


AS_ANOTHER = """
import os, socket, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
try:
    s.sendall(b"GET /v1/greeting HTTP/1.1\\r\\nhost: w\\r\\n\\r\\n")
    print(s.recv(100))
except OSError:
    print(b"")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
async def test_another_user_is_not_answered_even_where_the_files_let_them_in(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """With the home and the socket open to everyone, the daemon says nothing to them, and goes on
    answering its own person."""

    def try_it() -> None:
        for folder in (paths.home, paths.run):
            folder.chmod(0o711)
        paths.socket.chmod(0o666)
        words = [sys.executable, "-I", "-c", AS_ANOTHER, str(paths.socket)]
        tried = subprocess.run(words, capture_output=True, text=True, check=True, cwd="/")
        assert tried.stdout.strip() == "b''"
        with connect(paths, NOTHING) as own:
            assert status_of(own) == 404

    async with home(database, paths, clock, None):
        await asyncio.to_thread(try_it)


async def test_a_client_sends_nothing_to_what_is_another_users(
    database: Database, paths: Paths, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where somebody else listens in the daemon's place, no word of the person goes there."""
    monkeypatch.setattr(client, "is_own", lambda _: False)
    async with home(database, paths, clock, None) as there:
        with pytest.raises(NotConnected, match="another user"):
            await there.say("my secret")
