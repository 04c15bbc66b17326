"""The log of what was changed: taking back, doing again, and what can't be."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable

import pytest

from wooster.actions import log_store, undoing
from wooster.actions.action import Action, Nothing, Parameters, nobody_listens
from wooster.actions.log import ActionLog
from wooster.actions.registry import By, Registry
from wooster.core.clock import ManualClock
from wooster.core.errors import NotConfirmed, NotFound, StorageError, UsageError
from wooster.storage import Database
from wooster.wire.requests import ActionResult

Nothing.model_rebuild()


class Set(Parameters):
    value: str


class Shelf:
    """One value, with the actions that change it, and their log."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.value, self.clock, self.database = "a", clock, database
        self.registry = Registry()
        self.log = ActionLog(self.registry, database, clock)
        self.asks = ""

        async def put(given: Set) -> ActionResult:
            before, self.value = self.value, given.value
            return ActionResult(f"Now **{given.value}**.", undo=("put", {"value": before}))

        async def send(given: Set) -> ActionResult:
            before, self.value = self.value, given.value
            return ActionResult("Sent.", undo=("send", {"value": before}))

        async def burn(_: Nothing) -> ActionResult:
            return ActionResult("Burnt.")

        async def look(_: Nothing) -> ActionResult:
            return ActionResult(self.value)

        self.registry.add(Action("put", "sets", "write", Set, ("put X",), put, rest="value"))
        self.registry.add(
            Action(
                "send",
                "sends",
                "outward",
                Set,
                ("send X",),
                send,
                rest="value",
                question="Send {value}?",
            )
        )
        self.registry.add(
            Action("burn", "burns", "outward", Nothing, ("burn",), burn, question="Burn it?")
        )
        self.registry.add(Action("stir", "stirs", "write", Nothing, ("stir",), burn))
        self.registry.add(Action("look", "looks", "read", Nothing, ("look",), look))
        for action in undoing.actions(self.log, clock):
            self.registry.add(action)

    async def types(self, line: str, *, yes: bool = False) -> str:
        parsed = await self.registry.parse(line)
        assert parsed is not None
        call = self.registry.prepare(*parsed)
        if not yes:
            await call.must_not_ask()
        return (await call.run(nobody_listens)).text

    async def entries(self) -> list[tuple[str, str, int | None]]:
        return [(each.kind, each.name, each.undone_by) for each in await self.log.newest("", 100)][
            ::-1
        ]


@pytest.fixture
def shelf(database: Database, clock: ManualClock) -> Shelf:
    return Shelf(database, clock)


async def test_undo_goes_back_step_by_step_and_redo_forward(shelf: Shelf) -> None:
    """Each `undo` takes back the newest that still holds, `redo` the newest undo."""
    for value in "bcd":
        await shelf.types(f"put {value}")
    for expected in "cba":
        assert "Taken back" in await shelf.types("undo")
        assert shelf.value == expected
    with pytest.raises(NotFound, match="nothing to undo"):
        await shelf.types("undo")
    for expected in "bcd":
        await shelf.types("redo")
        assert shelf.value == expected
    with pytest.raises(NotFound, match="nothing to do again"):
        await shelf.types("redo")
    await shelf.types("undo")
    assert shelf.value == "c"


async def test_any_entry_can_be_taken_back_by_its_number_once(shelf: Shelf) -> None:
    """`undo 1` leaves the newer ones as they are; a second time is refused, and says so."""
    await shelf.types("put b")
    await shelf.types("put c")
    await shelf.types("undo 1")
    assert shelf.value == "a"
    with pytest.raises(UsageError, match="taken back already"):
        await shelf.types("undo 1")
    with pytest.raises(NotFound, match="no entry 99"):
        await shelf.types("undo 99")
    await shelf.types("undo")
    assert shelf.value == "b"  # the second put, which is still open, is what is newest


async def test_reading_leaves_no_entry_and_failing_neither(shelf: Shelf) -> None:
    """The log has what was changed, and only that: a write without an inverse changed nothing.
    `undo` itself is told as what it did."""
    await shelf.types("look")
    await shelf.types("stir")
    with pytest.raises(NotFound):
        await shelf.types("undo")
    await shelf.types("put b")
    await shelf.types("undo")
    assert await shelf.entries() == [("do", "put", 2), ("undo", "put", None)]


async def test_what_has_no_inverse_is_said_to_have_none(shelf: Shelf) -> None:
    """It is in the log all the same."""
    await shelf.types("burn", yes=True)
    with pytest.raises(UsageError, match="can't be taken back"):
        await shelf.types("undo")
    assert "burn" in await shelf.types("log")


async def test_taking_back_asks_where_the_inverse_leaves_the_machine(shelf: Shelf) -> None:
    """What goes out to take something back needs the same yes as to do it."""
    await shelf.types("send b", yes=True)
    with pytest.raises(NotConfirmed, match="Send a"):
        await shelf.types("undo")
    assert shelf.value == "b"
    await shelf.types("undo", yes=True)
    assert shelf.value == "a"


async def test_two_at_once_take_back_two(shelf: Shelf) -> None:
    """An impatient second `undo` takes back the one before, and never the same again."""
    for value in "bcd":
        await shelf.types(f"put {value}")
    await asyncio.gather(shelf.types("undo"), shelf.types("undo"))
    assert shelf.value == "b"


async def test_the_log_says_who_and_when_and_what_was_before(shelf: Shelf) -> None:
    """A line each, the newest first; a number shows all of it; words choose."""
    await shelf.registry.prepare("put", {"value": "b"}, By("model")).run(nobody_listens)
    await shelf.types("put c")
    lines = (await shelf.types("log")).splitlines()
    assert lines[0].startswith("- **2** ") and "put · Now **c**." in lines[0]
    assert "by the model" in lines[1] and "by the model" not in lines[0]
    whole = await shelf.types("log 2")
    assert '`{"value": "c"}`' in whole and 'put `{"value": "b"}`' in whole
    assert len((await shelf.types("/log now b")).splitlines()) == 1
    assert "Nothing was changed" in await shelf.types("/log elephants")
    assert await shelf.registry.parse("log cabins are nice") is None


async def test_what_cannot_be_written_down_was_done_and_says_so(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk under the log doesn't unsay what happened."""

    async def full(change: Callable[[sqlite3.Connection], object]) -> object:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(shelf.database, "write", full)
    assert "`undo` doesn't know of it: The disk is full." in await shelf.types("put b")
    assert shelf.value == "b"


async def test_an_entry_about_what_is_forgotten_goes(shelf: Shelf) -> None:
    """Also where only the state before has the words."""
    await shelf.types("put Ana lives in Porto")
    await shelf.types("put b")
    await shelf.types("put c")
    await shelf.database.write(
        lambda connection: log_store.forget(connection, lambda text: "Porto" in text)
    )
    assert [each.arguments for each in await shelf.log.newest("", 9)] == [{"value": "c"}]
