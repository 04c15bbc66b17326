"""An embedder for tests: a text's vector is the sum of its words', so that alike texts are near.

It can be away, refuse texts, be another model, and fail at a request of choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np

from wooster.core.errors import ModelRefused, ModelUnavailable
from wooster.vectors.model import Kind, Maker


def vector_of(text: str, maker: Maker) -> Any:
    """The unit vector of a text, float32 of shape (dimensions,); the same in each process."""
    total = np.zeros(maker.dimensions, dtype=np.float32)
    for word in text.lower().split() or [""]:
        seed = int.from_bytes(
            sha256(f"{maker.model} {word}".encode("utf-8", "replace")).digest()[:8]
        )
        total += np.random.default_rng(seed).standard_normal(maker.dimensions, dtype=np.float32)
    return total / np.linalg.norm(total)


@dataclass(slots=True)
class WordEmbedder:
    """`fails_at` are numbers of requests, from 1, that fail as if the server were away."""

    maker: Maker = field(default_factory=lambda: Maker("words", 16))
    batch_size: int = 64
    is_here: bool = True
    away: str = ""
    refused: str = ""
    fails_at: frozenset[int] = frozenset()
    requests: list[list[str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    async def made_by(self) -> Maker:
        if self.away:
            raise ModelUnavailable(self.away)
        return self.maker

    async def embed(
        self, texts: Sequence[str], kind: Kind, dimensions: int, *, background: bool
    ) -> tuple[Maker, Any]:
        del background
        if self.away:
            raise ModelUnavailable(self.away)
        if kind == "query":
            self.queries.extend(texts)
        else:
            self.requests.append(list(texts))
            if len(self.requests) in self.fails_at:
                raise ModelUnavailable("it broke off")
        if self.refused and any(self.refused in text for text in texts):
            raise ModelRefused(f"{self.refused} isn't taken")
        maker = Maker(self.maker.model, dimensions, self.maker.prompts)
        return self.maker, np.stack([vector_of(text, maker) for text in texts])

    @property
    def embedded(self) -> list[str]:
        """All texts that were sent to be embedded, in order."""
        return [text for request in self.requests for text in request]
