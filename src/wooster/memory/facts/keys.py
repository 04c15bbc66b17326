"""The keys that facts have, as data: what each means, how it is worded, what it can't stand beside.

A key that isn't here (a model may name one) holds many values and excludes nothing. It refuses to
know how a message is read (`rules`) and what becomes of a fact (`ledger`).
"""

from __future__ import annotations

from dataclasses import dataclass

from wooster.core import caches
from wooster.memory.facts.model import ME
from wooster.memory.facts.rules_words import ENGLISH_JOBS

NOTE = "note"
"""What the person told Wooster to remember and no key fits: the value is the text itself."""
_FAVOURITE = "favourite_"
_WORK = "works_as"


@dataclass(frozen=True, slots=True)
class Key:
    """`is_single`: it has one value at a time. `changes`: another value said later is the newer
    one; without it two values contradict each other. `mine` and `theirs` are the statement of the
    person and of somebody else. A key `excludes` those that can't hold the same value."""

    name: str
    category: str
    mine: str
    theirs: str
    is_single: bool = False
    changes: bool = True
    excludes: tuple[str, ...] = ()


@caches.kept(1024)
def of(name: str) -> Key:
    """The key of that name."""
    if known := KEYS.get(name):
        return known
    spoken = name.replace("_", " ")
    if name.startswith(_FAVOURITE):
        thing = spoken.removeprefix("favourite ")
        return Key(
            name,
            "preference",
            f"Your favourite {thing} is {{value}}.",
            f"The favourite {thing} of {{subject}} is {{value}}.",
            is_single=True,
        )
    return Key(name, "", f"Your {spoken}: {{value}}.", f"{spoken} of {{subject}}: {{value}}.")


def favourite(thing: str) -> str:
    """The key of a favourite: `favourite_colour`."""
    return _FAVOURITE + "_".join(thing.lower().split())


def statement(name: str, subject: str, value: str) -> str:
    """The sentence that a fact is shown and found by."""
    key = of(name)
    wording = key.mine if subject == ME else key.theirs
    # A name begins a sentence as it is written; a relative ("sister") is "your sister".
    named = subject if subject[:1].isupper() else f"your {subject}"
    told = _with_article(value) if key.name == _WORK else value
    said = wording.replace("{subject}", named).replace("{value}", told)
    return said[:1].upper() + said[1:]


def _with_article(job: str) -> str:
    """`a nurse`; what isn't surely an English word for a job is as it was said."""
    last = job.split()[-1:]
    if job != job.lower() or not set(last) & ENGLISH_JOBS or job.split()[0] in ("a", "an", "the"):
        return job
    return f"{'an' if job[0] in 'aeiou' else 'a'} {job}"


def _single(name: str, category: str, mine: str, theirs: str) -> Key:
    return Key(name, category, mine, theirs, is_single=True)


def _lasting(name: str, category: str, mine: str, theirs: str) -> Key:
    return Key(name, category, mine, theirs, is_single=True, changes=False)


def _called(relation: str, *, is_single: bool = False, changes: bool = True) -> Key:
    return Key(
        relation,
        "relationship",
        f"Your {relation} is called {{value}}.",
        f"The {relation} of {{subject}} is called {{value}}.",
        is_single,
        changes,
    )


_IDENTITY = (
    _single("name", "identity", "Your name is {value}.", "{subject} is called {value}."),
    _single("lives_in", "identity", "You live in {value}.", "{subject} lives in {value}."),
    _single(_WORK, "identity", "You work as {value}.", "{subject} works as {value}."),
    _single("works_at", "identity", "You work at {value}.", "{subject} works at {value}."),
    Key("studies", "identity", "You study {value}.", "{subject} studies {value}."),
    _single("age", "identity", "You are {value} years old.", "{subject} is {value} years old."),
    _single("marital_status", "identity", "You are {value}.", "{subject} is {value}."),
    _lasting(
        "birthday", "identity", "Your birthday is {value}.", "{subject}'s birthday is {value}."
    ),
    _lasting("born_in", "identity", "You were born in {value}.", "{subject} was born in {value}."),
    _lasting("comes_from", "identity", "You come from {value}.", "{subject} comes from {value}."),
    Key("speaks", "identity", "You speak {value}.", "{subject} speaks {value}."),
    Key("owns", "identity", "You have {value}.", "{subject} has {value}."),
    Key("plays", "habit", "You play {value}.", "{subject} plays {value}."),
    Key(
        "allergic_to",
        "identity",
        "You are allergic to {value}.",
        "{subject} is allergic to {value}.",
    ),
    Key("condition", "identity", "You have {value}.", "{subject} has {value}."),
    Key("diet", "identity", "You are {value}.", "{subject} is {value}."),
    Key(
        "avoids",
        "identity",
        "You don't eat or drink {value}.",
        "{subject} doesn't eat or drink {value}.",
    ),
)
_PREFERENCE = (
    Key(
        "likes",
        "preference",
        "You like {value}.",
        "{subject} likes {value}.",
        changes=False,
        excludes=("dislikes",),
    ),
    Key(
        "dislikes",
        "preference",
        "You don't like {value}.",
        "{subject} doesn't like {value}.",
        changes=False,
        excludes=("likes",),
    ),
    Key("prefers", "preference", "You prefer {value}.", "{subject} prefers {value}."),
)
_OTHERS = (
    Key("habit", "habit", "Your habit: {value}.", "A habit of {subject}: {value}."),
    Key("goal", "goal", "Your goal: {value}.", "A goal of {subject}: {value}."),
    Key(
        "schedule",
        "schedule",
        "On your schedule: {value}.",
        "On the schedule of {subject}: {value}.",
    ),
    Key(NOTE, "note", "{value}", "{value}"),
)
_RELATIVES = (
    "sister brother son daughter child friend pet dog cat colleague neighbour grandmother "
    "grandfather grandson granddaughter aunt uncle cousin niece nephew roommate "
    "mother-in-law father-in-law sister-in-law brother-in-law"
)
_RELATIONSHIP = (
    _called("partner", is_single=True),
    _called("mother", is_single=True, changes=False),
    _called("father", is_single=True, changes=False),
    _called("boss", is_single=True),
    *map(_called, _RELATIVES.split()),
)

KEYS = {key.name: key for key in (*_IDENTITY, *_PREFERENCE, *_OTHERS, *_RELATIONSHIP)}
