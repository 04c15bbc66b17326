"""Going back to a backup: it is tested first, what is there is kept, and what was forgotten since
stays forgotten.

Everything is made ready aside, and takes the present's place in one step. It is done with the
home's lock held, when no daemon serves.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wooster.config.paths import Paths
from wooster.core.clock import Clock
from wooster.core.errors import DatabaseDamaged, NotFound
from wooster.core.text import clean, counted, escaped
from wooster.knowledge import pieces
from wooster.knowledge.forgetting import Forgotten
from wooster.memory.forgetting import buried, choosing, store, sweeping
from wooster.memory.forgetting.buried import Known, Rows
from wooster.memory.forgetting.elsewhere import Elsewhere
from wooster.memory.forgetting.model import Named
from wooster.memory.forgetting.wording import Wording
from wooster.safekeeping.owned import OwnedFiles
from wooster.storage import Database, backup, bundle, copies, migrations, restoring
from wooster.storage.copies import BEFORE_RESTORE, DAMAGED, Copy, Tested
from wooster.storage.restoring import Staged
from wooster.tasks.projects import ACTIVE
from wooster.vectors import sets

_NUMBER = re.compile(r"\d{1,4}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was gone back to, where the present state is kept (None where there was none), how much
    that was forgotten was left out again, and what couldn't be done."""

    copy: Copy
    tested: Tested
    kept: Path | None
    left_out: int = 0
    notes: tuple[str, ...] = ()


