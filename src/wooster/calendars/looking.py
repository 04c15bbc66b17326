"""What a person, or a model, can ask of their days: the agenda, and the time that is free."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from wooster.actions.action import Action
from wooster.calendars import days, showing, wording
from wooster.calendars.model import Gap
from wooster.calendars.parameters import Free, When
from wooster.calendars.service import Calendars
from wooster.calendars.wording import Stretch
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.schedule.phrases import Context
from wooster.wire.requests import ActionResult

Say = Callable[[], Context]

_HINT: Final = "As: today, tomorrow, week, friday, 5 June, 5 to 9 June."
_DAY: Final = timedelta(days=1)
_LEAST: Final = timedelta(minutes=30)
_WAKING: Final = (time(8), time(20))
_MOST_DAYS: Final = 14
_ROUND: Final = timedelta(minutes=5)
_MINE = r"(?:in |on )?(?:my |the )?(?:calendar|agenda|schedule|diary)"
_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_KINDS = r"(?:appointments?|meetings?|events?|calls?)"
_ASKS = Pattern(
    r"(?:"
    rf"what(?:['’]s|s| is)(?: there)?(?: {_MINE}"
    rf"|(?: on| planned| scheduled| coming up)(?: {_MINE})?"
    rf"| happening(?: {_MINE}| (?=tomorrow|next|on |this )))"
    r"|what (?:do|have) (?:i|we) (?:have |got )?(?:have|got|planned|scheduled|on)"
    r"(?: on| planned| scheduled)?"
    rf"|(?:do i have|have i got|is there|are there) (?:anything|something|any {_KINDS})"
    rf"(?: on| planned| scheduled| coming up)?(?: {_MINE})?"
    rf"|(?:what|which) {_KINDS} (?:do i have|have i got|are there|are on|are planned)(?: {_MINE})?"
    rf"|(?:show|tell|read|give|list|check|see|open)(?: me)?(?: what['’]?s)?(?: on)? {_MINE}"
    rf"|(?:show|read|give|list|check)(?: me)?(?: (?:my|all|the))? (?:{_KINDS})"
    rf"|(?:show|tell|read|give|list|check)(?: me)? "
    rf"(?P<whose>today|tomorrow|this week|{_WEEKDAYS})['’]s (?:calendar|agenda|schedule|{_KINDS})"
    r"|(?:what|how) does my (?:week|calendar|schedule) look(?: like)?"
    r"|(?:what|how) does (?=(?:tomorrow|next week|this week|the weekend)\b)"
    r"|what(?:['’]s|s| is) my (?:day|week|calendar|schedule|agenda)(?: like)?"
    rf"|any(?:thing| {_KINDS})(?: on| planned)?(?: {_MINE})?"
    r"|(?:my |the )?(?:agenda|calendar|schedule)"
    r")(?: (?:for|on))?(?: (?P<when>.+?))??(?: look(?: like)?)?(?: please)?\s*[?.!]*",
    re.IGNORECASE,
)
_NEXT_ONE = Pattern(
    rf"(?:when|what)(?:['’]s|s| is) my next {_KINDS}"
    r"|what(?:['’]s|s| is) (?:next|coming up) (?:in|on) my (?:calendar|agenda|schedule|diary)",
    re.IGNORECASE,
)
_NAMES_IT = Pattern(
    r"\b(?:calendar|agenda|schedule|diary|appointments?|meetings?|my (?:day|week))\b", re.IGNORECASE
)
_FREE = Pattern(
    r"(?:(?:when |what time )?(?:am|are) (?:i|we) (?:free|busy|available)"
    r"|(?:when )?do (?:i|we) have (?:any |some )?(?:free )?time|have i got (?:any )?(?:free )?time"
    r"|is there (?:any )?free time|(?:what|which) (?:times? )?(?:am i|are we) free"
    r"|(?:find|show)(?: me)? (?:a |some |my )?(?:free )?(?:time|slots?)"
    r")(?: on| for)?(?: (?P<when>.+?))?\s*[?.!]*",
    re.IGNORECASE,
)


def actions(calendars: Calendars, say: Say) -> list[Action[Any]]:
    """Both over the calendars of one home; `say` is what words are read in."""
    return [_agenda(calendars, say), _free(calendars, say)]


def _agenda(calendars: Calendars, say: Say) -> Action[When]:
    async def handle(given: When) -> ActionResult:
        stretch = _stretch(given.when, say())
        agenda = await calendars.between(stretch.first, stretch.last)
        text = showing.agenda_text(agenda, calendars.today, calendars.known_days())
        return ActionResult(text, showing.agenda_data(agenda))

    async def reads(line: str) -> dict[str, Any] | None:
        said = " ".join(line.split())
        if _NEXT_ONE.fullmatch(said.rstrip(" ?.!")):
            return {"when": "week"}
        match = _ASKS.fullmatch(said)
        if match is None:
            return None
        when = f"{match['whose'] or ''} {match['when'] or ''}".strip()
        if not when and not _NAMES_IT.search(line):
            return None
        return {"when": when} if wording.a_stretch(when, say()) else None

    return Action(
        name="agenda",
        help="shows what is on: today, tomorrow, this week, a date",
        effect="read",
        outside=True,
        parameters=When,
        phrases=("agenda", "agenda WHEN", "/agenda WHEN"),
        handler=handle,
        rest="when",
        fits=_fits(say),
        reads=reads,
        examples=("what's on Thursday?", "what do I have tomorrow?", "show me my calendar"),
    )


def _fits(say: Say) -> Callable[[str], Awaitable[bool]]:
    async def fits(words: str) -> bool:
        return wording.a_stretch(wording.a_length(words)[1], say()) is not None

    return fits


def _stretch(words: str, context: Context) -> Stretch:
    stretch = wording.a_stretch(words, context)
    if stretch is None:
        raise UsageError(f"“{words}” is no day.", hint=_HINT)
    return stretch


def _free(calendars: Calendars, say: Say) -> Action[Free]:
    async def handle(given: Free) -> ActionResult:
        length, words = wording.a_length(given.when)
        stretch = _stretch(words, say())
        if (stretch.last - stretch.first).days >= _MOST_DAYS:
            raise UsageError(
                f"These are more than {_MOST_DAYS} days.", hint="`free next week 2 hours`"
            )
        least = length or _LEAST
        found = await free_time(calendars, stretch, least)
        text = showing.free_text(found, calendars.today, least)
        agenda = await calendars.between(stretch.first, stretch.last)
        if age := showing.age_text(agenda.sources, agenda.now):
            text += f"\n\n{age}"
        if not agenda.sources:
            text = showing.NONE
        return ActionResult(text, {"days": [showing.gap_data(*each) for each in found]})

    async def reads(line: str) -> dict[str, Any] | None:
        match = _FREE.fullmatch(" ".join(line.split()))
        if match is None or not match["when"]:
            return None
        _, words = wording.a_length(match["when"])
        return {"when": match["when"]} if wording.a_stretch(words, say()) else None

    return Action(
        name="free",
        help="shows when you are free: on a day, for so long",
        effect="read",
        outside=True,
        parameters=Free,
        phrases=("free", "free WHEN", "free WHEN DURATION", "/free WHEN"),
        handler=handle,
        rest="when",
        fits=_fits(say),
        reads=reads,
        examples=("am I free tomorrow afternoon?", "when am I free on Friday?"),
    )


async def free_time(
    calendars: Calendars, stretch: Stretch, least: timedelta
) -> list[tuple[date, list[Gap]]]:
    """The gaps of each day within the hours that are asked for, else between 8 and 20 o'clock; of
    today, from now on."""
    zone, now = calendars.clock.zone, calendars.clock.now()
    agenda = await calendars.between(stretch.first, stretch.last)
    begin, end = stretch.hours or _WAKING
    found = []
    for day in agenda.days:
        starts = max(days.at(day.day, begin, zone).astimezone(UTC), _rounded(now)).astimezone(zone)
        is_whole = end >= time(23, 59)
        ends = days.at(day.day + _DAY, time(), zone) if is_whole else days.at(day.day, end, zone)
        gaps = (
            days.free(day.appointments, starts, ends, least)
            if starts.timestamp() < ends.timestamp()
            else []
        )
        found.append((day.day, gaps))
    return found


def _rounded(now: datetime) -> datetime:
    """The next five minutes that are whole."""
    over = timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
    return now + (_ROUND - over) if over else now
