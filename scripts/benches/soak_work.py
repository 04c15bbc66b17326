"""What a soak does to a daemon: people's work of each kind, over and over, each in a thread.

Nothing of it piles up by itself: tasks are done and the oldest of the archive removed, as a person
who tidies up does; reminders are seen, documents are written again in their own place. What a
conversation leaves is stored, as it is meant to be.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from scripts.benches.home import WORDS
from scripts.benches.report import progress

from wooster.config.paths import Paths
from wooster.core.errors import WoosterError
from wooster.repl.client import Client, TurnStream
from wooster.wire.events import Failure, Meta, Notice, Token
from wooster.wire.requests import TurnRequest

_DOCUMENTS: Final = 40
_PARAGRAPHS: Final = 8
_TURNS_A_SESSION: Final = 4
_FAILURES_SHOWN: Final = 5
_ARCHIVED: Final = 50


def question(number: int) -> str:
    return f"Tell me one thing about the {WORDS[number % len(WORDS)]}, number {number}."


@dataclass
class Work:
    """What was done: of each kind, when each began and how many seconds it took."""

    paths: Paths
    client: Client
    stopping: threading.Event = field(default_factory=threading.Event)
    took: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    failed: Counter[str] = field(default_factory=Counter)
    reminded: dict[str, float] = field(default_factory=dict)
    heard: dict[str, float] = field(default_factory=dict)
    stream: TurnStream | None = None

    def kinds(self) -> dict[str, tuple[Callable[[], Iterator[None]], float]]:
        """Each kind of work, a step at a time, and the seconds between two steps of it."""
        return {
            "turn": (self._turns, 0.5),
            "command": (self._commands, 0.05),
            "search": (self._searches, 0.2),
            "ingest": (self._documents, 1.0),
            "remind": (self._reminders, 1.0),
        }

    def repeat(self, kind: str) -> None:
        """Work of one kind until `stopping`, with the seconds of each step."""
        steps, pause_s = self.kinds()[kind]
        running = steps()
        while not self.stopping.wait(pause_s):
            began = time.monotonic()
            try:
                next(running)
            except WoosterError as error:
                self.fail(kind, error)
                running = steps()
            else:
                self.took[kind].append((began, time.monotonic() - began))

    def fail(self, kind: str, error: object) -> None:
        self.failed[kind] += 1
        if self.failed[kind] <= _FAILURES_SHOWN:
            progress(f"{kind}: {error}")

    def _turns(self) -> Iterator[None]:
        """Messages to the model, a new conversation after a few."""
        session: str | None = None
        for number in itertools.count():
            if number % _TURNS_A_SESSION == 0:
                session = None
            text = question(number)
            began, first = time.monotonic(), 0.0
            request = TurnRequest(text, "bench", session, as_message=True)
            with self.client.turn(request) as stream:
                for event in stream:
                    if isinstance(event, Meta):
                        session = event.session_id
                    if isinstance(event, Token) and not first:
                        first = time.monotonic() - began
                    if isinstance(event, Failure):
                        raise WoosterError(event.message)
            if not first:
                raise WoosterError("An answer came without a word.")
            self.took["first token"].append((began, first))
            yield

    def _commands(self) -> Iterator[None]:
        """Tasks, habits, facts and what they show."""
        if not self.client.act("habits").data.get("habits"):
            self.client.act("habits_add", habit="read daily")
        for number in itertools.count():
            self._tidy_up()
            # The same ones again and again: what was read of a line is remembered, up to a limit.
            said = f"call {WORDS[number % len(WORDS)]}"
            for name, arguments in (
                ("tasks_add", {"text": said}),
                ("tasks_done", {"task": said}),
                ("habits_checkin", {"habit": "read"}),
                ("habits_uncheck", {"habit": "read"}),
                ("agenda", {}),
                ("facts", {}),
                ("status", {}),
            ):
                began = time.monotonic()
                self.client.act(name, **arguments)
                self.took[name].append((began, time.monotonic() - began))
                yield

    def _tidy_up(self) -> None:
        """Each task that was done is a file, and a document that is found and has a vector."""
        archived = sorted((self.paths.home / "gtd" / "archive" / "nextActions").glob("*.md"))
        for path in archived[:-_ARCHIVED]:
            path.unlink()

    def _searches(self) -> Iterator[None]:
        chance = random.Random(1)
        while True:
            self.client.act("search", words=" ".join(chance.sample(WORDS, 3)))
            yield

    def _documents(self) -> Iterator[None]:
        """A document is written again, and the folder is read."""
        folder = self.paths.home / "soak"
        folder.mkdir(exist_ok=True)
        chance = random.Random(2)
        for number in itertools.count():
            lines = (" ".join(chance.choices(WORDS, k=12)) for _ in range(_PARAGRAPHS))
            text = "\n\n".join(
                [f"# Document {number}", *(f"{line.capitalize()}." for line in lines)]
            )
            (folder / f"{number % _DOCUMENTS}.md").write_text(text)
            self.client.act("library_add", path=str(folder))
            yield

    def _reminders(self) -> Iterator[None]:
        for number in itertools.count():
            text = f"soak {number}"
            due = time.monotonic() + 2
            self.client.act("remind", text=text, when="in 2 seconds")
            self.reminded[text] = due
            yield

    def listen(self) -> None:
        """Take what the daemon says by itself, as an open conversation does."""
        while not self.stopping.is_set():
            try:
                with self.client.notices() as self.stream:
                    for event in self.stream:
                        if isinstance(event, Notice):
                            self.client.notice_shown(event.key)
                            self._hear(event.text)
            except WoosterError as error:
                if not self.stopping.is_set():
                    self.fail("notices", error)
                    time.sleep(0.2)

    def lost(self) -> int:
        """Reminders that never came, of those that were due by now."""
        now = time.monotonic()
        return sum(due < now - 1 and said not in self.heard for said, due in self.reminded.items())

    def _hear(self, text: str) -> None:
        now = time.monotonic()
        for said, due in list(self.reminded.items()):
            if text.strip() == said:
                self.heard.setdefault(said, now - due)
