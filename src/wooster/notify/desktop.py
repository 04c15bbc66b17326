"""A notification on the desktop of this machine: macOS by `osascript`, Linux by `notify-send` or
D-Bus's own `gdbus`.

What is told is an argument of a program and never part of a script.
"""

from __future__ import annotations

import asyncio
import html
import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from wooster.core.text import clip
from wooster.notify.model import Message, NotSent
from wooster.notify.programs import run

_LONGEST = 1000
_NONE = "there is no program here that shows notifications"


class Desktop:
    """`platform` and `environ` are this machine's, but in tests."""

    name = "desktop"
    most_bytes = 0  # what is too long for a notification is cut: it is shown whole elsewhere
    takes_once = False
    host = ""

    def __init__(
        self, environ: Mapping[str, str] = os.environ, platform: str = sys.platform
    ) -> None:
        self._environ, self._platform = environ, platform

    def lacks(self) -> str:
        if not self._program():
            return "a program that shows notifications" + self._hint()
        has_session = self._platform == "darwin" or self._has_session()
        return "" if has_session else "somebody who is logged in to a desktop here"

    async def send(self, message: Message) -> None:
        program = await asyncio.to_thread(self._program)
        if not program:
            raise NotSent(_NONE, is_final=True)
        if self._platform != "darwin" and not await asyncio.to_thread(self._has_session):
            raise NotSent("nobody is logged in to a desktop here")
        title = clip(message.title, 100) or "Wooster"
        text = message.text if len(message.text) <= _LONGEST else message.text[:_LONGEST] + "…"
        ended = await run(_command(program, title, text))
        if ended.code:
            raise NotSent(f"{Path(program).name} failed: {clip(ended.said, 200)}")

    def _program(self) -> str:
        path = self._environ.get("PATH")
        names = ("osascript",) if self._platform == "darwin" else ("notify-send", "gdbus")
        return next((found for name in names if (found := shutil.which(name, path=path))), "")

    def _has_session(self) -> bool:
        bus = self._environ.get("DBUS_SESSION_BUS_ADDRESS")
        runtime = self._environ.get("XDG_RUNTIME_DIR")
        return bool(bus) or (bool(runtime) and (Path(runtime or "") / "bus").exists())

    def _hint(self) -> str:
        return "" if self._platform == "darwin" else " (notify-send, of libnotify)"


def _command(program: str, title: str, text: str) -> list[str]:
    match Path(program).name:
        case "osascript":
            lines = (
                "on run argv",
                "display notification (item 2 of argv) with title (item 1 of argv)",
                "end run",
            )
            script = [part for line in lines for part in ("-e", line)]
            # The first argument that is none of its own ends the program's options.
            return [program, *script, "Wooster: " + title, text]
        case "notify-send":
            # What it shows may have markup; a person's text has none.
            return [program, "--app-name=Wooster", "--", title, html.escape(text, quote=False)]
        case _:
            name = "org.freedesktop.Notifications"
            call = ["--dest", name, "--object-path", "/org/freedesktop/Notifications"]
            shown = [_variant(title), _variant(html.escape(text, quote=False))]
            what = ["Wooster", "0", "", *shown, "[]", "{}", "-1"]
            # After "--" nothing is an option: the -1 would be one.
            return [program, "call", "--session", *call, "--method", f"{name}.Notify", "--", *what]


def _variant(text: str) -> str:
    """A string as GVariant's text form has it, in which JSON's escapes mean the same."""
    return json.dumps(text, ensure_ascii=False)
