"""From messages to the tokens of a prompt, by the model's own chat template.

It knows templates and control tokens; it knows nothing of HTTP or of what is made of the prompt.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from wooster.core.errors import UsageError


class BadMessages(UsageError):
    """The model's chat template refuses these messages."""

    code = "invalid_messages"


class PromptReader:
    """Reads prompts for one model. From any thread but the engine's: a long text delays nobody."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        added = tokenizer.added_tokens_decoder.values()
        self._control = [token.content for token in added if token.special]
        self._reading = threading.Lock()

    def read(self, messages: Sequence[dict[str, Any]]) -> list[int]:
        """The tokens that the chat template makes of `messages`. Raises `BadMessages`."""
        import jinja2

        try:
            with self._reading:
                harmless = [_defuse(message, self._control) for message in messages]
                tokens = self._tokenizer.apply_chat_template(harmless, add_generation_prompt=True)
        except (jinja2.TemplateError, TypeError, KeyError, ValueError) as error:
            raise BadMessages(f"The model's chat template refuses the messages: {error}") from error
        if not tokens:
            raise BadMessages("The model's chat template makes an empty prompt of the messages.")
        return list(tokens)


def _defuse(message: dict[str, Any], control: Sequence[str]) -> dict[str, Any]:
    """The message with no control token in its text, unless the model wrote it itself.

    The template's tokens say who speaks. A pasted page that holds them could end the person's
    message and go on in the system's name; a zero-width space makes plain text of them.
    """
    if message["role"] == "assistant":
        return message
    content = message["content"]
    for token in control:
        content = content.replace(token, f"{token[0]}\u200b{token[1:]}")
    return {**message, "content": content}
