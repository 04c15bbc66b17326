"""A page in plain words (Markdown for a terminal), and a model's words around the same page."""

from __future__ import annotations

import re
from typing import Any

from wooster.briefing.checking import unmarked
from wooster.briefing.model import Edition, Item, Page, Section
from wooster.core.text import clip, counted, escaped

_TITLES: dict[Edition, str] = {"morning": "", "day": "The day: ", "week": "The week to "}
_NOTHING: dict[Edition, str] = {
    "morning": "Nothing is planned today.",
    "day": "Nothing was planned today, and nothing is left open.",
    "week": "Nothing was planned this week, and nothing is left open.",
}
_PATTERNS: dict[Edition, str] = {
    "morning": "New in what you do",
    "day": "One pattern",
    "week": "New in what you do",
}
_LONGEST_NOTE = 200
_FENCE = "```"


def title(page: Page) -> str:
    """ "Thursday 26 November"."""
    day = page.moment.day
    return f"{_TITLES[page.edition]}{day:%A} {day.day} {day:%B}"


def plain(page: Page) -> str:
    """Everything on it: complete, and the same each time."""
    parts = [f"**{title(page)}**"]
    parts += [_section(each) for each in page.sections] or [_NOTHING[page.edition]]
    return "\n\n".join([*parts, *_ending(page)])


def phrased(page: Page, text: str) -> str:
    """A model's words, which were checked, and all that it wasn't given."""
    beside = [_more(each) for each in page.sections if each.more]
    return "\n\n".join([f"**{title(page)}**", escaped(unmarked(text)), *beside, *_ending(page)])


def marked(page: Page) -> str:
    """The items as a model gets them: a line each, its mark first, its parts between bars."""
    return "\n".join(f"[{each.id}] {' | '.join((each.name, *each.facts))}" for each in page.items)


def bare(text: str) -> str:
    """What `plain` and `phrased` give, for where Markdown isn't read: without its marks."""
    lines = [line for line in text.splitlines() if line != _FENCE]
    return re.sub(r"\\([\\`*_#<>\[\]|~])|[*`]", lambda found: found[1] or "", "\n".join(lines))


def line(each: Item) -> str:
    """ "Dentist · 09:00–10:00 · Main St"."""
    facts = " · ".join(escaped(fact) for fact in each.facts)
    return escaped(each.name) + (f"  *{facts}*" if facts else "")


def _section(section: Section) -> str:
    lines = [f"**{section.heading.title}**", "", *(f"- {line(each)}" for each in section.items)]
    return "\n".join([*lines, f"- {_more(section)}"] if section.more else lines)


def _more(section: Section) -> str:
    told = f"and {counted(section.more, 'more', 'more')}"
    return f"*{section.heading.of}: {told}; `{section.heading.see}` lists them*"


def _ending(page: Page) -> list[str]:
    parts = []
    if page.pattern:
        parts.append(f"**{_PATTERNS[page.edition]}**\n\n{page.pattern}")
    if page.charts:
        parts.append("\n".join([_FENCE, *page.charts, _FENCE]))
    if page.notes:
        parts.append("\n".join(f"*{escaped(clip(note, _LONGEST_NOTE))}*" for note in page.notes))
    return parts


def page_data(page: Page) -> dict[str, Any]:
    return {
        "edition": page.edition,
        "day": page.moment.day.isoformat(),
        "at": page.moment.now.isoformat(),
        "sections": [
            {
                "title": section.heading.title,
                "items": [
                    {"id": each.id, "name": each.name, "facts": list(each.facts)}
                    for each in section.items
                ],
                "more": section.more,
            }
            for section in page.sections
        ],
        "notes": list(page.notes),
        "pattern": page.pattern,
    }
