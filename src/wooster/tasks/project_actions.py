"""What can be done with projects and the journal."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from wooster.actions.action import Action, Nothing, Parameters, is_bare
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import counted
from wooster.tasks import lines, sentences, showing
from wooster.tasks.answers import listed
from wooster.tasks.filters import Filter
from wooster.tasks.parameters import Captured, Named, Renamed
from wooster.tasks.project_changes import ProjectChanged, ProjectChanges
from wooster.tasks.projects import Project, Projects
from wooster.tasks.service import Tasks
from wooster.wire.requests import ActionResult

_TO = re.compile(r"(?P<old>.*\S)\s+to\s+(?P<new>\S.*)", re.IGNORECASE)
_MOST_WORDS = 8
_Phrases = tuple[str, ...]

_OF_PRINT = "article articles club clubs entries entry paper papers prompts"
_IN_PRINT = tuple(_OF_PRINT.split())


def actions(tasks: Tasks, changes: ProjectChanges) -> list[Action[Any]]:
    projects = tasks.projects
    return [
        *_looking(tasks, projects),
        *_opening(projects, changes),
        *_renaming(projects, changes),
        _journal(changes),
    ]


def project_data(project: Project) -> dict[str, Any]:
    return {"slug": project.slug, "name": project.name, "file": project.file}


def _looking(tasks: Tasks, projects: Projects) -> list[Action[Any]]:
    async def listing(_: Nothing) -> ActionResult:
        found = await asyncio.to_thread(projects.all)
        active = await asyncio.to_thread(projects.active)
        open_tasks, _asked = await tasks.lists.next()
        counts = Counter(lines.slug(each.task.project) or "home" for each in open_tasks)
        counts += await asyncio.to_thread(projects.open_counts)
        projects.show(found)
        text = showing.projects_text(found, counts, active.slug if active else "")
        data = [{**project_data(e), "open_tasks": counts[e.slug]} for e in found]
        return ActionResult(text, {"projects": data, "active": active.slug if active else None})

    async def show(given: Named) -> ActionResult:
        project = await asyncio.to_thread(projects.meant, given.name)
        found, _asked = await tasks.lists.next(f"+{project.slug}")
        head = f"**{showing.plain(project.name)}**: {counted(len(found), 'open task')}"
        empty = f"**{showing.plain(project.name)}** has no open tasks."
        shown = await listed(tasks, head, found, Filter(), empty)
        return ActionResult(shown.text, {**project_data(project), **shown.data})

    return [
        Action(
            name="projects",
            help="lists the projects, with how much is open in each",
            effect="read",
            parameters=Nothing,
            phrases=("projects", "list projects", "show projects", "/projects"),
            handler=listing,
            fits=is_bare,
        ),
        Action(
            name="projects_show",
            help="shows the open tasks of a project",
            effect="read",
            parameters=Named,
            phrases=("show project NAME", "/projects show NAME"),
            handler=show,
            rest="name",
            fits=_is_project(projects),
        ),
    ]


def _is_project(projects: Projects) -> Callable[[str], Awaitable[bool]]:
    async def fits(words: str) -> bool:
        if not words.strip() or len(words.split()) > _MOST_WORDS:
            return False
        try:
            await asyncio.to_thread(projects.find, words)
        except NotFound:
            return False
        except UsageError:
            return True  # several: that is said
        return True

    return fits


def _action(
    name: str,
    told: str,
    said: tuple[str, _Phrases],
    run: Callable[[Any], Awaitable[ProjectChanged]],
    fits: Callable[[str], Awaitable[bool]] | None,
) -> Action[Any]:
    async def handle(given: Any) -> ActionResult:
        changed = await run(given)
        text = said[0].format(showing.plain(changed.project.name))
        return ActionResult(text, project_data(changed.project), undo=changed.undo)

    parameters: type[Parameters] = _PARAMETERS.get(name, Named)
    rest = "" if parameters is Nothing else "name"
    return Action(name, told, "write", parameters, said[1], handle, rest, fits=fits)


def _opening(projects: Projects, changes: ProjectChanges) -> list[Action[Any]]:
    async def is_name(words: str) -> bool:
        return 0 < len(words.split()) <= _MOST_WORDS and not words.rstrip().endswith("?")

    there = _is_project(projects)
    return [
        _action(
            "projects_new",
            "begins a project with a journal of its own",
            (
                "Begun: {}. `open project` makes it the one that new tasks are of.",
                (
                    "create project NAME",
                    "new project NAME",
                    "project new NAME",
                    "/projects new NAME",
                ),
            ),
            lambda given: changes.new(given.name),
            is_name,
        ),
        _action(
            "projects_open",
            "makes a project the one that new tasks and the journal are of",
            (
                "{} is open: new tasks and the journal are of it.",
                (
                    "open project NAME",
                    "load project NAME",
                    "project open NAME",
                    "/projects open NAME",
                ),
            ),
            lambda given: changes.open(given.name),
            there,
        ),
        _action(
            "projects_close",
            "closes the open project; nothing of it changes",
            (
                "{} is closed.",
                ("close project", "quit project", "project close", "/projects close"),
            ),
            lambda given: changes.close(),
            None,
        ),
    ]


def _renaming(projects: Projects, changes: ProjectChanges) -> list[Action[Any]]:
    async def rename_fits(words: str) -> bool:
        found = _TO.fullmatch(words.strip())
        return bool(found) and await _is_project(projects)(found["old"] if found else "")

    async def rename(given: Renamed) -> ProjectChanged:
        found = None if given.to else _TO.fullmatch(given.name.strip())
        if not given.to and found is None:
            raise UsageError("Which project, and its new name?", hint="`rename project A to B`")
        old, new = (found["old"], found["new"]) if found else (given.name, given.to)
        return await changes.rename(old, new)

    there = _is_project(projects)
    return [
        _action(
            "projects_rename",
            "gives a project another name: its folder, its journal and its tags",
            (
                "It is called {} now.",
                (
                    "rename project NAME to NEW NAME",
                    "project rename NAME to NEW NAME",
                    "/projects rename NAME to NEW NAME",
                ),
            ),
            rename,
            rename_fits,
        ),
        _action(
            "projects_delete",
            "moves a project's folder into the trash",
            (
                "{} is in the trash, with all its files.",
                ("delete project NAME", "project delete NAME", "/projects delete NAME"),
            ),
            lambda given: changes.delete(given.name),
            there,
        ),
    ]


_PARAMETERS: dict[str, type[Parameters]] = {"projects_close": Nothing, "projects_rename": Renamed}


def _journal(changes: ProjectChanges) -> Action[Captured]:
    async def handle(given: Captured) -> ActionResult:
        changed = await changes.journal(given.text)
        name = showing.plain(changed.project.name)
        return ActionResult(
            f"Written into the journal of {name}.",
            project_data(changed.project),
            undo=changed.undo,
        )

    async def fits(words: str) -> bool:
        """ "Journal articles are long" is talk, and so is a question."""
        first = words.casefold().split(None, 1)[:1]
        return bool(first) and first[0] not in _IN_PRINT and not words.rstrip().endswith("?")

    async def reads(sentence: str) -> dict[str, Any] | None:
        words = sentences.journaled(sentence)
        return {"text": words} if words else None

    return Action(
        name="journal",
        help="writes an entry with the time into the journal of the open project, or of home",
        effect="write",
        parameters=Captured,
        phrases=("journal TEXT", "journal: TEXT", "/journal TEXT"),
        handler=handle,
        rest="text",
        fits=fits,
        reads=reads,
        examples=(
            "write in my journal: the roof is finished",
            "add to my journal that we met the architect",
            "dear diary, we painted the fence",
        ),
    )
