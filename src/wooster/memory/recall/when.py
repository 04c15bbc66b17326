"""What a question says of time: a stretch of it, or which of the conversations.

`parse` is pure: the moment of asking and the zone are given. It is strict: a question that isn't
about time gives None and is answered as if this module weren't there. It refuses to know what was
said; `chosen` picks sessions by their beginnings, and `ranking` does the rest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from wooster.core.patterns import Pattern
from wooster.memory.recall import dates, numbers
from wooster.memory.recall.dates import Phrase, Stretch

# Nothing was said before, and every machine can tell this moment's zone. Local time, as all here.
_BEGINNING = datetime(1970, 1, 2)  # noqa: DTZ001
# A pasted page asks for no time, and looking for one in it would take its square.
_LONGEST = 500
_SESSION = r"(?:conversation|session|chat|talk|discussion|exchange|dialogue|meeting|call)s?"
# These also mean other things; they are ours only where "our" stands before them.
_SURELY_OURS = r"(?:conversation|session|chat)s?"
_COUNT = rf"\d{{1,4}}|{'|'.join(numbers.CARDINALS[1:])}"
_PLACE = rf"{numbers.ORDINAL}|last|latest|newest|most\s+recent|previous|final|penultimate"
_FROM_END = ("last", "latest", "newest", "most", "previous", "final")
_FLAGS = re.IGNORECASE

TALKING = Pattern(
    r"\b(?:talk(?:ed|ing|s)?|discuss(?:ed|ing|ion|ions)?|chat(?:ted|ting|s)?|spoke|speak|spoken"
    r"|sa(?:id|y|ys|ying)|tell|told|mention(?:ed|s|ing)?|conversations?|sessions?|convers(?:e|ed)"
    r"|br(?:ing|ought)\s+up|go\s+over|went\s+over|recap|summari[sz]e|summary|topics?|catch\s+up"
    r"|c(?:o|a)me\s+up|cover(?:ed)?|ask(?:ed)?|exchange[ds]?|subjects?|happen(?:ed)?)\b",
    _FLAGS,
)
# Words of a question that ask for no subject in particular.
_ASKING_WORDS = (
    "what's whats we've i've anything everything something all things thing stuff said talk list "
    "remind recall remember again just please show give get together each other both there "
    "conversation time times day days week weeks month months year during between back then ever "
    "exactly main much subject matter over through around up let's lets know like want need our "
    "first last one ones some any us also happen happened happening touch touched earlier two "
    "within"
)
_ASKING = frozenset(_ASKING_WORDS.split())
_LAST_TIME = Pattern(
    r"\b(?:the\s+)?(?:very\s+)?(last|most\s+recent|first)\s+time\b"
    r"|(?<=\bdid\swe\s)(last|first)(?=\s+\w)",
    _FLAGS,
)
_BOUND = Pattern(
    r"\b(since|starting|after|before|until|till|up\s+to|prior\s+to|by)\s+(?:the\s+)?$", _FLAGS
)
_PAIR_OPENS = Pattern(r"\b(between|from)\s+(?:the\s+)?$", _FLAGS)
_PAIR_JOINS = Pattern(r"\s*(and|to|until|till|through|-|–)\s*(?:the\s+)?$", _FLAGS)
_SHORT_PAIR = Pattern(
    r"\b(?:between|from)\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+(?:and|to|until|till)\s+(?:the\s+)?$",
    _FLAGS,
)
_DAY_AFTER = Pattern(
    r"\s*(and|to|until|till|through|-|–)\s*(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?\b(?!:)"
    rf"(?:,?\s+({dates.YEAR})\b)?",
    _FLAGS,
)
_OFFSET = Pattern(
    rf"\b(?:the\s+)?(?:({numbers.CARDINAL})\s+)?({dates.UNIT}|weekend)s?\s+"
    r"(before|after|of|(?:beginning|starting|commencing)(?:\s+on)?)\s+(?:the\s+)?$",
    _FLAGS,
)
_NUMBERED = Pattern(
    rf"\b{_SURELY_OURS}\s+(?:number\s+|no\.?\s*|\#\s*)?({_COUNT})\b(?!\s*(?:{dates.UNIT}))"
    rf"(?:\s*(?:and|to|through|-|–)\s*(?:{_SURELY_OURS}\s+)?({_COUNT})\b)?",
    _FLAGS,
)
_NTH = Pattern(
    rf"\b(our|their|your|my|the)\s+(?:very\s+)?(?:({numbers.ORDINAL})[\s-]+(?:to|from)[\s-]+(?:the\s+)?last|({_PLACE}))"
    rf"(?:\s+({numbers.CARDINAL}))?(?:\s*(and|to|through|-|–)\s*(?:our\s+|the\s+)?({_PLACE}))?\s+({_SESSION})\b"
    r"(\s+before\s+(?:the\s+)?last\b)?",
    _FLAGS,
)
# Of a day on which something was said: at which o'clock, in what kind of talk.
_AT_TIME = Pattern(
    r"\b(?:at|around)\s+\d{1,2}(?:[:.]\d\d(?:\s*[ap]\.?m\b\.?)?|\s*[ap]\.?m\b\.?)", _FLAGS
)
_OUR_TALK = Pattern(
    r"\b(?:in|during|at|of|from)\s+our\s+(?:meeting|call|talk|discussion|exchange)s?\b", _FLAGS
)
_AGO = Pattern(rf"\b({numbers.CARDINAL})\s+{_SURELY_OURS}\s+ago\b", _FLAGS)
_BEFORE_AFTER = Pattern(r"\b(before|after|prior\s+to)\s+$", _FLAGS)
_BEFORE_LAST = Pattern(
    rf"\b(?:our|the)\s+({_SURELY_OURS})\s+before\s+(?:the\s+)?last(?:\s+one)?\b", _FLAGS
)
_LAST_TALK = Pattern(
    r"\b(?:the\s+)?(last|first)\s+(?:time|thing)\s+(?:that\s+)?(?:we|i|you)\s+"
    r"(?:talked|spoke|chatted|met|were\s+talking|had\s+a\s+(?:chat|conversation))\b"
    r"(?!\s+(?:about|of|on)\s+\w)",
    _FLAGS,
)


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` (in) to `until` (out), aware, never empty. A `loose` one means its middle."""

    since: datetime
    until: datetime
    loose: bool = False

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until

    @property
    def middle(self) -> datetime:
        return self.since + (self.until - self.since) / 2


