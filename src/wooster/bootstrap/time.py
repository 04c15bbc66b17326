"""Time, put together: the schedule, what is said when something is due, and on which channels.

What is due is composed by who knows its kind (`composers`), and handed to the channels that are
set up. Nothing of it needs a model.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from wooster.actions.action import Action
from wooster.config.settings import Settings
from wooster.core.clock import Clock, to_ms
from wooster.core.errors import StorageError
from wooster.core.text import clip
from wooster.daemon import notify as notify_actions
from wooster.daemon.notices import Speaking
from wooster.notify.apprise_urls import Apprise
from wooster.notify.channels import Channels
from wooster.notify.desktop import Desktop
from wooster.notify.email import Email
from wooster.notify.model import Channel, Message, NotSent, WayOut
from wooster.notify.open_repl import Board, OpenRepl
from wooster.notify.signal_cli import Signal
from wooster.notify.web import Ntfy, Webhook
from wooster.schedule import store
from wooster.schedule.carrying import Parcel, Undelivered
from wooster.schedule.engine import Engine
from wooster.schedule.model import Due, Kind
from wooster.schedule.planning import GRACE, QuietHours
from wooster.schedule.service import Schedule
from wooster.schedule.waking import Alarm

if TYPE_CHECKING:
    from wooster.bootstrap.ground import Ground

log = logging.getLogger(__name__)

_UNTOLD_LINES = 3
_QUOTED = 60


@dataclass(frozen=True, slots=True)
class Words:
    """What is told of something that is due. `seen` are the occurrences that failed or were missed
    and that it tells of: whoever gets it knows of them."""

    title: str
    text: str
    seen: tuple[int, ...] = ()


Composer = Callable[[Due], Awaitable[Words | None]]
"""What is told of an occurrence; None where there is nothing to tell. Raises `Undelivered`."""


class Time:
    """The time of one home. `composers` has one for each kind of job; capabilities add theirs."""

    def __init__(self, ground: Ground, schedule: Schedule, out: WayOut) -> None:
        settings, database, clock = ground.settings, ground.database, ground.clock
        self._clock, self._database = clock, database
        self.board = Board(self._somebody_came)
        self.channels = home_channels(settings, self.board, clock, out, ground.environ)
        self.composers: dict[Kind, Composer] = {"reminder": self._reminder}
        self.schedule = schedule
        carrier = Posting(self.channels, self.composers, self._seen)
        quiet = quiet_hours(settings.schedule.quiet_hours)
        self._engine = Engine(database, clock, carrier, Alarm(), quiet)
        self._is_on = settings.services.scheduling.enabled
        if self._is_on:
            self.schedule.changed = self._engine.look
        self._came = asyncio.Event()
        self.actions: list[Action[Any]] = notify_actions.actions(
            ground.paths, self.channels, self.board, clock
        )
        self.speaking = Speaking(self.board, self._seen)

    async def run(self) -> None:
        """Until `stop`."""
        if not self._is_on:
            return
        async with asyncio.TaskGroup() as tasks:
            welcoming = tasks.create_task(self._welcome())
            await self._engine.run()
            welcoming.cancel()

    def stop(self) -> None:
        """Let clients go, and begin nothing more."""
        self.board.end()
        self._engine.stop()

    async def untold(self) -> tuple[list[str], list[int]]:
        """What failed or was missed and nobody was told of, in at most three lines, and which."""
        found = await self.schedule.unseen()
        return untold_lines(found, self._clock), [due.occurrence.id for due in found]

    async def _seen(self, ids: Sequence[int]) -> None:
        found = [due for due in await self.schedule.unseen() if due.occurrence.id in ids]
        if found:
            await self.schedule.mark_seen(found)

    async def _reminder(self, due: Due) -> Words:
        """Its text, word for word."""
        return Words(f"Reminder · {_local(due.occurrence.due, self._clock)}", self._marked(due))

    def _marked(self, due: Due) -> str:
        row, lines = due.occurrence, [due.job.text]
        is_late = row.is_late or self._clock.now() - row.due > GRACE
        if is_late and row.ended is None:
            lines.append(f"(late: was due {_local(row.due, self._clock)})")
        if row.maybe_twice:
            lines.append("(this may have come already)")
        return "\n".join(lines)

    # --- somebody came ------------------------------------------------------------------------

    def _somebody_came(self) -> None:
        self._came.set()

    async def _welcome(self) -> None:
        """What reached nobody is tried at once when somebody opens a conversation."""
        while True:
            await self._came.wait()
            self._came.clear()
            try:
                now = self._clock.now()
                await self._database.write(partial(store.try_again, now=now))
                self._engine.look()
            except StorageError as error:
                # It is tried at its own time.
                log.error("schedule.storage", extra={"fields": {"error": error.message}})


def titled(title: str, compose: Callable[[Due], Awaitable[str | None]]) -> Composer:
    """A composer of what gives the text alone."""

    async def composed(due: Due) -> Words | None:
        text = await compose(due)
        return None if text is None else Words(title, text)

    return composed


class Posting:
    """The schedule's `Carrier`, over channels and composers."""

    def __init__(
        self,
        channels: Channels,
        composers: Mapping[Kind, Composer],
        tell_seen: Callable[[Sequence[int]], Awaitable[None]] | None = None,
    ) -> None:
        self._channels, self._composers, self._tell_seen = channels, composers, tell_seen
        self._default: list[str] = []
        self._seen: dict[str, tuple[int, ...]] = {}

    async def compose(self, due: Due) -> Parcel | None:
        composer = self._composers.get(due.job.kind)
        if composer is None:
            raise Undelivered(f"nothing here makes a {due.job.kind}", is_final=True)
        words = await composer(due)
        # Which channels are set up is looked up here, off the loop: it looks for programs.
        self._default = await asyncio.to_thread(self._channels.default)
        if words is None:
            return None
        parcel = Parcel(key_of(due), words.title, words.text, due)
        if words.seen:
            self._seen[parcel.key] = words.seen
        return parcel

    def channels(self, due: Due) -> Sequence[str]:
        return due.job.channels or self._default or self._channels.order

    async def send(self, channel: str, parcel: Parcel) -> None:
        kind = "plain" if parcel.due.job.kind == "reminder" else "memory"
        try:
            await self._channels.send(
                channel,
                Message(parcel.key, parcel.title, parcel.text, kind),  # type: ignore[arg-type]
            )
        except NotSent as error:
            raise Undelivered(error.reason, is_final=error.is_final) from error
        seen = self._seen.pop(parcel.key, ())
        if seen and self._tell_seen is not None:
            try:
                await self._tell_seen(seen)
            except StorageError as error:  # it went out all the same; they are told once more
                log.error("schedule.storage", extra={"fields": {"error": error.message}})

    def takes_once(self, channel: str) -> bool:
        return self._channels.takes_once(channel)


