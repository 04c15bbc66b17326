"""Facts that say nothing, or that are none: pure, and only about how a value looks.

What the person told Wooster to remember is theirs, however it looks, as long as it says something.
What is named here is shown to a person and not removed: a rule of thumb may be wrong.
"""

from __future__ import annotations

import re

from wooster.core.patterns import Pattern
from wooster.memory.facts import keys
from wooster.memory.facts.likeness import folded
from wooster.memory.facts.model import PERSON, Fact
from wooster.vectors.words import STOP_WORDS

LONGEST_STATEMENT = 300
_EMPTY_WORDS = (
    "yes no ok okay none null nil nan undefined unknown unspecified nothing something anything "
    "everything thing things stuff user assistant person na n/a tbd todo true false not very just "
    "really also too here there now today me myself it mentioned"
)
_SAYS_NOTHING = STOP_WORDS | frozenset(_EMPTY_WORDS.split())
_WORD = Pattern(r"[^\s.,;:!?\"'()\[\]]+")

_URLS = Pattern(r"(?:(?:https?://|www\.)\S+[\s,;]*)+", re.I)
_PATH = Pattern(
    r"(?:~|\.{1,2})?(?:/[\w.@+-]+){2,}/?|(?:~|\.{1,2})/[\w.@+/-]+|[A-Za-z]:\\\S+|\\\\\S+"
    r"|[\w-]+\.(?:py|js|ts|rs|go|rb|sh|c|h|cpp|java|json|ya?ml|toml|ini|cfg|log|lock|sql|md|txt)"
)
_IDENTIFIER = Pattern(r"[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_LOGGED = Pattern(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d.*|.*\b(?:DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b[ :\]].*", re.S
)
# A command's name is a word like any other until what follows is one of commands.
_COMMAND = Pattern(
    r"[$#>] \S.*|sudo \S.*"
    r"|(?:git|npm|npx|yarn|pip3?|uv|docker|kubectl|cargo|brew|apt|apt-get|systemctl) (?:add|apply"
    r"|build|checkout|clone|commit|exec|get|init|install|pull|push|ps|restart|run|start|status|stop"
    r"|test|uninstall|up|update|upgrade)\b.*"
    r"|(?:ls|cd|cp|mv|rm|cat|grep|find|chmod|chown|mkdir|curl|wget|ssh|scp|tar|make|python3?|node"
    r"|bash|sh|echo|export|sed|awk|kill)(?: .*)?"
    r" (?:--?[a-z]|[~.]{0,2}/\w|[|<>]|\$\w|\S+\.\w{2,4}\b).*",
    re.S,
)
_CODE = Pattern(
    r"```|=>|[=!]==|\$\{|\w\([^)]*\)\s*[;{:]|[;{]\s*$|^\s*[{\[]\s*[\"'][\w-]+[\"']|</?[a-z][^<>]*>"
    r"|^\s*(?:def \w+\(|class \w+\s*[:({]|(?:const|let|var) \w+ ?=|from [\w.]+ import "
    r"|import [\w.]+ as |return .*;|(?:async )?function\b.*\("
    r"|SELECT\b.*\bFROM\b|INSERT INTO\b|UPDATE \w+ SET\b)",
    re.M,
)
_FORMS = (
    (_URLS.fullmatch, "only an address"),
    (_PATH.fullmatch, "a path or a file's name"),
    (_IDENTIFIER.fullmatch, "an identifier"),
    (_LOGGED.fullmatch, "a line of a log"),
    (_COMMAND.fullmatch, "a command"),
    (_CODE.search, "code"),
)


def why_junk(fact: Fact) -> str:
    """Why a fact is no fact, as what it is; "" when it may be one."""
    value = fact.value.strip()
    if not folded(value):
        return "empty"
    if _is_one_sign(value):
        return "a single character"
    if _says_nothing(value, names=_may_be_a_name(fact)):
        return "words that say nothing"
    if fact.made_by == PERSON:
        return ""
    for found, form in _FORMS:
        if found(value):
            return form
    if len(fact.statement) > LONGEST_STATEMENT:
        return f"longer than {LONGEST_STATEMENT} characters"
    return ""


def _is_one_sign(value: str) -> bool:
    """One letter of an alphabet, or a mark. A digit is an age, a 猫 a cat."""
    bare = folded(value)
    is_mark = not any(c.isalnum() or not c.isascii() for c in bare)
    return is_mark or (len(bare) == 1 and bare.isascii() and not bare.isdigit())


def _may_be_a_name(fact: Fact) -> bool:
    return fact.key == "name" or keys.of(fact.key).category == "relationship"


def _says_nothing(value: str, *, names: bool) -> bool:
    """Whether every word is one that says nothing. Somebody may be called Will."""
    if names and value[:1].isupper():
        return False
    found = _WORD.findall(value)
    return all(word.lower() in _SAYS_NOTHING for word in found)
