"""Values as JSON that says what they are: instants and dates as ISO has them, amounts in words.
Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from wooster.core.units import Amount

JSON = Mapping[str, Any]


def told(value: Any, zone: tzinfo | None, without: Collection[str] = ()) -> Any:
    """A dataclass as a mapping of its fields, `without` some; and what is in it."""
    if isinstance(value, Amount):
        return str(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(zone)).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if is_dataclass(value):
        names = (each.name for each in fields(value) if each.name not in without)
        return {name: told(getattr(value, name), zone, without) for name in names}
    if isinstance(value, Mapping):
        return {str(key): told(each, zone, without) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [told(each, zone, without) for each in value]
    return value


def listing(items: Iterable[Any]) -> Iterator[str]:
    """A JSON list, an item at a time: there may be years of conversations."""
    between = "[\n"
    for each in items:
        yield between + json.dumps(each, ensure_ascii=False, indent=1)
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"
