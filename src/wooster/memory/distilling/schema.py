"""What a model is to answer: JSON schemas, small enough for a very small model, and their output.

The schemas bound each answer; whether what stands in it is so is for `admission.py`.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from wooster.core.text import clean
from wooster.memory.episodes.model import Sentiment

MOST_FACTS = 6
_SUMMARY, _WORDS, _QUOTE = 400, 40, 160
_MOST_TOPICS, _MOST_PEOPLE, _MOST_FOLLOWUPS = 5, 5, 3


class _Output(BaseModel):
    """A server that took no schema may say more than was asked for; that is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


# Half of an emoji, which a small model leaves in its answer, can't be stored, and what moves a
# terminal's cursor mustn't be shown.
Text = Annotated[str, AfterValidator(clean)]


class TodoOutput(_Output):
    message: int
    what: Text


class EpisodeOutput(_Output):
    summary: Text
    topics: Annotated[list[Text], Field(default_factory=list)]
    sentiment: Sentiment = "neutral"
    people: Annotated[list[Text], Field(default_factory=list)]
    to_do: Annotated[list[TodoOutput], Field(default_factory=list)]


class FactOutput(_Output):
    quote: Text
    about: Text
    category: Text
    key: Text
    value: Text


class FactsOutput(_Output):
    facts: list[FactOutput]


def episode_schema(messages: int) -> dict[str, Any]:
    """For the episode of so many messages."""
    todo = {"message": {"type": "integer", "minimum": 1, "maximum": messages}, "what": _text(120)}
    return _object(
        {
            "summary": _text(_SUMMARY),
            "topics": _array(_text(_WORDS), _MOST_TOPICS),
            "sentiment": {"enum": ["positive", "neutral", "negative"]},
            "people": _array(_text(_WORDS), _MOST_PEOPLE),
            "to_do": _array(_object(todo), _MOST_FOLLOWUPS),
        }
    )


def facts_schema(categories: Collection[str]) -> dict[str, Any]:
    """For facts of these categories. The quote comes first: what is made of it follows from it."""
    fact = {
        "quote": _text(_QUOTE),
        "about": _text(_WORDS),
        "category": {"enum": sorted(categories)},
        "key": _text(40),
        "value": _text(100),
    }
    return _object({"facts": _array(_object(fact), MOST_FACTS)})


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest}


def _array(items: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": most}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


O = TypeVar("O", bound=_Output)  # noqa: E741  an output


def read(kind: type[O], text: str) -> O | str:
    """What a model answered, or why it can't be read. Words around the object are passed over: a
    server that takes no schema lets its model write them."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return "the answer has no JSON object"
    try:
        return kind.model_validate(json.loads(text[start : end + 1]))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        return f"the answer isn't as asked for at {where!r}"
    except (ValueError, RecursionError):  # a number of thousands of digits is only the former
        return "the answer is no JSON"
