"""Which plain lines are about goals: what fits a typed phrase, and what a sentence says.

A sentence says something of a goal only where there is one that it can be about; where several
could be meant none is. It changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wooster.core import days, names, units
from wooster.core.forms import stem
from wooster.core.patterns import Pattern
from wooster.goals import choosing, phrases, quantities
from wooster.goals.model import Goal, Milestone
from wooster.goals.service import Goals

EXAMPLES_PROGRESS = (
    "I weigh 185 today",
    "my weight is 84 kg",
    "I read 2 books this week",
    "update my running goal to 120 km",
    "set the progress of my garden goal to 40 percent",
    "log 5 more lessons for my piano goal",
    "record 3 more chapters for the novel goal",
    "I'm at 7 countries now",
    "put 80 towards my holiday goal",
    "progress on my garden goal: 60 percent",
)
EXAMPLES_LIST = ("what are my goals?", "list my goals", "show me my goals")
EXAMPLES_SHOW = (
    "how is my garden goal going?",
    "how far am I with my piano goal?",
    "am I on track with my garden goal?",
    "am I on track with swimming?",
    "show me my savings goal",
)
EXAMPLES_SET = (
    "set a goal to visit 5 countries by next summer",
    "new goal: paint the house by May",
    "create a goal of cycling 800 km this year",
    "my goal is to save 900 euros by June",
)
EXAMPLES_REVIEW = (
    "how am I doing with my goals?",
    "how are my goals going?",
    "am I on track with my goals?",
    "what is the state of my goals?",
    "show my goal progress",
    "goals overview",
    "goal status",
)

_LIST = Pattern(
    r"(?:(?:what\s+are|show|list|tell|give|see|read)(?:\s+me)?(?:\s+all)?(?:\s+of)?\s+my"
    r"(?:\s+(?:current|open|active|life))?\s+goals"
    r"|(?:what|which)\s+goals\s+(?:do\s+i\s+have|have\s+i\s+(?:set|got)|are\s+(?:open|active)))"
    r"(?:\s+(?:now|right\s+now|at\s+the\s+moment|this\s+year))?",
    re.IGNORECASE,
)
_STATUS = Pattern(
    r"(?:(?:show|give|tell)\s+(?:me\s+)?)?(?:my\s+|the\s+)?(?:goals?\s+(?:status|progress|overview|report)"
    r"|(?:how\s+(?:all\s+)?(?:of\s+)?my\s+goals\s+are\s+(?:going|doing|coming\s+along|looking))"
    r"|(?:status|progress|overview)\s+(?:of|on)\s+(?:all\s+)?(?:of\s+)?my\s+goals)",
    re.IGNORECASE,
)
_ABOUT = Pattern(
    r"(?:(?:how(?:'s|s|\s+is)|how\s+are|what(?:'s|\s+is)\s+the\s+(?:status|state|progress)\s+(?:of|on))"
    r"\s+(?:my\s+)?(?P<what>\S.*?)\s+goal(?:\s+(?:going|doing|coming\s+along|looking))?"
    r"|(?:how\s+(?:far|well)\s+am\s+i|how\s+am\s+i\s+doing|where\s+(?:am|do)\s+i(?:\s+stand)?"
    r"|am\s+i\s+(?:on\s+track|behind|ahead))\s+(?:with|on|towards?|for)\s+(?:my\s+|the\s+)?"
    r"(?P<with>\S.*?)(?:\s+goal)?"
    r"|show\s+(?:me\s+)?(?:my\s+|the\s+)(?P<shown>\S.*?)\s+goal)(?:\s+(?:now|so\s+far|today))?",
    re.IGNORECASE,
)
_NEW = Pattern(
    r"(?:(?:i\s+(?:want|would\s+like)\s+to\s+)?(?:set|add|create|make|start|define)(?:\s+up)?"
    r"(?:\s+(?:me|myself))?\s+(?:an?|another|the)\s+(?:new\s+)?goal|(?:a\s+)?(?:new|another)\s+goal)"
    r"(?:\s+(?:to|of|for|called|named)\s+|\s*[:,-]\s*|\s+)(?:myself\s+)?(?P<what>\S.*)",
    re.IGNORECASE,
)
_AIM = Pattern(
    r"my\s+(?:new\s+)?(?:goal|target|aim)\s+is\s+(?:to\s+)?(?P<what>\S.*)", re.IGNORECASE
)
_TO = r"(?:to|at|as|is|=|:)"
_UPDATED = Pattern(
    # To "set" or "change" a goal is another thing than its progress.
    r"(?:(?:update|put|bump|log|record|note)\s+(?:the\s+)?(?:my\s+)?"
    r"(?:progress\s+(?:of|on|for|with)\s+)?|(?:set|change|move)\s+(?:the\s+|my\s+)?"
    r"progress\s+(?:of|on|for|with)\s+)(?:my\s+|the\s+)?(?P<what>\S.*?)(?:\s+goal)?"
    rf"(?:\s+progress)?\s+{_TO}\s+{quantities.pattern('q')}",
    re.IGNORECASE,
)
_TOLD = Pattern(
    r"(?:progress|update)\s+(?:on|of|for|with)\s+(?:my\s+|the\s+)?(?P<what>\S.*?)(?:\s+goal)?"
    rf"(?:\s*[:,=-]|\s+(?:is|at|to|now))\s*(?:now\s+)?(?:at\s+)?{quantities.pattern('q')}",
    re.IGNORECASE,
)
_ADDED = Pattern(
    rf"(?:add|record|log|put|note|count)\s+(?:another\s+)?{quantities.pattern('q')}(?:\s+more)?"
    r"(?:\s+(?P<unit_after>[a-z]+))?\s+(?:to|towards?|for|on|into)\s+(?:my\s+|the\s+)?(?P<what>\S.*?)"
    r"(?:\s+goal)?",
    re.IGNORECASE,
)
_MORE_OF = Pattern(
    r"(?:add|record|log|put|note|count)\s+(?:another\s+)?(?P<count>\d+(?:[.,]\d+)?)\s+more\s+"
    r"(?P<unit>[a-z]+)\s+(?:to|towards?|for|on)\s+(?:my\s+|the\s+)?(?P<what>\S.*?)(?:\s+goal)?",
    re.IGNORECASE,
)
_AT = Pattern(
    rf"i(?:'m|\s+am)\s+(?:now\s+)?(?:at|on|up\s+to)\s+{quantities.pattern('q', needs_unit=True)}"
    r"(?:\s+(?:now|already|so\s+far))?(?:\s+(?:of|with|on|for)\s+(?:my|the)\s+(?P<what>\S.*?)(?:\s+goal)?)?",
    re.IGNORECASE,
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

    async def listed(self, sentence: str) -> dict[str, Any] | None:
        return {} if _LIST.fullmatch(_tidy(sentence)) else None

    async def review(self, sentence: str) -> dict[str, Any] | None:
        said = _tidy(sentence)
        if _LIST.fullmatch(said):
            return None
        return {} if _REVIEW.fullmatch(said) or _STATUS.fullmatch(said) else None

    async def one(self, sentence: str) -> dict[str, Any] | None:
        """ "how is my savings goal going?": the goal that is asked about."""
        match = _ABOUT.fullmatch(_tidy(sentence))
        if match is None:
            return None
        words = match["what"] or match["with"] or match["shown"]
        found = _called(words, await self._open())
        return {"goal": found[0].name} if len(found) == 1 else None

    async def new(self, sentence: str) -> dict[str, Any] | None:
        """ "set a goal to read 24 books": what it is to be; said as an aim, only where it says how
        much or by when."""
        said = _tidy(sentence)
        if sentence.rstrip().endswith("?"):
            return None
        if match := _NEW.fullmatch(said):
            return {"goal": match["what"]}
        match = _AIM.fullmatch(said)
        if match is None:
            return None
        aim = phrases.parse(match["what"], self._goals.reads_days())
        is_plain = aim.measure is not None or aim.deadline is not None
        return {"goal": match["what"]} if is_plain and aim.name else None

    async def progress(self, sentence: str) -> dict[str, Any] | None:
        """ "I weigh 185 today", "my weight is 84 kg", "I read 20 pages": of the one open goal that
        it can be about."""
        rest, day = _tidy(sentence), ""
        if match := _DAY.search(rest):
            day, rest = match["day_words"], rest[: match.start()].rstrip(" ,")
        shapes = (_WEIGH, _MY, _DID, _UPDATED, _TOLD, _ADDED, _MORE_OF, _AT)
        if not any(each.fullmatch(rest) for each in shapes):
            return None
        goals = await self._open()
        for read in (_weighed, _my, _did, _set_to, _added, _reached):
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


def _set_to(sentence: str, goals: Sequence[Goal]) -> tuple[Goal, str] | None:
    """ "update my reading goal to 12 books"."""
    match = _UPDATED.fullmatch(sentence) or _TOLD.fullmatch(sentence)
    said = quantities.read(match, "q") if match else None
    if match is None or said is None:
        return None
    found = _called(match["what"], goals)
    return _only([each for each in found if _goes_with(each, said.unit)], f"to {said}")


def _added(sentence: str, goals: Sequence[Goal]) -> tuple[Goal, str] | None:
    """ "log 5 more pages for the thesis goal"."""
    if match := _MORE_OF.fullmatch(sentence):
        said = quantities.parse(f"{match['count']} {match['unit']}")
    elif match := _ADDED.fullmatch(sentence):
        said = None if match["unit_after"] else quantities.read(match, "q")
    else:
        return None
    if said is None or said.thousandths <= 0 or said.unit == "%":
        return None
    found = _called(match["what"], goals)
    return _only([each for each in found if _goes_with(each, said.unit)], f"+{said}")


def _reached(sentence: str, goals: Sequence[Goal]) -> tuple[Goal, str] | None:
    """ "I'm at 11 books now", "I'm at 40 percent of my thesis"."""
    match = _AT.fullmatch(sentence)
    said = quantities.read(match, "q") if match else None
    if match is None or said is None:
        return None
    if match["what"]:
        return _only(
            [e for e in _called(match["what"], goals) if _goes_with(e, said.unit)], f"to {said}"
        )
    own = [each for each in goals if each.measure and each.measure.unit == said.unit]
    return _only(own, f"to {said}") if said.unit and said.unit != "%" else None


def _called(words: str, goals: Sequence[Goal]) -> list[Goal]:
    """The goals that words may mean, in whatever form: "my reading goal" is "read 24 books"."""
    bare = re.sub(r"(?i)^(?:my|the)\s+|\s+goals?$", "", words.strip())
    if found := names.meant(bare, goals):
        return found
    said = {stem(each) for each in re.findall(r"[^\W_]+", names.folded(bare))}
    return [e for e in goals if said and said <= {stem(w) for w in names.folded(e.name).split()}]


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
