"""A server's life: its first moment, its failures, its end."""

from __future__ import annotations

import json
import resource
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.process import wait_for

from .exposition import families
from .harness import MODULES, Server, running


@pytest.mark.slow
def test_a_server_answers_from_its_first_moment_and_ends_at_a_signal(starter_home: Path) -> None:
    """`/health` and a stream answer while the model loads; SIGTERM ends an open stream and it."""
    with running("chat", starter_home) as server:
        first = wait_for("an answer from /health", server.health)
        assert first["status"] == "loading"
        assert first["service"] == "wooster-chat-server"
        assert first["home"] == str(starter_home)
        if sys.platform == "linux":  # which alone tells a limit of another process: no core dump
            assert resource.prlimit(first["pid"], resource.RLIMIT_CORE) == (0, 0)
        with server.stream("Write a very long story.", max_tokens=4000) as lines:
            assert next(lines) == ": loading"
            assert next(line for line in lines if line.startswith("data: "))
            assert server.health()["status"] == "ready"
            assert server.stop() == 0
            assert '"error"' in list(lines)[-1]


def test_a_model_that_is_not_there_is_a_failed_server_that_says_why(tmp_path: Path) -> None:
    """The port goes on answering: health says what is missing, requests get a 503 with the same."""
    with running("chat", tmp_path, "--model", "nonesuch") as server:
        health = server.settled()
        assert health["status"] == "failed"
        assert "nonesuch" in health["detail"]
        for stream in (False, True):
            body = {"messages": [{"role": "user", "content": "Hi"}], "stream": stream}
            response = server.post("/v1/chat/completions", body)
            assert response.status_code == 503
            assert "nonesuch" in response.json()["error"]["message"]
        assert server.stop() == 0


def test_a_starter_model_that_is_not_there_yet_names_the_remedy(tmp_path: Path) -> None:
    """A home without the starter models says how they come."""
    with running("embed", tmp_path) as server:
        assert "scripts/setup" in server.settled()["detail"]


@pytest.mark.parametrize("kind", ["chat", "embed"])
def test_a_key_is_needed_where_one_is_set(kind: str, tmp_path: Path) -> None:
    """Only the right bearer key passes; health stays open for the supervisor."""
    with running(kind, tmp_path, **{f"WOOSTER_{kind.upper()}__API_KEY": "s3cret"}) as server:
        assert server.settled()
        right = {"Authorization": "Bearer s3cret"}
        for path in ("/v1/models", "/metrics"):
            for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "s3cret"}):
                response = server.client.get(path, headers=header)
                assert response.status_code == 401
                assert response.json()["error"]["code"] == "invalid_api_key"
            assert server.client.get(path, headers=right).status_code == 200


@pytest.mark.slow
def test_an_idle_chat_model_leaves_memory_and_comes_back(starter_home: Path) -> None:
    """By the timer; the server stays `ready`, whoever asks next hears that it is alive while the
    model loads, and the answer is the same as before."""
    with running("chat", starter_home, WOOSTER_CHAT__IDLE_UNLOAD_MINUTES="0.005") as server:
        before = server.settled()
        first = server.chat("Name a colour.", max_tokens=4)
        gone = _unloaded(server)
        assert gone["memory"]["active_bytes"] < before["memory"]["active_bytes"] / 10
        with server.stream("Name a colour.", max_tokens=4) as lines:
            told = list(lines)
        assert any(line.startswith(": keepalive 0/") for line in told)
        said = [json.loads(line.removeprefix("data: ")) for line in told if '"choices"' in line]
        text = "".join(each["choices"][0]["delta"].get("content", "") for each in said)
        assert text == first["choices"][0]["message"]["content"]
        assert families(server.client.get("/metrics").text)["wooster_chat_unloads_total"][""] >= 1


@pytest.mark.slow
def test_an_idle_embedding_model_leaves_memory_and_comes_back(starter_home: Path) -> None:
    """By the timer; the server stays `ready`, and the next request gets the same vector."""
    with running("embed", starter_home, WOOSTER_EMBED__IDLE_UNLOAD_MINUTES="0.005") as server:
        before = server.settled()
        body = {"input": "The cat sits on the mat."}
        first = server.post("/v1/embeddings", body).json()
        gone = _unloaded(server)
        assert gone["memory"]["active_bytes"] < before["memory"]["active_bytes"] / 10
        assert server.post("/v1/embeddings", body).json() == first
        assert families(server.client.get("/metrics").text)["wooster_embed_unloads_total"][""] >= 1


def _unloaded(server: Server) -> dict[str, Any]:
    """What `/health` says once the model has left memory."""

    def gone() -> dict[str, Any] | None:
        told = server.health()
        return told if told["detail"] == "unloaded" else None

    told = wait_for("unloading", gone)
    assert told is not None
    assert (told["status"], told["loaded"]) == ("ready", False)
    return told


@pytest.mark.parametrize("kind", ["chat", "embed"])
def test_a_port_taken_by_another_program_is_one_clear_line(kind: str, tmp_path: Path) -> None:
    """The line names the port, its holder and the setting; the model isn't even looked for."""
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        port = str(foreign.getsockname()[1])
        command = [sys.executable, "-m", MODULES[kind], "--home", str(tmp_path), "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 98
    (line,) = done.stderr.splitlines()
    assert port in line
    assert f"[{kind}] port" in line
    if sys.platform == "linux":
        assert "(process " in line


def test_a_broken_settings_file_is_one_clear_line(tmp_path: Path) -> None:
    """A mistake in the settings ends the server with its message and no traceback."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("[chat]\nport = 'high'\n")
    command = [sys.executable, "-m", MODULES["chat"], "--home", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 78
    assert "port" in done.stderr
    assert "Traceback" not in done.stderr
