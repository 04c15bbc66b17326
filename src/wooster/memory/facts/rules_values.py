"""Whether what stands in a value's place is a place, a name, a job, a liking: by shape, else by "
"list.

Each check takes the words and whether the whole message is written small, and gives the values in
them; [] if they aren't that. Pure; it refuses to know sentences.
"""

from __future__ import annotations

import re

from wooster.memory.facts import rules_words as words

_DAY_OR_MONTH = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)",
    re.IGNORECASE,
)
_NO_NATION = re.compile(r"\w*(?:ish|ese|rican|xican|nadian|ralian)", re.IGNORECASE)
_IN_NAMES = ("von", "de", "van", "der", "del")
_IN_PLACES = ("la", "el", "den", "das")
_HOW = ("much", "hard", "well", "it", "you", "usual", "fast", "long", "late", "early", "little")
_NO_COMPANY = ("home", "night", "myself", "free", "least", "fun", "money", "it", "nothing", "you")
_LITTLE = re.compile(r"\b(?:a little|a bit of|some|fluent|fluently|fließend|etwas|un poco de)\b")
_LISTED = re.compile(r",?\s+(?:and|und|y|e|as well as|sowie)\s+|,\s*", re.IGNORECASE)
_MUCH = 40
_AGES = range(5, 116)


def _bare(value: str) -> str:
    return value.strip(" ,;.!")


def _parts(value: str) -> list[str]:
    return [part for part in _LISTED.split(_bare(value)) if part.strip()]


def _together(found: list[list[str]]) -> list[str]:
    """All of a list's values, or none: what isn't one makes the list something else."""
    return [one for each in found for one in each] if all(found) else []


def place(value: str, *, is_lower: bool) -> list[str]:
    """A place's name; none is a program's, to which people move as well."""
    told = _bare(value).split()
    if not told or any(char.isdigit() for char in value):
        return []
    has_article = told[0].lower() in _IN_PLACES and len(told) > 1 and told[1][0].isupper()
    is_none = told[0].lower() in words.NO_PLACE or _DAY_OR_MONTH.fullmatch(told[0])
    return [] if is_none and not has_article else _written_large(told, is_lower=is_lower)


def _written_large(told: list[str], *, is_lower: bool) -> list[str]:
    """Up to five words, capitalised but for particles, where the message has capitals at all."""
    if is_lower:
        return [" ".join(told)] if len(told) <= 2 else []
    named = [word for word in told if word.lower() not in words.PARTICLES]
    is_named = 1 <= len(named) <= len(told) <= 5 and all(word[0].isupper() for word in named)
    return [" ".join(told)] if is_named else []


def name(value: str, *, is_lower: bool) -> list[str]:
    """A name of one to four words, a title among them."""
    told = _bare(value).split()
    if not 1 <= len(told) <= 4 or any(char.isdigit() for char in value):
        return []
    if is_lower:
        return told if len(told) == 1 and told[0].isalpha() else []
    is_name = all(word[0].isupper() or word in _IN_NAMES for word in told)
    return [" ".join(told)] if is_name else []


def names(value: str, *, is_lower: bool) -> list[str]:
    """One name or several."""
    return _together([name(part, is_lower=is_lower) for part in _parts(value)])


def relative(value: str, *, is_lower: bool) -> list[str]:
    """A name where another word could stand: "my friend is Omar", not "… Italian"."""
    if value.lower() in words.LANGUAGES or _NO_NATION.fullmatch(value):
        return []
    return name(value, is_lower=False)


def organisation(value: str, *, is_lower: bool) -> list[str]:
    """A company's name, or a kind of workplace."""
    told = _bare(value)
    workplace = rf"(?:an?|the|my|einer?|einem|der|un|una) {words.WORKPLACE}"
    if re.fullmatch(workplace, told, re.IGNORECASE):
        return [told]
    bare = re.sub(r"^(?:the|der|dem|den|la|el) ", "", told, flags=re.IGNORECASE)
    if bare.lower() in _NO_COMPANY or not 1 <= len(bare.split()) <= 4:
        return []
    return _written_large(bare.split(), is_lower=is_lower)


def job(value: str, *, is_lower: bool) -> list[str]:
    """A job by its last word, or by its first, as in "profesora de música"."""
    told = _bare(value).lower().split()
    if not 1 <= len(told) <= 4:
        return []
    is_of = len(told) > 2 and told[1] == "de" and told[0] in words.JOBS
    return [_bare(value)] if is_of or told[-1] in words.JOBS else []


def any_job(value: str, *, is_lower: bool) -> list[str]:
    """What stands after "work as": any few words but of how."""
    told = _bare(value).split()
    return [_bare(value)] if 1 <= len(told) <= 4 and told[0].lower() not in _HOW else []


def liking(value: str, *, is_lower: bool) -> list[str]:
    """One thing or several, none of which needs to be known from what was said before."""
    parts = _parts(value)
    if len(parts) > 1 and all(len(part.split()) <= 3 for part in parts):
        return _together(list(map(_one, parts)))
    return _one(_bare(value))


def listed(value: str, *, is_lower: bool) -> list[str]:
    """Things, as somebody is allergic to them: each of few words."""
    return _together([_one(part) if len(part.split()) <= 3 else [] for part in _parts(value)])


def _one(told: str) -> list[str]:
    found = told.lower().split()
    if not 1 <= len(found) <= 6 or len(told) > _MUCH or found[0] in words.NOTHING_TO_LIKE:
        return []
    return [] if words.POINTING & set(found) else [told]


def brief(value: str, *, is_lower: bool) -> list[str]:
    """Up to four words that don't point elsewhere."""
    return _one(_bare(value)) if len(value.split()) <= 4 else []


def preference(value: str, *, is_lower: bool) -> list[str]:
    """What one prefers to what, both named."""
    told = _bare(value)
    is_pointing = words.POINTING & set(told.lower().split())
    return [] if is_pointing or len(told.split()) > 7 else [told]


def short(value: str, *, is_lower: bool) -> list[str]:
    """Up to nine words, whatever they are."""
    told = _bare(value)
    return [told] if 1 <= len(told.split()) <= 9 and len(told) <= 2 * _MUCH else []


def noun(value: str, *, is_lower: bool) -> list[str]:
    """A thing's name, or a German noun: its last word is written large."""
    told = _bare(value)
    return [told] if told and told.split()[-1][0].isupper() and len(told) < _MUCH else []


def languages(value: str, *, is_lower: bool) -> list[str]:
    """One language or several, without how well they are spoken."""
    parts = [part.strip() for part in _parts(_LITTLE.sub("", value))]
    return parts if all(part.lower() in words.LANGUAGES for part in parts) else []


def years(value: str, *, is_lower: bool) -> list[str]:
    """An age in figures."""
    return [value] if value.isdecimal() and int(value) in _AGES else []
