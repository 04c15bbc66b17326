"""What a conversation is about: the words that stand out in it.

Pure, and without a dictionary: a word is taken for a noun by what stands before it, how it ends and
how it is written, so that it works best in English. It refuses to know sentences and summaries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wooster.core.patterns import Pattern
from wooster.memory.episodes.sentences import folded, own_words, plain, says_something
from wooster.memory.model import Turn

MOST = 5
# What the person says counts double: an answer has more words.
_OWN, _ANSWER, _NOUN = 2.0, 1.0, 1.5
_WORD = Pattern(r"[^\W\d_][\w'’-]*")
_ENDS_SENTENCE = Pattern(r"[.!?:…\"“(]\s*$|^\s*$|\n\s*$")
_ARTICLE_WORDS = "a an the my our your his her their this these those"
_BEFORE_NOUN_WORDS = (
    "a an the my our your his her their this these those some any no of for about with in on at "
    "from into without new old favourite favorite first last next another every each more der "
    "die das den dem ein eine einen mein meine meinen le la les un une mon ma mes el los las mi "
    "mis um uma o os as meu minha il lo gli mio mia"
)
_BEFORE_NOUN = frozenset(_BEFORE_NOUN_WORDS.split())
_ARTICLES = frozenset(_ARTICLE_WORDS.split())
_NOUN_ENDS = ("tion", "sion", "ment", "ness", "ity", "ship", "ism", "ology", "ung", "heit", "keit")
_NO_TOPIC_WORDS = (
    "able across actually almost along already although always around asked asking away back "
    "became become been began begin being believe best better bring brought call called came cant "
    "change come comes coming could couple days different doing done down each early either else "
    "ended enough entire especially ever every everyone everybody evening example fact feel "
    "feeling felt find fine first found from full give given goes gone great hard happen happened "
    "having heard help here high hope hour hours idea important instead into keep kept knew last "
    "late later learn least leave left less live long look looked looking lots love main making "
    "matter maybe mean means minute minutes moment month months morning move much must myself "
    "near need needed needs never next nice night nothing often once open ours part people "
    "perhaps place plan play point pretty probably question quite reach read ready real really "
    "reason right same seem seems seen several short show side since small someone somebody "
    "sometimes soon start started still stop such sure take taken taking talk talked talking than "
    "that them then there they this time times today together tomorrow tonight took tried try "
    "trying turn under understand until upon used using usually wait walk wasn watch week weekend "
    "weeks went whatever whether whole will wish word words work worked working works world worry "
    "would write wrong year years yesterday young nicht auch aber oder wenn weil dass noch schon "
    "sehr mehr immer haben habe hatte sind wird werden wurde kann pour avec dans mais plus tout "
    "tous être avoir para pero como más muy esta este está estoy porque quando então também muito "
    "com isso wooster monday tuesday wednesday thursday friday saturday sunday january february "
    "march april june july august september october november december"
)
_NO_TOPIC = frozenset(_NO_TOPIC_WORDS.split())


def topics(turns: Sequence[Turn]) -> tuple[str, ...]:
    """The words that it is about, the weightiest first; () where nothing stands out."""
    weights: dict[str, float] = {}
    written: dict[str, str] = {}
    nouns: set[str] = set()
    for turn in turns:
        of_turn: dict[str, float] = {}
        for text, weight in ((own_words(turn.question), _OWN), (plain(turn.answer), _ANSWER)):
            for word, is_noun in _candidates(text):
                form = _singular(folded(word))
                written.setdefault(form, word)
                of_turn[form] = max(of_turn.get(form, 0.0), weight * (_NOUN if is_noun else 1.0))
                if is_noun and weight == _OWN:
                    nouns.add(form)
        for form, weight in of_turn.items():
            weights[form] = weights.get(form, 0.0) + weight
    ranked = sorted(nouns - _speakers(turns), key=lambda form: (-weights[form], -len(form), form))
    return tuple(written[form] for form in ranked[:MOST])


def _candidates(text: str) -> Iterable[tuple[str, bool]]:
    """The words of `text` that may be a topic, each with whether it looks like a noun."""
    before = ""
    for match in _WORD.finditer(text):
        word = match[0].strip("'’-")
        form = folded(word)
        if len(form) > 3 and says_something(form) and form not in _NO_TOPIC and "'" not in form:
            starts = bool(_ENDS_SENTENCE.search(text[max(0, match.start() - 3) : match.start()]))
            is_name = word[0].isupper() and not starts
            # "About switching jobs" is no switching; "the wedding" is one.
            is_noun = before in (_ARTICLES if form.endswith("ing") else _BEFORE_NOUN)
            yield word, is_name or is_noun or form.endswith(_NOUN_ENDS)
        before = form


def _singular(form: str) -> str:
    return form[:-1] if form.endswith("s") and not form.endswith(("ss", "us", "is")) else form


def _speakers(turns: Sequence[Turn]) -> set[str]:
    return {_singular(folded(part)) for turn in turns for part in turn.speaker.split()}
