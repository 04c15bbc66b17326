"""Channels that are one HTTP request: ntfy, and a webhook of the person's own."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from wooster.config.telling import NtfyChannel, WebhookChannel
from wooster.core.hosts import host_of, shown_host
from wooster.notify.model import Answer, Message, NotSent, WayOut
from wooster.notify.parts import Parts, numbered
from wooster.notify.secrets import Secret

# What a server says that may be otherwise the next time.
_PASSES = (408, 425, 429)


class Ntfy:
    """ntfy's JSON form, in which a title may have any letters."""

    name = "ntfy"
    most_bytes = 4096  # ntfy makes a file of longer ones
    takes_once = False

    def __init__(self, settings: NtfyChannel, out: WayOut, environ: Mapping[str, str]) -> None:
        self._url, self._out = settings.url, out
        self._topic = Secret("notify.ntfy.topic", settings.topic, environ)
        self._token = Secret("notify.ntfy.token", settings.token, environ)
        self._parts = Parts()

    @property
    def host(self) -> str:
        return "" if self._out.stays(self._url) else shown_host(self._url)

    def lacks(self) -> str:
        return "" if self._topic.is_set else "notify.ntfy.topic"

    async def send(self, message: Message) -> None:
        topic, headers = await self._topic.get(), {"content-type": "application/json"}
        if token := await self._token.get():
            headers["authorization"] = f"Bearer {_header(token, 'notify.ntfy.token')}"

        async def send(text: str) -> None:
            said = {"topic": topic, "title": message.title, "message": text}
            content = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
            kind = message.sensitivity
            _check(await self._out.post(self.name, self._url, content, headers, kind))

        await self._parts.send(message.key, numbered(message.text, self.most_bytes), send)


class Webhook:
    """A `POST` of JSON. The key is in a header too, by which a receiver can tell a second time."""

    name = "webhook"
    most_bytes = 0
    takes_once = False

    def __init__(self, settings: WebhookChannel, out: WayOut, environ: Mapping[str, str]) -> None:
        self._setting = settings.url.get_secret_value()
        self._out = out
        self._url = Secret("notify.webhook.url", settings.url, environ)
        self._secret = Secret("notify.webhook.secret", settings.secret, environ)

    @property
    def host(self) -> str:
        """An address that stands elsewhere is one that leaves, until it is known."""
        if self._out.stays(self._setting):
            return ""
        return host_of(self._setting) or "the webhook's host"

    def lacks(self) -> str:
        return "" if self._url.is_set else "notify.webhook.url"

    async def send(self, message: Message) -> None:
        url = await self._url.get()
        if not host_of(url):
            raise NotSent("notify.webhook.url is no https:// address", is_final=True)
        said = {"key": message.key, "title": message.title, "text": message.text}
        content = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"content-type": "application/json", "idempotency-key": message.key}
        if secret := await self._secret.get():
            sign = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
            headers["x-wooster-signature"] = f"sha256={sign}"
        _check(await self._out.post(self.name, url, content, headers, message.sensitivity))


def _check(answer: Answer) -> None:
    """Raises `NotSent` for anything but a success; a redirect isn't followed, since it could lead
    anywhere."""
    if 200 <= answer.status < 300:
        return
    is_final = answer.status < 500 and answer.status not in _PASSES
    raise NotSent(f"the server answered {answer.status}", is_final=is_final)


def _header(value: str, what: str) -> str:
    if not all("!" <= character <= "~" for character in value):
        raise NotSent(f"{what} holds what no header takes", is_final=True)
    return value
