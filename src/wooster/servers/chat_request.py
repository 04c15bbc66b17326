"""`POST /v1/chat/completions` as a type: what may be asked for, and what is said of each mistake.

It knows the OpenAI protocol and our few extension fields; it knows nothing of models or tokens.
Clients send more fields than any one server knows: what would change an answer and isn't supported
is refused by name, the rest (`user`, `store`, `metadata`, …) is ignored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from wooster.servers.openai import Shape
from wooster.servers.tools import Tool, ToolChoice, Tools, read_choice

TOP_LOGPROBS = 20
STOPS = 16
TOOLS = 1024  # more would be longer than any context, and takes minutes to make a grammar of

# Arguments of the template's renderer; everything else is a variable of the template.
_RENDERING = {
    "add_generation_prompt",
    "chat_template",
    "continue_final_message",
    "conversation",
    "documents",
    "max_length",
    "messages",
    "padding",
    "return_assistant_tokens_mask",
    "return_dict",
    "return_tensors",
    "tokenize",
    "tokenizer_kwargs",
    "tools",
    "truncation",
}


class TextPart(Shape):
    type: Literal["text"]
    text: str


class CalledFunction(Shape):
    name: str
    arguments: str

    def for_template(self) -> dict[str, Any]:
        """Most templates want the arguments as an object, not as the text of one."""
        try:
            arguments = json.loads(self.arguments or "{}")
        except (ValueError, RecursionError):
            arguments = self.arguments  # a model's own broken words, shown as they were
        return {"name": self.name, "arguments": arguments}


class ToolCall(Shape):
    """A call that the model made in an earlier answer."""

    id: str
    type: Literal["function"] = "function"
    function: CalledFunction


class Message(Shape):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None
    name: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None  # the older name of `reasoning`

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
        told: dict[str, Any] = {"role": role, "content": content}
        if self.name is not None:
            told["name"] = self.name
        if self.tool_call_id is not None:
            told["tool_call_id"] = self.tool_call_id
        if self.tool_calls:
            told["tool_calls"] = [
                {"id": call.id, "type": "function", "function": call.function.for_template()}
                for call in self.tool_calls
            ]
        if thought := self.reasoning or self.reasoning_content:
            told["reasoning_content"] = thought  # what templates call it
        return told


class StreamOptions(Shape):
    include_usage: bool = False


class JsonSchema(Shape):
    """The schema of `response_format`. Our output always keeps to it, `strict` or not."""

    name: str
    wanted: Annotated[dict[str, Any] | bool, Field(alias="schema")]
    strict: bool | None = None


class ResponseFormat(Shape):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None

    @model_validator(mode="after")
    def _has_its_schema(self) -> Self:
        if self.type == "json_schema" and self.json_schema is None:
            raise ValueError("json_schema is missing: {'name': …, 'schema': …}")
        return self


class _Choices(Shape):
    """How the next token is chosen and what is told of it."""

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: int | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    logit_bias: dict[str, Annotated[float, Field(ge=-100, le=100)]] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=TOP_LOGPROBS)] | None = None

    @field_validator("logit_bias")
    @classmethod
    def _of_tokens(cls, biases: dict[str, float] | None) -> dict[str, float] | None:
        for token in biases or ():
            if not (token.isascii() and token.isdigit()):
                raise ValueError(f"{token!r} isn't the number of a token")
        return biases

    @field_validator("top_logprobs")
    @classmethod
    def _with_logprobs(cls, top: int | None, told: ValidationInfo) -> int | None:
        if top is not None and not told.data.get("logprobs"):
            raise ValueError("needs logprobs: true")
        return top

    @property
    def biases(self) -> dict[int, float]:
        return {int(token): bias for token, bias in (self.logit_bias or {}).items()}

    @property
    def told_logprobs(self) -> int | None:
        """How many likeliest tokens are told beside the one taken; None tells nothing."""
        return (self.top_logprobs or 0) if self.logprobs else None


class _Thinking(Shape):
    """How much the model thinks before it answers, where its template knows such a switch."""

    reasoning_effort: str | None = None
    enable_thinking: bool | None = None
    chat_template_kwargs: dict[str, Any] | None = None

    @field_validator("chat_template_kwargs")
    @classmethod
    def _only_variables(cls, options: dict[str, Any] | None) -> dict[str, Any] | None:
        for name, value in (options or {}).items():
            if name in _RENDERING:
                raise ValueError(f"{name!r} isn't a variable of a chat template")
            if not isinstance(value, str | int | float | bool | None):
                raise ValueError(f"{name!r} must be a text, a number or a boolean")
        return options

    @property
    def template_options(self) -> dict[str, Any]:
        """The template's variables; what is said by `chat_template_kwargs` goes first."""
        options: dict[str, Any] = {}
        if self.reasoning_effort is not None:
            options["reasoning_effort"] = self.reasoning_effort
            if self.reasoning_effort == "none":
                options["enable_thinking"] = False
        if self.enable_thinking is not None:
            options["enable_thinking"] = self.enable_thinking
        return {**options, **(self.chat_template_kwargs or {})}


