"""Markdown, as CommonMark with tables, wikilinks, tags and front matter.

markdown-it finds the blocks; what is inside them is parsed only where a link or a tag may be. The
text is the file itself. Front matter is in no chunk: keys and dates would make all notes alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from wooster.core.text import clip
from wooster.knowledge.model import Link, ReadDocument
from wooster.knowledge.reading import front_matter
from wooster.knowledge.reading.chunks import cut
from wooster.knowledge.reading.structure import Block, Lines, paragraphs

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# A larger one is a log or an export: as paragraphs, for the parser takes a second a megabyte.
_PARSED_LETTERS = 10_000_000
_TITLE_LETTERS = 300

_WIKILINK = re.compile(r"\[\[([^\[\]\n|#]*)(?:#([^\[\]\n|]*))?(?:\|[^\[\]\n]*)?\]\]")
_TAG = re.compile(r"#([\w/-]+)")
_BEFORE_TAG = frozenset(" \t\n([{\"',;:")
_INLINE = re.compile(r"[\[#<]")
_MARKUP = re.compile(r"[*_`\[<\\&!~]")
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#")
_BY_LINES = frozenset({"fence", "code_block", "html_block", "list_item_open"})
# What is cut into its items or rows instead.
_CONTAINERS = frozenset({"bullet_list_open", "ordered_list_open", "table_open"})


def read(text: str, zone: tzinfo | None = None) -> ReadDocument:
    """The document that `text` is. Nothing in a Markdown file is an error."""
    front = front_matter.read(text, zone)
    begin = 0 if front.is_broken else front.end
    broken = (Block(0, front.end, is_lines=True),) if front.is_broken else ()
    title, blocks = "", list[Block]()
    links, tags = list[Link](), set[str]()
    if len(text) > _PARSED_LETTERS:
        blocks = list(paragraphs(text, front.end))
    else:
        lines = Lines(text)
        tokens = _parser().parse(text[front.end :])
        above = lines.number(front.end) - 1 if front.end else 0
        blocks = list(_blocks(tokens, lines, above))
        links, tags = _references(tokens, above)
        first = next((block.heading for block in blocks if block.level == 1), "")
        title = clip(first, _TITLE_LETTERS)
    return ReadDocument(
        format="markdown",
        title=front.title or title,
        text=text,
        chunks=cut(text, (*broken, *blocks), begin),
        tags=front.tags | tags,
        aliases=front.aliases,
        links=tuple(links),
        date=front.date,
        is_private=front.is_private,
    )


def local_link(href: str, line: int) -> Link | None:
    """The link to another file that `href` is; None for an address and a place in the same file."""
    if not href or _ELSEWHERE.match(href):
        return None
    target, _, heading = href.partition("#")
    target = unquote(target.partition("?")[0])
    return Link(target, unquote(heading), line) if target else None


# --- blocks ------------------------------------------------------------------------------------


def _blocks(tokens: Sequence[Token], lines: Lines, above: int) -> Iterator[Block]:
    """Headings, paragraphs, items and rows that stand by themselves, not in another block."""
    for at, token in enumerate(tokens):
        is_row = token.type == "tr_open" and token.level == 2
        is_item = token.type == "list_item_open" and token.level == 1
        is_block = token.level == 0 and token.type not in _CONTAINERS
        if not token.map or not (is_row or is_item or is_block):
            continue
        first, after = token.map
        is_head = is_row and tokens[at - 1].type == "thead_open"
        is_heading = token.type == "heading_open"
        yield Block(
            lines.start(above + first + 1),
            lines.start(above + after + (2 if is_head else 1)),  # with the line of dashes
            level=int(token.tag[1]) if is_heading else 0,
            heading=_plain(tokens[at + 1].content) if is_heading else "",
            leads=is_head,
            is_lines=token.type in _BY_LINES,
        )


def _plain(content: str) -> str:
    """A heading's words, without marks around them."""
    if not _MARKUP.search(content):
        return content
    return "".join(
        token.content or " "
        for token in _inline(content)
        if token.type in ("text", "text_special", "code_inline", "wikilink", "tag", "image")
        or token.type.endswith("break")
    ).strip()


# --- links and tags ----------------------------------------------------------------------------


def _references(tokens: Sequence[Token], above: int) -> tuple[list[Link], set[str]]:
    links: list[Link] = []
    tags: set[str] = set()
    for token in tokens:
        if token.type != "inline" or not token.map or not _INLINE.search(token.content):
            continue
        line = above + token.map[0] + 1
        for part in _inline(token.content):
            if part.type == "wikilink":
                links.append(Link(part.meta["target"], part.meta["heading"], line))
            elif part.type == "link_open":
                link = local_link(str(part.attrs.get("href", "")), line)
                links += [link] if link else []
            elif part.type == "tag":
                tags.add(part.content[1:])
            elif part.type.endswith("break"):
                line += 1
            else:
                line += part.content.count("\n")
    return links, tags


def _inline(content: str) -> list[Token]:
    parser = _parser()
    found: list[Token] = []
    parser.inline.parse(content, parser, {}, found)
    return found


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.inline.ruler.before("link", "wikilink", _wikilink)
    parser.inline.ruler.before("link", "tag", _tag)
    return parser


def _wikilink(state: StateInline, silent: bool) -> bool:
    """`[[target#heading|shown]]`, and `![[…]]` after its exclamation mark."""
    found = _WIKILINK.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    target, heading = found[1].strip(), (found[2] or "").strip()
    if not silent:
        token = state.push("wikilink" if target else "text", "", 0)
        token.content = target or heading
        token.meta = {"target": target, "heading": heading}
    state.pos = found.end()
    return True


def _tag(state: StateInline, silent: bool) -> bool:
    """`#tag` and `#nested/tag` after a space or an opening bracket; `#123` is a number."""
    found = _TAG.match(state.src, state.pos, state.posMax)
    if not found or (state.pos and state.src[state.pos - 1] not in _BEFORE_TAG):
        return False
    tag = found[1].strip("/-")
    if not tag or tag.isdigit():
        return False
    if not silent:
        token = state.push("tag", "", 0)
        token.content = f"#{tag}"
    state.pos = found.end()
    return True
