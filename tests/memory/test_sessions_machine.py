"""Sessions of several clients at once, killed, put forward and back, distilled and forgotten in
between: no turn and no fact is lost or doubled, and all that is derived agrees at every moment."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.fault.test_distilling_faults import Dying, Killed
from tests.memory.distilling.talk import (
    A_WHILE_S,
    ScriptedChat,
    covered,
    distiller,
    known,
    told,
)
from tests.memory.distilling.talk import settings as memory_settings
from wooster.bootstrap import remembering
from wooster.core.clock import ManualClock
from wooster.memory.facts.service import Facts
from wooster.memory.forgetting.service import Forgetting
from wooster.memory.forgetting.sweeping import Files
from wooster.memory.model import ME, Ending, Line, Turn
from wooster.memory.service import Conversations
from wooster.storage import Database
from wooster.storage.verify import CHECKS
from wooster.vectors import store as passages

T = TypeVar("T")

_CLIENTS = ["repl", "repl", "say", "phone"]
_LIKED = ["mangos", "figs", "plums"]
_DAY_S = 86_400.0
_ALL_CHECKS = [*CHECKS, *remembering.CHECKS, passages.verify]


class DyingDatabase(Dying):
    """One that does all else that a database does, too."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


@dataclass(slots=True)
class _Said:
    """A turn as it must be: `state` as stored, `parts` what was kept of its answer."""

    turn: Turn
    parts: list[str] = field(default_factory=list)
    state: str = "running"

    @property
    def row(self) -> tuple[int, str, str, str, str]:
        answer = "" if self.state == "running" else "".join(self.parts)
        return self.turn.seq, self.turn.session_id, self.turn.question, answer, self.state


