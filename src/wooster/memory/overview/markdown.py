"""Memory as Markdown that a person keeps: facts, episodes and conversations, piece by piece. Pure.

What was said is quoted, line by line: a code fence that nobody closed, a heading or a tag in it
ends where the quotation does. It refuses to know files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from urllib.parse import quote

from wooster.core.text import clean, escaped
from wooster.memory.episodes.model import Episode, Followup
from wooster.memory.facts.model import ME, PERSON, Fact
from wooster.memory.model import ASSISTANT, Turn
from wooster.memory.overview.model import SessionHead

_STATES = {"stopped": " *(stopped)*", "cut_off": " *(cut off)*", "failed": " *(no answer)*"}
_TODO = {"open": "[ ]", "done": "[x]", "dropped": "[x] *(let go)*"}


def plain(text: str) -> str:
    """Text on one line inside our Markdown."""
    return escaped(" ".join(clean(text).split()))


def quoted(text: str) -> str:
    """Text as it is, as a quotation."""
    return "".join(f"> {line}\n" if line.strip() else ">\n" for line in clean(text).split("\n"))


def _day(moment: datetime, zone: tzinfo | None) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d}"


def _minute(moment: datetime, zone: tzinfo | None) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


# --- conversations ----------------------------------------------------------------------------


def conversation(head: SessionHead, turns: Iterable[Turn], zone: tzinfo | None) -> Iterator[str]:
    """Who said what when."""
    how = {"import": ", taken in from elsewhere", "job": ", asked by a schedule"}
    yield f"# {_minute(head.began, zone)}\n\nWith {plain(head.client)}{how.get(head.origin, '')}.\n"
    for turn in turns:
        state = _STATES.get(turn.state, "")
        if turn.question:
            told = plain(turn.speaker) if turn.speaker else "You"
            yield f"\n**{told}**, {_minute(turn.asked, zone)}\n\n{quoted(turn.question)}"
        if turn.answer or state:
            by = f", {plain(turn.model)}" if turn.model else ""
            at = _minute(turn.ended or turn.asked, zone)
            said = quoted(turn.answer) if turn.answer else ""
            yield f"\n**{ASSISTANT}**, {at}{by}{state}\n\n{said}"


# --- facts ------------------------------------------------------------------------------------


def facts(known: Sequence[Fact], zone: tzinfo | None) -> Iterator[str]:
    """All facts by category, each with those whose place it took."""
    yield "# Facts\n"
    if not known:
        yield "\nNothing is known yet.\n"
    there = {fact.id for fact in known}
    earlier: dict[int, list[Fact]] = defaultdict(list)
    categories: dict[str, list[Fact]] = defaultdict(list)
    for fact in known:
        if fact.replaced_by in there:
            earlier[fact.replaced_by].append(fact)
        else:
            categories[fact.category].append(fact)
    for category in sorted(categories):
        yield f"\n## {plain(category).capitalize()}\n\n"
        for fact in sorted(categories[category], key=_order):
            yield _fact(fact, zone, "")
            yield from (_fact(each, zone, "  ") for each in _chain(fact, earlier, {fact.id}))


def _order(fact: Fact) -> tuple[bool, bool, str, str, datetime, int]:
    """What is so before what was, the person's own first."""
    is_theirs = fact.subject != ME
    return fact.valid_to is not None, is_theirs, fact.subject, fact.key, fact.observed, fact.id


def _chain(
    fact: Fact, earlier: Mapping[int, Sequence[Fact]], seen: Collection[int]
) -> Iterator[Fact]:
    """What it took the place of, and what that did, the newest first."""
    told = {*seen}
    waiting = [fact]
    while waiting:
        for each in sorted(earlier.get(waiting.pop().id, ()), key=lambda f: -f.id):
            if each.id not in told:
                told.add(each.id)
                waiting.append(each)
                yield each


def _fact(fact: Fact, zone: tzinfo | None, indent: str) -> str:
    source = "you stated it" if fact.source == "explicit" else "inferred"
    made_by = "told to Wooster" if fact.made_by == PERSON else f"made out by {plain(fact.made_by)}"
    notes = [
        f"known since {_day(fact.observed, zone)}",
        f"so from {_day(fact.valid_from, zone)}" if fact.valid_from else "",
        f"until {_day(fact.valid_to, zone)}" if fact.valid_to else "",
        source,
        made_by,
        f"confidence {fact.confidence:.2f}",
        f"said in {fact.mentions} turns, last {_day(fact.said, zone)}"
        if fact.mentions > 1 and fact.said
        else "",
        "private" if fact.is_private else "",
    ]
    mark = "before: " if indent else ""
    line = f"{indent}- {mark}{plain(fact.statement)} *({'; '.join(n for n in notes if n)})*\n"
    if fact.quote.strip():
        line += f"{indent}  “{plain(fact.quote)}”\n"
    return line


# --- episodes ---------------------------------------------------------------------------------


def episodes(
    title: str, told: Iterable[tuple[Episode, Sequence[Followup]]], zone: tzinfo | None
) -> Iterator[str]:
    """The episodes of one file, with what was left to do."""
    yield f"# {title}\n"
    for episode, followups in told:
        when = {"session": _minute(episode.began, zone), "month": "The month", "year": "The year"}
        yield f"\n## {when[episode.kind]}\n\n{quoted(episode.summary)}\n"
        for name, words in (
            ("Topics", episode.topics),
            ("People", episode.people),
            ("Dates", episode.dates),
            ("Done", episode.actions),
        ):
            if words:
                yield f"- {name}: {', '.join(map(plain, words))}\n"
        yield f"- Mood: {episode.sentiment}; told by {plain(episode.made_by)}\n"
        yield from (f"- {_TODO[each.state]} {plain(each.text)}\n" for each in followups)


# --- the first page ---------------------------------------------------------------------------


def index(
    made: datetime, counts: Mapping[str, int], names: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """What there is, with links: `names` are files by the heading that they stand under."""
    told = ", ".join(f"{count} {what}" for what, count in counts.items())
    yield f"# What Wooster remembers\n\nWritten on {made:%Y-%m-%d %H:%M}: {told}.\n"
    yield "\nThese files are not encrypted, and Wooster doesn't read them.\n"
    yield "\n[Facts](facts.md)\n"
    for heading, files in names.items():
        yield f"\n## {heading}\n\n"
        for name in files:
            shown = plain(name.rpartition("/")[2].removesuffix(".md"))
            yield f"- [{shown}]({quote(name)})\n"
