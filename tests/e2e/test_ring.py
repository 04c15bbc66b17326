"""A second engine that exists already: one model over several ranks, by `mlx.launch`.

As in docs/several-macs.md, with three ranks on this machine in place of three Macs, and with no
model hub's cache, as on a machine that has never fetched a model from one.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from tests.e2e.conftest import WOOSTER, Home
from tests.process import free_port, wait_for
from wooster.models import openai_http
from wooster.models.model import ChatRequest, Finished, Fragment, Message, Provider, ProviderEvent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
RANKS = 3
ANSWER_S = 300  # three ranks on two cores read a prompt slowly


@pytest.fixture(scope="module")
def ring(starter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The provider that three ranks make, each with a third of the starter model.

    At the end it fails unless a signal to the launcher's group has left no rank behind.
    """
    folder = tmp_path_factory.mktemp("ring")
    port, first = free_port(), _free_ports(RANKS)
    launcher = Path(sys.executable).with_name("mlx.launch")
    model = starter_home / "models" / "smollm2-135m-instruct"
    # Ports of the ring, so that no other program's is met by chance.
    command = [sys.executable, str(launcher), "-n", str(RANKS), "--backend", "ring"]
    command += ["--starting-port", str(first), sys.executable, "-m", "mlx_lm", "server"]
    command += ["--model", str(model), "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with _launched(command, folder) as process:
        wait_for("the ring's first rank", lambda: _answers(url, process), 200)
        yield Provider("ring", url, "default_model", leaves=False)


@contextmanager
def _launched(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / "ring.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # held open: at the end of its input the launcher spins a core
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "no-hub")},
            start_new_session=True,  # a group of their own, as a terminal makes one
        )
    try:
        yield process
    except BaseException:
        sys.stderr.write(log.read_text("utf-8", "replace"))
        raise
    finally:
        left = _end(process)
    assert left == [], log.read_text("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> list[str]:
    """As Ctrl-C in a terminal does: the whole group hears it. What has not ended by that, by its
    command; it is killed."""
    launcher = psutil.Process(process.pid)
    ranks = launcher.children(recursive=True)
    os.killpg(process.pid, signal.SIGTERM)
    _, left = psutil.wait_procs(ranks, timeout=30)
    _, still = psutil.wait_procs([launcher], timeout=30)
    told = [" ".join(each.cmdline()) for each in [*left, *still]]
    for each in [*left, *still]:
        each.kill()
    process.wait()
    assert process.stdin is not None
    process.stdin.close()
    assert len(ranks) >= RANKS, ranks
    return told


def _free_ports(count: int) -> int:
    """The first of `count` free ports in a row, all below those that the system hands out."""
    for first in range(21_000 + os.getpid() % 5_000, 32_000, count):
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise AssertionError("there are no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the ring has ended"
    try:
        return httpx.get(f"{url}/health", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


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


async def test_a_list_of_models_that_is_broken_off_is_no_fault(ring: Provider) -> None:
    """Without a hub's cache `mlx_lm.server` begins the list and breaks off: there are no names to
    be had of it, so that the settings have to say one, and the server still counts as up."""
    async with httpx.AsyncClient(trust_env=False) as client:
        assert await openai_http.model_names(client, ring) == []
        assert await openai_http.look(client, ring, "/v1/models", ANSWER_S) == "answers"


def test_wooster_answers_over_the_ring(ring: Provider, home: Home) -> None:
    """With the settings of docs/several-macs.md and no model server of our own, a message is
    answered by the ring: its list of models is broken off, and isn't needed."""
    tiers = {"fast": "default_model", "quality": "default_model"}
    providers = {"ring": {"serverUrl": ring.url, "models": tiers}, "local": {"enabled": False}}
    settings = {"routing": {"fallbackChain": ["ring"], "providers": providers}}
    home.paths.config.mkdir(parents=True, exist_ok=True)
    (home.paths.config / "local-model.json").write_text(json.dumps(settings))
    home.settings |= {
        "WOOSTER_CHAT__START": "false",
        "WOOSTER_EMBED__START": "false",
        "WOOSTER_TURN__ANSWERTOKENS": "4",
    }
    said = subprocess.run(
        [*WOOSTER, "say", "--json", "Hello"],
        env=home.environ(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=ANSWER_S,
        check=False,
    )
    events = [json.loads(line) for line in said.stdout.splitlines()]
    assert said.returncode == 0, (said.stderr, events)
    end = events[-1]
    assert (end["state"], end["provider"], end["model"]) == ("done", "ring", "default_model")
    assert "".join(event["text"] for event in events if event["event"] == "token").strip()
