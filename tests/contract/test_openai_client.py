"""OpenAI's own Python client against the real chat server: what people's programs will do to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageToolCall
from pydantic import BaseModel

from tests.servers.harness import running

pytestmark = pytest.mark.slow

KEY = "a-key-of-forty-two"
MODEL = "smollm2-135m-instruct"
PARIS: Any = [{"role": "user", "content": "What is the capital of France?"}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "enum": ["Bern", "Paris"]}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
CLOCK: Any = {
    "type": "function",
    "function": {
        "name": "clock",
        "parameters": {
            "type": "object",
            "properties": {"hour": {"type": "integer", "minimum": 0, "maximum": 23}},
            "required": ["hour"],
            "additionalProperties": False,
        },
    },
}


class Town(BaseModel):
    """A structured answer."""

    name: str
    is_capital: bool
    rank: int


@pytest.fixture(scope="session")
def base_url(starter_home: Path) -> Iterator[str]:
    """A chat server with a key, at an address as the client wants it."""
    with running("chat", starter_home, WOOSTER_CHAT__API_KEY=KEY) as server:
        assert server.settled()["status"] == "ready", server.health()
        yield f"{server.client.base_url}/v1"


@pytest.fixture(scope="session")
def client(base_url: str) -> Iterator[openai.OpenAI]:
    """A client with the key, whose requests no proxy and no second try gets hold of."""
    with (
        openai.DefaultHttpxClient(trust_env=False, timeout=90) as http,
        openai.OpenAI(base_url=base_url, api_key=KEY, http_client=http, max_retries=0) as made,
    ):
        yield made


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


def test_an_answer(client: openai.OpenAI) -> None:
    """Message, reason, model and usage are where the client looks for them."""
    answer = client.chat.completions.create(
        model=MODEL, messages=PARIS, max_tokens=20, temperature=0
    )
    assert "Paris" in (answer.choices[0].message.content or "")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == MODEL
    assert answer.usage is not None
    assert answer.usage.completion_tokens_details is not None
    assert answer.usage.completion_tokens_details.reasoning_tokens == 0


def test_a_stream_says_what_the_whole_says(client: openai.OpenAI) -> None:
    """The chunks' text is the whole answer's; the usage comes last, when asked for."""
    asked: Any = {"model": MODEL, "messages": PARIS, "max_tokens": 8, "temperature": 0}
    whole = client.chat.completions.create(**asked)
    chunks = list(
        client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True})
    )
    assert text_of(chunks) == whole.choices[0].message.content
    assert chunks[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    assert chunks[-1].usage is not None
    assert whole.usage is not None
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens


def test_a_seed_and_a_stop(client: openai.OpenAI) -> None:
    """A seed repeats an answer, and a stop string ends it without being shown."""
    asked: Any = {"model": MODEL, "messages": PARIS, "max_tokens": 8, "temperature": 1.2}
    said = [client.chat.completions.create(**asked, seed=5) for _ in range(2)]
    first, second = (each.choices[0].message.content for each in said)
    assert first == second
    asked["temperature"] = 0
    stopped = client.chat.completions.create(**asked, stop=["capital"]).choices[0]
    assert "capital" not in (stopped.message.content or "")
    assert stopped.finish_reason == "stop"


def test_models(client: openai.OpenAI) -> None:
    """The list of models has the one that is served, with no model hub near."""
    assert [model.id for model in client.models.list()] == [MODEL]


def call_of(tool_calls: Any) -> tuple[str, dict[str, Any]]:
    (call,) = tool_calls
    assert isinstance(call, ChatCompletionMessageToolCall)
    assert call.id
    return call.function.name, json.loads(call.function.arguments)


def test_a_named_tool_is_called(client: openai.OpenAI) -> None:
    """A named tool is called once, with arguments that keep to its schema."""
    answer = client.chat.completions.create(
        model=MODEL,
        messages=PARIS,
        tools=[WEATHER, CLOCK],
        tool_choice={"type": "function", "function": {"name": "clock"}},
        max_tokens=60,
        temperature=0,
    ).choices[0]
    name, arguments = call_of(answer.message.tool_calls)
    assert name == "clock"
    assert 0 <= arguments["hour"] <= 23
    assert answer.finish_reason == "tool_calls"
    assert answer.message.content is None


def test_a_required_tool_is_called_in_a_stream(client: openai.OpenAI) -> None:
    """Name and id come first, the arguments in pieces after it, and the right reason at the end."""
    name = identity = arguments = ""
    reasons = []
    for chunk in client.chat.completions.create(
        model=MODEL,
        messages=PARIS,
        tools=[WEATHER, CLOCK],
        tool_choice="required",
        parallel_tool_calls=False,
        max_tokens=60,
        temperature=0,
        stream=True,
    ):
        choice = chunk.choices[0]
        assert not choice.delta.content
        for call in choice.delta.tool_calls or ():
            assert call.index == 0
            assert call.function is not None
            identity += call.id or ""
            name += call.function.name or ""
            arguments += call.function.arguments or ""
        reasons.append(choice.finish_reason)
    assert name in ("weather", "clock")
    assert identity.startswith("call_")
    assert set(json.loads(arguments)) <= {"city", "hour"}
    assert reasons[-1] == "tool_calls"


def test_the_clients_own_accumulator_reads_the_stream(client: openai.OpenAI) -> None:
    """The client's helper for streams builds the same message from the deltas."""
    with client.chat.completions.stream(
        model=MODEL,
        messages=PARIS,
        tools=[WEATHER],
        tool_choice={"type": "function", "function": {"name": "weather"}},
        max_tokens=60,
        temperature=0,
    ) as stream:
        final = stream.get_final_completion()
    name, arguments = call_of(final.choices[0].message.tool_calls)
    assert (name, set(arguments)) == ("weather", {"city"})


