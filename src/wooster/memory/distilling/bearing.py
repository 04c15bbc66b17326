"""Whether a sentence bears a fact out: pure.

A quote that stands there proves little: a small model takes a true sentence and makes of it what it
says nothing of. So the sentence must say it by its form: whose fact it is, then the words of its
key, then the whole value, with nothing between them that could change what is said. It refuses to
know whose sentence it is, and whether it is a question or a joke.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from wooster.memory.distilling import cues
from wooster.memory.distilling.cues import Phrase
from wooster.memory.episodes.sentences import folded
from wooster.memory.facts import keys
from wooster.memory.facts import rules_values as values
from wooster.memory.facts.model import ME
from wooster.memory.facts.rules_words import RELATION_OF, RELATIONS

if TYPE_CHECKING:
    from wooster.memory.facts.rules_shape import Values

NOT_ABOUT = "not about them"
KEY_UNSAID = "key isn't said"
NO_SUCH_VALUE = "no such value"
CUT = "value is cut out"

Form = Literal["verb", "state", "mine", "noun"]
"""verb: "I live in …" · state: "I'm based in …" · mine: "vivo en …", which needs no word for who it
is · noun: "my name is …"."""

_ELIDED = re.compile(r"\bj'(?=\w)", re.IGNORECASE)
_APOSTROPHES = str.maketrans("’‘", "''")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[^\w\s]")


def _set(*told: str) -> frozenset[str]:
    return frozenset(word for each in told for word in each.split())


_I_AM = _set("i'm im i've ive we're we've")
_I = _set("i we ich wir yo nosotros je nous io noi eu nós")
_MY = _set(
    "my our mein meine meinen meinem meiner unser unsere mi mis nuestro nuestra mon ma mes notre",
    "mio mia miei mie nostro nostra meu minha meus minhas nosso nossa",
)
_ARTICLES = _set(
    "a an the ein eine einen einem einer der die das den dem un una unos unas el la los las une",
    "le les il lo gli um uma o os as",
)
_ADVERBS = _set(
    "also really very absolutely just currently still now always both all do only so much always",
    "auch sehr wirklich jetzt gerade immer noch gern gerne también mucho realmente ahora siempre",
    "aussi beaucoup vraiment maintenant toujours anche molto davvero sempre também muito agora",
)
_HELPING = _set("am are is been have has bin bist ist suis est sono è sou é soy está estou")
_BE = _set("is are ist sind es son est sont è sono é são :")
_CALLED = _set("called named name heißt heisst llama s'appelle chiama chama")
_COPULAS = _BE | _CALLED | _set("se si")
# What one does again and again has no words of its own for the key.
_REPEATING = ("habit", "schedule")
_DOINGS = (*_REPEATING, "goal")
# What is no doing, or is over.
_NO_DOING = _set(
    "am are was were have had did went thought got saw used know think want wanted need needed",
    "like liked love loved hate hated feel felt hope wish forget lose miss will would can could",
    "must should bin war hatte habe will kann muss",
)
# What may stand beside a value without being a part of it.
_EDGES = (
    _ARTICLES
    | _ADVERBS
    | _HELPING
    | _COPULAS
    | _set(
        "and but or in at on to for as with since because near too btw by that than",
        "und aber oder in im am seit weil bei mit zu y pero o en desde porque con que et mais ou",
        "depuis avec parce e ma con da perché mas com desde",
    )
)
_REPEATED = _set(
    "every usually always daily weekly often each mondays tuesdays wednesdays thursdays fridays",
    "saturdays sundays jeden jede jedes immer täglich siempre todos todas cada chaque toujours",
    "tous ogni sempre todo toda",
)
# Where a value has one of these in it, it says more than one thing.
_NO_PART = (
    _COPULAS
    | _I
    | _I_AM
    | _MY
    | _REPEATED
    | _set("and or but because since at with btw too und oder aber weil seit bei mit y pero porque")
    | _set("con que et mais ou avec ma perché mas com")
)
_NOBODY = _set(
    "he she it they you this that these those there who what everybody everyone somebody someone",
    "nobody people one er sie es man alle jeder wer él ella ellos usted ustedes alguien todos il",
    "elle ils elles on tout lui lei loro tutti ele ela eles todo",
)
_HAVE = _set("have habe tengo ai ho tenho")
# Keys whose values are names.
_NAMES = frozenset(["name", "lives_in", "born_in", "comes_from", "works_at", *RELATIONS])
_SHAPES: dict[str, Values] = {
    "name": values.name,
    "lives_in": values.place,
    "born_in": values.place,
    "comes_from": values.place,
    "works_at": values.organisation,
    "works_as": values.any_job,
    "speaks": values.languages,
    "age": values.years,
    "likes": values.liking,
    "dislikes": values.liking,
    "avoids": values.liking,
    "prefers": values.preference,
    **dict.fromkeys(RELATIONS, values.relative),
}


def own_relation(subject: str) -> str:
    """A relation as the keys name it ("meine Schwester" is "sister"), else what was given."""
    told = folded(subject).split()
    if told and told[0] in _MY:
        told = told[1:]
    return RELATION_OF.get(" ".join(told), subject)


def doubt(sentence: str, subject: str, key: str, value: str) -> str:
    """Why the sentence doesn't say that `key` of `subject` is `value`; "" where it does."""
    spoken, wanted = _words(sentence), _small(_words(value))
    said = _small(spoken)
    places = [
        at
        for at in range(len(said))
        if wanted and said[at : at + len(wanted)] == wanted and _ends(spoken, at + len(wanted), key)
    ]
    if not places:
        return CUT
    if not _is_value(spoken[places[0] : places[0] + len(wanted)], sentence, key):
        return NO_SUCH_VALUE
    if not _is_somebody(subject):
        return NOT_ABOUT
    if key in _REPEATING:
        is_mine = subject == ME and _REPEATED & set(said)
        told = is_mine and any(_is_done(said[:at], wanted, key) for at in places)
        return "" if told else KEY_UNSAID
    found = [one for at in places for one in _cues_before(said[:at], key, subject)]
    if not found:
        return KEY_UNSAID
    return "" if any(_is_whose(said[:at], subject, form) for at, form in found) else NOT_ABOUT


