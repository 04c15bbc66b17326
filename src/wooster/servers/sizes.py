"""How short an answer to a schema can be: what one choice may commit the rest of it to.

An estimate in tokens, from above, of rewritten schemas. How text is cut into tokens it is told; it
knows no grammar.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_LONGEST_FORMAT = 40
_LONGEST_PATTERN = 4_000
_REPEATS = re.compile(r"\{(\d+)")


class Sizes:
    """The least size of values; infinite where a value would have to contain itself."""

    def __init__(self, definitions: Mapping[str, Any], count: Callable[[str], int]) -> None:
        self._count = count
        self._least = dict.fromkeys(definitions, math.inf)
        for _ in range(len(definitions) + 1):
            before = dict(self._least)
            for name, node in definitions.items():
                self._least[name] = self.least(node)
            if before == self._least:
                break

    def largest(self, nodes: Iterable[Any]) -> int:
        """The largest of the finite least sizes."""
        sizes = [self.least(node) for node in nodes]
        return int(max((size for size in sizes if math.isfinite(size)), default=1))

    def least(self, node: Any) -> float:
        if isinstance(node, bool):
            return 1 if node else math.inf
        if "const" in node:
            return self._literal(node["const"])
        if "enum" in node:
            return max(self._literal(each) for each in node["enum"])
        total = 0.0
        if "$ref" in node:
            total += self._least[node["$ref"].removeprefix("#/$defs/")]
        for key in ("anyOf", "oneOf"):
            if key in node:
                total += min(self.least(branch) for branch in node[key])
        total += sum(self.least(branch) for branch in node.get("allOf", ()))
        applied = {"$ref", "anyOf", "oneOf", "allOf"} & node.keys()
        if "type" in node or not applied:
            total += min(self._of_type(kind, node) for kind in _kinds(node))
        elif not node.keys() <= {"$ref", "anyOf", "oneOf", "allOf"}:
            total += self._structure(node)
        return total

    def _literal(self, value: Any) -> int:
        return 1 + self._count(json.dumps(value, ensure_ascii=False))

    def _of_type(self, kind: str, node: Mapping[str, Any]) -> float:
        if kind == "object":
            return self._object(node)
        if kind == "array":
            return self._array(node)
        if kind == "string":
            told = len(node.get("pattern", "")) and _pattern(node["pattern"])
            form = _LONGEST_FORMAT * ("format" in node)
            return float(2 + max(node.get("minLength", 0), told) + form)
        return 2 if kind in ("null", "boolean") else self._number(node)

    def _number(self, node: Mapping[str, Any]) -> int:
        """Zero if it may be; else about as many digits as the bound that is next to it has."""
        least, most = node.get("minimum", 0), node.get("maximum", 0)
        if least <= 0 <= most:
            return 2
        step = len(repr(node["multipleOf"])) if "multipleOf" in node else 0
        return 3 + step + min(len(repr(least)), len(repr(most)), 20)

    def _structure(self, node: Mapping[str, Any]) -> float:
        return self._object(node) + self._array(node) + self._of_type("string", node)

    def _object(self, node: Mapping[str, Any]) -> float:
        properties = node.get("properties", {})
        rest = node.get("additionalProperties", True)
        size = 2.0
        for name in node.get("required", ()):
            size += 1 + self._literal(name) + 2 + self.least(properties.get(name, rest))
        if node.get("minProperties") and not node.get("required"):
            each = [*properties.values(), *node.get("patternProperties", {}).values(), rest]
            size += 8 + min(self.least(part) for part in each)
        return size

    def _array(self, node: Mapping[str, Any]) -> float:
        first = node.get("prefixItems", [])[: node.get("minItems", 0)]
        size = 2 + sum(self.least(part) + 2 for part in first)
        more = node.get("minItems", 0) - len(first)
        return size + (more * (self.least(node.get("items", True)) + 2) if more > 0 else 0)


def _kinds(node: Mapping[str, Any]) -> list[str]:
    told = node.get("type", "number")
    return [told] if isinstance(told, str) else list(told)


def _pattern(pattern: str) -> int:
    """Generous: the text of the pattern, and its repetitions, multiplied where they may nest."""
    repeats = [max(1, int(each)) for each in _REPEATS.findall(pattern)[:16]]
    times = math.prod(repeats) if "){" in pattern else sum(repeats)
    return min(_LONGEST_PATTERN, len(pattern) // 4 + 2 * times)
