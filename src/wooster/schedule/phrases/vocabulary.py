"""The words of time in English, as pieces of regular expressions and as numbers.

It refuses to know how they are put together.
"""

from __future__ import annotations

import re

ONES = [
    "zero", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
    "ninety",
]  # fmt: skip
_ORDINAL_ONES = [
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth",
    "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
]  # fmt: skip
_ORDINAL_TENS = [
    "twentieth", "thirtieth", "fortieth", "fiftieth", "sixtieth", "seventieth", "eightieth",
    "ninetieth",
]  # fmt: skip
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?:\b\.?|(?=\d)))"
)
FULL_MONTH = (
    "(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
WEEKDAY = (
    r"(?:mondays?|tuesdays?|wednesdays?|wednsdays?|thursdays?|fridays?|saturdays?|sundays?"
    r"|(?:mon|tues?|weds?|thur?s?|fri|sat|sun)\b\.?)"
)
PLURAL_WEEKDAY = "(?:mon|tues|wednes|wedns|thurs|fri|satur|sun)days"

_SMALL = "|".join(sorted(ONES[1:], key=len, reverse=True))
_NUMERAL = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-]+(?:{'|'.join(ONES[1:10])}))?|{_SMALL})(?![a-z])"
WORD_NUMBER = rf"(?:{_NUMERAL}(?:\s+hundred(?:\s+(?:and\s+)?{_NUMERAL})?)?)"
COUNT = (
    rf"(?:\d{{1,5}}|{WORD_NUMBER}|a\s+hundred|(?:a\s+)?(?:couple|pair)(?:\s+of)?|(?:a"
    r"\s+)?few|several|an?"
    r")(?![a-z])"
)
"""How many: "3", "twenty", "a", "a couple of"."""

ORDINAL_WORD = (
    rf"(?:(?:{'|'.join(_TENS)})[\s-]+(?:{'|'.join(_ORDINAL_ONES[1:10])})"
    rf"|{'|'.join(sorted(_ORDINAL_ONES[1:], key=len, reverse=True))}|{'|'.join(_ORDINAL_TENS)})\b"
)
ORDINAL = rf"(?:\d{{1,3}}\s?(?:st|nd|rd|th)\b|{ORDINAL_WORD})"
UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|nights?|weekends?|weeks?"
    r"|wks?|fortnights?"
    r"|months?|quarters?|years?|yrs?|decades?|business\s+days?|working\s+days?|work\s?days?"
    r"|weekdays?)\b"
)
DAY_UNIT = (
    r"(?:days?|nights?|weeks?|wks?|fortnights?|months?|quarters?|years?|yrs?|decades?"
    r"|business\s+days?|working\s+days?|work\s?days?|weekdays?)\b"
)
SPOKEN_YEAR = (
    rf"(?:(?:(?:six|seven|eigh|nine)teen|twenty)\s+(?:hundred\s+(?:and\s+)?)?{_NUMERAL}"
    rf"|two\s+thousand(?:\s+(?:and\s+)?{_NUMERAL})?)"
)
YEAR = r"(?:(?:19|20|21)\d\d)(?![\d:]|\s?[ap]\.?m)"
PART = r"(?:mornings?|afternoons?|evenings?|nights?|noon|midday|lunch\s?time|midnight)\b"

NEXT = (
    r"(?:next|the\s+next|this\s+upcoming|the\s+coming|coming|upcoming|the\s+upcoming"
    r"|the\s+following"
    r"|following)"
)
THIS = r"(?:this\s+coming|this|current|the\s+current|the\s+same|same)"
LAST = r"(?:the\s+last|last|the\s+past|this\s+past|past|the\s+previous|previous)"


ON = r"(?:(?:on|for|around|about|due(?:\s+on)?)\s+)?"
OF_YEAR = (
    rf"(?:(?:\s*,?\s*(?:of\s+|in\s+)?|[-/])(?P<year>{YEAR})\b"
    r"|\s*(?:'|of\s+'?(?=[3-9]))(?P<short>\d\d)\b"
    rf"|,?\s+(?P<spoken>{SPOKEN_YEAR}))?"
)
THING = (
    r"(?:\s+(?!(?:of|at|in|on|to|from|until|till?|with|for|and|or|before|after|by|is|was|i|we|you"
    r"|the|my|our|it|if|when|please|this|next|every|each|around|about|between|through|thru|noon"
    rf"|midnight|{WEEKDAY}|{MONTH})\b)[a-z]+)"
)
"""A word after a number that makes it a count, or a name: "the 2nd floor", "Monday 15 people"."""


def number(words: str) -> int:
    """What "3", "twenty five", "a hundred", "a couple of" or "an" counts to."""
    folded = re.sub(r"[\s-]+", " ", words.strip().lower())
    if folded.isdigit():
        return int(folded)
    if "couple" in folded or "pair" in folded:
        return 2
    if "few" in folded or folded == "several":
        return 3
    total = 0
    for word in folded.split():
        if word in ONES:
            total += ONES.index(word)
        elif word in _TENS:
            total += 10 * _TENS.index(word) + 20
        elif word == "hundred":
            total = (total or 1) * 100
    return total or 1


def spoken_year(words: str) -> int:
    """What "nineteen eighty six", "twenty twenty-seven" or "two thousand and five" is."""
    folded = re.sub(r"[\s-]+|\band\b|\bhundred\b", " ", words.strip().lower()).split()
    if folded[1] == "thousand":
        return 2000 + (number(" ".join(folded[2:])) if folded[2:] else 0)
    return number(folded[0]) * 100 + number(" ".join(folded[1:]))


def ordinal(words: str) -> int:
    """What "3rd", "third" or "twenty-first" counts to."""
    folded = re.sub(r"[\s-]+", " ", words.strip().lower())
    if digits := re.match(r"\d+", folded):
        return int(digits[0])
    *tens, last = folded.split()
    if last in _ORDINAL_TENS:
        return 10 * _ORDINAL_TENS.index(last) + 20
    return _ORDINAL_ONES.index(last) + (10 * _TENS.index(tens[0]) + 20 if tens else 0)


def month(word: str) -> int:
    """1 for "Jan" or "January"."""
    return _MONTHS.index(word.strip().lower()[:3]) + 1


def weekday(word: str) -> int:
    """0 for "Mon" or "Mondays", as `date.weekday` counts."""
    return _WEEKDAYS.index(word.strip().lower()[:3])


def unit(word: str) -> str:
    """The one name of a unit: "minute" for "mins"."""
    folded = re.sub(r"\s+", " ", word.strip().lower()).rstrip(".")
    folded = folded.removeprefix("calendar ")
    if folded.startswith(("business", "working", "work", "weekday")):
        return "workday"
    if folded.startswith("weekend"):
        return "weekend"
    for name in ("second", "minute", "hour", "fortnight", "month", "quarter", "decade", "year"):
        if folded.startswith(name[:3]):
            return name
    if folded.startswith("hr"):
        return "hour"
    if folded.startswith("yr"):
        return "year"
    return "week" if folded.startswith("w") else "day"


def said_year(match: re.Match[str]) -> int | None:
    """What `OF_YEAR` says."""
    if match["spoken"]:
        return spoken_year(match["spoken"])
    return year(match["year"] or match["short"])


def year(word: str | None) -> int | None:
    """What "2027" or "27" is; "87" is of the last century."""
    if not word:
        return None
    return int(word) if len(word) > 2 else 2000 + int(word) - (100 if int(word) >= 70 else 0)
