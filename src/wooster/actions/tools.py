"""Actions as tools for a model: what a schema of one says, and which ones a message needs.

Both are made from what an action has for people: its help, its parameters, its phrases. No model is
asked, and nothing is run here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wooster.actions.action import Action, Parameters
from wooster.actions.likeness import likeness, stems, telling
from wooster.core.text import clean, clip, rough_tokens
from wooster.models.model import Tool

# A page that was pasted below a message is no request.
_READ_CHARACTERS = 1000
_ALIKE = 0.5
# What goes on from the message before is short; thanks and greetings don't.
_FEW_WORDS = 10
_TAKE_LEAVE = [(word,) for word in ("thank", "thx", "hello", "hi", "hey", "bye", "goodby")]
_WORDS_CHARACTERS = 80
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
# How a docstring says of a parameter that it is only for undoing.
_BACK = re.compile(r"\btak(?:es?|ing) back\b")
_PLAIN = ("string", "integer", "number", "boolean")
_KEPT = ("type", "enum", "const", "format", "minimum", "maximum")
# JSON schemas tell a bound of storage as one of sense.
_BOUND = 10_000


class Offer:
    """The actions of one home that a model may call."""

    def __init__(self, actions: Sequence[Action[Any]]) -> None:
        self._actions = [each for each in actions if each.by_model and each.phrases]
        self._known = [_Known.of(action) for action in self._actions]
        self._tools: dict[str, Tool] = {}

    def needed(
        self, message: str, budget_tokens: int, lately: Collection[str] = ()
    ) -> tuple[Tool, ...]:
        """The tools that `message` may need, as many as fit; none for what isn't about any.

        `lately` are the names of tools that ran just before: a short message goes on from there. In
        the actions' order, so that the same need is the same bytes.
        """
        text = message[:_READ_CHARACTERS]
        words, told = stems(text), telling(text)
        scores = [known.score(words) for known in self._known]
        groups = {_group(name) for name in lately if _goes_on(words)}
        for known, score in zip(self._known, scores, strict=True):
            if score or known.is_meant(words):
                groups.add(known.group)
        ranked = sorted(
            (-score - known.shares(told), place)
            for place, (known, score) in enumerate(zip(self._known, scores, strict=True))
            if known.group in groups
        )
        chosen: list[int] = []
        for _, place in ranked:
            cost = size_tokens(self._tool(self._actions[place]))
            if cost <= budget_tokens:
                budget_tokens -= cost
                chosen.append(place)
        return tuple(self._tool(self._actions[place]) for place in sorted(chosen))

    def names(self) -> list[str]:
        return [action.name for action in self._actions]

    def parameters(self, name: str) -> Mapping[str, Any] | None:
        """The schema of an action's arguments; None where a model may not call it."""
        action = next((each for each in self._actions if each.name == name), None)
        return None if action is None else self._tool(action).parameters

    def is_outside(self, name: str) -> bool:
        """Whether what this tool tells may hold what others wrote."""
        return any(each.name == name and each.outside for each in self._actions)

    def _tool(self, action: Action[Any]) -> Tool:
        if action.name not in self._tools:
            self._tools[action.name] = tool(action)
        return self._tools[action.name]


def in_words(name: str, arguments: Mapping[str, Any], limit: int = _WORDS_CHARACTERS) -> str:
    """`habits checkin: Meditate, yesterday`: what a call does, for a person."""
    values = ", ".join(str(value) for value in arguments.values() if value not in ("", None))
    spoken = name.replace("_", " ")
    return clip(clean(f"{spoken}: {values}" if values else spoken), limit)


def size_tokens(offered: Tool) -> int:
    """About how many tokens a tool costs in a request."""
    return rough_tokens(f"{offered.name}{offered.help}{dict(offered.parameters)}")


# --- schemas ----------------------------------------------------------------------------------


