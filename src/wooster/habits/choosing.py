"""What a typed line means for the habits that there are: which one, which day, how much.

It reads habits and dates and changes nothing. Every error says the words that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wooster.core import days, names, units
from wooster.core.errors import NotFound, UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clip
from wooster.core.units import Amount
from wooster.habits import phrases
from wooster.habits.model import Habit, Rule

NO_HABIT = "Say which habit."
_SHOWN = 60
_SHORTEST_BEGIN = 3
_EARLIEST = timedelta(days=3660)
_ONE, _FAR, _LONGEST = timedelta(days=1), timedelta(days=180), timedelta(days=1000)
_FOR = Pattern(rf"(?:^|\s)for\s+({days.COUNT})\s+(days?|weeks?)$", re.IGNORECASE)
_UNTIL = Pattern(
    rf"(?:(?:^|\s)(?:until|till|to|through)\s+|\s*[-–]\s*)(?P<end>{days.WORDS})$", re.IGNORECASE
)
_FROM = Pattern(
    rf"(?:^|\s)(?P<from>(?:from|starting|since)\s+)?(?P<begin>{days.WORDS})$", re.IGNORECASE
)
_NUMBER = Pattern(rf"(\S.*)\s({units.NUMBER})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A habit with the words that were said of a day and of an amount; "" for none."""

    habit: Habit
    day: str = ""
    amount: str = ""


def live(habits: Sequence[Habit]) -> list[Habit]:
    return [each for each in habits if each.archived is None]


def find(words: str, habits: Sequence[Habit]) -> Habit:
    """The one of `habits` that is meant. Raises `NotFound` for none, `UsageError` for several."""
    some = "`habits list` shows all of them."
    return names.find(
        words, habits, "habit", some if habits else "`add habit NAME RULE` begins one."
    )


def one(words: str, habits: Sequence[Habit]) -> Habit:
    """The one of all habits that `words` mean, of those in the archive only where no other is.

    Raises `NotFound`, `UsageError`.
    """
    if not words.strip():
        raise UsageError(NO_HABIT, hint="`habits` shows what is due.")
    found = live(habits)
    return find(words, found if names.meant(words, found) else habits)


def living(words: str, habits: Sequence[Habit]) -> Habit:
    """The one that `words` mean and that isn't in the archive. Raises as `one` does."""
    habit = one(words, habits)
    if habit.archived is not None:
        raise NotFound(
            f"“{habit.name}” is in the archive.",
            hint=f"`restore habit {habit.name}` brings it back.",
        )
    return habit


def chosen(words: str, habits: Sequence[Habit]) -> Chosen:
    """The habit of "meditate yesterday 25 minutes", and the other words. Raises as `one` does."""
    found = live(habits)
    if any(names.folded(each.name) == names.folded(words) for each in found):
        return Chosen(find(words, found))  # whatever day or number is in its name
    done = phrases.parse_done(words)
    amount = done.amount
    if not amount and not names.meant(done.name, found) and (m := _NUMBER.fullmatch(done.name)):
        # "read 25": the unit is the habit's own.
        return Chosen(living(m[1], habits), done.day, m[2])
    return Chosen(living(done.name, habits), done.day, amount)


def are_meant(words: str, habits: Sequence[Habit]) -> bool:
    """Whether `words` name one of these habits, or several, with a day and an amount or without.
    The begin of a name must have some letters: a message may begin with any."""
    done = phrases.parse_done(words)
    name = m[1] if (m := _NUMBER.fullmatch(done.name)) else done.name
    whole = {names.folded(each.name) for each in habits}
    if {names.folded(words), names.folded(done.name)} & whole:
        return True
    return len(name) >= _SHORTEST_BEGIN and bool(names.meant(name, habits))


def past_day(words: str, habit: Habit, today: date) -> date:
    """The day that something was done on; today without words. Raises `UsageError`."""
    day = a_day(words, today, ahead=False)
    if day > today:
        raise UsageError(f"{_day_text(day)} hasn't come yet.", hint="Check in when it is done.")
    if day < habit.created - _EARLIEST:
        raise UsageError(
            f"{_day_text(day)} is long before “{habit.name}” was begun, on"
            f" {_day_text(habit.created)}.",
            hint="Is the year right?",
        )
    return day


