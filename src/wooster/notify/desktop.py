"""A notification on the desktop of this machine: Linux by D-Bus, macOS by `osascript`.

What is told is data, never a part of a script, and no argument of a program: every user of a
machine can read those.
"""

from __future__ import annotations

import asyncio
import html
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from wooster.core.text import clip
from wooster.notify.model import Message, NotSent
from wooster.notify.programs import run

if TYPE_CHECKING:
    from jeepney.io.asyncio import DBusRouter

_LONGEST = 1000
_PATIENCE_S = 10.0
_NOBODY = "nobody is logged in to a desktop here"
_NO_SOCKET = "a message bus on a Unix socket (DBUS_SESSION_BUS_ADDRESS names none)"
_SERVICE = "org.freedesktop.Notifications"
# It reads what to show from its input.
_SCRIPT = """
ObjC.import("Foundation");
const input = $.NSFileHandle.fileHandleWithStandardInput.readDataToEndOfFile;
const told = JSON.parse($.NSString.alloc.initWithDataEncoding(input, $.NSUTF8StringEncoding).js);
const app = Application.currentApplication();
app.includeStandardAdditions = true;
app.displayNotification(told.text, {withTitle: told.title});
"""


class Desktop:
    """`platform` and `environ` are this machine's, but in tests."""

    name = "desktop"
    most_bytes = 0  # what is too long for a notification is cut: it is shown whole elsewhere
    takes_once = False
    host = ""

    def __init__(
        self, environ: Mapping[str, str] = os.environ, platform: str = sys.platform
    ) -> None:
        self._environ, self._is_mac = environ, platform == "darwin"

    def lacks(self) -> str:
        if self._is_mac:
            return "" if self._osascript() else "a program that shows notifications"
        if _usable(self._buses()):
            return ""
        return _NO_SOCKET if self._buses() else "somebody who is logged in to a desktop here"

    async def send(self, message: Message) -> None:
        title = _plain(clip(message.title, 100)) or "Wooster"
        text = message.text if len(message.text) <= _LONGEST else message.text[:_LONGEST] + "…"
        if self._is_mac:
            await self._by_osascript(title, _plain(text))
        else:
            await self._by_bus(title, _plain(text))

    async def _by_osascript(self, title: str, text: str) -> None:
        program = await asyncio.to_thread(self._osascript)
        if not program:
            raise NotSent("there is no program here that shows notifications", is_final=True)
        told = json.dumps({"title": f"Wooster: {title}", "text": text})
        ended = await run([program, "-l", "JavaScript", "-e", _SCRIPT], told)
        if ended.code:
            raise NotSent(f"{Path(program).name} failed: {clip(ended.said, 200)}")

    async def _by_bus(self, title: str, text: str) -> None:
        told = await asyncio.to_thread(self._buses)
        addresses = _usable(told)
        if not addresses:
            raise NotSent(f"there isn't {_NO_SOCKET}" if told else _NOBODY)
        await asyncio.to_thread(_load)
        from jeepney import DBusAddress, DBusErrorResponse, new_method_call
        from jeepney.io.common import RouterClosed
        from jeepney.wrappers import unwrap_msg

        # What it shows may have markup; a person's text has none.
        shown: tuple[object, ...] = (title, html.escape(text, quote=False), [], {}, -1)
        where = DBusAddress("/org/freedesktop/Notifications", _SERVICE, _SERVICE)
        call = new_method_call(where, "Notify", "susssasa{sv}i", ("Wooster", 0, "", *shown))
        try:
            async with asyncio.timeout(_PATIENCE_S), AsyncExitStack() as stack:
                router = await _opened(addresses, stack)
                unwrap_msg(await router.send_and_get_reply(call))
        except DBusErrorResponse as error:
            raise NotSent(f"the desktop shows nothing: {clip(str(error), 200)}") from error
        except TimeoutError as error:
            raise NotSent("the desktop doesn't answer") from error
        except (OSError, EOFError, RuntimeError, ValueError, RouterClosed) as error:
            # No bus is there; or it lets us not in, or ends meanwhile.
            raise NotSent(_NOBODY) from error

    def _osascript(self) -> str:
        return shutil.which("osascript", path=self._environ.get("PATH")) or ""

    def _buses(self) -> list[str]:
        """The addresses of the person's own, in the order in which they are to be tried; none where
        nobody is logged in."""
        runtime = self._environ.get("XDG_RUNTIME_DIR")
        own = f"unix:path={runtime}/bus"
        if told := self._environ.get("DBUS_SESSION_BUS_ADDRESS"):
            found = [each.strip() for each in told.split(";") if each.strip()]
            return [own if runtime and e == "unix:runtime=yes" else e for e in found]
        return [own] if runtime and Path(runtime, "bus").exists() else []


def _usable(addresses: Sequence[str]) -> list[str]:
    """Those of a socket on this machine: what else there is, the library doesn't know, and it might
    lead elsewhere."""
    found = []
    for each in addresses:
        transport, _, rest = each.partition(":")
        if transport == "unix" and any(
            part.startswith(("path=", "abstract=")) for part in rest.split(",")
        ):
            found.append(each)
    return found


def _load() -> None:
    """Import what speaks D-Bus, which takes its time: a start needn't wait, nor the loop. A Mac
    hasn't it."""
    import jeepney.io.asyncio  # noqa: F401 (it is imported again, and is there then)


async def _opened(addresses: Sequence[str], stack: AsyncExitStack) -> DBusRouter:
    """The first that answers. Raises what the last one did."""
    from jeepney.io.asyncio import open_dbus_router
    from jeepney.io.common import RouterClosed

    for each in addresses[:-1]:
        try:
            return await stack.enter_async_context(open_dbus_router(each))
        except (OSError, EOFError, RuntimeError, ValueError, RouterClosed):
            continue  # nobody is there, or it lets us not in: the next one is tried
    return await stack.enter_async_context(open_dbus_router(addresses[-1]))


def _plain(text: str) -> str:
    """What any of them takes: D-Bus has neither NUL nor halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
