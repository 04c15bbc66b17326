"""What is left of areas and suggestions when a habit or a goal was removed for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

_MEMBERS = (("habit", "habits"), ("goal", "goals"))


def saying(_: sqlite3.Connection, __: Callable[[str], bool]) -> list[str]:
    """Nothing of its own: areas have the names that the settings give them."""
    return []


def clear(connection: sqlite3.Connection, _: Callable[[str], bool]) -> None:
    """Called last, when the others are cleared."""
    for kind, table in _MEMBERS:
        connection.execute(
            f"DELETE FROM area_members WHERE kind = ? AND number NOT IN (SELECT id FROM {table})",
            (kind,),
        )
