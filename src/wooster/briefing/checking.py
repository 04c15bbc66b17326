"""Whether a model's words tell the items, all of them, and nothing else. Pure.

The words of an item (its name, and each of its facts) must stand as they are in what the model says
of it, once; whatever else stands there must be of a short closed list of words that carry no fact
(`glue`). So a number, a time, a day, a name, a "not" or a whole task that isn't the person's can't
come in, and none of theirs can go. Comparing only numbers and capital letters was the other way;
it lets "buy milk" in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wooster.briefing.glue import GLUE
from wooster.briefing.model import Item

_MARK = re.compile(r"\[([a-z]+:[^\]\s]{1,80})\]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_HARMLESS = re.compile(r"[\s.,;:!?\-–—*()'’\"“”|\x00]*")
_TAKEN = "\x00"


def unmarked(text: str) -> str:
    """Without the marks, tidied."""
    bare = re.sub(r"[ \t]*" + _MARK.pattern, "", text)
    return "\n".join(re.sub(r"\s*\|\s*", ", ", row).rstrip() for row in bare.strip().splitlines())


def can_be_marked(items: Sequence[Item]) -> bool:
    """Whether no words of an item look like a mark."""
    return not any(_MARK.search(part) for each in items for part in each.parts)


def problem(text: str, items: Sequence[Item]) -> str:
    """What is wrong with `text`; "" for nothing. A mark stands after what is said of its item, or
    before it, the same throughout."""
    marks = list(_MARK.finditer(text))
    said, wanted = [mark[1] for mark in marks], [each.id for each in items]
    for identity in wanted:
        if said.count(identity) != 1:
            return f"{identity} is told {said.count(identity)} times"
    for identity in said:
        if identity not in wanted:
            return f"{identity} is no item"
    edges = [0, *(mark.end() for mark in marks), len(text)]
    starts = [mark.start() for mark in marks]
    by_id = {each.id: each for each in items}
    after = [text[edges[n] : starts[n]] for n in range(len(marks))]
    before = [text[edges[n + 1] : end] for n, end in enumerate([*starts[1:], len(text)])]
    trailing = _wrong(list(zip(said, after, strict=True)), text[edges[-2] :], by_id)
    if not trailing or not marks:
        return trailing
    return (
        trailing if _wrong(list(zip(said, before, strict=True)), text[: starts[0]], by_id) else ""
    )


def _wrong(told: list[tuple[str, str]], around: str, items: dict[str, Item]) -> str:
    for identity, segment in told:
        if reason := _of_item(segment, items[identity]):
            return f"{identity} {reason}"
    strange = _strange(around)
    return f"“{strange}” is of no item" if strange else ""


def _of_item(segment: str, each: Item) -> str:
    rest = " ".join(segment.split())
    for part in sorted(each.parts, key=len, reverse=True):
        words = " ".join(part.split())
        found = re.search(_bounded(words), rest, re.IGNORECASE)
        if found is None:
            return f"lost “{words}”"
        rest = f"{rest[: found.start()]}{_TAKEN}{rest[found.end() :]}"
    strange = _strange(rest)
    return f"has “{strange}”, which isn't of it" if strange else ""


def _bounded(words: str) -> str:
    """Just these words: no longer number ("12" in "112", "-12", "12.5", "12:30", "12 %")."""
    begin = r"(?<![\w.,:/\-–—+])" if words[0].isdigit() else r"(?<!\w)"
    end = r"(?!\s?%)(?![\w°])(?![.,:/\-–—]\d)" if words[-1].isdigit() else r"(?!\w)"
    return begin + re.escape(words) + end


def _strange(text: str) -> str:
    """The first word or sign of it that isn't glue."""
    for found in _WORD.finditer(text):
        word = found[0]
        if word.casefold().replace("’", "'") not in GLUE:
            return word
    left = _HARMLESS.sub("", _WORD.sub("", text))
    return left[:1]