def _words(text: str) -> list[str]:
    return _WORD.findall(_ELIDED.sub("je ", text.translate(_APOSTROPHES)))


def _small(spoken: Sequence[str]) -> list[str]:
    return [folded(word) for word in spoken]


def _ends(spoken: Sequence[str], at: int, key: str) -> bool:
    """Whether a value may end there: a name before what isn't written large, what is done at the
    end of the clause, anything else before a word that can't be a part of it."""
    if at == len(spoken) or not spoken[at][0].isalnum():
        return True
    if key in _DOINGS:
        return False
    is_name = key in _NAMES and any(word[0].isupper() for word in spoken)
    return (is_name and spoken[at][0].islower()) or folded(spoken[at]) in _EDGES


def _is_value(spoken: Sequence[str], sentence: str, key: str) -> bool:
    """Whether it is what a value of the key looks like, as it is written in the sentence."""
    said = _small(spoken)
    if not set(said).isdisjoint(_NO_PART) and key not in _REPEATING:
        return False
    if said[0] in _EDGES - _ARTICLES or said[-1] in _EDGES:
        return False
    text, is_lower = " ".join(spoken), sentence == sentence.lower()
    if key == "birthday":
        return len(said) > 1 and any(word.isdecimal() for word in said)
    if not keys.of(key).category:
        # Any word can be a key to a model: no "my train is late".
        is_number = len(said) == 1 and any(char.isdigit() for char in text)
        return is_number or (not is_lower and bool(values.name(text, is_lower=False)))
    return len(_SHAPES.get(key, values.short)(text, is_lower=is_lower)) == 1


def _is_somebody(subject: str) -> bool:
    """The person, a relation of theirs, or somebody's name."""
    if subject == ME or subject in RELATIONS:
        return True
    is_word = bool(set(_small(_words(subject))) & (_NOBODY | _I | _I_AM | _MY))
    return bool(values.name(subject, is_lower=False)) and not is_word


def _cues_before(said: Sequence[str], key: str, subject: str) -> Iterator[tuple[int, Form]]:
    """Where words begin that say `key` of the value that comes next, and in which form."""
    known = cues.of(key)
    for phrase in known.first if subject == ME else known.third:
        for end in _over(said, _ARTICLES | _ADVERBS):
            if _stands(said, phrase, end):
                yield end - len(phrase), _form(phrase, subject)
    for phrase in known.nouns:
        for end in _over(said, _ARTICLES | _ADVERBS | _COPULAS):
            having = (*phrase[:-1], f"{phrase[-1]}'s")
            if (_stands(said, phrase, end) or _stands(said, having, end)) and _is_equal(
                key, said[end - len(phrase) : end], said[end:]
            ):
                yield end - len(phrase), "noun"


def _form(phrase: Phrase, subject: str) -> Form:
    if subject == ME and phrase[0] in cues.PRO_DROP:
        return "mine"
    return "state" if phrase[0] in cues.STATES else "verb"


def _is_equal(key: str, noun: Sequence[str], between: Sequence[str]) -> bool:
    """Whether what stands between a noun and a value says that the one is the other."""
    if key in RELATIONS:  # "my sister Anna" and "… is called Anna"; no "my brother is Catholic"
        return not between or not _CALLED.isdisjoint(between)
    if not keys.of(key).category:
        return len(between) == 1 and between[0] in _BE
    is_in_noun = noun[-1].endswith("'s") or not _BE.isdisjoint(noun)
    return is_in_noun or not _COPULAS.isdisjoint(between)


def _over(said: Sequence[str], light: frozenset[str]) -> Iterator[int]:
    """The places from the end backwards that only such words are behind of."""
    at = len(said)
    yield at
    while at and said[at - 1] in light:
        at -= 1
        yield at


def _stands(said: Sequence[str], phrase: Phrase, end: int) -> bool:
    return end >= len(phrase) and tuple(said[end - len(phrase) : end]) == phrase


def _is_whose(said: Sequence[str], subject: str, form: Form) -> bool:
    """Whether what begins behind `said` is said of the subject."""
    light = _ADVERBS | _HELPING if form == "state" else _ADVERBS
    ends = [len(said)] if form == "noun" else list(_over(said, light))
    if subject == ME:
        if form == "mine":
            return True
        who = {"noun": _MY, "state": _I | _I_AM}.get(form, _I)
        return any(end and said[end - 1] in who for end in ends)
    having = "'s" if form == "noun" else ""
    if subject in RELATIONS:
        # "His sister" is another's.
        named = {f"{word}{having}" for word in RELATIONS[subject].split()}
        return any(end > 1 and said[end - 1] in named and said[end - 2] in _MY for end in ends)
    name = tuple(_small(_words(f"{subject}{having}")))
    return any(_stands(said, name, end) for end in ends)


def _is_done(said: Sequence[str], value: Sequence[str], key: str) -> bool:
    """Whether the person says that they do, or have, what comes next again and again."""
    if key == "schedule":
        return len(said) > 1 and said[-1] in _HAVE and said[-2] in _I
    ends = _over(said, _ADVERBS | _REPEATED)
    return value[0] not in _NO_DOING and any(end and said[end - 1] in _I for end in ends)
