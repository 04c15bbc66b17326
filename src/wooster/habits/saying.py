"""Plain sentences about habits: "I meditated today", "which habits are due?".

A sentence is read only where all of it is understood: a word that is left over makes it talk about
something else. It refuses to know which sentences may be orders at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wooster.core import names, units
from wooster.core.errors import UsageError
from wooster.core.forms import PAST, stem
from wooster.core.patterns import Pattern
from wooster.habits import choosing, phrases
from wooster.habits.model import Habit

DONE = (
    "I meditated today",
    "I ran 5 km yesterday",
    "I did my yoga this morning",
    "I went for a run",
    "I have done my stretching for today",
    "just finished my workout",
    "I read for 20 minutes today",
    "I drank 2 litres of water today",
    "I've done my push-ups",
    "I walked 8000 steps yesterday",
    "I practised the piano on Monday",
    "I took my vitamins this morning",
    "did 30 push-ups today",
    "I flossed tonight",
    "I swam 20 lengths on Sunday",
    "I've written in my diary today",
    "I wrote 300 words this evening",
    "I studied for an hour",
    "workout done",
    "cycled 12 miles yesterday",
    "mark meditation as done",
    "mark swimming as done for yesterday",
    "check off the dishes",
    "tick off piano for today",
    "log 25 minutes of reading",
    "record 3 km of walking",
    "log that I stretched today",
)
DUE = (
    "which habits are due?",
    "what habits are left today?",
    "show me my habits",
    "how are my habits going?",
    "what habits do I still have to do today?",
    "did I do all my habits today?",
    "habits for today",
    "let me see today's habits",
)
STREAKS = (
    "what's my meditation streak?",
    "how long is my streak for running?",
    "show my reading streak",
    "how is my streak going?",
    "how am I doing with meditation?",
    "how's my running habit going?",
    "show the statistics of my yoga habit",
    "what are my streaks?",
    "show me the stats for writing",
    "tell me my streak for swimming",
    "how many days in a row have I stretched?",
    "how often did I run this month?",
    "show my habit statistics",
)
NEW = (
    "add a habit to read 20 minutes every day",
    "start a new habit: meditate daily",
    "create a habit called stretch every morning",
    "I want a new habit: run 3 times a week",
    "make drinking water a daily habit",
    "new habit floss every evening",
    "make a habit of calling my mother every Sunday",
    "add a daily habit of writing a page",
    "begin a habit: clean the kitchen weekly",
    "set up a habit for walking 30 minutes a day",
    "create a new weekly habit to water the plants",
)

_DAY = r"today|yesterday|now|tonight|this\s+(?:morning|afternoon|evening)"
_SAID = Pattern(
    r"(?:i(?:['’]ve|\s+have)?\s+)?(?:just\s+|already\s+|also\s+|finally\s+)*"
    r"(?P<verb>(?:did|done|finished|completed|managed|went(?:\s+for)?|gone(?:\s+for)?|had|took|taken"
    r"|played|practi[sc]ed|wrote(?:\s+in)?|written(?:\s+in)?|worked\s+on)\b\s*)?(?P<rest>.+)",
    re.IGNORECASE,
)
_AS_DONE = rf"(?:as\s+)?(?:done|completed?|finished)(?P<day>\s+(?:for\s+)?(?:{_DAY}))?"
_HAVE = Pattern(r"i(?:['’]ve|\s+have)\s", re.IGNORECASE)
_ORDERED = Pattern(
    rf"(?:mark\s+(?P<rest>.+?)\s+{_AS_DONE}"
    r"|(?:tick\s+off|check\s+off|log|record)\s+(?:that\s+i\s+)?(?P<what>.+))",
    re.IGNORECASE,
)
_ENDED = Pattern(
    rf"(?P<rest>.+?)\s+(?:is\s+|all\s+)?(?:done|finished)(?P<day>\s+(?:for\s+)?(?:{_DAY}))?",
    re.IGNORECASE,
)
_FILLING_WORDS = (
    "my the a an some of for and to in on done doing session sessions workout training "
    "practice exercise exercises habit routine daily today's morning evening time bit"
)
_FILLING = frozenset(_FILLING_WORDS.split())
_SPARE = frozenset(["today", "now", "already", "just", "again", "earlier", "all", "completely"])
_PAST_ENDING = Pattern(r"[^\W\d_]{3,}(?:ed|t)")


def done(sentence: str, habits: Sequence[Habit]) -> dict[str, Any] | None:
    """The arguments of the check-in that `sentence` reports, None for none.

    What it names must be one habit that isn't in the archive, by each word of its name, in
    whatever form ("watered the plants" is "water plants").
    """
    line = sentence.strip().rstrip(".!").strip()
    if line.endswith("?") or not line:
        return None
    living = choosing.live(habits)
    if ordered := _ORDERED.fullmatch(line):
        return _check_in(f"{ordered['rest'] or ordered['what']}{ordered['day'] or ''}", living)
    if ended := _ENDED.fullmatch(line):
        return _check_in(f"{ended['rest']}{ended['day'] or ''}", living)
    match = _SAID.fullmatch(line)
    if match is None:
        return None
    verb, rest = match["verb"] or "", match["rest"]
    if _is_past(f"{verb}{rest}".split()[0], line) and (found := _check_in(f"{verb}{rest}", living)):
        return found
    return _check_in(rest, living) if verb else None


def may_be_done(sentence: str) -> bool:
    """Whether `done` needs to know the habits: most sentences report nothing, whatever there is."""
    line = sentence.strip().rstrip(".!").strip()
    if line.endswith("?") or not line:
        return False
    if _ORDERED.fullmatch(line) or _ENDED.fullmatch(line):
        return True
    match = _SAID.fullmatch(line)
    if match is None:
        return False
    verb = match["verb"] or ""
    return bool(verb) or _is_past(f"{verb}{match['rest']}".split()[0], line)


def _is_past(verb: str, line: str) -> bool:
    """Whether it tells of what was done: "I run today" doesn't, "I have run" does."""
    said = verb.casefold()
    if said in ("run", "done"):
        return _HAVE.match(line) is not None
    return said in PAST or _PAST_ENDING.fullmatch(said) is not None


