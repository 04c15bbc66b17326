"""What is told of several services at once, over a system that does what it is asked, or not."""

from __future__ import annotations

from pathlib import Path

from wooster.bootstrap.servicing import all_put_back
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
