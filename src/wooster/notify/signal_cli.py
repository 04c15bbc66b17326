"""Signal, through the program signal-cli: its daemon's JSON-RPC, or its command line.

A group beats a person, and with neither it is a note to oneself. The daemon is one of this machine:
what is said to it isn't encrypted.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from wooster.config.telling import SignalChannel
from wooster.core.hosts import is_here
from wooster.core.text import clip
from wooster.notify.model import Message, NotSent, WayOut
from wooster.notify.parts import Parts, numbered
from wooster.notify.programs import run

_LONGEST_LINE = 1 << 20
# signal-cli's exit codes: 1 is wrong use (an unknown account, a number that has no Signal), 4 a key
# that changed and must be trusted first. All others may pass.
_FINAL_EXITS = {1: "signal-cli refuses it", 4: "the recipient's safety number changed"}
_FINAL_TYPES = ("UNREGISTERED_FAILURE", "IDENTITY_FAILURE")


class Signal:
    """Text alone: a Signal message has no title."""

    name = "signal"
    most_bytes = 2000  # apps show longer ones cut, or as a file
    takes_once = False
    host = "Signal"

    def __init__(self, settings: SignalChannel, out: WayOut) -> None:
        self._settings, self._out = settings, out
        self._parts = Parts()

    def lacks(self) -> str:
        if not self._settings.account:
            return "notify.signal.account"
        address = self._settings.daemon
        if address and "/" not in address and not is_here(f"http://{address}"):
            return "notify.signal.daemon on this machine"
        return ""

    async def send(self, message: Message) -> None:
        if lack := self.lacks():
            raise NotSent(f"it lacks {lack}", is_final=True, is_unreached=True)
        parts = numbered(message.text, self.most_bytes)

        async def send(text: str) -> None:
            size = len(text.encode("utf-8", "replace"))
            async with self._out.leaving(self.name, self.host, size, message.sensitivity):
                await (self._ask(text) if self._settings.daemon else self._run(text))

        await self._parts.send(message.key, parts, send)

    # --- the command line ---------------------------------------------------------------------

    async def _run(self, text: str) -> None:
        ours = self._settings
        to = ["-g", ours.group] if ours.group else [ours.to] if ours.to else ["--note-to-self"]
        # The text is no argument: those of every program can be read by every user.
        command = [ours.command, "-a", ours.account, "send", "--message-from-stdin", *to]
        ended = await run(command, text)
        if reason := _FINAL_EXITS.get(ended.code):
            raise NotSent(f"{reason}: {clip(self._without_names(ended.said), 200)}", is_final=True)
        if ended.code:
            raise NotSent(f"signal-cli ended with {ended.code}")

    def _without_names(self, said: str) -> str:
        for name in (self._settings.account, self._settings.to, self._settings.group):
            said = said.replace(name, "…") if name else said
        return said

    # --- the daemon ---------------------------------------------------------------------------

    async def _ask(self, text: str) -> None:
        ours = self._settings
        params: dict[str, Any] = {"account": ours.account, "message": text}
        if ours.group:
            params["groupId"] = ours.group
        elif ours.to:
            params["recipient"] = [ours.to]
        else:
            params["noteToSelf"] = True
        asked = {"jsonrpc": "2.0", "id": "1", "method": "send", "params": params}
        reader, writer = await self._connected()
        try:
            writer.write(json.dumps(asked).encode() + b"\n")
            await writer.drain()
            _check(await _answer(reader))
        except (OSError, ValueError) as error:
            raise NotSent("signal-cli's daemon broke off") from error
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address = self._settings.daemon
        try:
            if "/" in address:
                return await asyncio.open_unix_connection(_path(address), limit=_LONGEST_LINE)
            host, _, port = address.rpartition(":")
            return await asyncio.open_connection(host.strip("[]"), int(port), limit=_LONGEST_LINE)
        except (OSError, ValueError) as error:
            raise NotSent("signal-cli's daemon doesn't answer", is_unreached=True) from error


def _path(address: str) -> str:
    return str(Path(address).expanduser())


async def _answer(reader: asyncio.StreamReader) -> dict[str, Any]:
    """The answer to our one request; between there may be messages that others sent."""
    while line := await reader.readline():
        told = json.loads(line)
        if isinstance(told, dict) and told.get("id") == "1":
            return told
    raise NotSent("signal-cli's daemon broke off")


def _check(told: dict[str, Any]) -> None:
    """Raises `NotSent` unless somebody was sent it."""
    if error := told.get("error"):
        code = error.get("code") if isinstance(error, dict) else None
        # -1 is wrong use, -4 an untrusted key (signal-cli-jsonrpc(5)).
        raise NotSent(f"signal-cli refuses it (code {code})", is_final=code in (-1, -4))
    result = told.get("result")
    results = result.get("results") if isinstance(result, dict) else None
    kinds = [each.get("type") for each in results or [] if isinstance(each, dict)]
    if kinds and "SUCCESS" not in kinds:
        is_final = all(kind in _FINAL_TYPES for kind in kinds)
        raise NotSent(f"Signal says {clip(str(kinds[0]), 60)}", is_final=is_final)
