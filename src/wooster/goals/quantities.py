"""Numbers with or without a unit, as they are typed and shown: "185", "24 books", "$10,000", "-2".

A quantity is in thousandths of its own unit. It refuses to know goals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from wooster.core import units
from wooster.core.patterns import Pattern
from wooster.core.text import number as grouped

SIGNS = "$€£¥"
_GROUPED_FROM = 10_000
# Words that stand after a number and are no unit of it.
_NO_UNIT = (
    "a|an|and|at|before|by|down|each|every|for|from|in|is|more|of|on|or|per|since|than|the|then"
    "|this|till|to|today|until|up|with|within|yesterday"
)
WORD = rf"(?!(?:{_NO_UNIT})\b){units.WORD_UNIT}"


def pattern(name: str, unit: str = WORD, *, needs_unit: bool = False) -> str:
    """A pattern of a quantity whose groups begin with `name`. `unit` are the units it may have."""
    number = rf"(?P<{name}_number>-?(?:{units.NUMBER}))(?![\d.,]*\d)"
    sign = rf"(?P<{name}_minus>-)?(?P<{name}_sign>[{SIGNS}])\s?"
    after = rf"(?:\s*(?P<{name}_unit>%|{units.KNOWN_UNIT}(?![\w'’-])|{unit}))"
    if needs_unit:
        signed = number.replace(f"{name}_number", f"{name}_money")
        return rf"(?:{sign}{signed}(?P<{name}_k>k\b)?|{number}{after})"
    return rf"(?:{sign})?{number}(?P<{name}_k>k\b)?{after}?"


_WHOLE = Pattern(pattern("q"), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """`unit` is spelled as in `units.unit_of`, a sign of money, "%", or "" for none."""

    thousandths: int
    unit: str = ""

    def __str__(self) -> str:
        """As it is typed.

        >>> str(Quantity(24_000, "books"))
        '24 books'
        """
        return text(self.thousandths, self.unit)


def read(match: re.Match[str], name: str) -> Quantity | None:
    """The quantity of a match; None for more than can be counted."""
    said = match.groupdict()
    number = said[f"{name}_number"] or said.get(f"{name}_money") or ""
    minus = number.startswith("-") or bool(said.get(f"{name}_minus"))
    digits = number.removeprefix("-")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits):
        digits = digits.replace(",", "")
    value = Decimal(digits.replace(",", ".")) * (1_000 if said.get(f"{name}_k") else 1)
    if value > units.MOST:
        return None
    thousandths = int((value * 1_000).to_integral_value(ROUND_HALF_EVEN))
    word = said[f"{name}_unit"]
    unit = said[f"{name}_sign"] or (units.unit_of(word) if word else "")
    return Quantity(-thousandths if minus else thousandths, unit)


def parse(words: str) -> Quantity | None:
    """The quantity that all of `words` is, or None."""
    match = _WHOLE.fullmatch(" ".join(words.replace("−", "-").split()))
    return read(match, "q") if match else None


def digits(thousandths: int) -> str:
    """A number without a unit, with a point and without anything between its digits."""
    whole, part = divmod(abs(thousandths), 1_000)
    sign = "-" if thousandths < 0 else ""
    return f"{sign}{whole}" + (f".{part:03}".rstrip("0") if part else "")


def text(thousandths: int, unit: str) -> str:
    """As it is typed: "$10000", "185 lb", "40 %"."""
    return _with_unit(digits(thousandths), unit)


def shown(thousandths: int, unit: str) -> str:
    """As it is read: "$10 000", with at most one digit after the point where there are hundreds."""
    if abs(thousandths) >= 100_000:
        thousandths = round(thousandths / 100) * 100
    number = digits(thousandths)
    if abs(thousandths) >= _GROUPED_FROM * 1_000:
        whole, point, part = number.partition(".")
        number = f"{grouped(int(whole))}{point}{part}"
    return _with_unit(number, unit)


def _with_unit(number: str, unit: str) -> str:
    if unit in SIGNS and unit:
        minus = "-" if number.startswith("-") else ""
        return f"{minus}{unit}{number.removeprefix('-')}"
    return f"{number} {unit}".rstrip()
