"""Setup as a person and as a script have it: on a real terminal, and with a real daemon."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from wooster.config.keys import read_secret, store_secret
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.errors import SettingsError, UsageError
from wooster.repl.client import Client
from wooster.setup import channels
from wooster.setup.changing import change

WOOSTER = [sys.executable, "-m", "wooster"]


def environ(paths: Paths) -> dict[str, str]:
    return {
        **os.environ,
        "WOOSTER_HOME": str(paths.home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


def test_steps_on_a_terminal(paths: Paths) -> None:
    """What is skipped stays, what is wrong is told and asked for again another time, a secret is in
    no settings file, and the cloud stays off without a yes."""
    said = pexpect.spawn(
        WOOSTER[0],
        [*WOOSTER[1:], "setup", "zone", "channels", "cloud", "zone"],
        env={**environ(paths), "TERM": "dumb"},
        encoding="utf-8",
        timeout=60,
    )
    said.expect("Time zone")
    said.sendline("Mars/North")
    said.expect("no zone 'Mars/North'")
    said.expect("You are told on repl, desktop. Another")
    said.sendline("ntfy")
    said.expect("topic")
    said.sendline("very-secret")
    said.expect("Let ntfy send off this machine")
    said.sendline("")
    said.expect("Another")
    said.sendline("")
    said.expect("cloud is off. Let OpenAI")
    said.sendline("")
    said.expect("Time zone")
    said.sendline("Europe/Lisbon")
    said.expect("Times are in Europe/Lisbon")
    said.expect(pexpect.EOF)
    said.close()
    assert said.exitstatus == UsageError.exit_code  # of the zone that there isn't
    settings = load_settings(paths)
    assert settings.person.zone == "Europe/Lisbon"
    assert settings.notify.channels == ["repl", "desktop", "ntfy"]
    assert (
        settings.routing.strategy == "local-only" and not settings.routing.providers.openai.enabled
    )
    assert "very-secret" not in (paths.config / "local-model.json").read_text()
    topic = read_secret(settings.notify.ntfy.topic.get_secret_value(), {})
    assert topic.value == "very-secret"


@pytest.mark.slow
def test_a_script_sets_up_everything_at_once(paths: Paths, tmp_path: Path) -> None:
    """Nothing is asked; a daemon that runs takes the new settings up; said again, it is repeated;
    with nobody there and nothing said it asks nobody."""
    (paths.config / "settings.toml").write_text("[chat]\nstart = false\n[embed]\nstart = false\n")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("hello")

    def setup(*words: str, code: int = 0) -> str:
        done = subprocess.run(
            [*WOOSTER, "setup", *words],
            env=environ(paths),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "Nobody is there" in setup(code=2)
    assert "no step 'dance'" in setup("dance", code=2)
    try:
        setup("--name", "Ana", "--folder", str(tmp_path / "notes"), "--zone", "Asia/Tokyo")
        client = Client(paths.socket)
        before = client.act("status").data["daemon"]["pid"]
        told = setup("--name", "Maria", "--cloud", "env:MY_KEY", "--channel", "signal:account=+491")
        assert "at most 10 dollars a month" in told and "Maria" in told
        assert client.act("status").data["daemon"]["pid"] != before
        assert ["Your name is Maria" in each for each in _facts(client)] == [True]
        assert "1 document" in client.act("library").text
    finally:
        subprocess.run([*WOOSTER, "stop"], env=environ(paths), check=True, capture_output=True)
    setup("--cloud", "off", "--zone", "auto")
    settings = load_settings(paths)
    assert settings.person.zone is None and settings.routing.strategy == "local-only"
    assert settings.notify.signal.account == "+491"


def _facts(client: Client) -> list[str]:
    return [line for line in client.act("facts").text.splitlines() if line.startswith("- ")]


def test_what_is_not_allowed_changes_nothing(paths: Paths) -> None:
    """A file that was there keeps its bytes, and none is left where there was none."""
    own = paths.config / "local-model.json"
    with pytest.raises(SettingsError, match="Nothing was changed"):
        change(paths, {("routing", "strategy"): "bogus"})
    assert not own.exists()
    own.write_text('{\n    "person": {"dayEndsAt": 3}\n}\n')
    before = own.read_bytes()
    with pytest.raises(SettingsError):
        change(paths, {("person", "zone"): "Europe/Paris", ("routing", "strategy"): "bogus"})
    assert own.read_bytes() == before
    change(paths, {("person", "zone"): "Europe/Paris"})
    assert json.loads(own.read_text()) == {"person": {"dayEndsAt": 3, "zone": "Europe/Paris"}}


def test_wrong_settings_are_never_written(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for a moment either, after which a power cut would leave a home without a daemon."""
    monkeypatch.setattr(Path, "replace", lambda *_: pytest.fail("a file was replaced"))
    with pytest.raises(SettingsError, match=r"'bogus'.*Nothing was changed"):
        change(paths, {("routing", "strategy"): "bogus"})


def test_a_secret_without_a_keyring_is_in_a_file_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mode 0600 even where a wider one was there, and it is read back from where it is said."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "openai").write_text("old")
    (folder / "openai").chmod(0o644)
    place = store_secret("openai", "sk-new", folder)
    assert place == f"file:{folder / 'openai'}"
    assert stat.S_IMODE((folder / "openai").stat().st_mode) == 0o600
    assert read_secret(place, {}).value == "sk-new"


@pytest.mark.parametrize(
    "text", ["pigeon", "signal", "ntfy:topic=a,colour=red", "email:host=a,user=b"]
)
def test_a_channel_that_lacks_something_is_refused(text: str) -> None:
    """With the form that it wants."""
    with pytest.raises(UsageError):
        channels.read(text)
