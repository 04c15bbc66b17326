"""Vectors over HTTP: our embed server, or any other with OpenAI's `/v1/embeddings`.

Texts go to this machine or to an own host, and nowhere else, whatever the settings say: what a
person keeps isn't sent away to be embedded. Background work waits for a person's turn.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from wooster.core.errors import ModelRefused, ModelUnavailable
from wooster.core.hosts import is_here
from wooster.models.gate import Gate

if TYPE_CHECKING:
    import httpx
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Kind = Literal["query", "document"]

# A batch of long texts takes a large model a while; a person who searches waits less.
_BATCH_S, _QUERY_S, _LOOK_S = 300.0, 2.0, 2.0
# After a silence nobody is made to wait for it again for so long; after each one more, twice as
# long: a server that hangs for hours costs a person two seconds a minute.
_REST_S, _LONGEST_REST_S = 10.0, 60.0
# So long it is believed who answers; then it is asked again, for another model may be there.
_BELIEVED_S = 20.0
# The request itself is wrong for these, however often it is sent.
_REFUSALS = (400, 413, 422)
_PROBE = "a"


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """Who makes vectors: its name, their length, and what its family puts before a text."""

    model: str
    dimensions: int
    prompts: str = ""


@dataclass(frozen=True, slots=True)
class EmbeddingServer:
    """Where vectors are made. `is_ours`: by our own embed server, which knows fields that others
    don't. `model` and `dimensions` None are the server's own."""

    url: str
    is_ours: bool
    model: str | None
    dimensions: int | None
    batch_size: int
    api_key: str = ""


class Embeddings:
    """One server, asked politely."""

    def __init__(
        self,
        server: EmbeddingServer,
        client: Callable[[], Awaitable[httpx.AsyncClient]],
        gate: Gate,
        not_ready: Callable[[], str],
        until_quiet: Callable[[], Awaitable[None]],
    ) -> None:
        """`not_ready` says why our server can't be asked now, "" when it can."""
        self._server = server
        self._client = client
        self._gate = gate
        self._not_ready = not_ready
        self._until_quiet = until_quiet
        self._rests_until_s = 0.0
        self._rest_s = _REST_S
        self._made_by: EmbeddingModel | None = None
        self._looked_s = 0.0

    @property
    def is_here(self) -> bool:
        """Whether texts stay on this machine."""
        return is_here(self._server.url)

    @property
    def batch_size(self) -> int:
        return self._server.batch_size

    async def made_by(self) -> EmbeddingModel:
        """Who makes vectors now. Raises `ModelUnavailable`."""
        self._must_be_ready()
        now_s = asyncio.get_running_loop().time()
        if self._made_by is None or now_s - self._looked_s > _BELIEVED_S:
            known, self._made_by = self._made_by, None
            self._made_by = await self._look(known)
            self._looked_s = now_s
        return self._made_by

    def forget(self) -> None:
        """Another model answers at this address from now on."""
        self._made_by = None

    async def embed(
        self, texts: Sequence[str], kind: Kind, dimensions: int, *, background: bool
    ) -> tuple[EmbeddingModel, Vectors]:
        """Unit vectors, float32 of shape (texts, dimensions), and who made them.

        `dimensions` may be fewer than the server gives by itself, where its model is for that.
        Raises `ModelRefused` for texts that are refused, `ModelUnavailable` for what passes.
        """
        if background:
            await self._until_quiet()
        self._must_be_ready()
        known = await self.made_by()
        body = self._body(texts, kind, known, background)
        if dimensions != known.dimensions:
            body["dimensions"] = dimensions
        try:
            answer = await self._post(body, _BATCH_S if background else _QUERY_S)
            model = str(answer.get("model") or known.model)
            if self._server.is_ours and model != known.model:
                raise ModelUnavailable(f"The embedding model is {model} by now.")
            vectors = await asyncio.to_thread(_vectors, answer, len(texts))
        except ModelUnavailable as error:
            if not isinstance(error, ModelRefused):
                self._made_by = None
            raise
        if vectors.shape[1] != dimensions:
            self._made_by = None
            raise ModelUnavailable(
                f"{self._server.url} gave vectors of {vectors.shape[1]} dimensions, and "
                f"{dimensions} were asked for."
            )
        return known, vectors

    def _must_be_ready(self) -> None:
        if self._gate.place(self._server.url) == "away":
            raise ModelUnavailable(
                f"{self._server.url} is another machine, and texts are embedded on yours only.",
                hint="If that machine is yours, list it under routing.egress.ownHosts.",
            )
        if problem := self._not_ready():
            self._made_by = None
            raise ModelUnavailable(problem)
        if asyncio.get_running_loop().time() < self._rests_until_s:
            raise ModelUnavailable(f"The embedding server at {self._server.url} doesn't answer.")

    def _explained(self, error: Exception) -> ModelUnavailable:
        """What failed; after a silence the server isn't asked for a while."""
        import httpx

        if isinstance(error, httpx.TimeoutException | TimeoutError):
            self._rests_until_s = asyncio.get_running_loop().time() + self._rest_s
            self._rest_s = min(2 * self._rest_s, _LONGEST_REST_S)
        return _unreachable(self._server.url, error)

    async def _look(self, known: EmbeddingModel | None) -> EmbeddingModel:
        """Ask the server who it is; one that doesn't say how long its vectors are is measured,
        unless it is the `known` one still."""
        import httpx

        client = await self._client()
        url = f"{self._server.url}/v1/models"
        try:
            # As a whole: httpx's times are for each of its steps, and for each piece that comes.
            async with asyncio.timeout(_LOOK_S):
                response = await client.get(url, headers=self._headers(), timeout=_LOOK_S)
            told: Any = response.json() if response.status_code == 200 else {}
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise self._explained(error) from error
        listed = told.get("data") if isinstance(told, dict) else None
        first = listed[0] if isinstance(listed, list) and listed else {}
        about = first if isinstance(first, dict) else {}
        model = self._server.model or str(about.get("id") or "")
        dimensions = self._server.dimensions
        if dimensions is None and isinstance(about.get("dimensions"), int):
            dimensions = about["dimensions"]
        if self._server.is_ours:
            if not dimensions or "id" not in about:
                raise ModelUnavailable("The embedding model is being loaded.")
            return EmbeddingModel(str(about["id"]), dimensions, str(about.get("prompts", "")))
        if not model:
            raise ModelUnavailable(
                f"{self._server.url} doesn't say which embedding model it has.",
                hint="Name it in routing.providers.local.embeddings.model.",
            )
        if dimensions is None and known is not None and known.model == model:
            dimensions = known.dimensions
        if dimensions is None:
            body = {"model": model, "input": [_PROBE]}
            dimensions = _vectors(await self._post(body, _QUERY_S), 1).shape[1]
        return EmbeddingModel(model, dimensions)

    def _body(
        self, texts: Sequence[str], kind: Kind, known: EmbeddingModel, background: bool
    ) -> dict[str, Any]:
        body: dict[str, Any] = {"input": list(texts), "model": known.model}
        if self._server.dimensions is not None:
            body["dimensions"] = self._server.dimensions
        if self._server.is_ours:
            body |= {"input_type": kind, "truncate": True, "encoding_format": "base64"}
            body["model"] = "default"
            if background:
                body["service_tier"] = "flex"
        return body

    async def _post(self, body: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        import httpx

        client = await self._client()
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        try:
            async with asyncio.timeout(timeout_s):
                response = await client.post(
                    f"{self._server.url}/v1/embeddings",
                    content=content,
                    headers={"content-type": "application/json", **self._headers()},
                    timeout=httpx.Timeout(timeout_s, connect=_LOOK_S),
                )
            told = response.json()
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise self._explained(error) from error
        self._rest_s = _REST_S
        if response.status_code == 200 and isinstance(told, dict):
            return told
        reason = _reason(told, response.status_code)
        if response.status_code in _REFUSALS:
            raise ModelRefused(reason)
        raise ModelUnavailable(reason)

    def _headers(self) -> dict[str, str]:
        key = self._server.api_key
        return {"authorization": f"Bearer {key}"} if key else {}


def _vectors(answer: dict[str, Any], count: int) -> Vectors:
    """The answer's vectors in the order of the texts, each of length 1. Raises
    `ModelUnavailable` for what can't be right."""
    import numpy as np

    try:
        data = sorted(answer["data"], key=lambda each: each["index"])
        if [each["index"] for each in data] != list(range(count)):
            raise ValueError(f"{len(data)} vectors for {count} texts")
        rows = [_row(each["embedding"]) for each in data]
        vectors = np.stack(rows)
        if vectors.ndim != 2:
            raise ValueError("an embedding is no list of numbers")
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelUnavailable(f"The embedding server's answer makes no sense: {error}.") from error
    # In float64: the square of a large float32 is infinite.
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not (lengths > 0).all():
        raise ModelUnavailable("The embedding server gave a vector that is none.")
    unit: Vectors = (vectors / lengths).astype(np.float32)
    return unit


def _row(embedding: Any) -> Any:
    import numpy as np

    if isinstance(embedding, str):
        packed = np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4")
        return packed.astype(np.float64)
    return np.asarray(embedding, dtype=np.float64)


def _reason(told: Any, status: int) -> str:
    error = told.get("error") if isinstance(told, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return str(message) if message else f"The embedding server answered with status {status}."


def _unreachable(url: str, error: Exception) -> ModelUnavailable:
    import httpx

    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return ModelUnavailable(f"No embedding server answers at {url}.")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return ModelUnavailable(f"The embedding server at {url} didn't answer in time.")
    if isinstance(error, httpx.HTTPError):
        return ModelUnavailable(f"The embedding server at {url} broke off.")
    return ModelUnavailable(f"What answers at {url} is no embedding server.")
