"""HTML as a text with blocks: what a person reads of a page, without its menus and scripts.

The DOCX, EPUB and mail readers hand their markup to it. It walks the tree that lexbor made, step
by step: recursion would end at a page that is nested a thousand deep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wooster.core.text import clean, clip
from wooster.knowledge.model import Link, ReadDocument
from wooster.knowledge.reading.chunks import cut
from wooster.knowledge.reading.markdown import local_link
from wooster.knowledge.reading.structure import Block, Body

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNREAD_TAGS = (
    "script style noscript template head nav iframe object canvas svg math audio video button"
    " select textarea input -comment"
)
_UNREAD = frozenset(_UNREAD_TAGS.split())
_UNREAD_AT_THE_TOP = frozenset({"header", "footer", "aside"})
_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main ol p pre"
    " section summary table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
# What stands on the line after another of its kind.
_ONE_LINE = {"li": {"li"}, "tr": {"tr"}, "dt": {"dd", "dt"}, "dd": {"dd", "dt"}}
# A table whose cells hold such things is there for the looks, as in old mails.
_LAYOUT = (
    "table, h1, h2, h3, h4, h5, h6, ul, ol, pre, blockquote, p + p, div + div, p + div, div + p"
)
_SPACE = re.compile(r"\s+")
_UNCLOSED = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)"
    r"([a-zA-Z][\w:.-]*)(\s[^<>]*)?/>"
)
_TITLE_LETTERS = 300


def read(markup: str) -> ReadDocument:
    body = read_body(markup)
    return ReadDocument(
        "html", body.title, body.text, cut(body.text, body.blocks), links=body.links
    )


def read_xhtml(markup: str) -> Body:
    """XHTML may write `<title/>`, after which HTML would wait for a title's end for ever."""
    return read_body(_UNCLOSED.sub(r"<\1\2></\1>", markup))


def read_body(markup: str) -> Body:
    """The text of a page or of a piece of one, with its blocks, title and links to files."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(clean(markup))
    main = tree.css_first("main")
    root = main if main is not None and main.text(strip=True) else tree.body
    writer = _Writer()
    if root is not None:
        _walk(root, writer)
    title = tree.css_first("head > title")
    own = clip(clean(title.text()), _TITLE_LETTERS) if title is not None else ""
    first = next((block.heading for block in writer.blocks if block.level == 1), "")
    return Body("".join(writer.parts), tuple(writer.blocks), own or first, tuple(writer.links))


def _walk(root: LexborNode, writer: _Writer) -> None:
    """Depth first, with a call at each begin and end of an element."""
    node: LexborNode | None = root
    while node is not None:
        following = node.child if _enter(node, writer) else None
        while node is not None and following is None:
            _leave(node, writer)
            if node.mem_id == root.mem_id:
                return
            following = node.next
            node = node.parent
        node = following


def _enter(node: LexborNode, writer: _Writer) -> bool:
    """Take in an element's begin; False when nothing in it is read."""
    tag = node.tag
    if tag == "-text":
        writer.add(node.text_content or "")
        return False
    if tag in _UNREAD or (tag in _UNREAD_AT_THE_TOP and _tag_above(node) == "body"):
        return False
    if tag in _BLOCKS:
        attributes = node.attributes
        if "hidden" in attributes or attributes.get("aria-hidden") == "true":
            return False
        _begin(node, tag, writer)
    elif tag == "br":
        writer.add_line()
    elif tag == "a":
        writer.refer(node.attributes.get("href") or "")
    return True


def _begin(node: LexborNode, tag: str, writer: _Writer) -> None:
    if writer.whole_of is not None:
        writer.add_gap(is_cell=tag in ("td", "th"))
        return
    if writer.is_at_item and tag in ("p", "div"):
        return  # the paragraph that is an item's text
    writer.end_block()
    writer.tag = tag
    if tag in _HEADINGS or (tag == "tr" and node.css_first(_LAYOUT) is None):
        writer.whole_of = node.mem_id
        writer.leads = tag == "tr" and _is_head(node)
    elif tag == "pre":
        writer.whole_of = node.mem_id
        writer.is_pre = True
    elif tag == "li":
        writer.add("- ")


def _is_head(row: LexborNode) -> bool:
    return _tag_above(row) == "thead" or row.css_first("td") is None


def _tag_above(node: LexborNode) -> str:
    return (node.parent.tag if node.parent else None) or ""


def _leave(node: LexborNode, writer: _Writer) -> None:
    tag = node.tag
    if tag not in _BLOCKS or writer.whole_of not in (None, node.mem_id):
        return
    writer.end_block()
    writer.tag = "li" if tag in ("ul", "ol") else ""


class _Writer:
    """The text as it grows. `tag` is the block's that is being written; `whole_of` is the element
    whose whole content is one block: a heading or a row, of one line, or code."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self.links: list[Link] = []
        self.tag = ""
        self.whole_of: int | None = None
        self.leads = False
        self.is_pre = False
        self._written: list[str] = []
        self._hrefs: list[str] = []
        self._size = 0
        self._line = 1
        self._last_tag = ""

    @property
    def is_at_item(self) -> bool:
        """Whether nothing but a list item's dash is written."""
        return self.tag == "li" and "".join(self._written).strip() == "-"

    def add(self, text: str) -> None:
        self._written.append(text if self.is_pre else _SPACE.sub(" ", text))

    def add_line(self) -> None:
        self._written.append("\n" if self.whole_of is None or self.is_pre else " ")

    def add_gap(self, *, is_cell: bool) -> None:
        """Between blocks that are part of one."""
        if is_cell and not all(part.isspace() for part in self._written):
            self._written.append(" | ")
        else:
            self.add_line()

    def refer(self, href: str) -> None:
        """A link in the block that is being written: its line is that block's first."""
        self._hrefs.append(href)

    def end_block(self) -> None:
        """Put down what was written since the last block, if anything was."""
        text = clean("".join(self._written))
        text = text.strip("\n").rstrip() if self.is_pre else "\n".join(_stripped(text))
        if text.strip(" |\n-"):
            self._put(text)
        self._written.clear()
        self._hrefs.clear()
        self.whole_of, self.leads, self.is_pre = None, False, False

    def _put(self, text: str) -> None:
        if self.blocks:
            gap = "\n" if self._last_tag in _ONE_LINE.get(self.tag, ()) else "\n\n"
            self.parts.append(gap)
            self._size += len(gap)
            self._line += len(gap)
        for href in self._hrefs:
            if link := local_link(href, self._line):
                self.links.append(link)
        level = _HEADINGS.get(self.tag, 0)
        self.blocks.append(
            Block(
                self._size,
                self._size + len(text),
                level=level,
                heading=text if level else "",
                leads=self.leads,
                is_lines=self.tag == "pre",
            )
        )
        self.parts.append(text)
        self._size += len(text)
        self._line += text.count("\n")
        self._last_tag = self.tag


def _stripped(text: str) -> Iterator[str]:
    """Its lines without spaces around them, and without blank ones."""
    return (line for one in text.split("\n") if (line := " ".join(one.split())))
