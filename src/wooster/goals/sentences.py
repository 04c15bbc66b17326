"""Which plain lines are about goals: what fits a typed phrase, and what a sentence says.

A sentence says something of a goal only where there is one that it can be about; where several
could be meant none is. It changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wooster.core import days, names, units
from wooster.core.patterns import Pattern
from wooster.goals import choosing, phrases, quantities
from wooster.goals.model import Goal, Milestone
from wooster.goals.service import Goals

EXAMPLES_PROGRESS = ("I weigh 185 today", "my weight is 84 kg", "I read 2 books this week")
EXAMPLES_REVIEW = (
    "how am I doing with my goals?",
    "how are my goals going?",
    "am I on track with my goals?",
    "what is the state of my goals?",
)

_REVIEW = Pattern(
    r"(?:so\s+)?(?:how(?:'s|\s+(?:am\s+i|are\s+we|are|is|do)|\s+well\s+am\s+i)|am\s+i|where\s+(?:am|do)\s+i"
    r"|what(?:'s|\s+is)\s+the\s+(?:state|status|progress)\s+(?:of|on|with)|(?:show|review)(?:\s+me)?)"
    r"(?:\s+(?:doing|going|coming|along|on|track|with|to|reach|reaching|stand|it|far|well|making"
    r"|progress|towards?))*"
    r"\s+(?:all\s+)?(?:of\s+)?my\s+(?:life\s+)?goals?"
    r"(?:\s+(?:doing|going|coming|along|on|track|well|so\s+far|now|today|looking))*",
    re.IGNORECASE,
)
_WEIGH = Pattern(
    rf"(?:today\s+)?i(?:'m|\s+am|\s+weigh(?:ed)?|\s+weighed\s+in)(?P<at>\s+at)?\s+"
    rf"{quantities.pattern('q')}",
    re.IGNORECASE,
)
_MY = Pattern(
    rf"my\s+(?P<name>[\w][\w\s'’-]{{0,60}}?)\s+(?:is|was|is\s+now|is\s+at)\s+(?:now\s+)?(?:at\s+)?"
    rf"{quantities.pattern('q')}",
    re.IGNORECASE,
)
_DID = Pattern(
    rf"(?:today\s+)?i(?:'ve|\s+have)?\s+(?P<verb>[a-z]{{2,20}})\s+(?P<more>another\s+)?"
    rf"{quantities.pattern('q', needs_unit=True)}",
    re.IGNORECASE,
)
_DAY = Pattern(rf"(?:^|(?<=\s))(?P<day_words>{days.WORDS})$", re.IGNORECASE)
_PAST = {
    "ran": "run",
    "wrote": "write",
    "written": "write",
    "swam": "swim",
    "swum": "swim",
    "rode": "ride",
    "drank": "drink",
    "ate": "eat",
    "lost": "lose",
    "paid": "pay",
    "did": "do",
    "done": "do",
    "made": "make",
    "earnt": "earn",
    "learnt": "learn",
    "put": "save",
}


class Sentences:
    """What lines without a slash are for the goals of one home."""

    def __init__(self, goals: Goals) -> None:
        self._goals = goals

    async def _open(self) -> list[Goal]:
        return choosing.open_ones(await self._goals.names())

    # --- what fits a phrase -------------------------------------------------------------------

    async def nothing(self, words: str) -> bool:
        """The line is just the phrase."""
        return words.strip(" .!?") in ("", "--ascii")

    async def a_goal(self, words: str) -> bool:
        """Words that mean a goal."""
        goals = await self._goals.names()
        return bool(names.meant(words.removesuffix("--ascii"), goals))

    async def an_update(self, words: str) -> bool:
        """A goal with a number, or at least one of both where nothing else is said."""
        goals, update = await self._open(), phrases.parse_update(words)
        return bool(names.meant(update.words if update else words, goals)) or (
            update is not None and bool(goals) and len(words.split()) <= 6
        )

    async def a_step(self, words: str) -> bool:
        """A goal before a colon, or a goal at the begin or the end of the words."""
        goals = await self._open()
        return ":" in words or bool(_ends_with_goal(words, goals)) or _is_milestone(words, goals)

    async def a_link(self, words: str) -> bool:
        return " to " in words or " from " in words

    # --- what a sentence says -----------------------------------------------------------------

    async def review(self, sentence: str) -> dict[str, Any] | None:
        return {} if _REVIEW.fullmatch(_tidy(sentence)) else None

    async def progress(self, sentence: str) -> dict[str, Any] | None:
        """ "I weigh 185 today", "my weight is 84 kg", "I read 20 pages": of the one open goal that
        it can be about."""
        rest, day = _tidy(sentence), ""
        if match := _DAY.search(rest):
            day, rest = match["day_words"], rest[: match.start()].rstrip(" ,")
        if not any(each.fullmatch(rest) for each in (_WEIGH, _MY, _DID)):
            return None
        goals = await self._open()
        for read in (_weighed, _my, _did):
            if found := read(rest, goals):
                goal, value = found
                told = {"goal": f"#{goal.id}", "value": value}
                return {**told, "day": day} if day else told
        return None


def _tidy(sentence: str) -> str:
    return " ".join(sentence.replace("’", "'").split()).rstrip(" .!?")


def _weighed(sentence: str, goals: Sequence[Goal]) -> tuple[Goal, str] | None:
    match = _WEIGH.fullmatch(sentence)
    said = quantities.read(match, "q") if match else None
    if match is None or said is None:
        return None
    is_weigh = "weigh" in match[0].casefold()
    if said.unit and units.kind(said.unit) != "mass":
        return None
    if not is_weigh and not said.unit:
        return None  # "I am 42"
    return _only(
        [e for e in goals if e.measure and _is_mass(e, has_unit=bool(said.unit))], f"to {said}"
    )


def _is_mass(goal: Goal, *, has_unit: bool) -> bool:
    unit = goal.measure.unit if goal.measure else ""
    is_called = any(w.startswith("weigh") for w in names.folded(goal.name).split())
    # "lose 20 lb" counts what was lost: what one weighs says nothing of it.
    is_counted = goal.measure is not None and goal.measure.start == 0
    if is_counted and not is_called:
        return False
    if not unit:
        return is_called and not has_unit
    return units.kind(unit) == "mass"


def _my(sentence: str, goals: Sequence[Goal]) -> tuple[Goal, str] | None:
    match = _MY.fullmatch(sentence)
    said = quantities.read(match, "q") if match else None
    if match is None or said is None:
        return None
    meant = names.meant(match["name"], [each for each in goals if each.measure])
    return _only([each for each in meant if _goes_with(each, said.unit)], f"to {said}")


def _goes_with(goal: Goal, unit: str) -> bool:
    if goal.measure is None:
        return False
    return unit in ("", "%") or units.kind(unit) == units.kind(goal.measure.unit)


def _did(sentence: str, goals: Sequence[Goal]) -> tuple[Goal, str] | None:
    """Only where the verb and the unit are the goal's: "I read 20 pages" is nothing of one that
    counts books."""
    match = _DID.fullmatch(sentence)
    said = quantities.read(match, "q") if match else None
    if match is None or said is None or said.thousandths <= 0 or said.unit == "%":
        return None
    verbs = _verbs(match["verb"].casefold())
    counting = [
        each
        for each in goals
        if each.measure and each.measure.start == 0 and _goes_with(each, said.unit)
    ]
    return _only(
        [each for each in counting if verbs & set(names.folded(each.name).split())], f"+{said}"
    )


def _verbs(past: str) -> set[str]:
    """What the verb of a past form may be: "saved" is "save", "walked" is "walk"."""
    found = {past, _PAST.get(past, past)}
    if past.endswith("ed"):
        found |= {past[:-1], past[:-2], past[:-3] if past[-3:-2] == past[-4:-3] else past}
    return found


def _only(found: Sequence[Goal], value: str) -> tuple[Goal, str] | None:
    return (found[0], value) if len(found) == 1 else None


def _ends_with_goal(words: str, goals: Sequence[Goal]) -> list[Goal]:
    _, to, name = words.rpartition(" to ")
    return names.meant(name, goals) if to else []


def _is_milestone(words: str, goals: Sequence[Goal]) -> bool:
    found: list[Milestone] = [each for goal in goals for each in goal.milestones]
    parts = words.split()
    return any(names.meant(" ".join(parts[start:]), found) for start in range(len(parts)))
