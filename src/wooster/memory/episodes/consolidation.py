"""Keeping what is recalled small: sessions long past are told of by their month, months by their
year.

Each step is one transaction and whole: the month tells of what it has taken in so far. The parts
stay as rows, so that what a period says can be made again without one of them. It decides when; how
is in `merging.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, tzinfo

from wooster.memory.episodes import merging, store
from wooster.memory.episodes.model import RULES, Episode, Kind, Span

# So many whole months keep their sessions apart, and so many years their months.
MONTHS_APART = 12
YEARS_APART = 3
# Parts that one transaction takes in, so that a turn never waits long for the writer.
_STEP = 50


def step(connection: sqlite3.Connection, most: int, now: datetime, zone: tzinfo | None) -> bool:
    """Take the oldest that is due into its month or year; False when nothing is.

    `most` is how many episodes are found by themselves: beyond it, younger ones are taken in too,
    but those of the present month and the one before never are.
    """
    for kind, parts in _due(connection, most, now, zone):
        if parts:
            _take_in(connection, kind, parts, zone)
            return True
    return False


def _due(
    connection: sqlite3.Connection, most: int, now: datetime, zone: tzinfo | None
) -> Iterator[tuple[Kind, list[Episode]]]:
    """What might be taken in next, by kind of period: months first, years are made of them."""
    due: list[tuple[Kind, int]] = [("month", MONTHS_APART), ("year", YEARS_APART)]
    for kind, back in due:
        yield kind, _of_one(connection, kind, merging.beginning(kind, now, back, zone), zone)
    if store.loose_count(connection) > most:
        for kind, _ in due:
            yield kind, _of_one(connection, kind, merging.beginning(kind, now, 1, zone), zone)


def _of_one(
    connection: sqlite3.Connection, kind: Kind, before: datetime, zone: tzinfo | None
) -> list[Episode]:
    """The loose episodes of the oldest period before a moment that has something to merge."""
    kinds: tuple[Kind, ...] = ("session", "month") if kind == "year" else ("session",)
    since = None
    while True:
        found = store.loose(connection, kinds, since, before, _STEP)
        if not found:
            return []
        span = merging.span(kind, found[0].began, zone)
        parts = [each for each in found if each.began < span.ended]
        # One session in a month says by itself what the month would.
        if len(parts) > 1 or store.period(connection, kind, parts[0].began) is not None:
            return parts
        since = span.ended


def _take_in(
    connection: sqlite3.Connection, kind: Kind, parts: Sequence[Episode], zone: tzinfo | None
) -> None:
    there = store.period(connection, kind, parts[0].began)
    if there is None:
        span = merging.span(kind, parts[0].began, zone)
        whole = store.add(connection, span, merging.merged(parts), RULES)
    else:
        whole = there.id
    store.take_in(connection, whole, [part.id for part in parts])
    retell(connection, whole)


def retell(connection: sqlite3.Connection, whole: int) -> None:
    """Tell a month or year anew from what it has taken in, and what has taken it in after it; one
    that has nothing left is removed."""
    found = store.by_ids(connection, [whole])
    for episode in found:
        parts = store.parts(connection, whole)
        if parts:
            is_private = any(part.is_private for part in parts)
            span = Span(episode.kind, episode.began, episode.ended, is_private=is_private)
            store.change(connection, whole, span, merging.merged(parts), RULES)
        else:
            store.remove(connection, [whole])
        if episode.part_of is not None:
            retell(connection, episode.part_of)


def forget(connection: sqlite3.Connection, ids: Collection[int]) -> None:
    """Remove episodes with all that is found by them, and tell anew what had taken them in."""
    for whole in store.remove(connection, ids):
        retell(connection, whole)
