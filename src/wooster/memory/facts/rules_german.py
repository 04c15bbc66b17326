"""The clauses of German that state a fact, as rules. The first that fits is taken. Data."""

from __future__ import annotations

from wooster.memory.facts import rules_values as values
from wooster.memory.facts import rules_words as words
from wooster.memory.facts.rules_shape import Rule, rule

_ADV = (
    r"(?:(?:auch|sehr|echt|wirklich|schon|immer noch|eigentlich|gerade|total|besonders|übrigens"
    r"|selbst) )*"
)
_KIND = r"(?:(?:ältere|jüngere|kleine|große|beste)[rs]? )?"
_SAID = rf"meine? {_KIND}(?P<s>{words.RELATION})"
_THEY = rf"{_SAID}(?: (?P<n>[A-ZÄÖÜ][\w-]+))? "
_MY = rf"meine? {_KIND}(?P<r>{words.RELATION})"
_DAY = r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)"
_EVERY = (
    rf"jede[nsr]? (?:tag|morgen|abend|woche|monat|{_DAY})(?:abend|morgen)?|{_DAY}s|täglich"
    rf"|wöchentlich"
    r"|(?:ein|zwei|drei|vier)mal (?:pro|in der|die) woche"
)
_NEAR = r"(?:,? (?:mit|bei|nahe|weil|und|allein|alleine)\b.*)?"
_NO_HABIT = (
    r"(?!(?:habe|hatte|will|möchte|muss|kann|mag|liebe|hasse|bin|war|wollte|musste|ging|denke|weiß"
    r"|fühle|brauche|soll|sollte|nicht|nie)\b)"
)

