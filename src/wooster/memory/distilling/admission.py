"""The junk gate: what of a model's output is stored. Pure.

A fact gets in when its quote stands in the person's own words, the sentence states something that
is so now (no question, condition, wish, denial or report of what somebody else said), and what it
states is this fact, by its form (`bearing`). Everything else is refused, for a reason that is
counted. A model never says where something is from: turns, dates and who made it are written here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from wooster.core.text import clip
from wooster.memory.distilling.schema import EpisodeOutput, FactOutput, TodoOutput
from wooster.memory.episodes.model import Sentiment, Stretch, Told
from wooster.memory.episodes.sentences import (
    folded,
    own_words,
    plain,
    sentences,
    stands_in,
    telling,
    words,
)
from wooster.memory.facts import keys
from wooster.memory.facts.model import ME, Observation
from wooster.memory.model import Turn

# Below that of any rule: what a model makes out never outranks what was read by one.
CONFIDENCE = 0.5
# A longer message was pasted, whoever wrote it: `rules_screen.LONGEST`, which a start needn't load.
PASTED_CHARACTERS = 800
_LONGEST_SUMMARY, _SHORTEST_SUMMARY = 600, 12
# Of a summary's telling words so many must have been said, and so many differ: a small model that
# loses itself repeats.
_SAID, _DIFFERENT = 0.5, 0.5
_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+){0,4}")
_UNREAL_WORDS = (
    "if unless whether would wouldnt might maybe perhaps could wish suppose imagine hypothetically "
    "pretend joking kidding let's lets wenn falls würde könnte vielleicht angenommen si peut "
    "voudrais pourrait ojalá quizás tal podría talvez gostaria poderia se forse vorrei magari"
)
_DENIED_WORDS = (
    "not no never dont doesnt didnt isnt arent wasnt werent cant couldnt wont havent hasnt neither "
    "nor without hardly stopped quit longer nicht kein keine keinen nie niemals mehr pas jamais "
    "plus aucun nunca jamás ya não nem mai niente non"
)
_REPORTED_WORDS = (
    "said says saying told asked claims claimed according quote wrote writes sagte sagt meinte dit "
    "disait dijo dice disse"
)
_ELSEWHEN_WORDS = (
    "used until formerly till will ill gonna going soon tomorrow plan planning früher bis bald "
    "werde antes hasta pronto voy avant jusquà bientôt vais prima fino presto domani depois"
)
# What a question begins with, whether or not it ends with its mark.
_ASKING_WORDS = (
    "how what when where why who which whose can do does did is are am should shall wie was wann "
    "wo warum wer wessen kannst soll cómo qué cuándo dónde quién cuál puedo debo comment quoi "
    "quand où pourquoi qui est come cosa quando dove perché chi posso como onde quem"
)
_UNREAL, _DENIED, _REPORTED, _ELSEWHEN, _ASKING = (
    frozenset(each.split())
    for each in (_UNREAL_WORDS, _DENIED_WORDS, _REPORTED_WORDS, _ELSEWHEN_WORDS, _ASKING_WORDS)
)
_ME = frozenset(["me", "i", "myself", "you", "user", "the user", "person", "the person"])


@dataclass(frozen=True, slots=True)
class Facts:
    """Those that got in, and how many were refused by reason."""

    admitted: tuple[Observation, ...]
    refused: Counter[str]


@dataclass(frozen=True, slots=True)
class Episode:
    """What is told, by the model where it may; `is_models` says whether the summary is its own."""

    told: Told
    is_models: bool
    refused: Counter[str]


def own_turns(stretch: Stretch) -> list[Turn]:
    """The turns with words of the person that facts may be made of: what a schedule asked isn't
    theirs, and what is as long as a page was pasted."""
    if stretch.origin == "job":
        return []
    return [
        turn
        for turn in stretch.turns
        if not turn.speaker and 0 < len(turn.question.strip()) <= PASTED_CHARACTERS
    ]


# --- facts ------------------------------------------------------------------------------------


def admit_facts(
    stretch: Stretch,
    made: Sequence[FactOutput],
    model: str,
    categories: Collection[str],
    known: Sequence[Observation],
) -> Facts:
    """The facts of `made` that the stretch bears out. `known` are those that rules found in it:
    what says the same in other words isn't let in beside them."""
    refused: Counter[str] = Counter()
    admitted: dict[tuple[str, str, str], Observation] = {}
    for fact in made:
        found = _observation(stretch, fact, model, categories)
        if isinstance(found, str):
            refused[found] += 1
            continue
        identity = (folded(found.subject), found.key, folded(found.value))
        if identity in admitted or any(_is_known(found, each) for each in known):
            refused["said already"] += 1
            continue
        admitted[identity] = found
    return Facts(tuple(admitted.values()), refused)


