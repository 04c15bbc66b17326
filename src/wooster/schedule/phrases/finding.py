"""Reading a whole text as a time, and finding the time inside a sentence."""

from __future__ import annotations

import re
from dataclasses import replace

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import holidays
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.model import Context, Found, When
from wooster.schedule.phrases.once import Reading, once
from wooster.schedule.phrases.recurring import NoSingleRule, recurring

_WORD = re.compile(r"[a-z0-9@]+")
_LONGEST = 4000
_FOLDS = str.maketrans("’‘–—~\u00a0\u202f\n\t", "''---    ")


def read(text: str, context: Context) -> When | None:
    """What the whole of `text` means as a time expression; None where it is none."""
    begin = len(text) - len(text.lstrip())
    end = len(text.rstrip(" \t\n.!,"))
    if end - begin > _LONGEST or begin >= end:
        return None
    folded = _folded(text)
    try:
        found = _best(folded, begin, context)
    except NoSingleRule:
        return None
    if (
        found is None
        or _WORD.search(folded[found.end : end])
        or folded[found.end : end].strip(" .")
    ):
        return None
    return replace(found.when, words=text[begin:end])


def find(text: str, context: Context) -> Found | None:
    """The time expression inside `text` that says most: one of a day or a clock before a mere
    length, then the longest, then the first. Words that could be ordinary ones are none; and a
    text with what no single rule can hold has none, for a half of it would be another time."""
    folded = _folded(text[:_LONGEST])
    best: Found | None = None
    taken = 0
    for match in _WORD.finditer(folded):
        start = match.start()
        if start < taken or _is_inside(folded, start) or not OPENS.match(folded, start):
            continue
        try:
            found = _best(folded, start, context)
        except NoSingleRule:
            return None
        if found is None or found.is_weak or _is_part(folded, start, found.end):
            continue
        if found.when.rule and _EXCEPT.match(folded, found.end):
            return None  # without what isn't understood of it, it would come too often
        taken = found.end
        when = replace(found.when, words=text[start : found.end])
        this = Found(when, start, found.end)
        if best is None or _weight(this) > _weight(best):
            best = this
    return best


def _best(folded: str, start: int, context: Context) -> Reading | None:
    readings = [
        reading
        for reading in (recurring(folded, start, context), once(folded, start, context))
        if reading is not None
    ]
    return max(readings, key=lambda one: one.end, default=None)


def _weight(found: Found) -> tuple[bool, int]:
    is_length = found.when.day is None and not found.when.rule and found.when.until_day is None
    return not is_length, found.end - found.start


_IDLE = re.compile(
    r"(?:from )?now(?: on)?|at present|at (?:the|this) (?:moment|time|minute)|immediately|annual"
)
_SMALL_WORDS = (
    r"(?:a|an|the|in|on|at|by|for|from|to|of|or|until|till?|up|since|after|before|between|around"
    r"|about|approx\w*|circa|exactly|due|starting|beginning|commencing|effective|every\w*|each|any"
    r"|anytime|all|per|once|one|first|last|final|half|quarter|three|another|some|several|few|couple"
    r"|pair|whole|full|entire|both|over|under|during|within|inside|less|more|no|not|only|least|most"
    r"|greater|sooner|later|earlier|early|late|mid|mid-?day\w*|middle|prior|as|lasting|takes|through|thru"
    r"|today|tonight|to-night|tonite|tomorrow|tomorow|tommorr?ow|tmrw?|tmw|yesterday|overmorrow|now"
    r"|right|just|immediately|asap|noon\w*|midnight\w*|mid-\w+|lunch\w*|dinner|breakfast|morning|eod"
    r"|end|very|start|begin|rest|remainder|remaining|calendar|work\w*|business|weekdays?|penultimate"
    r"|annual\w*|annually|daily|nightly|hourly|weekly|monthly|quarterly|yearly|fortnightly"
    r"|(?:bi|semi)-?\w+|half-?\s?yearly|spring|summer|autumn|fall|winter|\w+ties|day-?time|night-?\w*"
    r"|second|present|current|excluding|except)\b"
)
# What a time can begin with: most words of a message can't, and are not looked at any further.
OPENS = Pattern(
    r"(?:[\d@]|q[1-4]|h[12]|cy|w/c|"
    rf"(?:{v.MONTH}|{v.WEEKDAY}|{v.WORD_NUMBER}|{v.ORDINAL_WORD}|{v.UNIT}|{v.PART}|{holidays.NAMES}"
    rf"|{v.NEXT}|{v.THIS}|{v.LAST}|{_SMALL_WORDS}))"
)
_EXCEPT = re.compile(r"\s*,?\s*(?:except|excluding|but not|other than)\b")
_NUMBERS = re.compile(r"(?:from|between) \d+(?: to | and |-)\d+")
_BEFORE_NUMBERS = re.compile(
    r"\b(?:count(?:ing|s)?|scale|rated?|pages?|numbers?|levels?|chapters?|rank(?:ed)?|ages?|sizes?)"
    r"(?:\s\w+)?\s+$"
)
_RATIO = re.compile(r"\d+:\d+")
_BEFORE_RATIO = re.compile(
    r"\b(?:scores?|scored|ratio|odds|scale|aspect|won|lost|led|lead|leads|beat|win|verses?|psalms?"
    r"|final|result|drew|of|is|was|were|mark|luke|john|matthew|acts|romans|genesis|exodus|isaiah"
    r"|corinthians|hebrews|james|peter|revelation|proverbs|kings|samuel)\s+$"
)
_SURE = re.compile(
    r"\b(?:scores?|scored|ratio|odds|scale|aspect|won|lost|led|lead|leads|beat|verses?|psalms?)\s+$"
)


def _is_part(folded: str, start: int, end: int) -> bool:
    """Of a longer number ("2010-2015-86"), or the two sides of a score, a ratio or a verse."""
    if folded[end - 1].isdigit() and re.match(r"[-/]\d", folded[end : end + 2]):
        return True
    said, before = folded[start:end], folded[:start]
    if _IDLE.fullmatch(said) or (said.startswith("by ") and before.rstrip()[-1:].isdigit()):
        return True  # what now? 4 by 4
    if _NUMBERS.fullmatch(said) and _BEFORE_NUMBERS.search(before):
        return True  # count from 1 to 10
    if not _RATIO.fullmatch(said):
        return False
    is_round = int(said.partition(":")[2]) % 5 == 0  # people meet at 4:15 and not at 4:12
    return bool(_SURE.search(before) or (not is_round and _BEFORE_RATIO.search(before)))


def _is_inside(folded: str, start: int) -> bool:
    """In the middle of a word, a number or an address."""
    before = folded[start - 1 : start]
    return (
        before.isalnum()
        or before in ("$", "€", "£", "#", "/", "_", "'")
        or (before in (".", ":", "-") and folded[start - 2 : start - 1].isdigit())
    )


def _folded(text: str) -> str:
    """In lower case, of the same length."""
    return "".join(
        low if len(low := char.lower()) == 1 else char for char in text.translate(_FOLDS)
    )
