"""The rows of facts before and after a change, by which it is taken back, row by row.

Whoever changes facts takes a snapshot of them before and after; the differences are all that is
needed to go back, and back again. Numbers stay what they were. It knows SQL, and nothing of what is
decided about facts.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from wooster.memory.facts import tombstones

Table = Literal["facts", "fact_mentions", "contradictions", "tombstones"]
Value = int | float | str | None
Values = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """A table's columns; the first `keys` of them tell its rows apart. `SELECT`s of it name ids of
    facts as `?1`."""

    columns: tuple[str, ...]
    keys: int
    of_facts: str


_FORMS: Mapping[Table, _Form] = {
    "tombstones": _Form(("id", "salt", "digest", "at_ms"), 1, ""),
    "facts": _Form(
        (
            *("id", "category", "subject", "key", "value", "statement", "confidence", "source"),
            *("made_by", "quote", "observed_ms", "valid_from_ms", "valid_to_ms", "ended_ms"),
            *("replaced_by", "is_private"),
        ),
        1,
        "id IN (SELECT value FROM json_each(?1))",
    ),
    "fact_mentions": _Form(
        ("fact_id", "turn_seq", "at_ms", "quote"),
        2,
        "fact_id IN (SELECT value FROM json_each(?1))",
    ),
    "contradictions": _Form(
        ("older", "newer", "raised_ms"),
        2,
        "older IN (SELECT value FROM json_each(?1)) OR newer IN (SELECT value FROM json_each(?1))",
    ),
}
_BYTES = frozenset({"salt", "digest"})  # as hexadecimal digits: what goes back is JSON
# What says that nothing more is to be learned of a turn, in the place of a fact's subject.
_TURN = "turn"

Key = tuple[Table, Values]
Snapshot = Mapping[Key, Values]


@dataclass(frozen=True, slots=True)
class Change:
    """A row before and after; None where there is none."""

    table: Table
    before: Values | None
    after: Values | None

    def __post_init__(self) -> None:
        form = _FORMS[self.table]
        there = [each for each in (self.before, self.after) if each is not None]
        if not there or any(len(each) != len(form.columns) for each in there):
            raise ValueError(f"a row of {self.table} has {len(form.columns)} values")
        if len({each[: form.keys] for each in there}) > 1:
            raise ValueError(f"a row of {self.table} is another one afterwards")

    @property
    def key(self) -> Values:
        row = self.before if self.before is not None else self.after
        assert row is not None
        return row[: _FORMS[self.table].keys]

    def reversed(self) -> Change:
        return Change(self.table, self.after, self.before)


def taking_back(
    name: str, changes: Sequence[Change], turn_seq: int | None = None
) -> tuple[str, dict[str, Any]] | None:
    """The action `name` that takes changes back, and its arguments; None where there are none."""
    if not changes:
        return None
    back = [asdict(each.reversed()) for each in changes]
    return name, {"rows": back} | ({} if turn_seq is None else {"turn": turn_seq})


# --- what was changed -------------------------------------------------------------------------


def snapshot(connection: sqlite3.Connection, fact_ids: Collection[int]) -> Snapshot:
    """The rows of these facts, of where they were said and of what they contradict."""
    ids = json.dumps(sorted(fact_ids))
    found: dict[Key, Values] = {}
    for table, form in _FORMS.items():
        if form.of_facts:
            columns = ", ".join(form.columns)
            for row in connection.execute(
                f"SELECT {columns} FROM {table} WHERE {form.of_facts}", (ids,)
            ):
                found[table, tuple(row)[: form.keys]] = tuple(row)
    return found


def differences(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """The rows that aren't the same in both."""
    keys = [*before, *(key for key in after if key not in before)]
    return tuple(
        Change(key[0], before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    )


def merged(changes: Iterable[Change]) -> list[Change]:
    """Changes that came one after the other as one of each row; what came to nothing is left
    out."""
    found: dict[Key, Change] = {}
    for each in changes:
        key = (each.table, each.key)
        first = found.get(key)
        found[key] = each if first is None else _joined(first, each)
    return [each for each in found.values() if each.before != each.after]


def _joined(first: Change, then: Change) -> Change:
    if first.before is None and then.after is None:
        return Change(first.table, then.before, then.before)  # it came and went
    return Change(first.table, first.before, then.after)


def unburied(
    connection: sqlite3.Connection, subject: str, key: str, value: str, statement: str
) -> tuple[Change, ...]:
    """Let it be learned again, as `tombstones.unbury`, and tell what that changed."""
    gone = tombstones.unbury(connection, subject, key, value, statement)
    return tuple(
        Change("tombstones", (number, salt.hex(), digest.hex(), at_ms), None)
        for number, salt, digest, at_ms in gone
    )


# --- going back -------------------------------------------------------------------------------


def are_there(connection: sqlite3.Connection, changes: Sequence[Change]) -> bool:
    """Whether every row still is as it was before these changes, and nothing else hangs on those
    that would go."""
    if any(_now(connection, each) != each.before for each in changes):
        return False
    known = {(each.table, each.key) for each in changes}
    going = {int(each.key[0] or 0) for each in changes if _is_fact(each) and each.after is None}
    hanging = snapshot(connection, going)
    if not all(key in known for key in hanging):
        return False
    heirs = connection.execute(
        "SELECT id FROM facts WHERE replaced_by IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(going)),),
    )
    return all(("facts", (row[0],)) in known for row in heirs)


def are_possible(connection: sqlite3.Connection, changes: Sequence[Change]) -> bool:
    """Whether all that rows would point at is there, or comes with them."""
    coming = {each.key[0] for each in changes if _is_fact(each) and each.after is not None}
    facts: set[Value] = set()
    turns: set[Value] = set()
    for each in changes:
        row = each.after
        if row is None:
            continue
        if each.table == "facts":
            facts.add(row[_FORMS["facts"].columns.index("replaced_by")])
        elif each.table == "fact_mentions":
            facts.add(row[0])
            turns.add(row[1])
        elif each.table == "contradictions":
            facts |= set(row[:2])
    return all(
        connection.execute(f"SELECT 1 FROM {table} WHERE {column} = ?", (value,)).fetchone()
        for table, column, values in (("facts", "id", facts - coming), ("turns", "seq", turns))
        for value in values
        if value is not None
    )


def put(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    """Make rows what they are after these changes; passages aren't touched. What comes is put
    before what goes, which rows that stay may still point at."""
    connection.execute("PRAGMA defer_foreign_keys = ON")  # until the transaction's end
    for each in sorted(changes, key=lambda change: change.after is None):
        form = _FORMS[each.table]
        if each.after is None:
            where = " AND ".join(f"{name} = ?" for name in form.columns[: form.keys])
            connection.execute(f"DELETE FROM {each.table} WHERE {where}", each.key)
            continue
        places = ", ".join("?" * len(form.columns))
        renewed = ", ".join(f"{name} = excluded.{name}" for name in form.columns[form.keys :])
        connection.execute(
            f"INSERT INTO {each.table} ({', '.join(form.columns)}) VALUES ({places})"
            f" ON CONFLICT DO UPDATE SET {renewed}",
            [
                bytes.fromhex(str(value)) if name in _BYTES else value
                for name, value in zip(form.columns, each.after, strict=True)
            ],
        )


def _is_fact(change: Change) -> bool:
    return change.table == "facts"


def _now(connection: sqlite3.Connection, change: Change) -> Values | None:
    form = _FORMS[change.table]
    columns = ", ".join(f"lower(hex({c}))" if c in _BYTES else c for c in form.columns)
    where = " AND ".join(f"{name} = ?" for name in form.columns[: form.keys])
    row = connection.execute(
        f"SELECT {columns} FROM {change.table} WHERE {where}", change.key
    ).fetchone()
    return None if row is None else tuple(row)


# --- turns of which nothing is learned --------------------------------------------------------


def take_back(connection: sqlite3.Connection, turn_seq: int, now: datetime) -> None:
    """Learn nothing more of a turn: what it says to remember was taken back."""
    tombstones.bury(connection, _TURN, str(turn_seq), "", now)


def give_back(connection: sqlite3.Connection, turn_seq: int) -> None:
    """Let it be learned of again."""
    tombstones.unbury(connection, _TURN, str(turn_seq), "")


def is_taken_back(connection: sqlite3.Connection, turn_seq: int) -> bool:
    return tombstones.is_buried(connection, _TURN, str(turn_seq), "")
