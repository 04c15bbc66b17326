"""What a person says of a habit, taken apart: "read 20 minutes daily at 21:00" is a name, an
amount, a rhythm and a reminder.

A rule is cut off the end of the text, else off its begin; what is left is the name. What stands in
quotes is the name, whatever words are in it. It refuses to know which habits there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

from wooster.core import days, units
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.units import Amount
from wooster.habits import rhythms
from wooster.habits.model import Period, Rule
from wooster.habits.rhythms import rule_text

LONGEST = 300
"""Characters that may be said of a habit."""
EXAMPLES = (
    "`every day`, `20 minutes daily`, `3 times a week`, `on Mondays and Thursdays`,"
    " `monthly on the 31st`"
)

_FOR = r"(?:(?:for|at\s+least)\s+)?"
_KNOWN_AMOUNT = (
    rf"{units.HALF}|\d{{1,2}}\s*h\s*\d{{1,2}}(?:\s*min)?"
    rf"|\d{{1,2}}\s*(?:h|hours?)\s+(?:and\s+)?\d{{1,2}}\s*min(?:utes?)?"
    rf"|(?:{units.NUMBER})[\s-]*(?:{units.KNOWN_UNIT})(?![\w'’-])"
    rf"|an?\s+(?:hour|minute|mile|kilometre|kilometer|litre|liter)(?!\w)"
)
_OTHER_AMOUNT = rf"(?:{units.NUMBER})\s+(?!(?:times?|x|days?|weeks?|months?)\b){units.WORD_UNIT}"
_OTHER_AMOUNT_OF = rf"{_OTHER_AMOUNT}(?=\s+of\s)"
_START = r"(?:^|(?<=[\s,:]))"


def _ending(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{_START}{pattern}$", re.IGNORECASE)


_LAST_AMOUNT = _ending(rf"{_FOR}(?P<amount>{_KNOWN_AMOUNT}|{_OTHER_AMOUNT}){rhythms.PER}?")
_AN_AMOUNT = Pattern(
    rf"{_START}{_FOR}(?P<amount>{_KNOWN_AMOUNT}|{_OTHER_AMOUNT_OF})\s+(?:of\s+)?", re.IGNORECASE
)
_REMINDER = _ending(
    r"(?:(?:with\s+a\s+)?remind(?:er|ed)?\s+)?at\s+(?:(?P<word>noon|midnight)|(?P<hour>\d{1,2})"
    r"(?:[:.](?P<minute>\d\d))?\s*(?:(?P<half>[ap])\.?m\.?|o['’]clock)?)"
)
_NO_AMOUNT = _ending(r"(?:without|no)\s+(?:an?\s+)?amount")
_NO_REMINDER = _ending(r"(?:without|no)\s+(?:an?\s+)?reminder")
_QUOTED = Pattern(r"[\"“”„«]([^\"“”„«»]+)[\"“”»]")
_DAY_AT_END = Pattern(rf"(?:^|(?<=\s))(?:for\s+)?(?P<day_words>{days.WORDS})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says of a habit; None for what it doesn't say.

    `rhythm` is a rule without an amount, `in_total` says that `amount` is a whole period's. "off"
    is no reminder, "none" no amount.
    """

    name: str
    rhythm: Rule | None = None
    amount: Amount | Literal["none"] | None = None
    in_total: bool = False
    remind_at: time | Literal["off"] | None = None

    @property
    def has_rule(self) -> bool:
        return self.rhythm is not None or self.amount is not None

    def rule(self, old: Rule | None = None) -> Rule:
        """The rule, with what isn't said as in `old`; each day, where that says nothing either.

        Raises `UsageError` for parts that don't go together.
        """
        amount, in_total = self.amount, self.in_total
        if amount is None and old is not None:
            amount, in_total = old.amount, old.in_total
        if amount == "none":
            amount, in_total = None, False
        base = self.rhythm
        if base is None:
            base = replace(old, amount=None, in_total=False) if old else Rule()
            # "30 km" in place of "20 km a week" is a week's, too.
            in_total = in_total or (old is not None and old.in_total and amount is not None)
        if amount is not None and in_total and (base.is_daily or base.days or base.times > 1):
            raise UsageError(
                f"{amount} in all doesn't go with “{rule_text(base)}”.",
                hint="Say how much it is each time: `5 km 3 times a week`.",
            )
        return replace(base, amount=amount, in_total=in_total and amount is not None)


def parse(text: str) -> Said:
    """Raises `UsageError` for a rule that there can't be."""
    if len(text) > LONGEST:
        raise UsageError(
            f"That is {len(text)} characters, more than the {LONGEST} that a habit may have.",
            hint="Give it a short name.",
        )
    name, rest = _quoted(text)
    cutting = _Cutting(rest)
    while cutting.cut_last():
        pass
    if told := rhythms.uncounted(cutting.text):
        raise UsageError(
            f"“{told}” is no rhythm that Wooster counts.", hint=f"It counts {EXAMPLES}."
        )
    cutting.cut_first()
    if name and cutting.text:
        raise UsageError(f"“{cutting.text}” is no rule of a habit.", hint=f"Rules are {EXAMPLES}.")
    return cutting.said(name or cutting.text)


