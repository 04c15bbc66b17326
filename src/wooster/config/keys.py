"""Keys, passwords and tokens: the settings hold one, or say where it is.

`env:NAME` is the daemon's environment, `keyring:NAME` the system's keyring under the service
"wooster", `file:PATH` a file that only this user can read; anything else is the key itself. A key
is in no message: problems name the place, never what was found there. Everything here blocks.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wooster.config.replacing import replace_file
from wooster.core.errors import SettingsError
from wooster.core.text import clip

SERVICE = "wooster"
_KEYRING_S = 5.0
_KEY_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Key:
    """`value` is empty for none. `problem` says why there is none where there should be one."""

    value: str = field(default="", repr=False)
    problem: str = ""
    hint: str = ""


def read_secret(setting: str, environ: Mapping[str, str]) -> Key:
    """What a setting is, or says the place of. Blocking, up to some seconds."""
    kind, colon, where = setting.partition(":")
    if colon and kind == "env":
        return _from_environment(where, environ)
    if colon and kind == "keyring":
        return _from_keyring(where)
    if colon and kind == "file":
        return _from_file(where)
    return Key(setting.strip())


def _from_environment(name: str, environ: Mapping[str, str]) -> Key:
    value = environ.get(name, "").strip()
    if value:
        return Key(value)
    return Key(
        problem=f"the environment variable {name!r} has no key in it",
        hint="Set it where the daemon is started, then `wooster restart`.",
    )


# --- the keyring -----------------------------------------------------------------------------


def _from_keyring(name: str) -> Key:
    """Asked in a process of its own: a locked keyring may wait for a person who isn't there."""
    command = [sys.executable, "-m", "keyring", "get", SERVICE, name]
    try:
        asked = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_KEYRING_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Key(
            problem=f"the keyring gave no answer in {_KEYRING_S:.0f} s",
            hint="Unlock it, then `wooster restart`; or keep the key in a file: file:PATH.",
        )
    except OSError as error:
        return Key(problem=f"the keyring can't be asked: {error.strerror}", hint=_OTHER_PLACES)
    if asked.returncode == 0 and asked.stdout.strip():
        return Key(asked.stdout.decode("utf-8", "replace").strip())
    return _no_keyring(name, asked.stderr.decode("utf-8", "replace"))


_OTHER_PLACES = "Keep the key in a file that only you can read (file:PATH), or use env:NAME."


def _no_keyring(name: str, told: str) -> Key:
    if "NoKeyringError" in told:
        return Key(problem="this system has no keyring", hint=_OTHER_PLACES)
    lines = told.strip().splitlines()
    if lines:
        return Key(problem=f"the keyring said: {clip(lines[-1], 200)}", hint=_OTHER_PLACES)
    return Key(
        problem=f"the keyring has no entry {name!r} for the service {SERVICE!r}",
        hint=f"Store it: {sys.executable} -m keyring set {SERVICE} {name}",
    )


# --- files -----------------------------------------------------------------------------------


def _from_file(name: str) -> Key:
    try:
        path = Path(name).expanduser()
        # Not to wait for a writer, should it be a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, RuntimeError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return Key(problem=f"its key's file {name!r} can't be opened: {why}", hint=_FILE)
    try:
        return _from_descriptor(descriptor, path)
    finally:
        os.close(descriptor)


_FILE = "Name a file that holds the key and nothing else."


def _from_descriptor(descriptor: int, path: Path) -> Key:
    """Looked at through what is open, so that it can't be exchanged in between."""
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        return Key(problem=f"its key's file {str(path)!r} isn't a file", hint=_FILE)
    if found.st_uid != os.geteuid():
        return Key(problem=f"its key's file {str(path)!r} belongs to another user", hint=_FILE)
    if found.st_mode & 0o077:
        return Key(
            problem=f"its key's file {str(path)!r} may be read by others "
            f"(mode {stat.S_IMODE(found.st_mode):04o})",
            hint=f"chmod 600 {path}",
        )
    value = os.read(descriptor, _KEY_BYTES).decode("utf-8", "replace").strip()
    return (
        Key(value) if value else Key(problem=f"its key's file {str(path)!r} is empty", hint=_FILE)
    )


# --- storing ---------------------------------------------------------------------------------


def store_secret(name: str, value: str, folder: Path) -> str:
    """Keep it in the system's keyring, or else in a file of `folder` that only this user can read;
    returns where it is, as a setting says it. Blocking. Raises `SettingsError`."""
    command = [sys.executable, "-m", "keyring", "set", SERVICE, name]
    try:
        # Through a pipe: a command line is seen by every user of the machine.
        done = subprocess.run(
            command, input=value.encode(), capture_output=True, timeout=_KEYRING_S, check=False
        )
        if done.returncode == 0 and _from_keyring(name).value == value:
            return f"keyring:{name}"
    except (subprocess.TimeoutExpired, OSError):
        pass  # no keyring here, or a locked one: the file is for that
    path = folder / name
    try:
        path.unlink(missing_ok=True)  # replacing keeps a mode, and this one must be ours alone
        replace_file(path, f"{value}\n".encode())
    except OSError as error:
        raise SettingsError(
            f"{path} can't be written: {error.strerror}.", hint="Make it a file you may write."
        ) from error
    return f"file:{path}"
