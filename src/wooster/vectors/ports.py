"""What searching needs of others: who makes vectors.

Errors are those of `wooster.core.errors`: `ModelRefused` for a text that is refused, however often
it is sent; `ModelUnavailable` for anything that passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from wooster.vectors.model import Kind, Maker

if TYPE_CHECKING:
    from wooster.vectors.sets import Vectors


class MadeBy(Protocol):
    """A `Maker` by another name: rooms beside this one don't know ours."""

    @property
    def model(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    @property
    def prompts(self) -> str: ...


class Embedder(Protocol):
    """A model that makes vectors, on this machine or another."""

    @property
    def is_here(self) -> bool:
        """Whether texts stay on this machine."""

    @property
    def batch_size(self) -> int:
        """Texts in a request."""

    async def made_by(self) -> MadeBy:
        """Who makes vectors now. Raises `ModelUnavailable`."""

    async def embed(
        self, texts: Sequence[str], kind: Kind, dimensions: int, *, background: bool
    ) -> tuple[MadeBy, Vectors]:
        """Unit vectors, float32 of shape (texts, dimensions), and who made them.

        A text that is too long is cut. `background` work waits for a person's turn. Raises
        `ModelRefused` or `ModelUnavailable`.
        """


def maker(told: MadeBy) -> Maker:
    return Maker(told.model, told.dimensions, told.prompts)


class Reranker(Protocol):
    """A model that reads a question and a passage together: slower than vectors, and better."""

    async def scores(self, text: str, passages: Sequence[str]) -> Sequence[float]:
        """How well each passage answers; higher is better."""