def a_day(words: str, today: date, *, ahead: bool) -> date:
    """The day that `words` are; today without any. Raises `UsageError`."""
    if not words.strip():
        return today
    day = days.parse(words, today, ahead=ahead)
    if day is None:
        raise UsageError(
            f"“{clip(words, _SHOWN)}” is no day.",
            hint="Say it as `yesterday`, `on Monday`, `3 days ago` or `2026-11-05`.",
        )
    return day


@dataclass(frozen=True, slots=True)
class Span:
    """Days of a line and the words before them: `last` None where no end was said."""

    words: str
    first: date
    last: date | None


def a_span(words: str, today: date) -> Span:
    """The days of "until Friday", "from 1 Dec to 10 Dec", "1-10 Dec", "for a week", "tomorrow",
    with a habit before it or not; from today, where no begin was said. Raises `UsageError`."""
    rest, until, length = " ".join(words.split()), "", timedelta()
    if match := _FOR.search(rest):
        unit = 7 if match[2].lower().startswith("week") else 1
        length = timedelta(days=days.number(match[1]) * unit)
        rest = rest[: match.start()].strip()
    elif match := _UNTIL.search(rest):
        until = match["end"]
        rest = rest[: match.start()].strip()
    first, is_said = today, False
    if match := _FROM.search(rest):
        first, is_said = _near(match["begin"], today), True
        rest = rest[: match.start()].strip()
    last = _near(until, first) if until else first + length - _ONE if length else None
    if until and not is_said and last and (match := re.search(r"(?:^|\s)(\d{1,2})$", rest)):
        number = int(match[1])  # "1-10 Dec"
        if 1 <= number <= last.day:
            first, rest = last.replace(day=number), rest[: match.start()].strip()
    if is_said and last is None and match is not None and not match["from"]:
        last = first  # "tomorrow" alone
    if last is not None and not first <= last <= first + _LONGEST:
        raise UsageError(
            f"From {_day_text(first)} to {_day_text(last)} is no span of days.",
            hint="Say it as `vacation from 2026-12-01 to 2026-12-10`.",
        )
    return Span(rest, first, last)


def _near(words: str, today: date) -> date:
    """The day that `words` are: to come, unless that is far off and it was not long ago."""
    ahead, behind = a_day(words, today, ahead=True), a_day(words, today, ahead=False)
    return behind if ahead - today > _FAR else ahead


def an_amount(words: str, rule: Rule, name: str) -> Amount | None:
    """What was done, of the kind that `rule` counts; None without words. Raises `UsageError`."""
    if not words.strip():
        return None
    unit = rule.amount.unit if rule.amount else ""
    if re.fullmatch(units.NUMBER, words.strip()):
        amount = units.amount(words.strip(), unit) if unit else None
    else:
        amount = units.parse(words)
    if amount is None:
        raise UsageError(
            f"“{clip(words, _SHOWN)}” is no amount.", hint="Say it as `25 minutes` or `0.5 l`."
        )
    if rule.amount is not None and amount.kind != rule.amount.kind:
        minutes = units.amount(words.split("m")[0].strip(), "min") if amount.unit == "m" else None
        if minutes is not None and minutes.kind == rule.amount.kind:
            return minutes  # "25 m" of a habit that counts minutes
        raise UsageError(
            f"“{name}” counts {rule.amount.unit}, not {amount.unit}.",
            hint=f"Say it as `{rule.amount}`.",
        )
    return amount


def a_name(words: str, habits: Sequence[Habit], own: Habit | None = None) -> str:
    """A name that a habit may have. Raises `UsageError` for none, and for one that is taken."""
    name = " ".join(words.split())
    if not name:
        raise UsageError("The habit has no name.", hint="Say it as `add habit meditate every day`.")
    if len(name) > 80 or name.startswith("#"):
        raise UsageError(
            f"“{clip(name, _SHOWN)}” can't be a habit's name.",
            hint="A name has up to 80 characters and doesn't begin with #.",
        )
    for each in live(habits):
        if names.folded(each.name) == names.folded(name) and each != own:
            raise UsageError(
                f"There is a habit “{each.name}” already.",
                hint=f"`edit habit {each.name}: RULE` changes it.",
            )
    return name


def _day_text(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