@dataclass(frozen=True, slots=True)
class Places:
    """Which sessions of those there are: the first is 1, the last -1; both ends are in."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class When:
    """What a question says of time. `of_talk`: it asks for what was said then; otherwise the
    period is a hint only. `turn_to` is the end at which the latest or the first time is looked for.
    `rest` is the question without those words."""

    rest: str
    period: Period | None = None
    places: Places | None = None
    of_talk: bool = False
    turn_to: Literal["", "first", "last"] = ""

    def subject(self, ignored: Collection[str]) -> tuple[str, ...]:
        """The words of `rest` that say what is asked for, lower case, without `ignored` (stop
        words, speakers); () when everything said then is."""
        words = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", TALKING.sub(" ", self.rest).lower())
        bare = (re.sub(r"['’]s$", "", word) for word in words)
        return tuple(word for word in bare if word not in ignored and word not in _ASKING)


def parse(question: str, now: datetime, zone: tzinfo | None) -> When | None:
    """What `question`, asked at `now` (aware), says of time; None when it says nothing of use.

    `zone` None is the machine's, as in `core.clock`.
    """
    if len(question) > _LONGEST:
        return None
    local = now.astimezone(zone).replace(tzinfo=None)
    places, cut = _places(question)
    period, cut, is_told = _period(cut, local)
    if period is not None:
        cut = _OUR_TALK.sub(" session ", _AT_TIME.sub(" ", cut))
    time = _LAST_TIME.search(cut)
    turn_to: Literal["", "first", "last"] = ""
    if time:
        turn_to = "first" if "first" in time[0].lower() else "last"
        cut = cut[: time.start()] + " " + cut[time.end() :]
    of_talk = places is not None or (period is not None and bool(TALKING.search(cut)))
    if period is not None and not of_talk and not is_told:
        period = None  # "last year" in a tale counts from when it was told
    if period is None and places is None and not turn_to:
        return None
    aware = (
        Period(_at(period.since, zone), _at(period.until, zone), period.loose) if period else None
    )
    return When(" ".join(cut.split()), aware, places, of_talk, turn_to)


def chosen(sessions: Sequence[tuple[datetime, datetime]], when: When) -> list[int]:
    """The indexes of the sessions that `when` means, of those that lasted from and to `sessions`,
    oldest first; those nearest to a loose period's middle first, otherwise oldest first."""
    held = list(range(len(sessions)))
    if (period := when.period) is not None:
        held = [
            each
            for each in held
            if sessions[each][0] < period.until and period.since <= sessions[each][1]
        ]
        if period.loose:
            middle = period.middle
            days = [abs((begin.date() - middle.date()).days) for begin, _ in sessions]
            held.sort(key=lambda each: (days[each], each))
    if when.places is not None:
        held.sort()
        first, last = (
            place - 1 if place > 0 else len(held) + place
            for place in (when.places.first, when.places.last)
        )
        held = held[max(first, 0) : max(last + 1, 0)]
    return held


