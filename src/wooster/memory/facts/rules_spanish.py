"""The clauses of Spanish that state a fact, as rules. The first that fits is taken. Data."""

from __future__ import annotations

from wooster.memory.facts import rules_values as values
from wooster.memory.facts import rules_words as words
from wooster.memory.facts.rules_shape import Rule, rule

_YO = r"(?:yo )?(?:también )?"
_ADV = r"(?:(?:también|mucho|muchísimo|realmente|siempre|mucho más) )*"
_SAID = rf"mi (?:mejor )?(?P<s>{words.RELATION})(?: (?:mayor|menor|pequeñ[oa]))?"
_THEY = rf"{_SAID}(?: (?P<n>[A-ZÁÉÍÓÚÑ][\w-]+))? "
_MY = rf"mi (?:mejor )?(?P<r>{words.RELATION})(?: (?:mayor|menor|pequeñ[oa]))?"
_DAY = r"(?:lunes|martes|miércoles|jueves|viernes|sábados|domingos)"
_EVERY = (
    rf"todos los (?:días|{_DAY}|meses)|todas las (?:mañanas|tardes|noches|semanas)|los {_DAY}"
    rf"|cada (?:día|{_DAY}"
    r"|mañana|noche|semana)|(?:una|dos|tres) (?:vez|veces) (?:a la|por) semana"
)
_NEAR = r"(?:,? (?:con|cerca|porque|y|solo|sola)\b.*)?"
_NO_HABIT = (
    r"(?!(?:tengo|quiero|puedo|debo|pienso|creo|soy|estoy|era|fui|tenía|odio|no|me|te|lo|nunca)\b)"
)

