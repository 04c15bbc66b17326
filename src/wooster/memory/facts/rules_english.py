"""The clauses of English that state a fact, as rules. The first that fits is taken. Data."""

from __future__ import annotations

import re

from wooster.memory.facts import rules_values as values
from wooster.memory.facts import rules_words as words
from wooster.memory.facts.rules_english_folk import ADVERBS, ARTICLE, FOLK, NEARBY, NO_MORE
from wooster.memory.facts.rules_shape import Rule, rule

_I = rf"(?:i|we) {ADVERBS}"
_AM = rf"(?:i'm|i am|im|we're|we are) {ADVERBS}"
_NOT = rf"(?:i|we) {ADVERBS}(?:don't|do not|dont) {ADVERBS}"
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_EVERY = (
    rf"every (?:other |single |second )?(?:day|morning|evening|afternoon|night|week|weekend|month"
    rf"|year|weekday|{_DAY})(?: (?:morning|evening|afternoon|night))?"
    rf"|on (?:{_DAY}s)(?: and {_DAY}s)?|daily|weekly"
    r"|(?:once|twice|(?:two|three|four|five|six|\d) times) (?:a|per) (?:day|week|month|year)"
)
_CLOCK = r"(?: (?:at|from|around|before) [\w:. ]{1,14})?"
# A verb that tells of no habit, or isn't in the present.
_NO_HABIT = (
    r"(?!(?:usually|always|normally|generally|also|still|have|want|need|think|thought|like|love"
    r"|hate|feel|am|was|were|did|will|would|can|could|must|should|went|ran|had|got|saw|used|know"
    r"|forget|wonder|hear|see|wish|hope|guess|mean|get (?!up)|say|said|\w+ed|don't|do not|never"
    r"|have to|am|find|regret|miss|lose|fail|run (?:out|into|late|a|the|tests?)|wake up (?!at)) )"
)
_LASTING_WISH = (
    r"(?:learn (?!what|why|where|if|more about|that|who)[\w ]+|become (?:an? |fluent |more )[\w ]+"
    r"|lose (?:\w+ )?(?:weight|kilos?|kg|pounds?|stone)(?: by [\w ]+)?|save (?:up )?(?:for "
    r"|money)[\w ]*|run (?:an?|another|the|my first) (?:[\w-]+ ){0,2}(?:marathon|race|10k|5k"
    r"|ultra\w*)[\w ]*|get (?:fit|in shape|healthier|better at [\w ]+)(?: again)?"
    r"|improve my [\w ]+|(?:read|sleep|exercise|travel|cook) more[\w ]*|(?:eat|drink) (?:less|more"
    r"|healthier)[\w ]*|(?:stop|quit|give up) (?:smoking|drinking|sugar|alcohol|coffee)"
    r"|climb [\w ]+|finish my [\w ]+|write a (?:book|novel)[\w ]*|speak (?:fluent "
    r"|better )?[A-Z]\w+|master [\w ]+|start (?:a|my own) (?:business|company)|pay off [\w ]+"
    r"|swim [\w ]+|buy a house[\w ]*|retire[\w ]*|learn)"
)


def _moved_behind(match: re.Match[str]) -> str:
    """Every evening I walk the dog."""
    return f"{match['v']} {match['m'].lower()}"


def _repeated(match: re.Match[str]) -> str:
    """My team meeting is every Thursday at 10."""
    return f"{match['v']} {match['m']}"


def _learning(match: re.Match[str]) -> str:
    return f"learn {match['v']}"


