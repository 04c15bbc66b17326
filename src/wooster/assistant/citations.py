"""The list of sources below an answer. Code writes it: a model's numbers are read, and what they
stand for is never taken from the model.

Pure functions over the whole answer, so that it doesn't matter in which pieces a number came.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wooster.assistant.passages import named, unmarked
from wooster.core.patterns import Pattern
from wooster.knowledge.model import Source

# [1] and [1, 3] and [2-4], and the brackets that some models have for it; [2026] is a year.
_CITED = Pattern(r"[\[【](\d{1,2}(?:\s*[,;–-]\s*\d{1,2})*)[\]】]")
_RANGE = Pattern(r"(\d+)(?:\s*[–-]\s*(\d+))?")
_CODE = Pattern(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
# An underscore inside a word is only text, and file names have many.
_MARKDOWN = Pattern(r"[\\`*\[\]<]|(?<![^\W_])_|_(?![^\W_])")


def cited(answer: str) -> set[int]:
    """The numbers that an answer cites; what stands in code is none."""
    numbers: set[int] = set()
    for found in _CITED.finditer(_CODE.sub("", answer)):
        for first, last in _RANGE.findall(found[1]):
            numbers |= {int(first), *range(int(first), int(last or first) + 1)}
    return numbers


def listed(answer: str, sources: Sequence[Source]) -> str:
    """Markdown to put after `answer`, which was given `sources`: those that it cites, with where
    each is; all of them when it cites none. A number that nothing was given for is told."""
    numbers = cited(answer)
    used = [each for each in sources if each.number in numbers]
    title = "Sources:" if used else "Given to the model, which cited none of it:"
    lines = [
        f"- [{each.number}] {_escaped(named(each))}: {_place(each)}" for each in used or sources
    ]
    wrong = sorted(numbers - {each.number for each in sources})
    if wrong:
        told = ", ".join(f"[{number}]" for number in wrong[:5])
        lines.append(f"- {told}: the model was given no passage of this number")
    return "\n".join([_end_of_code(answer), "", title, "", *lines, ""])


def _place(source: Source) -> str:
    """`path:line`, or the path and the page."""
    path = unmarked(str(source.path)).replace("\n", " ")
    if source.page:
        kind = "chapter" if source.path.suffix.lower() == ".epub" else "page"
        return f"{_code(path)}, {kind} {source.page}"
    return _code(f"{path}:{source.line}")


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _escaped(text: str) -> str:
    """Text of a document that is no Markdown here."""
    return _MARKDOWN.sub(r"\\\g<0>", text)


def _end_of_code(answer: str) -> str:
    """What ends the code block that an answer broke off in."""
    fences = sum(line.lstrip().startswith("```") for line in answer.split("\n"))
    return "\n```" if fences % 2 else ""
