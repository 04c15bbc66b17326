"""Projects: a folder each, with a journal whose name is the project's, and one that is open.

The open one is named in `.active_project`. Looking only: `project_changes` changes them. Blocking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from wooster.core import caches
from wooster.core.errors import NotFound, UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean, clip
from wooster.tasks import changes, choosing, document, lines
from wooster.tasks.changes import AlreadyThere, Change
from wooster.tasks.document import Document, bytes_of, text_of
from wooster.tasks.folder import PROJECTS, Folder
from wooster.tasks.model import Item

HOME = "home"
ACTIVE = ".active_project"
_TITLE = Pattern(r"Journal(?::| for) (.+)|(.+) Journal|(.+)")
_SHOWN = 60
_SECTIONS = "## Overview\n\n## Tasks\n\n## Notes\n\n## Reference Material\n"


@dataclass(frozen=True, slots=True)
class Project:
    """`folder` is its folder's name, `file` its journal, which needn't be there."""

    slug: str
    name: str
    folder: str
    file: str


def inserted(folder: Folder, file: str, texts: Sequence[str], section: str = "") -> Change:
    """Lines at the end of a list, or of the section of a file, which is made if there is none."""
    if section:
        return put_in(folder.read(file), file, texts, section)
    put = [bytes_of(text) for text in texts]
    return changes.inserting(folder.read(file), file, folder.end_of_list(file), put)


def put_in(there: Document, file: str, texts: Sequence[str], section: str) -> Change:
    """The same in a document that is at hand."""
    put = [bytes_of(text) for text in texts]
    at = document.section_end(there, section)
    if at is not None:
        is_bare = text_of(there.lines[at - 1]).lstrip().startswith("#")
        return changes.inserting(there, file, at, [b"", *put] if is_bare else put)
    gap = [b""] if there.ends else []
    put = [*gap, bytes_of(f"## {section}"), b"", *put]
    return changes.inserting(there, file, there.ends, put)


class Projects:
    """Those of one home; it remembers the list that was shown last."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._shown: list[str] = []
        caches.known(self._let_go)

    # --- looking (blocking) -------------------------------------------------------------------

    def all(self) -> list[Project]:
        """In the order of their names, the home project first."""
        found = [
            self._project(name)
            for name in self.folder.names(PROJECTS)
            if self.folder.path(f"{PROJECTS}/{name}").is_dir()
        ]
        return sorted(found, key=lambda each: (each.slug != HOME, choosing.plain(each.name)))

    def names(self) -> list[str]:
        """Their names as they may stand behind a +: those with blanks."""
        found = [each for p in self.all() for each in (p.name, p.slug.replace("-", " "))]
        return list(dict.fromkeys(name.casefold() for name in found if " " in name))

    def files(self) -> list[str]:
        return [each.file for each in self.all()]

    def all_items(self, names: Collection[str]) -> list[Item]:
        return [item for file in self.files() for item in self.folder.items(file, names)]

    def open_items(self, slug: str) -> list[Item]:
        """What isn't done of the tasks in a project's own file."""
        there, names = self.all(), self.names()
        found = [
            item
            for each in there
            if each.slug == slug
            for item in self.folder.items(each.file, names)
        ]
        return [item for item in found if not item.task.is_done]

    def open_counts(self) -> Counter[str]:
        """How many tasks that aren't done each project's own file has, by slug."""
        there, names = self.all(), self.names()
        return Counter(
            each.slug
            for each in there
            for item in self.folder.items(each.file, names)
            if not item.task.is_done
        )

    def active(self) -> Project | None:
        slug = text_of(self.folder.read(ACTIVE).lines[0]).strip()
        return next((each for each in self.all() if each.slug == slug), None)

    def meant(self, words: str) -> Project:
        """As `find`; without words, the one that is open."""
        active = None if words.strip() else self.active()
        return active or self.find(words)

    def find(self, words: str) -> Project:
        """By its number in the last list, its name, or the begins of its words.

        Raises `NotFound`, `UsageError`.
        """
        there = self.all()
        if (at := choosing.number(words)) is not None and 1 <= at <= len(self._shown):
            there = [each for each in there if each.folder == self._shown[at - 1]]
            words = there[0].slug if there else words
        query = lines.slug(words)
        if not query:
            raise UsageError("Say which project.", hint="`projects` lists them.")
        found = [each for each in there if query in (each.slug, lines.slug(each.name))]
        if not found:
            found = [each for each in there if _begins(query, each)]
        if len(found) > 1:
            told = ", ".join(f"“{each.name}”" for each in found)
            raise UsageError(f"“{clip(words, _SHOWN)}” may be {told}.", hint="Say more of it.")
        if not found:
            raise NotFound(
                f"There is no project “{clip(words, _SHOWN)}”.",
                hint="`projects` lists them; `create project NAME` begins one.",
            )
        return found[0]

    def show(self, found: Sequence[Project]) -> None:
        """Remember what a person sees with numbers."""
        self._shown = [each.folder for each in found]

    def _let_go(self) -> None:
        self._shown = []

    # --- parts of them ------------------------------------------------------------------------

    def found_or_begun(self, words: str) -> tuple[list[Change], Project]:
        """A project that there is, or the step of a new one. What is near to the name of one is
        refused: it may be a slip of the hand. Raises `UsageError`."""
        try:
            return [], self.find(words)
        except NotFound:
            by_slug = {each.slug: each.name for each in self.all()}
            if close := get_close_matches(lines.slug(words), by_slug, n=1, cutoff=0.7):
                raise UsageError(
                    f"There is no project “{clip(words, _SHOWN)}”. “{by_slug[close[0]]}”?",
                    hint="`create project NAME` begins one all the same.",
                ) from None
            return self.beginning(words)

    def beginning(self, name: str) -> tuple[list[Change], Project]:
        """The steps of a new project."""
        project = self.called(name)
        for each in self.all():
            if project.slug in (each.slug, lines.slug(each.name)):
                raise AlreadyThere(f"There is a project “{each.name}” already.")
        data = bytes_of(f"# Journal: {project.name}\n\n{_SECTIONS}")
        return [changes.making(project.file, data)], project

    def called(self, name: str) -> Project:
        """A project of that name, which needn't be there. Raises `UsageError`."""
        name = " ".join(clean(name).split()).strip("\"“”'")
        slug = lines.slug(name)
        if not slug or len(slug) > 80 or not any(letter.isalpha() for letter in slug):
            raise UsageError(
                f"“{clip(name, _SHOWN)}” can't be a project's name.",
                hint="A name has letters, and up to 80 characters.",
            )
        return Project(slug, name, slug, f"{PROJECTS}/{slug}/{slug}.md")

    def _project(self, folder: str) -> Project:
        slug = lines.slug(folder)
        names = dict.fromkeys((f"{folder}.md", f"{slug}.md", "journal.md"))
        files = [f"{PROJECTS}/{folder}/{name}" for name in names]
        file = next((each for each in files if self.folder.is_there(each)), files[0])
        found = _TITLE.fullmatch(document.title(self.folder.read(file)))
        name = next((part for part in found.groups() if part), "") if found else ""
        if lines.slug(name) != slug:  # a file's first heading needn't be its name
            name = folder if folder != slug else slug.replace("-", " ").capitalize()
        return Project(slug, name, folder, file)


def _begins(query: str, project: Project) -> bool:
    """Whether each word of a query begins a word of the project's name."""
    own = [*project.slug.split("-"), *lines.slug(project.name).split("-")]
    return all(any(word.startswith(part) for word in own) for part in query.split("-"))
