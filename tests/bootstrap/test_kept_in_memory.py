"""What was forgotten is in the daemon's memory no more: every string that can be reached is read.

What libraries in C keep for themselves isn't seen here, nor memory that was let go.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

from blockbuster import BlockBuster

from tests.bootstrap.test_undo import opened, types
from wooster.bootstrap.daemon import _Running
from wooster.config.paths import Paths
from wooster.memory.model import Ending

# Backwards, so that this file doesn't keep the word itself.
DROW = "yrrebmulpq"
LINES = (
    *("/remember that my aunt is called {}", "/facts {}", "/history {}"),
    *("/capture buy {} +garden", "/inbox", "/next {}", "/search {}"),
    *("/projects new {} plan", "/projects open {} plan", "/projects", "/journal the {} is red"),
    *("/event add {} harvest tomorrow at 9", "/agenda tomorrow", "/free tomorrow"),
    *("/habits add eat {} every day", "/habits", "set goal plant 30 {} this year", "/goals"),
    *("/remind me to water the {} tomorrow at 9", "/health log ate {}"),
    *("/insights", "/areas", "/brief", "/agenda"),
)


def strings() -> Iterator[str]:
    """All that can be reached from what the collector knows: it doesn't follow what holds text
    alone."""
    waiting = gc.get_objects()
    seen = {id(waiting)}
    while waiting:
        for each in gc.get_referents(waiting.pop()):
            if isinstance(each, str):
                yield each
            elif isinstance(each, bytes):
                yield each.decode("utf-8", "replace")
            elif id(each) not in seen and not gc.is_tracked(each):
                seen.add(id(each))
                waiting.append(each)


def saying_it() -> set[str]:
    gc.collect()
    word = DROW[::-1]
    return {each for each in strings() if word in each.casefold() and each is not word}


async def live(made: _Running) -> None:
    """Say it everywhere."""
    word = DROW[::-1]
    for line in LINES:
        await types(made.services.registry, line.format(word))
    conversations = made.memory.conversations
    turn = await conversations.begin(f"Where is my {word}?", None, "repl")
    await conversations.keep(turn, 0, f"The {word} is in the garden.")
    await conversations.end(turn, Ending("done", "local", "m"))
    await types(made.services.registry, f"/recall where is my {word}?")


async def forget(made: _Running) -> int:
    """How much of what isn't a conversation went."""
    told = f"everywhere {DROW[::-1]}"
    done = await made.memory.forgetting().forget(told, lambda _: None)
    assert done.problem == ""
    return len(done.doomed.elsewhere)


async def test_what_is_forgotten_is_in_memory_no_more(
    paths: Paths, empty_database: Path, never_blocks: BlockBuster
) -> None:
    """A whole daemon has a word in each room that is cleared, shows it, and forgets it."""
    async with opened(paths, empty_database, never_blocks) as made:
        never_blocks.deactivate()
        await live(made)
        assert len(saying_it()) > 10
        assert await forget(made) > 4
        assert saying_it() == set()
