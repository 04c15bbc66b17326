"""What a person says of a goal, taken apart: "weight from 190 to 170 lb by June, category health"
is a name, a measure, a deadline and a category.

What stands in quotes at the begin is the name, whatever words are in it. It refuses to know which
goals there are, and how words become dates: that is handed to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from wooster.core import days as local_days
from wooster.core import units
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clip
from wooster.goals import quantities
from wooster.goals.model import Measure
from wooster.goals.quantities import Quantity

LONGEST = 300
"""Characters that may be said of a goal."""
LONGEST_NAME = 100
EXAMPLES = (
    "`set goal read 24 books by 31 December`, `set goal weight from 190 to 170 lb by June`,"
    " `set goal learn Portuguese by next summer, category learning`"
)
_SHOWN = 60

Span = tuple[date, date]
ReadDays = Callable[[str], Span | None]
"""The first and the last day of words for a time; None for words that are none."""

_CATEGORY = Pattern(
    r"(?:(?:^|\s*[,;])\s*(?:in\s+)?category\s*:?\s+|(?:^|\s)category:\s*|(?:^|\s)#)"
    r"(?P<category>[^\W\d_][\w-]{0,29})(?=\s*(?:[,;.]|$)|\s)",
    re.IGNORECASE,
)
_BY = Pattern(
    r"(?:^|[\s,;])(?P<by>by|until|till|before|due(?:\s+(?:on|by))?|deadline|within|no\s+later\s+than)"
    r"\s*:?\s+(?=\S)",
    re.IGNORECASE,
)
_BARE = Pattern(r"(?:^|[\s,;])(?=(?:in|this|next|on|tomorrow|today)\s*\b)", re.IGNORECASE)
_FROM_TO = Pattern(
    rf"(?:^|[\s,;]){{0,3}}\bfrom\s+{quantities.pattern('a')}\s+(?:up\s+|down\s+)?(?:to|→)\s+"
    rf"{quantities.pattern('b')}(?=[\s,;.]|$)",
    re.IGNORECASE,
)
_TO = Pattern(
    rf"(?:^|\s)(?:down\s+|up\s+|back\s+)?to\s+{quantities.pattern('b', 'elo')}$", re.IGNORECASE
)
_AMOUNT = Pattern(
    rf"(?<!\S){quantities.pattern('b', needs_unit=True)}(?![\w'’-])"
    r"(?!\s+(?:an?|per|each|every)\s+(?:day|week|month)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says of a goal; None and "" for what it doesn't say."""

    name: str = ""
    measure: Measure | None = None
    deadline: date | None = None
    category: str = ""


def parse(text: str, days: ReadDays) -> Said:
    """Raises `UsageError` for what is too long, and for what stands beside a name in quotes and is
    nothing of a goal."""
    if len(text) > LONGEST:
        raise UsageError(
            f"That is {len(text)} characters, more than the {LONGEST} that a goal may have.",
            hint="Give it a short name.",
        )
    quoted, rest = _quoted(" ".join(text.replace("−", "-").split()))
    category = ""
    if match := _CATEGORY.search(rest):
        category = match["category"].casefold()
        rest = _without(rest, match.start(), match.end())
    rest = _tidy(rest)
    deadline, rest = _deadline(rest, days)
    measure, rest = _measure(rest, is_quoted=bool(quoted))
    if quoted and rest:
        raise UsageError(f"“{clip(rest, _SHOWN)}” is nothing of a goal.", hint=f"As: {EXAMPLES}.")
    return Said(quoted or rest, measure, deadline, category)


def formatted(said: Said, days: ReadDays) -> str:
    """As it is typed: `parse` makes the same of it. In quotes only where the name needs them."""
    measure = "" if said.measure is None else measure_text(said.measure)
    deadline = "" if said.deadline is None else f"by {said.deadline.isoformat()}"
    category = f", category {said.category}" if said.category else ""
    quoted = f'"{said.name}"'
    for parts in (
        (said.name, "", deadline),
        (said.name, measure, deadline),
        (quoted, measure, deadline),
    ):
        text = " ".join(part for part in parts if part) + category
        if _reads_as(text, said, days):
            return text
    raise AssertionError(f"a goal that can't be typed: {said!r}")


def _reads_as(text: str, said: Said, days: ReadDays) -> bool:
    try:
        return parse(text, days) == said
    except UsageError:
        return False


def measure_text(measure: Measure) -> str:
    """ "from 190 to 170 lb"; "to 170 lb" where the start is what is measured first."""
    target = quantities.text(measure.target, measure.unit)
    if measure.start is None:
        return f"to {target}"
    if measure.unit and measure.unit in quantities.SIGNS:
        return f"from {quantities.text(measure.start, measure.unit)} to {target}"
    return f"from {quantities.digits(measure.start)} to {target}"


