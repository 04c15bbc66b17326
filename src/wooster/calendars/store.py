"""The SQL of calendars. It knows rows and nothing of what they mean."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple
from datetime import date, datetime
from typing import Any

from wooster.calendars.model import Instance, Object, Source, Spot
from wooster.core.clock import from_ms, to_ms

_LONG_MS = 172_800_000
_INSTANCE = (
    "i.id, o.source_id, s.name AS calendar, o.href, i.uid, i.original, i.repeats, i.kind,"
    " i.starts_ms, i.ends_ms, i.zone, i.summary, i.location, i.status, i.is_free"
)
_SPOT = "i.id, o.source_id, s.name, i.uid, i.kind, i.starts_ms, i.ends_ms, i.summary, i.status"
_FROM = (
    "FROM calendar_instances i JOIN calendar_objects o ON o.id = i.object_id"
    " JOIN calendar_sources s ON s.id = o.source_id AND s.removed_ms IS NULL"
)
_PUT_OBJECT = (
    "INSERT INTO calendar_objects (source_id, href, etag, text) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (source_id, href) DO UPDATE SET etag = excluded.etag, text = excluded.text"
    " RETURNING id"
)


# --- sources ----------------------------------------------------------------------------------


def sources(connection: sqlite3.Connection, *, removed: bool = False) -> list[Source]:
    """Those that are there, or those that were removed and can come back."""
    which = "NOT NULL" if removed else "NULL"
    found = connection.execute(
        f"SELECT * FROM calendar_sources WHERE removed_ms IS {which} ORDER BY id"
    )
    return [_source(row) for row in found.fetchall()]


def _source(row: sqlite3.Row) -> Source:
    return Source(
        row["id"],
        row["kind"],
        row["name"],
        row["place"],
        row["credential"],
        bool(row["can_write"]),
        row["etag"],
        row["last_modified"],
        row["sync_token"],
        tuple(json.loads(row["addresses"])),
        _instant(row["tried_ms"]),
        _instant(row["read_ms"]),
        _day(row["first_day"]),
        _day(row["end_day"]),
        row["problem"],
        tuple((href, text) for href, text in json.loads(row["findings"])),
        _instant(row["removed_ms"]),
    )


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def add_source(
    connection: sqlite3.Connection, source: Source, now: datetime, number: int | None = None
) -> int:
    """The number of the new one: the next, or `number`; that of `source` is not looked at."""
    cursor = connection.execute(
        "INSERT INTO calendar_sources (id, kind, name, place, credential, added_ms, can_write,"
        " addresses) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            source.kind,
            source.name,
            source.place,
            source.credential,
            to_ms(now),
            source.can_write,
            json.dumps(source.addresses),
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def set_removed(connection: sqlite3.Connection, source_id: int, removed: datetime | None) -> None:
    connection.execute(
        "UPDATE calendar_sources SET removed_ms = ? WHERE id = ?",
        (None if removed is None else to_ms(removed), source_id),
    )


def drop_source(connection: sqlite3.Connection, source_id: int) -> None:
    """With all that was read of it."""
    connection.execute("DELETE FROM calendar_sources WHERE id = ?", (source_id,))


def set_state(connection: sqlite3.Connection, source: Source) -> None:
    """What is known of a source after it was read, or couldn't be."""
    connection.execute(
        "UPDATE calendar_sources SET etag = ?, last_modified = ?, sync_token = ?, tried_ms = ?,"
        " read_ms = ?, first_day = ?, end_day = ?, problem = ?, findings = ? WHERE id = ?",
        (
            source.etag,
            source.last_modified,
            source.sync_token,
            None if source.tried is None else to_ms(source.tried),
            None if source.read is None else to_ms(source.read),
            "" if source.first_day is None else source.first_day.isoformat(),
            "" if source.end_day is None else source.end_day.isoformat(),
            source.problem,
            json.dumps(source.findings),
            source.id,
        ),
    )


# --- objects ----------------------------------------------------------------------------------


def objects(connection: sqlite3.Connection, source_id: int) -> list[Object]:
    found = connection.execute(
        "SELECT href, etag, text FROM calendar_objects WHERE source_id = ? ORDER BY id",
        (source_id,),
    )
    return [Object(*row) for row in found.fetchall()]


def etags(connection: sqlite3.Connection, source_id: int) -> dict[str, str]:
    found = connection.execute(
        "SELECT href, etag FROM calendar_objects WHERE source_id = ?", (source_id,)
    )
    return dict(found.fetchall())


def text_of(connection: sqlite3.Connection, source_id: int, href: str) -> Object | None:
    row = connection.execute(
        "SELECT href, etag, text FROM calendar_objects WHERE source_id = ? AND href = ?",
        (source_id, href),
    ).fetchone()
    return Object(*row) if row else None


def put_object(
    connection: sqlite3.Connection, source_id: int, found: Object, rows: Iterable[dict[str, Any]]
) -> None:
    """An object as it is now, with its instances in place of those that it had."""
    (object_id,) = connection.execute(_PUT_OBJECT, (source_id, *astuple(found))).fetchone()
    connection.execute("DELETE FROM calendar_instances WHERE object_id = ?", (object_id,))
    _put_instances(connection, object_id, rows)


def _put_instances(
    connection: sqlite3.Connection, object_id: int, rows: Iterable[dict[str, Any]]
) -> None:
    connection.executemany(
        "INSERT INTO calendar_instances (object_id, uid, original, repeats, kind, starts_ms,"
        " ends_ms, zone, summary, location, status, is_free) VALUES (:object_id, :uid, :original,"
        " :repeats, :kind, :starts_ms, :ends_ms, :zone, :summary, :location, :status, :is_free)",
        ({**row, "object_id": object_id} for row in rows),
    )


