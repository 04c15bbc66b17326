"""Where a person's data is: everything under `$WOOSTER_HOME`, by default `~/.wooster`.

It imports nothing heavy, because every client needs it before it can show anything.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wooster.core.errors import HomeError

# sizeof(sockaddr_un.sun_path) less the closing NUL: 104 on macOS, 108 on Linux.
_SOCKET_PATH_BYTES = 103 if sys.platform == "darwin" else 107

SERVERS, LOCAL_MODEL = "settings.toml", "local-model.json"
"""The settings files, in a home and as they are shipped."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one home."""

    home: Path

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Paths:
        """The home that the environment names; `~` is expanded, a relative one made absolute.

        Raises `HomeError` when it names a person whom this system doesn't know.
        """
        named = environ.get("WOOSTER_HOME", "").strip()
        try:
            return cls(Path(named or "~/.wooster").expanduser().absolute())
        except RuntimeError as error:
            raise HomeError(
                f"There is no such home: {named or '~/.wooster'!r}.",
                hint="Set WOOSTER_HOME to a folder's full path.",
            ) from error

    @property
    def socket(self) -> Path:
        return self.run / "wooster.sock"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def lock(self) -> Path:
        return self.run / "daemon.lock"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def daemon_log(self) -> Path:
        return self.logs / "daemon.log"

    @property
    def config(self) -> Path:
        return self.home / "config"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def cache(self) -> Path:
        return self.home / "cache"

    @property
    def database(self) -> Path:
        return self.home / "wooster.db"

    @property
    def backups(self) -> Path:
        return self.home / "backups"

    @property
    def health(self) -> Path:
        return self.home / "health"

    @property
    def credentials(self) -> Path:
        return self.home / "credentials"

    @property
    def line_history(self) -> Path:
        return self.home / "history"

    def prepare(self) -> None:
        """Make the folders, private to this user. Raises `HomeError` with what to do."""
        must_fit(self.socket)
        try:
            if not self.home.exists():
                from wooster.config.replacing import make_folder  # once in a home's life

                make_folder(self.home)
            for folder in (self.run, self.logs, self.config, self.models, self.cache):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._try_to_write()
        except OSError as error:
            raise HomeError(
                f"Wooster can't write to its home {self.home}: {error.filename or self.run}: "
                f"{error.strerror}.",
                hint="`wooster doctor` says what mends it. Or set WOOSTER_HOME to another folder.",
            ) from error

    def _try_to_write(self) -> None:
        """A page, not an empty file: those fit on a full disk too."""
        probe = self.run / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(bytes(4096))
        finally:
            probe.unlink(missing_ok=True)


def must_fit(socket: Path) -> None:
    """Raises `HomeError` where this system takes no socket of such a path."""
    length = len(os.fsencode(socket))
    if length > _SOCKET_PATH_BYTES:
        raise HomeError(
            f"The socket's path has {length} bytes; this system takes {_SOCKET_PATH_BYTES}: "
            f"{socket}",
            hint="Set WOOSTER_HOME to a folder with a shorter path.",
        )