class ChatRequest(_Choices, _Thinking):
    """The whole request. What it doesn't say is as the model's makers recommend."""

    messages: Annotated[list[Message], Field(min_length=1)]
    model: str = "default"
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    stop: str | list[str] | None = None
    n: int | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    service_tier: str | None = None
    functions: Any = None
    function_call: Any = None
    modalities: list[str] | None = None

    @property
    def answer_limit(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens

    @property
    def stops(self) -> tuple[str, ...]:
        if self.stop is None:
            return ()
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop)

    @property
    def is_background(self) -> bool:
        """Whether it yields to everybody else: OpenAI's name for that is the tier `flex`."""
        return self.service_tier == "flex"

    @property
    def offered(self) -> Tools | None:
        """The tools that the model may call in this answer; None where it may call none."""
        choice = self.tool_choice or ToolChoice("auto")
        if not self.tools or choice.mode == "none":
            return None
        return Tools(tuple(self.tools), choice, is_parallel=self.parallel_tool_calls is not False)

    @field_validator("stop")
    @classmethod
    def _stops_say_something(cls, stop: str | list[str] | None) -> str | list[str] | None:
        if stop == "" or (isinstance(stop, list) and (len(stop) > STOPS or "" in stop)):
            raise ValueError(f"must be up to {STOPS} strings, none of them empty")
        return stop

    @field_validator("n")
    @classmethod
    def _one_answer(cls, n: int | None) -> int | None:
        if n not in (None, 1):
            raise ValueError("only 1 is supported")
        return n

    @field_validator("tools", mode="before")
    @classmethod
    def _not_too_many(cls, tools: Any) -> Any:
        if isinstance(tools, list) and len(tools) > TOOLS:
            raise ValueError(f"must be at most {TOOLS}, found {len(tools)}")
        return tools

    @field_validator("tools")
    @classmethod
    def _each_its_own_name(cls, tools: list[Tool] | None) -> list[Tool] | None:
        names = [tool.function.name for tool in tools or ()]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two tools are named {twice!r}")
        return tools

    @field_validator("tool_choice", mode="before")
    @classmethod
    def _known_choice(cls, choice: Any) -> Any:
        return None if choice is None else read_choice(choice)

    @field_validator("tool_choice")
    @classmethod
    def _among_the_tools(cls, choice: ToolChoice | None, told: ValidationInfo) -> ToolChoice | None:
        if choice is None or choice.mode in ("auto", "none") or "tools" not in told.data:
            return choice
        known = [tool.function.name for tool in told.data["tools"] or ()]
        if not known:
            raise ValueError("asks for a tool, and there are no tools")
        if choice.name is not None and choice.name not in known:
            raise ValueError(f"there is no tool {choice.name!r} among the tools")
        return choice

    @field_validator("functions", "function_call")
    @classmethod
    def _by_its_newer_name(cls, value: Any) -> Any:
        if value is not None:
            raise ValueError("isn't supported; tools and tool_choice have taken its place")
        return value

    @field_validator("modalities")
    @classmethod
    def _only_words(cls, value: list[str] | None) -> list[str] | None:
        if value not in (None, ["text"]):
            raise ValueError("only ['text'] is supported")
        return value
