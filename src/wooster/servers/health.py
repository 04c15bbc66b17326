"""What a model server says of itself at `/health`, from its first moment on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from wooster import __version__


@dataclass(slots=True)
class Health:
    """Written by the worker's thread, read by the HTTP side: single assignments, so no lock.

    A model that was unloaded because nobody asked for a while is still `ready`, with `loaded` false
    and the detail "unloaded": it can be asked, so whoever watches has nothing to restart. `figures`
    are the engine's own: its queue, caches, memory and speed; `yielding` counts its requests that
    are background work.
    """

    service: str
    home: str
    model: str
    model_path: str = ""
    status: Literal["loading", "ready", "failed"] = "loading"
    detail: str = "starting"
    blas: str = ""
    context_length: int | None = None
    mode: str = ""
    loaded: bool = False
    figures: dict[str, Any] = field(default_factory=dict)
    yielding: Callable[[], int] = lambda: 0
    pid: int = field(default_factory=os.getpid)

    @property
    def section(self) -> str:
        """The section of `settings.toml` that the server was started by."""
        return self.service.removeprefix("wooster-").removesuffix("-server")

    def fail(self, reason: str) -> None:
        self.detail = reason
        self.status = "failed"

    def report(self, *, active: int, queued: int) -> dict[str, Any]:
        """The body of `GET /health`: `active` requests are being worked on, `queued` ones wait, and
        for `yielding` of both nobody waits."""
        return {
            "service": self.service,
            "version": __version__,
            "status": self.status,
            "model": self.model,
            "model_path": self.model_path,
            "pid": self.pid,
            "home": self.home,
            "blas": self.blas,
            "context_length": self.context_length,
            "active": active,
            "queued": queued,
            "yielding": self.yielding(),
            "detail": self.detail,
            "loaded": self.loaded,
            "mode": self.mode,
            **self.figures,
        }
