"""Long text in parts: where it is cut, and which parts have gone already.

Sizes are bytes of UTF-8, because that is what channels count. The cutting is pure.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable

# "(12/34) " before each part.
_NUMBER_BYTES = 16
_KEPT = 100


def split(text: str, most_bytes: int) -> list[str]:
    """Parts of at most `most_bytes` (8 or more) that are `text` when joined: cut after line ends
    where that can be, else after spaces, else anywhere between two characters."""
    parts = []
    while len(text.encode("utf-8", "replace")) > most_bytes:
        # Cutting bytes may cut a character; what is left of it isn't decoded.
        head = text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")
        half = len(head) // 2
        at = max(head.rfind("\n", half), -1) + 1 or max(head.rfind(" ", half), -1) + 1 or len(head)
        parts.append(text[:at])
        text = text[at:]
    return [*parts, text]


def numbered(text: str, most_bytes: int) -> list[str]:
    """`text` as messages of at most `most_bytes`: one as it is, several as `(1/3) …`. Spaces and
    line ends at the cuts are left away."""
    if not most_bytes or len(text.encode("utf-8", "replace")) <= most_bytes:
        return [text]
    parts = [part.strip() for part in split(text, most_bytes - _NUMBER_BYTES)]
    parts = [part for part in parts if part]
    return [f"({number}/{len(parts)}) {part}" for number, part in enumerate(parts, 1)]


class Parts:
    """Sends parts in their order; what failed half-way goes on where it stopped."""

    def __init__(self) -> None:
        self._gone: OrderedDict[str, int] = OrderedDict()

    async def send(
        self, key: str, parts: list[str], send: Callable[[str], Awaitable[None]]
    ) -> None:
        for number in range(self._gone.get(key, 0), len(parts)):
            await send(parts[number])
            self._gone[key] = number + 1
        self._gone.pop(key, None)
        while len(self._gone) > _KEPT:
            self._gone.popitem(last=False)
