"""Keys that come faster than anyone types, joined into pasted text.

A terminal without bracketed paste sends a pasted text as if it were typed. One key event a
character, each over the ever longer message, takes minutes and gigabytes for a book. It knows keys,
and nothing of what they do.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from prompt_toolkit.input import Input
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

from wooster.wire.requests import MAX_MESSAGE_BYTES

# So many keys in one read were not typed one by one.
_FEWEST = 64
# The rest of a paste is waited for so long, and so many signs of it are taken at once.
_WAIT_S = 0.02
_MOST = MAX_MESSAGE_BYTES
_LINE_ENDS = (Keys.ControlM, Keys.ControlJ)


class Bursts(Input):
    """An input whose bursts of plain characters come as pastes; other keys stay as they are."""

    def __init__(self, keys: Input) -> None:
        self._keys = keys

    def read_keys(self) -> list[KeyPress]:
        read = self._read()
        return read if len(read) < _FEWEST else list(joined(self._burst(read)))

    def _read(self) -> list[KeyPress]:
        # We ask for no mouse; a pasted `ESC[31m` is taken for one, and its handler raises.
        return [key for key in self._keys.read_keys() if key.key != Keys.Vt100MouseEvent]

    def _burst(self, read: list[KeyPress]) -> Iterator[KeyPress]:
        """`read` and what follows at once: the message is drawn after it, not all along."""
        size = 0
        while read:
            yield from read
            size += len(read)
            read = self._read() if size < _MOST and self._more_waits() else []

    def _more_waits(self) -> bool:
        return not self._keys.closed and bool(select.select([self.fileno()], [], [], _WAIT_S)[0])

    def flush_keys(self) -> list[KeyPress]:
        return self._keys.flush_keys()

    def flush(self) -> None:
        self._keys.flush()

    def fileno(self) -> int:
        return self._keys.fileno()

    def typeahead_hash(self) -> str:
        return self._keys.typeahead_hash()

    @property
    def closed(self) -> bool:
        return self._keys.closed

    def raw_mode(self) -> AbstractContextManager[None]:
        return self._keys.raw_mode()

    def cooked_mode(self) -> AbstractContextManager[None]:
        return self._keys.cooked_mode()

    def attach(self, input_ready_callback: Callable[[], None]) -> AbstractContextManager[None]:
        return self._keys.attach(input_ready_callback)

    def detach(self) -> AbstractContextManager[None]:
        return self._keys.detach()

    def close(self) -> None:
        self._keys.close()


def joined(keys: Iterable[KeyPress]) -> Iterator[KeyPress]:
    """A burst with its runs of plain characters, and tabs, as one paste each.

    The character after a special key stays a key: Esc or Ctrl-X may have meant it.
    """
    run: list[str] = []
    after_special = False
    for key in keys:
        if _is_text(key) and not after_special:
            run.append(key.data)
            continue
        if run:
            yield KeyPress(Keys.BracketedPaste, "".join(run))
            run.clear()
        yield key
        after_special = not _is_text(key) and key.key not in _LINE_ENDS
    if run:
        yield KeyPress(Keys.BracketedPaste, "".join(run))


def _is_text(key: KeyPress) -> bool:
    if key.key in (Keys.BracketedPaste, Keys.ControlI):
        return True
    return not isinstance(key.key, Keys) and key.key == key.data and key.data >= " "
