"""Fetching a model's repository from a hub: with progress, resumed where it broke off, checked.

It speaks Hugging Face's HTTP API, which other hubs and mirrors speak too. It asks only for what a
person named, and every request passes the gate. It knows files, and nothing of what runs them.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

import anyio

from wooster.core.errors import HubError, NotFound
from wooster.models.gate import Denied, Gate, Permit
from wooster.models.hub_listing import HubFile, folder_name, needed
from wooster.models.model import Died, Finished, Refused, Rejected
from wooster.models.part_file import PartFile
from wooster.wire.events import Progress

if TYPE_CHECKING:
    import httpx

Tell = Callable[[Progress], None]
ClientFactory = Callable[[], Awaitable["httpx.AsyncClient"]]

STARTERS_HINT = (
    "The starter models smollm2-135m-instruct and all-minilm-l6-v2 need no hub: "
    "`wooster setup models`."
)
_KEPT = "What came is kept: pull it again to go on."
_WRITE_BYTES = 256 << 10
# Attempts in a row that brought nothing, and the pause before each but the first.
_PAUSES_S = (0.0, 1.0, 3.0, 9.0)
_SPARE_BYTES = 1_000_000_000
_CONNECT_S, _SILENCE_S = 10.0, 30.0
# Hubs keep large files with others, one or two addresses away.
_REDIRECTS = 5


@dataclass(slots=True)
class _Meter:
    """How much of a pull has come, told at most once for each chunk."""

    title: str
    total_bytes: int
    tell: Tell
    done_bytes: int = 0
    began_s: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    fetched_bytes: int = 0

    def have(self, size_bytes: int) -> None:
        self.done_bytes += size_bytes
        self._say()

    def fetched(self, size_bytes: int) -> None:
        self.fetched_bytes += size_bytes
        self.have(size_bytes)

    def _say(self) -> None:
        text = f"fetching {self.title}: {gigabytes(self.done_bytes, self.total_bytes)}"
        lived_s = asyncio.get_running_loop().time() - self.began_s
        if self.fetched_bytes and lived_s > 1:
            text += f" ({self.fetched_bytes / lived_s / 1e6:.1f} MB/s)"
        self.tell(Progress("fetching", self.done_bytes, self.total_bytes, text))


@dataclass(frozen=True, slots=True)
class Hub:
    """The hub at `url`. `pause` waits so many seconds before another attempt."""

    url: str
    client: ClientFactory
    gate: Gate
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def pull(self, repository: str, models: Path, tell: Tell) -> Path:
        """Have the repository in `models/<owner>--<name>` and return that folder.

        Cancelled or broken off anywhere, it goes on at the next call. Raises `HubError` or
        `NotFound`, with what to do.
        """
        target = models / folder_name(repository)
        if await asyncio.to_thread(target.is_dir):
            return target
        tell(Progress("listing", text=f"asking {self._host} for {repository} …"))
        files = await self._list(repository)
        work = models / f".pull-{folder_name(repository)}"
        await asyncio.to_thread(_prepare, work, files)
        meter = _Meter(repository, sum(file.size_bytes for file in files), tell)
        try:
            for file in files:
                await self._fetch(repository, file, work, meter)
            await asyncio.to_thread(work.rename, target)
        except OSError as error:
            raise HubError(
                f"{repository} couldn't be written into {models}: {error.strerror}.", hint=_KEPT
            ) from error
        return target

    @property
    def _host(self) -> str:
        return urlsplit(self.url).netloc

    async def _list(self, repository: str) -> list[HubFile]:
        """Every page of the repository's list of files, reduced to what a model needs."""
        entries: list[dict[str, Any]] = []
        url = f"{self.url}/api/models/{quote(repository)}/tree/main?recursive=true"
        while url:
            async with self._get(url, repository, {}) as response:
                await response.aread()
                try:
                    page = response.json()
                except ValueError:
                    page = None
                if not isinstance(page, list):
                    raise HubError(
                        f"{self._host} doesn't answer like a model hub.",
                        hint=f"Look at `url` under [hub] in settings.toml. {STARTERS_HINT}",
                    )
                entries += page
                following = response.links.get("next", {}).get("url", "")
                url = following if following.startswith(f"{self.url}/") else ""
        return needed(entries, repository)

    async def _fetch(self, repository: str, file: HubFile, work: Path, meter: _Meter) -> None:
        """Have one file whole. What an earlier pull checked already isn't fetched again."""
        part = PartFile(work, file)
        if await asyncio.to_thread(part.target.is_file):
            meter.have(file.size_bytes)
            return
        await asyncio.to_thread(part.open)
        meter.have(part.have_bytes)
        failures = 0
        while part.have_bytes < file.size_bytes:
            await self.pause(_PAUSES_S[failures])
            before = part.have_bytes
            try:
                await self._go_on(repository, part, meter)
            except HubError:
                failures = 1 if part.have_bytes > before else failures + 1
                if failures == len(_PAUSES_S):
                    raise
        await asyncio.to_thread(part.finish)

    async def _go_on(self, repository: str, part: PartFile, meter: _Meter) -> None:
        """Fetch from where the file ends. Raises `HubError` where it breaks off."""
        url = f"{self.url}/{quote(repository)}/resolve/main/{quote(part.file.path)}"
        # Compressed on the way, a range would count other bytes than the file has.
        headers = {"accept-encoding": "identity"}
        if part.have_bytes:
            headers["range"] = f"bytes={part.have_bytes}-"
        async with self._get(url, repository, headers) as response:
            if part.have_bytes and not _goes_on(response, part.have_bytes):
                meter.have(-part.have_bytes)
                await asyncio.to_thread(part.start_over)
            await _keep(response, part, meter)
        if part.have_bytes < part.file.size_bytes:
            raise HubError(f"{self._host} broke {part.file.path} off early.", hint=_KEPT)

    @asynccontextmanager
    async def _get(
        self, url: str, repository: str, headers: dict[str, str]
    ) -> AsyncIterator[httpx.Response]:
        """A good answer to a GET. Raises `HubError` or `NotFound` with what to do."""
        for _ in range(_REDIRECTS):
            async with self._request(url, repository, headers) as response:
                if not response.has_redirect_location:
                    if response.status_code >= 400:
                        raise _refusal(response.status_code, self._host, repository)
                    yield response
                    return
                url = urljoin(url, response.headers["location"])
        raise HubError(f"{self._host} sends {repository} from one address to another, in a ring.")

    @asynccontextmanager
    async def _request(
        self, url: str, repository: str, headers: dict[str, str]
    ) -> AsyncIterator[httpx.Response]:
        """One request with a permit of its own; the gate is told what came of it."""
        import httpx

        client = await self.client()
        permit = await self.gate.ask_fetch(url, repository)
        if isinstance(permit, Denied):
            raise HubError(f"{permit.reason}.", hint=permit.hint)
        end: Finished | Refused | Rejected | Died | None = None
        try:
            async with client.stream(
                "GET",
                url,
                headers=headers,
                extensions={"permit": permit},
                timeout=httpx.Timeout(_SILENCE_S, connect=_CONNECT_S),
                follow_redirects=False,
            ) as response:
                end = Died("it broke off")
                yield response
                end = Finished("fetched")
        except httpx.ConnectError as error:
            end = Refused(str(error))
            raise _unreachable(url, error) from error
        except httpx.HTTPError as error:
            raise _unreachable(url, error) from error
        finally:
            await _close(self.gate, permit, end)