def _at(local: datetime, zone: tzinfo | None) -> datetime:
    return local.astimezone() if zone is None else local.replace(tzinfo=zone)


def _places(question: str) -> tuple[Places | None, str]:
    """Which sessions are named by their place, and the question without that."""
    if match := _LAST_TALK.search(question):
        end = -1 if match[1].lower() == "last" else 1
        return Places(end, end), _without(question, match.start(), match.end(), "talked")
    if match := _NUMBERED.search(question):
        first = numbers.number(match[1])
        last = numbers.number(match[2]) if match[2] else first
        if 0 < first <= last:
            return _named_places(question, match, Places(first, last))
    if match := _AGO.search(question):
        place = -numbers.number(match[1])
        return _named_places(question, match, Places(place, place))
    if match := _BEFORE_LAST.search(question):
        return _named_places(question, match, Places(-2, -2))
    for match in _NTH.finditer(question):
        if match[1].lower() == "the" and not re.fullmatch(_SURELY_OURS, match[7], _FLAGS):
            continue
        if places := _nth(match):
            return _named_places(question, match, places)
    return None, question


def _named_places(question: str, match: re.Match[str], places: Places) -> tuple[Places | None, str]:
    """The places, or those before or after them; and what is left of the question."""
    bound = _BEFORE_AFTER.search(question[: match.start()])
    start = bound.start() if bound else match.start()
    cut = _without(question, start, match.end(), "session")
    if bound is None:
        return places, cut
    if bound[1].lower() == "after":
        return (None if places.last == -1 else Places(places.last + 1, -1)), cut
    return (None if places.first == 1 else Places(1, places.first - 1)), cut


def _nth(match: re.Match[str]) -> Places | None:
    if match[8]:  # the last but one
        return Places(-2, -2)
    if match[2]:  # second to last
        place = -numbers.number(match[2])
        return Places(place, place)
    first = _place(match[3])
    if match[6]:
        last = _place(match[6])
        return Places(first, last) if 0 < first <= last or first > 0 > last else None
    if match[4]:  # the last three, the first two
        count = numbers.number(match[4])
        return Places(-count, -1) if first == -1 else Places(1, count) if first == 1 else None
    return Places(first, first)


def _place(words: str) -> int:
    word = words.lower()
    if word.startswith("penultimate"):
        return -2
    return -1 if word.startswith(_FROM_END) else numbers.number(word)


def _without(text: str, start: int, end: int, instead: str = "") -> str:
    return f"{text[:start]} {instead} {text[end:]}"


def _period(text: str, now: datetime) -> tuple[Stretch | None, str, bool]:
    """The stretch that `text` means, the text without it, and whether it is told outright."""
    found = dates.phrases(text, now)
    if not found:
        return None, text, False
    first = next((each for each in found if each.stretch.is_told), found[0])
    if len(found) > 1 and (pair := _pair(text, found[0], found[1])):
        first = pair
    elif opened := _days_of_one_month(text, first):
        first = opened
    else:
        first = _bounded(text, first, now)
    stretch = replace(first.stretch, since=max(first.stretch.since, _BEGINNING))
    if stretch.since >= stretch.until:
        return None, text, False
    return stretch, _without(text, first.start, first.end), stretch.is_told


