"""The clauses of English that say something of the person's family and friends, as rules. Data."""

from __future__ import annotations

from wooster.memory.facts import rules_values as values
from wooster.memory.facts import rules_words as words
from wooster.memory.facts.rules_shape import Rule, rule

ADVERBS = (
    r"(?:(?:really|just|still|also|actually|absolutely|do|simply|definitely|totally|only|mostly"
    r"|quite|generally|recently|finally|already|very much|especially|particularly|all) )*"
)
NEARBY = r"(?:,? (?:with|near|close to|because|alone|by myself|by|and|for|together)\b.*)?"
NO_MORE = r"(?: any ?more| any longer)"
ARTICLE = r"(?:a |an |the )?"
_KIND = r"(?:(?:older|younger|little|big|best|elder|eldest|youngest|oldest|twin|new|dear|good) )*"
_SAID = rf"(?:my|our) {_KIND}(?P<s>{words.RELATION})"
_THEY = rf"{_SAID}(?:,? (?P<n>[A-Z][\w'-]+),?)? {ADVERBS}"
_MY = rf"(?:my|our) {_KIND}(?P<r>{words.RELATION})"

FOLK: tuple[Rule, ...] = (
    rule("{r}", rf"{_MY} is (?:called|named) (?P<v>.+?)", values.name),
    rule("{r}", rf"{_MY}(?:'s)? (?:is )?name(?:'s| is) (?P<v>.+?)", values.name),
    rule("{r}", rf"{_MY}'s (?:called|named) (?P<v>.+?)", values.name),
    rule("{r}", rf"{_MY} is (?P<v>[A-Z][\w. -]+)", values.relative),
    rule("{r}", rf"(?P<v>[A-Z]\w+) is {_MY}", values.name),
    rule(
        "birthday",
        rf"{_SAID}'s birthday is(?: on)?(?: the)? (?P<v>(?=.*\d).+?)",
        values.brief,
        is_timed=False,
    ),
    rule("lives_in", rf"{_THEY}lives in (?P<v>.+?){NEARBY}", values.place),
    rule(
        "lives_in",
        rf"{_THEY}(?:has )?(?:moved|relocated)(?: back)? to (?P<v>.+?){NEARBY}",
        values.place,
        sign="begins",
    ),
    rule(
        "lives_in", rf"{_THEY}(?:doesn't live in (?P<v>.+?){NO_MORE})", values.place, sign="ended"
    ),
    rule("works_as", rf"{_THEY}works as {ARTICLE}(?P<v>.+?)(?: (?:at|for|in) .+)?", values.any_job),
    rule("works_as", rf"{_THEY}is an? (?P<v>[\w -]+?)(?: (?:at|in) .+)?", values.job),
    rule("works_at", rf"{_THEY}works (?:at|for) (?P<v>.+?)", values.organisation),
    rule("allergic_to", rf"{_THEY}is allergic to (?P<v>.+?)", values.listed),
    rule("diet", rf"{_THEY}is (?:an? )?(?P<v>{words.DIET})", values.short),
    rule("condition", rf"{_THEY}has (?P<v>{words.CONDITION})", values.short),
    rule("age", rf"{_THEY}is (?P<v>\d+)(?: years old)?", values.years),
    rule("speaks", rf"{_THEY}speaks (?P<v>.+?)", values.languages),
    rule(
        "dislikes", rf"{_THEY}(?:doesn't like|hates|dislikes|can't stand) (?P<v>.+?)", values.liking
    ),
    rule("likes", rf"{_THEY}(?:likes|loves|enjoys|adores) (?P<v>.+?)", values.liking),
    rule("plays", rf"{_THEY}plays (?:the )?(?P<v>{words.INSTRUMENT}|{words.SPORT})", values.short),
)
"""In order of trying."""
