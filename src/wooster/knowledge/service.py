"""The library as the rest of the program uses it: kept up with the disk, searched and opened.

How it is kept up is in `keeping.py`, how a search ranks is the engine's. It knows no model and no
screen; what stands in a document is handed on as it is, and is data.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from wooster.core import caches
from wooster.core.clock import Clock
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import clean
from wooster.knowledge import excerpt, lookup, places, query, relevance, spot, surroundings
from wooster.knowledge.found import (
    DocumentEntry,
    DocumentLinks,
    FileProblem,
    FolderStatus,
    Found,
    Opened,
    SearchResult,
    Status,
)
from wooster.knowledge.keeping import Added, Keeping
from wooster.knowledge.model import Folder, Quotable, Source
from wooster.knowledge.places import Places, StoredFolder
from wooster.knowledge.query import Request
from wooster.knowledge.store import COLLECTION
from wooster.knowledge.updating import Reads, Updating
from wooster.storage import Database
from wooster.vectors.model import Coverage, Findings, Hit, Narrowing

Log = Callable[[str, dict[str, Any]], None]

HOW_TO_ADD = "`wooster library add FOLDER` names one (in the conversation `/library add FOLDER`)"

# `open N` means one of the last results, and nobody counts further.
_REMEMBERED = 100
# So many hits are weighed for each one that is quoted.
_WEIGHED = 4
_NAMED = 5


def _nobody_is_told(_: StoredFolder) -> None:
    """Whoever removes a folder needn't know how it was named."""


class Searches(Protocol):
    """The search, as far as the library uses it (`vectors.service.Search`)."""

    async def find(self, text: str, narrowing: Narrowing = ..., limit: int = ...) -> Findings: ...

    async def coverage(self, collection: str = ...) -> Coverage: ...

    def changed(self) -> None: ...


