"""What a `$ref` stands for within its own document: pointers, anchors, circles.

It knows where schemas may stand in place of each other; it rewrites none.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from wooster.servers.unsupported import refuse


class References:
    """Those within one document."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._anchors: dict[str, Any] = {}
        if isinstance(root, dict):
            self._find_anchors(root)

    def resolve(self, value: Any, where: str) -> tuple[Any, str]:
        """What `value` refers to, and the pointer that says so."""
        if not isinstance(value, str):
            raise refuse(where, f"must be a string, not {value!r:.60}")
        base = self._root.get("$id", "") if isinstance(self._root, dict) else ""
        reference = value.removeprefix(base) if isinstance(base, str) and base else value
        if reference not in ("", "#") and not reference.startswith("#"):
            raise refuse(where, f"{value!r} is outside of this schema", "Put it under `$defs`.")
        pointer = unquote(reference.removeprefix("#"))
        if pointer and not pointer.startswith("/"):
            if pointer not in self._anchors:
                raise refuse(where, f"{value!r} doesn't exist")
            return self._anchors[pointer], "#" + pointer
        found = self._root
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, dict) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            else:
                raise refuse(where, f"{value!r} doesn't exist")
        return found, pointer

    def refuse_circle(self, reference: str, where: str) -> None:
        """A reference that comes back to itself without an object or array between says nothing."""
        start = self.resolve(reference, where)[1]
        stack, seen = [start], set()
        while stack:
            pointer = stack.pop()
            if pointer in seen:
                continue
            seen.add(pointer)
            for beyond in _applied_in_place(self.resolve("#" + pointer.lstrip("#"), where)[0]):
                target = self.resolve(beyond, where)[1]
                if target == start:
                    raise refuse(where, f"{reference!r} refers to itself in a circle")
                stack.append(target)

    def _find_anchors(self, node: Any) -> None:
        stack = [node]
        while stack:
            each = stack.pop()
            if isinstance(each, dict):
                if isinstance(anchor := each.get("$anchor"), str):
                    self._anchors[anchor] = each
                stack.extend(each.values())
            elif isinstance(each, list):
                stack.extend(each)


def _applied_in_place(node: Any) -> list[str]:
    """The references that apply to the same value as `node`."""
    found, stack = [], [node]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            if isinstance(each.get("$ref"), str):
                found.append(each["$ref"])
            for key in ("allOf", "anyOf", "oneOf"):
                if isinstance(each.get(key), list):
                    stack.extend(each[key])
    return found
