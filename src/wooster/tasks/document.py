"""A Markdown file as its lines, byte for byte, and the tasks in it.

What isn't touched stays as it is: line ends, a byte order mark, bytes that aren't UTF-8, a missing
end of the last line. Pure: bytes in, bytes out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, MutableMapping, Sequence
from dataclasses import dataclass

from wooster.core.patterns import Pattern
from wooster.tasks import lines
from wooster.tasks.model import Item, Task

BOM = b"\xef\xbb\xbf"
_BLANK = (b"", b" ", b"\t", b"\r")
_FENCE = Pattern(r" {0,3}(`{3,}|~{3,})(.*)")
_HEADING = Pattern(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_FRONT = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?")
_FRONT_END = re.compile(rb"(?:---|\.\.\.)[ \t]*\r?")


@dataclass(frozen=True, slots=True)
class Document:
    """`lines` are what stands between line feeds: with a carriage return where there is one, and
    with an empty last one where the file ends in a line feed."""

    lines: tuple[bytes, ...] = (b"",)

    @classmethod
    def of(cls, data: bytes) -> Document:
        return cls(tuple(data.split(b"\n")))

    @property
    def data(self) -> bytes:
        return b"\n".join(self.lines)

    @property
    def ending(self) -> bytes:
        """What a line of this file has before its line feed: as most have."""
        ended = self.lines[:-1]
        returns = sum(line.endswith(b"\r") for line in ended)
        return b"\r" if returns * 2 > len(ended) else b""

    @property
    def ends(self) -> int:
        """The number of lines, without the empty one that a last line feed makes."""
        last = self.lines[-1] if len(self.lines) > 1 else self.lines[-1].removeprefix(BOM)
        return len(self.lines) - (last == b"")

    def replaced(self, at: int, count: int, put: Collection[bytes]) -> Document:
        return Document((*self.lines[:at], *put, *self.lines[at + count :]))


def text_of(line: bytes) -> str:
    """A line as text; bytes that aren't UTF-8 come back by `bytes_of`."""
    return line.removeprefix(BOM).decode("utf-8", "surrogateescape").removesuffix("\r")


def bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def rewritten(line: bytes, text: str) -> bytes:
    """`text` in the place of `line`: with its byte order mark and its line end."""
    mark = BOM if line.startswith(BOM) else b""
    return mark + bytes_of(text) + (b"\r" if line.endswith(b"\r") else b"")


Known = MutableMapping[bytes, "Task | None"]
"""What lines say that were read before."""


def items(
    document: Document,
    file: str,
    projects: Collection[str] = (),
    *,
    bullets: bool = False,
    known: Known | None = None,
) -> list[Item]:
    """Its tasks in their order, done ones too. A box under a task belongs to that task. With
    `bullets`, an item of a list without a box is one as well."""
    found: list[Item] = []
    known = {} if known is None else known
    until = 0
    for number in _prose(document):
        if number < until:
            continue
        line = document.lines[number]
        if line not in known:
            known[line] = _said(text_of(line), projects, bullets)
        task = known[line]
        if task is not None:
            until = extent(document, number)
            found.append(Item(task, file, number, document.lines[number:until]))
    return found


def _said(text: str, projects: Collection[str], bullets: bool) -> Task | None:
    task = lines.parse(text, projects)
    if task is None and bullets and (match := lines.BULLET.fullmatch(text)):
        return lines.read(match["rest"], projects)
    return task


def extent(document: Document, at: int) -> int:
    """The number of the first line that no longer belongs to the task at line `at`: what is
    indented more than it does, also after an empty line."""
    following = document.lines[at + 1 : at + 2]
    if following and following[0][:1] not in _BLANK:
        return at + 1  # most lines: nothing else has to be looked at
    own = _indent(text_of(document.lines[at]))
    last = at
    for number in range(at + 1, document.ends):
        text = text_of(document.lines[number])
        if not text.strip():
            continue
        if _indent(text) <= own:
            break
        last = number
    return last + 1


def _indent(text: str) -> int:
    expanded = text.expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))


def _prose(document: Document) -> Iterator[int]:
    """The lines that aren't front matter and not in a block of code."""
    fence = ""
    for number in range(_front_matter(document), len(document.lines)):
        line = document.lines[number]
        if b"`" in line or b"~" in line:
            found = _FENCE.fullmatch(text_of(line))
            if found and not fence and not (found[1][0] == "`" and "`" in found[2]):
                fence = found[1]
                continue
            if found and fence and found[1].startswith(fence) and not found[2].strip():
                fence = ""
                continue
        if not fence:
            yield number


def _front_matter(document: Document) -> int:
    if not _FRONT.fullmatch(document.lines[0]):
        return 0
    for number, line in enumerate(document.lines[1:], 1):
        if _FRONT_END.fullmatch(line):
            return number + 1
    return 0


def section_end(document: Document, title: str) -> int | None:
    """The line after the last that isn't empty under the first heading `title`; None without it."""
    start = None
    level = 0
    for number in _prose(document):
        found = _HEADING.fullmatch(text_of(document.lines[number]))
        if found is None:
            continue
        if start is not None and len(found[1]) <= level:
            return _trimmed(document, start, number)
        if start is None and (found[2] or "").casefold() == title.casefold():
            start, level = number, len(found[1])
    return None if start is None else _trimmed(document, start, document.ends)


def _trimmed(document: Document, start: int, end: int) -> int:
    while end - 1 > start and not document.lines[end - 1].strip():
        end -= 1
    return end


def end_of_list(document: Document) -> int:
    """Where one more task is put: below the last one, else below all that isn't empty."""
    return below(document, items(document, "", bullets=True))


def below(document: Document, found: Sequence[Item]) -> int:
    """The same, where its tasks are at hand."""
    if found:
        return found[-1].line + len(found[-1].lines)
    return _trimmed(document, 0, document.ends)


def heading_line(document: Document) -> int | None:
    """The number of the first heading's line."""
    for number in _prose(document):
        if _HEADING.fullmatch(text_of(document.lines[number])):
            return number
    return None


def title(document: Document) -> str:
    """The words of the first heading; "" without one."""
    number = heading_line(document)
    found = None if number is None else _HEADING.fullmatch(text_of(document.lines[number]))
    return (found[2] or "").strip() if found else ""
