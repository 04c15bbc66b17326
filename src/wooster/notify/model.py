"""A message, a channel, and the way out of this machine, as ports and values."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from wooster.config.settings import Sensitivity


@dataclass(frozen=True, slots=True)
class Message:
    """What is told. `key` is the same for the same message sent again."""

    key: str
    title: str
    text: str
    sensitivity: Sensitivity = "memory"


class NotSent(Exception):
    """A channel didn't take it, and why, in words without an address or a secret.

    `is_final`: trying again would change nothing. `is_unreached`: nothing of it left.
    """

    def __init__(self, reason: str, *, is_final: bool = False, is_unreached: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.is_final, self.is_unreached = reason, is_final, is_unreached


class Channel(Protocol):
    """One way to a person. All that can be asked of it but `send` costs nothing.

    `most_bytes` is what a single message on it holds, 0 for any size: longer text goes in parts.
    `takes_once`: it remembers keys, so that sending the same again is safe.
    """

    name: str
    most_bytes: int
    takes_once: bool

    @property
    def host(self) -> str:
        """Where it goes when it leaves this machine, as a person may read it; "" where it stays."""

    def lacks(self) -> str:
        """What has to be set up first; "" when it is ready."""

    async def send(self, message: Message) -> None:
        """Returns once it was taken. Raises `NotSent`; may be cancelled at any point."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP: the status, and the beginning of the body."""

    status: int
    body: str


class WayOut(Protocol):
    """How a channel leaves the machine: a row in the ledger is written before anything goes."""

    def leaving(
        self, channel: str, host: str, size_bytes: int, sensitivity: Sensitivity
    ) -> AbstractAsyncContextManager[None]:
        """Around what leaves by other means than HTTP. Raises `NotSent` where it mustn't."""

    async def post(
        self, channel: str, url: str, content: bytes, headers: Mapping[str, str], kind: Sensitivity
    ) -> Answer:
        """One request. Raises `NotSent` where it mustn't leave, or nobody answers."""

    def stays(self, url: str) -> bool:
        """Whether `url` is this machine, or another one of the person's."""
