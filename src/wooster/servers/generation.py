"""Text generation: one thread that has all requests answered, the person's before the background's.

It knows the queue of requests, and when there has to be a model in memory; answers it leaves to the
`Desk`, who is next to the `Line`. It knows nothing of HTTP or of OpenAI's shapes: jobs come in by a
queue, events go out by each job's callback.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wooster.config.footprint import prefix_cache_bytes
from wooster.config.settings import ChatServer
from wooster.core.clock import Clock, SystemClock
from wooster.servers.admission import Line
from wooster.servers.desk import Desk
from wooster.servers.health import Health
from wooster.servers.jobs import Failed, Job
from wooster.servers.loaded import Loader
from wooster.servers.memory import Limit, Pressure, memory_limit, read_memory
from wooster.servers.metrics import Metric, Tally
from wooster.servers.prefixes import Prefixes
from wooster.servers.prompting import PromptReader, PromptTooLong
from wooster.servers.sampling import Sampling
from wooster.servers.upkeep import SIGN_OF_LIFE_S, Upkeep, repeated
from wooster.servers.weights import ModelPlace, explain_failure
from wooster.servers.worker import IDLE_LOOK_S, Worker

if TYPE_CHECKING:
    from wooster.servers.constraint import Grammars

MB = 1_000_000


class Generator(Worker):
    """The chat server's engine."""

    def __init__(
        self,
        health: Health,
        *,
        models: Path,
        cache: Path,
        settings: ChatServer,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(health, models=models, cache=cache)
        self.context_length = settings.context_length
        self.recommended = Sampling()
        self.prompts: PromptReader | None = None
        self._settings = settings
        self._inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._to_let_go: queue.SimpleQueue[Future[None]] = queue.SimpleQueue()
        self._line = Line(settings.parallel)
        self._desk: Desk | None = None
        self._tally = Tally()
        self._upkeep = Upkeep(clock or SystemClock(), self._line, self._tally, self._say)
        self._unload_after_s = settings.idle_unload_minutes * 60
        self._prefix_limit = 0
        self._gone = ""  # why nothing is worked on any more
        self._tokenizer: Any = None
        health.yielding = self._yielding
        self._grammars: Grammars | None = None
        self._grammars_lock = threading.Lock()

    # --- from any thread ---------------------------------------------------------------------

    @property
    def active(self) -> int:
        desk = self._desk
        return len(desk.answers) if desk else 0

    @property
    def queued(self) -> int:
        return len(self._line) + self._inbox.qsize()

    def _yielding(self) -> int:
        desk = self._desk
        answers = list(desk.answers.values()) if desk else []
        return self._line.background + sum(answer.job.background for answer in answers)

    @property
    def grammars(self) -> Grammars:
        """What answers can be held to, for the loaded model's tokens. Made at first use."""
        from wooster.servers.constraint import Grammars

        with self._grammars_lock:
            if self._grammars is None:
                self._grammars = Grammars(self._tokenizer)
            return self._grammars

    def wake(self) -> None:
        self._inbox.put(None)

    def submit(self, job: Job) -> None:
        """Have `job` worked on; its events end with `Finished` or `Failed` unless cancelled."""
        self._inbox.put(job)
        if self._gone:  # the thread has looked into the inbox for the last time
            self._refuse_all(self._gone)

    def let_go(self) -> Future[None]:
        """Have all forgotten that was read; done when it is. Answers under way are given."""
        done: Future[None] = Future()
        self._to_let_go.put(done)
        self.wake()
        if self._desk is None or self._gone:  # nothing is kept, and maybe nobody looks
            self._let_go(None)
        return done

    def answer_limit(self, prompt_tokens: int, asked: int | None) -> int:
        """How many tokens an answer may have. Raises `PromptTooLong` with the numbers."""
        room = self.context_length - prompt_tokens
        if room < 1:
            raise PromptTooLong(
                f"This model's maximum context length is {self.context_length} tokens. "
                f"The messages have {prompt_tokens} tokens."
            )
        if asked is not None and asked > room:
            raise PromptTooLong(
                f"This model's maximum context length is {self.context_length} tokens. "
                f"{prompt_tokens + asked} were requested: {prompt_tokens} in the messages, "
                f"{asked} for the completion."
            )
        return asked or min(self._settings.max_tokens, room)

    def figures(self) -> list[Metric]:
        told = self.health.figures
        queue_, cache = told.get("queue", {}), told.get("cache", {})
        gauges = {
            "tokens_per_second": ("Tokens decoded a second, lately.", "tokens_per_second", told),
            "requests_held": ("Background requests put aside.", "held", queue_),
            "prefix_cache_bytes": ("Memory of what was read before.", "bytes", cache),
            "prefix_cache_entries": ("Beginnings of prompts kept.", "entries", cache),
        }
        known = [
            Metric(name, "gauge", text, where[key])
            for name, (text, key, where) in gauges.items()
            if key in where
        ]
        return [*known, *self._tally.metrics()]

    # --- on the engine's thread --------------------------------------------------------------

    def load(self, path: str) -> None:
        limit = memory_limit(self._settings.memory_limit_gb)
        loader = Loader(self._settings, self._models, limit, self.health.section)
        loaded = loader.load(self.health.model, path, self._tell_detail)
        self._tokenizer, self._grammars = loaded.tokenizer, None
        self.prompts = PromptReader(loaded.tokenizer)
        self.recommended = loaded.recommended
        trained_for = loaded.trained_for or self.context_length
        self.context_length = min(self.context_length, trained_for)
        self.health.context_length = self.context_length
        self.health.mode = loaded.mode
        self._upkeep.pressure = Pressure(limit)
        self._prefix_limit = self._prefix_bytes(limit)
        prefixes = Prefixes(self._prefix_limit, trims=loaded.trims)
        desk = Desk(loaded, prefixes, self._tally)
        self._tell_detail("warming up")
        desk.warm_up()
        self._desk = desk
        self._upkeep.busy()
        self.health.figures = {"memory": {"limit_bytes": limit.size_bytes}}
        self._tell_figures()

    def serve(self) -> None:
        while not self.stopping.is_set():
            self._listen()
            self._let_go(self._desk)
            self._line.tidy()
            if self._desk is None and len(self._line):
                self._reload()
            if self._desk is not None:
                self._work(self._desk)
            if self._unload_after_s and self._upkeep.idle_s >= self._unload_after_s:
                self._unload()

    def abandon(self, reason: str) -> None:
        if self._desk is not None:
            self._desk.abandon(reason)
        self._gone = reason
        self._refuse_all(reason)
        self._let_go(None)

    def _listen(self) -> None:
        """Take in what was submitted; with nothing to do, wait for it a while."""
        if not len(self._line) and not self.active:
            look_s = min(IDLE_LOOK_S, self._unload_after_s or IDLE_LOOK_S)
            try:
                self._add(self._inbox.get(timeout=look_s))
            except queue.Empty:
                return
        self._take_in()

    def _let_go(self, desk: Desk | None) -> None:
        while not self._to_let_go.empty():
            try:
                done = self._to_let_go.get_nowait()
            except queue.Empty:  # another thread has taken it
                return
            if desk is not None:
                desk.let_go()
            if done.set_running_or_notify_cancel():
                done.set_result(None)

    def _take_in(self) -> None:
        while not self._inbox.empty():
            self._add(self._inbox.get())

    def _add(self, job: Job | None) -> None:
        if job is not None:  # else woken, to look at `stopping`
            self._line.add(job)

    def _work(self, desk: Desk) -> None:
        desk.follow(self._line.plan(desk.answers))
        if desk.answers:
            self._upkeep.step(desk)
        if not desk.answers and not len(self._line):
            self._tell_figures()
            self._upkeep.look_at_memory(desk)
        elif self._upkeep.between_steps(desk):
            self._tell_figures()

    def _unload(self) -> None:
        """Give the memory back. Whoever asks next has the model loaded again."""
        if self._desk is None:
            return
        self._desk = None
        self._tally.unloads += 1
        self.note_unloaded()
        self._tell_figures()

    def _reload(self) -> None:
        """Load the model again, for those who wait; they hear that they are not forgotten."""

        def sign() -> None:
            self._take_in()
            self._upkeep.signs_of_life(None)

        place = ModelPlace(self.health.model, self.health.model_path)
        reason = ""
        sign()
        with repeated(sign, SIGN_OF_LIFE_S):
            try:
                self.load(place.path)
            # The boundary of the engine: a model that doesn't come back ends the requests that
            # wait for it; the next one tries again.
            except Exception as error:  # noqa: BLE001
                reason = explain_failure(place, error)
        if self._desk is None:
            self._refuse_all(reason)
            self._tell_detail(f"unloaded; {reason}")
            self._say(reason)
            return
        self.health.loaded = True
        self._tell_detail("")

    def _refuse_all(self, reason: str) -> None:
        self._take_in()
        for job in self._line.clear():
            job.emit(Failed(reason))

    def _prefix_bytes(self, limit: Limit) -> int:
        if self._settings.prefix_cache_mb:
            return self._settings.prefix_cache_mb * MB
        return min(prefix_cache_bytes(read_memory().total), limit.size_bytes // 8)

    def _tell_figures(self) -> None:
        """Have `/health` tell the queue, caches and speed as they are now."""
        desk, pressure = self._desk, self._upkeep.pressure
        prefixes = desk.prefixes if desk else None
        self.health.figures = {
            **self.health.figures,
            "queue": {
                "waiting": len(self._line),
                "background": self._line.background,
                "held": sum(answer.held for answer in desk.answers.values()) if desk else 0,
            },
            "cache": {
                "bytes": prefixes.size_bytes if prefixes else 0,
                "entries": len(prefixes) if prefixes else 0,
                "shared": prefixes.shared if prefixes else 0,
                "limit_bytes": self._prefix_limit,
            },
            "tokens_per_second": round(self._upkeep.rate.per_second(), 2),
            "pressure": pressure.state if pressure else "",
        }
        self.note_memory()
