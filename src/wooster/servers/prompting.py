"""From messages to the tokens of a prompt, by the model's own chat template.

It knows templates and control tokens; it knows nothing of HTTP or of what is made of the prompt.
How tools are shown to a model whose template doesn't know them stands in `teaching`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wooster.core.errors import UsageError
from wooster.core.thinking import Beginning
from wooster.servers import teaching
from wooster.servers.dialect import TAUGHT, dialect_of, with_tools
from wooster.servers.narrowing import ThoughtTokens
from wooster.servers.tool_calls import CallForm

_LAST_TOKENS = 24  # of a prompt, longer than any opening of a thought


class BadMessages(UsageError):
    """The model's chat template refuses these messages."""

    code = "invalid_messages"


class PromptTooLong(UsageError):
    """The prompt, or it and the answer that was asked for, can't fit into the context."""

    code = "context_length_exceeded"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a prompt shows beside its messages. `options` are variables of the template; `must_call`
    has the answer begin inside a tool call."""

    tools: Sequence[dict[str, Any]] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    must_call: bool = False


class PromptReader:
    """Reads prompts for one model. From any thread but the engine's: a long text delays nobody."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.dialect = dialect_of(tokenizer)
        added = tokenizer.added_tokens_decoder.values()
        self._control = [token.content for token in added if token.special]
        self._longest = max(map(len, tokenizer.get_vocab()))
        self._reading = threading.Lock()

    def read(
        self,
        messages: Sequence[dict[str, Any]],
        shown: Shown | None = None,
        at_most: int | None = None,
    ) -> list[int]:
        """The tokens that the chat template makes of `messages`.

        Raises `BadMessages`, and `PromptTooLong` at once where the text can't fit into `at_most`
        tokens however they are counted.
        """
        import jinja2

        shown = shown or Shown()
        try:
            text = self._written(messages, shown)
        except (jinja2.TemplateError, TypeError, KeyError, ValueError, RecursionError) as error:
            raise BadMessages(f"The model's chat template refuses the messages: {error}") from error
        if at_most is not None and len(text) > at_most * self._longest:
            raise PromptTooLong(
                f"This model's maximum context length is {at_most} tokens. "
                f"The messages have more than {len(text) // self._longest} tokens."
            )
        with self._reading:
            tokens = self._tokenizer.encode(text, add_special_tokens=False)
        if not tokens:
            raise BadMessages("The model's chat template makes an empty prompt of the messages.")
        return list(tokens)

    def beginning(self, prompt: Sequence[int]) -> Beginning:
        """Where the answer to this prompt begins."""
        with self._reading:
            end = self._tokenizer.decode(list(prompt[-_LAST_TOKENS:]))
        return self.dialect.beginning(end)

    def thought_tokens(self, beginning: Beginning) -> ThoughtTokens | None:
        """The marks of a thought that an answer may begin with; None where it has none."""
        if self.dialect.marks is None or beginning == "outside":
            return None
        start: tuple[int, ...] = tuple(self._tokenizer.think_start_tokens)
        can_open = beginning == "perhaps" and len(start) > 0
        return ThoughtTokens(
            start[0] if can_open else None, tuple(self._tokenizer.think_end_tokens)
        )

    @property
    def vocabulary(self) -> int:
        """How many tokens there are."""
        return len(self._tokenizer)

    def call_form(self, tools: Sequence[dict[str, Any]]) -> CallForm:
        """How the model writes a call of one of these tools."""
        return with_tools(self.dialect.call_form(), self._tokenizer, tools)

    def count(self, text: str) -> int:
        """The tokens of a piece of an answer."""
        with self._reading:
            return len(self._tokenizer.encode(text, add_special_tokens=False))

    def _written(self, messages: Sequence[dict[str, Any]], shown: Shown) -> str:
        if self.dialect.native is None:
            messages, tools = teaching.taught(messages, shown.tools, TAUGHT), None
        else:
            tools = [_harmless(tool, self._control) for tool in shown.tools] or None
        harmless = [_defuse(message, self._control) for message in messages]
        text: str = self._tokenizer.apply_chat_template(
            harmless,
            tools=tools,
            tokenize=False,
            add_generation_prompt=True,
            **self._variables(shown.options),
        )
        if not shown.must_call:
            return text
        marks = self.dialect.marks
        if marks is not None and text.rstrip().endswith(marks.start):
            text = f"{text.rstrip()}\n{marks.end}\n\n"
        return text + self.dialect.call_form().start

    def _variables(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The template's variables; DeepSeek's templates have another name for the same switch."""
        variables = dict(options)
        if "enable_thinking" in variables and self.dialect.thinking_switch:
            variables.setdefault("thinking", variables["enable_thinking"])
        return variables


def _defuse(message: dict[str, Any], control: Sequence[str]) -> dict[str, Any]:
    """The message with no control token in its text, unless the model wrote it itself.

    The template's tokens say who speaks. A pasted page that holds them could end the person's
    message and go on in the system's name; a zero-width space makes plain text of them.
    """
    if message["role"] == "assistant":
        return message
    told: dict[str, Any] = _harmless(message, control)
    return told


def _harmless(told: Any, control: Sequence[str]) -> Any:
    """Whatever holds texts, with no control token in any of them."""
    if isinstance(told, str):
        for token in control:
            told = told.replace(token, f"{token[0]}\u200b{token[1:]}")
        return told
    if isinstance(told, Mapping):
        return {_harmless(key, control): _harmless(value, control) for key, value in told.items()}
    if isinstance(told, list):
        return [_harmless(each, control) for each in told]
    return told
