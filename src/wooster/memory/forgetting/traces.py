"""What was forgotten, taken out of text files: the prompt's history and logs. Pure.

An entry of either that says any of it goes whole. It refuses to know files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from wooster.memory.forgetting.wording import Wording

# A shorter text stands in many lines that have nothing to do with it.
_TELLING = 12
# prompt-toolkit's history: a comment with the time, then the lines, each after a plus sign.
_ENTRY = re.compile(r"(?:^#[^\n]*\n)?(?:^\+[^\n]*\n?)+|^[^\n]*\n?", re.MULTILINE)
# `/remember TEXT`, `/correct 3 TEXT`: what was told stands behind the command.
_COMMAND = re.compile(r"/\w+(?:\s+\d+)?\s+")


def without_entries(history: str, texts: Collection[str], words: Collection[Wording]) -> str:
    """A prompt's history without the entries that say one of `texts`, or any of `words`."""
    held = _stripped(texts)

    def kept(entry: re.Match[str]) -> str:
        lines = [line[1:] for line in entry[0].splitlines() if line.startswith("+")]
        return "" if lines and _says("\n".join(lines), held, words) else entry[0]

    return _ENTRY.sub(kept, history)


def without_lines(log: str, texts: Collection[str], words: Collection[Wording]) -> str:
    """A log, a JSON object a line, without the lines that say one of `texts`, or any of `words`."""
    held = _stripped(texts)
    lines = log.splitlines(keepends=True)
    return "".join(line for line in lines if not _logs(line, held, words))


def _stripped(texts: Collection[str]) -> list[str]:
    return [said for text in texts if (said := text.strip())]


def _logs(line: str, texts: Collection[str], words: Collection[Wording]) -> bool:
    """Whether a line says it, be it escaped as JSON has it, or no JSON: what another program
    wrote, or the half of a line that a crash left."""
    try:
        told = list(_strings(json.loads(line)))
    except ValueError:
        told = [line]
    return any(_says(each, texts, words) for each in told)


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _strings(each)
        case list():
            for each in value:
                yield from _strings(each)


def _says(told: str, texts: Collection[str], words: Collection[Wording]) -> bool:
    said = told.strip()
    behind = _COMMAND.sub("", said, count=1) if said.startswith("/") else said
    if any(text in (said, behind) or (len(text) >= _TELLING and text in said) for text in texts):
        return True
    return any(each.stands_in(said) for each in words)
