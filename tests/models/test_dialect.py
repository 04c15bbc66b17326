"""What servers say, byte by byte: whatever comes is an event, in whatever pieces it comes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.models.dialect import AnswerReader
from wooster.models.model import (
    Alive,
    Died,
    Finished,
    Fragment,
    ProviderEvent,
    Reading,
    Thought,
    Usage,
)


def read(*chunks: bytes, content_type: str = "") -> list[ProviderEvent]:
    reader = AnswerReader("the server", content_type)
    events = [event for chunk in chunks for event in reader.feed(chunk)]
    return [event for event in [*events, *reader.end()] if event != Alive()]


def data(**fields: object) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def delta(finish: str | None = None, **fields: object) -> bytes:
    return data(choices=[{"delta": fields, "finish_reason": finish}])


HI = [Fragment("Hi"), Finished("stop")]
CHOICE = b'{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}'


@pytest.mark.parametrize(
    "stream",
    [
        b"data:" + CHOICE + b"\r\n\r\ndata:[DONE]\r\n\r\n",
        b"\xef\xbb\xbfdata: " + CHOICE + b"\n\n",
        b": hello\n\nevent: message\nid: 1\nretry: 5\ndata: " + CHOICE + b"\n\n",
        b"data: " + CHOICE.replace(b'"choices"', b'\ndata: "choices"') + b"\n\n",
        b"data: " + CHOICE + b"\ndata: [DONE]\n",
        b"data: " + CHOICE,
        delta(role="assistant", content="") + delta(content="Hi") + delta("stop"),
        delta(content="Hi") + data(choices=[]) + delta("stop", content=None),
        delta(content="Hi") + b"data: [DONE]\n\n",
        b'{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}',
        b' \n{"choices":[{"message":{"content":"Hi"}}]}',
    ],
)
def test_each_servers_way_of_saying_hi(stream: bytes) -> None:
    """Line ends, spaces, marks, ends that are forgotten, an answer in one piece."""
    assert read(stream) == HI
    assert read(*(stream[i : i + 1] for i in range(len(stream)))) == HI


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        (b'{"error": {"message": "no memory"}}', "no memory"),
        (b'{"detail": "Not Found"}', "Not Found"),
        (b"<!doctype html><title>Router</title>", "web page"),
        (b'event: error\ndata: {"error": {"message": "out of memory"}}\n\n', "out of memory"),
        (b"event: error\ndata: it broke\n\n", "it broke"),
        (b'data: {"error": "gone"}\n\n', "gone"),
        (b'{"choices": [{"message":', "isn't JSON"),
        (b"data: " + b"[" * 100_000 + b"\n\n", "isn't JSON"),
        (delta(content="Hi"), "broke off"),
        (b"data: [DONE]\n\n", "broke off"),
        (b"", "broke off"),
    ],
)
def test_what_is_no_answer_is_a_failure_that_says_what_came(stream: bytes, told: str) -> None:
    """Status 200 is no promise."""
    last = read(stream)[-1]
    assert isinstance(last, Died)
    assert told in last.reason


def test_a_line_without_an_end_is_cut() -> None:
    """A hundred megabytes are never held."""
    reader = AnswerReader("the server")
    chunk = b"data: " + b"x" * (1 << 20)
    sent = 0
    while not reader.is_over and sent < 100:
        events = list(reader.feed(chunk))
        sent += 1
    assert sent < 10
    assert isinstance(events[-1], Died)


def test_thoughts_have_a_field_or_stand_in_the_text() -> None:
    """vLLM's and OpenRouter's field names, and the tags of servers that know neither."""
    answer = [Thought("hm"), Fragment("Hi"), Finished("stop")]
    assert read(delta(reasoning_content="hm"), delta("stop", content="Hi")) == answer
    assert read(delta(reasoning="hm"), delta("stop", content="Hi")) == answer
    assert read(delta(content="<thi"), delta(content="nk>hm</th"), delta("stop", content="ink>Hi"))[
        -2:
    ] == [Fragment("Hi"), Finished("stop")]
    mention = [Fragment("A <think> tag"), Finished("stop")]
    assert read(delta("stop", content="A <think> tag")) == mention


def test_usage_comes_last_or_always_or_never_and_progress_as_llama_cpp_tells_it() -> None:
    """The last one counts; a count that is none is left out."""
    told = {"prompt_tokens": 3, "completion_tokens": "many"}
    assert read(delta("stop", content="Hi"), data(choices=[], usage=told))[-1] == Finished(
        "stop", Usage(3, None, None)
    )
    progress = data(choices=[], prompt_progress={"processed": 1, "total": 2})
    assert Reading(1, 2) in read(progress)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["choices", "delta", "content", "usage", "error", "message", "x"]),
            inner,
        )
    ),
)


@given(JSON, st.binary(max_size=200))
def test_nothing_that_comes_raises(value: object, noise: bytes) -> None:
    """Any JSON where an answer should be, and any bytes."""
    raw = json.dumps(value).encode()
    for body in (raw, b"data: " + raw + b"\n\n", noise, b"data: " + noise + b"\n\n"):
        assert isinstance(read(body)[-1], Died | Finished)
