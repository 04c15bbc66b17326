"""Running the system's own programs for services, and what they said."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wooster.core.errors import ServiceError
from wooster.core.text import clip

# Ending a daemon may take as long as an answer that is finished first.
_TIMEOUT_S = 90.0


@dataclass(frozen=True, slots=True)
class Said:
    """How such a program ended, and its words."""

    code: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """Its last words, in one line; where systemctl says that more is to be seen is none."""
        said = (line.strip() for line in (self.err or self.out).splitlines())
        lines = [line for line in said if line and not line.startswith('See "')]
        return clip(lines[-1], 200) if lines else f"exit code {self.code}"


Run = Callable[[Sequence[str]], Said]


def run(command: Sequence[str]) -> Said:
    """Run it and wait. Raises `ServiceError` where it isn't there or doesn't end."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired as error:
        raise ServiceError(
            f"`{' '.join(command)}` didn't end within {_TIMEOUT_S:.0f} s.",
            hint="See `wooster service status`, and try again.",
        ) from error
    except OSError as error:
        raise ServiceError(
            f"{command[0]} can't be run: {error.strerror}.",
            hint="Wooster works without a service: run `wooster`.",
        ) from error
    out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    return Said(done.returncode, out, err)
