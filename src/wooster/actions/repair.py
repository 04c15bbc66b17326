"""A model's arguments made right where there is only one way to read them. Pure.

What isn't clear stays as it is: the parameters refuse it, and the model is told why. Nothing is
left out that was given, so that no call is half of what was meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from wooster.core.errors import UsageError

_FENCE: Final = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*", re.DOTALL)
# Around the arguments as a whole, and around a single word.
_WRAPPERS: Final = ("arguments", "parameters", "args", "input", "kwargs")
_NAMES: Final = ("name", "value", "text", "title", "id", "description")
_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False}
_WHOLE: Final = re.compile(r"[+-]?\d{1,15}")
_FRACTION: Final = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")
_SHOWN: Final = 120


def arguments_of(written: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that a model wrote, for parameters with this schema.

    Raises `UsageError` for what is no JSON object, and for names that aren't there.
    """
    properties: Mapping[str, Any] = schema.get("properties", {})
    given = _object(written)
    if len(given) == 1 and (only := next(iter(given))) in _WRAPPERS and only not in properties:
        inner = _parsed(given[only])
        given = inner if isinstance(inner, dict) else given
    found: dict[str, Any] = {}
    for key, value in given.items():
        name = _named(key, properties)
        if name in found:
            raise UsageError(f"{name!r} is given twice.")
        found[name] = _repaired(name, value, properties[name])
    needed = schema.get("required", [])
    return {name: value for name, value in found.items() if value is not None or name in needed}


def _object(written: str) -> dict[str, Any]:
    if not written.strip():
        return {}
    fenced = _FENCE.fullmatch(written)
    told = _parsed(fenced[1] if fenced else written)
    told = _parsed(told)  # a text that holds the object
    if isinstance(told, list) and len(told) == 1:
        told = told[0]
    if told is None:
        return {}
    if not isinstance(told, dict):
        shown = written.strip()[:_SHOWN]
        raise UsageError(f"The arguments are no JSON object, or not a whole one: {shown!r}.")
    return told


def _parsed(value: Any) -> Any:
    """What a text says as JSON; the text itself where it isn't, and anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _named(key: str, properties: Mapping[str, Any]) -> str:
    """The parameter that is meant, however its name is written. Raises `UsageError`."""
    if key in properties:
        return key
    alike = [name for name in properties if _bare(name) == _bare(key)]
    if len(alike) == 1:
        return alike[0]
    there = ", ".join(properties)
    raise UsageError(
        f"There is no argument {key[:_SHOWN]!r}.",
        hint=f"There are: {there}." if there else "It takes none.",
    )


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _repaired(name: str, value: Any, shape: Mapping[str, Any]) -> Any:
    """`value` in the type that the parameter has, where it can only be that."""
    if isinstance(value, dict) and shape.get("type") != "object":
        value = _unwrapped(name, value)
    match shape.get("type"):
        case "integer":
            return _integer(value)
        case "number":
            is_one = isinstance(value, str) and _FRACTION.fullmatch(value.strip())
            return float(value) if is_one else value
        case "boolean":
            return _TRUTH.get(value.strip().lower(), value) if isinstance(value, str) else value
        case "array":
            return _list(value)
        case "string":
            return _string(value, shape)
        case _:
            return _parsed(value)


def _unwrapped(name: str, value: dict[str, Any]) -> Any:
    """`{"name": "Meditate"}` is the word in it."""
    if len(value) != 1:
        return value
    ((key, inner),) = value.items()
    is_word = isinstance(inner, str | int | float) and _bare(key) in (*_NAMES, _bare(name))
    return inner if is_word else value


def _integer(value: Any) -> Any:
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _list(value: Any) -> Any:
    told = _parsed(value)
    if isinstance(told, list):
        return told
    return [value] if isinstance(value, str) and value.strip() else value


def _string(value: Any, shape: Mapping[str, Any]) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    choices = shape.get("enum")
    if choices and isinstance(value, str):
        alike = [each for each in choices if str(each).lower() == value.strip().lower()]
        return alike[0] if len(alike) == 1 else value
    return value
