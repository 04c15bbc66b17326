"""The real chat server on a spare port, told to take another one."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest

from tests.process import free_port, wait_for
from tests.servers.harness import running


@pytest.mark.slow
def test_a_server_takes_another_port_when_it_is_told_to(starter_home: Path) -> None:
    """It answers on both then, as one process with one model; SIGTERM ends it in good order."""
    port = free_port()
    with running("chat", starter_home, "--then-port", str(port)) as server:
        ready = server.settled()
        assert ready["status"] == "ready"

        def taken() -> bool:
            try:
                return bool(httpx.get(f"http://127.0.0.1:{port}/health").json()["pid"])
            except httpx.ConnectError:
                return False

        assert not taken()
        server.process.send_signal(signal.SIGUSR1)
        wait_for("the other port", taken)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as there:
            assert there.get("/health").json()["pid"] == ready["pid"]
            body = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2}
            assert there.post("/v1/chat/completions", json=body).status_code == 200
        assert server.stop() == 0
