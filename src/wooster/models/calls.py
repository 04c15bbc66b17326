"""Calls of tools, put together from the pieces in which servers stream them.

Each server splits a call where it likes: some send it whole, some leave out the number or the id,
some repeat the name in every piece, some number every call 0. It knows no tools, and leaves what a
model wrote as it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from wooster.models.model import ToolCall


@dataclass(slots=True)
class _Begun:
    """A call of which more may come."""

    index: int | None
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class Calls:
    """The calls of one answer, in their order."""

    def __init__(self) -> None:
        self._begun: list[_Begun] = []

    def __bool__(self) -> bool:
        return bool(self._begun)

    def feed(self, part: dict[str, Any]) -> None:
        """Take what a delta, or a whole message, has of calls."""
        told = part.get("tool_calls")
        for piece in told if isinstance(told, list) else []:
            if isinstance(piece, dict):
                self._take(piece, piece.get("function"))
        if isinstance(part.get("function_call"), dict):  # the older form, of one call
            self._take({"index": 0}, part["function_call"])

    def all(self) -> tuple[ToolCall, ...]:
        """The calls, each with an id of its own."""
        found: list[ToolCall] = []
        for call in self._begun:
            arguments = "".join(call.arguments)
            if not (call.name or arguments.strip()):
                continue
            taken = {each.id for each in found}
            identity = call.id if call.id and call.id not in taken else f"call_{len(found)}"
            found.append(ToolCall(identity, call.name, arguments))
        return tuple(found)

    def _take(self, piece: dict[str, Any], function: object) -> None:
        told = function if isinstance(function, dict) else {}
        name, identity = _text(told.get("name")), _text(piece.get("id"))
        index = piece.get("index")
        call = self._whose(index if type(index) is int else None, identity, name)
        call.id = call.id or identity
        if name != call.name:  # else it is repeated with every piece
            call.name += name
        arguments = told.get("arguments")
        if isinstance(arguments, dict | list):  # no text, but the thing itself
            arguments = json.dumps(arguments, ensure_ascii=False)
        call.arguments.append(_text(arguments))

    def _whose(self, index: int | None, identity: str, name: str) -> _Begun:
        """The call that a piece belongs to; a new one where it belongs to none."""
        for call in reversed(self._begun):
            is_other = bool(name and identity and call.id and identity != call.id)
            if index is not None and call.index == index and not is_other:
                return call
            if index is None and identity and call.id == identity:
                return call
        if index is None and self._begun and not identity and not name:
            return self._begun[-1]
        self._begun.append(_Begun(index))
        return self._begun[-1]


def _text(value: object) -> str:
    # JSON can spell half of a character, which no file and no terminal can hold.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
