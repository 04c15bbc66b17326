"""The original's health log, and the report that it made of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wooster.health import entries as health_entries
from wooster.moving.model import Aside, Event, Found, HealthEntries, Total, Unread
from wooster.moving.texts import as_utf8, count_lines, lines_of, shown


def health_log(data: bytes) -> Iterator[Event]:
    """`health_events.log.md`: entries of one line or more."""
    data = as_utf8(data)
    yield Total(count_lines(data))
    found = list(health_entries.entries(data))
    head = data[: found[0].start] if found else data
    yield from _head(head)
    ids, told, units = [], [], []
    for each in found:
        number = count_lines(data[each.start : each.end])
        if not each.text:
            yield Unread("the entry has no text", number, text=f"{each.day} {each.time}")
            continue
        ids.append(f"{each.day} {each.time} {each.text}")
        told.append(f"{each.day} {each.time} {each.text}")
        units.append(number)
    if told:
        yield Found("health entry", _apart(ids), HealthEntries(tuple(told)), tuple(units))


def _head(data: bytes) -> Iterator[Event]:
    for at, line in enumerate(lines_of(data.decode("utf-8", "replace")), 1):
        plain = line.strip("\ufeff \t")
        if not plain or plain.startswith("#"):
            yield Aside("blank lines and headings")
        else:
            yield Unread("it stands before the first entry with a date", 1, at, shown(plain))


def _apart(ids: Sequence[str]) -> tuple[str, ...]:
    """Entries that are alike are one: the log has no more of them than one."""
    seen: dict[str, int] = {}
    found = []
    for each in ids:
        seen[each] = seen.get(each, 0) + 1
        found.append(each if seen[each] == 1 else f"{each}\0{seen[each]}")
    return tuple(found)


_REPORT_DAY = re.compile(r"## +(\d{4}-\d{2}-\d{2})\s*")
_REPORT_ENTRY = re.compile(r"- (\d{2}:\d{2}(?::\d{2})?) (.*)")


def health_report(text: str) -> Iterator[Event]:
    """`health.md`: what was made out of the log; entries that the log lacks are taken from it."""
    lines = lines_of(text)
    yield Total(len(lines))
    day = ""
    ids: list[str] = []
    units: list[int] = []
    for at, line in enumerate(lines, 1):
        heading, entry = _REPORT_DAY.fullmatch(line), _REPORT_ENTRY.fullmatch(line)
        if heading:
            day = heading[1]
            yield Aside("blank lines and headings")
        elif entry and day:
            clock = entry[1] if len(entry[1]) == 8 else f"{entry[1]}:00"
            ids.append(f"{day} {clock} {entry[2].strip()}")
            units.append(1)
        elif ids and line.startswith(("  ", "\t")) and line.strip():
            ids[-1] += f"\n{line.strip()}"
            units[-1] += 1
        elif not line.strip() or line.startswith("#"):
            yield Aside("blank lines and headings")
        else:
            yield Unread("it is no entry of a day", 1, at, shown(line))
    if ids:
        yield Found("health entry", _apart(ids), HealthEntries(tuple(ids)), tuple(units))
