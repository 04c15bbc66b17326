"""The real embed server on the starter model, through its port."""

from __future__ import annotations

import base64
import math
import struct
from typing import Any

import pytest

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


def test_a_batch_changes_no_vector_and_no_order(embed: Server) -> None:
    """A text has the same vector alone as among texts of other lengths, over several batches."""
    texts = [f"Note {n}: " + "remember the milk " * (n * 7 % 40) for n in range(100)]
    together = vectors(embed, texts)
    for n in (0, 1, 39, 64, 99):
        (alone,) = vectors(embed, texts[n])
        assert cosine(alone, together[n]) >= 0.9999


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
        ({"input": ["a", ""]}, "input", "text 1"),
        ({"input": ["a"] * 2049}, "input", "2049"),
        ({"input": [1]}, "input[0]", "string"),
        ({"input": "a", "encoding_format": "hex"}, "encoding_format", "hex"),
        ({"input": "a", "dimensions": 100}, "dimensions", "384"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(
    embed: Server, body: dict[str, Any], param: str, said: str
) -> None:
    """Each mistake is a 400 in OpenAI's error shape that names the field."""
    response = embed.post("/v1/embeddings", body)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["param"] == param
    assert said in error["message"]


def test_models_tells_dimensions(embed: Server) -> None:
    """`/v1/models` has what an index must know before it asks for a vector."""
    (model,) = embed.client.get("/v1/models").json()["data"]
    assert (model["id"], model["dimensions"]) == ("all-minilm-l6-v2", 384)
    assert model["max_input_tokens"] == 256
