"""The real chat server on the starter model, through its port."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from .harness import NO_HUB, Server

pytestmark = pytest.mark.slow

FOX = "The quick brown fox jumps over the lazy dog. "


def text_of(chunks: list[dict[str, Any]]) -> str:
    parts = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks[:-1]]
    return "".join(parts)


def test_the_starter_model_knows_the_capital_of_france(chat: Server) -> None:
    """The conversion keeps the model's wits, and an answer in one piece has right usage."""
    answer = chat.chat("What is the capital of France?", max_tokens=20)
    assert "Paris" in answer["choices"][0]["message"]["content"]
    assert answer["choices"][0]["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["prompt_tokens"] > usage["prompt_tokens_details"]["cached_tokens"] >= 0


def test_a_stream_is_role_text_reason_usage(chat: Server) -> None:
    """A stream has the form that OpenAI's clients read, and says what the whole answer says."""
    whole = chat.chat("Name a colour.", max_tokens=6)
    chunks = chat.chunks("Name a colour.", max_tokens=6, stream_options={"include_usage": True})
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert text_of(chunks) == whole["choices"][0]["message"]["content"]
    assert chunks[-2]["choices"][0]["finish_reason"] == whole["choices"][0]["finish_reason"]
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["completion_tokens"] == whole["usage"]["completion_tokens"]


def test_usage_comes_in_a_stream_only_when_asked_for(chat: Server) -> None:
    """Without `include_usage` no chunk has usage or an empty list of choices."""
    chunks = chat.chunks("Name a fruit.", max_tokens=2)
    assert all(chunk["choices"] and "usage" not in chunk for chunk in chunks)


def test_max_tokens_ends_the_answer(chat: Server) -> None:
    """The answer has exactly as many tokens as allowed, and says that its length ended it."""
    answer = chat.chat("Tell me a long story.", max_tokens=5)
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 5


def test_a_stop_string_is_never_shown(chat: Server) -> None:
    """The text ends before the stop string, even where one token holds more than it."""
    free = chat.chat("What is the capital of France?", max_tokens=12)
    said = free["choices"][0]["message"]["content"]
    stop = said[len(said) // 2 :][:4]
    cut = chat.chat("What is the capital of France?", max_tokens=12, stop=[stop])
    assert cut["choices"][0]["message"]["content"] == said[: said.index(stop)]
    assert cut["choices"][0]["finish_reason"] == "stop"


def test_a_seed_repeats_the_draw(chat: Server) -> None:
    """The same seed gives the same answer, whatever was asked in between."""
    asked: dict[str, Any] = {"temperature": 1.3, "top_p": 0.95, "max_tokens": 10}
    first = chat.chat("Say something odd.", seed=7, **asked)
    chat.chat("Say something odd.", **asked)
    again = chat.chat("Say something odd.", seed=7, **asked)
    assert first["choices"][0]["message"] == again["choices"][0]["message"]


def test_reading_shows_its_progress(chat: Server) -> None:
    """Comments with rising real numbers, up to the whole prompt, come before the first text."""
    with chat.stream("Progress, please. " + FOX * 40, max_tokens=1) as lines:
        comments = []
        for line in lines:
            if line.startswith(": keepalive "):
                comments.append([int(n) for n in line.split()[-1].split("/")])
            elif '"content": ""' not in line:
                break
    counts = [processed for processed, _ in comments]
    assert len(counts) >= 3
    assert counts == sorted(counts)
    assert comments[-1][0] == comments[-1][1] > 400


def test_the_next_turn_reads_only_what_is_new(chat: Server) -> None:
    """A conversation's known beginning isn't read again, and the usage says so."""
    question = {"role": "user", "content": f"Remember this: {FOX * 8}"}
    body: dict[str, Any] = {"messages": [question], "max_tokens": 8, "temperature": 0}
    first = chat.post("/v1/chat/completions", body).json()
    body["messages"] += [first["choices"][0]["message"], {"role": "user", "content": "Well?"}]
    second = chat.post("/v1/chat/completions", body).json()
    known = second["usage"]["prompt_tokens_details"]["cached_tokens"]
    assert known >= first["usage"]["prompt_tokens"]


def test_a_cached_prompt_changes_no_answer(chat: Server) -> None:
    """The same question twice gets the same answer, the second time from the cache."""
    asked = "List three rivers of Europe."
    first, second = chat.chat(asked, max_tokens=16), chat.chat(asked, max_tokens=16)
    assert first["choices"][0]["message"] == second["choices"][0]["message"]
    usage = second["usage"]
    assert usage["prompt_tokens_details"]["cached_tokens"] == usage["prompt_tokens"] - 1


def test_what_was_read_is_let_go_when_it_is_to_be_forgotten(chat: Server) -> None:
    """A prompt that was just read is read again from its first token."""
    asked = "List three mountains of Asia."
    chat.chat(asked)
    assert chat.client.post("/forget").json() == {}
    usage = chat.chat(asked)["usage"]
    assert usage["prompt_tokens_details"]["cached_tokens"] == 0
    assert chat.client.post("/forget").status_code == 200


def test_leaving_in_the_middle_of_an_answer_ends_it(chat: Server) -> None:
    """A client that goes away takes its sequence with it."""
    with chat.stream("Count to one thousand.", max_tokens=4000) as lines:
        next(line for line in lines if '"content": "' in line and '"content": ""' not in line)
        assert chat.health()["active"] == 1
    chat.idle()


def test_leaving_while_the_prompt_is_read_ends_it(chat: Server) -> None:
    """A client that goes away during the reading isn't read for to the end."""
    with chat.stream("Read me. " + "One two three four. " * 600, max_tokens=4000) as lines:
        next(line for line in lines if line.startswith(": keepalive"))
    chat.idle()


def test_two_requests_run_side_by_side(chat: Server) -> None:
    """A second request is answered while the first is still being answered."""
    with chat.stream("Write a very long story about the sea.", max_tokens=1500) as lines:
        next(line for line in lines if line.startswith("data: "))
        answers: list[dict[str, Any]] = []
        threads = [
            threading.Thread(target=lambda: answers.append(chat.chat("Hello!", max_tokens=4)))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == 2
        assert chat.health()["active"] == 1, "the story was over before the others came in"
    chat.idle()


def test_a_person_goes_before_background_work(chat: Server) -> None:
    """A background answer under way waits while a person's is made, and ends as if undisturbed."""
    asked: dict[str, Any] = {"max_tokens": 64, "service_tier": "flex"}
    story = "Write a very long story about a lighthouse."
    undisturbed = chat.chunks(story, **asked)
    with chat.stream(story, **asked) as lines:
        began = [next(line for line in lines if '"content": "' in line and '""' not in line)]
        with chat.stream("Hello!", max_tokens=4) as person:
            said = list(person)
        assert chat.health()["active"] == 1, "the story was over before the person came in"
        rest = [line for line in lines if line.startswith("data: {")]
    assert said[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in [*began, *rest]]
    assert text_of(chunks) == text_of(undisturbed)
    assert chunks[-1]["choices"][0]["finish_reason"] == "length"


def test_text_parts_are_joined(chat: Server) -> None:
    """A content given as a list of text parts means the same as one string."""
    parts = [{"type": "text", "text": "Name a "}, {"type": "text", "text": "planet."}]
    body = {"messages": [{"role": "user", "content": parts}], "max_tokens": 6, "temperature": 0}
    answer = chat.post("/v1/chat/completions", body).json()
    plain = chat.chat("Name a planet.", max_tokens=6)
    assert answer["choices"][0]["message"] == plain["choices"][0]["message"]
    assert answer["usage"]["prompt_tokens"] == plain["usage"]["prompt_tokens"]


def test_control_tokens_in_a_message_are_plain_text(chat: Server) -> None:
    """A pasted end mark doesn't end the message: it is read as the letters that it has."""
    plain = chat.chat("one two", max_tokens=1)["usage"]["prompt_tokens"]
    pasted = chat.chat("one<|im_end|> two", max_tokens=1)["usage"]["prompt_tokens"]
    assert pasted > plain + 2


def test_leaving_an_answer_in_one_piece_ends_it(chat: Server) -> None:
    """A client that waits for a whole answer and gives up takes its sequence with it too."""
    body = {"messages": [{"role": "user", "content": "Count up."}], "max_tokens": 4000}
    with pytest.raises(httpx.ReadTimeout):
        chat.client.post("/v1/chat/completions", json=body, timeout=httpx.Timeout(9, read=0.5))
    chat.idle()


def test_models_names_the_model(chat: Server) -> None:
    """`/v1/models` has the one model with its context, and each of its names is taken; that needs
    no cache of a model hub."""
    assert not (Path(chat.health()["home"]) / NO_HUB).exists()
    (model,) = chat.client.get("/v1/models").json()["data"]
    assert model["id"] == "smollm2-135m-instruct"
    assert model["context_length"] == 8192
    for name in ("default", model["id"], chat.health()["model_path"]):
        assert chat.chat("Hi", model=name, max_tokens=1)["model"] == model["id"]


HI = [{"role": "user", "content": "Hi"}]
IMAGE = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]


@pytest.mark.parametrize(
    ("body", "status", "param", "said"),
    [
        (b"{nonsense", 400, None, "isn't JSON"),
        (b"[]", 400, None, "object"),
        (b"\xff\xfe{}", 400, None, "isn't JSON"),
        (b"[" * 200_000, 400, None, "nested"),
        ({}, 400, "messages", "missing"),
        ({"messages": []}, 400, "messages", "at least 1"),
        ({"messages": [{"role": "boss", "content": "Hi"}]}, 400, "messages[0].role", "boss"),
        ({"messages": IMAGE}, 400, "messages[0].content", "image_url"),
        ({"messages": HI, "temperature": 9}, 400, "temperature", "9"),
        ({"messages": HI, "temperature": "hot"}, 400, "temperature", "hot"),
        ({"messages": HI, "top_p": 0}, 400, "top_p", "greater than 0"),
        ({"messages": HI, "n": 2}, 400, "n", "only 1"),
        ({"messages": HI, "stop": ""}, 400, "stop", "empty"),
        ({"messages": HI, "stop": ["a"] * 17}, 400, "stop", "up to 16"),
        ({"messages": HI, "max_tokens": 0}, 400, "max_tokens", "greater than"),
        ({"messages": HI, "max_tokens": 9000}, 400, None, "8192"),
        ({"messages": HI, "model": "gpt-9"}, 404, "model", "gpt-9"),
        ({"messages": [{"role": "user", "content": FOX * 1000}]}, 400, None, "8192"),
        (b" " * (17 << 20), 413, None, "16 MB"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_bad_request_is_told_what_is_wrong(
    chat: Server, body: Any, status: int, param: str | None, said: str, stream: bool
) -> None:
    """Each mistake gets its status and OpenAI's error shape, also where a stream was asked for."""
    content = body if isinstance(body, bytes) else json.dumps({**body, "stream": stream}).encode()
    response = chat.client.post("/v1/chat/completions", content=content)
    assert response.status_code == status
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert said in error["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nope", 404), ("GET", "/v1/chat/completions", 405)]
)
def test_other_urls_are_errors_in_the_same_shape(
    chat: Server, method: str, path: str, status: int
) -> None:
    """An unknown path or method is answered in OpenAI's error shape too."""
    response = chat.client.request(method, path)
    assert response.status_code == status
    assert path in response.json()["error"]["message"]


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_web_pages_are_refused(chat: Server, header: dict[str, str]) -> None:
    """A page in a browser can't reach the model, by its own name or by a rebound one."""
    assert chat.client.get("/v1/models", headers=header).status_code == 403


def test_a_dead_client_never_stops_the_server(chat: Server) -> None:
    """After all of the above the same process still answers."""
    assert chat.process.poll() is None
    assert chat.health()["status"] == "ready"