RULES: tuple[Rule, ...] = (
    rule(
        "lives_in",
        rf"ich (?:wohne|lebe) {_ADV}nicht mehr in (?P<v>.+?)",
        values.place,
        sign="ended",
    ),
    rule(
        "lives_in",
        rf"(?:ich|wir) (?:wohne|lebe|wohnen|leben) {_ADV}in (?P<v>.+?){_NEAR}",
        values.place,
    ),
    rule(
        "lives_in",
        rf"(?:wohne|lebe|wohnen|leben) (?:ich|wir) {_ADV}in (?P<v>.+?){_NEAR}",
        values.place,
    ),
    rule("lives_in", rf"dass ich {_ADV}in (?P<v>.+?) (?:wohne|lebe)", values.place),
    rule("lives_in", rf"ich {_ADV}in (?P<v>.+?) (?:wohne|lebe)", values.place),
    rule(
        "lives_in",
        rf"(?:ich bin|wir sind) {_ADV}nach (?P<v>.+?) (?:gezogen|umgezogen)",
        values.place,
        sign="begins",
    ),
    rule(
        "lives_in",
        r"(?:ich habe|wir haben|früher habe ich) (?:früher )?in (?P<v>.+?) (?:gewohnt|gelebt)",
        values.place,
        sign="past",
        needs="ends",
    ),
    rule(
        "lives_in",
        rf"(?:ich ziehe|wir ziehen) {_ADV}nach (?P<v>.+?)(?: um)?",
        values.place,
        needs="ahead",
        sign="begins",
    ),
    rule("works_as", rf"ich arbeite {_ADV}als (?P<v>.+?)(?: (?:bei|in) .+)?", values.any_job),
    rule(
        "works_at",
        rf"ich arbeite {_ADV}nicht mehr (?:bei|für) (?P<v>.+?)",
        values.organisation,
        sign="ended",
    ),
    rule("works_at", rf"ich arbeite {_ADV}(?:bei|für) (?P<v>.+?)", values.organisation),
    rule("works_as", rf"ich bin {_ADV}(?P<v>[\w-]+)(?: von beruf| in [A-ZÄÖÜ]\w+)?", values.job),
    rule("studies", rf"ich studiere {_ADV}(?P<v>[A-ZÄÖÜ]\w+)(?: in .+| an .+)?", values.noun),
    rule("name", r"ich (?:heiße|heisse) (?P<v>.+?)", values.name),
    rule("name", r"mein name ist (?P<v>.+?)", values.name),
    rule("birthday", r"mein geburtstag ist (?:am )?(?P<v>\d.+?)", values.brief, is_timed=False),
    rule("birthday", r"ich (?:habe|hab) am (?P<v>\d.+?) geburtstag", values.brief, is_timed=False),
    rule(
        "birthday",
        r"ich (?:bin|wurde) am (?P<v>\d[\w. ]+?)(?: in [\w ]+?)? geboren",
        values.brief,
        is_timed=False,
    ),
    rule(
        "born_in", r"ich (?:bin|wurde)(?: am [\w. ]+?)? in (?P<v>[A-ZÄÖÜ]\w+) geboren", values.place
    ),
    rule("age", rf"(?:ich )?bin {_ADV}(?P<v>\d+)(?: jahre alt)?", values.years),
    rule(
        "comes_from",
        rf"(?:ich )?(?:komme|bin|stamme) {_ADV}(?:ursprünglich )?aus (?P<v>.+?)",
        values.place,
    ),
    rule("speaks", rf"ich spreche {_ADV}(?P<v>.+?)", values.languages),
    rule("marital_status", rf"ich bin {_ADV}(?P<v>verheiratet|ledig|geschieden|verlobt|verwitwet)"),
    rule("allergic_to", rf"ich bin {_ADV}allergisch (?:gegen|auf) (?P<v>.+?)", values.listed),
    rule("allergic_to", r"ich (?:habe|hab) eine (?P<v>\w{3,})allergie", values.listed),
    rule(
        "condition",
        rf"ich (?:habe|hab|leide an|leide unter) {_ADV}(?:eine? )?(?P<v>{words.CONDITION})",
    ),
    rule("diet", rf"ich bin {_ADV}kein(?:e)? (?P<v>{words.DIET}) mehr", sign="ended"),
    rule("diet", rf"ich bin {_ADV}(?P<v>{words.DIET})"),
    rule("diet", rf"(?:ich lebe|ich ernähre mich) {_ADV}(?P<v>vegan|vegetarisch)"),
    rule(
        "avoids",
        rf"ich (?:esse|trinke) {_ADV}(?:kein(?:e|en)?) (?P<v>.+?) mehr",
        values.liking,
        sign="begins",
    ),
    rule("avoids", rf"ich (?:esse|trinke) {_ADV}(?:kein(?:e|en)?|nie) (?P<v>.+?)", values.liking),
    rule("likes", rf"ich mag {_ADV}(?:kein(?:e|en)?) (?P<v>.+?) mehr", values.liking, sign="ended"),
    rule("likes", rf"ich mag {_ADV}(?P<v>.+?) nicht mehr", values.liking, sign="ended"),
    rule("dislikes", rf"ich mag {_ADV}(?:überhaupt |gar )?kein(?:e|en)? (?P<v>.+?)", values.liking),
    rule("dislikes", rf"ich mag {_ADV}(?P<v>.+?) (?:überhaupt |gar )?nicht", values.liking),
    rule("dislikes", rf"ich (?:hasse|verabscheue) {_ADV}(?P<v>.+?)", values.liking),
    rule(
        "likes",
        rf"ich (?:mag|liebe) {_ADV}(?!nicht|dich|es)(?P<v>.+?)(?: sehr| gern| gerne)?",
        values.liking,
    ),
    rule(
        "likes", rf"ich (?:trinke|esse|höre|lese) {_ADV}(?:sehr )?gerne? (?P<v>.+?)", values.liking
    ),
    rule("favourite_{t}", r"mein(?:e)? lieblings(?P<t>\w+) ist (?P<v>.+?)", values.brief),
    rule(
        "schedule", rf"ich habe (?P<v>(?:{_EVERY})(?: um [\w:.]+(?: uhr)?)? [\w ]+)", is_timed=False
    ),
    rule("habit", rf"ich {_NO_HABIT}(?P<v>\w+ (?:\w+ )?(?:{_EVERY})[\w:. ]*)", is_timed=False),
    rule(
        "goal",
        r"ich (?:möchte|will|würde gern|würde gerne)(?: gern| gerne"
        r"| unbedingt)? (?P<v>[\w ]+ lernen|[\w ]*abnehmen|mit dem rauchen aufhören)",
        is_timed=False,
    ),
    rule("goal", r"ich lerne (?P<v>[A-ZÄÖÜ]\w+)", values.languages),
    rule("goal", r"mein(?: großes)? ziel ist(?: es)?,? (?P<v>[\w ]+ zu \w+)", is_timed=False),
    rule(
        "{r}",
        r"ich (?:habe|hab) eine?n? (?P<r>hund|hündin|katze|kater),? (?:namens|der"
        r"|die) (?P<v>[A-ZÄÖÜ]\w+)(?: heißt)?",
        values.name,
    ),
    rule("owns", rf"ich (?:habe|hab) (?P<v>(?:eine?n?|zwei|drei|vier) (?:{words.PET})[enr]*)"),
    rule("owns", r"ich fahre (?P<v>einen? [A-ZÄÖÜ]\w+)", values.noun),
    rule("plays", rf"ich spiele {_ADV}(?P<v>{words.INSTRUMENT}|{words.SPORT})"),
    rule("{r}", rf"{_MY} (?:heißt|heisst) (?P<v>.+?)", values.name),
    rule("birthday", rf"{_SAID} hat am (?P<v>\d.+?) geburtstag", values.brief, is_timed=False),
    rule("lives_in", rf"{_THEY}(?:wohnt|lebt) {_ADV}in (?P<v>.+?){_NEAR}", values.place),
    rule(
        "lives_in",
        rf"{_THEY}ist {_ADV}nach (?P<v>.+?) (?:gezogen|umgezogen)",
        values.place,
        sign="begins",
    ),
    rule("works_as", rf"{_THEY}arbeitet {_ADV}als (?P<v>.+?)(?: (?:bei|in) .+)?", values.any_job),
    rule("works_as", rf"{_THEY}ist (?P<v>[\w-]+)(?: von beruf| in [A-ZÄÖÜ]\w+)?", values.job),
    rule("works_at", rf"{_THEY}arbeitet {_ADV}(?:bei|für) (?P<v>.+?)", values.organisation),
    rule("allergic_to", rf"{_THEY}ist {_ADV}allergisch (?:gegen|auf) (?P<v>.+?)", values.listed),
    rule("diet", rf"{_THEY}ist {_ADV}(?P<v>{words.DIET})"),
    rule("age", rf"{_THEY}ist {_ADV}(?P<v>\d+)(?: jahre alt)?", values.years),
    rule("dislikes", rf"{_THEY}(?:mag kein(?:e|en)?|hasst) (?P<v>.+?)", values.liking),
    rule("dislikes", rf"{_THEY}mag (?P<v>.+?) nicht", values.liking),
    rule("likes", rf"{_THEY}(?:mag|liebt) {_ADV}(?P<v>.+?)", values.liking),
    rule("plays", rf"{_THEY}spielt {_ADV}(?P<v>{words.INSTRUMENT}|{words.SPORT})"),
)
"""In order of trying."""
BOTH: tuple[tuple[Rule, Rule], ...] = ()
"""Pairs of which both may fit one clause."""
