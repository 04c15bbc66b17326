"""What of calendars says something. Events of files that are Wooster's own are taken out of them;
all other calendars are told of and stay: they are read again from where they are.

Only what a person wrote counts: a zone called Europe/Berlin doesn't say “Berlin”.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from wooster.calendars import blocks
from wooster.calendars.editing import cancelled, own_lines
from wooster.calendars.writing import FOLDER, OWN_FILE
from wooster.core.patterns import Pattern
from wooster.core.text import Says, clean, clip

_FOLD = Pattern(r"\r?\n[ \t]")
_ESCAPED = Pattern(r"\\([nN,;\\])")
_ZONE = Pattern(r"(?i);TZID=(?:\"[^\"]*\"|[^;:]*)")
_SHOWN_CHARACTERS = 60
# What programs write for programs.
_PROPERTIES = (
    "BEGIN END VERSION PRODID CALSCALE METHOD X-WR-TIMEZONE TZID TZNAME TZURL X-LIC-LOCATION UID"
    " DTSTART DTEND DUE DURATION DTSTAMP CREATED LAST-MODIFIED RECURRENCE-ID EXDATE RDATE RRULE"
    " SEQUENCE STATUS TRANSP CLASS PRIORITY"
)
_TECHNICAL = frozenset(_PROPERTIES.split())


# --- calendars of others ----------------------------------------------------------------------


def saying(connection: sqlite3.Connection, says: Says, home: Path) -> list[str]:
    """Calendars that aren't Wooster's own, by name, each once; and all those whose name or place
    says it."""
    rows = connection.execute(
        "SELECT s.kind, s.name, s.place, o.text FROM calendar_sources AS s"
        " LEFT JOIN calendar_objects AS o ON o.source_id = s.id"
    )
    found = dict.fromkeys(
        row["name"]
        for row in rows
        if says(f"{row['name']}\n{row['place']}")
        or (not _is_own(row["kind"], row["place"], home) and _stands_in(row["text"] or "", says))
    )
    return [f"the calendar “{each}” (`calendars remove` takes it away)" for each in found]


def _is_own(kind: str, place: str, home: Path) -> bool:
    return kind == "file" and Path(place) in (home / OWN_FILE, home / FOLDER / Path(place).name)


# --- Wooster's own ----------------------------------------------------------------------------


def own_saying(connection: sqlite3.Connection, says: Says, home: Path) -> list[str]:
    """The events of Wooster's own calendars, as they were read last."""
    return list(dict.fromkeys(e for _, text in _own(connection, home) for e in events(text, says)))


def clear_own(connection: sqlite3.Connection, says: Says, home: Path) -> None:
    """The same as is done to the files: what is read of them next agrees with it."""
    for number, text in _own(connection, home):
        new = without(text, says)
        if new == text:
            continue
        connection.execute("UPDATE calendar_objects SET text = ? WHERE id = ?", (new, number))
        uids = {each.uid for each in blocks.split(new).events}
        rows = connection.execute(
            "SELECT id, uid, summary, location FROM calendar_instances WHERE object_id = ?",
            (number,),
        ).fetchall()
        gone = [(row[0],) for row in rows if row[1] not in uids or says(f"{row[2]}\n{row[3]}")]
        connection.executemany("DELETE FROM calendar_instances WHERE id = ?", gone)


def _own(connection: sqlite3.Connection, home: Path) -> list[tuple[int, str]]:
    rows = connection.execute(
        "SELECT o.id, o.text, s.kind, s.place FROM calendar_objects AS o"
        " JOIN calendar_sources AS s ON s.id = o.source_id"
    )
    return [(row[0], row[1]) for row in rows if _is_own(row[2], row[3], home)]


# --- a calendar's text ------------------------------------------------------------------------


