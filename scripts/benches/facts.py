"""How many of the facts that are made out of what people say are so, and how many are found.

Dialogues written for this (`data/facts*.jsonl`; one third, `facts_held_out`, was looked at only
after the rules were done) go turn by turn through what the daemon uses: stored as turns, made out,
and learned. What holds at the end is compared with what should. `precision` is over all that got
stored, `recall` over all that should be; `nothing` is the share of the dialogues with nothing to
learn from which nothing was learned. With `--model`, a chat model is asked as well, which takes its
time: see `facts_model`.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from scripts.benches import facts_model
from scripts.benches.facts_dialogues import (
    DIALOGUE_S,
    SETS,
    ByRules,
    Dialogue,
    Tally,
    compared,
    learned,
    opened,
    read,
    say,
)
from scripts.benches.report import figure, progress

from wooster.core.clock import ManualClock
from wooster.memory.facts import rules, telling
from wooster.memory.facts.model import Observation
from wooster.memory.model import Turn
from wooster.memory.service import Conversations
from wooster.storage import Database

BENCH = "facts"
# It takes 20 to 60 s for one on two slow cores.
STARTER_DIALOGUES = 40


def main() -> None:
    told = _arguments()
    if told.model or told.chat:
        dialogues = [dialogue for name in told.set for dialogue in read(name)]
        limit = told.limit or (None if told.chat else STARTER_DIALOGUES)
        options = facts_model.Options(told.chat, told.answers, limit, told.show)
        facts_model.measure(dialogues, by_rules, options)
        return
    asyncio.run(_measured(told.set, shows=told.show))


async def _measured(names: Sequence[str], *, shows: bool) -> None:
    async with opened() as (database, clock):
        for name in names:
            dialogues = read(name)
            progress(f"{len(dialogues)} dialogues")
            tallies = await run(dialogues, by_rules, database, clock, shows=shows)
            _tell(f"{name}." if name else "", "rules", tallies)


async def by_rules(turns: Sequence[Turn]) -> list[Observation]:
    """What the rules make of the person's own messages."""
    found = []
    for turn in turns:
        makes = rules.remembered if telling.told(turn.question) else rules.observations
        found += makes(turn.question, turn.asked, UTC, turn.seq)
    return found


async def run(
    dialogues: Sequence[Dialogue],
    makes: ByRules,
    database: Database,
    clock: ManualClock,
    *,
    shows: bool = False,
) -> dict[str, Tally]:
    """The figures by kind of dialogue, and "" for all, of one way to make facts out."""
    tallies: dict[str, Tally] = {}
    for dialogue in dialogues:
        clock.advance(DIALOGUE_S)
        turns = await say(dialogue, Conversations(database, clock), clock)
        (stored,) = await learned([await makes(turns)], database, clock)
        _, wrong, missed = compared(stored, dialogue.facts)
        if shows and (wrong or missed):
            progress(f"{dialogue.id}: {dialogue.said[-1][1]!r} wrong {wrong} missed {missed}")
        for name in ("", dialogue.kind):
            tallies.setdefault(name, Tally()).add(stored, dialogue.facts)
    return tallies


def _tell(prefix: str, way: str, tallies: dict[str, Tally]) -> None:
    for kind, tally in sorted(tallies.items()):
        name = f"{way}.{kind}" if kind else way
        if tally.stored:
            figure(BENCH, f"{prefix}precision.{name}", tally.right / tally.stored, "ratio")
        if tally.wanted:
            figure(BENCH, f"{prefix}recall.{name}", tally.right / tally.wanted, "ratio")
        if tally.empty:
            figure(BENCH, f"{prefix}nothing.{name}", tally.kept_empty / tally.empty, "ratio")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench facts", description=__doc__)
    parser.add_argument(
        "--set", action="append", choices=list(SETS), help="one of the sets; both without it"
    )
    parser.add_argument("--show", action="store_true", help="tell what is wrong or missing")
    parser.add_argument("--model", action="store_true", help="ask a chat model: the starter")
    parser.add_argument("--chat", metavar="URL", help="ask the chat server that runs there")
    parser.add_argument(
        "--limit",
        type=int,
        help=f"dialogues to ask a model about; {STARTER_DIALOGUES} of the starter, all of another",
    )
    parser.add_argument(
        "--answers", type=Path, help="a file that keeps a model's answers for the next run"
    )
    told = parser.parse_args()
    told.set = told.set or list(SETS)
    return told


if __name__ == "__main__":
    main()