RULES: tuple[Rule, ...] = (
    rule("lives_in", r"ya no (?:vivo|vivimos) en (?P<v>.+?)", values.place, sign="ended"),
    rule("lives_in", rf"{_YO}(?:vivo|vivimos|resido) {_ADV}en (?P<v>.+?){_NEAR}", values.place),
    rule(
        "lives_in",
        r"(?:me mudé|nos mudamos|me he mudado|nos hemos mudado|me trasladé) a (?P<v>.+?)",
        values.place,
        sign="begins",
    ),
    rule(
        "lives_in",
        r"(?:antes )?(?:vivía|viví) en (?P<v>.+?)",
        values.place,
        sign="past",
        needs="ends",
    ),
    rule("works_as", rf"{_YO}trabajo (?:como|de) (?P<v>.+?)(?: en .+)?", values.any_job),
    rule("works_at", r"ya no trabajo (?:en|para) (?P<v>.+?)", values.organisation, sign="ended"),
    rule("works_at", rf"{_YO}trabajo (?:en|para) (?P<v>.+?)", values.organisation),
    rule("works_as", rf"{_YO}soy (?P<v>[\w]+(?: de [\w]+)?)", values.job),
    rule(
        "studies",
        rf"{_YO}estudio (?P<v>(?!en\b|todos|los\b)[\w]+(?: [\w]+)?)(?: en .+)?",
        values.brief,
    ),
    rule("name", rf"{_YO}me llamo (?P<v>.+?)", values.name),
    rule("name", r"mi nombre es (?P<v>.+?)", values.name),
    rule("birthday", r"mi cumpleaños es (?:el )?(?P<v>\d.+?)", values.brief, is_timed=False),
    rule(
        "birthday", r"nací el (?P<v>\d[\w ]+?)(?: en [A-ZÁÉÍÓÚÑ].+)?", values.brief, is_timed=False
    ),
    rule("born_in", r"nací en (?P<v>[A-ZÁÉÍÓÚÑ].+?)", values.place),
    rule("age", rf"{_YO}tengo (?P<v>\d+) años", values.years),
    rule("comes_from", rf"{_YO}soy de (?P<v>.+?)", values.place),
    rule("speaks", rf"{_YO}hablo (?P<v>.+?)", values.languages),
    rule(
        "marital_status", rf"{_YO}estoy (?P<v>casad[oa]|solter[oa]|divorciad[oa]|comprometid[oa])"
    ),
    rule(
        "allergic_to", rf"{_YO}soy alérgic[oa] (?:al|a la|a los|a las|a) (?P<v>.+?)", values.listed
    ),
    rule("allergic_to", r"tengo alergia (?:al|a la|a los|a las|a) (?P<v>.+?)", values.listed),
    rule("condition", rf"{_YO}(?:tengo|padezco|sufro de) (?P<v>{words.CONDITION})"),
    rule("diet", rf"ya no soy (?P<v>{words.DIET})", sign="ended"),
    rule("diet", rf"{_YO}soy (?P<v>{words.DIET})"),
    rule("avoids", r"(?:ya )?no (?:como|bebo|tomo) (?P<v>.+?)", values.liking),
    rule(
        "likes",
        rf"ya no me (?:gusta|gustan|encanta|encantan) {_ADV}(?P<v>.+?)",
        values.liking,
        sign="ended",
    ),
    rule(
        "dislikes",
        rf"(?:a mí )?no me (?:gusta|gustan) {_ADV}(?:nada )?(?P<v>.+?)(?: nada)?",
        values.liking,
    ),
    rule("dislikes", rf"{_YO}(?:odio|detesto) {_ADV}(?P<v>.+?)", values.liking),
    rule(
        "likes",
        rf"(?:a mí )?me (?:gusta|gustan|encanta|encantan|fascina|fascinan) {_ADV}(?P<v>.+?)",
        values.liking,
    ),
    rule("prefers", rf"{_YO}prefiero (?P<v>(?!que|no).+?)"),
    rule("favourite_{t}", r"mi (?P<t>\w+) favorit[oa] es (?P<v>.+?)", values.brief),
    rule("schedule", rf"tengo (?P<v>(?!que)[\w ]+? (?:{_EVERY})[\w: ]*)", is_timed=False),
    rule("schedule", rf"(?:{_EVERY}) tengo (?P<v>(?!que)[\w ]+)", is_timed=False),
    rule(
        "habit",
        rf"{_YO}{_NO_HABIT}(?P<v>(?:\w+o|voy) (?:[\w ]+ )?(?:{_EVERY})[\w: ]*)",
        is_timed=False,
    ),
    rule(
        "goal",
        r"quiero (?P<v>aprender [\w ]+|adelgazar[\w ]*|dejar de fumar|correr un[\w ]+"
        r"|ahorrar[\w ]*)",
        is_timed=False,
    ),
    rule("goal", r"me gustaría (?P<v>aprender [\w ]+)", is_timed=False),
    rule("goal", r"mi (?:objetivo|meta) es (?P<v>[\w ]+)", is_timed=False),
    rule(
        "{r}",
        rf"{_YO}tengo un[oa]? (?P<r>perr[oa]|gat[oa]),? (?:que se llama|llamad[oa]) (?P<v>.+?)",
        values.name,
    ),
    rule("owns", rf"{_YO}tengo (?P<v>(?:un|una|dos|tres) (?:{words.PET})s?)"),
    rule(
        "child",
        r"tengo (?:un|una|dos|tres|cuatro) (?:hij[oa]s?),? (?:llamad[oa]s? )?(?P<v>[A-ZÁÉÍÓÚÑ].+?)",
        values.names,
    ),
    rule("plays", rf"{_YO}toco (?:el |la |los )?(?P<v>{words.INSTRUMENT})"),
    rule("plays", rf"{_YO}juego al (?P<v>{words.SPORT})"),
    rule("{r}", rf"{_MY} se llama (?P<v>.+?)", values.name),
    rule(
        "birthday",
        r"el cumpleaños de mi (?P<s>" + words.RELATION + r") es el (?P<v>\d.+?)",
        values.brief,
        is_timed=False,
    ),
    rule("lives_in", rf"{_THEY}vive en (?P<v>.+?){_NEAR}", values.place),
    rule("lives_in", rf"{_THEY}se (?:mudó|ha mudado) a (?P<v>.+?)", values.place, sign="begins"),
    rule("works_as", rf"{_THEY}trabaja (?:como|de) (?P<v>.+?)(?: en .+)?", values.any_job),
    rule("works_as", rf"{_THEY}es (?P<v>[\w]+(?: de [\w]+)?)", values.job),
    rule("works_at", rf"{_THEY}trabaja (?:en|para) (?P<v>.+?)", values.organisation),
    rule(
        "allergic_to", rf"{_THEY}es alérgic[oa] (?:al|a la|a los|a las|a) (?P<v>.+?)", values.listed
    ),
    rule("diet", rf"{_THEY}es (?P<v>{words.DIET})"),
    rule("age", rf"{_THEY}tiene (?P<v>\d+) años", values.years),
    rule(
        "dislikes",
        rf"a mi (?P<s>{words.RELATION}) no le (?:gusta|gustan) (?P<v>.+?)",
        values.liking,
    ),
    rule(
        "likes",
        rf"a mi (?P<s>{words.RELATION}) le (?:gusta|gustan|encanta|encantan) {_ADV}(?P<v>.+?)",
        values.liking,
    ),
)
"""In order of trying."""
BOTH: tuple[tuple[Rule, Rule], ...] = ()
"""Pairs of which both may fit one clause."""
