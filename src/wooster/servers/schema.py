"""From a JSON Schema as people write it to one that llguidance holds to the letter.

What it can't hold is refused by keyword and place; what it would hold loosely is narrowed, so that
whatever comes out is valid for the schema as it was given: numbers stay where floats are exact,
calendar dates exist, and an object that lists its properties gets no invented ones. It knows the
specification (Draft 2020-12); it knows nothing of tokens.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from urllib.parse import unquote

from wooster.core.errors import UsageError
from wooster.servers.formats import FORMATS, NUMERIC_FORMATS

Node = dict[str, Any]
Schema = Node | bool

TYPES = ("null", "boolean", "number", "integer", "string", "array", "object")
LIMIT = 2**53 - 1  # beyond it, integers and floats no longer agree
MOST_ITEMS = 2_000  # llguidance writes out each possible item
MOST_CHARACTERS = 100_000
DEEPEST = 64
ANY_DEEPEST = 8  # how far a value of no particular schema nests
NUMERIC = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
COUNTS = {
    "minLength": MOST_CHARACTERS,
    "maxLength": MOST_CHARACTERS,
    "minItems": MOST_ITEMS,
    "maxItems": MOST_ITEMS,
    "minProperties": MOST_ITEMS,
    "maxProperties": MOST_ITEMS,
}
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


class UnsupportedSchema(UsageError):
    """The schema can't be held. The message names the keyword and its place."""

    code = "unsupported_schema"


def refuse(where: str, why: str, hint: str = "") -> UnsupportedSchema:
    return UnsupportedSchema(f"{where}: {why}", hint=hint)


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
        self._anchors: dict[str, Any] = {}
        if isinstance(root, dict):
            self._find_anchors(root)

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
        _narrow_numbers(node, out, path)
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
            parts = _list(value, where)
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
        branches = _list(value, where)
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
        types = _types(out)
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

    # --- references --------------------------------------------------------------------------

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

    def _reference(self, value: Any, where: str, alone: bool) -> str:
        target, pointer = self._resolve(value, where)
        self._refuse_circle(value, where)
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

    def _resolve(self, value: Any, where: str) -> tuple[Any, str]:
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

    def _refuse_circle(self, reference: str, where: str) -> None:
        """A reference that comes back to itself without an object or array between says nothing."""
        start = self._resolve(reference, where)[1]
        stack, seen = [start], set()
        while stack:
            pointer = stack.pop()
            if pointer in seen:
                continue
            seen.add(pointer)
            for beyond in _applied_in_place(self._resolve("#" + pointer.lstrip("#"), where)[0]):
                target = self._resolve(beyond, where)[1]
                if target == start:
                    raise refuse(where, f"{reference!r} refers to itself in a circle")
                stack.append(target)


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


def _constraining(node: Node) -> int:
    """How many keywords of `node` say something about the value."""
    known = {*IN_PLACE, *VALUES, "items", "additionalProperties", "prefixItems"}
    return sum(key in known or key in ("properties", "patternProperties") for key in node)


# --- keywords with plain values ------------------------------------------------------------------


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise refuse(where, f"must be a list, not {value!r:.60}")
    return value


def _types(node: Mapping[str, Any]) -> list[str]:
    told = node.get("type", TYPES)
    return [told] if isinstance(told, str) else list(told)


def _type(value: Any, where: str, node: Node, out: Node) -> None:
    names = value if isinstance(value, list) and value else [value]
    for name in names:
        if name not in TYPES:
            raise refuse(where, f"{name!r:.60} isn't a type of JSON")
    out["type"] = value


