"""A second engine that exists already: one model over several ranks, by `mlx.launch`.

As in docs/several-macs.md, with three ranks on this machine in place of three Macs.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.process import free_port, wait_for
from wooster.models import openai_http
from wooster.models.model import ChatRequest, Finished, Fragment, Message, Provider, ProviderEvent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
RANKS = 3


@pytest.fixture
def ring(starter_home: Path, tmp_path: Path) -> Iterator[Provider]:
    """The provider that three ranks make, each with a third of the starter model."""
    port, first = free_port(), _free_ports(RANKS)
    launcher = Path(sys.executable).with_name("mlx.launch")
    # Addresses and ports of the ring, so that no other program's port is met by chance.
    model = starter_home / "models" / "smollm2-135m-instruct"
    command = [sys.executable, str(launcher), "-n", str(RANKS), "--backend", "ring"]
    command += ["--starting-port", str(first), sys.executable, "-m", "mlx_lm.server"]
    command += ["--model", str(model), "--port", str(port)]
    log = (tmp_path / "ring.log").open("wb")
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,  # held open: at the end of its input the launcher spins a core
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        start_new_session=True,  # a group of their own, as a terminal makes one
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for("the ring's first rank", lambda: _answers(url, process), 200)
        yield Provider("ring", url, "default_model", leaves=False)
    finally:
        _end(process)
        log.close()


def _free_ports(count: int) -> int:
    """The first of `count` free ports in a row, all below those that the system hands out."""
    for first in range(21_000 + os.getpid() % 5_000, 32_000, count):
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise AssertionError("there are no free ports")


def _is_free(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the ring has ended"
    try:
        return httpx.get(f"{url}/health", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C in a terminal does: the whole group hears it. What then is left is killed."""
    ranks = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGTERM)
    assert process.stdin is not None
    process.stdin.close()
    _, left = psutil.wait_procs([*ranks, psutil.Process(process.pid)], timeout=30)
    for each in left:
        each.kill()
    process.wait()


async def test_a_model_over_three_ranks_answers(ring: Provider) -> None:
    """`mlx_lm.server` over a ring is one more OpenAI-compatible provider to the router."""
    request = ChatRequest((Message("user", "Say hi"),), 4, "chat", "turn")
    events: list[ProviderEvent] = []
    async with httpx.AsyncClient(trust_env=False) as client:
        async for event in openai_http.stream(client, ring, openai_http.body(request, ring)):
            events.append(event)
    assert "".join(event.text for event in events if isinstance(event, Fragment)).strip()
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.usage.completion_tokens == 4
