"""Briefings and reviews, as they are asked for and as they go out by themselves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from wooster.briefing import wording
from wooster.briefing.assembling import Answer, assemble
from wooster.briefing.model import Edition, Moment, Page
from wooster.briefing.phrasing import Phrasing, Told
from wooster.briefing.ports import Asked, Charts, NotSetUp, Patterns
from wooster.core.errors import WoosterError
from wooster.core.text import clip

T = TypeVar("T")
log = logging.getLogger(__name__)

_SOURCE_S = 5.0
_LONGEST_REASON = 120


@dataclass(frozen=True, slots=True)
class Outline:
    """What an edition is made of, as it is at a moment."""

    moment: Moment
    asked: Sequence[Asked]
    charts: Sequence[Charts] = field(default=())
    patterns: Patterns | None = None


Outlines = Callable[[Edition, datetime | None], Outline]
"""The outline of an edition now, or as it would be at an instant."""


class Briefings:
    """Those of one home."""

    def __init__(self, outlines: Outlines, phrasing: Phrasing | None = None) -> None:
        self._outlines = outlines
        self._phrasing = phrasing
        self._worded: Told | None = None

    async def plain(self, edition: Edition, at: datetime | None = None) -> Told:
        """In our own words: no model is asked."""
        page = await self.page(edition, at)
        return Told(page, wording.plain(page), reason="no model was asked")

    async def phrased(self, edition: Edition, at: datetime | None = None) -> Told:
        """In a model's words, where one is up and keeps to the facts."""
        if self._phrasing is None:
            return await self.plain(edition, at)
        page = await self.page(edition, at)
        if self._worded is not None and _is_same(self._worded.page, page):
            return self._worded  # what reached nobody is composed again and again
        told = await self._phrasing.told(page)
        self._worded = told if told.model else None
        fields = {"edition": edition, "model": told.model, "reason": told.reason}
        log.info("briefing.worded", extra={"fields": fields})
        return told

    async def page(self, edition: Edition, at: datetime | None = None) -> Page:
        """All that there is to tell; what can't be read is a note on it."""
        outline = self._outlines(edition, at)
        moment = outline.moment
        answers = await _answers(outline.asked, moment)
        drawn: list[str] = []
        for charts in outline.charts:
            lines, _ = await _read(charts(moment), "Charts")
            drawn += lines or ()
        pattern = None
        if outline.patterns is not None:
            pattern, _ = await _read(outline.patterns(moment), "Patterns")
        return assemble(edition, moment, answers, drawn, pattern or "")

    async def glance(self, moment: Moment, asked: Sequence[Asked]) -> Page:
        """Just these sections of a morning."""
        return assemble("morning", moment, await _answers(asked, moment))


def _is_same(one: Page, other: Page) -> bool:
    """Whether both tell the same of the same day."""
    return replace(one, moment=other.moment) == other and one.moment.day == other.moment.day


async def _answers(asked: Sequence[Asked], moment: Moment) -> list[Answer]:
    return [await _answer(each, moment) for each in asked if each.source is not None]


async def _answer(asked: Asked, moment: Moment) -> Answer:
    assert asked.source is not None
    items, problem = await _read(asked.source(moment), asked.heading.of)
    return Answer(asked.heading, items or (), problem)


async def _read(source: Awaitable[T], of: str) -> tuple[T | None, str]:
    """What a source gives, or why there is nothing. A fault of one must not keep the others from
    being told."""
    try:
        async with asyncio.timeout(_SOURCE_S):
            return await source, ""
    except NotSetUp:
        return None, "not set up"
    except TimeoutError:
        return None, "could not be read: it took too long"
    except Exception as error:
        log.warning("briefing.source", extra={"fields": {"of": of}}, exc_info=True)
        return None, f"could not be read: {_reason(error)}"


def _reason(error: Exception) -> str:
    told = error.message if isinstance(error, WoosterError) else str(error)
    return clip(told, _LONGEST_REASON) or type(error).__name__
