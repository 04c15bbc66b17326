"""What the engine needs of whoever hands things over: the port between time and channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from wooster.schedule.model import Due


class Undelivered(Exception):
    """It didn't go out, and why. `is_final`: trying it again would change nothing."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.is_final = reason, is_final


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out. `key` is the same for the same occurrence, so that a channel that remembers
    keys takes it once. `text` is empty where there was nothing to say."""

    key: str
    title: str
    text: str
    due: Due


class Carrier(Protocol):
    """Composes what is due and hands it to channels."""

    async def compose(self, due: Due) -> Parcel | None:
        """What goes out for `due`: of a reminder its text, word for word. None where there is
        nothing to be told: it is done then. Raises `Undelivered`, to be tried again."""

    def channels(self, due: Due) -> Sequence[str]:
        """The channels to try, in their order. At least one."""

    async def send(self, channel: str, parcel: Parcel) -> None:
        """Returns once `channel` has taken it. Raises `Undelivered`."""

    def takes_once(self, channel: str) -> bool:
        """Whether `channel` remembers keys: to send the same again is safe."""
