"""The words by which a sentence says something under a key: data, for whom `bearing` reads.

A model takes any key for any sentence, so each is believed only where its own words stand. English,
German, Spanish, French, Italian and Portuguese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wooster.memory.facts.rules_words import RELATIONS

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cues:
    """What stands before a value: said by the person of themselves, of somebody else, and as a
    thing that one has ("my birthday is …")."""

    first: tuple[Phrase, ...] = ()
    third: tuple[Phrase, ...] = ()
    nouns: tuple[Phrase, ...] = ()


def _cues(first: str = "", third: str = "", nouns: str = "") -> Cues:
    def phrases(told: str) -> tuple[Phrase, ...]:
        return tuple(tuple(each.split()) for each in told.split(", ") if each)

    return Cues(phrases(first), phrases(third), phrases(nouns))


KNOWN = {
    "name": _cues(
        "called, heiße, heisse, me llamo, m'appelle, mi chiamo, me chamo",
        nouns="name, first name, full name, nombre, nom, prénom, nome",
    ),
    "lives_in": _cues(
        "live in, living in, based in, moved to, relocated to, wohne in, lebe in, vivo en, "
        "vivimos en, me mudé a, habite à, habite en, vis à, vis en, vivo a, abito a, abito in, "
        "moro em, moro no, moro na",
        "lives in, living in, based in, moved to, relocated to, wohnt in, lebt in, vive en, "
        "se mudó a, habite à, vit à, vive a, abita a, mora em, mora no, mora na",
    ),
    "works_as": _cues(
        "work as, working as, arbeite als, trabajo como, trabajo de, travaille comme, "
        "lavoro come, trabalho como",
        "works as, working as, arbeitet als, trabaja como, trabaja de, travaille comme, "
        "lavora come, trabalha como",
        "job, profession, beruf, trabajo, profesión, métier, lavoro, profissão",
    ),
    "works_at": _cues(
        "work at, work for, working at, working for, arbeite bei, arbeite für, trabajo en, "
        "trabajo para, travaille chez, travaille pour, lavoro per, trabalho na, trabalho para",
        "works at, works for, working at, working for, arbeitet bei, arbeitet für, trabaja en, "
        "trabaja para, travaille chez, travaille pour, lavora per, trabalha na, trabalha para",
        "employer, arbeitgeber",
    ),
    "studies": _cues(
        "study, studying, studiere, estudio, étudie, studio, estudo",
        "studies, studying, studiert, estudia, étudie, studia, estuda",
    ),
    "speaks": _cues(
        "speak, spreche, hablo, parle, parlo, falo",
        "speaks, spricht, habla, parle, parla, fala",
        "mother tongue, native language, first language, muttersprache, lengua materna, "
        "langue maternelle, lingua madre, língua materna",
    ),
    "comes_from": _cues("come from, komme aus, viens de, vengo da", "comes from, kommt aus"),
    "born_in": _cues(
        "born in, nací en, né à, née à, nato a, nata a, nasci em",
        "born in, nació en, né à, née à, nato a, nata a, nasceu em",
    ),
    "birthday": _cues(
        nouns="birthday, birthday is on, geburtstag, geburtstag ist am, cumpleaños, anniversaire, "
        "compleanno, aniversário"
    ),
    "allergic_to": _cues(
        *2
        * (
            "allergic to, allergisch gegen, allergisch auf, allergique au, allergique aux, "
            "alérgico a, alérgico al, alérgica a, alérgica al, allergico a, allergica a",
        )
    ),
    "likes": _cues(
        "like, love, adore, enjoy, mag, liebe, me gusta, me gustan, me encanta, me encantan, "
        "aime, adore, mi piace, mi piacciono, gosto de, adoro",
        "likes, loves, adores, enjoys, mag, liebt, aime, adore, ama, gosta de, adora",
    ),
    "dislikes": _cues(
        "hate, dislike, detest, loathe, hasse, odio, detesto, déteste, odeio",
        "hates, dislikes, detests, loathes, hasst, odia, detesta, déteste",
    ),
    "prefers": _cues(
        "prefer, bevorzuge, prefiero, préfère, preferisco, prefiro",
        "prefers, bevorzugt, prefiere, préfère, preferisce, prefere",
    ),
    "plays": _cues(
        "play, play the, spiele, toco el, toco la, juego al, joue du, joue au, suono il, "
        "gioco a, toco, jogo",
        "plays, plays the, spielt, toca el, toca la, juega al, joue du, joue au, suona il, "
        "gioca a, toca, joga",
    ),
    "owns": _cues("own, besitze, possède, possiedo", "owns, besitzt, possède, possiede"),
    "diet": _cues(nouns="diet, ernährung, dieta, régime"),
    "goal": _cues(
        nouns="goal, goal is to, aim, ambition, resolution, ziel, objetivo, meta, but, obiettivo"
    ),
}
# What one says of oneself in these needs no word for who it is, and they are no nouns.
_PRO_DROP = (
    "vivo vivimos trabajo hablo prefiero detesto toco juego nací abito lavoro parlo suono vengo "
    "possiedo preferisco moro trabalho falo gosto prefiro odeio nasci adoro me mi"
)
PRO_DROP = frozenset(_PRO_DROP.split())
_STATES = (
    "living based moved relocated working studying called born allergic allergisch allergique "
    "alérgico alérgica allergico allergica né née nato nata"
)
STATES = frozenset(_STATES.split())
"""What one is or has done: "I'm based in …", where "I'm like …" says no liking."""
_FAVOURITE = "favourite"


def of(key: str) -> Cues:
    """The cues of a key. What one has under it may be called by the key itself, known or not."""
    spoken = tuple(key.split("_"))
    if spoken[0] == _FAVOURITE and len(spoken) > 1:
        return Cues(nouns=(spoken, ("favorite", *spoken[1:])))
    if relation := RELATIONS.get(key):
        return Cues(nouns=tuple((word,) for word in relation.split()))
    known: Mapping[str, Cues] = KNOWN
    cues = known.get(key, Cues())
    return Cues(cues.first, cues.third, (*cues.nouns, spoken))
