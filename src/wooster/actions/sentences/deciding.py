"""What is done with a plain sentence: run an action, ask first, or leave it to the model.

Pure: which actions read the sentence and how near it is to the examples of each go in, a decision
comes out. A chat sentence must almost never act, so that whatever isn't plain is asked or left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wooster.wire.requests import ActionResult, Choice, Option

RUN, ASK = 0.33, 0.12
"""How near a sentence must be to the examples of an action that reads it, on the scale of
`classifier`: to be run; to be asked about. Set by `scripts/bench intents`: docs/sentences.md."""
RUN_UNREAD, ASK_UNREAD = 0.9, 0.65
"""The same of an action that has no reading of its own, and nothing to give it."""
CLEARLY = 0.25
"""By so much the action that is run must be nearer than any other that reads the sentence."""
ANY_ACTION, TALK = 0.5, 0.25
"""How near a sentence that just one action reads must be to the examples of all together, and how
far from plain talk, to be run from `ASK` on."""
CERTAIN = 0.05
"""From here on what is an example but for its arguments is run: what a note says, and how a task is
called, is far from any example."""
_MOST_ASKED = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """An action that a sentence may mean, with the arguments that it has for it. `is_certain` where
    the sentence is one of its examples with other things in it."""

    action: str
    arguments: dict[str, Any] = field(default_factory=dict)
    is_certain: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """An action that sentences are only compared to. What it needs is asked for with the words
    `ask`, and becomes its argument `into`; both "" where it needs nothing."""

    action: str
    ask: str = ""
    into: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Do this now."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AskFirst:
    """Ask the person what was meant."""

    choice: Choice


Recognised = Run | AskFirst | None
"""None is a message for the model."""


def with_way_back(result: ActionResult) -> ActionResult:
    """What a sentence did, and how it is taken back: nobody typed a command here."""
    if result.undo is None:
        return result
    return replace(result, text=f"{result.text}\n\n`undo` takes it back.")


def decide(
    text: str,
    readings: Sequence[Reading],
    unread: Sequence[Unread],
    nearness: Mapping[str, float] | None,
) -> Recognised:
    """`nearness` to the examples of each action; None where it isn't known, as without an embedding
    server: then only one certain reading acts, and nothing is asked."""
    if nearness is None:
        alone = len(readings) == 1 and readings[0].is_certain
        return Run(readings[0].action, readings[0].arguments) if alone else None
    if readings:
        return _of_readings(text, readings, nearness)
    nearest = max(unread, key=lambda each: nearness.get(each.action, 0.0), default=None)
    if nearest is None:
        return None
    near = nearness.get(nearest.action, 0.0)
    if near < ASK_UNREAD or near < max(nearness.values()):
        return None
    if near >= RUN_UNREAD and not nearest.ask:
        return Run(nearest.action, {})
    option = Option("1", nearest.label, nearest.action, {}, nearest.ask, nearest.into)
    return AskFirst(_choice(text, [option]))


def _of_readings(
    text: str, readings: Sequence[Reading], nearness: Mapping[str, float]
) -> Recognised:
    ranked = sorted(readings, key=lambda each: -nearness.get(each.action, 0.0))
    near = [nearness.get(each.action, 0.0) for each in ranked]
    first = ranked[0]
    others = near[1] if len(near) > 1 else 0.0
    least = CERTAIN if first.is_certain else ASK
    if len(ranked) == 1 and near[0] >= least and (first.is_certain or _is_of_some_action(nearness)):
        return Run(first.action, first.arguments)
    if near[0] >= RUN and (len(ranked) == 1 or near[0] - others >= CLEARLY):
        return Run(first.action, first.arguments)
    asked = [each for each, score in zip(ranked, near, strict=True) if score >= ASK]
    if not asked:
        return None
    options = [
        Option(str(number), each.label, each.action, each.arguments)
        for number, each in enumerate(asked[:_MOST_ASKED], 1)
    ]
    return AskFirst(_choice(text, options))


def _is_of_some_action(nearness: Mapping[str, float]) -> bool:
    """Whether a sentence is near to what is said for actions, and far from talk: which of them it
    is of, where they are alike, its reading tells."""
    total = sum(near for action, near in nearness.items() if action and near > 0)
    return total >= ANY_ACTION and nearness.get("", 0.0) < TALK


def _choice(text: str, options: list[Option]) -> Choice:
    no = Option("n", "No, just say it to the model", say=text)
    return Choice("Is this meant?", [*options, no])
