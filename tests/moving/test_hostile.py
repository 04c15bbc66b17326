"""Files that were made to take for ever, or to fill the memory: what is read of them ends.

None of this asserts a time: before, each of these took hours, or ended what was moved in, and the
time limit of a test is what would tell.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.moving import exports
from wooster.moving import (
    archives,
    arrays,
    chatgpt,
    chats,
    claude,
    days,
    env_file,
    jobs,
    old_settings,
    payloads,
    profile,
)
from wooster.moving.arrays import Entry
from wooster.moving.env_file import Given
from wooster.moving.jobs import NoTime
from wooster.moving.made import Document
from wooster.moving.model import Aside, Found, Remark, Talk, Total, Unread
from wooster.moving.payloads import NoWords
from wooster.moving.texts import TOO_DEEP, CantRead

MANY = 100_000
DEEP = "[" * MANY + "]" * MANY
LIMIT = pytest.mark.timeout(20)


def texts(told: Any) -> list[str]:
    """What was said in a conversation."""
    found = [e.value for e in chats.conversation(told, 1) if isinstance(e, Found)]
    return [line.text for talk in found if isinstance(talk, Talk) for line in talk.lines]


def talk(*parts: str, **more: Any) -> dict[str, Any]:
    """A conversation of ChatGPT of what a model answered."""
    nodes = dict([exports.node("a", None, "assistant", list(parts), **more)])
    return {"title": "Long", "create_time": exports.BEGAN, "mapping": nodes, "current_node": "a"}


@LIMIT
@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ("sendSignal '" + r"\n" * MANY, "'" + r"\n" * MANY),
        ("sendSignal('" + r"\'" * MANY + "')", "'" * MANY),
        ("let {" * MANY, "let {" * MANY),
        ("let {" + " " * MANY + "x", "let {" + " " * MANY + "x"),
        ("function " * MANY, "function " * MANY),
    ],
)
def test_what_a_job_says_is_found_however_it_is_written(payload: str, told: str) -> None:
    """A text that isn't closed, with an escape at each of its signs; halves of a program."""
    assert payloads.said(payload).text == told.strip()


@LIMIT
def test_blanks_and_marks_that_are_not_closed_are_words() -> None:
    """In answers of both assistants, in a profile and in an `.env`."""
    blanks = " \t" * MANY
    answer = f"a{blanks}b \ue200cite {blanks}\ue200{'x' * MANY} \ue200url\ue202Pears\ue201 † end"
    (text,) = texts(talk(answer))
    assert text == f"a{blanks}b cite {blanks}{'x' * MANY} Pears † end"
    block = "```\nThis block is not supported on your current device yet.\n```"
    assert claude._text({"text": f"Yes.{blanks}No.\n{block}"}) == f"Yes.{blanks}No."
    (_, given) = env_file.read_env(f"A=b{blanks}c{blanks}\n")
    assert isinstance(given, Given) and given.value == f"b{blanks}c"
    at = datetime(2026, 1, 10, tzinfo=UTC)
    (_, unread) = profile.texts(iter([Entry(1, {"pageContent": f"{blanks}x"})]), at)
    assert isinstance(unread, Unread) and "longer than" in unread.why


@LIMIT
def test_a_long_string_in_a_list_is_looked_through_once() -> None:
    """Wherever the pieces of the file end in it, and however many quotation marks it has."""
    inner = '"' * (6 * MANY)
    data = json.dumps([1, inner, 2]).encode()
    assert [e.value for e in arrays.entries(io.BytesIO(data))] == [1, inner, 2]
    cut = list(arrays.entries(io.BytesIO(data[:-20])))
    assert [e.value for e in cut] == [1, None] and "middle" in cut[1].problem


def test_a_change_that_would_fill_the_memory_is_not_followed() -> None:
    """Each one makes a hundred times as much of a document, or of an answer, as there was: one that
    is too much is left out, and said."""
    document = Document("Plan", "", "a")
    for _ in range(4):
        document.update({"pattern": "a", "replacement": "a" * 100, "multiple": True})
    assert len(document.text) == 10**6 and document.lost == 1
    marks = [{"matched_text": "†", "alt": "†" * 100}] * 4
    events = list(chats.conversation(talk("†", references=marks), 1))
    (said,) = [e.value for e in events if isinstance(e, Found)]
    assert isinstance(said, Talk) and len(said.lines[0].text) == 10**6
    (remark,) = [e.text for e in events if isinstance(e, Remark)]
    assert remark.startswith("a mark of a page in the conversation “Long” ")