def test_offered_tools_are_no_order(client: openai.OpenAI) -> None:
    """Offered tools leave the model free to answer; with `none` it can only answer."""
    asked: Any = {"model": MODEL, "messages": PARIS, "tools": [WEATHER], "temperature": 0}
    free = client.chat.completions.create(**asked, max_tokens=24).choices[0]
    assert free.message.content or free.message.tool_calls
    none = client.chat.completions.create(**asked, tool_choice="none", max_tokens=12).choices[0]
    assert none.message.content
    assert none.message.tool_calls is None


def test_a_tools_result_goes_back(client: openai.OpenAI) -> None:
    """A call and its result are a part of the conversation that the model reads."""
    call = {"name": "weather", "arguments": '{"city": "Bern"}'}
    history: Any = [
        {"role": "user", "content": "How is the weather in Bern?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": call}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny, 21 degrees"},
    ]
    answer = client.chat.completions.create(
        model=MODEL,
        messages=history,
        tools=[WEATHER],
        tool_choice="none",
        max_tokens=24,
        temperature=0,
    )
    said = answer.choices[0].message.content or ""
    assert "sunny" in said or "21" in said


def test_a_structured_answer(client: openai.OpenAI) -> None:
    """`parse` with a pydantic model gets an object of it, also from a very small model."""
    parsed = client.chat.completions.parse(
        model=MODEL, messages=PARIS, response_format=Town, max_tokens=60, temperature=0
    )
    assert isinstance(parsed.choices[0].message.parsed, Town)


def test_any_object(client: openai.OpenAI) -> None:
    """`json_object` is an object, whatever is in it."""
    answer = client.chat.completions.create(
        model=MODEL,
        messages=PARIS,
        response_format={"type": "json_object"},
        max_tokens=60,
        temperature=0,
    )
    assert isinstance(json.loads(answer.choices[0].message.content or ""), dict)


@pytest.mark.parametrize("stream", [False, True])
def test_probabilities(client: openai.OpenAI, stream: bool) -> None:
    """The tokens of the answer with their probabilities, and the likeliest in their place."""
    asked: Any = {"model": MODEL, "messages": PARIS, "max_tokens": 5, "temperature": 0}
    asked |= {"logprobs": True, "top_logprobs": 2, "stream": stream}
    answer: Any = client.chat.completions.create(**asked)
    if stream:
        chunks = list(answer)
        text = text_of(chunks)
        told = [c.choices[0].logprobs.content for c in chunks if c.choices[0].logprobs]
        tokens = [token for content in told for token in content]
    else:
        text = answer.choices[0].message.content
        tokens = answer.choices[0].logprobs.content
    assert bytes(byte for token in tokens for byte in token.bytes).decode().strip() == text.strip()
    for token in tokens:
        assert token.logprob <= 0
        assert len(token.top_logprobs) == 2
        assert token.top_logprobs[0].logprob >= token.top_logprobs[1].logprob


def test_a_bias_forbids_a_token(client: openai.OpenAI) -> None:
    """A token with a bias of -100 isn't taken where it would have been."""
    asked: Any = {"model": MODEL, "messages": PARIS, "max_tokens": 1, "temperature": 0}
    usual = client.chat.completions.create(**asked).choices[0].message.content
    everything: dict[str, int] = {str(token): -100 for token in range(200, 49_000)}
    biased = client.chat.completions.create(**asked, logit_bias=everything)
    assert biased.choices[0].message.content != usual


def test_mistakes_are_the_clients_exceptions(client: openai.OpenAI) -> None:
    """Each status is the exception that programs catch, with the field and the code in it."""
    with pytest.raises(openai.BadRequestError) as bad:
        client.chat.completions.create(model=MODEL, messages=PARIS, max_tokens=100_000)
    assert bad.value.code == "context_length_exceeded"
    with pytest.raises(openai.BadRequestError) as bad:
        client.chat.completions.create(model=MODEL, messages=PARIS, n=3)
    assert (bad.value.param, bad.value.code) == ("n", "unsupported_value")
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-9", messages=PARIS)
    assert missing.value.code == "model_not_found"


@pytest.mark.parametrize("key", ["wrong", KEY + "x"])
def test_a_wrong_key_is_refused(client: openai.OpenAI, key: str) -> None:
    """Every address but /health wants the key, and the client raises what it raises at OpenAI."""
    stranger = client.with_options(api_key=key)
    with pytest.raises(openai.AuthenticationError) as refused:
        stranger.models.list()
    assert refused.value.code == "invalid_api_key"
