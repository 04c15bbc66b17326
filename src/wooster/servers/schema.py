"""From a JSON Schema as people write it to one that llguidance holds to the letter.

What it can't hold is refused by keyword and place; what it would hold loosely is narrowed, so that
whatever comes out is valid for the schema as it was given: numbers stay where floats are exact,
calendar dates exist, and an object that lists its properties gets no invented ones. It knows the
specification (Draft 2020-12); it knows nothing of tokens.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from wooster.servers.keywords import LIMIT, VALUES, list_of, narrow_numbers, pattern, types_of
from wooster.servers.references import References
from wooster.servers.unsupported import Node, Schema, refuse

DEEPEST = 64
ANY_DEEPEST = 8  # how far a value of no particular schema nests
IN_PLACE = ("$ref", "allOf", "anyOf", "oneOf")
# Keywords that limit what is valid and that no grammar here can hold.
REFUSED = {
    "not": "",
    "if": "",
    "then": "",
    "else": "",
    "contains": "",
    "minContains": "",
    "maxContains": "",
    "uniqueItems": "",
    "propertyNames": "Use `patternProperties` with `additionalProperties: false`.",
    "dependentSchemas": "",
    "dependentRequired": "",
    "dependencies": "",
    "unevaluatedItems": "Use `items: false`.",
    "unevaluatedProperties": "Use `additionalProperties: false`.",
    "additionalItems": "Use `prefixItems` and `items`.",
    "$dynamicRef": "Use `$ref`.",
    "$recursiveRef": "Use `$ref`.",
    "$vocabulary": "",
}


@dataclass(slots=True)
class Definitions:
    """The parts that schemas refer to, each under a name of its own, and what is to be checked."""

    named: dict[str, Schema] = field(default_factory=dict)
    places: list[tuple[str, Schema]] = field(default_factory=list)
    disjoint: list[tuple[str, Node]] = field(default_factory=list)

    def anything(self, depth: int = ANY_DEEPEST) -> Node:
        """A reference to any JSON value, of a depth that every parser reads."""
        name = f"any{depth}"
        if name not in self.named:
            number = {"type": "number", "minimum": -LIMIT, "maximum": LIMIT}
            options: list[Schema] = [{"type": ["null", "boolean", "string"]}, number]
            if depth:
                inner = self.anything(depth - 1)
                options += [
                    {"type": "array", "items": inner},
                    {"type": "object", "additionalProperties": inner},
                ]
            self.named[name] = {"anyOf": options}
        return {"$ref": f"#/$defs/{name}"}


class Document:
    """One schema that was given, while it is rewritten."""

    def __init__(self, root: Any, definitions: Definitions, path: str = "$") -> None:
        self._root = root
        self._path = path
        self._definitions = definitions
        self._names: dict[tuple[str, bool], str] = {}
        self._pending: list[tuple[str, Any, str, bool]] = []
        self._references = References(root)

    def rewritten(self) -> Schema:
        """The schema to compile; what it refers to is in `definitions`."""
        whole = self._rewrite(self._root, self._path, whole=True)
        while self._pending:
            name, node, path, alone = self._pending.pop()
            self._definitions.named[name] = self._rewrite(node, path, whole=alone)
        return whole

    # `whole`: nothing else applies to the same value, so that it may be narrowed on its own.
    def _rewrite(self, node: Any, path: str, *, whole: bool) -> Schema:
        if path.count(".") + path.count("[") > DEEPEST * 2:
            raise refuse(path[:60] + "…", f"is nested deeper than {DEEPEST} levels")
        if not isinstance(node, dict | bool):
            raise refuse(path, f"a schema is an object or a boolean, not {node!r:.60}")
        if isinstance(node, bool):
            return self._definitions.anything() if whole and node else node
        alone = whole and _constraining(node) <= 1
        out: Node = {}
        for key, value in node.items():
            self._keyword(key, value, f"{path}.{key}", node, out, alone)
        narrow_numbers(node, out, path)
        if whole and not any(key in node for key in IN_PLACE):
            if not out:
                return self._definitions.anything()
            self._close(out)
        self._definitions.places.append((path, out))
        return out

    def _keyword(
        self, key: str, value: Any, where: str, node: Node, out: Node, alone: bool
    ) -> None:
        if key in REFUSED:
            if key == "uniqueItems" and value is False:
                return
            raise refuse(where, f"`{key}` isn't supported", REFUSED[key])
        if key in ("$id", "id") and node is not self._root and key == "$id":
            raise refuse(where, "`$id` is supported at the top only")
        if key in IN_PLACE:
            self._in_place(key, value, where, out, alone)
        elif key in ("items", "additionalProperties"):
            if isinstance(value, list):
                raise refuse(where, "a list isn't supported", "Use `prefixItems`.")
            out[key] = self._rewrite(value, where, whole=True)
        elif key == "prefixItems":
            parts = list_of(value, where)
            out[key] = [
                self._rewrite(part, f"{where}[{at}]", whole=True) for at, part in enumerate(parts)
            ]
        elif key in ("properties", "patternProperties"):
            if not isinstance(value, dict):
                raise refuse(where, f"must be an object, not {value!r:.60}")
            out[key] = {
                pattern(name, where) if key == "patternProperties" else name: self._rewrite(
                    part, f"{where}.{name}", whole=True
                )
                for name, part in value.items()
            }
        elif key in VALUES:
            VALUES[key](value, where, node, out)

    def _in_place(self, key: str, value: Any, where: str, out: Node, alone: bool) -> None:
        if key == "$ref":
            out[key] = self._reference(value, where, alone)
            return
        branches = list_of(value, where)
        if not branches:
            raise refuse(where, "must have at least one schema")

        def rewritten(whole: bool) -> list[Schema]:
            return [
                self._rewrite(branch, f"{where}[{at}]", whole=whole)
                for at, branch in enumerate(branches)
            ]

        if key == "oneOf" and alone:
            # Narrowed branches may seem to exclude each other where the given ones don't.
            self._definitions.disjoint.append((where, {"oneOf": rewritten(False)}))
            out["anyOf"] = rewritten(True)
        elif key == "allOf":
            out.setdefault("allOf", []).extend(rewritten(alone and len(branches) == 1))
        else:
            out[key] = rewritten(alone)

    def _close(self, out: Node) -> None:
        """What the schema leaves open and a small model would fill with inventions."""
        types = types_of(out)
        literal = "enum" in out or "const" in out
        if "object" in types and "type" in out and not literal:
            listed = "properties" in out or "patternProperties" in out
            out.setdefault(
                "additionalProperties", False if listed else self._definitions.anything()
            )
            if listed and (set(out.get("required", ())) - set(out.get("properties", {}))):
                out["additionalProperties"] = out["additionalProperties"] or (
                    self._definitions.anything()
                )
        if "array" in types and "type" in out and not literal and "items" not in out:
            out["items"] = self._definitions.anything()

    def _reference(self, value: Any, where: str, alone: bool) -> str:
        target, pointer = self._references.resolve(value, where)
        self._references.refuse_circle(value, where)
        key = (pointer, alone)
        if key not in self._names:
            name = f"d{len(self._definitions.named)}"
            self._names[key] = name
            self._definitions.named[name] = True  # until it is its turn
            place = self._path + "".join(
                f".{part}" for part in pointer.split("/") if part and part != "#"
            )
            self._pending.append((name, target, place, alone))
        return f"#/$defs/{self._names[key]}"


def _constraining(node: Node) -> int:
    """How many keywords of `node` say something about the value."""
    known = {*IN_PLACE, *VALUES, "items", "additionalProperties", "prefixItems"}
    return sum(key in known or key in ("properties", "patternProperties") for key in node)


def text_of(schema: Any) -> str:
    """The schema as JSON, in its own order, which is the order of its properties."""
    return json.dumps(schema, ensure_ascii=False)