_HOME = (
    rule("lives_in", rf"{_NOT}live in (?P<v>.+?){NO_MORE}", values.place, sign="ended"),
    rule("lives_in", rf"{_I}no longer live in (?P<v>.+?)", values.place, sign="ended"),
    rule("lives_in", rf"{_AM}no longer (?:living|based) in (?P<v>.+?)", values.place, sign="ended"),
    rule("lives_in", rf"{_I}used to live in (?P<v>.+?){NEARBY}", values.place, sign="past"),
    rule("lives_in", rf"{_I}lived in (?P<v>.+?)", values.place, sign="past", needs="ends"),
    rule("lives_in", rf"{_I}live in (?P<v>.+?){NEARBY}", values.place),
    rule("lives_in", rf"{_AM}(?:living|based) in (?P<v>.+?){NEARBY}", values.place),
    rule(
        "lives_in",
        rf"(?:i've|i have|we've|we have) {ADVERBS}been (?:living|based) in (?P<v>.+?){NEARBY}",
        values.place,
    ),
    rule(
        "lives_in",
        rf"(?:i've|i have|we've|we have) {ADVERBS}lived in (?P<v>.+?){NEARBY}",
        values.place,
        needs="begins",
    ),
    rule(
        "lives_in",
        rf"(?:i|we|i've|we've|i have|we have) {ADVERBS}(?:moved|relocated)(?: house| back| over"
        rf"| from [\w ]+?)? to (?P<v>.+?){NEARBY}",
        values.place,
        sign="begins",
    ),
    rule(
        "lives_in",
        r"(?:i'll|i will|we'll|we will|i'm|we're) (?:be )?(?:live|living|move|moving) (?:in"
        r"|to) (?P<v>.+?)",
        values.place,
        needs="ahead",
        sign="begins",
    ),
    rule("lives_in", r"my (?:flat|apartment|house|home|place) is in (?P<v>.+?)", values.place),
)
_WORK = (
    rule(
        "works_as",
        rf"{_I}work(?: (?!as)\w+){{0,3}} as {ARTICLE}(?P<v>.+?)(?: (?:at|for|in) .+)?",
        values.any_job,
    ),
    rule("works_as", rf"{_AM}working as {ARTICLE}(?P<v>.+?)(?: (?:at|for|in) .+)?", values.any_job),
    rule("works_as", rf"{_I}no longer work as {ARTICLE}(?P<v>.+?)", values.any_job, sign="ended"),
    rule("works_as", rf"{_NOT}work as {ARTICLE}(?P<v>.+?){NO_MORE}", values.any_job, sign="ended"),
    rule(
        "works_at", rf"{_NOT}work (?:at|for) (?P<v>.+?){NO_MORE}", values.organisation, sign="ended"
    ),
    rule(
        "works_at", rf"{_I}no longer work (?:at|for) (?P<v>.+?)", values.organisation, sign="ended"
    ),
    rule(
        "works_at",
        rf"{_I}(?:quit|left|resigned from|lost|gave up) my job at (?P<v>.+?)",
        values.organisation,
        sign="ended",
    ),
    rule("works_at", rf"{_I}used to work (?:at|for) (?P<v>.+?)", values.organisation, sign="past"),
    rule(
        "works_at",
        rf"{_I}worked (?:at|for) (?P<v>.+?)",
        values.organisation,
        sign="past",
        needs="ends",
    ),
    rule("works_at", rf"{_I}work (?:at|for) (?P<v>.+?)(?: in [A-Z]\w+)?", values.organisation),
    rule("works_at", rf"{_AM}working (?:at|for) (?P<v>.+?)", values.organisation),
    rule(
        "works_at",
        r"(?:i've|i have) worked (?:at|for) (?P<v>.+?)",
        values.organisation,
        needs="begins",
    ),
    rule(
        "works_at",
        rf"{_I}(?:started (?:working |a new job |a job |work )?|began working "
        rf"|got a (?:new )?job )(?:at|for|with) (?P<v>.+?)",
        values.organisation,
        sign="begins",
    ),
    rule(
        "studies",
        rf"{_AM}studying (?P<v>(?!hard|for\b|at\b|abroad|in\b|every|all|a lot|too|with|this|it\b"
        rf"|when)[\w ]+?)(?: at .+)?",
        values.brief,
    ),
    rule(
        "studies",
        rf"{_I}study (?P<v>(?!hard|for\b|at\b|abroad|in\b|every|all|a lot|too|with|this|it\b"
        rf"|when)[\w ]+?)(?: at .+)?",
        values.brief,
    ),
)
# Its other half is `_AT`, tried on the same clause.
JOB_AND_PLACE = rule("works_as", rf"{_AM}an? (?P<v>[\w -]+?) (?:at|for) .+", values.job)
AT = rule("works_at", rf"{_AM}an? [\w -]+? (?:at|for) (?P<v>.+?)", values.organisation)
_SELF = (
    rule("name", r"my (?:first |full )?name(?:'s| is) (?P<v>.+?)", values.name),
    rule("name", rf"{_AM}called (?P<v>.+?)", values.name),
    rule("name", r"(?:please )?call me (?P<v>\w+)", values.relative),
    rule(
        "birthday",
        r"my birthday(?:'s| is)(?: on)?(?: the)? (?P<v>(?=.*(?:\d|first|second"
        r"|third)).+?)(?:,? not (?:on )?.+)?",
        values.brief,
        is_timed=False,
    ),
    rule(
        "birthday",
        r"i was born on(?: the)? (?P<v>(?=.*\d)[\w ,]+?)(?: in .+)?",
        values.brief,
        is_timed=False,
    ),
    rule("born_in", r"i was born(?: on [\w ]+?)? in (?P<v>[A-Z].+?)", values.place),
    rule(
        "age",
        rf"{_AM}(?P<v>\d+)(?: years old)?",
        values.years,
    ),
    rule("age", r"i(?:'ve)? (?:just )?turned (?P<v>\d+)", values.years, sign="begins"),
    rule(
        "comes_from",
        rf"(?:i {ADVERBS}(?:originally )?come|{_AM}originally|i'm"
        rf"|i am) from (?P<v>.+?)(?: originally)?",
        values.place,
    ),
    rule("speaks", rf"{_I}speak (?P<v>.+?)", values.languages),
    rule(
        "speaks",
        r"my (?:native language|mother tongue|first language) is (?P<v>.+?)",
        values.languages,
    ),
    rule(
        "marital_status",
        rf"{_AM}(?:happily )?(?P<v>married|single|divorced|engaged|widowed)",
        values.short,
    ),
    rule(
        "marital_status",
        r"(?:i|we) (?:just )?got (?P<v>married|divorced|engaged)",
        values.short,
        sign="begins",
    ),
)
_HEALTH = (
    rule(
        "allergic_to",
        rf"{_AM}no longer allergic to (?P<v>.+?)",
        values.listed,
        sign="ended",
    ),
    rule(
        "allergic_to",
        rf"{_AM}not allergic to (?P<v>.+?){NO_MORE}",
        values.listed,
        sign="ended",
    ),
    rule(
        "allergic_to",
        rf"{_AM}(?:severely |very |badly |highly )?allergic to (?P<v>.+?)",
        values.listed,
    ),
    rule("allergic_to", rf"{_I}have an? (?:\w+ )?allergy to (?P<v>.+?)", values.listed),
    rule("allergic_to", rf"{_I}have an? (?:severe |bad )?(?P<v>\w+) allergy", values.listed),
    rule(
        "condition",
        rf"(?:{_I}(?:have|suffer from|live with)|i've got|i've had) (?P<v>{words.CONDITION})",
        values.short,
    ),
    rule(
        "condition",
        rf"i(?: was|'ve been| have been) diagnosed with (?P<v>{words.CONDITION})",
        values.short,
    ),
    rule(
        "diet",
        rf"{_AM}no longer (?:an? )?(?P<v>{words.DIET})",
        sign="ended",
    ),
    rule(
        "diet",
        rf"{_AM}not (?:an? )?(?P<v>{words.DIET}){NO_MORE}",
        sign="ended",
    ),
    rule(
        "diet",
        rf"(?:{_AM}|(?:i've|i have) {ADVERBS}been |i became |i(?:'ve)? turned "
        rf"|i went )(?:an? )?(?P<v>{words.DIET})",
        values.short,
    ),
    rule("avoids", rf"{_NOT}(?:eat|drink) (?P<v>.+?){NO_MORE}", values.liking, sign="begins"),
    rule(
        "avoids",
        rf"(?:{_NOT}|{_I}(?:never|can't|cannot|no longer) )(?:eat|drink) (?P<v>.+?)",
        values.liking,
    ),
    rule(
        "avoids",
        rf"{_I}(?:gave up|have given up|quit) (?P<v>(?!on\b|hope|my|trying|the|work).+?)",
        values.liking,
        sign="begins",
    ),
    rule("avoids", rf"{_I}stopped (?:eating|drinking) (?P<v>.+?)", values.liking, sign="begins"),
)
_LIKE = r"(?:like|love|adore|enjoy)"
_HATE = r"(?:hate|detest|loathe|dislike|can't stand|cannot stand|can't bear|despise)"
_TASTE = (
    rule("likes", rf"{_NOT}(?:like|love|enjoy) (?P<v>.+?){NO_MORE}", values.liking, sign="ended"),
    rule("likes", rf"{_I}no longer (?:like|love|enjoy) (?P<v>.+?)", values.liking, sign="ended"),
    rule("likes", rf"{_I}used to {_LIKE} (?P<v>.+?)", values.liking, sign="past"),
    rule("dislikes", rf"{_NOT}(?:like|love|enjoy) (?P<v>.+?)(?: at all| much)?", values.liking),
    rule(
        "dislikes",
        rf"{_AM}not (?:a (?:big )?fan of|fond of|into|keen on) (?P<v>.+?)",
        values.liking,
    ),
    rule("dislikes", rf"{_I}used to hate (?P<v>.+?)", values.liking, sign="past"),
    rule("dislikes", rf"{_I}{_HATE} (?P<v>.+?)", values.liking),
    rule("likes", rf"{_I}{_LIKE} (?P<v>.+?)(?: a lot| very much| so much)?", values.liking),
    rule(
        "likes",
        rf"{_AM}(?:a (?:big |huge |great )?fan of|fond of|into|keen on|crazy about"
        rf"|passionate about) (?P<v>.+?)",
        values.liking,
    ),
    rule(
        "favourite_{t}",
        r"my (?:all-time )?favou?rite (?P<t>[\w ]{3,24}?) (?:is|are) (?P<v>.+?)",
        values.brief,
    ),
    rule("prefers", rf"{_I}prefer (?P<v>(?!that|if|you|it\b|this|not).+?)", values.preference),
)
_ROUTINE = (
    rule(
        "schedule",
        rf"(?:{_I}have|i've got) (?P<v>(?!to\b|a lot)[\w ]+? (?:{_EVERY}){_CLOCK})",
        values.short,
        is_timed=False,
    ),
    rule(
        "schedule",
        rf"my (?P<v>[\w ]+?) (?:is|are|takes place) (?P<m>(?:{_EVERY}){_CLOCK})",
        values.short,
        is_timed=False,
        shaped=_repeated,
    ),
    rule(
        "habit",
        rf"(?P<m>{_EVERY}),? i {_NO_HABIT}(?P<v>[\w' ]+)",
        values.short,
        is_timed=False,
        shaped=_moved_behind,
    ),
    rule(
        "habit",
        rf"i (?:(?:usually|always|normally|generally|also"
        rf"|still) )*{_NO_HABIT}(?P<v>[\w' ]+? (?:{_EVERY})[\w: ]*?)(?: with .+)?",
        values.short,
        is_timed=False,
    ),
    rule(
        "habit",
        rf"i (?:usually|always|normally|generally) {_NO_HABIT}(?P<v>[\w' ]+? (?:at|around|before"
        rf"|after|for|in the) [\w: ]+)",
        values.short,
        is_timed=False,
    ),
    rule(
        "habit",
        r"i (?:usually|always|normally|generally) (?P<v>have [\w ]+ for (?:breakfast|lunch"
        r"|dinner))",
        values.short,
        is_timed=False,
    ),
    rule("goal", rf"i (?:really )?want to (?P<v>{_LASTING_WISH})", values.short, is_timed=False),
    rule(
        "goal",
        rf"(?:i'd|i would) (?:really )?like to (?P<v>{_LASTING_WISH})",
        values.short,
        is_timed=False,
    ),
    rule(
        "goal", rf"i'm (?:really )?trying to (?P<v>{_LASTING_WISH})", values.short, is_timed=False
    ),
    rule(
        "goal",
        r"i(?:'m| am) (?:currently )?learning (?P<v>(?!about|that|how much|from)[\w ]+)",
        values.short,
        shaped=_learning,
    ),
    rule(
        "goal",
        r"my (?:main |big |biggest )?(?:goal|aim|ambition|resolution)(?: (?:this|for this|for the"
        r"|for) [\w ]+?)? is to (?P<v>[\w ]+)",
        values.short,
        is_timed=False,
    ),
)
_NUMBER = r"(?:an?|one|two|three|four|five|six|\d)"
_HAVE = r"(?:i|we) (?:have|own|keep|got)|i've got|we've got|we've|i've"
_CALLED = r"(?:called|named|whose name is|, called|, named)"
_THINGS = (
    rule("{r}", rf"(?:{_HAVE}) an? (?:\w+ )?(?P<r>dog|cat),? {_CALLED} (?P<v>.+?)", values.name),
    rule("pet", rf"(?:{_HAVE}) an? (?:\w+ )?(?:{words.PET}),? {_CALLED} (?P<v>.+?)", values.name),
    rule(
        "{r}",
        rf"(?:{_HAVE}) (?:{_NUMBER} )(?:\w+ )?(?P<r>{words.RELATION})(?:s)?,? (?:{_CALLED} "
        rf")?(?P<v>[A-Z].+?)",
        values.names,
    ),
    rule("owns", rf"(?:{_HAVE}) (?P<v>{_NUMBER} (?:\w+ )?(?:{words.PET})s?)", values.short),
    rule("owns", rf"(?:{_I}drive|my car is) (?P<v>an? [\w -]{{2,20}})", values.noun),
    rule("owns", rf"{_I}own (?P<v>(?:an?|two|three) [\w ]{{3,30}})", values.brief),
    rule("plays", rf"{_I}play (?:the )?(?P<v>{words.INSTRUMENT}|{words.SPORT})", values.short),
)
_JOB_ALONE = (
    rule("works_as", rf"{_AM}an? (?P<v>[\w -]+?)(?: (?:by profession|in [A-Z]\w+))?", values.job),
)

RULES: tuple[Rule, ...] = (
    *_HOME,
    *_WORK,
    *_SELF,
    *_HEALTH,
    *_TASTE,
    *_ROUTINE,
    *_THINGS,
    *FOLK,
    *_JOB_ALONE,
)
"""In order of trying."""
BOTH: tuple[tuple[Rule, Rule], ...] = (
    (JOB_AND_PLACE, AT),
    (_SELF[4], _SELF[5]),
)
"""Pairs of which both may fit one clause."""