def events(text: str, says: Says) -> list[str]:
    """What in it says something, in words for a person."""
    if not says(_unfolded(text)):
        return []
    found = blocks.split(text)
    told = [
        f"the event “{_title(found.text(group))}”"
        for group in found.by_uid()
        if any(_stands_in(found.text([each]), says) for each in group)
    ]
    others = [*_frame_saying(found, says)]
    return list(dict.fromkeys([*told, *(["a line of a calendar"] if others else [])]))


def without(text: str, says: Says) -> str:
    """The text without the events that say it, a series with all of its times; of a series of which
    only single times say it, without those; and without other lines, or entries, that do. Every
    other byte is as it was."""
    if not says(_unfolded(text)):
        return text
    found = blocks.split(text)
    put: dict[int, str] = {}
    for first, end in _frame_saying(found, says):
        put |= dict.fromkeys(range(first, end), "")
    for group in found.by_uid():
        saying = [each for each in group if _stands_in(found.text([each]), says)]
        if saying:
            for each in group:
                put |= dict.fromkeys(range(each.first, each.end), "")
            put[group[0].first] = _left(found.text(group), [found.text([e]) for e in saying])
    return "".join(put.get(number, line) for number, line in enumerate(found.lines))


def _left(group: str, saying: Sequence[str]) -> str:
    """What is left of the lines of an event."""
    times = [_content(each, "RECURRENCE-ID") for each in saying]
    if not all(times):
        return ""
    for each in times:
        group = cancelled(group, blocks.value(each).strip(), repeats=True)
    return group


def _frame_saying(found: blocks.Blocks, says: Says) -> Iterator[tuple[int, int]]:
    """Outside of events, from where to where: a whole entry of another kind, or a content line."""
    inside = {number for each in found.events for number in range(each.first, each.end)}
    ends = _ends(found.lines)
    number = 0
    while number < len(found.lines):
        end = number + 1
        name = blocks.name_of(found.lines[number])
        if number in inside:
            number = end
            continue
        if name == "BEGIN" and not found.lines[number].strip().upper().endswith(":VCALENDAR"):
            end = ends.get(number, end)  # one that is never closed is a line by itself
        else:
            while end < len(found.lines) and found.lines[end][:1] in (" ", "\t"):
                end += 1
        if _stands_in("".join(found.lines[number:end]), says):
            yield number, end
        number = end


def _ends(lines: Sequence[str]) -> dict[int, int]:
    """Before which line each ends that is closed, by the line in which it begins."""
    begun, ends = list[int](), dict[int, int]()
    for number, line in enumerate(lines):
        name = blocks.name_of(line)
        if name == "BEGIN":
            begun.append(number)
        elif name == "END" and begun:
            ends[begun.pop()] = number + 1
    return ends


def _stands_in(text: str, says: Says) -> bool:
    return says(_unfolded(text)) and says(_unfolded("\n".join(_telling(text))))


def _telling(text: str) -> Iterator[str]:
    """The content lines that a person may have written, without the names of their properties."""
    lines, is_zone = blocks.lines_of(text), False
    for number, line in enumerate(lines):
        if line[:1] in (" ", "\t"):
            continue
        whole = blocks.unfolded(lines, number)
        name = blocks.name_of(whole)
        if name in ("BEGIN", "END") and whole.strip().upper().endswith(":VTIMEZONE"):
            is_zone = name == "BEGIN"
        elif not is_zone and name not in _TECHNICAL:
            yield _ZONE.sub("", whole[len(name) :])


def _unfolded(text: str) -> str:
    """The words as they are read: lines in one piece (RFC 5545, 3.1), signs as they are meant
    (3.3.11)."""
    whole = _FOLD.sub("", text)
    return _ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], whole)


def _title(event: str) -> str:
    title = clean(_unfolded(blocks.value(_content(event, "SUMMARY"))))
    return clip(" ".join(title.split()), _SHOWN_CHARACTERS)


def _content(event: str, name: str) -> str:
    return next((line for _, line in own_lines(event) if blocks.name_of(line) == name), "")
