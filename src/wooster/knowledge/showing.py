"""What the library answers as text for a person (Markdown) and as data for a program.

Text of documents stands in it as text: nothing in a document can look like ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from wooster.core.text import clean, clip, counted, escaped, number
from wooster.knowledge.excerpt import excerpt
from wooster.knowledge.found import (
    DocumentEntry,
    DocumentLinks,
    FileProblem,
    Found,
    LinkEntry,
    Opened,
    SearchResult,
    Status,
)
from wooster.knowledge.passages import path_of_titles
from wooster.knowledge.places import shown
from wooster.knowledge.service import HOW_TO_ADD

_TITLE = 120
_FENCE = re.compile(r"^ {0,3}(`{3,})", re.MULTILINE)
_NO_FOLDER = (
    f"The library has no folder yet: {HOW_TO_ADD}. Its documents are read where they are and never"
    " changed; then `search` and `ask` find what is in them."
)
_LINKS_SHOWN = 20


def place(path: str, line: int = 0, page: int = 0) -> str:
    """Where something stands, as `path:line`, in a code span: an editor's terminal can open it. A
    page has no line that a person could go to."""
    where = f"{shown(path)}:{line}" if line and not page else shown(path)
    ticks = "``" if "`" in where else "`"
    return f"{ticks}{where}{ticks}" + (f", page {page}" if page else "")


def _heading(title: str, headings: Sequence[str]) -> str:
    return escaped(clip(clean(path_of_titles(title, headings)), _TITLE))


# --- searching --------------------------------------------------------------------------------


def search_text(result: SearchResult) -> str:
    if result.found:
        told = "\n\n".join(map(_hit, result.found))
    else:
        told = f"Nothing in your library matches “{escaped(clip(result.typed, 80))}”."
    return f"{told}\n\n*{escaped(result.note)}*" if result.note else told


def _hit(found: Found) -> str:
    source = found.source
    how = "words" if found.words else "meaning" if found.cosine is not None else ""
    also = f"and {number(found.also)} alike" if found.also else ""
    private = "private" if source.is_private else ""
    told = ", ".join(each for each in (how, also, private) if each)
    return (
        f"**{source.number}. {_heading(source.title, found.headings)}**"
        f"  {place(str(source.path), found.line, source.page)}{f'  *({told})*' if told else ''}"
        f"\n\n> {excerpt(clean(source.text), found.words, (source.title, *found.headings))}"
    )


def search_data(result: SearchResult) -> dict[str, Any]:
    return {
        "words": result.request.words,
        "found": [_found_data(each) for each in result.found],
        "passages": result.coverage.passages,
        "not_embedded": result.coverage.waiting + result.coverage.refused,
        "without_meaning": result.without_meaning,
    }


def _found_data(found: Found) -> dict[str, Any]:
    source = found.source
    return {
        "number": source.number,
        "passage": source.passage,
        "document": source.document,
        "title": source.title,
        "headings": list(found.headings),
        "path": shown(source.path),
        "line": found.line,
        "page": source.page,
        "text": source.text,
        "private": source.is_private,
        "words": sorted(found.words),
        "cosine": found.cosine,
    }


# --- opening ----------------------------------------------------------------------------------


def opened_text(opened: Opened, zone: tzinfo | None) -> str:
    entry = opened.links.document
    parts = [
        f"**{_heading(entry.title, opened.headings)}**"
        f"  {place(entry.path, opened.line, opened.page)}",
        _about(entry, zone),
        _as_it_is(opened) if opened.text else "*It has no text.*",
        links_lines(opened.links),
    ]
    return "\n\n".join(part for part in parts if part)


def _as_it_is(opened: Opened) -> str:
    """The text with its lines, in a fence that nothing in it can close."""
    text = "\n\n".join(clean(part) for part in (opened.before, opened.text, opened.after) if part)
    longest = max((len(mark) for mark in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    language = "markdown" if opened.links.document.format == "markdown" else ""
    return f"{fence}{language}\n{text}\n{fence}"


def _about(entry: DocumentEntry, zone: tzinfo | None) -> str:
    told: list[str] = [entry.format]
    if entry.date is not None:
        told.append(f"{entry.date.astimezone(zone):%Y-%m-%d}")
    told += [escaped(f"#{tag}") for tag in entry.tags]
    if entry.is_private:
        told.append("private: it never leaves this machine")
    return f"*{' · '.join(told)}*"


def opened_data(opened: Opened) -> dict[str, Any]:
    entry = opened.links.document
    return {
        **document_data(entry),
        "headings": list(opened.headings),
        "line": opened.line,
        "page": opened.page,
        "before": opened.before,
        "text": opened.text,
        "after": opened.after,
        **links_data(opened.links),
    }


def document_data(entry: DocumentEntry) -> dict[str, Any]:
    return {
        "document": entry.id,
        "path": shown(entry.path),
        "part": entry.part,
        "title": entry.title,
        "format": entry.format,
        "tags": list(entry.tags),
        "date": None if entry.date is None else entry.date.isoformat(),
        "private": entry.is_private,
    }


# --- links ------------------------------------------------------------------------------------


def links_text(links: DocumentLinks) -> str:
    entry = links.document
    head = f"**{_heading(entry.title, ())}**  {place(entry.path)}"
    return f"{head}\n\n{links_lines(links) or 'Nothing links to it, and it links to nothing.'}"


def links_lines(links: DocumentLinks) -> str:
    groups = (
        ("Linked from", links.to_it, True),
        ("Named without a link in", links.mentions, True),
        ("Links to", links.from_it, False),
    )
    told = [_group(title, entries, with_line) for title, entries, with_line in groups if entries]
    if links.nowhere:
        targets = ", ".join(f"“{escaped(clip(each.target, 60))}”" for each in links.nowhere)
        told.append(f"Links that lead nowhere: {targets}")
    return "\n\n".join(told)


def _group(title: str, entries: Sequence[LinkEntry], with_line: bool) -> str:
    lines = [
        f"- {_heading(each.document.title, ())}  "
        f"{place(each.document.path, each.line if with_line else 0)}"
        for each in entries[:_LINKS_SHOWN]
    ]
    if len(entries) > _LINKS_SHOWN:
        lines.append(f"- and {number(len(entries) - _LINKS_SHOWN)} more")
    return "\n".join([f"{title}:", *lines])


def links_data(links: DocumentLinks) -> dict[str, Any]:
    def data(entries: Sequence[LinkEntry]) -> list[dict[str, Any]]:
        return [
            {
                "document": each.document.id,
                "path": shown(each.document.path),
                "title": each.document.title,
                "line": each.line,
                "target": each.target,
            }
            for each in entries
        ]

    return {
        "backlinks": data(links.to_it),
        "links": data(links.from_it),
        "nowhere": [{"target": each.target, "line": each.line} for each in links.nowhere],
        "mentions": data(links.mentions),
    }


# --- how it stands ----------------------------------------------------------------------------


def status_text(status: Status, zone: tzinfo | None) -> str:
    if not (status.folders or status.counts.documents or status.failure):
        return _NO_FOLDER
    lines = []
    for each in status.folders:
        told = [counted(each.documents, "document")]
        told += ["private"] if each.folder.is_private else []
        told += ["by the settings"] if each.folder.is_default else []
        told += [f"**{each.problem}**"] if each.problem else []
        lines.append(f"- {place(str(each.folder.path))}: {', '.join(told)}")
    formats = ", ".join(
        f"{number(count)} {name}" for name, count in status.counts.documents_by_format.items()
    )
    if formats:
        lines.append(f"- documents: {formats}")
    when = status.reconciled
    compared = f"{when.astimezone(zone):%Y-%m-%d %H:%M}" if when else "not yet"
    lines += [f"- passages: {_passages(status)}", f"- last compared with the disk: {compared}"]
    if status.reading is not None:
        done, total = status.reading
        lines.append(f"- reading: {number(done)} of {number(total)} files")
    if status.counts.problems:
        problems = counted(status.counts.problems, "file")
        lines.append(f"- **{problems} can't be read**: `library problems`")
    if status.failure:
        lines.append(f"- **{escaped(clip(status.failure, 300))}**")
    return "\n".join(lines)


def _passages(status: Status) -> str:
    coverage = status.coverage
    told = [number(coverage.passages)]
    if coverage.waiting:
        why = f" ({escaped(coverage.problem.rstrip('.'))})" if coverage.problem else ""
        waiting = ("waits to be embedded", "wait to be embedded")
        told.append(f"{counted(coverage.waiting, *waiting)}{why}")
    if coverage.refused:
        told.append(f"{number(coverage.refused)} refused by the model")
    if coverage.passages and coverage.is_complete:
        told.append(
            f"all embedded ({escaped(coverage.model)})" if coverage.model else "all embedded"
        )
    return ", ".join(told)


def status_data(status: Status) -> dict[str, Any]:
    return {
        "folders": [
            {
                "path": shown(each.folder.path),
                "private": each.folder.is_private,
                "default": each.folder.is_default,
                "documents": each.documents,
                "problem": each.problem,
            }
            for each in status.folders
        ],
        "files": status.counts.files,
        "documents": status.counts.documents,
        "formats": status.counts.documents_by_format,
        "passages": status.coverage.passages,
        "waiting": status.coverage.waiting,
        "refused": status.coverage.refused,
        "model": status.coverage.model,
        "embedding_problem": status.coverage.problem,
        "problems": status.counts.problems,
        "reading": list(status.reading) if status.reading else None,
        "reconciled": status.reconciled.isoformat() if status.reconciled else None,
        "failure": status.failure,
    }


def problems_text(problems: Sequence[FileProblem], limit: int) -> str:
    if not problems:
        return "Everything in the library could be read."
    lines = [
        f"- {place(each.path)}: {escaped(clip(each.reason, 200))}" for each in problems[:limit]
    ]
    if len(problems) > limit:
        lines.append(f"- and {number(len(problems) - limit)} more")
    return "\n".join(lines)


def problems_data(problems: Sequence[FileProblem]) -> dict[str, Any]:
    return {
        "problems": [
            {
                "path": shown(each.path),
                "reason": each.reason,
                "at": None if each.at is None else each.at.isoformat(),
            }
            for each in problems
        ]
    }


def documents_text(status: Status, documents: Sequence[DocumentEntry]) -> str:
    lines = [
        f"- {place(str(each.folder.path))}{'  *(private)*' * each.folder.is_private}"
        for each in status.folders
    ]
    lines += [""] if lines and documents else []
    lines += [
        f"- {_heading(each.title, ())}  {place(each.path)}{'  *(private)*' * each.is_private}"
        for each in documents
    ]
    left = status.counts.documents - len(documents)
    if left > 0:
        lines.append(f"- and {number(left)} more")
    return "\n".join(lines) or _NO_FOLDER