def named(fact: FactOutput) -> tuple[str, str, str]:
    """The subject, key and value that a model means, as they are written here."""
    # Here, as in the two below, because patterns take their time to be loaded: a start doesn't need
    # them.
    from wooster.memory.distilling.bearing import own_relation

    about = " ".join(fact.about.split())
    subject = ME if folded(about) in _ME else own_relation(about)
    key = "_".join(words(fact.key.replace("_", " "))).lower().replace("favorite_", "favourite_")
    return subject, own_relation(key), clip(fact.value, 120).strip(" .,;:!\"'")


def _is_known(found: Observation, known: Observation) -> bool:
    """Whether a rule has made the same of the same turn, under whatever key."""
    value, other = set(telling(found.value)), set(telling(known.value))
    overlaps = value <= other or other <= value
    return found.turn_seq == known.turn_seq and overlaps and bool(value & other)


def _observation(
    stretch: Stretch, fact: FactOutput, model: str, categories: Collection[str]
) -> Observation | str:
    """The fact as it may be stored, or why it is refused."""
    from wooster.memory.distilling import bearing

    subject, key, value = named(fact)
    category = keys.of(key).category or fact.category
    if not telling(value):
        return "empty value"
    if category not in categories:
        return "unknown category"
    if not _KEY.fullmatch(key):
        return "no key"
    place = _place(stretch, fact.quote)
    if place is None:
        return "quote isn't the person's"
    turn, sentence = place
    if reason := _refusal(turn, sentence, fact.quote, value):
        return reason
    if reason := bearing.doubt(sentence, subject, key, value):
        return reason
    return Observation(
        category=category,
        subject=subject,
        key=key,
        value=value,
        statement=keys.statement(key, subject, value),
        confidence=CONFIDENCE,
        source="inferred",
        made_by=model,
        quote=clip(sentence, 240),
        observed=turn.asked,
        turn_seq=turn.seq,
        is_private=turn.is_private,
    )


def _refusal(turn: Turn, sentence: str, quote: str, value: str) -> str:
    """Why what a sentence says is no such fact; "" when it is."""
    said = {folded(word) for word in words(sentence)}
    if sentence.rstrip(" \"')").endswith(("?", "？")) or folded(words(sentence)[0]) in _ASKING:
        return "a question"
    if said & _UNREAL:
        return "not said to be so"
    if said & _ELSEWHEN:
        return "not so now"
    if said & _DENIED:
        return "denied"
    if said & _REPORTED:
        return "somebody else's words"
    if not _supported(value, quote):
        return "value isn't in the quote"
    if not _is_stated(turn, sentence):
        return "no plain statement"
    return ""


def _is_stated(turn: Turn, sentence: str) -> bool:
    """Whether the rules would listen: what is a game, a joke or a text to work on for them says
    nothing to a model either."""
    from wooster.memory.facts import rules_screen

    stated = map(folded, rules_screen.own_sentences(turn.question))
    wanted = folded(sentence).rstrip(" .,;:!")
    return any(_within(wanted, each) for each in stated)


def _place(stretch: Stretch, quote: str) -> tuple[Turn, str] | None:
    """The turn and the sentence of the person's own words in which a quote stands."""
    wanted = folded(quote).strip(" .,;:!\"'")
    if len(words(wanted)) < 2 and not _is_long_run(wanted):
        return None
    for turn in own_turns(stretch):
        for sentence in sentences(own_words(turn.question)):
            if _within(wanted, folded(sentence)):
                return turn, sentence
    return None


def _is_long_run(text: str) -> bool:
    """In a script without spaces a sentence is one word."""
    return len(text) >= 4 and not text.isascii()


def _within(wanted: str, sentence: str) -> bool:
    """Whether it stands there as whole words."""
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", sentence) is not None or (
        _is_long_run(wanted) and wanted in sentence
    )


def _supported(text: str, by: str) -> bool:
    """Whether every telling word of `text` stands in `by`, in some form."""
    others = [folded(word) for word in words(by)]
    return all(stands_in(word, others) for word in telling(text)) or folded(text) in folded(by)


# --- episodes ---------------------------------------------------------------------------------


