"""When something is so, as a clause says it: "since May", "until 2024", "seit zwei Jahren".

English, German and Spanish; what a date means is `wooster.memory.recall.dates`'s, which reads
English, so the others are put into its words. Pure; it refuses to know what the clause is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from wooster.memory.recall import dates

_MONTHS = {
    "january": "januar jänner enero",
    "february": "februar febrero",
    "march": "märz marzo",
    "april": "april abril",
    "may": "mai mayo",
    "june": "juni junio",
    "july": "juli julio",
    "august": "august agosto",
    "september": "september septiembre setiembre",
    "october": "oktober octubre",
    "november": "november noviembre",
    "december": "dezember diciembre",
    "spring": "frühling frühjahr primavera",
    "summer": "sommer verano",
    "autumn": "fall herbst otoño",
    "winter": "winter invierno",
    "christmas": "weihnachten navidad",
    "easter": "ostern",
}
_WORDS = {
    "since": "seit desde",
    "from": "ab",
    "until": "till bis hasta",
    "in": "im en",
    "on": "am",
    "last": "letzten letzte letztes letztem letzter vergangenen vergangenes pasado pasada",
    "next": "nächsten nächste nächstes nächster próximo próxima",
    "this": "diesem diesen dieses diese este esta",
    "day": "days tag tagen día días",
    "week": "weeks woche wochen semana semanas",
    "month": "months monat monats monaten mes meses",
    "year": "years jahr jahres jahren año años",
    "yesterday": "gestern ayer",
    "today": "heute hoy",
    "tomorrow": "morgen mañana",
    "one": "a an einem einer un una",
    "two": "zwei dos",
    "three": "drei tres",
    "four": "vier cuatro",
    "five": "fünf cinco",
    "six": "sechs seis",
    "seven": "sieben siete",
    "eight": "acht ocho",
    "nine": "neun nueve",
    "ten": "zehn diez",
    "": "the el la los las dem der den de del",
}
_ENGLISH = {
    word: english
    for english, others in (_MONTHS | _WORDS).items()
    for word in (english, *others.split())
    if word
}
_MONTH = "|".join(name for each in _MONTHS.items() for name in (each[0], *each[1].split()))
_YEAR = dates.YEAR
_COUNT = (
    r"\d{1,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten|a couple of|a few|einem|einer"
    + (
        r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|un|una|dos|tres|cuatro|cinco|seis|siete"
        r"|ocho|nueve|diez"
    )
)
_UNIT = (
    r"days?|weeks?|months?|years?|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?|días?|semanas?"
    r"|mes(?:es)?|años?"
)
_LAST = (
    rf"(?:last|this|next) (?:week|month|year|{_MONTH})|(?:letzte[nrsm]?|diese[nrsm]?|nächste[nrs]?"
    rf"|vergangene[ns]) (?:woche|monat|jahr|{_MONTH})|(?:el |la )?(?:semana|mes|año"
    rf"|{_MONTH}) pasad[oa]|(?:este|esta) (?:semana|mes|año|{_MONTH})"
)
_DATE = (
    rf"\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of |de )?(?:{_MONTH})(?:,? (?:of |de )?{_YEAR})?"
    rf"|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?:,? {_YEAR})?|(?:{_MONTH})(?:,? (?:of "
    rf"|de )?{_YEAR})?|{_YEAR}|{_LAST}|yesterday|gestern|ayer"
)
_BEFORE = r"since|from|as of|starting(?: in| from)?|until|till|seit|ab|bis|desde|a partir de|hasta"
_IN = r"in|on|im|am|en"
# A date with the word before it, or a date that needs none.
_TIME = re.compile(
    rf"(?:^|(?<=\s))(?:(?P<word>{_BEFORE}|{_IN}) (?:the |el |la |dem "
    rf"|der )?(?P<date>{_DATE})(?: on(?:wards)?)?|(?P<bare>{_LAST}|yesterday|gestern|ayer|tomorrow"
    rf"|(?:{_MONTH}) {_YEAR})|(?P<ago>(?:{_COUNT}) (?:{_UNIT})) ago|(?:vor"
    rf"|hace) (?P<vor>(?:{_COUNT}) (?:{_UNIT}))|(?:for|seit|desde hace)(?: (?:the )?(?:last"
    rf"|past))? (?P<long>(?:{_COUNT}) (?:{_UNIT})))"
    r"(?=$|[\s,.!])",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"(?:^|(?<=\s))(?:right now|now|these days|nowadays|currently|at the moment|jetzt|nun"
    r"|inzwischen|zur\s?zeit|momentan|derzeit|ahora|actualmente)(?=$|[\s,.!])",
    re.IGNORECASE,
)
_OPENS = ("since", "seit", "desde")
_STARTS = ("from", "as of", "starting", "ab", "a partir de")
_CLOSES = ("until", "till", "bis", "hasta")


@dataclass(frozen=True, slots=True)
class Time:
    """`begins` and `ends` (aware, UTC) as told; `on` is a date that says neither. `is_now`: it is "
    "so
    now, as it wasn't before."""

    begins: datetime | None = None
    ends: datetime | None = None
    on: datetime | None = None
    is_now: bool = False