def _literal(value: Any, where: str) -> Any:
    """A constant, if each of its numbers is exact."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, float) and not math.isfinite(each):
            raise refuse(where, f"{each!r} isn't a number of JSON")
        if isinstance(each, int | float) and not isinstance(each, bool) and abs(each) > LIMIT:
            raise refuse(where, f"{each!r} is beyond ±(2⁵³-1), where numbers are exact")
        if isinstance(each, dict):
            stack.extend(each.values())
        elif isinstance(each, list):
            stack.extend(each)
    return value


def _const(value: Any, where: str, node: Node, out: Node) -> None:
    out["const"] = _literal(value, where)


def _enum(value: Any, where: str, node: Node, out: Node) -> None:
    if not _list(value, where):
        raise refuse(where, "must have at least one value")
    out["enum"] = [_literal(each, where) for each in value]


def _bound(value: Any, where: str, node: Node, out: Node) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(where, f"must be a number, not {value!r:.60}")
    out[where.rpartition(".")[2]] = _literal(value, where)


def _multiple(value: Any, where: str, node: Node, out: Node) -> None:
    _bound(value, where, node, out)
    if value <= 0:
        raise refuse(where, f"must be more than 0, not {value!r}")
    if Fraction(str(value)) != Fraction(value):
        hint = "Use an integer of the smaller unit: cents instead of 0.01."
        raise refuse(where, f"floats hold no exact multiples of {value!r}", hint)


def _count(value: Any, where: str, node: Node, out: Node) -> None:
    key = where.rpartition(".")[2]
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise refuse(where, f"must be a whole number, not {value!r:.60}")
    if value < 0:
        raise refuse(where, f"must not be negative: {value!r}")
    if value > COUNTS[key]:
        raise refuse(where, f"{value!r} is more than the {COUNTS[key]} that are supported")
    required = node.get("required")
    if key == "minProperties" and value > 1:
        # The same key may be written twice, and counts once.
        if not isinstance(required, list) or len(required) < value:
            hint = "Name the properties in `required`."
            raise refuse(where, f"a least number of {value} properties isn't supported", hint)
        return
    out[key] = int(value)


def _required(value: Any, where: str, node: Node, out: Node) -> None:
    for name in _list(value, where):
        if not isinstance(name, str):
            raise refuse(where, f"must be names, not {name!r:.60}")
    out["required"] = value


_OPENING = re.compile(r"\[\^?\]?")  # a `]` that comes first in a class is one of its characters
_PIECE = re.compile(r"\\.|&&|--|~~|.", re.DOTALL)


def pattern(value: Any, where: str) -> str:
    """A regular expression in which `[`, `&&`, `--` and `~~` inside a class mean themselves.

    Rust's syntax, which llguidance reads, gives them a meaning that JSON Schema's doesn't have.
    """
    if not isinstance(value, str):
        raise refuse(where, f"must be a string, not {value!r:.60}")
    out, inside, at = [], False, 0
    while at < len(value):
        found = None if inside else _OPENING.match(value, at)
        found = found or _PIECE.match(value, at)
        if found is None:  # a lone backslash at the end
            raise refuse(where, f"{value!r:.60} isn't a regular expression")
        part, at = found[0], found.end()
        if not inside:
            inside = part.startswith("[")
        elif part == "]":
            inside = False
        elif part == "[" or part in ("&&", "--", "~~"):
            part = "".join(f"\\{each}" for each in part)
        out.append(part)
    return "".join(out)


def _pattern(value: Any, where: str, node: Node, out: Node) -> None:
    out["pattern"] = pattern(value, where)


def _format(value: Any, where: str, node: Node, out: Node) -> None:
    if not isinstance(value, str):
        raise refuse(where, f"must be a string, not {value!r:.60}")
    if "string" not in _types(node) or value in NUMERIC_FORMATS:
        return  # an annotation: formats are about strings
    if value not in FORMATS:
        hint = f"Supported are {', '.join(sorted(FORMATS))}; or use `pattern`."
        raise refuse(where, f"the format {value!r} isn't supported", hint)
    out.setdefault("allOf", []).append(FORMATS[value])


VALUES: dict[str, Callable[[Any, str, Node, Node], None]] = {
    "type": _type,
    "const": _const,
    "enum": _enum,
    "multipleOf": _multiple,
    "required": _required,
    "pattern": _pattern,
    "format": _format,
    **dict.fromkeys(NUMERIC, _bound),
    **dict.fromkeys(COUNTS, _count),
}


def _narrow_numbers(node: Node, out: Node, path: str) -> None:
    """Keep numbers where they are exact, and off the edge that an exclusive bound forbids.

    Digits beyond a float's precision round on to the bound, so a number keeps a small distance.
    """
    numeric = {"number", "integer"} & set(_types(node))
    about_numbers = "type" in out or NUMERIC & out.keys() or "multipleOf" in out
    if not numeric or not about_numbers or "enum" in out or "const" in out:
        return
    if "number" in numeric:
        for exclusive, bound, sign in (
            ("exclusiveMinimum", "minimum", 1),
            ("exclusiveMaximum", "maximum", -1),
        ):
            if exclusive in out:
                edge = out.pop(exclusive)
                inner = edge + sign * max(abs(edge) * 1e-12, 1e-9)
                both = (inner, out.get(bound, inner))
                out[bound] = max(both) if sign > 0 else min(both)
        if out.get("minimum", -LIMIT) > out.get("maximum", LIMIT):
            raise refuse(f"{path}.exclusiveMinimum", "leaves no number that floats can tell apart")
    if "exclusiveMinimum" not in out:
        out.setdefault("minimum", -LIMIT)
    if "exclusiveMaximum" not in out:
        out.setdefault("maximum", LIMIT)


def text_of(schema: Any) -> str:
    """The schema as JSON, in its own order, which is the order of its properties."""
    return json.dumps(schema, ensure_ascii=False)
