"""A turn whose memory was withheld from who answered: what of it is stored."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from tests.assistant.memories import Memories, memory
from tests.fault.test_turn_faults import LOCAL, ask, assistant
from wooster.core.clock import ManualClock
from wooster.memory import store
from wooster.memory.recall import explaining
from wooster.models.fallback import Answer, Answered, Asked, Withheld
from wooster.models.model import Finished, Fragment
from wooster.storage import Database


class Answering:
    """A router whose one provider may, or may not, see memory."""

    def __init__(self, *, may_see: bool) -> None:
        self._may_see = may_see

    def context_tokens(self, _: object) -> None:
        return None

    async def answer(self, _: object) -> AsyncGenerator[Answer, None]:
        if not self._may_see:
            yield Withheld(LOCAL)
        yield Asked(LOCAL)
        yield Fragment("Yes.")
        yield Answered(LOCAL, Finished("stop"))


async def test_a_turn_is_as_private_as_what_was_sent(
    database: Database, clock: ManualClock
) -> None:
    """What was withheld isn't among what the answer was given, and the turn stays a part of the
    conversation for who answered it."""
    held = memory("I bought a boat.", is_private=True)
    for may_see, wanted in ((True, ("memory", True, 1)), (False, ("plain", False, 0))):
        async with assistant(database, clock, Answering(may_see=may_see)) as made:  # type: ignore[arg-type]
            made.remember_with(Memories(held).remembering())
            await ask(made, "What did I buy in spring?")
        told = await database.read(explaining.last)
        assert told is not None
        rows = await database.read(
            lambda c: c.execute(
                "SELECT count(*) FROM recollections WHERE turn_seq = (SELECT max(seq) FROM turns)"
            ).fetchone()
        )
        assert (told.turn.sensitivity, told.turn.is_private, rows[0]) == wanted
        assert (await database.read(store.counts)).cut_off == 0
