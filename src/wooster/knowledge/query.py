"""What a person types to search: words, and filters among them. Pure.

`tag:work project:home in:letters since:2026-01-01 until:2026-03` may stand anywhere; quotes keep a
value with spaces together, and keep what only looks like a filter a word. Anything else is words;
those in quotes stay in them, because the search looks for them side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from wooster.core.clock import to_ms
from wooster.core.errors import UsageError
from wooster.core.text import clean

_TOKEN = re.compile(
    r'(?<!\S)(?P<key>tag|project|in|since|until):(?:"(?P<quoted>[^"]+)"|(?P<value>[^\s"]+))(?!\S)'
    r'|"(?P<phrase>[^"]*)"',
    re.IGNORECASE,
)
_QUOTES = str.maketrans("“”„", '"""')
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Request:
    """What is searched for. `within` are parts of paths that must all be in a document's path;
    `since_ms` is in, `until_ms` out."""

    words: str
    tags: frozenset[str] = frozenset()
    project: str = ""
    within: tuple[str, ...] = ()
    since_ms: int | None = None
    until_ms: int | None = None

    @property
    def is_narrow(self) -> bool:
        return self != Request(self.words)


def parse(text: str, zone: tzinfo | None) -> Request:
    """A typed line as a request; days are those of the person's `zone`, None the machine's.

    Raises `UsageError` for what is no date, or one that there isn't.
    """
    words: list[str] = []
    given: dict[str, list[str]] = {}
    at = 0
    line = clean(text).translate(_QUOTES)
    for token in _TOKEN.finditer(line):
        words.append(line[at : token.start()])
        at = token.end()
        key = (token["key"] or "").lower()
        value = token["quoted"] or token["value"] or ""
        if not key:
            words.append(f" {token[0]} ")
        else:
            given.setdefault(key, []).append(value)
    words.append(line[at:])
    return Request(
        " ".join(" ".join(words).split()),
        frozenset(tag.lstrip("#").lower() for tag in given.get("tag", ())),
        given.get("project", [""])[-1].lower(),
        tuple(given.get("in", ())),
        max((_days(day, zone)[0] for day in given.get("since", ())), default=None),
        min((_days(day, zone)[1] for day in given.get("until", ())), default=None),
    )


def _days(value: str, zone: tzinfo | None) -> tuple[int, int]:
    """When a day, a month or a year begins, and when the next one does."""
    match = _DATE.fullmatch(value)
    if match is None:
        raise _no_date(value)
    year = int(match["year"])
    month, day = (int(match[part]) if match[part] else None for part in ("month", "day"))
    try:
        first = datetime(year, month or 1, day or 1, tzinfo=zone)
        if day:
            after = first + timedelta(days=1)
        elif month:
            after = (first + timedelta(days=31)).replace(day=1)
        else:
            after = first.replace(year=year + 1)
        return to_ms(first), to_ms(after)
    except (ValueError, OverflowError) as error:
        raise _no_date(value) from error


def _no_date(value: str) -> UsageError:
    return UsageError(f"{value!r} is no date.", hint="Write it as 2026-01-31, 2026-01 or 2026.")
