"""Programs of this machine that are asked to tell somebody something.

Arguments are a list and never a line for a shell. One that is given up is ended.
"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from dataclasses import dataclass

from wooster.notify.model import NotSent


@dataclass(frozen=True, slots=True)
class Ended:
    """A program's exit code, and what it said at last on its error output."""

    code: int
    said: str


async def run(command: Sequence[str], text: str = "") -> Ended:
    """Run `command` with `text` on its input. Raises `NotSent` where it can't be started."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=DEVNULL, stderr=PIPE, start_new_session=True
        )
    except OSError as error:
        raise NotSent(
            f"{command[0]} can't be started: {error.strerror}", is_final=True, is_unreached=True
        ) from error
    try:
        _, said = await process.communicate(text.encode("utf-8", "replace"))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return Ended(process.returncode or 0, lines[-1] if lines else "")
