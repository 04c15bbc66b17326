"""`POST /v1/embeddings` as a type: what may be asked for, and what is said of each mistake.

It knows the OpenAI protocol and the extension fields; it knows nothing of models or tokens.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from wooster.servers.openai import Shape

InputType = Literal["query", "document"]
TEXTS = 2048  # in one request, as with OpenAI

# What other servers with such a field call the two kinds.
_OTHER_NAMES = {
    "passage": "document",
    "search_document": "document",
    "search_query": "query",
}


def _input_type(value: Any) -> Any:
    return _OTHER_NAMES.get(value, value) if isinstance(value, str) else value


def _texts(value: Any) -> list[str]:
    """The texts of `input`, which may be a single one. Raises `ValueError` naming the first bad
    one."""
    texts = value if isinstance(value, list) else [value]
    if not 1 <= len(texts) <= TEXTS:
        raise ValueError(f"must have 1 to {TEXTS} texts, found {len(texts)}")
    for index, text in enumerate(texts):
        if problem := _problem(text):
            raise ValueError(f"text {index} {problem}" if isinstance(value, list) else problem)
    return texts


def _problem(text: Any) -> str:
    """What is wrong with one text; empty if nothing is."""
    if _is_token(text) or (isinstance(text, list) and text and all(map(_is_token, text))):
        # Numbers made by another model's tokenizer (LangChain's default) would be taken for other
        # words, and the vectors would be wrong without a sign of it.
        return (
            "is token numbers, which each model has its own of: send the text itself "
            "(with LangChain's OpenAIEmbeddings: check_embedding_ctx_length=False)"
        )
    if not isinstance(text, str):
        shown = json.dumps(text)
        shown = shown if len(shown) <= 60 else shown[:60] + "…"
        return f"is {shown}, which isn't a string"
    if not text:
        return "is empty"
    if not text.isascii() and not _has_whole_characters(text):
        return "has half of a character (a lone surrogate such as \\ud800)"
    return ""


def _is_token(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _has_whole_characters(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class EmbeddingRequest(Shape):
    """`truncate`, `input_type` and `instruction` are ours.

    `truncate` cuts long input instead of refusing it. `input_type` tells a search's words from
    what is searched; `instruction` says what the search is for, to models that were trained with
    such. `service_tier` "flex" is background work.
    """

    input: Annotated[list[str], BeforeValidator(_texts)]
    model: str = "default"
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int, Field(ge=1)] | None = None
    truncate: bool = False
    input_type: Annotated[InputType, BeforeValidator(_input_type)] = "document"
    instruction: Annotated[str, Field(min_length=1)] | None = None
    service_tier: str | None = None

    @property
    def is_background(self) -> bool:
        return self.service_tier == "flex"
