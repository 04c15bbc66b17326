"""The words of a page: a model's, if one is up, in time and true; else the plain ones."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from wooster.briefing import checking, wording
from wooster.briefing.model import Page
from wooster.briefing.ports import Phraser
from wooster.core.text import fill, rough_tokens

MOST_PHRASED = 25
"""More items than these are a list, whoever words it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A page's text, and whose words it has: a `model`'s, or, with "", our own and why."""

    page: Page
    text: str
    model: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """Asks a model with `prompt`, and waits for `timeout_s` at most."""

    phraser: Phraser
    prompt: str
    timeout_s: float

    async def told(self, page: Page) -> Told:
        """Never fails, and never waits longer."""
        why = _unfit(page)
        if why:
            return Told(page, wording.plain(page), reason=why)
        items = wording.marked(page)
        prompt = fill(self.prompt, {"day": wording.title(page), "items": items})
        try:
            async with asyncio.timeout(self.timeout_s):
                said = await self.phraser.say(prompt, 2 * rough_tokens(items) + 100)
        except TimeoutError:
            why = f"the model took longer than {self.timeout_s:g} s"
            return Told(page, wording.plain(page), reason=why)
        if not said.text.strip():
            return Told(page, wording.plain(page), reason=said.reason or "the model said nothing")
        if wrong := checking.problem(said.text, page.items):
            return Told(page, wording.plain(page), reason=f"{said.model}: {wrong}")
        return Told(page, wording.phrased(page, said.text), said.model)


def _unfit(page: Page) -> str:
    """Why a page is not for a model; "" for one that is."""
    if not page.items:
        return "there is nothing to phrase"
    if len(page.items) > MOST_PHRASED:
        return f"{len(page.items)} items are more than a model is asked to phrase"
    if not checking.can_be_marked(page.items):
        return "a name looks like one of our marks"
    return ""
