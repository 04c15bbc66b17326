"""Server-sent events, as text: the encoder and an incremental parser.

The parser takes lines in any split that the network made of them and gives back whole frames;
comments are frames too, because model servers report how far they have read in comments. It knows
the framing (WHATWG HTML, section 9.2) and nothing of what is in a frame.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Frame:
    """One event (`name`, default `message`, and its data lines joined), or one comment line."""

    name: str
    data: str
    is_comment: bool = False


def encode(name: str, data: Any) -> bytes:
    """One event as bytes; `data`, a dataclass or plain, becomes a single line of JSON."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_fields)
    return f"event: {name}\ndata: {body}\n\n".encode()


def _fields(value: Any) -> dict[str, Any]:
    """Of a dataclass. Raises `TypeError` for anything else. (`asdict` copies all that is in them,
    which takes longer than writing it.)"""
    return {each.name: getattr(value, each.name) for each in fields(value)}


class Parser:
    """Feed it bytes, get frames. Broken UTF-8 becomes U+FFFD, never an exception.

    `held` counts the characters that wait for the end of their frame: a sender may never end it.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._name = ""
        self._data: list[str] = []
        self._data_size = 0
        self._begun = False

    @property
    def held(self) -> int:
        return len(self._rest) + self._data_size

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """The frames that `chunk` completes, in order."""
        text = self._rest + self._decoder.decode(chunk)
        if text and not self._begun:
            self._begun = True
            text = text.removeprefix("\ufeff")
        # A line may end in LF, CR or CRLF; a CR at the very end may be half of a CRLF.
        held = "\r" if text.endswith("\r") else ""
        text = text[: len(text) - len(held)].replace("\r\n", "\n").replace("\r", "\n")
        *lines, rest = text.split("\n")
        self._rest = rest + held
        for line in lines:
            frame = self._line(line)
            if frame is not None:
                yield frame

    def end(self) -> Iterator[Frame]:
        """What was begun and not ended by a blank line, from a sender that forgot it."""
        yield from self.feed(b"\n\n")

    def _line(self, line: str) -> Frame | None:
        if not line:
            return self._dispatch()
        if line.startswith(":"):
            return Frame("", line[1:].strip(), is_comment=True)
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
            self._data_size += len(value)
        return None

    def _dispatch(self) -> Frame | None:
        frame = Frame(self._name or "message", "\n".join(self._data)) if self._data else None
        self._name, self._data, self._data_size = "", [], 0
        return frame
