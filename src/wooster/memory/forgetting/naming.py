"""What a person means to have forgotten, from how they say it. It reads; it removes nothing."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime, timedelta, tzinfo

from wooster.core.clock import to_ms
from wooster.core.errors import NotFound, UsageError
from wooster.memory import store as turns
from wooster.memory.facts import store as facts
from wooster.memory.forgetting import wording
from wooster.memory.forgetting.model import Named

_NUMBER = re.compile(r"#?(\d+)")
_LAST = ("last", "turn", "turn last", "last turn")
_LAST_SESSION = ("session", "session last", "last session")
_OF = re.compile(r"(turn|session)\s+(\S.*)", re.IGNORECASE)
_PERSON = re.compile(r"person\s+(\S.*)", re.IGNORECASE)
_EVERYWHERE = re.compile(r"(?:--)?everywhere\s+(\S.*)", re.IGNORECASE | re.DOTALL)
# As `history` and `episodes` show it.
_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{4,}", re.IGNORECASE)


def named(connection: sqlite3.Connection, what: str, zone: tzinfo | None = None) -> Named:
    """What is meant by `what`: a fact's number, `last`, `turn` or `session` with a time or an id,
    `person NAME`, or words that must all stand in what goes. What is in quotation marks is words.
    Raises `UsageError` and `NotFound`."""
    told = what.strip()
    if number := _NUMBER.fullmatch(told):
        # No number that is longer fits where facts are kept.
        fact = facts.by_id(connection, int(number[1][:18]))
        if fact is not None:
            return Named(fact_id=fact.id)
        if told.startswith("#"):
            raise NotFound(f"There is no fact {number[1]}.", hint="`facts` lists them.")
        # Somebody's telephone number, then.
    if told.lower() in _LAST:
        return Named(seqs=(_last(connection),))
    if told.lower() in _LAST_SESSION:
        return Named(seqs=_of_sessions(connection, [_last(connection)]))
    if of := _OF.fullmatch(told):
        found = _at(connection, of[2].strip(), zone)
        if found is not None:
            whole = of[1].lower() == "session"
            return Named(seqs=_of_sessions(connection, found) if whole else tuple(found))
        # "session notes": words, then.
    return _in_words(told)


def _in_words(told: str) -> Named:
    if everywhere := _EVERYWHERE.fullmatch(told):
        inner = _in_words(everywhere[1])
        return Named(words=inner.words, subject=inner.subject, everywhere=True)
    if person := _PERSON.fullmatch(told):
        name = person[1].strip()
        return Named(words=wording.side_by_side(name) or _nothing(), subject=name)
    return Named(words=wording.all_of(told) or _nothing())


def _nothing() -> wording.Wording:
    raise UsageError(
        "Forget what?", hint="`/forget 12` (a fact's number), `/forget last`, `/forget WORDS`."
    )


def _last(connection: sqlite3.Connection) -> int:
    last = turns.last_talked(connection)
    if last is None:
        raise NotFound(
            "Nothing was said yet.",
            hint="What isn't from a conversation has a number in `facts`.",
        )
    return last


def _at(connection: sqlite3.Connection, told: str, zone: tzinfo | None) -> list[int] | None:
    """The exchanges of that minute, or with that id or of the session with it; None for what is
    neither a time nor an id."""
    if minute := _MINUTE.fullmatch(told):
        began = datetime.fromisoformat(f"{minute[1]} {minute[2]}")
        began = began.astimezone() if zone is None else began.replace(tzinfo=zone)
        rows = connection.execute(
            "SELECT seq FROM turns WHERE asked_ms >= ? AND asked_ms < ?",
            (to_ms(began), to_ms(began + timedelta(minutes=1))),
        )
    elif _ID.fullmatch(told):
        rows = connection.execute(
            "SELECT seq FROM turns WHERE id = ?1 OR session_id = ?1", (told.lower(),)
        )
    else:
        return None
    found = [int(row[0]) for row in rows]
    if not found:
        raise NotFound(f"Nothing was said at {told}.", hint="`history` shows the times.")
    return found


def _of_sessions(connection: sqlite3.Connection, seqs: list[int]) -> tuple[int, ...]:
    """All that was said in the conversations of these."""
    sessions = {each.session_id for each in turns.by_seqs(connection, seqs)}
    found = [
        int(row[0])
        for session in sorted(sessions)
        for row in connection.execute("SELECT seq FROM turns WHERE session_id = ?", (session,))
    ]
    return tuple(sorted(found))
