"""What a distillation stores, each in one transaction of its caller: all of it or nothing.

A stretch is looked at again inside the transaction: where its turns aren't those any more that
rules or a model were shown, nothing is stored. It refuses to know where the words come from.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from wooster.memory.distilling import store
from wooster.memory.distilling.store import Row, State
from wooster.memory.episodes import consolidation, extract
from wooster.memory.episodes import store as episodes
from wooster.memory.episodes.model import RULES, Stretch, Told
from wooster.memory.facts import store as facts
from wooster.memory.facts.model import Observation

_NEWS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a stretch, and by whom (`RULES` or a model): `told` None is no episode."""

    told: Told | None
    observations: Sequence[Observation]
    made_by: str
    told_by: str = RULES


def keep_plain(connection: sqlite3.Connection, stretch: Stretch, made: Made, now: datetime) -> bool:
    """Store what rules made of a stretch; False when it is distilled already or has changed."""
    if not store.is_undistilled(connection, stretch.session_id, stretch.first_seq):
        return False
    if _there(connection, stretch) != stretch:
        return False
    if made.told is not None:
        episodes.add(connection, stretch.span, made.told, made.told_by)
    _learn(connection, made.observations, now)
    store.add(connection, stretch, _state(stretch, now), made.made_by, now)
    return True


def keep_better(
    connection: sqlite3.Connection, row: Row, stretch: Stretch, made: Made, now: datetime
) -> bool:
    """Put what a model made of a stretch in the place of what rules did; False when it was made
    already or has changed meanwhile."""
    there = store.there(connection, row)
    if there is None or there.state == "done" or _there(connection, stretch) != stretch:
        return False
    if made.told is not None:
        _tell(connection, stretch, made.told, made.told_by)
    _learn(connection, made.observations, now)
    store.change(connection, row, "done", made.made_by, now)
    return True


def retell(
    connection: sqlite3.Connection, rows: Sequence[Row], now: datetime, zone: tzinfo | None
) -> None:
    """Tell stretches anew, of which turns were changed or removed, from those that are left: by
    rules now, and by a model later. One that has no turn left leaves no trace."""
    for row in rows:
        left = store.stretch(connection, row.session_id, row.first_seq, row.last_seq)
        episode = episodes.of_stretch(connection, row.session_id, row.first_seq)
        store.remove(connection, row)
        if left is None:
            if episode is not None:
                consolidation.forget(connection, [episode.id])
            continue
        if episode is not None:
            episodes.shrink(connection, episode.id, left.first_seq)
            _tell(connection, left, extract.told(left.turns, zone), RULES)
        store.add(connection, left, _state(left, now), RULES, now)


def _state(stretch: Stretch, now: datetime) -> State:
    """Whether a model is to tell it better. What is long past, or was taken in from elsewhere, may
    be years of talk: no model is kept busy with it for days."""
    is_news = stretch.origin == "talk" and now - stretch.span.ended < _NEWS
    return "plain" if is_news else "done"


def _there(connection: sqlite3.Connection, stretch: Stretch) -> Stretch | None:
    return store.stretch(connection, stretch.session_id, stretch.first_seq, stretch.last_seq)


def _tell(connection: sqlite3.Connection, stretch: Stretch, told: Told, told_by: str) -> None:
    episode = episodes.of_stretch(connection, stretch.session_id, stretch.first_seq)
    if episode is None:  # episodes were switched off when it was distilled first
        episodes.add(connection, stretch.span, told, told_by)
        return
    episodes.change(connection, episode.id, stretch.span, told, told_by)
    if episode.part_of is not None:
        consolidation.retell(connection, episode.part_of)


def _learn(
    connection: sqlite3.Connection, observations: Sequence[Observation], now: datetime
) -> None:
    for observation in observations:
        facts.learn(connection, observation, now)
