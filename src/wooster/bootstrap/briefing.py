"""Briefings and reviews, put together from the capabilities, memory and the router.

`meet` puts `compose` where the schedule's carrier finds it for the kinds "briefing" and "review".
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any

from wooster.actions.action import Action
from wooster.bootstrap.living import Living
from wooster.bootstrap.remembering import Memory
from wooster.bootstrap.time import Time, Words
from wooster.briefing import actions as briefing_actions
from wooster.briefing import editions, wording
from wooster.briefing.keeping import edition_of, keep_in_step
from wooster.briefing.model import Edition, Moment
from wooster.briefing.phrasing import Phrasing
from wooster.briefing.ports import Phrased
from wooster.briefing.service import Briefings, Outline
from wooster.briefing.sources.calendar import CalendarItems
from wooster.briefing.sources.conversations import FollowupItems, OpenFollowups
from wooster.briefing.sources.goals import GoalItems
from wooster.briefing.sources.habits import HabitItems
from wooster.briefing.sources.reminders import ReminderItems
from wooster.briefing.sources.tasks import TaskItems
from wooster.briefing.sources.weather import WeatherItems
from wooster.calendars.service import Calendars
from wooster.config import resources
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.core.errors import WoosterError
from wooster.core.text import clip
from wooster.models.fallback import Answered, BrokeOff, NobodyAnswers
from wooster.models.model import ChatRequest, Fragment, Message
from wooster.models.router import Router
from wooster.schedule.model import Due
from wooster.storage import Database

log = logging.getLogger(__name__)

_GREETED = 60
_MISSED = "missed:"

PatternsOf = Callable[[Edition, Moment], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class StandingClock:
    """A clock that shows one instant, for what is told as of then."""

    at: datetime
    zone: tzinfo | None

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def local(self) -> datetime:
        return self.at.astimezone(self.zone)

    def monotonic_s(self) -> float:
        return 0.0


class RoutedPhraser:
    """A model of this machine: what is told is personal, and doesn't leave it for this."""

    def __init__(self, router: Router, purpose: str = "briefing") -> None:
        self._router, self._purpose = router, purpose

    async def say(self, prompt: str, max_tokens: int) -> Phrased:
        request = ChatRequest(
            messages=(Message("user", prompt),),
            max_tokens=max_tokens,
            purpose=self._purpose,
            turn_id="",
            task="summary",
            sensitivity="memory",
            stays=True,
            background=True,
        )
        text = ""
        async with aclosing(self._router.answer(request)) as events:
            async for event in events:
                match event:
                    case Fragment():
                        text += event.text
                    case Answered(provider, finished) if finished.reason == "length":
                        return Phrased("", provider.model, "the model found no end")
                    case Answered(provider):
                        return Phrased(text, provider.model or provider.title)
                    case BrokeOff(_, reason) | NobodyAnswers(reason):
                        return Phrased("", "", reason)
        return Phrased("", "", "the answer ended without a word")


class Briefing:
    """Those of one home. `followups` are what was promised in conversations; `patterns` gives what
    an edition tells of them, where somebody finds any; `weather` is told where it is known."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        living: Living,
        router: Router | None = None,
    ) -> None:
        self._settings, self._clock, self._living = settings, clock, living
        self._database = database
        self.followups: OpenFollowups | None = None
        self.patterns: PatternsOf | None = None
        self.weather: WeatherItems | None = None
        self.briefings = Briefings(self._outline, self._phrasing(router))

    @property
    def actions(self) -> list[Action[Any]]:
        return briefing_actions.actions(
            self.briefings, self._living.context, lambda: self._clock.zone
        )

    def meet(self, time: Time, memory: Memory) -> None:
        """Go out when it is time, and be told when a conversation opens."""
        time.composers["briefing"] = time.composers["review"] = self.compose
        self.followups, memory.today = memory.followups, self.today

    async def keep_in_step(self) -> None:
        """The jobs that send them, as the settings have it; once, before the engine runs."""
        if not self._settings.services.scheduling.enabled:
            return
        chosen = self._settings.briefing
        at: dict[Edition, str | None] = {
            "morning": chosen.at,
            "day": chosen.day_review_at,
            "week": chosen.week_review_at,
        }
        try:
            await keep_in_step(self._living.schedule, self._clock, at)
        except WoosterError as error:
            # They are as they were; the next start tries again.
            log.error("briefing.jobs", extra={"fields": {"error": str(error)}})

    async def compose(self, due: Due) -> Words:
        """What goes out for a job of the kind "briefing" or "review": a channel shows text as it
        is, without Markdown."""
        told = await self.briefings.phrased(edition_of(due.job))
        title, _, text = wording.bare(told.text).partition("\n\n")
        missed = [each.id for each in told.page.items if each.id.startswith(_MISSED)]
        seen = tuple(int(each.removeprefix(_MISSED)) for each in missed)
        return Words(f"{due.job.text} · {title}", text, seen)

    async def today(self) -> list[str]:
        """Events and reminders that are still to come today, a few words each, for whoever opens a
        conversation; [] where nothing is known of them."""
        sources = self._sources(self._living, self._clock)
        moment = _moment(self._living, self._clock)
        page = await self.briefings.glance(
            moment,
            [
                each
                for each in editions.asked("morning", sources)
                if each.heading.of in ("Calendar", "Reminders")
            ],
        )
        return [clip(" ".join((*each.facts[:1], each.name)), _GREETED) for each in page.items]

    # --- parts of them ------------------------------------------------------------------------

    def _phrasing(self, router: Router | None) -> Phrasing | None:
        chosen = self._settings.briefing
        if router is None or not chosen.phrased:
            return None
        prompt = resources.prompt("briefing")
        return Phrasing(RoutedPhraser(router), prompt, chosen.phrase_timeout / 1000)

    def _outline(self, edition: Edition, at: datetime | None) -> Outline:
        clock, living = self._clock, self._living
        if at is not None:
            clock = StandingClock(at, self._clock.zone)
            living = self._living.at(clock)
        sources = self._sources(living, clock)
        drawn = editions.charts(edition, sources)
        patterns = None if self.patterns is None else partial(self.patterns, edition)
        moment = _moment(living, clock)
        return Outline(moment, editions.asked(edition, sources), drawn, patterns)

    def _sources(self, living: Living, clock: Clock) -> editions.Sources:
        on = self._settings.services
        return editions.Sources(
            CalendarItems(Calendars(self._database, clock)) if on.calendars.enabled else None,
            TaskItems(living.tasks.lists),
            HabitItems(living.habits) if on.habits.enabled else None,
            GoalItems(living.goals) if on.goals.enabled else None,
            None if self.followups is None else FollowupItems(self.followups),
            ReminderItems(living.schedule) if on.scheduling.enabled else None,
            self.weather,
        )


def _moment(living: Living, clock: Clock) -> Moment:
    return Moment(clock.local(), living.days.today(), clock.zone)
