"""Switching models under a conversation: real daemon, real servers, the starter model twice."""

from __future__ import annotations

import subprocess
import threading
import tomllib

import pytest

from tests.e2e.conftest import ANSWER_S, WOOSTER, Home
from tests.process import free_port, wait_for
from wooster.wire.events import Done, Event
from wooster.wire.requests import TurnRequest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def own_models(home: Home) -> None:
    """A folder of models that this home may change, with the starter models in it."""
    models = home.paths.models
    kept = models.resolve()
    models.unlink() if models.is_symlink() else models.rmdir()
    models.mkdir()
    for folder in kept.glob("[!.]*"):
        (models / folder.name).symlink_to(folder)
    second = models / "second"
    second.mkdir()
    for file in (kept / "smollm2-135m-instruct").iterdir():
        (second / file.name).symlink_to(file)


def wooster(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WOOSTER, *arguments],
        env=home.environ(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=ANSWER_S,
        check=False,
    )


def test_a_switch_under_a_conversation_loses_no_turn(home: Home) -> None:
    """Turn after turn is answered while the model changes; then nothing of the old one is left,
    and a daemon that is killed finds the new one again."""
    own_models(home)
    home.settings["WOOSTER_FAST__PORT"] = str(free_port())
    home.settings["WOOSTER_EMBED__START"] = "false"
    home.daemon.start()
    old = home.wait_ready()
    endings: list[Event] = []
    enough = threading.Event()

    def talk() -> None:
        while not enough.is_set():
            with home.daemon.client.turn(TurnRequest("Hello", "test")) as stream:
                endings.append(list(stream)[-1])

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        wait_for("the first answer", lambda: endings, ANSWER_S)
        used = wooster(home, "models", "use", "second")
        assert used.returncode == 0, used.stderr
        answered = len(endings)
        wait_for("an answer of the new model", lambda: len(endings) > answered + 1, ANSWER_S)
    finally:
        enough.set()
        talking.join()
    told = [(end.state, end.model) for end in endings if isinstance(end, Done)]
    assert len(told) == len(endings)
    assert {state for state, _ in told} == {"done"}
    assert (told[0][1], told[-1][1]) == ("smollm2-135m-instruct", "second")
    new = home.server("chat")
    assert new["model"] == "second" and new["pid"] != old["pid"]
    written = tomllib.loads((home.paths.config / "settings.toml").read_text())
    assert written == {"chat": {"model": "second"}}
    assert wooster(home, "models", "remove", "second", "--yes").returncode == 75

    # A greeting is for the quick model, from the moment on that there is one.
    used = wooster(home, "models", "use", "smollm2-135m-instruct", "--for", "fast")
    assert used.returncode == 0, used.stderr
    with home.daemon.client.turn(TurnRequest("Hello", "test")) as stream:
        *_, end = stream
    assert isinstance(end, Done)
    assert end.model == "smollm2-135m-instruct"

    home.daemon.kill()
    home.daemon.start()
    assert home.wait_ready()["pid"] == new["pid"]


def test_without_a_hub_one_line_says_what_to_do(home: Home) -> None:
    """What was tried, and the models that need no hub; a script sees 69."""
    home.settings["WOOSTER_CHAT__START"] = home.settings["WOOSTER_EMBED__START"] = "false"
    home.settings["WOOSTER_HUB__URL"] = f"http://127.0.0.1:{free_port()}"
    pulled = wooster(home, "models", "pull", "qwen3-8b-4bit")
    assert pulled.returncode == 69
    assert "The model hub can't be reached: http://127.0.0.1" in pulled.stderr
    assert "smollm2-135m-instruct" in pulled.stderr and pulled.stdout == ""
