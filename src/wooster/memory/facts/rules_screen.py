"""Which sentences of a message are the person's own statements about how things are.

Questions, suppositions, plans, jokes, role play, quoted and reported words, and requests for a text
are not: better to miss a fact than to learn one that isn't so. English, German and Spanish. Pure;
it refuses to know what a fact is.
"""

from __future__ import annotations

import re

# A longer message is something pasted.
LONGEST = 800
_MOST_LINES = 5
_FLAGS = re.IGNORECASE


def _words(*parts: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(parts)})\b", _FLAGS)


_QUOTED = re.compile("[\"“”„«»‹›`]|(?:^|\\s)'[^']{4,}'(?:\\s|[.,!?]|$)|^\\s*>", re.MULTILINE)
_JOKE = re.compile(
    r"\b(?:lol|lmao|rofl|haha\w*|hehe\w*|hihi\w*|jaja\w*|jeje\w*|j/?k|kidding|joking|joke|scherz"
    r"|spaß|broma)\b|[;:][-']?[)pPD]|[😂🤣😜😉😝🙃🤪😆😹]",
    _FLAGS,
)
# What makes the whole message a text to work on, a game, or somebody else's words.
_NOT_ONES_OWN = _words(
    r"pretend(?:ing)?|imagine|imagining|suppos(?:e|ing)|assum(?:e|ing)|role-?play\w*"
    r"|hypothetically",
    r"let'?s (?:say|play|pretend|imagine)|act (?:as|like)|acting as|you(?:'re| are| play) (?:an?"
    r"|the) \w+",
    r"as an? (?:pirate|king|queen|knight|wizard|robot|cat|dog|dragon|vampire|ghost|cowboy|alien)",
    r"in (?:my|a|the) (?:story|novel|dream|game|play|role)|character",
    r"(?:re)?writ(?:e|ing) (?:me |us )?(?:an?|the|my|this|some|about|down)|draft|compos(?:e|ing)"
    r"|rephrase",
    r"paraphrase|translat\w+|proof-?read\w*|spell-?check|grammar|correct (?:this|the|my)"
    r"|summari[sz]e",
    r"fix (?:this|the|my)|make up|lyrics?|poem|song|limerick|profile|give me an? (?:sentence"
    r"|example|text)",
    r"(?:an?|the|this|following) (?:sentence|phrase|paragraph|text|letter|e-?mail|mail|message"
    r"|essay|bio)",
    r"stell dir vor|angenommen|tu so|tun wir so|spielen wir|nehmen wir an|rollenspiel"
    r"|du bist (?:ein|eine)",
    r"übersetz\w*|korrigier\w*|formulier\w*|umformulier\w*|schreib\w* (?:mir |uns )?(?:ein|eine"
    r"|einen)",
    r"diesen satz|dieser satz|gedicht|liedtext|liebesbrief|entwirf|verbessere",
    r"imagin[ae]|supongamos|supón|finge|finjamos|juguemos|haz como|actúa como|eres un[ao]?",
    r"traduc\w+|corrige|reescrib\w+|redacta|escribe(?:me)? un[ao]?|esta frase|poema|canción"
    r"|una carta",
)
_SALUTATION = re.compile(
    r"^\s*(?:dear|hi|hello|hey|sehr geehrte\w*|liebe[r]?|hallo|estimad[oa]|querid[oa]"
    r"|hola)\b[^\n,.!?]{0,40},\s*\n|^\s*(?:dear|sehr geehrte\w*|liebe[r]?|estimad[oa]"
    r"|querid[oa]) [A-ZÄÖÜ][^\n.!?]{0,40},|\b(?:best wishes|kind regards|best regards"
    r"|yours sincerely|sincerely yours|mit freundlichen grüßen|viele grüße|liebe grüße|atentamente"
    r"|un saludo|saludos cordiales)\b",
    _FLAGS,
)
# What makes a sentence no statement of how things are.
_UNSURE = _words(
    r"if|unless|whether|would|could|might|may be|maybe|perhaps|possibly|probably|wish|hope to"
    r"|hopefully",
    r"as though|as if|what if|thinking (?:about|of)|think (?:about|of|i|we)|considering|consider"
    r"|planning",
    r"plan to|plans to|not sure|i guess|i suppose|apparently|supposedly|seems?|feels? like"
    r"|dream of",
    r"dreaming|talk(?:ed|ing) about|nothing decided|almost|nearly|practically|basically|(?:as"
    r"|so) they say",
    r"when i was|for (?:example|instance)|e\.g\.|not everyone|except|even though i'm not|sort of",
    r"wenn|falls|ob|würde\w*|könnte\w*|wäre\w*|hätte\w*|vielleicht|möglicherweise|eventuell|wohl",
    r"wahrscheinlich|überleg\w+|angeblich|anscheinend|praktisch|quasi|wünschte|geplant|planen",
    r"hoffentlich|vermutlich|beinahe|zum beispiel",
    r"si|quizás?|tal vez|acaso|a lo mejor|puede que|ojalá|podría\w*|viviría|sería|gustaría que"
    r"|tendría",
    r"pensando en|planea\w*|probablemente|casi|prácticamente|por ejemplo|supuestamente",
)
_REPORTED = _words(
    r"(?:he|she|they|somebody|someone|everyone|people|who|[A-Z]\w+|doctor|mother|father|mum|mom"
    r"|dad|sister|brother|friend|boss|wife|husband|test|it) (?:also |always |never |once |just "
    r"|still )?"
    r"(?:says?|said|tells?|told|thinks?|thought|believes?|claims?|claimed|wrote|writes|insists?"
    r"|swears)",
    r"according to|quote|(?:goes|went):|the song",
    r"(?:er|sie|man|arzt|ärztin|mutter|vater|chef|chefin|freund\w*|[A-Z]\w+) (?:sagt|sagte|meint"
    r"|meinte|glaubt|glaubte|schrieb|schreibt|behauptet|denkt|dachte|erzählt\w*)|laut",
    r"(?:él|ella|jefe|jefa|madre|padre|médico|médica|[A-Z]\w+) (?:dice|dijo|cree|piensa|escribió)"
    r"|dice(?:n)? que|dijo que|cree(?:n)? que|me (?:escribió|dijo)|según",
)
_ASKS = ("?", "？")
_TAG = _words(r"right$|isn't it|don't i|oder$|verdad$|no$")
# A point ends no sentence inside a number or a name, nor behind an initial, a title or a German
# ordinal.
_SENTENCE = re.compile(
    r"(?:[^.!?…\n]|\.(?=\w)|(?<=\b[A-Z])\.|(?<=\bMr)\.|(?<=\bDr)\.|(?<=\bMrs)\.|(?<=\d)\.(?= \w))+"
    r"[.!?…]*"
)


def own_sentences(text: str) -> list[str]:
    """The sentences in which the person may state something."""
    whole = text.strip().replace("’", "'").replace("‘", "'")
    if len(whole) > LONGEST or whole.count("\n") >= _MOST_LINES:
        return []
    if _JOKE.search(whole) or _NOT_ONES_OWN.search(whole) or _SALUTATION.search(whole):
        return []
    if "```" in whole or _QUOTED.search(whole):
        return []
    found = [each.strip() for each in _SENTENCE.findall(whole)]
    return [each for each in found if each and is_statement(each)]


def is_statement(sentence: str) -> bool:
    """Whether a sentence says how things are, in the person's own name."""
    if sentence.endswith(_ASKS) or "¿" in sentence:
        return False
    spoken = sentence.rstrip(".!… ")
    for allowed in ("would like to", "i'd like to", "würde gerne", "würde gern", "gustaría"):
        spoken = re.sub(rf"\b{allowed}\b(?= (?:learn|lernen|aprender))", "", spoken, flags=_FLAGS)
    return not (_UNSURE.search(spoken) or _REPORTED.search(spoken) or _TAG.search(spoken))
