"""What the gate does with facts that no model has made: with all the right ones, and with guesses.

`gate.keeps` is the share of the labelled facts that it lets in when each is proposed word for word.
`gate.guesses` is how much of what gets stored is right when the worst of models is asked: one that
quotes truly and takes every run of words for a value of every key; `…_beside_rules` is the same of
all that is stored then, where rules know what was corrected since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scripts.benches.facts_dialogues import (
    ByRules,
    Dialogue,
    Gold,
    Tally,
    compared,
    learned,
    say,
    stretch_of,
)
from scripts.benches.report import figure, progress

from wooster.core.clock import ManualClock
from wooster.memory.distilling import admission
from wooster.memory.distilling.schema import FactOutput
from wooster.memory.episodes.model import Stretch
from wooster.memory.episodes.sentences import own_words, sentences
from wooster.memory.facts import keys
from wooster.memory.facts.model import ME, Observation
from wooster.memory.service import Conversations
from wooster.storage import Database

BENCH = "facts"
# Every third dialogue takes half a minute.
_STEP = 3
_LONGEST_RUN, _MOST_WORDS = 4, 16


async def measure(
    dialogues: Sequence[Dialogue],
    by_rules: ByRules,
    database: Database,
    clock: ManualClock,
    *,
    shows: bool,
) -> None:
    """Print the gate's figures; needs no model."""
    kept = wanted = right = stored = guessed = 0
    together = Tally()
    progress("the gate by itself")
    for place, dialogue in enumerate(dialogues):
        turns = await say(dialogue, Conversations(database, clock), clock)
        stretch = await stretch_of(database, turns)
        for fact in dialogue.facts:
            if not fact.ended and fact.key != keys.NOTE:  # no model is asked for these
                wanted += 1
                kept += bool(_admitted(stretch, _worded(fact, stretch)))
        if place % _STEP == 0:
            guesses = list(_guesses(stretch))
            believed = _admitted(stretch, guesses)
            (found,) = await learned([believed], database, clock)
            (both,) = await learned([[*await by_rules(turns), *believed]], database, clock)
            together.add(both, dialogue.facts)
            ones_right, wrong, _ = compared(found, dialogue.facts)
            guessed += len(guesses)
            stored += len(found)
            right += ones_right
            if shows and wrong:
                progress(f"{dialogue.id}: {dialogue.said[-1][1]!r} wrongly guessed {wrong}")
    figure(BENCH, "gate.keeps", kept / wanted, "ratio")
    figure(BENCH, "gate.guessed", guessed, "facts")
    figure(BENCH, "gate.guesses_stored", stored, "facts")
    if stored:
        figure(BENCH, "gate.guesses", right / stored, "ratio")
    figure(BENCH, "gate.guesses_beside_rules", together.right / together.stored, "ratio")


def _admitted(stretch: Stretch, made: Sequence[FactOutput]) -> Sequence[Observation]:
    categories = {each.category for each in made}
    return admission.admit_facts(stretch, made, "bench", categories, ()).admitted


def _said(stretch: Stretch) -> list[str]:
    return [each for turn in stretch.turns for each in sentences(own_words(turn.question))]


def _worded(fact: Gold, stretch: Stretch) -> list[FactOutput]:
    """The fact with each sentence of the person as its quote."""
    return [_output(each, fact.subject, fact.key, fact.value) for each in _said(stretch)]


def _guesses(stretch: Stretch) -> Iterator[FactOutput]:
    for sentence in _said(stretch):
        spoken = sentence.split()[:_MOST_WORDS]
        for start in range(len(spoken)):
            for end in range(start + 1, min(start + _LONGEST_RUN, len(spoken)) + 1):
                for key in keys.KEYS:
                    if key != keys.NOTE:
                        yield _output(sentence, ME, key, " ".join(spoken[start:end]))


def _output(quote: str, about: str, key: str, value: str) -> FactOutput:
    return FactOutput(
        quote=quote, about=about, category=keys.of(key).category, key=key, value=value
    )