def a_deadline(words: str, days: ReadDays) -> date:
    """The last day that `words` leave time until: "by June" is its 30th. Raises `UsageError`."""
    by = _BY.match(words)
    rest = words[by.end() :] if by else words
    found = days(f"in {rest}") if by and by["by"].casefold() == "within" else days(rest)
    if found is None:
        raise UsageError(
            f"“{clip(words, _SHOWN)}” is no day.", hint="Say it as `31 December` or `2027-05-01`."
        )
    is_before = by is not None and by["by"].casefold() == "before"
    return found[0] - timedelta(days=1) if is_before else found[1]


# --- parts ------------------------------------------------------------------------------------


def _quoted(text: str) -> tuple[str, str]:
    """The name in quotes at the begin, "" for none, and what comes after it."""
    if text[:1] in ('"', "“", "„", "«"):
        end = max(map(text.rfind, ('"', "”", "“", "»")))
        if end > 1:
            return " ".join(text[1:end].split()), text[end + 1 :]
    return "", text


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}"


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,;").rstrip(" .!")


def _deadline(text: str, days: ReadDays) -> tuple[date | None, str]:
    """What stands after "by", "before", …, else a time at the end: "this year"."""
    for match in _BY.finditer(text):
        words = text[match.end() :].split(" ")
        for count in range(len(words), 0, -1):
            said = " ".join(words[:count]).strip(" ,;")
            try:
                day = a_deadline(f"{match['by']} {said}", days)
            except UsageError:
                continue
            return day, _tidy(f"{text[: match.start()]} {' '.join(words[count:])}")
    for match in _BARE.finditer(text):
        found = days(text[match.end() :])
        if found is not None:
            return found[1], _tidy(text[: match.start()])
    return None, text


def _measure(text: str, *, is_quoted: bool) -> tuple[Measure | None, str]:
    if match := _FROM_TO.search(text):
        first, last = quantities.read(match, "a"), quantities.read(match, "b")
        if first and last and (made := between(first, last)):
            return made, _tidy(_without(text, match.start(), match.end()))
    if (match := _TO.search(text)) and (last := quantities.read(match, "b")):
        return Measure(None, last.thousandths, last.unit), _tidy(text[: match.start()])
    if match := _AMOUNT.search(text):
        found = quantities.read(match, "b")
        if found and found.thousandths > 0:
            # It is part of what the goal is called: "read 24 books".
            left = _tidy(_without(text, match.start(), match.end()))
            return Measure(0, found.thousandths, found.unit), left if is_quoted else text
    return None, text


def between(first: Quantity, last: Quantity) -> Measure | None:
    """The measure from one to the other; None where they are of different kinds, or the same."""
    unit = last.unit or first.unit
    start = first.thousandths
    if first.unit and last.unit and first.unit != last.unit:
        converted = units.rescaled(start, first.unit, last.unit)
        if converted is None:
            return None
        start = converted
    return None if start == last.thousandths else Measure(start, last.thousandths, unit)


# --- what was measured ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Update:
    """Words for a goal and what is said of it: a value, or what came on top where `is_more`."""

    words: str
    quantity: Quantity
    is_more: bool = False
    day: str = ""


_PLUS = r"(?P<plus>\+\s*|(?:plus|another)\s+)"
_DAY_AT_END = Pattern(rf"(?:^|(?<=\s))(?P<day_words>{local_days.WORDS})$", re.IGNORECASE)
_UPDATE = Pattern(
    rf"(?P<words>.*?)(?:(?:^|\s+|\s*[:=]\s*)(?P<to>(?:to|is|at|now|=|:)\s+)?|(?=\+))"
    rf"{_PLUS}?{quantities.pattern('q')}(?P<more>\s+more)?",
    re.IGNORECASE,
)


def parse_update(text: str) -> Update | None:
    """The update that all of `text` is: "weight 185", "book +20 pages", "weight -2", "book 80 %".

    None where it says no number. A number below 0 takes something off, unless it is said "to" it.
    """
    rest, day = " ".join(text.replace("−", "-").split()).rstrip(" .!"), ""
    at_end = _DAY_AT_END.search(rest)
    if at_end and rest[: at_end.start()].strip():
        day, rest = at_end["day_words"], rest[: at_end.start()].rstrip(" ,")
    match = _UPDATE.fullmatch(rest)
    quantity = quantities.read(match, "q") if match else None
    if match is None or quantity is None:
        return None
    off = quantity.thousandths < 0 and not match["to"]
    is_more = bool(match["plus"] or match["more"] or off)
    return Update(match["words"].strip(" ,:"), quantity, is_more, day)


def renamed(name: str, old: Measure | None, new: Measure | None) -> str:
    """A name that says its target ("read 24 books") with the new one in its place."""
    if old is None or new is None:
        return name
    match = _AMOUNT.search(name)
    found = quantities.read(match, "b") if match else None
    if match is None or found != Quantity(old.target, old.unit):
        return name
    text = quantities.text(new.target, new.unit)
    return f"{name[: match.start()]}{text}{name[match.end() :]}"


def with_parts(said: Said, extra: Said) -> Said:
    """`said` with what `extra` says, too."""
    return replace(
        said,
        measure=extra.measure or said.measure,
        deadline=extra.deadline or said.deadline,
        category=extra.category or said.category,
    )
