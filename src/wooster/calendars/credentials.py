"""What a calendar's server must not be told apart by anybody else: its address, user and password.

Each is a file that only this user can read, in a folder that only they can enter. A password may
also be a place, as for a provider's key: `keyring:NAME`, `env:NAME`, `file:PATH`. Nothing of it is
in a message, nor in what is shown of the value. Everything here blocks.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from wooster.calendars.model import CalendarError
from wooster.config.replacing import make_folder, synced_or_logged
from wooster.models.keys import read_key

_PLACES = ("keyring:", "env:", "file:")
_NAME = re.compile(r"[0-9a-f-]{8,64}")


@dataclass(frozen=True, slots=True)
class Credential:
    """How a server is reached."""

    url: str = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


class Credentials:
    """The files of one home."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ

    def put(self, credential: Credential) -> str:
        """Store one; the name that it is read by. Raises `CalendarError`."""
        name = secrets.token_hex(16)
        try:
            make_folder(self._folder)
            descriptor = os.open(
                self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
            )
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(credential), file)
                file.flush()
                os.fsync(file.fileno())
            synced_or_logged(self._folder)
        except OSError as error:
            raise CalendarError(
                f"The address can't be stored in {self._folder}: {error.strerror}.",
                hint="Make it writable for you.",
            ) from error
        return name

    def get(self, name: str) -> Credential:
        """Raises `CalendarError` where it isn't there, or a password's place has none."""
        try:
            assert _NAME.fullmatch(name), "a name that none has"
            found = json.loads((self._folder / name).read_text("utf-8"))
            credential = Credential(found["url"], found["user"], found["password"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CalendarError(
                f"its address can't be read in {self._folder}",
                hint="`calendars remove NAME`, and add it again.",
            ) from error
        if not credential.password.startswith(_PLACES):
            return credential
        key = read_key(credential.password, self._environ)
        if key.problem:
            raise CalendarError(f"its password isn't there: {key.problem}", hint=key.hint)
        return Credential(credential.url, credential.user, key.value)

    def drop(self, name: str) -> None:
        """Remove it for good."""
        if _NAME.fullmatch(name):
            with contextlib.suppress(FileNotFoundError):
                (self._folder / name).unlink()