class GoingBack:
    """That of one home. `elsewhere` are the rooms in which words may stand besides memory."""

    def __init__(self, paths: Paths, owned: OwnedFiles, clock: Clock, elsewhere: Elsewhere) -> None:
        self._paths = paths
        self._owned = owned
        self._clock = clock
        self._elsewhere = elsewhere

    def choose(self, which: str) -> Copy:
        """The newest backup, the one with that number in `backup list`, of that day, or the file
        that is named. Raises `NotFound`. Blocking."""
        there = copies.listed(self._paths.backups)
        wanted = which.strip()
        if not wanted:
            if newest := copies.newest(self._paths.backups):
                return newest
            raise NotFound("There is no backup yet.", hint="Name the file of one, if you have it.")
        if _NUMBER.fullmatch(wanted) and 0 < int(wanted) <= len(there):
            return there[int(wanted) - 1]
        path = Path(wanted).expanduser()
        if path.is_file():
            made = datetime.fromtimestamp(path.stat().st_mtime, self._clock.now().tzinfo)
            return copies.copy_at(path.absolute()) or Copy(path.absolute(), made, "file")
        if named := next((each for each in there if self._is_meant(each, wanted)), None):
            return named
        raise NotFound(
            f"There is no backup {which!r}.", hint="`wooster backup list` shows those there are."
        )

    def _is_meant(self, copy: Copy, wanted: str) -> bool:
        """By its day here, as `backup list` has it, or the begin of its name, which is in UTC."""
        if _DAY.fullmatch(wanted):
            return copy.made.astimezone(self._clock.zone).date().isoformat() == wanted
        return copy.path.name.startswith(wanted)

    def test(self, copy: Copy) -> Tested:
        """Whether it can be gone back to. Raises `DatabaseDamaged` and `SchemaTooNew`. Blocking."""
        tested = copies.test(copy)
        migrations.pending(copy.path, self._paths.backups)
        return tested

    async def restore(self, copy: Copy, told: Told) -> Restored:
        """Make the home what it was. Raises `StorageError`, `HomeError`: then all is as it is."""
        await asyncio.to_thread(restoring.finish, self._paths.home)  # of one that was broken off
        told(f"testing {copy.path.name}")
        tested = await asyncio.to_thread(self.test, copy)
        told("keeping what there is")
        kept, aside = await asyncio.to_thread(self._keep)
        forgotten, note = await asyncio.to_thread(self._forgotten)
        staged = await asyncio.to_thread(restoring.begin, self._paths.home)
        try:
            notes = await asyncio.to_thread(self._stage, copy, staged, kept)
            told("leaving out what was forgotten since")
            left_out = await self._leave_out(staged, forgotten, told)
            await asyncio.to_thread(copies.sound, staged.database)
        except BaseException:
            await asyncio.to_thread(restoring.drop, staged)
            raise
        told("putting it in place")
        await asyncio.to_thread(restoring.commit, staged, self._paths.database, aside)
        return Restored(copy, tested, kept, left_out, tuple(filter(None, (note, *notes))))

    # --- what there is ------------------------------------------------------------------------

    def _keep(self) -> tuple[Path | None, Path | None]:
        """Where the present state is kept; and where its database is to be put, when it is too
        damaged to be copied."""
        paths, now = self._paths, self._clock.now()
        if not paths.database.exists():
            return self._keep_files(), None
        try:
            made = backup.back_up(
                paths.database, paths.backups, now, BEFORE_RESTORE, self._owned.there
            )
        except DatabaseDamaged:
            aside = copies.new(paths.backups, now, DAMAGED)
            backup.keep_files(aside, self._owned.there(), paths.database)
            return aside.path, aside.path
        return made, None

    def _keep_files(self) -> Path | None:
        """Beside an empty database, where the database is gone; None where there are no files."""
        there, now = self._owned.there(), self._clock.now()
        if not there:
            return None
        made = copies.new(self._paths.backups, now, BEFORE_RESTORE)
        backup.keep_files(made, there, None)
        return made.path

    def _forgotten(self) -> tuple[Rows, str]:
        """What the present knows to be forgotten, and a note where that can't be read."""
        if not self._paths.database.exists():
            return {}, ""
        address = f"{self._paths.database.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True)) as connection:
                return buried.rows(connection), ""
        except sqlite3.Error:
            return {}, (
                "The damaged database can't say what was forgotten since this backup was made: "
                "what you forgot then may be back."
            )

    # --- what is to be ------------------------------------------------------------------------

    def _stage(self, copy: Copy, staged: Staged, kept: Path | None) -> list[str]:
        """Lay out the backup's database and files; returns what is to be said of those that aren't
        put back. What of the present isn't `kept` stays as it is."""
        shutil.copyfile(copy.path, staged.database)
        staged.database.chmod(0o600)
        if not copy.files.exists():
            return []
        skipped, same = [], set[Path]()
        for name, mode, data in bundle.contents(copy.files):
            place = self._owned.place(name)
            if place is None:
                skipped.append(name)
            elif not _is_same(place, data):
                staged.files[place] = (mode, data)
            else:
                same.add(place)
        there = self._owned.there()
        present = copies.copy_at(kept) if kept else None
        safe = set(bundle.read_about(present.files).files) if present else set()
        unsafe = [each for each in there if each.name not in safe and each.path not in same]
        for each in unsafe:
            staged.files.pop(each.path, None)
        put = {*staged.files, *same, *(each.path for each in unsafe)}
        staged.removed = [
            each.path
            for each in there
            if each.path not in put and not self._owned.is_document(each.path)
        ]
        return [_told(skipped, _SKIPPED), _told([each.name for each in unsafe], _UNSAFE)]

    async def _leave_out(self, staged: Staged, forgotten: Rows, told: Told) -> int:
        """Bring the staged database up to date, and take out of all what was forgotten after the
        backup was made; returns how much there was."""
        spare = staged.folder / "spare"
        database = await asyncio.to_thread(Database.open, staged.database, spare)
        try:
            wanted = await database.read(lambda c: buried.lacking(c, forgotten))
            besides = [*self._texts(staged).values(), *map(str, staged.files)]
            known = await database.read(lambda c: buried.found(c, wanted, besides))
            count = await database.write(lambda c: self._remove(c, known, wanted))
            for words, everywhere in known.words:
                if everywhere:
                    await asyncio.to_thread(self._clear_texts, staged, words)
            for each in await database.read(lambda c: _not_to_be_read(c, staged.files)):
                del staged.files[each]
            if count:
                await sweeping.clear_database(database, told)
                await database.write(store.swept)
        finally:
            await database.close()
        await asyncio.to_thread(shutil.rmtree, spare, ignore_errors=True)
        return count

    def _remove(self, connection: sqlite3.Connection, known: Known, wanted: Rows) -> int:
        now, zone = self._clock.now(), self._clock.zone
        for vector_set in sets.all_sets(connection).values():
            # The index in the cache is of another state.
            sets.set_index_token(connection, vector_set, "")
        count = 0
        seqs = [
            int(row[0])
            for each in known.turn_ids
            for row in connection.execute("SELECT seq FROM turns WHERE id = ?", (each,))
        ]
        doomed = choosing.of_turns(connection, seqs, known.facts)
        if not doomed.is_empty:
            store.remove(connection, doomed, now, zone)
            count += len(doomed.turns) + len(doomed.all_facts)
        for words, everywhere in known.words:
            found = choosing.doomed(connection, Named(words=words, everywhere=everywhere))
            # Also where no fact says it any more: the log of actions may.
            store.remove(connection, found, now, zone)
            count += 1 + len(found.turns) + len(found.all_facts)
            if everywhere:
                count += len(self._elsewhere.in_rooms(connection, words))
                self._elsewhere.clear(connection, words)
        buried.put(connection, wanted)
        return count + _drop_documents(connection)

    def _clear_texts(self, staged: Staged, words: Wording) -> None:
        """With the names that there are after the words before: of two projects none may get the
        name of the other."""
        stays = {each.path for each in self._owned.there()}.difference(staged.removed)
        paths = stays.union(staged.files)
        changed = self._elsewhere.changing(words, paths)
        for path, text in self._texts(staged).items():
            new = self._elsewhere.without(path, text, words, changed)
            if new != text and self._owned.is_document(path):
                del staged.files[path]  # it is the person's to change
            elif new is None:
                del staged.files[path]
                staged.removed.append(path)
            elif new != text:
                mode, data = staged.files[path]
                staged.files[path] = (mode, self._elsewhere.encoded(path, new, data))
        if self._elsewhere.names is not None:
            self._rename(staged, self._elsewhere.names.renamed(words.stands_in, paths))

    def _rename(self, staged: Staged, named: Mapping[Path, Path]) -> None:
        for old, new in named.items():
            if old in staged.files:
                staged.files[new] = staged.files.pop(old)
                if os.path.lexists(old) and not self._owned.is_document(old):
                    staged.removed.append(old)
        staged.removed = [each for each in staged.removed if each not in staged.files]

    def _texts(self, staged: Staged) -> dict[Path, str]:
        return {
            path: self._elsewhere.decoded(path, data)
            for path, (_, data) in staged.files.items()
            if path.suffix in (".md", ".txt", *self._elsewhere.forms) or path.name == ACTIVE
        }


def _drop_documents(connection: sqlite3.Connection) -> int:
    """The documents that aren't to be read again leave the library."""
    forgotten = Forgotten(connection)
    files = connection.execute("SELECT id, path FROM library_files").fetchall()
    gone = [int(row[0]) for row in files if forgotten.has(_path(row[1]))]
    for some in pieces.transactions([pieces.dropped(connection, each) for each in gone]):
        pieces.write(connection, some)
    return len(gone)


def _not_to_be_read(connection: sqlite3.Connection, files: Iterable[Path]) -> list[Path]:
    """Of the files, the documents that were forgotten."""
    forgotten = Forgotten(connection)
    return [each for each in files if forgotten.has(os.path.realpath(each))]


def _path(stored: bytes | str) -> str:
    return stored.decode("utf-8", "surrogateescape") if isinstance(stored, bytes) else stored


_SKIPPED = "of the backup without a place here"
_UNSAFE = "too large to be kept, or not to be read, and left as before"


def _told(names: Sequence[str], why: str) -> str:
    if not names:
        return ""
    more = ", …" if len(names) > 1 else ""
    return f"{counted(len(names), 'file')} {why}: {escaped(clean(names[0]))}{more}."


def _is_same(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False
