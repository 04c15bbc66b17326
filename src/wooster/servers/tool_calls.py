"""Finds tool calls in an answer's text that arrives in pieces, and tells them as they come.

It knows the marks around a call and, for models that write calls as JSON, where the arguments
begin and end, so that they can be told piece by piece. How any other form is read it is handed.
It knows no tokens, templates or HTTP. Whatever the pieces, what is told is the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from wooster.core.thinking import overlap

_HEADER = re.compile(r'\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"arguments"\s*:\s*(?=\{)')
_HEADER_CHARS = 1024  # a name has at most 128


@dataclass(frozen=True, slots=True)
class Call:
    """A whole call; `arguments` is JSON text, `id` the model's own where its form has one."""

    name: str
    arguments: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class CallForm:
    """How a model writes a call: the marks around it (`end` is "" where a call goes on to the end
    of the answer), and what reads the text between them, raising `ValueError`."""

    start: str
    end: str
    read: Callable[[str], list[Call]]
    is_json: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Text that belongs to no call."""

    text: str


@dataclass(frozen=True, slots=True)
class CallBegan:
    index: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class CallArguments:
    """The next piece of a call's arguments, which are JSON text."""

    index: int
    text: str


Told = Said | CallBegan | CallArguments


class CallReader:
    """Text in, words and calls out. A call that can't be read, or of a tool that wasn't offered, is
    told as the words that it is."""

    def __init__(
        self, form: CallForm, names: frozenset[str], identity: str, *, at_most: int | None = None
    ) -> None:
        self._form = form
        self._names = names
        self._identity = identity
        self._at_most = at_most
        self._held = ""
        self._state: Literal["words", "call", "arguments", "tail"] = "words"
        self._object = _ObjectEnd()
        self._begun = 0
        self._after_call = False  # where white space is nobody's

    @property
    def calls(self) -> int:
        """How many calls were told."""
        return self._begun if self._at_most is None else min(self._begun, self._at_most)

    @property
    def is_calling(self) -> bool:
        return self._state != "words"

    @property
    def is_arguing(self) -> bool:
        """Whether a call's arguments have begun and not ended."""
        return self._state == "arguments"

    def feed(self, text: str) -> list[Told]:
        """What is certain now."""
        self._held += text
        return [told for told in self._steps() if self._counts(told)]

    def finish(self) -> list[Told]:
        """What was held back. A call that the end has cut off is told if it can be read."""
        held, self._held = self._held, ""
        told: list[Told] = []
        if self._state == "call":
            told = self._whole(held, end="")
        elif self._state == "words":
            told = [Said(held.rstrip() if self._begun else held)]
        return [each for each in told if self._counts(each)]

    def _counts(self, told: Told) -> bool:
        if isinstance(told, Said | CallArguments) and not told.text:
            return False
        if isinstance(told, Said) or self._at_most is None:
            return True
        return told.index < self._at_most

    def _steps(self) -> Iterator[Told]:
        """Go on until the text at hand says no more."""
        before: tuple[str, str] | None = None
        while before != (self._state, self._held):
            before = (self._state, self._held)
            match self._state:
                case "words":
                    yield self._words()
                case "call":
                    yield from self._call()
                case "arguments":
                    yield self._arguments()
                case "tail":
                    self._tail()

    def _words(self) -> Said:
        if self._after_call:
            self._held = self._held.lstrip()
            self._after_call = not self._held
        before, mark, after = self._held.partition(self._form.start)
        if mark:
            self._state, self._held = "call", after
            return Said(before.rstrip())
        certain = len(self._held) - overlap(self._held, self._form.start)
        text = self._held[:certain].rstrip()
        self._held = self._held[len(text) :]
        return Said(text)

    def _call(self) -> Iterator[Told]:
        if self._form.is_json and (header := _HEADER.match(self._held[:_HEADER_CHARS])):
            name = json.loads(header[1])
            if name in self._names:
                self._state, self._held = "arguments", self._held[header.end() :]
                self._object = _ObjectEnd()
                yield self._begin(name, "")
                return
        if self._form.end and self._form.end in self._held:
            text, _, after = self._held.partition(self._form.end)
            self._state, self._held, self._after_call = "words", after, True
            yield from self._whole(text, self._form.end)

    def _arguments(self) -> CallArguments:
        end = self._object.find(self._held)
        text = self._held if end is None else self._held[:end]
        self._held = self._held[len(text) :]
        if end is not None:
            self._state = "tail"
        return CallArguments(self._begun - 1, text)

    def _tail(self) -> None:
        """Nothing but the closing brace and the end mark is left of a call."""
        _, mark, after = self._held.partition(self._form.end)
        if mark:
            self._state, self._held, self._after_call = "words", after, True

    def _whole(self, text: str, end: str) -> list[Told]:
        try:
            calls = self._form.read(text)
        except ValueError:
            calls = []
        if not calls or any(call.name not in self._names for call in calls):
            return [Said(f"{self._form.start}{text}{end}")]
        told: list[Told] = []
        for call in calls:
            told.append(self._begin(call.name, call.id))
            told.append(CallArguments(self._begun - 1, call.arguments))
        return told

    def _begin(self, name: str, identity: str) -> CallBegan:
        began = CallBegan(self._begun, identity or f"call_{self._identity}{self._begun}", name)
        self._begun += 1
        return began


class _ObjectEnd:
    """Finds the end of one JSON object in text that arrives in pieces."""

    _interesting = re.compile(r'["\\{}\[\]]')

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def find(self, text: str) -> int | None:
        """Where in `text` the object has ended, if it has."""
        at = 0
        while at < len(text):
            if self._escaped:
                self._escaped = False
                at += 1
                continue
            found = self._interesting.search(text, at)
            if found is None:
                return None
            at = found.end()
            if self._take(found[0]):
                return at
        return None

    def _take(self, sign: str) -> bool:
        if self._in_string:
            self._escaped = sign == "\\"
            self._in_string = sign != '"'
        elif sign == '"':
            self._in_string = True
        elif sign in "{[":
            self._depth += 1
        elif sign in "}]":
            self._depth -= 1
        return self._depth == 0 and not self._in_string


def read_json(text: str) -> list[Call]:
    """A call as Hermes and Qwen write it, its keys in any order. Raises `ValueError`."""
    try:
        told = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return [as_call(told)]


def as_call(told: Any) -> Call:
    """What a parser made of a call. Raises `ValueError` for what isn't one."""
    if not isinstance(told, dict) or not isinstance(told.get("name"), str):
        raise ValueError(f"no tool call: {told!r}")
    arguments = told.get("arguments", {})
    if isinstance(arguments, str):  # some models write the object as a text
        arguments = json.loads(arguments)
    if not isinstance(arguments, dict):
        raise ValueError(f"the arguments are no object: {arguments!r}")
    identity = told.get("id")
    return Call(
        told["name"],
        json.dumps(arguments, ensure_ascii=False),
        identity if isinstance(identity, str) else "",
    )
