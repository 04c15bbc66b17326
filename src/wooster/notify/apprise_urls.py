"""A hundred more services, by addresses of the library apprise.

It runs as a program of its own, for the length of one message: the library and its services take
more memory than the whole daemon may, and their requests can be ended. Addresses go in by its
input, because arguments can be read by every user.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec

from wooster.config.telling import AppriseChannel
from wooster.core.text import clip
from wooster.notify.model import Message, NotSent, WayOut
from wooster.notify.programs import run
from wooster.notify.secrets import Secret

_MISSING, _REFUSED = 3, 4
_SENDER = [sys.executable, "-m", "wooster.notify.apprise_sender"]


class Apprise:
    """All of the addresses are told; it was sent when all took it."""

    name = "apprise"
    most_bytes = 0  # the library cuts for each service
    takes_once = False

    def __init__(
        self,
        settings: AppriseChannel,
        out: WayOut,
        environ: Mapping[str, str],
        sender: Sequence[str] = _SENDER,
    ) -> None:
        self._out, self._sender = out, sender
        self._urls = [Secret("notify.apprise.urls", url, environ) for url in settings.urls]
        self._services = sorted({_service(url.get_secret_value()) for url in settings.urls})

    @property
    def host(self) -> str:
        return clip(", ".join(self._services), 100) or "apprise"

    def lacks(self) -> str:
        if not self._urls:
            return "notify.apprise.urls"
        return "" if find_spec("apprise") else "the library: pip install apprise"

    async def send(self, message: Message) -> None:
        urls = [await url.get() for url in self._urls]
        told = {"urls": urls, "title": message.title, "text": message.text}
        size = len(message.text.encode("utf-8", "replace"))
        async with self._out.leaving(self.name, self.host, size, message.sensitivity):
            ended = await run(self._sender, json.dumps(told))
            if ended.code == _MISSING:
                raise NotSent("the library apprise isn't there", is_final=True, is_unreached=True)
            if ended.code == _REFUSED:
                raise NotSent("apprise doesn't know such an address", is_final=True)
            if ended.code:
                raise NotSent("not every service took it")


def _service(url: str) -> str:
    """The part that says which service it is, without anything that is secret."""
    scheme, colon, _ = url.partition("://")
    return scheme if colon and scheme.isalnum() else "apprise"
