"""What is known, as text for a person (Markdown) and as data for a program.

The words of a fact stand in it as text: nothing that was once said can look like ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from wooster.core.text import clean, clip, escaped
from wooster.memory.facts.model import IMPORT, ME, PERSON, Contradiction, Fact
from wooster.memory.facts.returning import Returned
from wooster.memory.facts.store import Learned

NOTHING_KNOWN = (
    "Nothing is known about you yet. Say it in a conversation, or tell Wooster outright: "
    "`/remember I live in Porto`."
)
_SHOWN = 200
_ASKED = 38
# One screen: what is left out is said, and `facts` has it.
_PROFILE_LINES = 30
_HEADINGS = {
    "identity": "You",
    "relationship": "People",
    "preference": "Likes and dislikes",
    "habit": "Habits",
    "schedule": "Schedule",
    "goal": "Goals",
    "note": "Told to remember",
}
_MINE, _OTHERS = "identity", "relationship"


def _plain(text: str) -> str:
    return escaped(clip(clean(text), _SHOWN))


def _day(moment: datetime, zone: tzinfo | None) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d}"


def _is_planned(fact: Fact, zone: tzinfo | None) -> bool:
    """Whether it was told before the day from which it is so."""
    begins = fact.valid_from
    return begins is not None and _day(begins, zone) > _day(fact.observed, zone)


def _since(fact: Fact, zone: tzinfo | None) -> str:
    """From when to when it is so, as far as that was told."""
    told = ""
    if fact.valid_from is not None:
        word = "from" if _is_planned(fact, zone) else "since"
        told = f"{word} {_day(fact.valid_from, zone)}"
    if fact.valid_to is not None:
        told = f"{told} until {_day(fact.valid_to, zone)}".strip()
    return told


def _source(fact: Fact, zone: tzinfo | None) -> str:
    """Who said it and when; how sure it is where it is only made out."""
    day = _day(fact.observed, zone)
    if fact.made_by == IMPORT:
        sure = "" if fact.source == "explicit" else f", {fact.confidence:.0%} sure"
        return f"moved in, as of {day}{sure}"
    if fact.source == "inferred":
        return f"made out by {_plain(fact.made_by)} on {day}, {fact.confidence:.0%} sure"
    return f"you told Wooster on {day}" if fact.made_by == PERSON else f"you said so on {day}"


def _details(fact: Fact, zone: tzinfo | None) -> str:
    said = f"said {fact.mentions} times" if fact.mentions > 1 else ""
    private = "private" if fact.is_private else ""
    parts = (_since(fact, zone), _source(fact, zone), said, private)
    return "; ".join(part for part in parts if part)


def facts_text(facts: Sequence[Fact], words: str, zone: tzinfo | None) -> str:
    """Numbered as `correct` and `forget` take them."""
    if not facts:
        return f"Nothing that is known has “{_plain(words)}”." if words else NOTHING_KNOWN
    lines = (
        f"- **{fact.id}** {_plain(fact.statement)}  *({fact.category or 'other'};"
        f" {_details(fact, zone)})*"
        for fact in facts
    )
    return "\n".join(lines)


def profiled(facts: Sequence[Fact]) -> list[tuple[str, list[Fact]]]:
    """Headings with what stands under them: by category, the person's own first; one screen."""
    grouped: dict[str, list[Fact]] = {}
    for fact in facts:
        grouped.setdefault(_group(fact), []).append(fact)
    found = []
    left = _PROFILE_LINES
    for category, heading in _grouped(facts):
        ranked = sorted(
            grouped[category], key=lambda fact: (fact.subject != ME, -fact.mentions, fact.id)
        )[:left]
        left -= len(ranked)
        if ranked:
            found.append((heading, ranked))
    return found


def profile_text(
    facts: Sequence[Fact], contradictions: Sequence[Contradiction], zone: tzinfo | None
) -> str:
    """What is believed, and what can't both be so."""
    if not facts:
        return NOTHING_KNOWN
    parts = []
    for heading, ranked in profiled(facts):
        lines = (f"- {_plain(fact.statement)}  *({_details(fact, zone)})*" for fact in ranked)
        parts.append("\n".join([f"**{heading}**", "", *lines]))
    parts += [question(each) for each in contradictions]
    shown = min(len(facts), _PROFILE_LINES)
    more = f"{len(facts) - shown} more: `facts` lists all. " if shown < len(facts) else ""
    parts.append(f"*{more}`facts` shows their numbers, and `/correct N TEXT` sets one right.*")
    return "\n\n".join(parts)


