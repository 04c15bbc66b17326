"""From a chat request to what the engine needs: tokens, a limit, a constraint, how to read it back.

It knows the request's types, the model's dialect and the grammars; it knows nothing of HTTP's
routes or of batches. All of it may take seconds, so it runs off the event loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from wooster.core.thinking import Beginning
from wooster.servers.chat_request import ChatRequest
from wooster.servers.constraint import Grammar, Grammars, ToolSpec, UnsupportedSchema
from wooster.servers.decoding import Processor
from wooster.servers.narrowing import AfterThought, Biased, ThoughtTokens
from wooster.servers.openai import ApiError
from wooster.servers.prompting import PromptReader, Shown
from wooster.servers.tool_calls import CallForm
from wooster.servers.tools import Tools


@dataclass(frozen=True, slots=True)
class Plan:
    """`form` is how tool calls are written, None where none may be made; `given` is the beginning
    of the answer that stands in the prompt already."""

    prompt: list[int]
    max_tokens: int
    stops: tuple[str, ...]
    constraint: Processor | None
    beginning: Beginning
    form: CallForm | None
    given: str


class Model(Protocol):
    """The model as this page needs it: its prompts, its grammars, and how long an answer may be."""

    context_length: int

    @property
    def prompts(self) -> PromptReader | None: ...

    @property
    def grammars(self) -> Grammars: ...

    def answer_limit(self, prompt_tokens: int, asked: int | None) -> int: ...


def plan(asked: ChatRequest, model: Model) -> Plan:
    """What is to be done for a request, once the model is loaded. Raises `ApiError` or another
    error of the request's."""
    reader = model.prompts
    assert reader is not None
    tools = asked.offered
    _check(asked, tools, reader)
    form, shown = _shown(asked, tools, reader)
    messages = [message.for_template() for message in asked.messages]
    prompt = reader.read(messages, shown, at_most=model.context_length)
    max_tokens = model.answer_limit(len(prompt), asked.answer_limit)
    beginning: Beginning = "outside" if shown.must_call else reader.beginning(prompt)
    grammar = _grammar(asked, tools, form, model)
    return Plan(
        prompt,
        max_tokens,
        _stops(asked, tools, form),
        _constraint(asked, grammar, reader.thought_tokens(beginning), max_tokens),
        beginning,
        form,
        given=form.start if form is not None and shown.must_call else "",
    )


def _check(asked: ChatRequest, tools: Tools | None, reader: PromptReader) -> None:
    if tools is not None and not tools.is_required and _wants_json(asked):
        told = (
            "response_format: JSON and tool_choice 'auto' exclude each other here; "
            "set tool_choice to 'none' or 'required'"
        )
        raise ApiError(400, told, param="response_format", code="unsupported_value")
    unknown = next((token for token in asked.biases if token >= reader.vocabulary), None)
    if unknown is not None:
        told = f"logit_bias: there is no token {unknown}, only 0 to {reader.vocabulary - 1}"
        raise ApiError(400, told, param="logit_bias", code="unsupported_value")


def _stops(asked: ChatRequest, tools: Tools | None, form: CallForm | None) -> tuple[str, ...]:
    """What ends the answer: where one call is all that is wanted, its end does."""
    if tools is None or form is None or tools.at_most is None or not form.end:
        return asked.stops
    return (*asked.stops, form.end)


def _wants_json(asked: ChatRequest) -> bool:
    return asked.response_format is not None and asked.response_format.type != "text"


def _shown(
    asked: ChatRequest, tools: Tools | None, reader: PromptReader
) -> tuple[CallForm | None, Shown]:
    """How calls are written, and what the prompt shows. A call that must be made in a form that no
    grammar holds is begun in the prompt, which then shows only what may be called."""
    options = asked.template_options
    if tools is None:
        return None, Shown((), options)
    callable_ = [tool.for_template() for tool in tools.callable]
    form = reader.call_form(callable_)
    if tools.is_required and not form.is_json:
        return form, Shown(callable_, {"enable_thinking": False, **options}, must_call=True)
    return form, Shown([tool.for_template() for tool in tools.all], options)


def _grammar(
    asked: ChatRequest, tools: Tools | None, form: CallForm | None, model: Model
) -> Grammar | None:
    if tools is not None and form is not None:
        if not form.is_json:
            return None
        specs = [ToolSpec(tool.function.name, tool.parameters) for tool in tools.callable]
        marks = (form.start, form.end)
        return _compiled(
            "tools", lambda: model.grammars.tool_calls(specs, marks, tools.is_required)
        )
    wanted = asked.response_format
    if wanted is None or wanted.type == "text":
        return None
    if wanted.json_schema is None:
        return _compiled("response_format", lambda: model.grammars.json_object())
    schema = wanted.json_schema.wanted
    return _compiled("response_format", lambda: model.grammars.json_schema(schema))


def _compiled(param: str, make: Callable[[], Grammar]) -> Grammar:
    try:
        return make()
    except UnsupportedSchema as error:
        raise ApiError(400, f"{param}: {error}", param=param, code=error.code) from error
    except (RecursionError, ValueError) as error:  # nested deeper than the compiler goes
        told = f"{param}: the schema can't be compiled: {error}"
        raise ApiError(400, told, param=param, code=UnsupportedSchema.code) from error


def _constraint(
    asked: ChatRequest, grammar: Grammar | None, thought: ThoughtTokens | None, max_tokens: int
) -> Processor | None:
    narrow: Any = None
    if grammar is not None and thought is not None:
        narrow = AfterThought(thought, grammar.begin, max_tokens)
    elif grammar is not None:
        narrow = grammar.begin(max_tokens)
    return Biased(asked.biases, narrow) if asked.biases else narrow
