"""The entries of a JSON list, one by one: an export of years isn't held in memory as a whole.

One entry that is malformed spoils no other, as long as its brackets close; a file that ends in the
middle of one tells so. Blocking.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from wooster.moving.texts import TOO_DEEP, text_of

_CHUNK = 1 << 20
_LONGEST = 256 << 20
# A string, or one bracket: what is between them doesn't count. A string whose end isn't here is one
# as well: else it would be looked for from each quotation mark that is in it.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?P<end>")?|[\[\]{},]', re.DOTALL)
_OPEN, _CLOSE = b"[{", b"]}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One of a list, counted from 1. `problem` says why it has no `value`."""

    at: int
    value: Any = None
    problem: str = ""
    text: str = ""


class NoList(Exception):
    """Why a file is no list of entries."""


def entries(file: BinaryIO) -> Iterator[Entry]:
    """Each entry of the list that a file is. Raises `NoList`."""
    at = 0
    for at, raw in enumerate(_pieces(file), 1):
        if raw is None:
            yield Entry(at, problem="the file ends in the middle of it")
            return
        try:
            yield Entry(at, json.loads(raw))
        except (ValueError, RecursionError) as error:
            told = text_of(raw[:400]).text
            yield Entry(at, problem=f"it is no JSON: {_short(error)}", text=told)


def _short(error: Exception) -> str:
    return TOO_DEEP if isinstance(error, RecursionError) else str(error)


def _pieces(file: BinaryIO) -> Iterator[bytes | None]:
    """The bytes of each entry; None for one that the file ends in."""
    scan = _Scan(_begun(file))
    while True:
        yield from scan.ready()
        if scan.is_over:
            return
        if len(scan.held) > _LONGEST:
            raise NoList(f"one of its entries has more than {_LONGEST >> 20} MB")
        more = file.read(_CHUNK)
        if not more:
            if scan.is_in_entry:
                yield None
            return
        scan.held += more


def _begun(file: BinaryIO) -> bytearray:
    """What comes after the bracket that begins the list. Raises `NoList`."""
    held = bytearray(file.read(_CHUNK))
    if held.startswith((b"\xff\xfe", b"\xfe\xff")):
        held += file.read()
        held = bytearray(text_of(bytes(held)).text.encode())
    begin = held.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not begin:
        raise NoList("it is empty")
    if not begin.startswith(b"["):
        raise NoList("it isn't a JSON list")
    return begin[1:]


class _Scan:
    """How far a list is looked through: `held` begins with an entry."""

    def __init__(self, held: bytearray) -> None:
        self.held = held
        self.is_over = False
        self._depth = 0
        self._seen = 0  # up to where the tokens of what is held are counted

    @property
    def is_in_entry(self) -> bool:
        return bool(self.held.strip())

    def ready(self) -> Iterator[bytes]:
        """The entries that are whole."""
        begin = 0
        for token in self._tokens():
            sign = self.held[token.start()]
            if sign in _OPEN:
                self._depth += 1
            elif sign in _CLOSE and self._depth:
                self._depth -= 1
            elif not self._depth and sign != ord('"'):
                if entry := bytes(self.held[begin : token.start()]).strip():
                    yield entry
                begin = token.end()
                if sign in _CLOSE:
                    self.is_over = True
                    break
            self._seen = token.end()
        del self.held[:begin]
        self._seen = max(self._seen - begin, 0)

    def _tokens(self) -> Iterator[re.Match[bytes]]:
        """Those that are whole: a string whose end isn't here yet is looked at again."""
        whole = bytes(self.held)
        for token in _TOKEN.finditer(whole, self._seen):
            if token[0].startswith(b'"') and token["end"] is None:
                return
            yield token
