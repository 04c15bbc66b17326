"""A page from what the sources gave: cut to what can be read, nothing twice, nothing silently lost.

Pure. It knows no capability and no words of its own but those for what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wooster.briefing.model import Edition, Heading, Item, Moment, Page, Section

MOST_ITEMS = 12
"""Of a section. Others are counted, with the command that lists them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the source of a section gave: items, or why there are none."""

    heading: Heading
    items: Sequence[Item] = ()
    problem: str = ""


def assemble(
    edition: Edition,
    moment: Moment,
    answers: Sequence[Answer],
    charts: Sequence[str] = (),
    pattern: str = "",
) -> Page:
    """Sections in the order of the answers; those without items are left out."""
    told: set[str] = set()
    sections, notes = [], []
    for answer in answers:
        if answer.problem:
            notes.append(f"{answer.heading.of}: {answer.problem}")
        fresh: list[Item] = []
        for each in answer.items:
            if each.id not in told:
                told.add(each.id)
                fresh.append(each)
        if fresh:
            shown = tuple(fresh[:MOST_ITEMS])
            sections.append(Section(answer.heading, shown, len(fresh) - len(shown)))
    # What is missing in two sections is told once.
    once = tuple(dict.fromkeys(notes))
    return Page(edition, moment, tuple(sections), once, tuple(charts), pattern)
