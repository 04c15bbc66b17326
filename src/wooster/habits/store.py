"""The SQL of habits, their rules, check-ins and breaks, and nothing else.

Writing functions run in the caller's transaction: they take a connection and begin none. What
counts and what may be changed is decided elsewhere.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from typing import Any

from wooster.core import units
from wooster.core.clock import from_ms, to_ms
from wooster.core.names import folded
from wooster.core.units import Amount
from wooster.habits.log import Log
from wooster.habits.model import Break, CheckIn, DatedRule, Habit, Rule

_CHECK_IN = "id, habit_id, day, at_ms, zone, amount, unit, note"
_BREAK = "id, habit_id, kind, first_day, last_day"


# --- habits -----------------------------------------------------------------------------------


def listed(connection: sqlite3.Connection) -> list[Habit]:
    """All of them, also those in the archive, in the order in which they were made."""
    rules: dict[int, list[DatedRule]] = {}
    for row in connection.execute(
        "SELECT habit_id, since, period, days, times, amount, unit, in_total FROM habit_rules"
        " ORDER BY habit_id, since"
    ):
        rules.setdefault(row["habit_id"], []).append(
            DatedRule(date.fromisoformat(row["since"]), _rule(row))
        )
    rests: dict[int | None, list[Break]] = {}
    for each in breaks(connection):
        rests.setdefault(each.habit_id, []).append(each)
    rows = connection.execute(
        "SELECT id, name, created_day, remind_at, archived_day FROM habits ORDER BY id"
    )
    return [
        Habit(
            row["id"],
            row["name"],
            date.fromisoformat(row["created_day"]),
            tuple(rules[row["id"]]),
            None if row["remind_at"] is None else time.fromisoformat(row["remind_at"]),
            None if row["archived_day"] is None else date.fromisoformat(row["archived_day"]),
            (*rests.get(None, ()), *rests.get(row["id"], ())),
        )
        for row in rows
    ]


def add(
    connection: sqlite3.Connection,
    name: str,
    rule: DatedRule,
    remind_at: time | None,
    now: datetime,
) -> int:
    """Begin a habit on the day from which `rule` holds; returns its number."""
    cursor = connection.execute(
        "INSERT INTO habits (name, folded, created_ms, created_day, remind_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (name, folded(name), to_ms(now), rule.since.isoformat(), _clock_time(remind_at)),
    )
    habit_id = cursor.lastrowid
    assert habit_id is not None
    put_rules(connection, habit_id, [rule])
    return habit_id


def rename(connection: sqlite3.Connection, habit_id: int, name: str) -> None:
    connection.execute(
        "UPDATE habits SET name = ?, folded = ? WHERE id = ?", (name, folded(name), habit_id)
    )


def remind(connection: sqlite3.Connection, habit_id: int, at: time | None) -> None:
    connection.execute("UPDATE habits SET remind_at = ? WHERE id = ?", (_clock_time(at), habit_id))


def archive(connection: sqlite3.Connection, habit_id: int, day: date | None) -> None:
    """Put a habit into the archive from `day` on, or take it out."""
    connection.execute(
        "UPDATE habits SET archived_day = ? WHERE id = ?",
        (None if day is None else day.isoformat(), habit_id),
    )


def put_rules(connection: sqlite3.Connection, habit_id: int, rules: Iterable[DatedRule]) -> None:
    """These and no others."""
    connection.execute("DELETE FROM habit_rules WHERE habit_id = ?", (habit_id,))
    connection.executemany(
        "INSERT INTO habit_rules (habit_id, since, period, days, times, amount, unit, in_total)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                habit_id,
                each.since.isoformat(),
                each.rule.period,
                json.dumps(each.rule.days),
                each.rule.times,
                *_amount_columns(each.rule.amount),
                each.rule.in_total,
            )
            for each in rules
        ],
    )


def _rule(row: sqlite3.Row) -> Rule:
    return Rule(
        row["period"],
        tuple(json.loads(row["days"])),
        row["times"],
        _amount(row),
        bool(row["in_total"]),
    )


# --- check-ins --------------------------------------------------------------------------------


def logs(
    connection: sqlite3.Connection, habit_ids: Collection[int], since: date | None = None
) -> dict[int, Log]:
    """What was done of each of these habits since a day, or ever."""
    kind, ordinal = cache(units.kind), cache(_ordinal)
    found = dict.fromkeys(habit_ids, Log())
    measured = []
    # One row a habit: to fetch each of many rows takes several times as long.
    for habit_id, days, amounts in _joined(connection, "day", habit_ids, since):
        found[habit_id] = Log(sorted(map(ordinal, days.split("\n"))))
        measured += [habit_id] if amounts else []
    columns = "day || ' ' || ifnull(amount, '') || ' ' || unit"
    for habit_id, rows, _ in _joined(connection, columns, measured, since):
        parts = (each.split(" ") for each in rows.split("\n"))
        found[habit_id] = Log.of(
            (ordinal(day), (int(amount) if amount else None, kind(unit) if unit else ""))
            for day, amount, unit in parts
        )
    return found


def _joined(
    connection: sqlite3.Connection, columns: str, habit_ids: Collection[int], since: date | None
) -> Iterable[tuple[int, str, int]]:
    """Of each habit, `columns` of its check-ins as lines, and how many have an amount."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(
        f"SELECT habit_id, group_concat({columns}, '\n'), count(amount) FROM check_ins"
        " WHERE habit_id IN (SELECT value FROM json_each(?)) AND day >= ? GROUP BY habit_id",
        (json.dumps(list(habit_ids)), since.isoformat() if since else ""),
    )


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def since(connection: sqlite3.Connection, day: date) -> list[tuple[int, int, str, int, str]]:
    """Of each check-in that counts for `day` or later, of habits that aren't in the archive: its
    number, its habit's, its day, when it was made (in milliseconds), and in which zone."""
    cursor = connection.cursor()
    cursor.row_factory = None  # tuples are made faster
    return cursor.execute(
        # By habit, as the index has them.
        "SELECT c.id, habit_id, day, at_ms, zone FROM habits CROSS JOIN check_ins AS c"
        " ON habit_id = habits.id AND day >= ? WHERE archived_day IS NULL",
        (day.isoformat(),),
    ).fetchall()