def _check_in(words: str, habits: Sequence[Habit]) -> dict[str, Any] | None:
    said = phrases.parse_done(words)
    name, amount = said.name, said.amount
    counted = units.parse(amount) if amount else None
    if counted is not None and not units.is_known(counted.unit):
        # "50 push-ups" of the habit "push-ups"; "8000 steps" of "walk 8000 steps".
        name = name or counted.unit
    found = [each for each in habits if _is_all_of(name, each, is_counted=bool(amount))]
    if not found and not amount:
        # "20 minutes of yoga": the amount stands before what it is of.
        try:
            parsed = phrases.parse_new(name)
        except UsageError:
            return None
        if not isinstance(parsed.amount, units.Amount) or parsed.rhythm is not None:
            return None
        amount = str(parsed.amount)
        found = [each for each in habits if _is_all_of(parsed.name, each)]
    if len(found) != 1:
        return None
    return {"habit": found[0].name, "day": said.day, "amount": amount}


def _is_all_of(words: str, habit: Habit, *, is_counted: bool = False) -> bool:
    """Whether `words` are the habit's name, each word in whatever form, and nothing else that says
    anything."""
    said = [stem(each) for each in _parts(words)]
    name = _parts(habit.name)
    short = [each for each in name if each not in _FILLING]
    # "log 2 glasses of water" of "drink water": how much it was tells as much as the verb.
    counted = short[1:] if is_counted and habit.rule.amount is not None else []
    parts = [part for part in (name, short, counted) if part]
    return any(_holds_just(said, [stem(each) for each in part]) for part in parts)


def _holds_just(said: Sequence[str], wanted: Sequence[str]) -> bool:
    left = list(said)
    for each in wanted:
        if each not in left:
            # "worked out" is a "workout".
            return "".join(said) == "".join(wanted)
        left.remove(each)
    return all(each in _LEFT_OVER for each in left)


def _parts(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)?", names.folded(text))


_LEFT_OVER = frozenset(stem(each) for each in _FILLING | _SPARE)

# --- asking -----------------------------------------------------------------------------------

