"""How near a sentence is to the examples of each action, by an embedding server that may be away.

A turn never waits for it for long: what isn't told in time is not known, and that is an answer. The
examples are embedded in the background, once for each model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wooster.actions.sentences import classifier, kept
from wooster.actions.sentences.classifier import Classifier
from wooster.core.errors import ModelUnavailable
from wooster.vectors.model import Maker
from wooster.vectors.ports import Embedder, maker

if TYPE_CHECKING:
    from wooster.actions.sentences.kept import Vectors

Log = Callable[[str, dict[str, Any]], None]
Examples = Callable[[], Mapping[str, tuple[str, ...]]]

TIMEOUT_S = 0.06
"""So long a turn waits for a sentence's vector; one takes 10 ms."""
REST_S = 10.0
"""After it was waited for in vain, it isn't asked again for so long."""
_TRY_AGAIN_S = 3.0
TALK = ""
"""The kind of the sentences that are for the model."""


@dataclass(frozen=True, slots=True)
class _Learnt:
    maker: Maker
    classifier: Classifier


class Nearest:
    """`examples` gives those of a program's actions, by action; `TALK` has those of none. The file
    `path` keeps their vectors."""

    def __init__(self, embedder: Embedder, path: Path, examples: Examples, log: Log) -> None:
        self._embedder = embedder
        self._path = path
        self._examples = examples
        self._log = log
        self._learnt: _Learnt | None = None
        self._rests_until_s = 0.0
        self._wanted = asyncio.Event()

    async def to(self, text: str) -> dict[str, float] | None:
        """How near `text` is to each action's examples; None where that can't be told at once."""
        learnt, now_s = self._learnt, asyncio.get_running_loop().time()
        if learnt is None or now_s < self._rests_until_s:
            return None
        try:
            async with asyncio.timeout(TIMEOUT_S):
                made_by, vectors = await self._embedder.embed(
                    [text], "query", learnt.maker.dimensions, background=False
                )
        except TimeoutError:
            self._rests_until_s = now_s + REST_S
            return None
        except ModelUnavailable:
            return None
        if maker(made_by) != learnt.maker:
            self._learnt = None
            self._wanted.set()
            return None
        (scores,) = learnt.classifier.scores(vectors).tolist()
        return dict(zip(learnt.classifier.kinds, scores, strict=True))

    async def run(self) -> None:
        """Learn the examples as soon as a model is there for it, and again when it is another;
        until cancelled."""
        told = ""
        while True:
            self._wanted.clear()
            wait_s = None
            try:
                self._learnt = await self._learn()
                told = ""
            except (ModelUnavailable, OSError) as error:
                wait_s, reason = _TRY_AGAIN_S, str(error)
                if reason != told:
                    self._log("sentences.not_learnt", {"reason": reason})
                told = reason
            try:
                async with asyncio.timeout(wait_s):
                    await self._wanted.wait()
            except TimeoutError:
                pass  # it is tried again

    async def _learn(self) -> _Learnt:
        made_by = maker(await self._embedder.made_by())
        examples = await asyncio.to_thread(self._examples)
        texts = [text for each in examples.values() for text in each]
        known = await asyncio.to_thread(kept.read, self._path, made_by)
        new = kept.missing(texts, known)
        size = self._embedder.batch_size
        for start in range(0, len(new), size):
            part = new[start : start + size]
            by, vectors = await self._embedder.embed(
                part, "query", made_by.dimensions, background=True
            )
            if maker(by) != made_by:
                raise ModelUnavailable("The embedding model is another by now.")
            known |= zip(map(kept.key, part), vectors, strict=True)
        if new:
            used = {kept.key(text): known[kept.key(text)] for text in texts}
            await asyncio.to_thread(kept.write, self._path, made_by, used)
        learnt = await asyncio.to_thread(_fit, examples, known)
        self._log("sentences.learnt", {"examples": len(texts), "embedded": len(new)})
        return _Learnt(made_by, learnt)


def _fit(examples: Mapping[str, tuple[str, ...]], known: Mapping[str, Vectors]) -> Classifier:
    import numpy as np

    of = [(kind, known[kept.key(text)]) for kind, texts in examples.items() for text in texts]
    return classifier.fit(np.stack([vector for _, vector in of]), [kind for kind, _ in of])