class Library:
    """The documents of one home's person."""

    def __init__(
        self,
        database: Database,
        search: Searches,
        reader: Reads,
        clock: Clock,
        where: Places,
        log: Log,
    ) -> None:
        self._database = database
        self._search = search
        self._clock = clock
        self._places = where
        updating = Updating(database, reader, clock, where)
        self.keeping = Keeping(updating, where, search.changed, log)
        self._last: list[Source] | None = None
        caches.known(self._let_go)

    # --- keeping up with the disk -------------------------------------------------------------

    async def run(self) -> None:
        """Read what is new, and watch, until `stop`."""
        await self.keeping.run()

    def stop(self) -> None:
        self.keeping.stop()

    async def wait_until_settled(self) -> None:
        """Compare everything with the disk now, and read what changed; for tests and benches."""
        await self.keeping.settle()

    async def add(self, path: str, *, is_private: bool = False) -> Added:
        """Read a folder from now on, in the background.

        Raises `UsageError` and `NotFound` with the reason why it can't be.
        """
        return await self.keeping.add(path, is_private=is_private)

    async def follow(self, report: Callable[[int, int], None]) -> None:
        """Until what there is to read is read; `report` is told how many files of how many."""
        await self.keeping.follow(report)

    async def remove(
        self, path: str, released: Callable[[StoredFolder], None] = _nobody_is_told
    ) -> int:
        """Let a folder's documents leave the library; the folder is left alone. Returns how many
        files left; `released` is told how it was named, as soon as it isn't any more. Raises
        `NotFound` and `UsageError`."""
        return await self.keeping.remove(path, released)

    # --- how it stands ------------------------------------------------------------------------

    async def folders(self) -> list[FolderStatus]:
        """The folders that are named, with their documents and what is wrong with them."""
        there = await self.keeping.look_at_folders()
        counts = await self._database.read(lookup.counts)
        defaults = set(self._places.defaults())
        return [
            FolderStatus(
                Folder(Path(folder.path), folder.is_private, folder.path in defaults),
                counts.documents_by_folder.get(folder.id, 0),
                there.unreachable.get(folder.id, ""),
            )
            for folder in there.named
        ]

    async def status(self) -> Status:
        failure = self.keeping.failure
        return Status(
            folders=tuple(await self.folders()),
            counts=await self._database.read(lookup.counts),
            coverage=await self._search.coverage(COLLECTION),
            reading=self.keeping.reading,
            reconciled=self.keeping.reconciled,
            failure=str(failure) if failure is not None else "",
        )

    async def problems(self) -> list[FileProblem]:
        """Every file and folder that can't be read, and why."""
        folders = [
            FileProblem(
                str(each.folder.path),
                f"{each.problem}; its documents are kept as they were"
                if each.documents
                else each.problem,
            )
            for each in await self.folders()
            if each.problem
        ]
        troubles = [FileProblem(*each) for each in self.keeping.outcome.troubles.items()]
        return [*folders, *troubles, *await self._database.read(lookup.problems)]

    async def documents(self, limit: int) -> list[DocumentEntry]:
        """The first documents by their paths."""
        return await self._database.read(partial(lookup.documents, limit=limit))

    async def tags(self) -> list[tuple[str, int]]:
        """Every tag with how many documents have it."""
        return await self._database.read(lookup.tags)

    # --- finding ------------------------------------------------------------------------------

    async def search(self, text: str, limit: int = 10) -> SearchResult:
        """What words and filters find, the best first. Raises `UsageError` for a filter's date that
        there isn't; all else is a query, whatever bytes it has."""
        request = query.parse(text, self._clock.zone)
        findings = await self._find(request, limit)
        hits = relevance.worth_showing(findings.hits) if request.words else findings.hits
        sources = await self._sources([hit.id for hit in hits])
        by_passage = {hit.id: hit for hit in hits}
        found = tuple(_found(source, by_passage[source.passage]) for source in sources)
        self._remember(sources)
        return SearchResult(
            request,
            found,
            findings.coverage,
            findings.without_meaning,
            await self._how_searched(findings),
            clean(text),
        )

    async def quotable(
        self, question: str, limit: int = 6, budget_tokens: int = relevance.BUDGET_TOKENS
    ) -> Quotable:
        """What a question can be answered from: passages that are relevant, or none."""
        try:
            request = query.parse(question, self._clock.zone)
        except UsageError:
            request = Request(" ".join(question.split()))
        if not request.words:
            return Quotable(())
        findings = await self._find(request, limit * _WEIGHED)
        chosen = relevance.choose(findings.hits, findings.words, limit, budget_tokens)
        texts = {each.hit.id: each.text for each in chosen}
        sources = [
            replace(source, text=texts[source.passage])
            for source in await self._sources(list(texts))
        ]
        if sources:
            self._remember(sources)
        return Quotable(tuple(sources), await self._how_searched(findings))

    async def _find(self, request: Request, limit: int) -> Findings:
        narrowing = Narrowing(
            collections=frozenset((COLLECTION,)),
            project=request.project,
            tags=request.tags,
            since_ms=request.since_ms,
            until_ms=request.until_ms,
        )
        if request.within:
            documents = await self._database.read(partial(lookup.within, parts=request.within))
            narrowing = replace(narrowing, documents=documents)
        coverage = await self._search.coverage(COLLECTION)
        if request.within and not narrowing.documents:  # an empty set would let all
            return Findings((), coverage)
        if not request.words:
            hits = await self._newest(narrowing, limit) if request.is_narrow else ()
            return Findings(hits, coverage)
        found = await self._search.find(request.words, narrowing, limit)
        return replace(found, hits=_with_parts(found), coverage=coverage)

    async def _how_searched(self, findings: Findings) -> str:
        if findings.coverage.passages:
            return how_searched(findings.coverage, findings.without_meaning)
        if await self.folders():
            return "it holds no passage yet; `wooster library` says why"
        return f"it has no folder yet; {HOW_TO_ADD}"

    async def _newest(self, narrowing: Narrowing, limit: int) -> tuple[Hit, ...]:
        """With filters and no words, the newest documents are meant."""
        return await self._database.read(partial(lookup.newest, narrowing=narrowing, limit=limit))

    async def _sources(self, passages: Sequence[int]) -> list[Source]:
        return await self._database.read(partial(lookup.sources, passages=passages))

    # --- opening ------------------------------------------------------------------------------

    async def open(self, name: str) -> Opened:
        """A passage with what stands around it and what hangs together with its document.

        `name` is the number of one of the last results, a path, a path's end, a title or an alias.
        Raises `NotFound`, and `UsageError` for a name that several documents have.
        """
        source = self._numbered(name.strip())
        if source is not None:
            return await self._opened(source.document, source.passage)
        return await self._opened((await self._named(name)).id, None)

    async def links(self, name: str) -> DocumentLinks:
        """A document's links, backlinks and mentions; `name` as for `open`."""
        source = self._numbered(name.strip())
        if source is not None:
            return (await self._opened(source.document, None)).links
        entry = await self._named(name)
        return await self._database.read(partial(lookup.links_of, entry=entry))

    def _remember(self, sources: Sequence[Source]) -> None:
        self._last = list(sources[:_REMEMBERED])

    def _let_go(self) -> None:
        self._last = None

    def _numbered(self, name: str) -> Source | None:
        if not self._last or not _is_number(name):
            return None
        return self._last[int(name) - 1] if 0 < int(name) <= len(self._last) else None

    async def _named(self, name: str) -> DocumentEntry:
        wanted = name.strip().strip('"')

        def find(connection: sqlite3.Connection) -> list[DocumentEntry]:
            at_path = lookup.at_path(connection, _path(wanted))
            entry = lookup.document(connection, at_path[0]) if at_path else None
            return lookup.called(connection, wanted) if entry is None else [entry]

        found = await self._database.read(find)
        if not found and _is_number(wanted):
            raise NotFound(
                self._no_such_result(wanted), hint="A path or a title opens a document too."
            )
        if not found:
            raise NotFound(
                f"The library has no document called {places.shown(wanted)!r}.",
                hint="Give the number of a result, a path or a title; `search` finds them.",
            )
        if len({entry.path for entry in found}) > 1:
            paths = ", ".join(places.shown(entry.path) for entry in found[:_NAMED])
            raise UsageError(
                f"{len(found)} documents are called {places.shown(wanted)!r}.",
                hint=f"Give one's path: {paths}.",
            )
        return found[0]

    def _no_such_result(self, number: str) -> str:
        if self._last is None:
            return f"There is no result {number}: nothing was searched for yet."
        count = len(self._last)
        told = f"{count} result{'s' if count != 1 else ''}" if count else "nothing"
        return f"There is no result {number}: the last search found {told}."

    async def _opened(self, document_id: int, passage: int | None) -> Opened:
        def read(connection: sqlite3.Connection) -> Opened | None:
            entry = lookup.document(connection, document_id)
            if entry is None:
                return None
            rows = lookup.surroundings(connection, document_id, passage)
            return surroundings.opened(lookup.links_of(connection, entry), rows, passage)

        opened = await self._database.read(read)
        if opened is None:
            raise NotFound("That document is gone.", hint="Search again.")
        return opened