def key_of(due: Due) -> str:
    """The same for an occurrence until it is delivered; another each time that it is said again."""
    row = due.occurrence
    said = to_ms(row.ended) if row.ended is not None else 0
    return f"{row.id}-{to_ms(row.due)}-{said}"


def home_channels(
    settings: Settings, board: Board, clock: Clock, out: WayOut, environ: Mapping[str, str]
) -> Channels:
    """All that there are, as the settings have them."""
    ours = settings.notify
    found: list[Channel] = [
        OpenRepl(board),
        Desktop(environ),
        Signal(ours.signal, out),
        Email(ours.email, out, environ, clock),
        Ntfy(ours.ntfy, out, environ),
        Webhook(ours.webhook, out, environ),
        Apprise(ours.apprise, out, environ),
    ]
    return Channels(found, ours.channels, ours.allowed)


def quiet_hours(text: str | None) -> QuietHours | None:
    """`22:00-07:00`, which the settings have checked."""
    if text is None:
        return None
    begin, _, end = text.partition("-")
    return QuietHours(time.fromisoformat(begin), time.fromisoformat(end))


def untold_lines(found: Sequence[Due], clock: Clock) -> list[str]:
    """At most three lines; the last says how many more there are."""
    lines = [_untold(due, clock) for due in found]
    if len(lines) <= _UNTOLD_LINES:
        return lines
    rest = len(lines) - _UNTOLD_LINES + 1
    return [*lines[: _UNTOLD_LINES - 1], f"… and {rest} more that didn't reach you."]


def _untold(due: Due, clock: Clock) -> str:
    row = due.occurrence
    what = f"“{clip(due.job.text, _QUOTED)}”" if due.job.text else f"a {due.job.kind}"
    when = _local(row.due, clock)
    if row.state == "missed":
        more = f", {row.times} times" if row.times > 1 else ""
        return f"Missed while nothing ran: {what}, {when}{more}."
    return f"Not delivered: {what}, {when} ({clip(row.error, 120) or 'no reason is known'})."


def _local(instant: datetime, clock: Clock) -> str:
    """`14:05`, with the day where it isn't today's."""
    local, today = instant.astimezone(clock.zone), clock.local().date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if abs(local.date() - today) < timedelta(days=300):
        return f"{local:%a} {local.day} {local:%b %H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"
