"""What a model server should be, how it is, and one look at its health.

It knows `/health` and how a server is started; it refuses to know when.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from wooster.models.life import State

if TYPE_CHECKING:
    import httpx

# It does so between two steps: reading a long piece of a prompt is one.
_FORGET_S = 15.0

Role = Literal["chat", "fast", "embed"]


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """A server as the settings want it.

    `start` is False for one that somebody else runs, or nobody; `missing` says why it can't be
    started; `stays` is False for one on another machine, whose health isn't asked.
    """

    name: Role
    service: str
    port: int
    url: str
    model: str
    command: tuple[str, ...]
    home: Path
    log: Path
    start: bool
    stays: bool = True
    missing: str = ""
    api_key: str = field(default="", repr=False)

    @property
    def is_unwanted(self) -> bool:
        """A second chat server that nobody asked for: it is nothing to look at or tell of."""
        return self.name == "fast" and not self.start

    def with_model(self, model: str) -> ServerSpec:
        """The same server with another model, to be started by us."""
        return replace(self, model=model, start=True, command=self._swap("--model", model))

    def spare(self, port: int) -> ServerSpec:
        """The same server on `port`, until it is told to take this one's port."""
        command = (*self._swap("--port", str(port)), "--then-port", str(self.port))
        url = f"{self.url.rpartition(':')[0]}:{port}"
        return replace(self, port=port, url=url, command=command)

    def _swap(self, flag: str, value: str) -> tuple[str, ...]:
        at = self.command.index(flag) + 1
        return (*self.command[:at], value, *self.command[at + 1 :])


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A server as it is. `detail` is a line for a person, empty when all is well."""

    name: str
    state: State
    model: str
    url: str
    pid: int | None = None
    detail: str = ""
    restarts: int = 0
    health: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watching:
    """What every watch works with. Times in seconds."""

    client: Callable[[], Awaitable[httpx.AsyncClient]]
    log: Callable[[str, dict[str, Any]], None]
    probe_timeout_s: float
    interval_s: float
    retries: int = 1

    async def probe(self, url: str) -> dict[str, Any] | Literal["refused", "silent"]:
        """What `/health` says; {} when what listens there says nothing of the kind."""
        import httpx

        client = await self.client()
        try:
            response = await client.get(f"{url}/health", timeout=self.probe_timeout_s)
            data = response.json()
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return "refused"
        except httpx.TimeoutException:
            return "silent"
        except (httpx.HTTPError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    async def forget(self, url: str, api_key: str) -> str:
        """Have a chat server of ours let go of what it has read; why it may not have, else ""."""
        import httpx

        client = await self.client()
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        try:
            answer = await client.post(f"{url}/forget", headers=headers, timeout=_FORGET_S)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return ""  # it runs no more
        except httpx.HTTPError as error:
            return type(error).__name__
        return "" if answer.is_success else f"it answered {answer.status_code}"


def server_command(module: str, home: Path, port: int, model: str) -> tuple[str, ...]:
    """How a server is started: with this interpreter, so that it finds the same packages."""
    return (
        *(sys.executable, "-m", module),
        *("--home", str(home), "--port", str(port), "--model", model),
    )
