"""Amounts: numbers with a unit, as they are typed, compared and shown.

An amount is kept as a whole number of thousandths of its kind's base unit, so that ten times 0.2 l
is 2 l. A word that is no known unit counts itself: "10 pages".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from wooster.core.patterns import Pattern

TIMES = "times"
MOST = 10**9
"""The largest number of an amount, in its own unit."""

# kind, thousandths of its base unit, other spellings. Cups are those of the United States.
_KNOWN: dict[str, tuple[str, int, str]] = {
    "s": ("time", 1_000, "sec secs second seconds"),
    "min": ("time", 60_000, "mins minute minutes"),
    "h": ("time", 3_600_000, "hr hrs hour hours"),
    "ml": ("volume", 1_000, "millilitre millilitres milliliter milliliters"),
    "cl": ("volume", 10_000, "centilitre centilitres centiliter centiliters"),
    "dl": ("volume", 100_000, "decilitre decilitres deciliter deciliters"),
    "l": ("volume", 1_000_000, "litre litres liter liters"),
    "cups": ("volume", 236_588, "cup"),
    "m": ("length", 1_000, "metre metres meter meters"),
    "km": ("length", 1_000_000, "kilometre kilometres kilometer kilometers"),
    "mi": ("length", 1_609_344, "mile miles"),
    "mg": ("mass", 1, "milligram milligrams"),
    "g": ("mass", 1_000, "gram grams"),
    "kg": ("mass", 1_000_000, "kilo kilos kilogram kilograms"),
    "lb": ("mass", 453_592, "lbs pound pounds"),
    "times": ("times", 1_000, "time"),
}
_SPELLINGS = {
    spelling: unit for unit, (_, _, more) in _KNOWN.items() for spelling in (unit, *more.split())
}
_HALVES = {"half an hour": "30 min", "half a litre": "0.5 l", "half a liter": "0.5 l"}

NUMBER = r"\d{1,3}(?:,\d{3})+|\d{1,12}(?:[.,]\d{1,3})?"
_LONGEST_FIRST = sorted((each for each in _SPELLINGS if each != "times"), key=len, reverse=True)
KNOWN_UNIT = "|".join(each for each in _LONGEST_FIRST if each != "time")
WORD_UNIT = r"[^\W\d_][\w'’-]{0,30}"
HALF = r"half an? (?:hour|lit(?:re|er))"
_HOURS_AND_MINUTES = Pattern(
    r"(\d{1,3})\s*(?:h|hrs?|hours?)\s*(?:and\s+)?(\d{1,2})(?:\s*(?:min|mins|minutes?|m))?", re.I
)
_AMOUNT = Pattern(rf"({NUMBER}|an?)\s*({KNOWN_UNIT}|times?|{WORD_UNIT})", re.I)


@dataclass(frozen=True, slots=True)
class Amount:
    """`thousandths` of the base unit of the kind of `unit`, which is spelled as in `unit_of`."""

    thousandths: int
    unit: str

    @property
    def kind(self) -> str:
        """What it measures; amounts of one kind can be compared and added."""
        return kind(self.unit)

    def __str__(self) -> str:
        """As it is typed.

        >>> str(Amount(90_000, "min"))
        '1.5 min'
        """
        return f"{_number(self.thousandths, self.unit)} {_spelled(self.thousandths, self.unit)}"


def kind(unit: str) -> str:
    """What `unit` measures. Words have a blank in theirs: "length" may be a person's own unit."""
    known = _KNOWN.get(unit)
    return known[0] if known else f"a {_singular(unit)}"


def is_known(unit: str) -> bool:
    """Whether it is a measure, and no word that counts itself."""
    return unit in _KNOWN


def rescaled(thousandths: int, unit: str, to: str) -> int | None:
    """Thousandths of `unit` as thousandths of `to`; None where they measure different things."""
    if kind(unit) != kind(to):
        return None
    value = Decimal(thousandths) * _factor(unit) / _factor(to)
    return int(value.to_integral_value(ROUND_HALF_EVEN))


def unit_of(word: str) -> str:
    """The spelling that a unit is kept in."""
    folded = word.casefold()
    return _SPELLINGS.get(folded) or folded


def amount(number: str, word: str) -> Amount | None:
    """The amount of a number and a unit as typed; None for nothing, or for more than `MOST`."""
    text = "1" if number.casefold() in ("a", "an") else number
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        text = text.replace(",", "")
    value = Decimal(text.replace(",", "."))
    unit = unit_of(word)
    thousandths = int((value * _factor(unit)).to_integral_value(ROUND_HALF_EVEN))
    return Amount(thousandths, unit) if thousandths > 0 and value <= MOST else None


def parse(text: str) -> Amount | None:
    """The amount that `text` is, or None: "25 minutes", "1h30", "half an hour", "2.5 l"."""
    words = " ".join(text.split())
    words = _HALVES.get(words.casefold(), words)
    if match := _HOURS_AND_MINUTES.fullmatch(words):
        minutes = int(match[1]) * 60 + int(match[2])
        return amount(str(minutes), "min")
    match = _AMOUNT.fullmatch(words)
    return amount(match[1], match[2]) if match else None


def _factor(unit: str) -> int:
    known = _KNOWN.get(unit)
    return known[1] if known else 1_000


def _number(thousandths: int, unit: str) -> str:
    value = (Decimal(thousandths) / _factor(unit)).quantize(Decimal("0.001"), ROUND_HALF_EVEN)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _spelled(thousandths: int, unit: str) -> str:
    return "time" if unit == TIMES and thousandths == 1_000 else unit


def _singular(unit: str) -> str:
    if re.search(r"(?:ss|sh|ch|x)es$", unit):
        return unit[:-2]
    return unit[:-1] if unit.endswith("s") and not unit.endswith("ss") else unit
