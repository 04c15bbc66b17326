"""How passages of the library look in a prompt: outside text in a block that it can't leave.

Pure functions from sources to text. The marks around the block stand in `prompts/`; they mean
something only because no passage may hold them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wooster.core.text import clean, clip, rough_tokens
from wooster.knowledge.model import Source

_NAME_CHARACTERS = 200

# What a model could read as the end of the block, as a turn of somebody else or as a tool's word:
# our own marks and those of the known chat templates, also with signs in them that aren't seen.
_UNSEEN = "[\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*"
_MARK = re.compile(
    f"[<＜﹤](?={_UNSEEN}/?{_UNSEEN}(?:[|｜]|(?:s|passages?|memor(?:y|ies)|think|system|start_of_turn|end_of_turn)"
    f"{_UNSEEN}[>＞]|tool_|<sys|/sys))|\\[(?=/?INST\\])",
    re.IGNORECASE,
)
# A number in brackets that isn't an index into something, as papers have them: the model would
# repeat it as if it were one of ours, and at a line's start it would look like the next passage.
_NUMBER = re.compile(r"(?<![\w)\]])[\[【](\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*)[\]】]")


def fit(sources: Sequence[Source], budget_tokens: int) -> tuple[Source, ...]:
    """As many of the first `sources` as fit into the budget."""
    kept = tuple(sources)
    while kept and rough_tokens(block(kept)) > budget_tokens:
        kept = kept[:-1]
    return kept


def block(sources: Sequence[Source]) -> str:
    """The passages with their numbers, titles and headings."""
    return "\n\n".join(f"[{each.number}] {named(each)}\n{harmless(each.text)}" for each in sources)


def named(source: Source) -> str:
    """`Title › Heading › Heading` on one line; a first heading that is the title is said once."""
    headings = source.headings
    parts = headings if headings[:1] == (source.title,) else (source.title, *headings)
    return clip(harmless(" › ".join(filter(None, parts))), _NAME_CHARACTERS)


def harmless(text: str) -> str:
    """Outside text in which nothing is a mark of a prompt or a number of a passage."""
    return _NUMBER.sub(r"(\1)", unmarked(text)).strip("\n")


def unmarked(text: str) -> str:
    """Outside text in which nothing is a mark of a prompt."""
    return _MARK.sub("‹", clean(text))
