"""What is told of several services at once, over a system that does what it is asked, or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from wooster.bootstrap.servicing import all_put_back, logging_out, stop_servers, uninstall
from wooster.config.paths import Paths
from wooster.core.errors import ServiceError
from wooster.service.launchd import Launchd
from wooster.service.model import Role
from wooster.service.placing import Placed


class _Refuses(Launchd):
    """That of one home, whose service of one role can't be started."""

    def __init__(self, folder: Path, refused: Role | None) -> None:
        super().__init__(folder)
        self._folder, self._refused = folder, refused

    def file(self, role: Role) -> Path:
        return self._folder / f"{role}.plist"

    def unload(self, role: Role) -> None:
        pass

    def load(self, role: Role) -> None:
        if role == self._refused:
            raise ServiceError("It is said no.")


def test_each_service_that_could_not_be_put_back_is_told(tmp_path: Path) -> None:
    """By its name; what holds of all is said once."""
    placed = [Placed("chat", b"chat"), Placed("daemon", b"daemon")]
    told = all_put_back(_Refuses(tmp_path, "chat"), placed)
    assert len(told) == 2 and "daemon" in told[0] and "runs again" in told[0]
    assert "chat" in told[1] and "It is said no." in told[1]
    assert all_put_back(_Refuses(tmp_path, None), placed) == [
        "The service that was there before runs again."
    ]


def programs(folder: Path, monkeypatch: pytest.MonkeyPatch, **scripts: str) -> None:
    """These are all the programs that there are."""
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("answer", [True, False])
def test_who_installs_is_asked_whether_it_goes_on_at_logout(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    """A yes is done and told, a no changes nothing, and nobody is asked again, or where the system
    couldn't do it."""
    asked: list[str] = []

    def wants(question: str) -> bool:
        asked.append(question)
        return answer

    loginctl = f'case "$*" in *enable*) echo yes >{tmp_path}/on ;; *) read on <{tmp_path}/on'
    programs(tmp_path, monkeypatch, systemctl="", loginctl=f"{loginctl}; echo $on ;; esac")
    told = "goes on when you log out" if answer else "ends when you log out"
    assert told in logging_out(paths, wants) and len(asked) == 1
    assert (tmp_path / "on").exists() is answer
    assert told in logging_out(paths, wants) and len(asked) == (1 if answer else 2)
    (tmp_path / "loginctl").unlink()
    assert "no loginctl" in logging_out(paths, lambda _: pytest.fail("it was asked"))


def test_what_is_not_installed_needs_nobody_to_take_it_away(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no user manager answers, there is nothing to do all the same."""
    programs(tmp_path, monkeypatch, systemctl="echo 'Failed to connect to bus' >&2; exit 1")
    assert uninstall(paths) == ["Wooster is not installed as a service."]
    assert stop_servers(paths) == []
