"""The real chat server on a model that thinks: the starter, two of its spare tokens made marks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .harness import Server, running

pytestmark = pytest.mark.slow

END, CLOSE = "2", "9"  # the numbers of <|im_end|> and of </think>
OK = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "answer", "schema": OK}}


@pytest.fixture(scope="module")
def thinker(starter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a model whose template opens a thought unless told not to."""
    plain = starter_home / "models" / "smollm2-135m-instruct"
    home = tmp_path_factory.mktemp("thinker")
    model = home / "models" / "thinker"
    model.mkdir(parents=True)
    for name in ("config.json", "generation_config.json", "model.safetensors"):
        (model / name).symlink_to((plain / name).resolve())
    tokens = (plain / "tokenizer.json").read_text("utf-8")
    tokens = tokens.replace("<issue_start>", "<think>").replace("<issue_comment>", "</think>")
    (model / "tokenizer.json").write_text(tokens, "utf-8")
    config = json.loads((plain / "tokenizer_config.json").read_text("utf-8"))
    config["chat_template"] += (
        "{% if not enable_thinking %}<think>\n\n</think>\n\n{% else %}<think>\n{% endif %}"
    )
    (model / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    with running("chat", home, "--model", "thinker") as server:
        assert server.settled()["status"] == "ready", server.health()
        yield server


def test_an_unfinished_thought_is_no_answer(thinker: Server) -> None:
    """What comes before the closing mark is `reasoning`, whole and streamed, and counted so."""
    answer = thinker.chat("Hi", max_tokens=5, logit_bias={END: -100})
    message = answer["choices"][0]["message"]
    assert (message["content"], bool(message["reasoning"])) == ("", True)
    assert answer["usage"]["completion_tokens_details"]["reasoning_tokens"] == 5
    chunks = thinker.chunks("Hi", max_tokens=5, logit_bias={END: -100})
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert "".join(delta.get("reasoning", "") for delta in deltas) == message["reasoning"]
    assert not any(delta.get("content") for delta in deltas)


def test_thinking_can_be_switched_off(thinker: Server) -> None:
    """With `reasoning_effort` none the template closes the thought, and all of it is answer."""
    answer = thinker.chat("Hi", max_tokens=3, reasoning_effort="none", logit_bias={END: -100})
    message = answer["choices"][0]["message"]
    assert message["content"]
    assert "reasoning" not in message


def test_a_schema_holds_the_answer_and_not_the_thought(thinker: Server) -> None:
    """The JSON begins after the thought, whose mark the schema wouldn't allow."""
    answer = thinker.chat("Hi", max_tokens=20, response_format=FORMAT, logit_bias={CLOSE: 100})
    assert set(json.loads(answer["choices"][0]["message"]["content"])) == {"ok"}
