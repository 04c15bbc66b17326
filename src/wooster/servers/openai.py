"""The OpenAI dialect: requests as types, errors in its shape, answers and chunks as dicts.

It knows what the wire looks like; it knows nothing of sockets, threads or models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

ROLES = ("system", "developer", "user", "assistant", "tool")


class ApiError(Exception):
    """An answer that isn't what was asked for: an HTTP status and an OpenAI-shaped error."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        kinds = {401: "authentication_error", 403: "permission_error"}
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {
            "error": {
                "message": self.message,
                "type": kinds.get(self.status, kind),
                "param": self.param,
                "code": self.code,
            }
        }


class _Shape(BaseModel):
    # Clients send more fields than any one server knows; what would change an answer and isn't
    # supported is refused by name in `ChatRequest`, the rest is ignored.
    model_config = ConfigDict(strict=True, extra="ignore")


class TextPart(_Shape):
    type: Literal["text"]
    text: str


class Message(_Shape):
    model_config = ConfigDict(strict=True, extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None

    @field_validator("content", mode="before")
    @classmethod
    def _only_text(cls, content: Any) -> Any:
        for part in content if isinstance(content, list) else ():
            kind = part.get("type") if isinstance(part, Mapping) else None
            if kind != "text":
                raise ValueError(f"a content part of type {kind!r} isn't supported, only 'text'")
        return content

    def for_template(self) -> dict[str, Any]:
        """The message as chat templates expect it: known roles, content as one string."""
        content = self.content or ""
        if not isinstance(content, str):
            content = "".join(part.text for part in content)
        role = "system" if self.role == "developer" else self.role
        return {**(self.model_extra or {}), "role": role, "content": content}


class StreamOptions(_Shape):
    include_usage: bool = False


class ResponseFormat(_Shape):
    type: str


class ChatRequest(_Shape):
    """`POST /v1/chat/completions`. What it doesn't say is as the model's makers recommend."""

    messages: Annotated[list[Message], Field(min_length=1)]
    model: str = "default"
    stream: bool = False
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    n: int | None = None
    tools: list[Any] | None = None
    response_format: ResponseFormat | None = None
    logprobs: bool | None = None
    logit_bias: dict[str, float] | None = None

    @property
    def answer_limit(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens

    @property
    def stops(self) -> tuple[str, ...]:
        if self.stop is None:
            return ()
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop)

    @field_validator("stop")
    @classmethod
    def _stops_say_something(cls, stop: str | list[str] | None) -> str | list[str] | None:
        if stop == "" or (isinstance(stop, list) and (len(stop) > 16 or "" in stop)):
            raise ValueError("must be up to 16 strings, none of them empty")
        return stop

    @field_validator("n")
    @classmethod
    def _one_answer(cls, n: int | None) -> int | None:
        if n not in (None, 1):
            raise ValueError("only 1 is supported")
        return n

    @field_validator("tools", "logprobs", "logit_bias")
    @classmethod
    def _not_yet(cls, value: Any) -> Any:
        if value:
            raise ValueError("isn't supported by this server")
        return value

    @field_validator("response_format")
    @classmethod
    def _plain_text(cls, value: ResponseFormat | None) -> ResponseFormat | None:
        if value is not None and value.type != "text":
            raise ValueError(f"{value.type!r} isn't supported by this server, only 'text'")
        return value


class EmbeddingRequest(_Shape):
    """`POST /v1/embeddings`. `truncate` is ours: cut long input instead of refusing it."""

    input: str | list[str]
    model: str = "default"
    encoding_format: Literal["float", "base64"] = "float"
    truncate: bool = False
    dimensions: int | None = None

    @property
    def texts(self) -> list[str]:
        return [self.input] if isinstance(self.input, str) else self.input

    @field_validator("input")
    @classmethod
    def _something(cls, value: str | list[str]) -> str | list[str]:
        texts = [value] if isinstance(value, str) else value
        if not 1 <= len(texts) <= 2048:
            raise ValueError(f"must have 1 to 2048 texts, found {len(texts)}")
        if "" in texts:
            raise ValueError(f"text {texts.index('')} is empty")
        return value


Request = TypeVar("Request", bound=BaseModel)


def parse(kind: type[Request], body: bytes) -> Request:
    """The request in `body`. Raises `ApiError` 400 that names the field and what is wrong."""
    try:
        data = json.loads(body)
    except ValueError as error:  # also what isn't UTF-8
        raise ApiError(400, f"The body isn't JSON: {error}", code="invalid_json") from error
    except RecursionError as error:
        raise ApiError(400, "The body's JSON is nested too deeply", code="invalid_json") from error
    if not isinstance(data, dict):
        raise ApiError(400, f"The body is a JSON {type(data).__name__}, an object is needed")
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise _explain(_deepest(error.errors())) from error


def _deepest(errors: Sequence[ErrorDetails]) -> ErrorDetails:
    """Of the branches of a union, the one that came furthest is the one that was meant."""
    return max(errors, key=lambda error: (error["type"] == "value_error", len(error["loc"])))


def _explain(error: ErrorDetails) -> ApiError:
    param = ""
    for part in error["loc"]:
        if isinstance(part, int):
            param += f"[{part}]"
        elif part.islower() and part not in ("str", "list") and not part.startswith("list["):
            param += f".{part}" if param else part
    if error["type"] == "missing":
        return ApiError(400, f"{param} is missing", param=param, code="missing_required_parameter")
    told = str(error.get("ctx", {}).get("error", error["msg"])).removeprefix("Input ")
    if error["type"] == "value_error":
        return ApiError(400, f"{param}: {told}", param=param, code="unsupported_value")
    shown = repr(error["input"])
    shown = shown if len(shown) <= 60 else shown[:60] + "…"
    return ApiError(400, f"{param}: {shown} {told}", param=param, code="invalid_value")


# --- answers ---------------------------------------------------------------------------------


def usage(prompt: int, completion: int, cached: int) -> dict[str, Any]:
    """Token counts; `cached` of the prompt's tokens were not read anew."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    }


def models(name: str, created: int, **more: Any) -> dict[str, Any]:
    """`GET /v1/models` for a server that has one model."""
    entry = {"id": name, "object": "model", "created": created, "owned_by": "local", **more}
    return {"object": "list", "data": [entry]}


class Completion:
    """The envelope of one chat answer: the same id, time and model in each of its parts."""

    def __init__(self, identity: str, created: int, model: str) -> None:
        self._head = {"id": f"chatcmpl-{identity}", "created": created, "model": model}

    def chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return {**self._head, "object": "chat.completion.chunk", "choices": [choice]}

    def last_chunk(self, counts: dict[str, Any]) -> dict[str, Any]:
        return {**self._head, "object": "chat.completion.chunk", "choices": [], "usage": counts}

    def whole(self, text: str, finish_reason: str, counts: dict[str, Any]) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": finish_reason}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": counts,
        }
