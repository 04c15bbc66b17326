"""What a caller has stored in one transaction with something else, so that neither is there alone.

Whoever takes something in from elsewhere notes that it was, in the transaction that stores it: a
crash then neither loses it nor takes it in twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

Along = Callable[[sqlite3.Connection, T], None]
"""Runs in the transaction, told what was stored."""


def nothing(_: sqlite3.Connection, __: Any) -> None:
    """Nothing is stored along."""