def tool(action: Action[Any]) -> Tool:
    """An action as a model is shown it: no titles, defaults or lengths, and no parameter that is
    only for taking something back."""
    told = action.parameters.model_json_schema()
    sentences = _sentences(action.parameters)
    needed = [*told.get("required", []), *_rest(action)]
    hidden = {name for each in sentences if _BACK.search(each) for name in _named(each)}
    properties = {
        name: shape
        for name, given in told.get("properties", {}).items()
        if (name not in hidden or name in needed)
        and (shape := _shape(given, told.get("$defs", {}), is_needed=name in needed))
    }
    needed = [name for name in properties if name in needed]
    parameters: dict[str, Any] = {"type": "object", "properties": properties}
    if needed:
        parameters["required"] = needed
    about = [each.replace("`", "") for each in sentences if properties.keys() >= _named(each)]
    help_text = ". ".join(part.rstrip(".") for part in (action.help, *about)) + "."
    return Tool(action.name, help_text, parameters)


def _rest(action: Action[Any]) -> list[str]:
    """The parameter for the rest of a typed line, where no phrase of the action does without."""
    if not action.rest or not action.phrases:
        return []
    places = (any(word.isupper() for word in phrase.split()) for phrase in action.phrases)
    return [action.rest] if all(places) else []


def _sentences(parameters: type[Parameters]) -> list[str]:
    """What the parameters' docstring says of any of them, sentence by sentence."""
    told = " ".join(inspect.cleandoc(parameters.__dict__.get("__doc__") or "").split())
    return [each for each in _SENTENCE.split(told) if _named(each)]


def _named(sentence: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", sentence))


def _shape(
    given: Mapping[str, Any], definitions: Mapping[str, Any], *, is_needed: bool
) -> dict[str, Any]:
    """A parameter's schema in few words; empty for one that is no word, number or list of words."""
    if "$ref" in given:
        given = definitions[given["$ref"].rpartition("/")[2]]
    options = [each for each in given.get("anyOf", ()) if each.get("type") != "null"]
    if len(options) == 1:
        given = options[0]
    kind = given.get("type")
    if kind == "array":
        items = _shape(given.get("items", {}), definitions, is_needed=True)
        is_list = items.get("type") == "string" and "format" not in items
        return {"type": "array", "items": items} if is_list or is_needed else {}
    if kind in _PLAIN or "enum" in given or "const" in given:
        return {key: given[key] for key in _KEPT if key in given and _is_sense(given[key])}
    return dict(given) if is_needed else {}


def _is_sense(value: object) -> bool:
    return not isinstance(value, int) or isinstance(value, bool) or abs(value) <= _BOUND


# --- need -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """What the words of a message are held against."""

    group: str
    kind: str
    phrases: tuple[tuple[str, ...], ...]
    examples: tuple[frozenset[str], ...]
    told: frozenset[str]

    @classmethod
    def of(cls, action: Action[Any]) -> _Known:
        typed = [*map(_fixed, action.phrases), action.name.replace("_", " ")]
        phrases = {stems(each) for each in typed if telling(each)}
        group = _group(action.name)
        told = telling(f"{action.help} {' '.join(typed)}")
        examples = tuple(frozenset(stems(each)) for each in action.examples)
        return cls(group, "".join(stems(group)), tuple(sorted(phrases)), examples, told)

    def score(self, words: tuple[str, ...]) -> float:
        """How much a message asks for it: one that has a phrase in it does, or one that is like an
        example. 0 where neither is so."""
        whole = max((len(each) for each in self.phrases if _stands_in(each, words)), default=0)
        alike = max((likeness(frozenset(words), each) for each in self.examples), default=0.0)
        return whole + (3 * alike if alike >= _ALIKE else 0.0)

    def is_meant(self, words: tuple[str, ...]) -> bool:
        """Whether a message names what the action is about: habits, tasks, goals."""
        return self.kind in words

    def shares(self, words: frozenset[str]) -> float:
        """For the order among those of one kind."""
        return len(words & self.told) / 10


def _goes_on(words: tuple[str, ...]) -> bool:
    """Whether a message may go on from the one before: "and yesterday?", "yes, do that"."""
    return len(words) <= _FEW_WORDS and words[0:1] not in _TAKE_LEAVE


def _stands_in(phrase: tuple[str, ...], words: tuple[str, ...]) -> bool:
    size = len(phrase)
    return any(words[at : at + size] == phrase for at in range(len(words) - size + 1))


def _fixed(phrase: str) -> str:
    """A phrase's words without the places that a person fills in."""
    return " ".join(word for word in phrase.removeprefix("/").split() if not word.isupper())


def _group(name: str) -> str:
    return name.partition("_")[0]
