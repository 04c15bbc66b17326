"""What OpenAI-compatible servers say, as events: bytes in, events out.

Each speaks the dialect a little differently; whatever comes becomes an event, never an exception.
It knows no sockets, no time and no order of providers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from wooster.core.thinking import Marks, ThoughtReader
from wooster.models.calls import Calls
from wooster.models.model import (
    Alive,
    Died,
    Finished,
    Fragment,
    Loading,
    ProviderEvent,
    Reading,
    Thought,
    Usage,
)
from wooster.wire.sse import Frame, Parser

# The most that one event, or an answer that comes in one piece, may hold; and all of a stream.
_FRAME_CHARACTERS = 4 << 20
_STREAM_BYTES = 64 << 20
_READ_PROGRESS = re.compile(r"keepalive (\d{1,12})/(\d{1,12})")


class AnswerReader:
    """The body of an answer with status 200, fed as it arrives.

    A failure is the last event. `has_ended` when the server said that its answer is complete;
    `is_over` when nothing that still comes matters.
    """

    def __init__(self, title: str, content_type: str = "") -> None:
        self._title = title
        self._is_page = "html" in content_type.lower()
        self._parser = Parser()
        self._whole: bytearray | None = None
        self._start: bytes | None = b""
        self._size = 0
        self._choices = _Choices()
        self.is_over = False

    @property
    def has_ended(self) -> bool:
        return bool(self._choices.reason)

    def feed(self, chunk: bytes) -> Iterator[ProviderEvent]:
        """The events that `chunk` completes."""
        self._size += len(chunk)
        if self._start is not None:
            chunk = self._sniff(chunk)
        if self._is_page:
            yield self._fail("sent a web page instead of an answer; is its address right?")
        elif self._whole is not None:
            self._whole += chunk
            if len(self._whole) > _FRAME_CHARACTERS:
                yield self._fail("sent an answer without an end")
        else:
            yield from self._frames(self._parser.feed(chunk))
            if self._parser.held > _FRAME_CHARACTERS or self._size > _STREAM_BYTES:
                yield self._fail("sent a line without an end")

    def end(self) -> Iterator[ProviderEvent]:
        """What is left when the connection is closed. Without an end the answer broke off."""
        if self.is_over:
            return
        if self._start is not None:
            self._frames_begin()
        if self._whole is not None:
            yield from self._read_whole(bytes(self._whole))
        else:
            yield from self._frames(self._parser.end())
        if not self.is_over:
            yield from self._close()

    def _sniff(self, chunk: bytes) -> bytes:
        """What kind of body it is, by its first character: content types are often wrong."""
        assert self._start is not None
        self._start += chunk
        first = self._start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if not first and len(self._start) < 1024:
            return b""
        self._is_page = self._is_page or first == b"<"
        if first in (b"{", b"["):
            self._whole = bytearray()
        return self._frames_begin()

    def _frames_begin(self) -> bytes:
        start, self._start = self._start or b"", None
        return start

    def _fail(self, what: str) -> Died:
        self.is_over = True
        return Died(f"{self._title} {what}")

    # --- a stream -----------------------------------------------------------------------------

    def _frames(self, frames: Iterator[Frame]) -> Iterator[ProviderEvent]:
        for frame in frames:
            if self.is_over:
                return
            if frame.is_comment:
                yield _comment(frame.data)
            elif frame.data.strip() == "[DONE]":
                yield from self._close(is_done=True)
            elif frame.name == "error":
                yield self._fail(f"failed: {said(frame.data)}")
            else:
                yield from self._data(frame.data)

    def _data(self, text: str) -> Iterator[ProviderEvent]:
        objects = _objects(text)
        if objects is None:
            yield self._fail("sent something that isn't JSON")
            return
        for data in objects:
            if is_error(data):
                yield self._fail(f"failed: {message(data)}")
                return
            yield from self._choices.read(data)

    def _close(self, *, is_done: bool = False) -> Iterator[ProviderEvent]:
        choices = self._choices
        # Some servers say "[DONE]" and never why; who says neither has broken off.
        if not choices.reason and not (is_done and (choices.has_text or choices.calls)):
            yield self._fail("broke off")
            return
        self.is_over = True
        yield from choices.rest()
        yield Finished(choices.reason or "stop", choices.usage, choices.calls.all())

    # --- an answer in one piece, though a stream was asked for --------------------------------

    def _read_whole(self, raw: bytes) -> Iterator[ProviderEvent]:
        data = parse_object(raw)
        if data is None:
            yield self._fail("sent something that isn't JSON")
        elif is_error(data):
            yield self._fail(f"failed: {message(data)}")
        elif "choices" not in data:
            yield self._fail(f"sent no answer but: {message(data)}")
        else:
            yield from self._choices.read(data)
            yield from self._close(is_done=True)


class _Choices:
    """The first choice of each chunk, put together."""

    def __init__(self) -> None:
        self.reason = ""
        self.usage = Usage()
        self.has_text = False
        self.calls = Calls()
        # Servers that know no field for thoughts send them inline.
        self._thoughts: ThoughtReader | None = ThoughtReader(
            Marks("<think>", "</think>"), "perhaps"
        )

    def read(self, data: dict[str, Any]) -> Iterator[ProviderEvent]:
        events = [*self._progress(data), *self._choice(_first(data.get("choices")))]
        yield from events or [Alive()]
        self.usage = _usage(data.get("usage")) or self.usage

    def rest(self) -> Iterator[ProviderEvent]:
        """Text that was held back because it might have been a mark."""
        if self._thoughts is not None:
            yield from _parts(self._thoughts, "", self.reason or "stop")

    def _progress(self, data: dict[str, Any]) -> Iterator[ProviderEvent]:
        told = data.get("prompt_progress")  # llama.cpp
        if isinstance(told, dict):
            done, total = _count(told.get("processed")), _count(told.get("total"))
            if done is not None and total is not None:
                yield Reading(done, total)

    def _choice(self, choice: dict[str, Any]) -> Iterator[ProviderEvent]:
        part = choice.get("delta") or choice.get("message") or {}
        part = part if isinstance(part, dict) else {}
        thought, text = _split_content(part)
        self.calls.feed(part)
        if thought:
            self._thoughts = None  # it has a field for them: what stands inline is meant so
            yield Thought(thought)
        if text:
            self.has_text = True
            if self._thoughts is None:
                yield Fragment(text)
            else:
                yield from _parts(self._thoughts, text)
        reason = choice.get("finish_reason")
        self.reason = reason if isinstance(reason, str) and reason else self.reason


def _parts(reader: ThoughtReader, text: str, ended: str = "") -> Iterator[ProviderEvent]:
    parts = reader.feed(text) if text else []
    if ended:
        parts += reader.finish("length" if ended == "length" else "stop")
    for part in parts:
        yield Thought(part.text) if part.is_thought else Fragment(part.text)


def _split_content(part: dict[str, Any]) -> tuple[str, str]:
    """The thought and the text of a delta, wherever this server puts them."""
    thought = _text(part.get("reasoning_content")) or _text(part.get("reasoning"))
    content = part.get("content")
    if isinstance(content, list):  # Mistral's form: typed pieces
        pieces = [piece for piece in content if isinstance(piece, dict)]
        text = "".join(_text(piece.get("text")) for piece in pieces)
    else:
        text = _text(content)
    return thought, text or _text(part.get("refusal"))


def _text(value: object) -> str:
    # JSON can spell half of a character, which no file and no terminal can hold.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _first(choices: object) -> dict[str, Any]:
    choice = choices[0] if isinstance(choices, list) and choices else {}
    return choice if isinstance(choice, dict) else {}


def _usage(told: object) -> Usage | None:
    if not isinstance(told, dict):
        return None
    details = told.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    counts = (told.get("prompt_tokens"), told.get("completion_tokens"), cached)
    return Usage(*map(_count, counts))


def _count(value: object) -> int | None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    # What doesn't fit the database's integers is no count of tokens.
    return value if is_whole and isinstance(value, int) and 0 <= value < 1 << 53 else None


def _comment(text: str) -> ProviderEvent:
    if text == "loading":
        return Loading()
    match = _READ_PROGRESS.fullmatch(text)
    return Reading(int(match[1]), int(match[2])) if match else Alive()


def _objects(text: str) -> list[dict[str, Any]] | None:
    """The JSON objects in a frame's data; None where it holds anything else.

    A frame has one, unless its sender ends lines and forgets the blank ones between frames.
    """
    data = parse_object(text)
    if data is not None:
        return [data]
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        data = parse_object(line)
        if data is not None:
            found.append(data)
        elif line.strip() not in ("", "[DONE]"):
            return None
    return found or None


# --- what both an answer and an error are read with -------------------------------------------


def parse_object(raw: str | bytes) -> dict[str, Any] | None:
    """The JSON object in `raw`; None when it is anything else, or too deep or too large a number
    to be read."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):  # also what isn't UTF-8
        return None
    return data if isinstance(data, dict) else None


def is_error(data: dict[str, Any]) -> bool:
    return bool(data.get("error")) or (
        data.get("object") == "error" and "choices" not in data  # vLLM's older form
    )


def message(data: dict[str, Any]) -> str:
    """What an error's body says, on one line."""
    error = data.get("error")
    told = error.get("message") if isinstance(error, dict) else error
    return _first_line(told or data.get("message") or data.get("detail") or data)


def said(text: str) -> str:
    """An error that may be JSON or a plain sentence, on one line."""
    data = parse_object(text)
    return message(data) if data is not None else _first_line(text)


def _first_line(what: object) -> str:
    lines = _text(str(what)[:4000]).strip().splitlines()
    return (lines or ["no reason given"])[0][:300]