def put_event(
    connection: sqlite3.Connection,
    source_id: int,
    found: Object,
    uid: str,
    rows: Iterable[dict[str, Any]],
) -> None:
    """An object as it is now, in which only one event has changed: the others keep their
    instances. Without a `uid` the event is new."""
    row = connection.execute(
        "SELECT id FROM calendar_objects WHERE source_id = ? AND href = ?", (source_id, found.href)
    ).fetchone()
    if row is None:
        row = connection.execute(_PUT_OBJECT, (source_id, *astuple(found))).fetchone()
    else:  # its text may be long: to look for it and to change it at once takes twice as long
        connection.execute(
            "UPDATE calendar_objects SET etag = ?, text = ? WHERE id = ?",
            (found.etag, found.text, row[0]),
        )
    object_id = row[0]
    if uid:
        connection.execute(
            "DELETE FROM calendar_instances WHERE object_id = ? AND uid = ?", (object_id, uid)
        )
    _put_instances(connection, object_id, rows)


def drop_objects(connection: sqlite3.Connection, source_id: int, hrefs: Collection[str]) -> None:
    connection.executemany(
        "DELETE FROM calendar_objects WHERE source_id = ? AND href = ?",
        [(source_id, href) for href in hrefs],
    )


def texts(connection: sqlite3.Connection) -> list[tuple[int, str, str]]:
    """Of each object of a source that is there: the source's number and name, and the text."""
    found = connection.execute(
        "SELECT s.id, s.name, o.text FROM calendar_sources s JOIN calendar_objects o"
        " ON o.source_id = s.id WHERE s.removed_ms IS NULL ORDER BY s.id, o.id"
    )
    return [(int(row[0]), str(row[1]), str(row[2])) for row in found.fetchall()]


# --- instances --------------------------------------------------------------------------------


def between(
    connection: sqlite3.Connection,
    instants: tuple[int, int],
    walls: tuple[int, int],
    word: str = "",
) -> list[Instance]:
    """What touches a stretch of time: `timed` that between `instants`, the others that between
    `walls`. What has no length is in it where it begins in it. With a `word` of ASCII in small
    letters, only what has it in its title."""
    found = connection.execute(*_in(_INSTANCE, instants, walls, word))
    return [
        each
        for each in map(_instance, found.fetchall())
        if _touches(each, instants if each.kind == "timed" else walls)
    ]


def spots_between(
    connection: sqlite3.Connection, instants: tuple[int, int], walls: tuple[int, int], word: str
) -> list[Spot]:
    """The same, with no more than it takes to choose among many."""
    cursor = connection.cursor()
    cursor.row_factory = None  # tuples are made faster
    return [
        each
        for each in map(Spot._make, cursor.execute(*_in(_SPOT, instants, walls, word)))
        if _touches(each, instants if each.kind == "timed" else walls)
    ]


def _in(
    columns: str, instants: tuple[int, int], walls: tuple[int, int], word: str
) -> tuple[str, dict[str, Any]]:
    """The query for what may touch a stretch of time, and its values."""
    low, high = min(instants[0], walls[0]), max(instants[1], walls[1])
    titled = " AND instr(lower(i.summary), :word)" if word else ""
    query = (
        f"SELECT {columns} {_FROM} WHERE i.starts_ms >= :from AND i.starts_ms < :high{titled}"
        f" UNION ALL SELECT {columns} {_FROM} WHERE i.ends_ms - i.starts_ms > {_LONG_MS}"
        f" AND i.ends_ms > :low AND i.starts_ms < :from{titled}"
    )
    return query, {"from": low - _LONG_MS, "high": high, "low": low, "word": word}


def _touches(each: Instance | Spot, span: tuple[int, int]) -> bool:
    return each.starts_ms < span[1] and (each.ends_ms > span[0] or each.starts_ms >= span[0])


def by_ids(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, Instance]:
    """Those with these numbers, by them."""
    found = connection.execute(
        f"SELECT {_INSTANCE} {_FROM} WHERE i.id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return {each.id: each for each in map(_instance, found.fetchall())}


def instances(connection: sqlite3.Connection) -> list[Instance]:
    """All, in the order of their times."""
    found = connection.execute(f"SELECT {_INSTANCE} {_FROM} ORDER BY i.starts_ms, i.id")
    return [_instance(row) for row in found.fetchall()]


def of_event(connection: sqlite3.Connection, source_id: int, uid: str) -> list[Instance]:
    """All times of an event, in their order."""
    found = connection.execute(
        f"SELECT {_INSTANCE} {_FROM} WHERE o.source_id = ? AND i.uid = ? ORDER BY i.starts_ms",
        (source_id, uid),
    )
    return [_instance(row) for row in found.fetchall()]


def counts(connection: sqlite3.Connection) -> dict[int, int]:
    """How many events, and not how many of their times, each source has."""
    found = connection.execute(
        "SELECT o.source_id, count(DISTINCT i.uid) FROM calendar_instances i"
        " JOIN calendar_objects o ON o.id = i.object_id GROUP BY o.source_id"
    )
    return dict(found.fetchall())


def _instance(row: Sequence[Any]) -> Instance:
    values = list(row)
    values[6], values[14] = bool(values[6]), bool(values[14])
    return Instance(*values)
