"""What can't be held to a schema, told by keyword and place. It knows nothing of what can."""

from __future__ import annotations

from typing import Any

from wooster.core.errors import UsageError

Node = dict[str, Any]
Schema = Node | bool


class UnsupportedSchema(UsageError):
    """The schema can't be held. The message names the keyword and its place."""

    code = "unsupported_schema"


def refuse(where: str, why: str, hint: str = "") -> UnsupportedSchema:
    return UnsupportedSchema(f"{where}: {why}", hint=hint)
