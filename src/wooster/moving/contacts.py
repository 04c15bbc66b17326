"""Contacts out of .vcf files (vCard 2.1, 3 and 4), as facts about people. Pure: text in.

What a card says that is no fact (a picture, a program's own mark) is set aside and counted.
"""

from __future__ import annotations

import hashlib
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from wooster.core.text import clean
from wooster.memory.facts import keys
from wooster.memory.facts.model import IMPORT, Observation
from wooster.moving.model import Aside, Event, Found, Known, Total, Unread
from wooster.moving.texts import lines_of, shown

_SURE = 0.9
_ASIDE = {
    "PHOTO": "pictures",
    "LOGO": "pictures",
    "SOUND": "recordings",
    "KEY": "keys",
}
_OWN_NAMES = (
    "VERSION PRODID REV UID N KIND CATEGORIES X-ABUID X-ABSHOWAS SORT-STRING CLASS SOURCE"
    " MAILER TZ X-ABLABEL X-SOCIALPROFILE PROFILE LANG CLIENTPIDMAP CALURI FBURL"
)
_OWN = frozenset(_OWN_NAMES.split())
_BIRTHDAY = re.compile(r"(?:(?P<y>\d{4})-?|--)(?P<m>\d\d)-?(?P<d>\d\d)(?:T.*)?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LABEL = re.compile(r"_\$!<(.*)>!\$_")


@dataclass(frozen=True, slots=True)
class _Line:
    """A property with its parameters; `raw` is how many lines of the file it takes."""

    at: int
    raw: int
    group: str
    name: str
    parameters: dict[str, str]
    value: str


class _Fact(Protocol):
    """Makes a fact of a key and a value."""

    def __call__(self, key: str, value: str) -> Observation: ...


@dataclass(slots=True)
class _Card:
    at: int
    lines: list[_Line] = field(default_factory=list)
    units: int = 0


def cards(text: str, read: datetime) -> Iterator[Event]:
    """The people in a file, as of the moment at which it was `read`."""
    found = lines_of(text)
    yield Total(len(found))
    card: _Card | None = None
    for at, raw, line in _unfolded(found):
        low = line.strip().upper()
        if low == "BEGIN:VCARD":
            if card is not None:
                yield Unread("this contact has no END:VCARD", card.units, card.at)
            card = _Card(at, units=raw)
        elif card is None:
            yield (
                Aside("blank lines", raw)
                if not low
                else Unread("it stands outside of a contact", raw, at, shown(line))
            )
        elif low == "END:VCARD":
            card.units += raw
            yield from _person(card, read)
            card = None
        else:
            card.units += raw
            parsed = _parsed(at, raw, line)
            card.lines += [parsed] if parsed else [_Line(at, raw, "", "", {}, line)]
    if card is not None:
        yield Unread("the file ends in the middle of this contact", card.units, card.at)


def _unfolded(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Each line with its number and how many it is of: a long one goes on in those after it."""
    begun, held = 0, ""
    count = 0
    for at, line in enumerate(lines, 1):
        soft = held.endswith("=") and "QUOTED-PRINTABLE" in held.upper().partition(":")[0]
        if count and (line[:1] in (" ", "\t") or soft):
            held = f"{held[:-1]}{line.strip()}" if soft else held + line[1:]
            count += 1
            continue
        if count:
            yield begun, count, held
        begun, held, count = at, line, 1
    if count:
        yield begun, count, held


def _parsed(at: int, raw: int, line: str) -> _Line | None:
    head, colon, value = line.partition(":")
    if not colon or not head.strip():
        return None
    name, *given = head.split(";")
    group, dot, own = name.rpartition(".")
    parameters: dict[str, str] = {}
    for each in given:
        key, equals, told = each.partition("=")
        parameters[key.upper() if equals else "TYPE"] = (told if equals else key).strip('"')
    if "QUOTED-PRINTABLE" in head.upper():
        charset = parameters.get("CHARSET", "utf-8")
        value = _decoded(value, charset)
    return _Line(at, raw, group, own.upper() if dot else name.upper(), parameters, value)


def _decoded(value: str, charset: str) -> str:
    data = quopri.decodestring(value.encode("utf-8", "replace"))
    try:
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return data.decode("utf-8", "replace")


# --- a person ---------------------------------------------------------------------------------


def _person(card: _Card, read: datetime) -> Iterator[Event]:
    name = _name(card)
    if not name:
        yield Unread("nobody's name is in this contact", card.units, card.at)
        return
    labels = {each.group: _label(each.value) for each in card.lines if each.name == "X-ABLABEL"}
    head = card.units - sum(each.raw for each in card.lines)
    yield Aside("begin, end and name of contacts", head)
    ids: list[str] = []
    told: list[Observation] = []
    units: list[int] = []
    for line in card.lines:
        if line.name == "FN" or line.name in _OWN or line.name.startswith("X-ABADR"):
            yield Aside("begin, end and name of contacts", line.raw)
            continue
        if line.name in _ASIDE:
            yield Aside(f"{_ASIDE[line.name]} of contacts", line.raw)
            continue
        facts = _facts(line, name, labels.get(line.group, ""), read)
        if not facts:
            empty = not line.value.strip(" ;")
            yield (
                Aside("empty lines of contacts", line.raw)
                if empty
                else Unread(
                    f"no fact is made of {line.name or 'a line without a name'}",
                    line.raw,
                    line.at,
                    shown(line.value),
                )
            )
            continue
        for place, each in enumerate(facts):
            ids.append(_identity(each))
            told.append(each)
            units.append(line.raw if place == 0 else 0)
    if told:
        yield Found("fact", tuple(ids), Known(tuple(told)), tuple(units), card.at)


def _identity(told: Observation) -> str:
    digest = hashlib.sha256(f"{told.key}\0{told.value}".encode()).hexdigest()
    return f"{told.subject.casefold()}\0{digest}"


def _name(card: _Card) -> str:
    for each in card.lines:
        if each.name == "FN" and each.value.strip():
            return _text(each.value)
    for each in card.lines:
        if each.name == "N":
            family, given, middle, *_ = [*_fields(each.value), "", "", ""]
            return " ".join(part for part in (given, middle, family) if part)
    return next((_fields(e.value)[0] for e in card.lines if e.name in ("ORG", "NICKNAME")), "")


def _text(value: str) -> str:
    """A value without its escapes, on one line."""
    plain = _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)
    return " ".join(clean(plain).split())


def _fields(value: str) -> list[str]:
    parts = re.split(r"(?<!\\);", value)
    return [_text(each) for each in parts]


def _label(value: str) -> str:
    found = _LABEL.fullmatch(value.strip())
    return (found[1] if found else value).strip().lower()


def _facts(line: _Line, name: str, label: str, read: datetime) -> list[Observation]:
    """What one line says of a person."""
    text = _text(line.value)
    if not text.strip(" ;"):
        return []

    def fact(key: str, value: str, statement: str = "") -> Observation:
        told = statement or keys.statement(key, name, value)
        category = keys.of(key).category or "identity"
        return Observation(category, name, key, value, told, _SURE, "explicit", IMPORT, "", read)

    if line.name == "BDAY" or (line.name == "X-ABDATE" and label == "birthday"):
        day = _birthday(line.value)
        return [fact("birthday", day)] if day else []
    if line.name == "ADR":
        return _address(_fields(line.value), fact)
    if line.name == "ORG":
        return [fact("works_at", ", ".join(e for e in _fields(line.value) if e))]
    if line.name in ("RELATED", "X-ABRELATEDNAMES"):
        relation = (label or line.parameters.get("TYPE", "").lower()) or "relative"
        return [fact(relation.replace(" ", "_"), text, f"The {relation} of {name} is {text}.")]
    plain = {
        "TITLE": ("works_as", ""),
        "ROLE": ("works_as", ""),
        "TEL": ("phone", f"The phone number of {name} is {text}."),
        "EMAIL": ("email", f"The e-mail address of {name} is {text}."),
        "URL": ("website", f"The website of {name} is {text}."),
        "IMPP": ("messenger", f"{name} can be reached at {text}."),
        "NICKNAME": ("nickname", f"{name} is also called {text}."),
        "NOTE": ("note", f"{name}: {text}"),
        "ANNIVERSARY": ("anniversary", f"The anniversary of {name} is {text}."),
        "X-ABDATE": (label.replace(" ", "_") or "date", f"{label or 'A date'} of {name}: {text}."),
        "GENDER": ("gender", f"The gender of {name}: {text}."),
    }
    if line.name not in plain:
        return []
    key, statement = plain[line.name]
    value = re.sub(r"^(?:tel|mailto):", "", text)
    return [fact(key, value, statement.replace(text, value) if statement else "")]


def _address(parts: Sequence[str], fact: _Fact) -> list[Observation]:
    """A city is where somebody lives; with a street it is an address, too."""
    _, extended, street, city, region, code, country, *_ = [*parts, *[""] * 7]
    found = []
    if city:
        found.append(fact("lives_in", ", ".join(e for e in (city, country) if e)))
    if street or extended:
        place = " ".join(e for e in (code, city) if e)
        whole = ", ".join(e for e in (extended, street, place, region, country) if e)
        found.append(fact("address", whole))
    return found


def _birthday(value: str) -> str:
    """ "12 March 1980", or without the year; "" for what is none."""
    found = _BIRTHDAY.fullmatch(value.strip())
    if found is None:
        return ""
    # Some programs write a year that is none where nobody gave one.
    has_year = found["y"] and found["y"] not in ("1604", "0000")
    try:
        day = date(int(found["y"]) if has_year else 2000, int(found["m"]), int(found["d"]))
    except ValueError:
        return ""
    return f"{day.day} {day:%B}" + (f" {day.year}" if has_year else "")
