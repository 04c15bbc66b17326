"""What can be typed, as the last start found it: for a greeting that doesn't wait for all rooms."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
from pathlib import Path
from typing import Any

from wooster import __version__
from wooster.actions.registry import Registry
from wooster.wire.requests import ActionHelp

log = logging.getLogger(__name__)


class KnownCommands:
    """The commands of one home, kept in a file that can be deleted."""

    def __init__(self, registry: Registry, path: Path) -> None:
        self._registry = registry
        self._path = path

    async def listed(self) -> list[ActionHelp]:
        """Those there are; while they are being loaded, those of the last start, if it was of this
        version."""
        if not self._registry.is_whole:
            kept = await asyncio.to_thread(self._kept)
            if kept:
                return kept
            await self._registry.until_whole()
        return self._registry.help()

    def keep(self) -> None:
        """Write them down for the next start. Blocking."""
        told = {"version": __version__, "commands": self._told()}
        try:
            if self._read() != told:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_text(json.dumps(told), "utf-8")
        except OSError as error:
            log.warning("commands.not_kept", extra={"fields": {"error": str(error)}})

    def _told(self) -> list[dict[str, Any]]:
        return [dataclasses.asdict(each) for each in self._registry.help()]

    def _kept(self) -> list[ActionHelp]:
        told = self._read()
        if told.get("version") != __version__:
            return []
        return [ActionHelp(**each) for each in told["commands"]]

    def _read(self) -> dict[str, Any]:
        """What is kept; nothing where nothing is, or it can't be read: it is written anew."""
        try:
            told: dict[str, Any] = json.loads(self._path.read_text("utf-8"))
            [ActionHelp(**each) for each in told["commands"]]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        return told
