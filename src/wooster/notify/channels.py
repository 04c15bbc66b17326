"""The channels of one home, by name: which are there, what each may, and sending on one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from wooster.notify.model import Channel, Message, NotSent

State = Literal["ready", "not_allowed", "not_set_up"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a channel stands. `lacks` says what is missing; `host` where it goes, "" for nowhere."""

    name: str
    state: State
    lacks: str
    host: str


class Channels:
    """`order` is tried where a job names none. `allowed` are names of those that may leave."""

    def __init__(
        self, channels: Iterable[Channel], order: Sequence[str], allowed: Iterable[str]
    ) -> None:
        self._channels = {channel.name: channel for channel in channels}
        self._order = tuple(order)
        self._allowed = set(allowed)

    @property
    def names(self) -> list[str]:
        return list(self._channels)

    @property
    def order(self) -> tuple[str, ...]:
        return self._order

    def standing(self, name: str) -> Standing:
        """How `name` stands. Blocking: it looks for programs. Raises `KeyError`."""
        channel = self._channels[name]
        lacks = channel.lacks()
        state: State = "ready"
        if lacks:
            state = "not_set_up"
        elif channel.host and name not in self._allowed:
            state = "not_allowed"
        return Standing(name, state, lacks, channel.host)

    def default(self) -> list[str]:
        """Those of the order that can be used, in it; where none can be, the first, which says
        why. Blocking."""
        known = [name for name in self._order if name in self._channels]
        ready = [name for name in known if self.standing(name).state == "ready"]
        return ready or list(self._order[:1])

    def allow(self, name: str) -> None:
        """Let it leave the machine from now on."""
        self._allowed.add(name)

    def takes_once(self, name: str) -> bool:
        channel = self._channels.get(name)
        return channel is not None and channel.takes_once

    async def send(self, name: str, message: Message) -> None:
        """Hand `message` to the channel `name`. Raises `NotSent`."""
        channel = self._channels.get(name)
        if channel is None:
            raise NotSent(f"there is no channel {name!r}", is_final=True, is_unreached=True)
        if channel.host and name not in self._allowed:
            raise NotSent(
                f"it isn't allowed to leave this machine (`notify allow {name}`)",
                is_unreached=True,
            )
        await channel.send(message)