_DUE = Pattern(
    r"(?:which|what)\s+(?:of\s+my\s+|are\s+my\s+)?habits\b.*"
    r"|(?:show|list|see|let\s+me\s+see|give)\s+(?:me\s+)?(?:all\s+)?(?:of\s+)?(?:my\s+|the\s+)?"
    r"(?:today['’]s\s+)?habits(?:\s+for)?(?:\s+today)?"
    r"|(?:how\s+are|how['’]re)\s+my\s+habits(?:\s+(?:going|doing|looking))?(?:\s+today)?"
    r"|(?:have\s+i\s+done|did\s+i\s+do)\s+(?:all\s+)?(?:of\s+)?my\s+habits(?:\s+today)?"
    r"|(?:my\s+|today['’]s\s+)?habits\s+(?:left\s+|due\s+)?(?:for\s+)?today"
    r"|(?:are\s+there\s+)?any\s+(?:more\s+)?habits\s+(?:left|due)(?:\s+(?:for\s+)?today)?"
    r"|what['’]?s\s+(?:still\s+)?(?:left|due)\s+(?:of|for|on|in)\s+my\s+habits(?:\s+today)?",
    re.IGNORECASE,
)
_DUE_SPELLED = (
    "which what of my are habits habit is left due today still do i have to open remain "
    "remaining need for now done the all did yet there on"
)
_DUE_WORDS = frozenset(_DUE_SPELLED.split())
_STREAK = Pattern(
    r"(?:what['’]?s|what\s+is|how\s+long\s+is|how['’]?s|how\s+is|show(?:\s+me)?|tell\s+me)\s+"
    r"(?:my\s+|the\s+)?(?:current\s+|longest\s+)?(?:(?P<before>.+?)\s+)?streak"
    r"(?:\s+(?:for|of|in|with)\s+(?P<after>.+?))?(?:\s+(?:going|now|today|like))?"
    r"|(?:how\s+am\s+i\s+doing|how\s+is\s+it\s+going)\s+with\s+(?P<with>.+)"
    r"|(?:how\s+is|how['’]?s)\s+(?:my\s+)?(?P<habit>.+?)\s+habit(?:\s+(?:going|doing))?"
    r"|show\s+(?:me\s+)?(?:the\s+|my\s+)?(?:stats|statistics)\s+(?:of|for|on)\s+(?P<stats>.+?)"
    r"|how\s+(?:often|many\s+(?:days|times)(?:\s+in\s+a\s+row)?)\s+(?:have|did)\s+i\s+"
    r"(?P<often>.+?)(?:\s+(?:this|in\s+the\s+last|last)\s+(?:week|month|year))?"
    r"|show\s+(?:me\s+)?(?:the\s+|my\s+)?(?:habit\s+(?:stats|statistics)|streaks)"
    r"|what\s+are\s+my\s+(?:current\s+)?streaks",
    re.IGNORECASE,
)
_NEW = Pattern(
    r"(?:(?:add|start|create|make|begin|set\s+up|track)\s+|i\s+(?:want|need)\s+"
    r"(?:to\s+(?:start|begin|add|create|make|set\s+up)\s+)?)?(?:a\s+)?"
    r"(?:new\s+)?(?P<each>daily\s+|weekly\s+|monthly\s+)?habit\b\s*(?:of\s+|to\s+|called\s+|named\s+"
    r"|for\s+|[:,–-]\s*)?(?P<rest>.+)",
    re.IGNORECASE,
)
_MADE = Pattern(
    r"make\s+(?P<rest>.+?)\s+a\s+(?P<each>daily\s+|weekly\s+|monthly\s+)?habit", re.IGNORECASE
)
_LONGEST_NAME_WORDS = 6
_ORDER = Pattern(r"(?:add|start|create|make|begin|set|track|i|a|new)\b", re.IGNORECASE)


def due(sentence: str) -> dict[str, Any] | None:
    """No arguments where `sentence` asks for today's habits, None where it doesn't."""
    line = sentence.strip().rstrip("?.!").strip()
    if _DUE.fullmatch(line) is None:
        return None
    if line.casefold().startswith(("which", "what ")):
        return {} if set(_parts(line)) <= _DUE_WORDS else None
    return {}


def may_be_streak(sentence: str) -> bool:
    """Whether `streak` needs to know the habits."""
    return _STREAK.fullmatch(sentence.strip().rstrip("?.!").strip()) is not None


def streak(sentence: str, habits: Sequence[Habit]) -> dict[str, Any] | None:
    """The habit whose streak or figures `sentence` asks for, None for none that there is."""
    match = _STREAK.fullmatch(sentence.strip().rstrip("?.!").strip())
    if match is None:
        return None
    told = next((each for each in match.groups() if each), "")
    words = re.sub(r"^(?:my|the)\s+|\s+habit$", "", told, flags=re.IGNORECASE)
    if not words:
        return {} if choosing.live(habits) else None
    found = [each for each in choosing.live(habits) if _is_all_of(words, each)]
    return {"habit": found[0].name} if len(found) == 1 else None


def new(sentence: str) -> dict[str, Any] | None:
    """The habit that `sentence` begins, with its rule; None where it says none."""
    line = sentence.strip().rstrip(".!").strip()
    match = _NEW.fullmatch(line) or _MADE.fullmatch(line)
    if match is None or line.endswith("?") or _ORDER.match(line) is None:
        return None
    said = match["rest"].strip()
    # Without a rule, "a habit that I hate" is talk; so it is where a name is long.
    for habit in (said, f"{said} {(match['each'] or '').strip()}".strip()):
        try:
            parsed = phrases.parse_new(habit)
        except UsageError:
            return None
        if parsed.has_rule and 0 < len(parsed.name.split()) <= _LONGEST_NAME_WORDS:
            return {"habit": habit}
    return None