def _pair(text: str, first: Phrase, second: Phrase) -> Phrase | None:
    """Between one date and another, both in."""
    opens = _PAIR_OPENS.search(text[: first.start])
    joins = _PAIR_JOINS.fullmatch(text[first.end : second.start])
    if not joins or (not opens and joins[1].lower() == "and"):
        return None
    a, b = first.stretch, second.stretch
    if a.since > b.since:  # from November to January; 8 May to 3 June 2023
        # The latest before the second: Easter isn't on the same day each year.
        before = dates.phrases(text[first.start : first.end], b.until)
        a = before[0].stretch if before else _a_year_earlier(a)
    start = opens.start() if opens else first.start
    return Phrase(start, second.end, Stretch(a.since, b.until, a.is_told and b.is_told))


def _a_year_earlier(stretch: Stretch) -> Stretch:
    since, until = (dates.moved(end, -1, "year") for end in (stretch.since, stretch.until))
    return replace(stretch, since=since, until=until)


def _days_of_one_month(text: str, phrase: Phrase) -> Phrase | None:
    """Between 3 and 10 May; from May 3 to 10."""
    stretch = phrase.stretch
    if stretch.until - stretch.since != timedelta(days=1):
        return None
    if opens := _SHORT_PAIR.search(text[: phrase.start]):
        day = int(opens[1])
        if 0 < day <= stretch.since.day:
            return Phrase(
                opens.start(), phrase.end, replace(stretch, since=stretch.since.replace(day=day))
            )
    opened = _PAIR_OPENS.search(text[: phrase.start])
    closes = _DAY_AFTER.match(text, phrase.end)
    if closes and (opened or closes[1].lower() != "and"):
        years = int(closes[3]) - stretch.since.year if closes[3] else 0
        since = dates.moved(stretch.since, years, "year")
        last = since + timedelta(days=int(closes[2]) - since.day)
        if since <= last and last.month == since.month:
            until = last + timedelta(days=1)
            start = opened.start() if opened else phrase.start
            return Phrase(start, closes.end(), replace(stretch, since=since, until=until))
    return None


def _bounded(text: str, phrase: Phrase, now: datetime) -> Phrase:
    """Since, before, after or until a date; a week before it."""
    stretch = phrase.stretch
    if offset := _OFFSET.search(text[: phrase.start]):
        return Phrase(offset.start(), phrase.end, _offset(offset, stretch))
    if not (bound := _BOUND.search(text[: phrase.start])):
        return phrase
    word = bound[1].lower()
    tomorrow = datetime(now.year, now.month, now.day) + timedelta(days=1)  # noqa: DTZ001  local
    if word in ("since", "starting"):
        limits = (stretch.since, tomorrow)
    elif word == "after":
        limits = (stretch.until, tomorrow)
    elif word == "before" or word.startswith("prior"):
        limits = (_BEGINNING, stretch.since)
    else:
        limits = (_BEGINNING, stretch.until)
    return Phrase(bound.start(), phrase.end, Stretch(*limits, is_told=stretch.is_told))


def _offset(match: re.Match[str], stretch: Stretch) -> Stretch:
    count, unit, side = match[1], match[2].lower(), match[3].lower()
    if side not in ("before", "after"):  # the week of 8 May; the week starting on it
        if unit not in ("week", "weekend") or count:
            return stretch
        if side == "of":
            return replace(dates.whole(stretch.since, unit), is_told=stretch.is_told)
        return replace(stretch, until=stretch.since + timedelta(days=7))
    if unit == "weekend":
        return stretch
    steps = numbers.number(count) if count else 1
    if count or unit == "day":
        edge = stretch.since if side == "before" else stretch.until - timedelta(days=1)
        target = dates.around(dates.moved(edge, -steps if side == "before" else steps, unit), unit)
        return replace(target, is_told=stretch.is_told)
    if side == "before":  # the week before
        return replace(stretch, since=dates.moved(stretch.since, -1, unit), until=stretch.since)
    return replace(stretch, since=stretch.until, until=dates.moved(stretch.until, 1, unit))