async def _keep(response: httpx.Response, part: PartFile, meter: _Meter) -> None:
    """Write what comes, in pieces worth a thread; broken off or stopped, all that came is kept."""
    pending = bytearray()

    async def write() -> None:
        data = bytes(pending)
        pending.clear()
        await asyncio.to_thread(part.add, data)
        meter.fetched(len(data))

    try:
        async for chunk in response.aiter_bytes():
            # Longer than it should be, it is damaged: its checksum will say so.
            room = part.file.size_bytes - part.have_bytes - len(pending)
            pending += chunk[: room + 1]
            if len(chunk) > room:
                return
            if len(pending) >= _WRITE_BYTES:
                await write()
    finally:
        with anyio.CancelScope(shield=True):
            await write()


async def _close(
    gate: Gate, permit: Permit, end: Finished | Refused | Rejected | Died | None
) -> None:
    with anyio.CancelScope(shield=True):  # the ledger is completed for a pull that is stopped, too
        await gate.close(permit, end)


def gigabytes(done_bytes: int, total_bytes: int) -> str:
    """`1.2 of 4.3 GB`, or in MB where that says more."""
    unit, name = (1e9, "GB") if total_bytes >= 1e9 else (1e6, "MB")
    return f"{done_bytes / unit:.1f} of {total_bytes / unit:.1f} {name}"


def _goes_on(response: httpx.Response, have_bytes: int) -> bool:
    """Whether an answer begins where we asked it to; some servers send the whole file again."""
    told = response.headers.get("content-range", "")
    return response.status_code == 206 and told.startswith(f"bytes {have_bytes}-")


def _unreachable(url: str, error: Exception) -> HubError:
    return HubError(
        f"The model hub can't be reached: {url.partition('?')[0]} "
        f"({str(error) or type(error).__name__}).",
        hint=f"Check the network, or set another `url` under [hub] in settings.toml. "
        f"{_KEPT} {STARTERS_HINT}",
    )


def _refusal(status: int, host: str, repository: str) -> HubError | NotFound:
    if status == 404:
        return NotFound(
            f"{host} has no {repository}.",
            hint="`wooster models recommend` lists models that there are.",
        )
    if status in (401, 403):
        return HubError(
            f"{host} doesn't give {repository} to just anybody (HTTP status {status}): it isn't "
            "there, or one must agree to its licence first.",
            hint="Check its name, or take one from `wooster models recommend`.",
        )
    return HubError(
        f"{host} refused {repository} (HTTP status {status}).",
        hint=f"Try again in a while. {_KEPT} {STARTERS_HINT}",
    )


def _prepare(work: Path, files: list[HubFile]) -> None:
    """Make the folder of a pull. Raises `HubError` when the disk has no room for it."""
    total = sum(file.size_bytes for file in files)
    there = sum(path.stat().st_size for path in work.rglob("*") if path.is_file())
    missing = max(0, total - there)
    free = shutil.disk_usage(work.parent).free
    if free < missing + _SPARE_BYTES:
        raise HubError(
            f"It needs {missing / 1e9:.1f} GB more on the disk, and 1 GB should stay free; "
            f"{free / 1e9:.1f} GB are free in {work.parent}.",
            hint="Make room, for example with `wooster models remove NAME`.",
        )
    work.mkdir(mode=0o700, exist_ok=True)