def _group(fact: Fact) -> str:
    """Where it stands in a profile: who others are isn't who the person is."""
    is_others = fact.category == _MINE and fact.subject != ME
    return _OTHERS if is_others else fact.category


def _grouped(facts: Sequence[Fact]) -> list[tuple[str, str]]:
    """The groups that there are, in the order in which they are shown, with headings."""
    there = set(map(_group, facts))
    others = sorted(there - set(_HEADINGS))
    named = [(each, heading) for each, heading in _HEADINGS.items() if each in there]
    return named + [(each, _plain(each).capitalize() or "Other") for each in others]


def question(each: Contradiction) -> str:
    """The line for two facts that can't both be so."""
    return (
        f"Unclear: {_plain(each.older.statement)} Or: {_plain(each.newer.statement)}"
        f"  `/correct {each.older.id} TEXT` says which."
    )


def asking(each: Contradiction) -> str:
    """The same in half a line of plain text, so that what to type is never cut off."""
    older, newer = (clip(fact.statement, _ASKED) for fact in (each.older, each.newer))
    return f"which is so, “{older}” or “{newer}”? Say it with /correct {each.older.id} TEXT"


def learned_text(learned: Learned, zone: tzinfo | None) -> str:
    """What became of something that the person said."""
    if learned.fact is None:
        return f"Nothing was remembered: {learned.reason}."
    fact = learned.fact
    named = f"fact {fact.id}: {_plain(fact.statement)}"
    if learned.kind == "end":
        return f"Over{_end(fact, zone)}, {named}"
    known = "Known already" if learned.kind == "mention" else "Remembered"
    told = f"{known}, {named}"
    it = "It"
    if fact.valid_from is not None and _is_planned(fact, zone):
        told += f" That is from {_day(fact.valid_from, zone)} on."
        it = "Then it"
    for old in learned.instead:
        told += f" {it} takes the place of fact {old.id}: {_plain(old.statement)}"
    for other in learned.against:
        told += f" That contradicts fact {other.id}: {_plain(other.statement)} Both are kept;"
        told += f" `/correct {other.id} TEXT` says which is so."
    return told


def _end(fact: Fact, zone: tzinfo | None) -> str:
    if fact.valid_to is None or fact.ended is None:
        return ""
    word = "from" if fact.valid_to > fact.ended else "since"
    return f" {word} {_day(fact.valid_to, zone)}"


def learned_texts(learned: Sequence[Learned], zone: tzinfo | None) -> str:
    """What became of all that the person said at once."""
    told = [learned_text(each, zone) for each in learned]
    return "\n".join(f"- {each}" for each in told) if told[1:] else "".join(told)


_RETURNED = {"back": "Known again", "gone": "Known no more", "changed": "As it was"}


def returned_text(returned: Sequence[Returned]) -> str:
    """What became of facts that were put back as they were."""
    told = [
        f"{_RETURNED[each.kind]}, fact {each.fact.id}: {_plain(each.fact.statement)}"
        for each in returned
    ]
    return "\n".join(f"- {each}" for each in told) if told[1:] else "".join(told)


def returned_data(returned: Returned) -> dict[str, Any]:
    return {"kind": returned.kind, "fact": fact_data(returned.fact)}


def fact_data(fact: Fact) -> dict[str, Any]:
    def told(moment: datetime | None) -> str | None:
        return None if moment is None else moment.isoformat()

    return {
        "id": fact.id,
        "category": fact.category,
        "subject": fact.subject,
        "key": fact.key,
        "value": fact.value,
        "statement": fact.statement,
        "confidence": fact.confidence,
        "source": fact.source,
        "made_by": fact.made_by,
        "quote": fact.quote,
        "observed": told(fact.observed),
        "valid_from": told(fact.valid_from),
        "valid_to": told(fact.valid_to),
        "ended": told(fact.ended),
        "replaced_by": fact.replaced_by,
        "mentions": fact.mentions,
        "private": fact.is_private,
    }


def learned_data(learned: Learned) -> dict[str, Any]:
    return {
        "kind": learned.kind,
        "fact": None if learned.fact is None else fact_data(learned.fact),
        "instead": [each.id for each in learned.instead],
        "against": [each.id for each in learned.against],
        "reason": learned.reason,
    }
