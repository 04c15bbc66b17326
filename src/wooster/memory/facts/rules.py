"""Facts made out of one message of the person by rules alone: few, and nearly all of them right.

What isn't surely the person's own statement of how things are is left alone. English, German and
Spanish. Pure; it refuses to know what is stored already, and what the assistant said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from wooster.memory.facts import (
    keys,
    rules_english,
    rules_german,
    rules_screen,
    rules_shape,
    rules_spanish,
    rules_time,
)
from wooster.memory.facts.model import ME, PERSON, RULES, Observation
from wooster.memory.facts.rules_shape import Clause, Found
from wooster.memory.facts.rules_time import Time
from wooster.memory.facts.telling import told

# How often what the rules take for a fact is one: `scripts/bench facts`, and something off.
CONFIDENCE = 0.9
_LANGUAGES = (rules_english, rules_german, rules_spanish)
_FLAGS = re.IGNORECASE
# What a clause may begin and end with that says nothing of its own.
_LEAD = re.compile(
    r"^(?:(?:hi|hey|hello|well|so|oh|ok|okay|yes|yeah|yep|no(?=[,.:!])|nope|also|and|but|because"
    r"|by the way|btw|fyi|actually|sorry|thanks|thank you|just so you know|for the record|in fact"
    r"|quick update|news|anyway|to be honest|honestly|you know|as i said|please note|note|i mean"
    r"|i meant|let me tell you|since|remember that|please|though|mostly|great news|good news"
    r"|unfortunately|luckily|that|hallo|ja|nein|also|übrigens|und|aber|denn|weil"
    r"|ach|dass|entschuldigung|leider|zum glück|eigentlich|hola|sí|pues|bueno|por cierto|y|pero"
    r"|porque|perdón|perdona|la verdad|además|que)[,:!.\s]+)+",
    _FLAGS,
)
_TAIL = re.compile(
    r"[,\s]+(?:too|as well|by the way|btw|though|anyway|you know|actually|as i said|fyi|obviously"
    r"|of course|again|after all|for work|please|thanks|thank you|übrigens|auch|nämlich|bitte|danke"
    r"|por cierto|también|la verdad|por favor|gracias)$",
    _FLAGS,
)
_CORRECTS = re.compile(r"(?:actually|sorry|no|nein|entschuldigung|perdón|i meant?)\b", _FLAGS)
_NOT = re.compile(
    r", (?:and )?(?:not|nicht|no) (?!longer|mehr|any|so|really)"
    r"(?:(?:at|in|on|to|for|the|am|bei|en|el) )*(?P<wrong>[\w' .]{1,30})$",
    _FLAGS,
)
_ITS = re.compile(
    r"(?:it's|it is|its|the name is|(?:his|her) name is|es ist|er heißt|sie heißt|es|se llama)"
    r" (?P<right>[\w' .-]{1,30}?),? (?:not|nicht|no) (?P<wrong>[\w' .-]{1,30})",
    _FLAGS,
)
_AHEAD = re.compile(r"\b(?:i'll|will|we'll|i'm (?:\w+ing)|werde|ziehe|voy a)\b", _FLAGS)
# Where the next clause begins: with whom it speaks of.
_SUBJECT = (
    r"(?:i|i'm|i've|i'll|we|my|we've|ich|wir|mein|meine|komme|bin|yo|me|mi|a mi|no me|ya no|vivo"
    r"|soy|trabajo|tengo|ahora vivo|odio|on|every|he's|she's|it's|from|since|seit)\b"
)
_BREAK = re.compile(
    rf"\s*[;:–—]\s+|,\s+(?:and |but |so |und |aber |y |pero )?(?={_SUBJECT})|,\s+(?:so|but|which"
    rf"|where|no longer)\s+|\s+(?:and|but|und|aber|y|pero|because|although|while"
    rf"|weil)\s+(?={_SUBJECT})|\s+but\s+(?:now\s+)",
    _FLAGS,
)
_FIRST = re.compile(r",\s+|\s+(?:and|but|und|aber|y|pero)\s+", _FLAGS)
_CONDITION = re.compile(r"\b(?:when|whenever|as long as|sobald|cuando)\b", _FLAGS)


@dataclass(frozen=True, slots=True)
class Reading:
    """What rules make of a message; `is_whole` if each of its clauses gave something."""

    observations: tuple[Observation, ...]
    is_whole: bool


def observations(
    text: str, at: datetime, zone: tzinfo | None, turn_seq: int | None = None
) -> list[Observation]:
    """What `text`, a message of the person said at `at` (aware), states outright."""
    return list(read(text, at, zone, turn_seq).observations)


def remembered(
    text: str, at: datetime, zone: tzinfo | None, turn_seq: int | None = None
) -> list[Observation]:
    """What the person tells Wooster to remember: under known keys where the rules can, and in the
    person's own words where that wouldn't be all of it. [] if there is no word in it."""
    content = told(text) or text.strip()
    if not content:
        return []
    reading = read(content, at, zone, turn_seq)
    found = [
        replace(each, confidence=1.0, made_by=PERSON, quote=text.strip())
        for each in reading.observations
        if each.key
    ]
    if reading.is_whole and len(found) == len(reading.observations):
        return found
    note = Observation(
        category=keys.of(keys.NOTE).category,
        subject=ME,
        key=keys.NOTE,
        value=content,
        statement=content,
        confidence=1.0,
        source="explicit",
        made_by=PERSON,
        quote=text.strip(),
        observed=at,
        turn_seq=turn_seq,
    )
    return [*found, note]


def read(text: str, at: datetime, zone: tzinfo | None, turn_seq: int | None = None) -> Reading:
    """What rules make of a message."""
    text = told(text) or text
    is_lower = text == text.lower()
    made: dict[tuple[str, str, str, bool], Observation] = {}
    is_whole = bool(text.strip())
    for sentence in rules_screen.own_sentences(text):
        is_correction = bool(_CORRECTS.match(sentence))
        pieces = list(_found(sentence, at, zone, is_lower=is_lower))
        is_whole = is_whole and bool(pieces) and all(results for results in pieces)
        for each in (one for results in pieces for one in results):
            for new in _observed(each, sentence, at, turn_seq, is_correction=is_correction):
                made.setdefault((new.subject, new.key, new.value, new.ends), new)
    return Reading(tuple(made.values()), is_whole and bool(made))


def _found(
    sentence: str, at: datetime, zone: tzinfo | None, *, is_lower: bool
) -> Iterator[list[Found]]:
    """What each clause of a sentence gives."""
    bare = sentence.rstrip(".!… ")
    if match := _ITS.fullmatch(_LEAD.sub("", bare, count=1).strip()):
        yield [Found(ME, "", match["right"].strip(), "is", Time(), match["wrong"].strip())]
        return
    wrong = ""
    if match := _NOT.search(bare):
        wrong, bare = match["wrong"].strip(), bare[: match.start()]
    results = [_clause(part, at, zone, is_lower=is_lower) for part in _BREAK.split(bare)]
    if not any(results):  # "Every evening, I walk the dog"
        results = [_clause(bare, at, zone, is_lower=is_lower)]
    for each in results:
        yield _corrected(each, wrong)


def _corrected(results: list[Found], wrong: str) -> list[Found]:
    if not wrong or len(results) != 1:
        return results
    (one,) = results
    return [Found(one.subject, one.key, one.value, one.sign, one.time, wrong)]


def _clause(text: str, at: datetime, zone: tzinfo | None, *, is_lower: bool) -> list[Found]:
    """The facts of a clause, else those of what stands before its first comma or "and"."""
    results = _read(text, at, zone, is_lower=is_lower)
    if not results and (parts := _FIRST.split(text, maxsplit=1))[1:]:
        results = _read(parts[0], at, zone, is_lower=is_lower)
    return results


def _read(text: str, at: datetime, zone: tzinfo | None, *, is_lower: bool) -> list[Found]:
    bare = text.strip(" ,.!")
    for _ in range(3):
        bare = _TAIL.sub("", bare).strip(" ,.!")
    if _CONDITION.search(bare):
        return []
    # "No me gusta" begins with a word that also leads in: as it is, first.
    for start in dict.fromkeys((bare, _LEAD.sub("", bare, count=1).strip())):
        rest, time = rules_time.taken(start, at, zone, is_ahead=bool(_AHEAD.search(start)))
        clause = Clause(rest, start, time, is_lower)
        for language in _LANGUAGES:
            if result := _both(language.BOTH, clause) or rules_shape.found(language.RULES, clause):
                return result
    return []


def _both(
    pairs: tuple[tuple[rules_shape.Rule, rules_shape.Rule], ...], clause: Clause
) -> list[Found]:
    for pair in pairs:
        results = [rules_shape.found([one], clause) for one in pair]
        if all(results):
            return [one for result in results for one in result]
    return []


# --- observations -----------------------------------------------------------------------------


def _observed(
    found: Found, quote: str, at: datetime, turn_seq: int | None, *, is_correction: bool
) -> Iterator[Observation]:
    if found.sign == "is" and found.time.on is not None and found.time.on > at:
        return  # "I'm 30 next week"
    begins, ends, is_over = _dates(found, at)
    key = keys.of(found.key)

    def made(value: str, *, is_end: bool, instead_of: str = "") -> Observation:
        return Observation(
            category=key.category if found.key else "",
            subject=found.subject,
            key=found.key,
            value=value,
            statement=keys.statement(found.key, found.subject, value) if found.key else "",
            confidence=CONFIDENCE,
            source="explicit",
            made_by=RULES,
            quote=quote,
            observed=at,
            turn_seq=turn_seq,
            valid_from=None if is_end else begins,
            valid_to=ends,
            ends=is_end,
            instead_of=instead_of,
        )

    if is_correction and not is_over and key.is_single and not key.changes and not found.instead_of:
        yield made("", is_end=True)
    yield made(found.value, is_end=is_over, instead_of=found.instead_of)


def _dates(found: Found, at: datetime) -> tuple[datetime | None, datetime | None, bool]:
    """From when, until when, and whether it is said to be over."""
    time = found.time
    if found.sign == "ended":
        return None, min(time.ends or time.begins or time.on or at, at), True
    if found.sign == "past":
        return time.begins, min(time.ends or time.on or at, at), True
    begins = time.begins
    if begins is None and (found.sign == "begins" or time.is_now):
        begins = time.on or at
    return begins, time.ends, False
