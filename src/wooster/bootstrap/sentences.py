"""Plain sentences, put together from the registry and what embeds texts."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from wooster.actions.action import Action
from wooster.actions.registry import Registry
from wooster.actions.sentences.nearest import TALK, Nearest
from wooster.actions.sentences.recogniser import Recogniser, examples
from wooster.actions.sentences.talk import TALK as TALKED
from wooster.config.paths import Paths
from wooster.vectors.ports import Embedder

log = logging.getLogger(__name__)


class Sentences:
    """What recognises sentences, and what learns their examples: once all actions are there."""

    def __init__(self, registry: Registry, embedder: Embedder, paths: Paths) -> None:
        actions = list(registry.actions)
        path = paths.cache / "sentences.npz"
        self.nearest = Nearest(embedder, path, lambda: compared(actions), _tell)
        self.recogniser = Recogniser(actions, self.nearest)


def compared(actions: Sequence[Action[Any]]) -> dict[str, tuple[str, ...]]:
    """The sentences that one is compared to: of each action, and of none."""
    return {**examples(actions), TALK: TALKED}


def _tell(event: str, fields: dict[str, Any]) -> None:
    log.info(event, extra={"fields": fields})
