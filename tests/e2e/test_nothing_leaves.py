"""Nothing but loopback is contacted: the whole program runs where there is no other network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import ANSWER_S, WOOSTER, Home

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SPY = Path(__file__).with_name("spy")


def test_a_conversation_contacts_loopback_only(home: Home, tmp_path: Path) -> None:
    """Every process of a whole conversation reports each address that it looks up or connects to,
    and is refused any other than loopback; the answer comes all the same.

    The watch is Python's audit events for sockets, put into each process by a `sitecustomize`.
    """
    seen = tmp_path / "seen"
    seen.touch()
    environ = {
        **home.environ(),
        "PYTHONPATH": f"{SPY}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        "SPY_FILE": str(seen),
    }
    said = subprocess.run(
        [*WOOSTER, "say", "--json", "Hello"],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=ANSWER_S,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout.splitlines()[-1])["state"] == "done"
    contacts = [json.loads(line) for line in seen.read_text().splitlines()]
    programs = {contact["program"] for contact in contacts}
    assert any("daemon" in program for program in programs), programs
    assert any("servers.chat" in program or "chat.py" in program for program in programs), programs
    outside = [contact for contact in contacts if not contact["allowed"]]
    assert outside == []


LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
with socket.socket() as handle:
    fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP | IFF_RUNNING))
    try:
        handle.connect(("192.0.2.1", 80))
    except OSError as refused:
        assert refused.errno == 101, refused
os.execv(sys.argv[1], sys.argv[1:])
"""


def can_be_cut_off() -> bool:
    """Whether this machine gives a process a network of its own."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0


@pytest.mark.skipif(not can_be_cut_off(), reason="needs Linux network namespaces")
def test_a_conversation_works_with_no_network_but_loopback(home: Home) -> None:
    """In a network namespace that holds nothing but `lo`, whatever language a library is in."""
    said = subprocess.run(
        ["unshare", "-rn", sys.executable, "-c", LOOPBACK_UP, *WOOSTER, "say", "--json", "Hello"],
        env=home.environ(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=ANSWER_S,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout.splitlines()[-1])["state"] == "done"


def test_the_watch_itself_sees_and_refuses(tmp_path: Path) -> None:
    """A program that does try to reach the world is caught: the test above can fail."""
    seen = tmp_path / "seen"
    seen.touch()
    tried = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('192.0.2.1', 80), 1)"],
        env={**os.environ, "PYTHONPATH": str(SPY), "SPY_FILE": str(seen)},
        capture_output=True,
        check=False,
    )
    assert tried.returncode != 0
    assert b"refused by the test" in tried.stderr
    assert not json.loads(seen.read_text().splitlines()[-1])["allowed"]