def on_day(connection: sqlite3.Connection, habit_id: int, day: date) -> list[CheckIn]:
    """Those that count for a day, in the order in which they were made."""
    rows = connection.execute(
        f"SELECT {_CHECK_IN} FROM check_ins WHERE habit_id = ? AND day = ? ORDER BY id",
        (habit_id, day.isoformat()),
    )
    return [_check_in(row) for row in rows]


def latest(connection: sqlite3.Connection, habit_id: int, count: int) -> list[CheckIn]:
    """The newest by their days, the newest first."""
    rows = connection.execute(
        f"SELECT {_CHECK_IN} FROM check_ins WHERE habit_id = ? ORDER BY day DESC, id DESC LIMIT ?",
        (habit_id, count),
    )
    return [_check_in(row) for row in rows]


def check_ins(connection: sqlite3.Connection, habit_id: int) -> list[CheckIn]:
    """All, in the order of their days."""
    rows = connection.execute(
        f"SELECT {_CHECK_IN} FROM check_ins WHERE habit_id = ? ORDER BY day, id", (habit_id,)
    )
    return [_check_in(row) for row in rows]


def put_check_in(connection: sqlite3.Connection, made: CheckIn) -> CheckIn:
    """Store one; without an id (0) it gets a new one."""
    cursor = connection.execute(
        f"INSERT INTO check_ins ({_CHECK_IN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            made.id or None,
            made.habit_id,
            made.day.isoformat(),
            to_ms(made.at),
            made.zone,
            *_amount_columns(made.amount),
            made.note,
        ),
    )
    return replace(made, id=cursor.lastrowid or 0)


def drop_check_ins(connection: sqlite3.Connection, ids: Iterable[int]) -> list[CheckIn]:
    """Remove those of them that there are, and return them."""
    found = []
    for each in ids:
        rows = connection.execute(
            f"DELETE FROM check_ins WHERE id = ? RETURNING {_CHECK_IN}", (each,)
        ).fetchall()
        found += [_check_in(row) for row in rows]
    return found


def _check_in(row: sqlite3.Row) -> CheckIn:
    return CheckIn(
        row["id"],
        row["habit_id"],
        date.fromisoformat(row["day"]),
        from_ms(row["at_ms"]),
        row["zone"],
        _amount(row),
        row["note"],
    )


# --- breaks -----------------------------------------------------------------------------------


def breaks(connection: sqlite3.Connection) -> list[Break]:
    """All of them, also those of all habits, oldest first."""
    rows = connection.execute(f"SELECT {_BREAK} FROM habit_breaks ORDER BY id")
    return [_break(row) for row in rows]


def put_break(connection: sqlite3.Connection, made: Break) -> Break:
    """Store one; without an id (0) it gets a new one."""
    cursor = connection.execute(
        f"INSERT INTO habit_breaks ({_BREAK}) VALUES (?, ?, ?, ?, ?)",
        (
            made.id or None,
            made.habit_id,
            made.kind,
            made.first.isoformat(),
            None if made.last is None else made.last.isoformat(),
        ),
    )
    return replace(made, id=cursor.lastrowid or 0)


def drop_breaks(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Break]:
    """Remove those of them that there are, and return them."""
    found = []
    for each in ids:
        rows = connection.execute(
            f"DELETE FROM habit_breaks WHERE id = ? RETURNING {_BREAK}", (each,)
        ).fetchall()
        found += [_break(row) for row in rows]
    return found


def _break(row: sqlite3.Row) -> Break:
    last = None if row["last_day"] is None else date.fromisoformat(row["last_day"])
    return Break(
        row["id"], row["habit_id"], row["kind"], date.fromisoformat(row["first_day"]), last
    )


# --- columns ----------------------------------------------------------------------------------


def _amount(row: sqlite3.Row) -> Amount | None:
    return None if row["amount"] is None else Amount(row["amount"], row["unit"])


def _amount_columns(amount: Amount | None) -> tuple[Any, str]:
    return (None, "") if amount is None else (amount.thousandths, amount.unit)


def _clock_time(at: time | None) -> str | None:
    return None if at is None else at.isoformat("minutes")
