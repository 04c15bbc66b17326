"""Where Markdown that is still arriving can be cut: after the blocks that nothing can change.

Pure functions over text. It refuses to know how a block looks.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

# A last line of only these may still become anything: `2` a list's next number, `-` a rule.
_UNDECIDED = re.compile(r"[\s\-+*_=~`#>|:]*(\d{1,9}[.)]?)?\s*")


def parser() -> MarkdownIt:
    """CommonMark with tables and strikethrough; what has no place in a terminal stays as typed.

    HTML, images and link definitions would vanish or hide where they lead, and an answer that
    isn't shown as it is can't be trusted.
    """
    made = MarkdownIt("commonmark", {"html": False, "maxNesting": 12})
    made.enable(["strikethrough", "table"])
    return made.disable(["html_block", "html_inline", "image", "reference"])


def settled(markdown: MarkdownIt, text: str) -> int:
    """How many characters of `text` are whole top-level blocks that nothing to come can change."""
    decided = text[: _decided(text)]
    starts = [
        token.map[0]
        for token in markdown.parse(decided)
        if token.level == 0 and token.map and token.nesting >= 0
    ]
    if len(starts) < 2:
        return 0
    return _offset(decided, starts[-1])


def _decided(text: str) -> int:
    """The end of the last line, or of `text` when its unfinished line can't change what it is.

    After a blank line a few letters decide; right below another line they may continue it.
    """
    whole = text.rfind("\n") + 1
    last = text[whole:]
    after_blank = not text[:whole].strip() or text[:whole].rstrip(" \t").endswith("\n\n")
    return len(text) if after_blank and not _UNDECIDED.fullmatch(last) else whole


def _offset(text: str, line: int) -> int:
    position = 0
    for _ in range(line):
        position = text.index("\n", position) + 1
    return position