class Sessions(RuleBasedStateMachine):
    """`said` is every turn that must be there, `remembered` and `buried` what is known of facts
    besides what follows from the turns. `dies_at` is the step at which the next work is killed."""

    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wooster-"))
        shutil.copy(self.empty, self.folder / "wooster.db")
        self.runner = asyncio.Runner()
        self.clock = ManualClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
        self.chat = ScriptedChat()
        self.said: dict[int, _Said] = {}
        self.sessions: dict[int, str] = {}
        self.remembered: set[str] = set()
        self.buried: set[str] = set()
        self.dies_at = 0
        self.database = Database.open(self.folder / "wooster.db", self.folder / "backups")

    def teardown(self) -> None:
        try:
            self._settle()
        finally:
            self.runner.run(self.database.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    # --- living and dying ---------------------------------------------------------------------

    def _do(self, work: Callable[[Any], Coroutine[Any, Any, T]]) -> T | None:
        """Have it done over the database; None where it is killed, and the next life has begun."""
        dies_at, self.dies_at = self.dies_at, 0
        database: Any = DyingDatabase(self.database, dies_at) if dies_at else self.database
        try:
            return self.runner.run(work(database))
        except Killed:
            self._begin_again()
            return None

    def _begin_again(self) -> None:
        """The files as they are on the disk when the process is gone, and a new one over them."""
        folder = Path(tempfile.mkdtemp(prefix="wooster-"))
        for name in ("wooster.db", "wooster.db-wal"):
            if (self.folder / name).exists():
                shutil.copy(self.folder / name, folder / name)
        self.runner.run(self.database.close())
        shutil.rmtree(self.folder)
        self.folder = folder
        self.database = Database.open(folder / "wooster.db", folder / "backups")

        async def catch_up() -> None:
            kept = Conversations(self.database, self.clock)
            await kept.end_interrupted()
            await self._forgetting(self.database).finish()
            await kept.make_findable()

        self.runner.run(catch_up())
        for each in self.said.values():
            each.state = "cut_off" if each.state == "running" else each.state

    def _forgetting(self, database: Any) -> Forgetting:
        async def purge() -> None:
            return None

        files = Files(self.folder / "history", self.folder / "logs")
        return Forgetting(database, self.clock, files, lambda: None, purge)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        read = self.database.read(lambda c: [tuple(row) for row in c.execute(query).fetchall()])
        return self.runner.run(read)

    def _running(self) -> list[_Said]:
        return [each for each in self.said.values() if each.state == "running"]

    @rule(at=st.integers(1, 40))
    def the_next_work_is_killed(self, at: int) -> None:
        self.dies_at = at

    @rule()
    def is_killed_between(self) -> None:
        self._begin_again()

    @rule(seconds=st.sampled_from([1.0, A_WHILE_S, -A_WHILE_S, _DAY_S, -9 * _DAY_S, 400 * _DAY_S]))
    def the_clock_jumps(self, seconds: float) -> None:
        self.clock.advance(seconds)

    # --- talking ------------------------------------------------------------------------------

    @rule(number=st.integers(0, 3), liked=st.sampled_from([*_LIKED, ""]), new=st.booleans())
    def ask(self, number: int, liked: str, new: bool) -> None:
        question = f"I like {liked}" if liked else "Is it late?"
        session = None if new else self.sessions.get(number)
        if session is not None and not any(
            each.turn.session_id == session for each in self.said.values()
        ):
            session = None  # all of it was forgotten
        turn = self._do(
            lambda db: Conversations(db, self.clock).begin(question, session, _CLIENTS[number])
        )
        if turn is None:  # it was stored, or it wasn't
            self._take_over_what_was_stored(question)
            return
        self.sessions[number] = turn.session_id
        self.said[turn.seq] = _Said(turn)

    def _take_over_what_was_stored(self, question: str) -> None:
        rows = self._rows("SELECT seq, id, session_id, question FROM turns")
        new = [row for row in rows if row[0] not in self.said]
        assert [row[3] for row in new] in ([], [question])
        for seq, turn_id, session, told_question in new:
            now = self.clock.now()
            turn = Turn(seq, turn_id, session, now, told_question, "", "running", None, "", "")
            self.said[seq] = _Said(turn, state="cut_off")

    @precondition(lambda self: self._running())
    @rule(data=st.data(), text=st.sampled_from(["Yes. ", "figs, ", "well "]))
    def answer_in_part(self, data: st.DataObject, text: str) -> None:
        each = data.draw(st.sampled_from(self._running()))
        part = len(each.parts)

        async def keep(database: Any) -> bool:
            await Conversations(database, self.clock).keep(each.turn, part, text)
            return True

        if self._do(keep) or self._answer_of(each) == "".join([*each.parts, text]):
            each.parts.append(text)

    def _answer_of(self, each: _Said) -> str:
        return str(self._rows(f"SELECT answer FROM turns WHERE seq = {each.turn.seq}")[0][0])

    @precondition(lambda self: self._running())
    @rule(data=st.data(), state=st.sampled_from(["done", "done", "stopped", "failed"]))
    def end(self, data: st.DataObject, state: Any) -> None:
        each = data.draw(st.sampled_from(self._running()))

        async def end(database: Any) -> bool:
            await Conversations(database, self.clock).end(each.turn, Ending(state))
            return True

        if self._do(end):
            each.state = state
        else:  # killed before it ended, or after
            row = self._rows(f"SELECT state FROM turns WHERE seq = {each.turn.seq}")
            assert row[0][0] in ("cut_off", state)
            each.state = row[0][0]

    @rule(liked=st.sampled_from(_LIKED), who=st.sampled_from([ME, "Ann"]))
    def take_in(self, liked: str, who: str) -> None:
        lines = [
            Line(who, f"I like {liked}", self.clock.now()),
            Line("Tom", "So?", self.clock.now()),
        ]
        self._do(lambda db: Conversations(db, self.clock).take_in(lines, "import"))
        new = [
            row
            for row in self._rows("SELECT seq, id, session_id, question, speaker FROM turns")
            if row[0] not in self.said
        ]
        assert len(new) in (0, 2), "whole, or not at all"
        for seq, turn_id, session, question, speaker in new:
            now = self.clock.now()
            turn = Turn(
                seq, turn_id, session, now, question, "", "done", now, "", "", speaker=speaker
            )
            self.said[seq] = _Said(turn, state="done")

    # --- what is made of it -------------------------------------------------------------------

    @rule(how=st.sampled_from(["rules", "well", "away", "fails"]))
    def distil(self, how: str) -> None:
        self.chat.away, self.chat.text = how == "away", "nonsense" if how == "fails" else ""

        async def work(database: Any) -> None:
            made = distiller(database, self.clock, self.chat, 3)
            await made.catch_up()
            if how != "rules":
                await made.improve()

        self._do(work)

    @rule(liked=st.sampled_from(_LIKED))
    def remember(self, liked: str) -> None:
        async def work(database: Any) -> None:
            semantic = memory_settings().semantic
            await Facts(database, self.clock, semantic, lambda: None).remember(f"I like {liked}")

        was = liked in self._known()
        if self.dies_at:
            self._do(work)
            if liked not in self._known() or was:
                return  # whether it was heard again makes no difference to what is known
        else:
            self._do(work)
        self.remembered.add(liked)
        self.buried.discard(liked)

    @precondition(lambda self: not self._running())
    @rule(liked=st.sampled_from(_LIKED))
    def forget(self, liked: str) -> None:
        was = liked in self._known()
        self._do(lambda db: self._forgetting(db).forget(liked, lambda _: None))
        there = {row[0] for row in self._rows("SELECT seq FROM turns")}
        gone = {seq for seq, each in self.said.items() if liked in " ".join(each.row[2:4])}
        assert not gone & there or gone <= there, "all of it, or nothing"
        if (gone and not gone & there) or (not gone and was and liked not in self._known()):
            self.said = {seq: each for seq, each in self.said.items() if seq not in gone}
            self.remembered.discard(liked)
            self.buried |= {liked} if was else set()
            assert liked not in str(self._rows("SELECT summary, topics, actions FROM episodes"))

    # --- what must hold -----------------------------------------------------------------------

    def _known(self) -> list[str]:
        return [value for value, *_ in self.runner.run(known(self.database))]

    @invariant()
    def no_turn_is_lost_or_doubled(self) -> None:
        rows = self._rows("SELECT seq, session_id, question, answer, state FROM turns ORDER BY seq")
        assert rows == [each.row for _, each in sorted(self.said.items())]

    @invariant()
    def nothing_is_told_twice(self) -> None:
        for episodes, stretches in self.runner.run(covered(self.database)).values():
            assert (episodes, stretches) in ((0, 0), (1, 1))
        facts = self._known()
        assert len(facts) == len(set(facts)), "a fact was doubled"
        assert self.remembered <= set(facts), "a fact was lost"

    @invariant()
    def all_that_is_derived_agrees(self) -> None:
        def look(connection: Any) -> list[str]:
            return [finding for check in _ALL_CHECKS for finding in check(connection)]

        assert self.runner.run(self.database.read(look)) == []

    def _settle(self) -> None:
        """Everything ends, rests, and a good model comes up: then each turn is told of once, and
        what is known is what was said and wasn't forgotten."""
        self.dies_at = 0
        for each in self._running():
            self.runner.run(Conversations(self.database, self.clock).end(each.turn, Ending("done")))
            each.state = "done"
        self.clock.advance(900 * _DAY_S)
        self.chat.away, self.chat.text = False, ""

        async def work() -> None:
            made = distiller(self.database, self.clock, self.chat, 3)
            await made.catch_up()
            await made.retry()
            await made.improve()

        self.runner.run(work())
        self.no_turn_is_lost_or_doubled()
        self.all_that_is_derived_agrees()
        assert set(self.runner.run(covered(self.database)).values()) <= {(1, 1)}
        assert {row[3] for row in self.runner.run(told(self.database))} <= {"done"}
        liked = {
            each.turn.question.removeprefix("I like ")
            for each in self.said.values()
            if each.turn.question.startswith("I like ") and not each.turn.speaker
        }
        assert set(self._known()) == (liked - self.buried) | self.remembered


@pytest.mark.timeout(300)
def test_whatever_happens_nothing_is_lost_and_nothing_doubled(empty_database: Path) -> None:
    """Thirty lives of up to thirty steps, in each of which everything is checked after each."""
    machine = type("Lives", (Sessions,), {"empty": empty_database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
