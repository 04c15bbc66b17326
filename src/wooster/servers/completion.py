"""A chat answer in OpenAI's shape: chunks of a stream, or the whole.

It knows what goes where on the wire; it knows nothing of how an answer comes about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wooster.servers.jobs import Logprob, Sampled
from wooster.servers.tool_calls import CallArguments, CallBegan


def usage(prompt: int, completion: int, *, cached: int, reasoning: int) -> dict[str, Any]:
    """Token counts: `cached` of the prompt's were not read anew, `reasoning` of the completion's
    were thoughts."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }


def logprobs(sampled: Sequence[Sampled]) -> dict[str, Any]:
    """The probabilities of an answer's tokens."""
    content = [
        {**_logprob(each.taken), "top_logprobs": [_logprob(other) for other in each.top]}
        for each in sampled
    ]
    return {"content": content, "refusal": None}


def _logprob(told: Logprob) -> dict[str, Any]:
    return {
        "token": told.token.decode("utf-8", "replace"),
        "logprob": max(told.logprob, -9999.0),  # as OpenAI writes what can't be
        "bytes": list(told.token),
    }


def call_began(began: CallBegan) -> dict[str, Any]:
    """The first delta of a call."""
    function = {"name": began.name, "arguments": ""}
    call = {"index": began.index, "id": began.id, "type": "function", "function": function}
    return {"tool_calls": [call]}


def call_arguments(piece: CallArguments) -> dict[str, Any]:
    """A later delta of a call."""
    return {"tool_calls": [{"index": piece.index, "function": {"arguments": piece.text}}]}


@dataclass(slots=True)
class Whole:
    """An answer being collected."""

    words: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    sampled: list[Sampled] = field(default_factory=list)

    def begin(self, began: CallBegan) -> None:
        function = {"name": began.name, "arguments": ""}
        self.calls.append({"id": began.id, "type": "function", "function": function})

    def argue(self, piece: CallArguments) -> None:
        self.calls[piece.index]["function"]["arguments"] += piece.text

    def message(self, thought: str) -> dict[str, Any]:
        text = "".join(self.words)
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if thought:
            message["reasoning"] = thought
        if self.calls:
            message["content"] = text or None
            message["tool_calls"] = self.calls
        return message


class Completion:
    """The envelope of one chat answer: the same id, time and model in each of its parts."""

    def __init__(self, identity: str, created: int, model: str) -> None:
        self._head = {"id": f"chatcmpl-{identity}", "created": created, "model": model}

    def chunk(
        self,
        delta: dict[str, Any],
        finish_reason: str | None = None,
        told: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """`told` are the logprobs of the delta's tokens."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        if told is not None:
            choice["logprobs"] = told
        return {**self._head, "object": "chat.completion.chunk", "choices": [choice]}

    def last_chunk(self, counts: dict[str, Any]) -> dict[str, Any]:
        return {**self._head, "object": "chat.completion.chunk", "choices": [], "usage": counts}

    def whole(
        self,
        message: dict[str, Any],
        finish_reason: str,
        counts: dict[str, Any],
        told: dict[str, Any] | None,
    ) -> dict[str, Any]:
        choice = {"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": told}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": counts,
        }
