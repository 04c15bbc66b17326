"""A whole home to forget in: a database, a search that runs, conversations, facts, a distiller, the
prompt's history, logs and copies; and the search for what is left of something, byte by byte."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.embedder import WordEmbedder
from tests.memory.distilling.talk import PROMPTS, ScriptedChat, settings
from tests.vectors.conftest import running, search_over, settled
from wooster.actions import undoing
from wooster.actions.action import Nothing, nobody_listens
from wooster.actions.log import ActionLog
from wooster.actions.registry import Registry
from wooster.bootstrap import remembering
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.text import search_form
from wooster.memory.distilling.service import Distiller
from wooster.memory.episodes.service import Episodes
from wooster.memory.facts import telling
from wooster.memory.facts.actions import actions as fact_actions
from wooster.memory.facts.actions import remembered
from wooster.memory.facts.service import Facts
from wooster.memory.forgetting.service import Forgetting, Forgotten
from wooster.memory.forgetting.store import INDEXES
from wooster.memory.forgetting.sweeping import Files
from wooster.memory.forgetting.wording import form
from wooster.memory.model import Ending, Line, Turn
from wooster.memory.recall.model import Memory as Recalled
from wooster.memory.service import Conversations
from wooster.repl.prompt import LineHistory
from wooster.storage import Database
from wooster.storage.backup import back_up
from wooster.storage.verify import CHECKS
from wooster.vectors import sets
from wooster.vectors import store as passages
from wooster.vectors.service import Search

Nothing.model_rebuild()

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_ALL_CHECKS = [*CHECKS, *remembering.CHECKS, passages.verify, sets.verify]


@dataclass(slots=True)
class Home:
    """Everything that remembers, over one folder."""

    paths: Paths
    database: Database
    clock: ManualClock
    search: Search
    embedder: WordEmbedder
    chat: ScriptedChat = field(default_factory=ScriptedChat)
    told: list[str] = field(default_factory=list)
    conversations: Conversations = field(init=False)
    facts: Facts = field(init=False)
    forgetting: Forgetting = field(init=False)
    registry: Registry = field(init=False)

    def __post_init__(self) -> None:
        changed = self.search.changed
        self.conversations = Conversations(self.database, self.clock, changed)
        self.facts = Facts(self.database, self.clock, settings().semantic, changed)
        self.forgetting = self.forgetting_over(self.database)
        self.registry = Registry()
        log = ActionLog(self.registry, self.database, self.clock)
        for each in (*fact_actions(self.facts, self.clock), *undoing.actions(log, self.clock)):
            self.registry.add(each)

    def forgetting_over(self, database: Any) -> Forgetting:
        """One that sees the database through something else."""
        files = Files(self.paths.line_history, self.paths.logs)
        changed, purge = self.search.changed, self.search.purge
        return Forgetting(database, self.clock, files, changed, purge)

    def distiller(self, *, by_model: bool) -> Distiller:
        chat = self.chat if by_model else None
        return Distiller(self.database, chat, self.clock, settings(4), PROMPTS, self.search.changed)

    # --- what happens in it -------------------------------------------------------------------

    async def say(
        self,
        question: str,
        answer: str = "I see.",
        session: str | None = None,
        given: Sequence[Recalled] = (),
        client: str = "repl",
    ) -> Turn:
        """One finished turn, as the assistant makes it."""
        turn = await self.conversations.begin(question, session, client)
        await self.conversations.mark(turn, "plain", is_private=False, memories=given)
        told = telling.told(question)
        if told is not None:
            result = remembered(await self.facts.remember(told, turn), self.clock, turn.seq)
            await self.registry.wrote("remember", {"text": told}, result)
        for part in range(0, len(answer), 20):
            await self.conversations.keep(turn, part, answer[part : part + 20])
        await self.conversations.end(turn, Ending("done", "local", "m"))
        self.clock.advance(7)
        return turn

    async def hear(self, *lines: tuple[str, str]) -> None:
        """A conversation from elsewhere."""
        now = self.clock.now()
        await self.conversations.take_in([Line(who, text, now) for who, text in lines], "import")

    async def distil(self, *, by_model: bool = False) -> None:
        self.clock.advance(3_600)
        made = self.distiller(by_model=by_model)
        await made.catch_up()
        await made.improve()

    async def consolidate(self) -> None:
        """Years go by."""
        self.clock.advance(5 * 366 * 86_400)
        episodic = settings().episodic
        await Episodes(self.database, self.clock, episodic, self.search.changed).consolidate()

    async def act(self, name: str, **given: object) -> None:
        """Run an action, which the log keeps if it writes."""
        await self.registry.prepare(name, given).run(nobody_listens)

    async def type(self, line: str) -> None:
        """Into the prompt, which remembers it."""
        await asyncio.to_thread(LineHistory(self.paths.line_history).add, line)

    async def log(self, **fields: object) -> None:
        def write() -> None:
            with self.paths.daemon_log.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"event": "turn.asked", **fields}, ensure_ascii=False) + "\n")

        await asyncio.to_thread(write)

    async def copy(self, why: str = "daily") -> None:
        paths, now = self.paths, self.clock.now()
        await asyncio.to_thread(back_up, paths.database, paths.backups, now, why)

    async def forget(self, what: str) -> Forgotten:
        return await self.forgetting.forget(what, self.told.append)

    async def settle(self) -> None:
        """All is embedded, and the index and its file are up to date."""
        await settled(self.search)
        await self.search.purge()

    # --- what is in it ------------------------------------------------------------------------

    async def rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        return await self.database.read(
            lambda c: [tuple(row) for row in c.execute(query, given).fetchall()]
        )

    async def known(self) -> dict[str, int]:
        """The statement of every fact, with its number."""
        return {row[1]: row[0] for row in await self.rows("SELECT id, statement FROM facts")}

    async def questions(self) -> list[str]:
        """What was asked, in order, in the turns that are there."""
        return [row[0] for row in await self.rows("SELECT question FROM turns ORDER BY seq")]

    async def findings(self) -> list[str]:
        """What `wooster verify` would say."""
        return await self.database.read(
            lambda c: [each for check in _ALL_CHECKS for each in check(c)]
        )


@asynccontextmanager
async def living(folder: Path, now: datetime) -> AsyncIterator[Home]:
    """The home in a folder with a database, for as long as the block runs."""
    paths = Paths(folder)
    await asyncio.to_thread(paths.prepare)
    database = await asyncio.to_thread(Database.open, paths.database, paths.backups)
    clock, embedder = ManualClock(now), WordEmbedder()
    try:
        search = search_over(database, embedder, clock, paths.home / "vectors")
        async with running(search):
            yield Home(paths, database, clock, search, embedder)
    finally:
        await database.close()


@asynccontextmanager
async def a_folder(empty_database: Path) -> AsyncIterator[Path]:
    """A home's folder with an empty database, which goes with the block."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="wooster-"))
    try:
        await asyncio.to_thread(shutil.copy, empty_database, folder / "wooster.db")
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder)


