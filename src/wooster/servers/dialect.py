"""What a chat model's own tokenizer and template know: how it thinks, and how it calls tools.

It knows mlx-lm's tokenizer wrapper and its tool parsers; it knows nothing of requests or HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wooster.core.thinking import Beginning, Marks
from wooster.servers.tool_calls import Call, CallForm, as_call, read_json

# Hermes' form, which most open models have seen. For a model whose template knows no tools it is
# described in a prompt.
TAUGHT = CallForm("<tool_call>", "</tool_call>", read_json, is_json=True)

# DeepSeek-R1's first template cuts thoughts out of earlier answers and knows nothing else of them:
# its family always thinks and may leave out the opening mark. Templates with one of these names are
# for models that can do without thinking, and open a thought when they have one.
_CAN_BE_OFF = re.compile(r"\b(enable_thinking|thinking|reasoning_content|reasoning_effort)\b")
# What a parser may raise over text that isn't of its form; they are written for text that is.
_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, SyntaxError)


@dataclass(frozen=True, slots=True)
class Dialect:
    """`native` is the form of the tool calls that the model's own template asks for."""

    marks: Marks | None
    native: CallForm | None
    always_thinks: bool
    thinking_switch: bool

    def call_form(self) -> CallForm:
        return self.native or TAUGHT

    def beginning(self, prompt_end: str) -> Beginning:
        """Where an answer begins after a prompt that ends like this."""
        if self.marks is None:
            return "outside"
        end = prompt_end.rstrip()
        if end.endswith(self.marks.start):
            return "inside"
        if end.endswith(self.marks.end):
            return "outside"
        return "assumed" if self.always_thinks else "perhaps"


def dialect_of(tokenizer: Any) -> Dialect:
    """The dialect of an mlx-lm `TokenizerWrapper`."""
    template = tokenizer.chat_template
    template = template if isinstance(template, str) else ""
    marks = Marks(tokenizer.think_start, tokenizer.think_end) if tokenizer.has_thinking else None
    return Dialect(
        marks=marks,
        native=_native_form(tokenizer) if tokenizer.has_tool_calling else None,
        always_thinks=bool(marks and marks.end in template and not _CAN_BE_OFF.search(template)),
        thinking_switch=re.search(r"\bthinking\b", template) is not None,
    )


def _native_form(tokenizer: Any) -> CallForm:
    parser = tokenizer.tool_parser
    if parser.__module__.endswith(".json_tools"):
        return CallForm(tokenizer.tool_call_start, tokenizer.tool_call_end, read_json, is_json=True)
    return CallForm(
        tokenizer.tool_call_start, tokenizer.tool_call_end, _reader(parser, ()), is_json=False
    )


def with_tools(form: CallForm, tokenizer: Any, tools: Sequence[dict[str, Any]]) -> CallForm:
    """The form, its reader told of the tools: some forms don't say which argument is a number."""
    if form.is_json:
        return form
    return CallForm(form.start, form.end, _reader(tokenizer.tool_parser, tools), is_json=False)


def _reader(
    parser: Callable[..., Any], tools: Sequence[dict[str, Any]]
) -> Callable[[str], list[Call]]:
    def read(text: str) -> list[Call]:
        try:
            told = parser(text, list(tools))
        except _UNREADABLE as error:
            raise ValueError(f"the model's call can't be read: {error}") from error
        return [as_call(each) for each in (told if isinstance(told, list) else [told])]

    return read
