"""What the original knew of a person: its profile of free texts, its guesses, its episodes.

A text of the profile is `category: value`. Later ones are newer; a category that names one thing
has the newest value, one that names a kind of things ("preference") has them all. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from wooster.core.text import clean
from wooster.memory.facts import keys
from wooster.memory.facts.keys import KEYS
from wooster.memory.facts.model import IMPORT, ME, Observation
from wooster.memory.model import ASSISTANT, Line
from wooster.moving.arrays import Entry
from wooster.moving.model import Aside, Event, Found, Known, Talk, Total, Unread
from wooster.moving.said import instant
from wooster.moving.texts import shown

OLD = "the old Wooster"
_SAID, _GUESSED = 0.8, 0.5
_LONGEST = 2_000
_PLACEHOLDER = re.compile(
    r"(?:initial|empty|dummy)\b.*|.*\bplace\s?holder\b.*"
    r"|user profile (?:store )?initiali[sz]ed.*",
    re.IGNORECASE,
)
_PAIR = re.compile(r"\s*(?P<category>[^\W\d_][\w \-/']{0,59}?)\s*:\s+(?P<value>\S.*)", re.DOTALL)
_MANY_NAMES = (
    "preference preferences interest interests hobby hobbies like likes dislike dislikes goal"
    " goals note notes fact facts habit habits other misc general information info"
    " relationship skill skills language languages allergy allergies pet pets child children"
    " friend friends schedule context personal background"
)
_MANY = frozenset(_MANY_NAMES.split())
_KEYS = {
    "location": "lives_in",
    "city": "lives_in",
    "home": "lives_in",
    "residence": "lives_in",
    "lives in": "lives_in",
    "job": "works_as",
    "occupation": "works_as",
    "profession": "works_as",
    "employer": "works_at",
    "company": "works_at",
    "birth date": "birthday",
    "date of birth": "birthday",
    "full name": "name",
    "user name": "name",
    "interest": "likes",
    "interests": "likes",
    "like": "likes",
    "dislike": "dislikes",
    "goals": "goal",
    "habits": "habit",
    "allergy": "allergic_to",
    "allergies": "allergic_to",
    "spouse": "partner",
    "wife": "partner",
    "husband": "partner",
    "language": "speaks",
    "languages": "speaks",
}
_CATEGORIES = ("preference", "habit", "goal", "relationship", "schedule")


# --- the profile ------------------------------------------------------------------------------


def texts(entries: Iterator[Entry], written: datetime) -> Iterator[Event]:
    """The texts of a profile that was last `written` then; the later, the newer."""
    newest: dict[str, str] = {}
    for entry in entries:
        yield Total(1)
        told, category = _text(entry.value)
        if entry.problem or told is None:
            yield Unread(entry.problem or "it has no pageContent", 1, entry.at, shown(entry.text))
        elif not told.strip():
            yield Aside("empty texts")
        elif len(told) > _LONGEST:
            yield Unread(f"it is longer than the {_LONGEST} characters of a fact", 1, entry.at)
        elif _PLACEHOLDER.fullmatch(told.strip()):
            yield Aside("the placeholder that a profile begins with")
        else:
            # In the order in which they stand, the last at the time of the file.
            at = written - timedelta(days=1) + timedelta(milliseconds=10 * min(entry.at, 8_000_000))
            observed = _observed(clean(told).strip(), category, at)
            known = (*_ended(observed, newest, at), observed)
            marks = tuple(f"{place}\0{told.strip()}" for place in range(len(known)))
            units = (*(0 for _ in known[:-1]), 1)
            yield Found("fact", marks, Known(known), units, entry.at, units)


def _text(value: Any) -> tuple[str | None, str]:
    if not isinstance(value, dict) or not isinstance(value.get("pageContent"), str):
        return None, ""
    metadata = value.get("metadata")
    category = metadata.get("category") if isinstance(metadata, dict) else ""
    return value["pageContent"], category if isinstance(category, str) else ""


def _observed(told: str, category: str, at: datetime) -> Observation:
    """`category: value`, or words as they are."""
    pair = _PAIR.fullmatch(told)
    if pair is None:
        return _fact(keys.NOTE, told, told, at, told)
    named = " ".join((pair["category"] or category).replace("_", " ").lower().split())
    value = " ".join(pair["value"].split())
    key = _key(named)
    statement = "" if key in KEYS or key.startswith("favourite_") else _sentence(named, value)
    return _fact(key, value, statement or keys.statement(key, ME, value), at, told)


def _key(named: str) -> str:
    for word in ("favorite ", "favourite "):
        if named.startswith(word) and named != word.strip():
            return keys.favourite(named.removeprefix(word))
    slug = named.replace(" ", "_")
    return _KEYS.get(named) or (slug if slug in KEYS else re.sub(r"\W+", "_", slug).strip("_"))


def _sentence(named: str, value: str) -> str:
    if named in _MANY:
        return value
    return f"Your {named}: {value}."


def _fact(key: str, value: str, statement: str, at: datetime, quote: str) -> Observation:
    category = keys.of(key).category or ("preference" if key == "preference" else "note")
    return Observation(category, ME, key, value, statement, _SAID, "explicit", IMPORT, quote, at)


def _ended(new: Observation, newest: dict[str, str], at: datetime) -> Iterator[Observation]:
    """That an earlier value of the same thing is so no more."""
    is_many = new.key.replace("_", " ") in _MANY or new.key == keys.NOTE or new.key in KEYS
    if is_many or new.key.startswith("favourite_"):
        return  # what becomes of those is known where facts are kept
    before = newest.get(new.key)
    newest[new.key] = new.value
    if before is not None and before != new.value:
        yield Observation(
            *(new.category, ME, new.key, before, "", _SAID, "explicit", IMPORT, new.quote, at),
            ends=True,
        )


# --- guesses ----------------------------------------------------------------------------------


def guesses(told: Mapping[str, Any], written: datetime) -> Iterator[Event]:
    """`semantic_profile.json`: facts that regular expressions made out, often wrongly. They are
    taken over as hardly sure."""
    yield Total(len(told))
    for at, (name, fact) in enumerate(told.items(), 1):
        value = fact.get("value") if isinstance(fact, dict) else None
        if not isinstance(fact, dict) or not isinstance(value, str) or not value.strip():
            yield Unread("it has no value", 1, at, shown(name))
            continue
        key = str(fact.get("key") or name.partition(":")[2] or "note")
        category = str(fact.get("category") or "")
        category = category if category in _CATEGORIES else "note"
        observed = Observation(
            category,
            ME,
            _key(key.replace("_", " ").lower()),
            value.strip(),
            f"{category.capitalize()}, {key}: {value.strip()}",
            min(_number(fact.get("confidence"), _GUESSED), _GUESSED),
            "inferred",
            IMPORT,
            "",
            instant(fact.get("lastUpdated")) or written,
        )
        yield Found.one("fact", f"guess\0{name}\0{value}", Known((observed,)), 1, at)


def _number(told: Any, otherwise: float) -> float:
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return min(max(float(told), 0.0), 1.0) if is_number else otherwise


# --- episodes ---------------------------------------------------------------------------------


def episodes(entries: Iterator[Entry]) -> Iterator[Event]:
    """`episodes.json`: what was talked about, as a conversation in which Wooster tells of it."""
    for entry in entries:
        yield Total(1)
        told = entry.value
        at = instant(told.get("timestamp")) if isinstance(told, dict) else None
        summary = told.get("summary") if isinstance(told, dict) else None
        if entry.problem or not isinstance(summary, str) or not summary.strip():
            yield Unread(entry.problem or "it has no summary", 1, entry.at, shown(entry.text))
            continue
        if at is None:
            yield Unread("nobody says when it was", 1, entry.at, shown(summary))
            continue
        line = Line(ASSISTANT, clean(_episode(told)), at)
        mark = f"{told.get('id') or ''}\0{summary}"
        yield Found.one("episode", mark, Talk((line,), OLD), 1, entry.at)


def _episode(told: Mapping[str, Any]) -> str:
    lines = [str(told["summary"]).strip()]
    for name, label in (
        ("topics", "About"),
        ("actionsTaken", "Done"),
        ("pendingFollowups", "Left to do"),
    ):
        listed = told.get(name)
        if isinstance(listed, list) and listed:
            lines.append(f"{label}: {'; '.join(str(each) for each in listed)}.")
    return "\n".join(lines)
