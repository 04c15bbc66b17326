"""When the daemon looks for garbage: seldom, and not in the midst of an answer.

Each connection and each request to a model server leaves some objects that refer to themselves
(asyncio's transports, httpx's responses), which only a look through all objects frees. It knows
the interpreter and nothing of who made what.
"""

from __future__ import annotations

import asyncio
import gc

from wooster.core.heap import give_back

EVERY_S = 30.0
_YOUNG = 50_000
"""So many objects more than went call for a look at once; Python's own number is 700, and a command
makes thousands of rows that all go when it is answered."""
_FEW = 1000


async def collect() -> None:
    """As long as the daemon runs, once all is loaded: that stays, and isn't looked through."""
    gc.freeze()
    gc.set_threshold(_YOUNG)
    while True:
        await asyncio.sleep(EVERY_S)
        young, *looked = gc.get_count()
        if young > _FEW or any(looked):
            gc.collect()
            await asyncio.to_thread(give_back)
