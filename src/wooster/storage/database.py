"""One SQLite file: a single writer thread, a few reader connections.

A write is a function over a connection; it runs inside `BEGIN IMMEDIATE` and is acknowledged after
its commit has reached the disk (`synchronous = FULL`). The database knows nothing of what is
written.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from wooster.core.errors import StorageError
from wooster.storage import migrations
from wooster.storage.errors import explained

T = TypeVar("T")

_READERS = 3
_BUSY_TIMEOUT_S = 5.0
_LOOK_S = 0.1
# Kept ready by each connection. One takes 30 KB, and Python's own limit is 128.
_STATEMENTS = 48


class Database:
    """The open database of one home. Open it with `Database.open`, close it once."""

    def __init__(self, path: Path, backups: Path) -> None:
        self.path = path
        self.backups = backups
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="wooster-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="wooster-reader")
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._connections_lock = threading.Lock()
        self._closed = False
        self._file: os.stat_result | None = None
        self.commits = 0
        """How many transactions stored something since it was opened; nobody else writes."""

    @classmethod
    def open(cls, path: Path, backups: Path) -> Database:
        """Bring the file up to date and open it. Blocking. Raises `StorageError` and its kin."""
        migrations.bring_up_to_date(path, backups)
        database = cls(path, backups)
        try:
            database._writer.submit(database._connection).result()
            database._file = path.stat()
        except StorageError:
            database._shut_down()
            raise
        return database

    async def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run `change` in one transaction on the writer thread; returns after the commit.

        If `change` raises, nothing of it is stored. A cancelled caller does not cancel the write.
        """
        return await asyncio.shield(self._run(self._writer, lambda: self._write(change)))

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run `query` on a reader thread, over one consistent snapshot."""
        return await self._run(self._readers, lambda: self._read(query))

    async def empty_log(self) -> None:
        """Move what is in the `-wal` file into the database and make that file empty, so that it
        keeps nothing of what was deleted. Waits for searches that still read older states."""
        while True:
            if await self._run(self._writer, self._try_to_empty_log):
                return
            await asyncio.sleep(_LOOK_S)

    async def rewrite(self) -> None:
        """Write every page anew (`VACUUM`); others who want to write wait. `secure_delete` isn't
        enough: where a page was split, what moved away from it stays between its entries."""
        await asyncio.shield(self._run(self._writer, self._vacuum))

    def _vacuum(self) -> None:
        with explained(self.path, self.backups):
            self._connection().execute("VACUUM")

    def _try_to_empty_log(self) -> bool:
        connection = self._connection()
        with explained(self.path, self.backups):
            # Whoever else wants to write isn't kept waiting for somebody who reads.
            connection.execute("PRAGMA busy_timeout = 0")
            try:
                row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_S * 1000:.0f}")
        return not row[0]

    def out_of_place(self) -> str:
        """Why what is stored from now on would be lost: its file was removed, replaced or emptied
        while it is open. "" where all is well. Blocking."""
        try:
            found = self.path.stat()
            is_ours = self._file is not None and os.path.samestat(found, self._file)
            if is_ours and found.st_size:
                return ""
            what = "emptied" if is_ours else "replaced"
        except FileNotFoundError:
            what = "removed"
        except OSError as error:
            return f"{self.path} can't be looked at while it is open: {error.strerror or error}"
        return f"{self.path} was {what} while it was open: what is said now is stored nowhere"

    async def close(self) -> None:
        """Finish the writes that are queued and close the file. Safe to call twice."""
        await asyncio.get_running_loop().run_in_executor(None, self._shut_down)

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._closed:
            raise StorageError("The database is closed.", hint="Wooster is stopping.")
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def _write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection()
        if why := self.out_of_place():
            raise StorageError(f"{why}.", hint="`wooster doctor` tells the way back.")
        with explained(self.path, self.backups):
            before = connection.total_changes
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = change(connection)
                connection.execute("COMMIT")
                self.commits += connection.total_changes != before
            except BaseException:
                # SQLite itself rolls back on some errors (a full disk), so there may be nothing.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        return result

    def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection()
        with explained(self.path, self.backups):
            connection.execute("BEGIN")
            try:
                return query(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection; the writer's may write, the readers' may not."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with explained(self.path, self.backups):
                connection = self._connect()
            self._local.connection = connection
            with self._connections_lock:
                self._connections.append(connection)
        return connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            cached_statements=_STATEMENTS,
            check_same_thread=False,  # closed by the thread that shuts down
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        if threading.current_thread().name.startswith("wooster-reader"):
            connection.execute("PRAGMA query_only = ON")
        return connection

    def _shut_down(self) -> None:
        self._closed = True
        self._writer.shutdown(wait=True)
        with self._connections_lock:
            # A long search must not hold up the exit. The writer, which is the first, has ended: to
            # interrupt it would keep it from moving the -wal file into the database as it closes.
            for connection in self._connections[1:]:
                connection.interrupt()
        self._readers.shutdown(wait=True)
        with self._connections_lock:
            # The writer's goes last: whoever closes last moves the -wal file, and readers may not.
            for connection in reversed(self._connections):
                connection.close()
            self._connections.clear()