def admit_episode(
    stretch: Stretch, output: EpisodeOutput, plain_told: Told, prompt: str
) -> Episode:
    """What the model tells of a stretch, as far as it is borne out; `plain_told` is what the rules
    tell of it and stands where it isn't, `prompt` the words that the model was asked with."""
    refused: Counter[str] = Counter()
    said = _said(stretch)
    summary = " ".join(output.summary.split())
    answers = folded(" ".join(plain(turn.answer) for turn in stretch.turns))
    if reason := _bad_summary(summary, said, prompt) or _echo(summary, answers):
        refused[f"summary: {reason}"] += 1
        return Episode(plain_told, False, refused)
    topics = _kept([each for each in output.topics if _is_term(each)], said)
    people = _kept([each for each in output.people if _is_name(each, stretch)], said)
    refused += Counter({"topic that nobody said": len(output.topics) - len(topics)})
    refused += Counter({"name that nobody said": len(output.people) - len(people)})
    told = replace(
        plain_told,
        summary=summary,
        topics=tuple(topics) or plain_told.topics,
        people=tuple(dict.fromkeys([*plain_told.people, *people])),
        sentiment=_sentiment(output.sentiment, plain_told.sentiment),
        followups=tuple(_todos(stretch, output.to_do, refused)) or plain_told.followups,
    )
    return Episode(told, True, refused)


def _said(stretch: Stretch) -> list[str]:
    """Every word of the stretch, folded."""
    texts = (f"{t.speaker} {t.question} {plain(t.answer)}" for t in stretch.turns)
    return list(dict.fromkeys(folded(word) for text in texts for word in words(text)))


def _bad_summary(summary: str, said: Sequence[str], prompt: str) -> str:
    told = telling(summary)
    if len(summary) < _SHORTEST_SUMMARY or len(told) < 2:
        return "too short"
    if len(summary) > _LONGEST_SUMMARY:
        return "too long"
    if len(set(told)) < _DIFFERENT * len(told):
        return "repeats itself"
    if any(folded(each) in folded(prompt) for each in sentences(summary) if len(words(each)) > 3):
        return "copied from the prompt"
    if sum(stands_in(word, said) for word in set(told)) < _SAID * len(set(told)):
        return "says what nobody said"
    if any(not stands_in(word, said) for word in _sure_words(summary)):
        return "a name or number that nobody said"
    return ""


def _echo(summary: str, answers: str) -> str:
    """Why a summary is no summary: a small model goes on as the assistant, until it is cut off."""
    told = sentences(summary)
    if not summary.endswith((".", "!", "?", "…", '"', "”", ")")):
        return "cut off"
    if 2 * sum(folded(each) in answers for each in told) >= len(told):
        return "repeats an answer"
    return ""


def _sentiment(told: Sentiment, plainly: Sentiment) -> Sentiment:
    """That it wasn't easy is told at the next start: the person's own words must say so too."""
    return "neutral" if told == "negative" and plainly != "negative" else told


def _sure_words(summary: str) -> Iterator[str]:
    """Numbers, and names inside a sentence: a summary may reword all else."""
    for sentence in sentences(summary):
        for place, word in enumerate(words(sentence)):
            is_name = place > 0 and word[0].isupper() and folded(word) not in _TELLERS
            if word.isdigit() or (is_name and len(word) > 1):
                yield folded(word)


# What a summary may call those who speak.
_TELLERS = frozenset(["user", "assistant", "wooster", "person", "im", "ive", "ill", "id"])


def _is_term(topic: str) -> bool:
    """Whether it may be a topic: a few words, and no sentence."""
    return 0 < len(words(topic)) <= 4 and not re.search(r"[.!?,;:]", topic.strip(". "))


def _is_name(name: str, stretch: Stretch) -> bool:
    """Whether the person wrote it, as a name is written."""
    parts = name.split()
    own = {word for turn in own_turns(stretch) for word in words(own_words(turn.question))}
    return 0 < len(parts) <= 3 and all(
        part[0].isupper() and folded(part) not in _TELLERS and part in own for part in parts
    )


def _kept(told: Sequence[str], said: Sequence[str]) -> list[str]:
    """Those that were said, each once."""
    kept: dict[str, str] = {}
    for each in told:
        form = folded(each)
        found = telling(each)
        if found and form not in _TELLERS and all(stands_in(word, said) for word in found):
            kept.setdefault(form, " ".join(each.split()).strip(". "))
    return list(kept.values())


def _todos(
    stretch: Stretch, made: Sequence[TodoOutput], refused: Counter[str]
) -> Iterator[tuple[int, str]]:
    """What is left to do, where the person said it in the message that is named."""
    for todo in made:
        text = clip(todo.what, 140)
        if not 1 <= todo.message <= len(stretch.turns):
            refused["to do without a message"] += 1
            continue
        turn = stretch.turns[todo.message - 1]
        said = [folded(word) for word in words(own_words(turn.question))]
        found = telling(text)
        if turn.speaker or not found or not all(stands_in(word, said) for word in found):
            refused["to do that nobody said"] += 1
        elif own_words(turn.question).rstrip().endswith("?"):
            refused["to do in a question"] += 1
        else:
            yield turn.seq, text
