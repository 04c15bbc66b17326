"""The real embed server on the starter model, through its port."""

from __future__ import annotations

import base64
import json
import math
import struct
import threading
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.process import wait_for

from .harness import Server

pytestmark = pytest.mark.slow


def vectors(embed: Server, texts: str | list[str], **more: Any) -> list[Any]:
    response = embed.post("/v1/embeddings", {"input": texts, **more})
    assert response.status_code == 200, response.text
    data = response.json()["data"]
    assert [each["index"] for each in data] == list(range(len(data)))
    return [each["embedding"] for each in data]


def cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_like_texts_are_near(embed: Server) -> None:
    """Two ways of saying one thing are nearer than two things, and every vector has length 1."""
    cat, feline, money = vectors(
        embed, ["The cat sits on the mat.", "A feline rests on a rug.", "Revenue rose by a tenth."]
    )
    assert cosine(cat, feline) > 0.5 > 0.2 > cosine(cat, money)
    assert all(math.isclose(cosine(each, each), 1, abs_tol=1e-5) for each in (cat, feline, money))


@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300),
        min_size=2,
        max_size=12,
    )
)
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_text_has_the_same_vector_alone_and_in_a_batch(embed: Server, texts: list[str]) -> None:
    """Whatever stands beside it, of whatever length: cosine at least 0.9999."""
    together = vectors(embed, texts, truncate=True)
    for text, vector in zip(texts, together, strict=True):
        (alone,) = vectors(embed, text, truncate=True)
        assert cosine(alone, vector) >= 0.9999


def test_many_batches_keep_the_order(embed: Server) -> None:
    """A hundred texts of mixed lengths, in two batches by length, come back in their order."""
    texts = [f"Note {n}: " + "remember the milk " * (n * 7 % 40) for n in range(100)]
    together = vectors(embed, texts)
    for n in (0, 1, 39, 64, 99):
        (alone,) = vectors(embed, texts[n])
        assert cosine(alone, together[n]) >= 0.9999


def test_fewer_dimensions_are_the_first_ones_with_length_1(embed: Server) -> None:
    """`dimensions` cuts the vector and makes it a unit vector again."""
    (whole,) = vectors(embed, "The cat sits on the mat.")
    (cut,) = vectors(embed, "The cat sits on the mat.", dimensions=64)
    length = math.sqrt(cosine(whole[:64], whole[:64]))
    assert cut == pytest.approx([each / length for each in whole[:64]], abs=1e-6)
    assert cosine(cut, cut) == pytest.approx(1, abs=1e-5)


def test_this_family_has_no_prompts(embed: Server) -> None:
    """all-MiniLM was trained without prompts: a query and a document are embedded alike."""
    (query,) = vectors(embed, "cats", input_type="query")
    (document,) = vectors(embed, "cats", input_type="passage")
    assert query == document


def test_a_query_does_not_wait_for_a_thousand_texts(embed: Server) -> None:
    """While background work of many batches runs, a person's text is answered before its end; the
    work then ends as if undisturbed."""
    texts = ["remember the milk " * 20] * 256
    order: list[str] = []
    made: list[Any] = []

    def background() -> None:
        made.extend(vectors(embed, texts, service_tier="flex"))
        order.append("background")

    thread = threading.Thread(target=background)
    thread.start()
    wait_for("the background work", lambda: embed.health()["active"])
    vectors(embed, "Where is the milk?")
    order.append("person")
    thread.join()
    assert order == ["person", "background"]
    (alone,) = vectors(embed, texts[0])
    assert len(made) == len(texts)
    assert min(cosine(alone, each) for each in made) >= 0.9999


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{nonsense", 400, "isn't JSON"),
        (b"[]", 400, "object"),
        (b"[" * 200_000, 400, "nested"),
        (b" " * (17 << 20), 413, "16 MB"),
    ],
)
def test_a_body_that_is_no_request_is_refused(
    embed: Server, body: bytes, status: int, said: str
) -> None:
    """What can't be read or is too long has its status and OpenAI's error shape."""
    response = embed.client.post("/v1/embeddings", content=body)
    assert response.status_code == status
    assert said in response.json()["error"]["message"]


def test_work_ends_when_its_client_leaves(embed: Server) -> None:
    """Between two batches the server sees that nobody waits any more."""
    texts = ["remember the milk " * 20] * 1024
    with pytest.raises(httpx.ReadTimeout):
        embed.client.post("/v1/embeddings", json={"input": texts}, timeout=1.0)
    wait_for("the end of the work", lambda: embed.health()["active"] == 0)
    wait_for("an empty queue", lambda: embed.health()["queued"] == 0)


def test_base64_is_the_same_vector(embed: Server) -> None:
    """The compact form is little-endian float32 of the same numbers."""
    (plain,) = vectors(embed, "Ça va très bien, 日本語 🎉")
    (packed,) = vectors(embed, "Ça va très bien, 日本語 🎉", encoding_format="base64")
    unpacked = list(struct.unpack(f"<{len(plain)}f", base64.b64decode(packed)))
    assert unpacked == pytest.approx(plain, abs=1e-6)


def test_long_input_is_cut_only_when_asked(embed: Server) -> None:
    """Too long a text is a 400 with the numbers, or is cut to the model's length."""
    long = "word " * 400
    response = embed.post("/v1/embeddings", {"input": ["short", long]})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "context_length_exceeded"
    assert "Text 1" in response.json()["error"]["message"]
    cut = embed.post("/v1/embeddings", {"input": long, "truncate": True}).json()
    assert cut["usage"] == {"prompt_tokens": 256, "total_tokens": 256}


@pytest.mark.parametrize(
    ("body", "param", "said"),
    [
        ({}, "input", "missing"),
        ({"input": []}, "input", "found 0"),
        ({"input": ""}, "input", "empty"),
        ({"input": ["a", ""]}, "input", "text 1 is empty"),
        ({"input": None}, "input", "null"),
        ({"input": ["a", {"text": "b"}]}, "input", "text 1"),
        ({"input": ["a"] * 2049}, "input", "2049"),
        ({"input": [1, 2]}, "input", "token numbers"),
        ({"input": [[1, 2], [3]]}, "input", "token numbers"),
        ({"input": "half of an emoji: \ud83d"}, "input", "half of a character"),
        ({"input": "a", "encoding_format": "hex"}, "encoding_format", "hex"),
        ({"input": "a", "dimensions": 0}, "dimensions", "1"),
        ({"input": "a", "dimensions": 385}, "dimensions", "384"),
        ({"input": "a", "input_type": "image"}, "input_type", "image"),
        ({"input": "a", "input_type": "query", "instruction": "Find"}, None, "instruction"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(
    embed: Server, body: dict[str, Any], param: str | None, said: str
) -> None:
    """Each mistake is a 400 in OpenAI's error shape that names the field."""
    content = json.dumps(body)  # spells half a character, as a client may
    response = embed.client.post("/v1/embeddings", content=content)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["param"] == param
    assert said in error["message"]


def test_models_tells_dimensions(embed: Server) -> None:
    """`/v1/models` has what an index must know before it asks for a vector."""
    (model,) = embed.client.get("/v1/models").json()["data"]
    assert (model["id"], model["dimensions"]) == ("all-minilm-l6-v2", 384)
    assert (model["max_input_tokens"], model["prompts"]) == (256, "none")
