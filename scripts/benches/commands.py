"""How fast every command answers over the socket, with ten years of data and no model server.

Each line of `commands_lines` is typed as the REPL sends it: a connection, `POST /v1/turns`, all of
the answer read. The machine may be busy with other things: of some rounds, the median of each
round's p95 is told. It is compared to the bare round trip: an action that there isn't.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from scripts.benches import commands_home
from scripts.benches.commands_lines import LINES, LONG, Line
from scripts.benches.home import RunningDaemon
from scripts.benches.report import figure, median, p95, progress

from wooster.config.paths import Paths
from wooster.core.errors import NotFound, WoosterError
from wooster.repl.client import Client
from wooster.wire.events import Event, Result
from wooster.wire.requests import ActionRequest, TurnRequest

_NO_SERVERS = {"WOOSTER_CHAT__START": "false", "WOOSTER_EMBED__START": "false"}
_BUDGET_MS = 20.0
_UNDOES_ITSELF = ("undo", "redo")
_numbers = count(1)


class Typist:
    """Types lines, and knows what came of each."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def types(self, text: str) -> tuple[float, Event]:
        """How many milliseconds it took, and what it gave. Raises `SystemExit` for an error."""
        started = time.perf_counter()
        try:
            with self.client.turn(TurnRequest(text, "repl", can_choose=True)) as stream:
                *_, last = stream
        except WoosterError as error:
            raise SystemExit(f"{text!r}: {error.message}") from error
        took = (time.perf_counter() - started) * 1000
        if type(last).__name__ not in ("Result", "Ask"):
            raise SystemExit(f"{text!r} is no command, but gave {last}")
        return took, last

    def presses(self, key: str, last: Event) -> tuple[float, Event]:
        """The same of a key, which answers a choice."""
        assert isinstance(last, Result) and last.choice is not None
        option = next(each for each in last.choice.options if each.key == key)
        started = time.perf_counter()
        with self.client.work(option.action, ActionRequest(option.arguments)) as stream:
            *_, end = stream
        return (time.perf_counter() - started) * 1000, end

    def last_entry(self) -> int:
        entries = self.client.act("log").data["entries"]
        return max((each["number"] for each in entries), default=0)

    def measure(self, line: Line) -> float:
        """One line, after what comes before it; what they changed is taken back."""
        entry = self.last_entry()
        number = next(_numbers)
        for each in line.before:
            self.types(each.format(n=number))
        took, last = self.types(line.does.format(n=number))
        if line.key:
            took, last = self.presses(line.key, last)
        changed = [
            each["number"]
            for each in self.client.act("log").data["entries"]
            if each["number"] > entry and each["kind"] != "undo" and not each["taken_back_by"]
        ]
        for each in sorted(changed, reverse=True):
            self.types(f"undo {each}")
        return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=20, help="of each line a round")
    parser.add_argument("--only", default="", help="actions whose names begin with this")
    parser.add_argument("--home", type=Path, help="keep the home here, and use what is there")
    given = parser.parse_args()
    folder = given.home or Path(tempfile.mkdtemp(prefix="wooster-bench-"))
    try:
        paths = Paths(folder)
        is_new = not paths.database.exists()
        paths.prepare()
        if is_new:
            commands_home.fill(paths)
        daemon = RunningDaemon(paths, _NO_SERVERS)
        try:
            if is_new:
                _read_more(paths, daemon.client)
                daemon.stop()
                daemon = RunningDaemon(paths, _NO_SERVERS)
            _measure(daemon.client, given.rounds, given.times, given.only)
        finally:
            daemon.stop()
    finally:
        if given.home is None:
            shutil.rmtree(folder, ignore_errors=True)


def _read_more(paths: Paths, client: Client) -> None:
    """What a daemon reads itself: two calendars, and a document."""
    progress("reading calendars")
    notes = paths.home / "notes"
    notes.mkdir()
    (notes / "apples.md").write_text("# Apples\n\nThey are red. #fruit\n")
    for name, many in (("first", 9_900), ("second", 100)):
        path = paths.home / f"{name}.ics"
        commands_home.calendar(path, many)
        _works(client, "calendars_add", {"what": str(path)})
    _works(client, "library_add", {"path": str(notes)})


def _works(client: Client, name: str, arguments: dict[str, str]) -> None:
    with client.work(name, ActionRequest(arguments)) as stream:
        *_, last = stream
    if not isinstance(last, Result):
        raise SystemExit(f"{name}: {last}")


def _measure(client: Client, rounds: int, times: int, only: str) -> None:
    typist = Typist(client)
    _nothing_is_missing(client)
    chosen = {name: line for name, line in LINES.items() if name.startswith(only)}
    first = {name: typist.measure(line) for name, line in chosen.items()}
    found: dict[str, list[list[float]]] = {name: [] for name in chosen}
    bare: list[list[float]] = []
    for number in range(rounds):
        progress(f"round {number + 1} of {rounds}")
        bare.append([_round_trip(client) for _ in range(times * 5)])
        for name, line in chosen.items():
            found[name].append([typist.measure(line) for _ in range(times)])
    _tell(found, first, bare)


def _nothing_is_missing(client: Client) -> None:
    """An action without a line is one whose time nobody knows."""
    known = {each.name for each in client.greeting().commands} - {"library_ask", "ask"}
    missing = sorted(known - LINES.keys() - LONG.keys())
    if missing:
        raise SystemExit(f"commands_lines has no line for: {', '.join(missing)}")


def _round_trip(client: Client) -> float:
    started = time.perf_counter()
    with suppress(NotFound):
        client.act("nothing")
    return (time.perf_counter() - started) * 1000


def _tell(
    found: dict[str, list[list[float]]], first: dict[str, float], bare: Sequence[list[float]]
) -> None:
    slow = {name: median([p95(each) for each in rounds]) for name, rounds in found.items()}
    for name, rounds in found.items():
        middle = median([median(each) for each in rounds])
        versus = {"p50": middle, "first": first[name]}
        figure("commands", f"commands.{name}.p95_ms", slow[name], "ms", versus)
    trip = median([p95(each) for each in bare])
    together = [
        p95([took for rounds in found.values() for took in rounds[number]])
        for number in range(len(bare))
    ]
    middles = [
        median([took for rounds in found.values() for took in rounds[number]])
        for number in range(len(bare))
    ]
    versus = {"round_trip": trip, "budget": _BUDGET_MS}
    figure("commands", "commands.p95_ms", median(together), "ms", versus)
    versus = {"round_trip": median([median(each) for each in bare])}
    figure("commands", "commands.p50_ms", median(middles), "ms", versus)
    over = [name for name, took in slow.items() if took > _BUDGET_MS]
    figure("commands", "commands.over_budget", len(over), "commands", {"of": len(slow)})
    for name in sorted(slow, key=slow.__getitem__, reverse=True)[:12]:
        progress(f"slowest: {name} {slow[name]:.1f} ms")
    for name in sorted(first, key=first.__getitem__, reverse=True)[:6]:
        progress(f"slowest after a start: {name} {first[name]:.1f} ms")


if __name__ == "__main__":
    main()