def taken(clause: str, at: datetime, zone: tzinfo | None, *, is_ahead: bool) -> tuple[str, Time]:
    """`clause` without its words of time, and what they mean, said at `at`. `is_ahead`: it speaks "
    "of
    what is to come, so that a month is the next and not the last."""
    bare, nows = _NOW.subn("", clause)
    time = Time(is_now=bool(nows))
    for match in list(_TIME.finditer(bare))[:2]:
        read = _read(match, at, zone, is_ahead=is_ahead)
        if read is None:
            continue
        time = Time(
            read.begins or time.begins, read.ends or time.ends, read.on or time.on, time.is_now
        )
        bare = bare.replace(match[0], "", 1)
    return " ".join(bare.split()).strip(" ,"), time


def _read(
    match: re.Match[str], at: datetime, zone: tzinfo | None, *, is_ahead: bool
) -> Time | None:
    word = (match["word"] or "").lower()
    told = match["date"] or match["bare"]
    if counted := match["ago"] or match["vor"] or match["long"]:
        told = f"{_english(counted)} ago"
    else:
        told = f"in {_english(told)}"
    is_ahead = is_ahead or word.startswith(_STARTS)
    moment = _moment(told, at, zone, is_ahead=is_ahead)
    if moment is None:
        return None
    if word.startswith(_CLOSES):
        return Time(ends=moment)
    if word.startswith((*_OPENS, *_STARTS)) or match["long"]:
        return Time(begins=moment)
    return Time(on=moment)


def _english(words: str) -> str:
    told = [_ENGLISH.get(word, word) for word in re.findall(r"[\w]+", words.lower())]
    if "last" in told[1:]:  # el mes pasado
        told = ["last", *(word for word in told if word != "last")]
    return " ".join(word for word in told if word)


def _moment(told: str, at: datetime, zone: tzinfo | None, *, is_ahead: bool) -> datetime | None:
    """When a date begins. One without a year is the last, or `is_ahead` the next."""
    here = at.astimezone(zone).replace(tzinfo=None)
    if told in ("in tomorrow", "in next week", "in next month", "in next year"):
        unit = "day" if told.endswith("tomorrow") else told.rsplit(" ", 1)[-1]
        ahead = dates.moved(here, 1, unit)
        since = ahead if unit == "day" else dates.whole(ahead, unit).since
        return _instant(since.replace(hour=0, minute=0, second=0, microsecond=0), zone)
    found = dates.phrases(told.replace("next ", ""), here)
    if not found:
        return None
    stretch = found[0].stretch
    since = stretch.since
    if is_ahead and stretch.until <= here and not re.search(_YEAR, told) and "ago" not in told:
        since = dates.moved(since, 1, "year")
    return _instant(since, zone)


def _instant(local: datetime, zone: tzinfo | None) -> datetime:
    aware = local.astimezone() if zone is None else local.replace(tzinfo=zone)
    return aware.astimezone(UTC)
