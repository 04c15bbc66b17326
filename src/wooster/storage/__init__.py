"""The SQLite file: opening it, changing its schema, writing with one thread, checking it.

It refuses to know what the tables mean: each capability keeps its own SQL in its `store.py` and
hands functions to `Database.write` and `Database.read`.
"""

from wooster.storage.database import Database

__all__ = ["Database"]