@LIMIT
def test_a_time_of_cron_outside_of_its_span_is_none() -> None:
    """However far it reaches."""
    for part in ("0-9999999999999", "5-1", "0-59999999999/2"):
        with pytest.raises(NoTime):
            jobs.rrule(f"{part} 8 * * *")


def test_brackets_that_are_too_deep_end_nothing() -> None:
    """In what a job says, in a habit's days, in settings and in a conversation: that is told, and
    all else is read."""
    with pytest.raises(NoWords, match=TOO_DEEP):
        payloads.said(DEEP)
    assert days._days(DEEP) == []
    for read in (old_settings.daily_review, partial(old_settings.never_read, name="x.json")):
        with pytest.raises(CantRead, match=TOO_DEEP):
            list(read(DEEP))
    told = json.dumps([talk("before"), "DEEP", talk("after")]).replace('"DEEP"', DEEP)
    events = list(archives.conversations(io.BytesIO(told.encode())))
    assert len([e for e in events if isinstance(e, Found)]) == 2
    (unread,) = [e for e in events if isinstance(e, Unread)]
    assert (unread.why, unread.at) == (f"it is no JSON: {TOO_DEEP}", 2)


def test_one_file_of_an_archive_that_is_no_list_spoils_no_other(tmp_path: Path) -> None:
    """It is named, and those after it are read."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("conversations-000.json", "")
        archive.writestr("conversations-001.json", '{"error": "no"}')
        archive.writestr("conversations-002.json", json.dumps([talk("Yes.")]))
    events = list(archives.zipped(path))
    assert [e.why for e in events if isinstance(e, Unread)] == [
        "conversations-000.json in it can't be read: it is empty",
        "conversations-001.json in it can't be read: it isn't a JSON list",
    ]
    assert len([e for e in events if isinstance(e, Found)]) == 1
    assert sum(e.units for e in events if isinstance(e, Total)) == 3


def test_a_canvas_is_changed_by_its_own_changes_only() -> None:
    """One that was begun empty has what was written later; a change of one that isn't there changes
    no other, and is said; one that stays empty is no document."""

    def call(tool: str, told: Any) -> dict[str, Any]:
        return {"recipient": f"canmore.{tool}_textdoc", "kind": "code", "text": json.dumps(told)}

    def written(text: str) -> dict[str, Any]:
        return call("update", {"updates": [{"pattern": ".*", "replacement": text}]})

    steps: list[tuple[dict[str, Any], str]] = [
        (call("create", {"name": "Late", "type": "document", "content": ""}), "d1"),
        (call("create", {"name": "First", "type": "document", "content": "Mine."}), "d2"),
        (written("Filled."), "d1"),
        (written("Lost."), "d9"),
        (call("create", {"name": "None", "type": "document", "content": " "}), "d3"),
        (call("create", {"name": "Nameless", "type": "document", "content": "Mine."}), ""),
        (written("Named later."), "d4"),
    ]
    nodes: dict[str, Any] = {}
    last = None
    for at, (made, canvas) in enumerate(steps):
        nodes |= dict([exports.node(f"m{at}", last, "assistant", [], **made)])
        last = f"t{at}"
        nodes |= dict([exports.node(last, f"m{at}", "tool", ["ok"], canvas=canvas)])
    told = {"title": "Plans", "create_time": 1.0, "mapping": nodes, "current_node": last}
    events = list(chatgpt.conversation(told, 1))
    copies = {e.value.path: e.value.data for e in events if isinstance(e, Found)}  # type: ignore[union-attr]
    assert copies == {
        "ChatGPT/Plans/Late.md": b"# Late\n\nFilled.\n",
        "ChatGPT/Plans/First.md": b"# First\n\nMine.\n",
        "ChatGPT/Plans/Nameless.md": b"# Nameless\n\nNamed later.\n",
    }
    assert Aside("documents that nothing was written in") in events
    (remark,) = [e.text for e in events if isinstance(e, Remark)]
    assert remark.startswith("a change of a document in the conversation “Plans” couldn't be")
