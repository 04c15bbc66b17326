"""What a JSON schema allows, as examples: for the schemas that pydantic writes of our own types.

hypothesis-jsonschema knows more schemas, and no object with optional properties in the version of
Hypothesis that we have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

# Words that mean something to one action or another, among whatever a text may be.
_WORDS = st.sampled_from(
    [
        "",
        " ",
        "1",
        "-1",
        "0",
        "tomorrow",
        "every day",
        "all",
        "'",
        '"',
        "%",
        "\\",
        "\n",
        "🙂",
        "[x",
        "\ud800",
    ]
)
_TEXT = st.one_of(_WORDS, st.text(max_size=40))
_WHOLE = st.one_of(st.integers(-2, 12), st.integers(-(2**70), 2**70))
_ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), _TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXT, inner, max_size=3)),
    max_leaves=6,
)


def allowed(
    schema: Mapping[str, Any], definitions: Mapping[str, Any] | None = None
) -> st.SearchStrategy[Any]:
    """Values of `schema`; lengths and patterns are now and then not kept to, as by a model."""
    known = definitions if definitions is not None else schema.get("$defs", {})
    if "$ref" in schema:
        return allowed(known[schema["$ref"].rpartition("/")[2]], known)
    if "anyOf" in schema:
        return st.one_of([allowed(each, known) for each in schema["anyOf"]])
    if "const" in schema or "enum" in schema:
        return st.sampled_from([schema["const"]] if "const" in schema else list(schema["enum"]))
    match schema.get("type"):
        case "object" if "properties" in schema:
            return _object(schema, known)
        case "object":
            return st.dictionaries(_TEXT, _ANYTHING, max_size=3)
        case "array" if "prefixItems" in schema:
            return st.tuples(*(allowed(each, known) for each in schema["prefixItems"])).map(list)
        case "array":
            return st.lists(allowed(schema.get("items", {}), known), max_size=3)
        case "string":
            return _TEXT
        case "integer":
            return _WHOLE
        case "number":
            return st.one_of(_WHOLE, st.floats(allow_nan=False, allow_infinity=False))
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            return _ANYTHING


def _object(schema: Mapping[str, Any], known: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    shapes = {name: allowed(each, known) for name, each in schema["properties"].items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: shape for name, shape in shapes.items() if name in required},
        optional={name: shape for name, shape in shapes.items() if name not in required},
    )
