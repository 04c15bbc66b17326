"""How patterns and areas are told: Markdown for a person, data for a program. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wooster.core.text import counted, plain
from wooster.insights.areas import Covered
from wooster.insights.model import Finding, Insight, Offer, Tested
from wooster.insights.offers import WEEKDAYS, offers

_ROWS = 12
_DID = {"habit": "You mostly check in", "task": "You mostly do", "event": "You mostly have"}
_NONE = (
    "No pattern beats chance yet. They are looked for in the habits, tasks, goals, topics and"
    " events of the last {days} days; most need ten days or so of the same thing."
)
_MEANS = {
    "time": "times that are drawn evenly from sixteen waking hours",
    "weekday": "days that are drawn at random from those on which it could be",
    "breaks": "days that are drawn at random from those on which the streak could break",
    "topic": "topics that are drawn evenly from all that came up",
    "stall": "a goal that goes on at the rate that it had",
}


# --- patterns ---------------------------------------------------------------------------------


def none_text(span_days: int) -> str:
    return _NONE.format(days=span_days)


def listed(insights: Sequence[Insight]) -> str:
    """Each with its number and what accepting it makes."""
    lines = []
    for each in insights:
        lines.append(f"- **{each.row.id}** {sentence(each.finding.tested)}")
        if offered := offers(each.finding.tested):
            lines.append(f"  *`insights accept {each.row.id}` makes {plain(offered[0].told)}*")
    count = counted(len(insights), "pattern")
    last = "`insights why N` shows what it comes from; `dismiss N` and `snooze N` put it away."
    return f"**{count}**\n\n" + "\n".join(lines) + f"\n\n{last}"


def sentence(tested: Tested) -> str:
    """The pattern in a sentence."""
    name, of = f"**{plain(tested.subject.name)}**", f"{tested.count} of {tested.total}"
    if tested.kind == "topic":
        return f"You keep coming back to {name}: on {of} days with a conversation."
    if tested.kind == "stall":
        days = len({each.day for each in tested.subject.events})
        every = tested.total / (days - 1)
        rate = "daily" if every < 1.5 else f"every {round(every)} days"
        return (
            f"Nothing was measured of {name} for {counted(tested.count, 'day')};"
            f" before, it was {rate}."
        )
    if tested.kind == "breaks":
        day = WEEKDAYS[tested.weekday - 1]
        return f"The streak of {name} mostly breaks on {day}s: {of} times."
    if tested.kind == "weekday":
        day = WEEKDAYS[tested.weekday - 1]
        return f"{_DID[tested.subject.kind]} {name} on {day}s: {of} days."
    at = f"between {tested.begin:%H:%M} and {tested.end:%H:%M}"
    if tested.begin == tested.end:
        at = f"at {tested.begin:%H:%M}"
    return f"{_DID[tested.subject.kind]} {name} {at}: {of} days."


def why(insight: Insight, level: float) -> str:
    """Its evidence: the figures, the test, and the newest rows it comes from."""
    finding, tested = insight.finding, insight.finding.tested
    rows = sorted(tested.evidence, reverse=True)
    lines = [f"- {day:%a} {day:%Y-%m-%d}  {plain(text)}".rstrip() for day, text in rows[:_ROWS]]
    if len(rows) > _ROWS:
        lines.append(f"- and {counted(len(rows) - _ROWS, 'more', 'more')} before")
    return f"{sentence(tested)}\n\n{chance_text(finding, level)}\n\n" + "\n".join(lines)


def chance_text(finding: Finding, level: float) -> str:
    """How it was told from chance."""
    tests = counted(finding.tests, "test")
    return (
        f"By chance: {_odds(finding.tested.p)}, against {_MEANS[finding.tested.kind]}."
        f" Of {tests} together, at most {level:.0%} of what is told is false"
        f" (Benjamini–Hochberg; this one holds down to {_share(finding.q)})."
    )


def _odds(p: float) -> str:
    if p <= 1e-9:
        return "less than once in a billion"
    return f"at most once in {round(1 / p):,}".replace(",", " ")


def _share(q: float) -> str:
    return "less than 0.01 %" if q < 0.0001 else f"{q * 100:.2g} %"


def data(insight: Insight, *, with_evidence: bool = True) -> dict[str, Any]:
    """`with_evidence`, the rows that it comes from, of which there may be hundreds."""
    row, finding, tested = insight.row, insight.finding, insight.finding.tested
    return {
        "number": row.id,
        "kind": tested.kind,
        "state": row.state,
        "until": None if row.until is None else row.until.isoformat(),
        "subject": {
            "kind": tested.subject.kind,
            "name": tested.subject.name,
            "number": tested.subject.number or None,
        },
        "count": tested.count,
        "total": tested.total,
        "weekday": tested.weekday or None,
        "begin": None if tested.begin is None else f"{tested.begin:%H:%M}",
        "end": None if tested.end is None else f"{tested.end:%H:%M}",
        "p": finding.tested.p,
        "q": finding.q,
        "tests": finding.tests,
        "offers": [each.what for each in offers(tested)],
        **(
            {"evidence": [[day.isoformat(), text] for day, text in tested.evidence]}
            if with_evidence
            else {}
        ),
    }


def accepted_text(offer: Offer, made: str) -> str:
    return f"Accepted: {plain(offer.told)}. {made}"


def dismissed_text(insight: Insight) -> str:
    return f"Dismissed; it does not come back: {sentence(insight.finding.tested)}"


def snoozed_text(insight: Insight, until: date) -> str:
    day = f"{until:%A} {until.day} {until:%B %Y}"
    return f"Until {day} it isn't shown: {sentence(insight.finding.tested)}"


# --- areas ------------------------------------------------------------------------------------


def areas_text(found: Sequence[Covered]) -> str:
    """Each with its coverage, and what is in it."""
    lines = [
        f"- {plain(each.area.name)} **{each.coverage}**"
        + (f"  *{_in_it(each)}*" if each.things else "")
        for each in found
    ]
    return "\n".join(lines) + "\n\n`areas next` suggests one step."


def area_text(found: Covered) -> str:
    """One with all that is in it."""
    lines = [f"- {each.kind}: {plain(each.name)}" for each in found.things]
    head = f"{plain(found.area.name)}: **{found.coverage}**"
    body = "\n".join(lines) if lines else f"Nothing is in it. {step_text(found)}"
    return f"{head}\n\n{body}"


def step_text(found: Covered) -> str:
    """The next step of an area, as a line to type."""
    name, step = plain(found.area.name), found.area.steps.get(found.coverage, "")
    told = {
        "none": f"There is nothing yet for {name}. A begin would be",
        "basic": f"Nothing was measured lately for {name}. You could track it",
        "tracked": f"You track {name}. To be told of it by itself",
    }.get(found.coverage)
    return f"{told}: `{step}`" if told else f"{name} is looked after by itself."


def no_step_text(found: Sequence[Covered]) -> str:
    if all(each.coverage == "automated" for each in found):
        return "Every area is looked after by itself. There is nothing to suggest."
    return (
        "Each step was suggested three times; nothing is said of it again until something changes."
        " `areas` shows how far they are."
    )


def _in_it(found: Covered) -> str:
    kinds: dict[str, int] = {}
    for each in found.things:
        kinds[each.kind] = kinds.get(each.kind, 0) + 1
    return ", ".join(
        "the health log" if kind == "log" else counted(count, kind) for kind, count in kinds.items()
    )


def area_data(found: Covered) -> dict[str, Any]:
    return {
        "id": found.area.id,
        "name": found.area.name,
        "coverage": found.coverage,
        "things": [
            {"kind": each.kind, "number": each.number or None, "name": each.name}
            for each in found.things
        ],
        "next": found.area.steps.get(found.coverage),
    }