# --- what is left -----------------------------------------------------------------------------


def left_of(folder: Path, secret: str, vectors: Sequence[bytes] = ()) -> list[str]:
    """Where in a home that is closed something of `secret`, or one of `vectors`, stands."""
    found = [
        f"{path.relative_to(folder)}: {needle!r}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for needle in [*_needles(secret), *vectors]
        if needle in path.read_bytes()
    ]
    for path in [folder / "wooster.db", *folder.glob("backups/*.db")]:
        found += [f"{path.name}: {each}" for each in _in_tables(path, secret)]
    return found


def _needles(secret: str) -> set[bytes]:
    """Every way in which it may be written."""
    spelled: set[str] = set()
    for text in {secret, *(word for word in secret.split() if len(word) > 3)}:
        for normal in ("NFC", "NFD", "NFKC", "NFKD"):
            written = unicodedata.normalize(normal, text)
            spelled |= {written, written.casefold(), search_form(written), form(written)}
            # An index has terms without what they share with the one before.
            spelled |= {written.casefold()[cut:] for cut in (1, 2) if len(written) - cut > 4}
    spelled |= {json.dumps(each)[1:-1] for each in spelled}
    codes = ("utf-8", "utf-16-le", "utf-16-be")
    return {each.encode(code) for each in spelled if each.strip() for code in codes}


def _in_tables(path: Path, secret: str) -> Iterator[str]:
    """By SQL: every column of every table, and the terms of every index."""
    wanted = form(secret)
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"
        ).fetchall():
            for row in connection.execute(f"SELECT * FROM {name}"):
                if any(isinstance(value, str) and wanted in form(value) for value in row):
                    yield f"{name}: {row}"
        for name in INDEXES:
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.{name}_v USING fts5vocab('main', '{name}', 'row')"
            )
            terms = {row[0] for row in connection.execute(f"SELECT term FROM temp.{name}_v")}
            words = {word for word in wanted.split() if len(word) > 3}
            for term in words & terms:
                yield f"{name}: the term {term!r}"
            (segments,) = connection.execute(
                f"SELECT count(DISTINCT segid) FROM {name}_idx"
            ).fetchone()
            if segments > 1:
                yield f"{name}: {segments} segments, of which older ones hold what was deleted"


async def lived(
    empty_database: Path,
    now: datetime,
    life: Callable[[Home], Any],
    secret: str,
    vectors: list[bytes],
) -> list[str]:
    """What is left of `secret` after a life, when all is closed. The life may add `vectors`."""
    async with a_folder(empty_database) as folder:
        async with living(folder, now) as home:
            await life(home)
        return await asyncio.to_thread(left_of, folder, secret, vectors)
