"""What an entry of the health log is about, by its words, and what is counted in it.

It knows English words and units. An entry has one kind: the first that one of its words is of.
"""

from __future__ import annotations

import re

from wooster.core import units
from wooster.core.patterns import Pattern
from wooster.core.units import Amount

OTHER = "other"

_WORDS: dict[str, str] = {
    "medicine": r"medic\w*|pills?|tablets?|ibuprofen|paracetamol|aspirin|antibiotic\w*|vitamins?"
    r"|insulin|dose|vaccin\w*|inhaler|magnesium|melatonin",
    "symptom": r"headaches?|migraines?|pains?|painful|aches?|aching|hurts?|sore|fever\w*|cough\w*"
    r"|cold|flu|nausea\w*|sick|vomit\w*|dizz\w*|tired|fatigue\w*|cramps?|rash|allerg\w*|sneez\w*"
    r"|diarrh\w*|swollen|injur\w*|bleed\w*|insomnia|exhausted|stomach\w*|toothache",
    "sleep": r"slept|sleep\w*|nap\w*|woke|awake|bed(?:time)?",
    "weight": r"weigh\w*|body\s?fat",
    "measurement": r"blood\s+pressure|bp|pulse|heart\s+rate|hrv|temperature|glucose|blood\s+sugar"
    r"|spo2|oxygen|cholesterol",
    "exercise": r"ran|run|running|jog\w*|walk\w*|swam|swim\w*|bik\w*|cycl\w*|rode|gym|workout\w*"
    r"|worked\s+out|yoga|stretch\w*|push-?ups?|sit-?ups?|squats?|lift\w*|deadlifts?|hik\w*|row\w*"
    r"|steps|train\w*|exercis\w*|danc\w*|climb\w*|tennis|football|pilates|bench\s+press",
    "mood": r"mood|happy|sad|anxi\w*|stress\w*|depress\w*|calm|angry|nervous|feel\w*|felt|energ\w*"
    r"|motivat\w*",
    "drink": r"dr[aiu]nk\w*|water|coffee|tea|wine|beers?|alcohol\w*|juice|cocktails?",
    "food": r"ate|eat\w*|breakfast|lunch|dinner|supper|snack\w*|meals?|calories|kcal|fast(?:ed|ing)"
    r"|protein|sugar|salad|fruit",
    "care": r"doctor|dentist|hospital|physio\w*|therap\w*|massage|check-?up|appointment|x-?ray|mri",
}
KINDS = (*_WORDS, OTHER)
_PATTERNS = {kind: Pattern(rf"(?<!\w)(?:{words})(?!\w)", re.I) for kind, words in _WORDS.items()}
_AMOUNT = Pattern(
    rf"(?<![\w.,])(?:\d{{1,2}}\s*h\s*\d{{1,2}}(?:\s*min)?|\d{{1,2}}\s*(?:h|hours?)\s+(?:and\s+)?"
    rf"\d{{1,2}}\s*min(?:utes?)?|{units.HALF}|(?:{units.NUMBER})\s*(?:{units.KNOWN_UNIT}))(?![\w])",
    re.I,
)


def kind(text: str) -> str:
    """One of `KINDS`."""
    return next((each for each, words in _PATTERNS.items() if words.search(text)), OTHER)


def is_entry(text: str) -> bool:
    """Whether it reads like an entry: of a kind that is known, or with a measure in it."""
    return kind(text) != OTHER or bool(amounts(text))


def amounts(text: str) -> list[Amount]:
    """The measures in a text, in its order: "ran 5 km in 30 min" has two."""
    found = (units.parse(match[0]) for match in _AMOUNT.finditer(text))
    return [each for each in found if each is not None]
