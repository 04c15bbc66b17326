"""Questions about a time, made by rule from when a chat's sessions were, with what was said then.

Each says when in one of the ways in which people do, and asks for what was said; the turns that
answer it are all of that time, as the calendar says. It knows nothing of how Wooster reads a date.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from scripts.benches.memory_corpus import Asked, Chat, Session

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
]
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_FORMS = (
    "What did we talk about {when}?",
    "what did we discuss {when}",
    "What were the topics of our conversation {when}?",
    "Remind me what we said {when}.",
    "{When}, what did we talk about?",
    "Can you recap what was said {when}?",
    "Summarize what we chatted about {when}",
)
_EACH_KIND = 12

Times = Iterator[tuple[str, list[Session], datetime]]


def questions(chat: Chat, seed: int = 1) -> Iterator[tuple[str, Asked]]:
    """Questions of each kind, each once. The same chat and seed give the same."""
    chance = random.Random(f"{chat.id}{seed}")
    asked: set[tuple[str, datetime]] = set()
    kinds: dict[str, Callable[[Chat, random.Random], Times]] = {
        "day": _days,
        "month": _months,
        "between": _between,
        "ago": _ago,
        "relative": _relative,
        "ordinal": _ordinals,
    }
    for kind, times in kinds.items():
        for when, sessions, now in times(chat, chance):
            form = chance.choice(_FORMS)
            text = form.format(when=when, When=when[:1].upper() + when[1:])
            turns = frozenset(turn.id for each in sessions for turn in each.turns)
            if turns and (text, now) not in asked:
                asked.add((text, now))
                held = frozenset(each.id for each in sessions)
                yield kind, Asked(text, kind, now, turns, held)


def _end(chat: Chat) -> datetime:
    return chat.sessions[-1].at


def _of(chat: Chat, since: date, until: date) -> list[Session]:
    """The sessions of the days from one to another."""
    return [each for each in chat.sessions if since <= each.at.date() <= until]


def _days(chat: Chat, chance: random.Random) -> Times:
    for _ in range(_EACH_KIND):
        at = chance.choice(chat.sessions).at.date()
        month = _MONTHS[at.month - 1]
        when = chance.choice(
            (
                f"on {at.day} {month} {at.year}",
                f"on {month} {at.day}, {at.year}",
                f"on the {at.day}{_suffix(at.day)} of {month} {at.year}",
                f"on {month} {at.day}{_suffix(at.day)}, {at.year}",
                f"on {at:%Y-%m-%d}",
                f"on {month[:3]} {at.day}, {at.year}",
            )
        )
        yield when, _of(chat, at, at), _end(chat)
        if (_end(chat).date() - at).days < 330:
            yield (
                chance.choice((f"on {at.day} {month}", f"on {month} {at.day}")),
                _of(chat, at, at),
                _end(chat),
            )


def _months(chat: Chat, chance: random.Random) -> Times:
    for _ in range(_EACH_KIND):
        at = chance.choice(chat.sessions).at.date()
        since, until = _month(at)
        yield f"in {_MONTHS[at.month - 1]} {at.year}", _of(chat, since, until), _end(chat)
        if (_end(chat).date() - since).days < 330:
            name = chance.choice((f"in {_MONTHS[at.month - 1]}", f"during {_MONTHS[at.month - 1]}"))
            yield name, _of(chat, since, until), _end(chat)


def _between(chat: Chat, chance: random.Random) -> Times:
    if len(chat.sessions) < 2:
        return
    for _ in range(_EACH_KIND):
        since, until = sorted(each.at.date() for each in chance.sample(chat.sessions, 2))
        first, last = (f"{at.day} {_MONTHS[at.month - 1]} {at.year}" for at in (since, until))
        yield f"between {first} and {last}", _of(chat, since, until), _end(chat)
        yield f"after {first}", _of(chat, since + timedelta(1), _end(chat).date()), _end(chat)
        yield f"before {last}", _of(chat, date(1990, 1, 1), until - timedelta(1)), _end(chat)


def _ago(chat: Chat, chance: random.Random) -> Times:
    for _ in range(_EACH_KIND):
        at = chance.choice(chat.sessions).at
        count = chance.randint(1, 9)
        number = chance.choice((_NUMBERS[count - 1], str(count)))
        plural = "s" if count > 1 else ""
        that_day = _of(chat, at.date(), at.date())
        yield f"{number} day{plural} ago", that_day, _evening(at, count)
        yield f"{number} week{plural} ago", that_day, _evening(at, 7 * count)


def _relative(chat: Chat, chance: random.Random) -> Times:
    for _ in range(_EACH_KIND):
        at = chance.choice(chat.sessions).at
        that_day = _of(chat, at.date(), at.date())
        yield "yesterday", that_day, _evening(at, 1)
        weekday = f"{chance.choice(('last', 'on'))} {at:%A}"
        yield weekday, that_day, _evening(at, chance.randint(1, 6))
        monday = at.date() - timedelta(days=at.weekday())
        week = _of(chat, monday, monday + timedelta(days=6))
        next_week = datetime(monday.year, monday.month, monday.day, 12, tzinfo=UTC)
        yield "last week", week, next_week + timedelta(days=7 + chance.randint(0, 6))
        since, until = _month(at.date())
        after = datetime(until.year, until.month, until.day, 12, tzinfo=UTC)
        yield "last month", _of(chat, since, until), after + timedelta(days=chance.randint(1, 25))


def _ordinals(chat: Chat, chance: random.Random) -> Times:
    count = len(chat.sessions)
    end = _end(chat)
    for _ in range(_EACH_KIND):
        place = chance.randrange(min(count, len(_ORDINALS)))
        when = chance.choice(
            (
                f"in our {_ORDINALS[place]} conversation",
                f"in session {place + 1}",
                f"during our {place + 1}{_suffix(place + 1)} chat",
            )
        )
        yield when, [chat.sessions[place]], end
    yield "in our last conversation", [chat.sessions[-1]], end
    if count > 3:
        yield "in our last three conversations", list(chat.sessions[-3:]), end
        yield "in our second-to-last conversation", [chat.sessions[-2]], end


def _month(at: date) -> tuple[date, date]:
    since = at.replace(day=1)
    return since, (since + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _evening(at: datetime, days: int) -> datetime:
    return (at + timedelta(days=days)).replace(hour=20, minute=0)


def _suffix(day: int) -> str:
    return "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
