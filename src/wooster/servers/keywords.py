"""The keywords of a schema that have plain values: each checked, and narrowed where it must be.

Numbers stay where floats are exact, patterns mean what JSON Schema says, formats become schemas. It
knows nothing of how schemas nest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from wooster.servers.formats import FORMATS, NUMERIC_FORMATS
from wooster.servers.unsupported import Node, refuse

TYPES = ("null", "boolean", "number", "integer", "string", "array", "object")
LIMIT = 2**53 - 1  # beyond it, integers and floats no longer agree
MOST_ITEMS = 2_000  # llguidance writes out each possible item
MOST_CHARACTERS = 100_000
NUMERIC = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
COUNTS = {
    "minLength": MOST_CHARACTERS,
    "maxLength": MOST_CHARACTERS,
    "minItems": MOST_ITEMS,
    "maxItems": MOST_ITEMS,
    "minProperties": MOST_ITEMS,
    "maxProperties": MOST_ITEMS,
}


def list_of(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise refuse(where, f"must be a list, not {value!r:.60}")
    return value


def types_of(node: Mapping[str, Any]) -> list[str]:
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
    if not list_of(value, where):
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
    for name in list_of(value, where):
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
    if "string" not in types_of(node) or value in NUMERIC_FORMATS:
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


def narrow_numbers(node: Node, out: Node, path: str) -> None:
    """Keep numbers where they are exact, and off the edge that an exclusive bound forbids.

    Digits beyond a float's precision round on to the bound, so a number keeps a small distance.
    """
    numeric = {"number", "integer"} & set(types_of(node))
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
