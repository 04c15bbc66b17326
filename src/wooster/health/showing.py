"""The health log as text for a person (Markdown, in the original's form) and as data.

An entry stands in it as text: whatever is in it can't look like ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wooster.core.text import clean, counted, escaped
from wooster.core.units import Amount
from wooster.health.entries import Entry
from wooster.health.kinds import kind
from wooster.health.report import Count, Measured, Stretch

_SUMMED = ("exercise", "drink", "food")


def report_text(found: Sequence[Entry], counts: Sequence[Count], days: Stretch, today: date) -> str:
    """How much of what was logged, then the entries: days and what is on them, the newest day
    first, as in the original's `health.md`."""
    when = stretch_text(days, today)
    if not found:
        return f"Nothing was logged {when}. `health slept 7 hours` logs something."
    kinds = ", ".join(f"{each.entries} {each.kind}" for each in counts)
    told = counted(len(found), "entry", "entries")
    lines = ["# Personal Health Log", "", f"{told} {when}: {kinds}."]
    measured = [each for each in counts if each.measures]
    if measured:
        lines += ["", *(f"- {each.kind}: {_measures(each)}" for each in measured)]
    by_day: dict[str, list[Entry]] = {}
    for each in found:
        by_day.setdefault(each.day, []).append(each)
    for day in sorted(by_day, reverse=True):
        lines += ["", f"## {day}", ""]
        lines += [entry_text(each) for each in sorted(by_day[day], key=lambda each: each.time)]
    return "\n".join(lines)


def stretch_text(days: Stretch, today: date) -> str:
    if days.first == days.last:
        return "today" if days.last == today else f"on {days.last.isoformat()}"
    if days.first.year == 1:
        return "in all"
    return f"from {days.first.isoformat()} to {days.last.isoformat()}"


def entry_text(entry: Entry) -> str:
    """ "- 07:10:00 slept 7 hours", further lines moved in."""
    first, *rest = escaped(clean(entry.text)).split("\n")
    return "\n".join([f"- {entry.time} {first}", *(f"  {line}".rstrip() for line in rest)])


def _measures(count: Count) -> str:
    return "; ".join(_measure(each, count.kind) for each in count.measures)


def _measure(measured: Measured, kind: str) -> str:
    if measured.times == 1:
        return _short(measured.latest)
    if kind in _SUMMED:
        return f"{_short(measured.total)} in {measured.times} entries"
    return f"{_short(measured.mean)} on average of {measured.times}, {_short(measured.latest)} last"


def _short(amount: Amount) -> str:
    """With at most one digit after the point."""
    number, _, unit = str(amount).partition(" ")
    return f"{float(number):.1f}".removesuffix(".0") + f" {unit}"


def data(found: Sequence[Entry], counts: Sequence[Count], days: Stretch) -> dict[str, Any]:
    known = {text: kind(text) for text in {each.text for each in found}}
    return {
        "first": days.first.isoformat(),
        "last": days.last.isoformat(),
        "count": len(found),
        "kinds": {each.kind: each.entries for each in counts},
        "entries": [_entry_data(each, known[each.text]) for each in found],
    }


def entry_data(entry: Entry) -> dict[str, Any]:
    return _entry_data(entry, kind(entry.text))


def _entry_data(entry: Entry, its_kind: str) -> dict[str, Any]:
    return {"day": entry.day, "time": entry.time, "text": entry.text, "kind": its_kind}
