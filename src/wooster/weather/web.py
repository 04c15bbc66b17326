"""Questions to Open-Meteo, or to a server of one's own that speaks as it does: each with a permit
of the gate, which writes it into the ledger first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

import anyio

from wooster.core.hosts import shown_host
from wooster.models.gate import Denied, Gate
from wooster.models.model import Died, Finished, Refused, Rejected
from wooster.weather.model import WeatherError

if TYPE_CHECKING:
    import httpx

ClientFactory = Callable[[], Awaitable["httpx.AsyncClient"]]
_MOST_BYTES: Final = 1_000_000


class Web:
    """The way out for the weather."""

    def __init__(self, client: ClientFactory, gate: Gate) -> None:
        self._client, self._gate = client, gate

    async def get(self, server: str, query: str, what: str) -> bytes:
        """What `server` answers to `query`; `what` is what the ledger calls it. Raises
        `WeatherError`, or `StorageError` where the ledger can't be written."""
        import httpx

        url, host = f"{server}{query}", shown_host(server)
        permit = await self._gate.ask_weather(url, what, len(query))
        if isinstance(permit, Denied):
            raise WeatherError(permit.reason, hint=permit.hint)
        end: Finished | Refused | Rejected | Died = Died("it broke off")
        try:
            client = await self._client()
            async with client.stream("GET", url, extensions={"permit": permit}) as answered:
                if not answered.is_success:
                    end = Rejected("refused", is_ours=True)
                    raise WeatherError(f"{host} answered {answered.status_code}")
                content = bytearray()
                async for chunk in answered.aiter_bytes():
                    content += chunk
                    if len(content) > _MOST_BYTES:
                        raise WeatherError(f"{host} sends more than a forecast is")
                end = Finished("fetched")
                return bytes(content)
        except httpx.ConnectError:
            end = Refused("no connection")
            raise WeatherError(f"{host} can't be reached") from None
        except httpx.HTTPError as error:
            raise WeatherError(f"{host} gives no answer ({type(error).__name__})") from error
        finally:
            with anyio.CancelScope(shield=True):  # also where it was given up
                await self._gate.close(permit, end)