def how_searched(coverage: Coverage, without_meaning: str) -> str:
    """What the person should know of how complete a search was; "" when it was."""
    told = []
    if without_meaning:
        why = re.sub(r"^(The|No|It)\b", lambda first: first[0].lower(), without_meaning.rstrip("."))
        told.append(f"only words were searched: {why}")
    missing = coverage.waiting + coverage.refused
    if missing:
        told.append(f"{missing:,} of {coverage.passages:,} passages not embedded yet")
    return "; ".join(told).replace(",", " ")


def _found(source: Source, hit: Hit) -> Found:
    line = spot.line_of(source.text, hit.words)
    headings = spot.headings_at(source.text, line, source.headings)
    return Found(source, headings, source.line + line, hit.words, hit.cosine, len(hit.alike))


def _with_parts(found: Findings) -> tuple[Hit, ...]:
    """The hits with the words that no passage has but inside longer ones, as the search found
    them."""
    whole = frozenset[str]().union(*(hit.words for hit in found.hits))
    inside = [word for word in found.words if word not in whole]
    return tuple(
        replace(hit, words=hit.words | excerpt.parts_in(f"{hit.title}\n{hit.text}", inside))
        for hit in found.hits
    )


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 3


def _path(name: str) -> str:
    try:
        return str(Path(name).expanduser())
    except RuntimeError:
        return name
