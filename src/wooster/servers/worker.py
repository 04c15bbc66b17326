"""The one thread that owns MLX in a server: it loads the model, then works off an inbox.

It knows threads and the way back into the event loop; what is computed stands in its subclasses
(`generation`, `embedding`). It knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from wooster.core.errors import ModelUnavailable, WoosterError
from wooster.core.heap import give_back
from wooster.servers import blas
from wooster.servers.health import Health
from wooster.servers.memory import read_memory
from wooster.servers.metrics import Metric, exposition
from wooster.servers.weights import explain_failure, find_model

IDLE_LOOK_S = 5.0  # between two looks at the clock and the memory while there is nothing to do


class Worker(ABC):
    """Lives from `start` (on the event loop) to `stop`; `health` tells how it is."""

    def __init__(self, health: Health, *, models: Path, cache: Path) -> None:
        self.health = health
        self.stopping = threading.Event()
        self._models = models
        self._cache = cache
        self._loaded = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        # A daemon thread, since it may be deep inside MLX when the process has to end.
        self._thread = threading.Thread(target=self._run, name="mlx", daemon=True)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end what it does; callable from a signal handler."""
        self.stopping.set()
        self.wake()

    def join(self, timeout_s: float) -> bool:
        """Whether the thread has ended within `timeout_s`."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    async def loaded(self) -> None:
        """Wait until the model can answer. Raises `ModelUnavailable` if it never will."""
        await self._loaded.wait()
        if self.health.status == "failed":
            raise ModelUnavailable(self.health.detail)

    @property
    @abstractmethod
    def active(self) -> int:
        """Requests being worked on."""

    @property
    @abstractmethod
    def queued(self) -> int:
        """Requests that wait for their turn."""

    @abstractmethod
    def wake(self) -> None:
        """End the thread's waiting for work."""

    @abstractmethod
    def load(self, path: str) -> None:
        """Load the model from a folder or hub id and compute something once. On the thread."""

    @abstractmethod
    def serve(self) -> None:
        """Work until `stopping` is set. On the thread."""

    @abstractmethod
    def abandon(self, reason: str) -> None:
        """Tell every request that is under way or waiting that nothing more will come."""

    def figures(self) -> list[Metric]:
        """The engine's own figures for `metrics`: what it counts. From any thread."""
        return []

    def metrics(self) -> str:
        """The body of `GET /metrics`, for Prometheus. From any thread."""
        prefix = f"wooster_{self.health.section}"
        return exposition(prefix, [*self._common_figures(), *self.figures()])

    def note_memory(self) -> None:
        """Have `/health` and `/metrics` tell the memory in use as it is now. On the thread."""
        now = read_memory()
        memory = {"active_bytes": now.active, "cache_bytes": now.cache, "peak_bytes": now.peak}
        told = {**self.health.figures.get("memory", {}), **memory}
        self.health.figures = {**self.health.figures, "memory": told}

    def note_unloaded(self) -> None:
        """Give back the memory of the model that was just let go of, and say so. On the thread."""
        import mlx.core as mx

        gc.collect()
        mx.clear_cache()
        give_back()
        self.note_memory()
        self.health.loaded = False
        self._tell_detail("unloaded")

    def _tell_detail(self, detail: str) -> None:
        self.health.detail = detail

    def _common_figures(self) -> list[Metric]:
        health = self.health
        metrics = [
            Metric("ready", "gauge", "1 if requests can be answered.", health.status == "ready"),
            Metric("model_loaded", "gauge", "1 while a model is in memory.", health.loaded),
            Metric("model_info", "gauge", "The model.", {health.model: 1}, "model"),
            Metric("requests_active", "gauge", "Requests being worked on.", self.active),
            Metric("requests_queued", "gauge", "Requests that wait for their turn.", self.queued),
        ]
        helps = {
            "active_bytes": "Memory in use by MLX.",
            "cache_bytes": "Memory that MLX keeps for reuse.",
            "peak_bytes": "The most memory that MLX has used.",
            "limit_bytes": "The memory that the server may use.",
        }
        memory = health.figures.get("memory", {})
        metrics += [
            Metric(f"memory_{name}", "gauge", told, memory[name])
            for name, told in helps.items()
            if name in memory
        ]
        return metrics

    def tell(self, callback: Callable[[], object]) -> None:
        """Have `callback` run on the event loop. From the thread."""
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            pass  # the loop is closed: the process is ending and nobody listens any more

    def _run(self) -> None:
        try:
            self._prepare()
        finally:
            self.tell(self._loaded.set)
        if self.health.status != "ready":
            return
        reason = "The server is stopping."
        try:
            self.serve()
        # The boundary of the thread: whoever waits for it must hear that it is gone.
        except Exception as error:  # noqa: BLE001
            reason = f"The engine has died: {type(error).__name__}: {error}"
            self.health.fail(reason)
            self._say(reason)
        self.abandon(reason)

    def _prepare(self) -> None:
        try:
            place = find_model(self.health.model, self._models)
        except WoosterError as error:
            self.health.fail(str(error))
            self._say(self.health.detail)
            return
        self.health.model, self.health.model_path = place.name, place.path
        fast = blas.load(self._cache)
        self.health.blas = str(fast)
        if fast.slow_because:
            self._say(str(fast))
        # Nothing leaves the machine unless the person says so: the loaders may use what a hub's
        # cache on this disk holds, and ask no hub.
        os.environ["HF_HUB_OFFLINE"] = "1"
        self._prepare_compiling()
        try:
            self.load(place.path)
        # The boundary of the thread: a model's files can make any part of the loaders fail, and
        # the port must go on saying why.
        except Exception as error:  # noqa: BLE001
            self.health.fail(explain_failure(place, error))
            self._say(self.health.detail)
            return
        self.note_memory()
        self.health.detail = ""
        self.health.loaded = True
        self.health.status = "ready"

    def _prepare_compiling(self) -> None:
        """On Linux MLX compiles small kernels with g++ and keeps them in the temporary folder.

        In a folder of our own nobody else can put a library there for us to load, and they are
        still there after a restart of the machine.
        """
        if sys.platform != "linux":
            return
        if shutil.which("g++") is None:
            os.environ.setdefault("MLX_DISABLE_COMPILE", "1")
        self._cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ.setdefault("TMPDIR", str(self._cache))

    def _say(self, line: str) -> None:
        sys.stderr.write(f"{self.health.service}: {line}\n")
        sys.stderr.flush()
