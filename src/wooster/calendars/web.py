"""Requests to calendars' servers: one permit of the gate for each, and never an address in a word.

An address may be a secret by itself (Google's and iCloud's are), so that nothing but its host gets
into a message, and no text of the HTTP client does, which may repeat it.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

import anyio

from wooster.calendars.dav import same_site
from wooster.calendars.model import CalendarError
from wooster.core.hosts import shown_host
from wooster.models.gate import Denied, Gate, Permit
from wooster.models.model import Died, Finished, Refused, Rejected

if TYPE_CHECKING:
    import httpx

ClientFactory = Callable[[], Awaitable["httpx.AsyncClient"]]
MAX_BYTES: Final = 50_000_000
_CONNECT_S, _SILENCE_S = 10.0, 30.0
_REDIRECTS = 5
_REPEATABLE = ("GET", "PROPFIND", "REPORT", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Question:
    """A request. `calendar` is what the ledger calls it; `headers` have no password."""

    method: str
    url: str = field(repr=False)
    calendar: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    headers: dict[str, str] = field(default_factory=dict)
    content: str = field(default="", repr=False)

    def to(self, url: str) -> Question:
        """The same to another address; a password only goes to the same owner's."""
        keeps = same_site(self.url, url) and url.startswith("https://") >= self.url.startswith(
            "https://"
        )
        user, password = (self.user, self.password) if keeps else ("", "")
        return Question(self.method, url, self.calendar, user, password, self.headers, self.content)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `url` is where it came from in the end."""

    status: int
    url: str = field(repr=False)
    headers: dict[str, str]
    content: bytes = field(repr=False)

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


class Web:
    """The way out for calendars."""

    def __init__(self, client: ClientFactory, gate: Gate) -> None:
        self._client = client
        self._gate = gate

    async def ask(self, question: Question) -> Reply:
        """The reply, whatever its status. Raises `CalendarError` where none came."""
        for _ in range(_REDIRECTS):
            reply = await self._once(question)
            target = reply.headers.get("location", "")
            if reply.status not in (301, 302, 303, 307, 308) or not target:
                return reply
            if question.method not in _REPEATABLE:
                break
            question = question.to(urljoin(question.url, target))
        raise CalendarError(f"{shown_host(question.url)} sends us from one address to another")

    async def _once(self, question: Question) -> Reply:
        import httpx

        host = shown_host(question.url)
        content = question.content.encode()
        permit = await self._gate.ask_calendar(question.url, question.calendar, len(content))
        if isinstance(permit, Denied):
            raise CalendarError(permit.reason, hint=permit.hint)
        end: Finished | Refused | Rejected | Died | None = None
        try:
            client = await self._client()
            async with client.stream(
                question.method,
                question.url,
                content=content or None,
                headers=_headers(question),
                extensions={"permit": permit},
                timeout=httpx.Timeout(_SILENCE_S, connect=_CONNECT_S),
                follow_redirects=False,
            ) as response:
                end = Died("it broke off")
                body = await _body(response, host)
                end = (
                    Finished("fetched")
                    if response.status_code < 400
                    else Rejected("refused", is_ours=True)
                )
                headers = {name.lower(): text for name, text in response.headers.items()}
                return Reply(response.status_code, question.url, headers, body)
        except httpx.ConnectError:
            end = Refused("no connection")
            raise CalendarError(f"{host} can't be reached") from None
        except httpx.TimeoutException:
            raise CalendarError(f"{host} gives no answer") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Its text may have the whole address in it.
            raise CalendarError(f"{host} can't be asked ({type(error).__name__})") from None
        finally:
            await self._close(permit, end)

    async def _close(
        self, permit: Permit, end: Finished | Refused | Rejected | Died | None
    ) -> None:
        with anyio.CancelScope(shield=True):  # the ledger is completed for what is stopped, too
            await self._gate.close(permit, end)


async def _body(response: httpx.Response, host: str) -> bytes:
    found = bytearray()
    async for chunk in response.aiter_bytes():
        found += chunk
        if len(found) > MAX_BYTES:
            raise CalendarError(f"{host} sends more than {MAX_BYTES // 1_000_000} MB")
    return bytes(found)


def _headers(question: Question) -> dict[str, str]:
    headers = {"user-agent": "wooster", **question.headers}
    if question.content and "content-type" not in headers:
        headers["content-type"] = "application/xml; charset=utf-8"
    if question.user or question.password:
        pair = f"{question.user}:{question.password}".encode()
        headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return headers


def refused(reply: Reply) -> CalendarError:
    """What a status that isn't good means for a person."""
    host = shown_host(reply.url)
    if reply.status in (401, 403):
        return CalendarError(
            f"{host} doesn't let us in (HTTP status {reply.status})",
            hint="Look at the user and the password; some servers want one made for an app.",
        )
    if reply.status in (404, 410):
        return CalendarError(f"{host} has no such calendar (HTTP status {reply.status})")
    return CalendarError(f"{host} refuses (HTTP status {reply.status})")


def secure(url: str) -> str:
    """An address as it is asked: `webcal:` is https, as every server that offers it means."""
    scheme, colon, rest = url.partition(":")
    if scheme.lower() in ("webcal", "webcals") and colon:
        return f"https:{rest}"
    return url


def apart(url: str) -> tuple[str, str, str]:
    """An address without the user and the password in it, and these two; nothing where it is
    none, which may have a password in it all the same."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "", ""
    if "@" not in parts.netloc:
        return url, "", ""
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host).geturl(), parts.username or "", parts.password or ""
