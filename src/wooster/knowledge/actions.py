"""What a person, or a model, can do with the library."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from wooster.actions.action import Action, BrokenOff, Nothing, Parameters, Report
from wooster.core.clock import Clock
from wooster.core.errors import UsageError, WoosterError
from wooster.core.text import clip, counted, escaped, number
from wooster.knowledge import showing
from wooster.knowledge.keeping import Added
from wooster.knowledge.places import StoredFolder
from wooster.knowledge.service import Library
from wooster.wire.events import Progress
from wooster.wire.requests import ActionResult

_PRIVATE = re.compile(r"\s+--private$|^--private\s+")

Limit = Annotated[int, Field(ge=1, le=1000)]


class Spoken(Parameters):
    """Parameters of which one is what is typed after the command; `unsaid` is told without it."""

    unsaid: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _must_be_said(cls, given: Any) -> Any:
        needed = [name for name, field in cls.model_fields.items() if field.is_required()]
        said = given if isinstance(given, dict) else {}
        if not all(str(said.get(name) or "").strip() for name in needed):
            raise UsageError(cls.unsaid, hint="`help` shows how it is typed.")
        return given


class Words(Spoken):
    """`words` may hold filters: `tag:work project:home in:letters since:2026-01 until:2026`."""

    unsaid = "There is nothing to search for."
    words: Annotated[str, Field(min_length=1)]
    limit: Annotated[int, Field(ge=1, le=100)] = 10


class Which(Spoken):
    """`which` is the number of a result of the last search, a path, or a title."""

    unsaid = "Say which document: by the number of a result, its path or its title."
    which: Annotated[str, Field(min_length=1)]


class NewFolder(Spoken):
    """`private` documents never leave this machine, whatever the settings for models say."""

    unsaid = "Say which folder is to be read."
    path: Annotated[str, Field(min_length=1)]
    private: bool = False

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, given: Any) -> Any:
        """`PATH --private`, as it is typed in the conversation."""
        path = given.get("path") if isinstance(given, dict) else None
        if not isinstance(path, str) or not _PRIVATE.search(path.strip()):
            return given
        return {**given, "path": _PRIVATE.sub("", path.strip()), "private": True}


class OldFolder(Spoken):
    unsaid = "Say which folder is to leave."
    path: Annotated[str, Field(min_length=1)]


class Some(Parameters):
    limit: Limit = 100


def actions(library: Library, clock: Clock) -> list[Action[Any]]:
    """All of them over one library."""
    return [
        _search(library),
        _open(library, clock),
        _status("library", ("library",), library, clock),
        _status("library_status", ("/library status",), library, clock),
        _add(library),
        _remove(library),
        _list(library),
        _problems(library),
        _links(library),
        _tags(library),
    ]


def _search(library: Library) -> Action[Words]:
    async def handle(given: Words) -> ActionResult:
        result = await library.search(given.words, given.limit)
        return ActionResult(showing.search_text(result), showing.search_data(result))

    return Action(
        name="search",
        help="finds passages in your documents, by words and by meaning",
        effect="read",
        outside=True,
        parameters=Words,
        phrases=("/search WORDS",),
        handler=handle,
        rest="words",
    )


def _open(library: Library, clock: Clock) -> Action[Which]:
    async def handle(given: Which) -> ActionResult:
        opened = await library.open(given.which)
        return ActionResult(showing.opened_text(opened, clock.zone), showing.opened_data(opened))

    return Action(
        name="open",
        help="shows a result of the last search, or a document, with what is around it",
        effect="read",
        outside=True,
        parameters=Which,
        phrases=("/open N", "/open TITLE"),
        handler=handle,
        rest="which",
    )


def _status(name: str, phrases: tuple[str, ...], library: Library, clock: Clock) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        status = await library.status()
        return ActionResult(showing.status_text(status, clock.zone), showing.status_data(status))

    return Action(
        name=name,
        help="shows the library's folders, how much is read and embedded, and what is wrong",
        effect="read",
        outside=True,
        parameters=Nothing,
        phrases=phrases,
        handler=handle,
    )


def _add(library: Library) -> Action[NewFolder]:
    async def work(given: NewFolder, report: Report) -> ActionResult:
        def tell(done: int, total: int) -> None:
            told = f"reading {number(done)} of {number(total)}"
            text = f"{told}; Ctrl-C leaves it to the background"
            report(Progress("reading", done, total, text))

        added = await library.add(given.path, is_private=given.private)
        undo = _as_before(added, is_private=given.private)
        data = {"path": added.path, "private": given.private}
        text = f"{showing.place(added.path)} is in the library"
        try:
            await library.follow(tell)
        except asyncio.CancelledError as left:
            told = f"{text}, and is read in the background."
            raise BrokenOff(ActionResult(told, data, undo=undo), left) from left
        except WoosterError as error:
            told = f"{text}, and can't be read yet. {error}"
            return ActionResult(told, data, error.exit_code, undo=undo)
        status = await library.status()
        count = next((f.documents for f in status.folders if str(f.folder.path) == added.path), 0)
        text = f"{text}: {counted(count, 'document')}."
        if status.counts.problems:
            text += f" {counted(status.counts.problems, 'file')} of the library can't be"
            text += " read: `library problems`."
        if status.coverage.waiting:
            waiting = ("passage of the library waits", "passages of the library wait")
            text += f" {counted(status.coverage.waiting, *waiting)} to be embedded;"
            text += " words find them already."
        return ActionResult(text, {**data, "documents": count}, undo=undo)

    return Action(
        name="library_add",
        help="reads the documents in a folder from now on; the folder is never changed",
        effect="write",
        by_model=False,
        parameters=NewFolder,
        phrases=("/library add PATH", "/library add PATH --private"),
        rest="path",
        worker=work,
    )


Undo = tuple[str, dict[str, Any]]


def _as_before(added: Added, *, is_private: bool) -> Undo | None:
    if added.before is None:
        return "library_remove", {"path": added.path}
    return None if added.before.is_private == is_private else _named(added.before)


def _named(folder: StoredFolder) -> Undo | None:
    """Name it again as it was. One that is there by the settings was never named."""
    if not folder.is_added:
        return None
    return "library_add", {"path": folder.path, "private": folder.is_private}


def _remove(library: Library) -> Action[OldFolder]:
    async def work(given: OldFolder, report: Report) -> ActionResult:
        report(Progress("removing", text="removing …"))
        gone: list[StoredFolder] = []
        data = {"path": given.path}
        try:
            count = await library.remove(given.path, gone.append)
        except asyncio.CancelledError as left:
            if not gone:
                raise
            told = f"{showing.place(gone[0].path)} leaves the library in the background."
            raise BrokenOff(ActionResult(told, data, undo=_named(gone[0])), left) from left
        except WoosterError as error:
            if not gone:
                raise
            told = f"{showing.place(gone[0].path)} is no folder of the library any more. {error}"
            return ActionResult(told, data, error.exit_code, undo=_named(gone[0]))
        text = f"{counted(count, 'file')} left the library. The folder is as it was."
        if not count:
            text = "No file left the library: the folder had none, or another one has them too."
        return ActionResult(text, {**data, "files": count}, undo=_named(gone[0]))

    return Action(
        name="library_remove",
        help="lets a folder's documents leave the library; the folder itself is left alone",
        effect="write",
        by_model=False,
        parameters=OldFolder,
        phrases=("/library remove PATH",),
        rest="path",
        worker=work,
    )


def _list(library: Library) -> Action[Some]:
    async def handle(given: Some) -> ActionResult:
        status = await library.status()
        documents = await library.documents(given.limit)
        data = showing.status_data(status) | {
            "listed": [showing.document_data(each) for each in documents]
        }
        return ActionResult(showing.documents_text(status, documents), data)

    return Action(
        name="library_list",
        help="lists the library's folders and documents",
        effect="read",
        outside=True,
        parameters=Some,
        phrases=("/library list",),
        also=("list files",),
        handler=handle,
    )


def _problems(library: Library) -> Action[Some]:
    async def handle(given: Some) -> ActionResult:
        problems = await library.problems()
        text = showing.problems_text(problems, given.limit)
        return ActionResult(text, showing.problems_data(problems[: given.limit]))

    return Action(
        name="library_problems",
        help="lists the files and folders that can't be read, and why",
        effect="read",
        outside=True,
        parameters=Some,
        phrases=("/library problems",),
        handler=handle,
    )


def _links(library: Library) -> Action[Which]:
    async def handle(given: Which) -> ActionResult:
        links = await library.links(given.which)
        data = showing.document_data(links.document) | showing.links_data(links)
        return ActionResult(showing.links_text(links), data)

    return Action(
        name="library_links",
        help="shows what links to a document, what only names it, and where its links lead",
        effect="read",
        outside=True,
        parameters=Which,
        phrases=("/library links NAME",),
        handler=handle,
        rest="which",
    )


def _tags(library: Library) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        tags = await library.tags()
        text = "\n".join(
            f"- {escaped(f'#{clip(tag, 80)}')}: {counted(uses, 'document')}" for tag, uses in tags
        )
        return ActionResult(text or "No document has a tag.", {"tags": dict(tags)})

    return Action(
        name="library_tags",
        help="lists the tags of your documents",
        effect="read",
        outside=True,
        parameters=Nothing,
        phrases=("/library tags",),
        handler=handle,
    )
