"""OpenAI's own Python client against the real embed server."""

from __future__ import annotations

import math
from collections.abc import Iterator

import openai
import pytest

from tests.servers.conftest import embed as embed
from tests.servers.harness import Server

pytestmark = pytest.mark.slow


@pytest.fixture
def client(embed: Server) -> Iterator[openai.OpenAI]:
    url = f"{embed.client.base_url}/v1"
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0) as client:
        yield client


def test_vectors_arrive_in_order_in_both_encodings(client: openai.OpenAI) -> None:
    """The client asks for base64 unless told otherwise; both are the same unit vectors."""
    texts = ["The cat sits on the mat.", "Revenue rose by a tenth."]
    compact = client.embeddings.create(model="default", input=texts)
    plain = client.embeddings.create(model="default", input=texts, encoding_format="float")
    assert [each.index for each in compact.data] == [0, 1]
    for one, other in zip(compact.data, plain.data, strict=True):
        assert one.embedding == pytest.approx(other.embedding, abs=1e-6)
        assert math.hypot(*one.embedding) == pytest.approx(1, abs=1e-5)
    assert compact.usage.prompt_tokens == compact.usage.total_tokens > 8


def test_dimensions_are_as_asked(client: openai.OpenAI) -> None:
    """A shorter vector, of length 1."""
    (found,) = client.embeddings.create(model="default", input="cats", dimensions=32).data
    assert len(found.embedding) == 32
    assert math.hypot(*found.embedding) == pytest.approx(1, abs=1e-5)


def test_extension_fields_go_in_the_extra_body(client: openai.OpenAI) -> None:
    """`input_type`, `truncate` and `service_tier` reach the server."""
    extra = {"input_type": "query", "truncate": True, "service_tier": "flex"}
    (found,) = client.embeddings.create(
        model="default", input="cats " * 1000, extra_body=extra
    ).data
    assert len(found.embedding) == 384


def test_errors_are_the_clients_own(client: openai.OpenAI) -> None:
    """A wrong request and a wrong model are raised as what they are, with the field's name."""
    with pytest.raises(openai.BadRequestError, match="text 1 is empty") as bad:
        client.embeddings.create(model="default", input=["a", ""])
    assert bad.value.param == "input"
    with pytest.raises(openai.BadRequestError, match="token numbers"):
        client.embeddings.create(model="default", input=[[1, 2, 3]])
    with pytest.raises(openai.BadRequestError) as long:
        client.embeddings.create(model="default", input="word " * 1000)
    assert long.value.code == "context_length_exceeded"
    with pytest.raises(openai.NotFoundError) as unknown:
        client.embeddings.create(model="text-embedding-3-small", input="a")
    assert unknown.value.code == "model_not_found"


def test_the_model_says_what_it_gives(client: openai.OpenAI) -> None:
    """`/v1/models` names the one model."""
    (model,) = client.models.list().data
    assert model.id == "all-minilm-l6-v2"
