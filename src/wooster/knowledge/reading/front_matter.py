"""The YAML between two lines of dashes on top of a Markdown file.

It takes what the library uses and ignores the rest. In doubt a document is private: what nobody
can read may have said so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from wooster.core.text import clip
from wooster.knowledge.reading import dates

_FENCED = re.compile(
    r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
# libyaml recurses on the C stack: 32 000 open brackets crash it, 16 000 don't.
_LETTERS = 16_000
_PRIVATE_LINE = re.compile(r"^\s*[\"']?private[\"']?\s*:\s*(.*)$", re.IGNORECASE | re.MULTILINE)
_NO = frozenset({"", "false", "no", "off", "n", "0", "null", "~"})
_TITLE_LETTERS = 300


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a document says of itself. `end` is where its text begins; `is_broken`: there is front
    matter up to `end` that isn't YAML."""

    end: int = 0
    title: str = ""
    tags: frozenset[str] = frozenset()
    aliases: tuple[str, ...] = ()
    date: datetime | None = None
    is_private: bool = False
    is_broken: bool = False


def read(text: str, zone: tzinfo | None = None) -> FrontMatter:
    """The front matter of `text`; an empty one where it has none."""
    found = _FENCED.match(text, 0, _LETTERS)
    if not found:
        # It may be one that nobody closed, or a very long one.
        unclosed = text[:_LETTERS] if text.startswith("---") else ""
        return FrontMatter(is_private=_says_private(unclosed))
    try:
        values = _values(found[1])
    except ValueError:
        return FrontMatter(found.end(), is_private=_says_private(found[1]), is_broken=True)
    if values is None:
        return FrontMatter()
    written = (values.get(key) for key in ("date", "created"))
    title = values.get("title")
    return FrontMatter(
        end=found.end(),
        title=clip(title, _TITLE_LETTERS) if isinstance(title, str) else "",
        tags=_tags(values.get("tags", values.get("tag"))),
        aliases=_words(values.get("aliases", values.get("alias")), r","),
        date=next(
            (at for one in written if isinstance(one, str) and (at := dates.parse(one, zone))), None
        ),
        is_private="private" in values and _is_yes(values["private"]),
    )


def _values(yaml_text: str) -> dict[str, object] | None:
    """Keys in lower case, every scalar as it is written; None when it isn't a mapping, and then
    the dashes were a ruler. Raises `ValueError`."""
    import yaml

    # The base loader is a safe one that leaves scalars alone: `title: 2024` stays as written, and
    # a date that doesn't exist (2024-02-30) spoils nothing. The C one is nine times as fast.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        values = yaml.load(yaml_text, Loader=loader)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("it isn't YAML") from error
    if values in (None, ""):
        return {}
    if not isinstance(values, dict):
        return None
    return {str(key).lower(): value for key, value in values.items() if isinstance(key, str)}


def _tags(value: object) -> frozenset[str]:
    return frozenset(tag for word in _words(value, r"[,\s]+") if (tag := word.lstrip("#")))


def _words(value: object, between: str) -> tuple[str, ...]:
    """A list's strings, or a string's parts."""
    parts = re.split(between, value) if isinstance(value, str) else value
    if not isinstance(parts, list):
        return ()
    words = (clip(part, _TITLE_LETTERS) for part in parts if isinstance(part, str))
    return tuple(dict.fromkeys(word for word in words if word))


def _says_private(lines: str) -> bool:
    """Whether a line does, where it can't be read as YAML."""
    found = _PRIVATE_LINE.search(lines)
    return found is not None and _is_yes(found[1].partition("#")[0])


def _is_yes(value: object) -> bool:
    return not isinstance(value, str) or value.strip().strip("\"'").lower() not in _NO
