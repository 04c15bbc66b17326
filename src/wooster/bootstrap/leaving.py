"""How what is told leaves the machine: HTTP through the gate, all else as a row in its ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from wooster.config.settings import Sensitivity
from wooster.core.errors import StorageError
from wooster.core.hosts import shown_host
from wooster.models.egress import EgressLedger, Entry, OverCap, State
from wooster.models.gate import Denied, Gate
from wooster.models.model import Died, Finished, Refused, Rejected, Usage
from wooster.notify.model import Answer, NotSent

if TYPE_CHECKING:
    import httpx

PURPOSE = "notify"
_TIMEOUT_S = 30.0
_BODY_CHARACTERS = 500
_NO_LEDGER = "the ledger of what leaves can't be written, so that nothing may"


class Leaving:
    """The `WayOut` of one home."""

    def __init__(
        self, gate: Gate, ledger: EgressLedger, client: Callable[[], Awaitable[httpx.AsyncClient]]
    ) -> None:
        self._gate, self._ledger, self._client = gate, ledger, client

    def stays(self, url: str) -> bool:
        return self._gate.place(url) != "away"

    @asynccontextmanager
    async def leaving(
        self, channel: str, host: str, size_bytes: int, sensitivity: Sensitivity
    ) -> AsyncIterator[None]:
        entry = Entry(channel, host, "message", PURPOSE, "", size_bytes, sensitivity, 0)
        try:
            row = await self._ledger.reserve(entry, None)
        except StorageError as error:
            raise NotSent(_NO_LEDGER, is_unreached=True) from error
        assert not isinstance(row, OverCap)  # it costs nothing
        state: State = "cut_off"
        try:
            yield
            state = "answered"
        except NotSent as error:
            state = "unreached" if error.is_unreached else "refused"
            raise
        finally:
            # Also while the daemon stops: the row would else say that its end isn't known.
            await asyncio.shield(self._ledger.complete(row, state, Usage(), 0))

    async def post(
        self, channel: str, url: str, content: bytes, headers: Mapping[str, str], kind: Sensitivity
    ) -> Answer:
        import httpx

        try:
            permit = await self._gate.ask_notice(channel, url, len(content), kind)
        except StorageError as error:
            raise NotSent(_NO_LEDGER, is_unreached=True) from error
        if isinstance(permit, Denied):
            raise NotSent(permit.reason, is_final=True, is_unreached=True)
        end: Finished | Refused | Rejected | Died = Died("")
        try:
            answered = await (await self._client()).post(
                url,
                content=content,
                headers=dict(headers),
                timeout=_TIMEOUT_S,
                extensions={"permit": permit},
            )
            took = answered.is_success
            end = Finished("stop", Usage()) if took else Rejected("", is_ours=True)
            return Answer(answered.status_code, answered.text[:_BODY_CHARACTERS])
        except httpx.ConnectError as error:
            end = Refused("")
            raise NotSent(f"{shown_host(url)} can't be reached", is_unreached=True) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotSent(f"{shown_host(url)} gave no answer ({type(error).__name__})") from error
        finally:
            await asyncio.shield(self._gate.close(permit, end))