def parse_new(text: str) -> Said:
    """What `text` says of a habit that begins: "30 push-ups daily" is called after what it counts.

    Raises as `parse` does.
    """
    said = parse(text)
    if not said.name and isinstance(said.amount, Amount) and not units.is_known(said.amount.unit):
        return replace(said, name=said.amount.unit)
    return said


def parse_rule(text: str) -> Rule:
    """The rule that all of `text` is. Raises `UsageError`."""
    said = parse(text)
    if said.name or not said.has_rule:
        raise UsageError(f"“{text.strip()}” is no rule of a habit.", hint=f"Rules are {EXAMPLES}.")
    return said.rule()


def _quoted(text: str) -> tuple[str, str]:
    """The name in quotes, "" for none, and what stands around it."""
    match = _QUOTED.search(text)
    if match is None:
        return "", text
    return " ".join(match[1].split()), f"{text[: match.start()]} {text[match.end() :]}"


class _Cutting:
    """A text from which the parts of a rule are cut."""

    def __init__(self, text: str) -> None:
        self.text = self._tidy(text.rstrip(" .!"))
        self._rhythm: Rule | None = None
        self._is_plain = False
        self._amount: Amount | Literal["none"] | None = None
        self._total: Period | None = None
        self._remind_at: time | Literal["off"] | None = None

    @staticmethod
    def _tidy(text: str) -> str:
        return " ".join(text.split()).strip(" ,:;")

    def _cut(self, match: re.Match[str]) -> bool:
        self.text = self._tidy(f"{self.text[: match.start()]} {self.text[match.end() :]}")
        return True

    def cut_last(self) -> bool:
        """Cut one part off the end; False when there is none any more."""
        if self._remind_at is None:
            if match := _NO_REMINDER.search(self.text):
                self._remind_at = "off"
                return self._cut(match)
            if (match := _REMINDER.search(self.text)) and (at := _time(match)):
                self._remind_at = at
                return self._cut(match)
        if (found := rhythms.last(self.text)) and self._takes(found[1]):
            return self._cut(found[0])
        if self._amount is None:
            if match := _NO_AMOUNT.search(self.text):
                self._amount = "none"
                return self._cut(match)
            match = _LAST_AMOUNT.search(self.text)
            if match and (amount := _amount(match)):
                self._amount = amount
                self._total = rhythms.period(match["each"]) if match["each"] else None
                return self._cut(match)
        return False

    def cut_first(self) -> None:
        """Cut what stands before the name, and an amount within: "drink 2 l of water"."""
        if self._rhythm is None and self._total is None and (found := rhythms.first(self.text)):
            rest = self.text[found[0].end() :]
            if self._takes(found[1]):
                self.text = self._tidy(rest)
        if self._amount is None and (match := _AN_AMOUNT.search(f"{self.text} ")):
            amount = _amount(match)
            if amount is not None:
                self._amount = amount
                self._cut(match)

    def _takes(self, rhythm: rhythms.Rhythm) -> bool:
        """Whether there is place for it: a rule has one rhythm and one amount."""
        if rhythm.rule is None:
            if self._amount is not None:
                return False
            self._amount, self._total = rhythm.amount, rhythm.total
            return True
        if self._rhythm is not None or self._total not in (None, "day"):
            return False
        self._rhythm, self._is_plain = rhythm.rule, rhythm.is_plain
        return True

    def said(self, name: str) -> Said:
        rhythm, amount, total = self._rhythm, self._amount, self._total
        in_total = False
        if isinstance(amount, Amount):
            if total not in (None, "day"):
                if rhythm is not None:
                    raise UsageError(
                        f"“{amount} a {total}” doesn't go with “{rule_text(rhythm)}”.",
                        hint="Say how much it is each time: `5 km 3 times a week`.",
                    )
                rhythm, in_total = Rule(total), True
            elif total == "day":
                rhythm = rhythm or Rule()
            elif rhythm is not None and self._is_plain:
                in_total = rhythm.period != "day"
        return Said(name, rhythm, amount, in_total, self._remind_at)


def _amount(match: re.Match[str]) -> Amount | None:
    return units.parse(re.sub(r"(?<=\d)-", " ", match["amount"]))


def _time(match: re.Match[str]) -> time | None:
    """The time of the clock that a reminder's words are; None for none."""
    if word := match["word"]:
        return time(12 if word.casefold() == "noon" else 0)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if half := match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


# --- what was done ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """A name, the words for a day and those for an amount; "" where not said."""

    name: str
    day: str = ""
    amount: str = ""


def parse_done(text: str) -> Done:
    """Taken from the end, in any order. The day's words and the amount are as they were said."""
    rest, day, amount = " ".join(text.split()).rstrip(" .!"), "", ""
    while True:
        if not day and (match := _DAY_AT_END.search(rest)):
            day = match["day_words"]
        elif not amount and (match := _LAST_AMOUNT.search(rest)) and not match["each"]:
            amount = match["amount"]
        else:
            return Done(rest.strip(" ,:;"), day, amount)
        rest = rest[: match.start()].strip(" ,:;")
