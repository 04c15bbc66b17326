"""Moving in, in a whole daemon: nothing is lost on the way, nothing taken in twice, and all of it
can be taken back."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from blockbuster import BlockBuster

from tests.bootstrap.test_undo import files
from tests.moving import exports
from tests.moving.conftest import Home, at_home
from tests.moving.old_home import ID
from wooster.actions.action import BrokenOff, nobody_listens
from wooster.config.paths import Paths
from wooster.core.errors import NotFound, UsageError
from wooster.moving.in_place import NO_PLACE
from wooster.moving.model import AFTER, LOST
from wooster.wire.events import Progress
from wooster.wire.requests import ActionResult

SECRETS = ("sk-planted-secret", "planted app password", "box-planted-secret", "planted-token")


def digests(root: Path) -> dict[str, str]:
    """Every file of a folder, with its content and time."""
    return {
        str(path): f"{path.lstat().st_mtime_ns} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(root.rglob("*"))
        if path.is_file() and "loop" not in path.parts
    }


def measured(path: Path, unit: str) -> int | None:
    """How much a file holds, counted without Wooster; None for what has another measure."""
    data = path.read_bytes()
    if unit == "line":
        lines = data.split(b"\n")
        return len(lines) - (lines[-1] == b"")
    if unit == "row":
        with closing(sqlite3.connect(path)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_schema").fetchall()
            counts = (connection.execute(f"SELECT count(*) FROM {t}") for (t,) in tables)
            return sum(int(each.fetchone()[0]) for each in counts)
    if unit == "entry" and path.suffix == ".json":
        told = json.loads(data)
        return len(told) if isinstance(told, list) else None
    return None


def unaccounted(root: Path, data: dict[str, Any]) -> list[str]:
    return list(_unaccounted(root, data))


def _unaccounted(root: Path, data: dict[str, Any]) -> Iterator[str]:
    """What isn't in exactly one of: taken in, there already, no data, unreadable with a reason."""
    told = {each["file"]: each for each in data["files"]}
    remarks = [each["text"] for account in data["files"] for each in account["remarks"]]
    beside = root.parent / "beside"
    for path in [*sorted(root.rglob("*")), *sorted(beside.rglob("*"))]:
        name = str(path.relative_to(root) if path.is_relative_to(root) else path)
        if path.parent == beside and any(path.name in each for each in remarks):
            continue
        if path.is_dir() or path.is_symlink() or name.startswith("notes/loop/"):
            continue
        if name in data["left"]:
            continue
        if name not in told:
            yield f"{name}: nothing is said of it"
            continue
        own = told[name]
        unread = sum(each["units"] for each in own["unread"])
        sums = sum(own["imported"].values()) + own["there"] + sum(own["aside"].values()) + unread
        counted = measured(path, own["unit"])
        if counted is not None and counted != sums:
            yield f"{name}: it has {counted}, and {sums} are told of"
        if sums != own["total"]:
            yield f"{name}: {own['total']} were read, and {sums} are told of"
        if any(not each["why"] or each["why"] in (LOST, AFTER) for each in own["unread"]):
            yield f"{name}: without a reason"


async def test_every_line_is_taken_in_or_told_and_a_second_run_takes_in_nothing(
    home: Home, old: Path, paths: Paths
) -> None:
    """Of each file of the original, in all its forms, every line, row and entry is in exactly one
    account; the source stays byte for byte; a dry run tells the same and stores nothing."""
    before, rows = await asyncio.to_thread(digests, old.parent), await home.rows()
    dry = await home.moves(old, dry_run=True)
    assert await home.rows() == rows
    first = await home.moves(old)
    assert first.data["things"] == dry.data["things"]
    for result in (dry, first):
        assert await asyncio.to_thread(unaccounted, old, result.data) == []
    again = await home.moves(old)
    assert again.data["things"] == {} and again.undo is None
    assert await asyncio.to_thread(unaccounted, old, again.data) == []
    assert [e["unread"] for e in again.data["files"]] == [e["unread"] for e in first.data["files"]]
    assert await asyncio.to_thread(digests, old.parent) == before
    assert (await home.types("verify")).data["findings"] == []
    assert not [each for each in SECRETS if each in first.text + json.dumps(first.data)]
    assert first.text.startswith("Moved in: 1 message, 14 facts, 4 habits, 4 goals, 5 reminders,")
    for told in (
        "- .env:18: it is no NAME=VALUE",
        "beside/gone.md",
        "beside only lists and archive are looked into, not shopping.md",
        "- .env:26: SIGNAL\\_GROUP\\_ID: its quotation mark isn't closed",
        "models.example.org isn't this machine, so it stays off",
        "config/settings.toml (2 entries): routing.providers.mlx-box-thinking is another server",
        "- notes/broken link.md: it is a link that leads nowhere",
        "- database/habits.sqlite3, row 3: the habit has no name",
        "- database/scheduler.sqlite3, row 2: its time has passed: 2025-01-01 ",
        "GTD\\_NEXT\\_ACTIONS\\_VIEW\\_FORMAT had no effect in the old Wooster",
        "- gtd/next\\_actions.md:15: it is kept, and is no task: just words",
    ):
        assert told in first.text, told
    mode = (paths.credentials / "import-openai").stat().st_mode & 0o777
    assert mode == 0o600


async def test_what_was_moved_in_is_there(home: Home, old: Path, paths: Paths) -> None:
    """Tasks with their projects, words and tags; what was done; habits with streaks of local days;
    goals from where they began; reminders; facts of which the newest holds; documents that were
    gone; settings that were meant."""
    await home.moves(old)
    tasks = await home.says("next")
    for told in ("Buy milk", "3 eggs", "call the plumber (soon)  *@at-work · @phone*"):
        assert told in tasks
    assert "Plan packing list  *US Trip*" in tasks
    assert "12 next actions" in tasks and "prune the roses" in tasks
    for told in ("API Error", "Exec Error", "Parse Invalid", "no service"):
        assert told in tasks
    waiting = await home.says("waiting")
    assert "the photos  *waiting for Ana" in waiting and "waiting for Eve" in waiting
    inbox = await home.says("inbox")
    assert "find the passport" in inbox and "an item of elsewhere" in inbox
    assert "an item of the root" in inbox
    someday = await home.says("someday")
    assert "keep bees" in someday and "build a sauna" in someday
    assert "read it" in await home.says("show project lease")
    assert "tar the hull" in await home.says("show project boat")
    assert "mend the roof" in await home.says("show project shed")
    done = await home.says("completed")
    for told in ("call Bob", "older", "dig the beds", "sell the sofa", "call the bank"):
        assert told in done
    trip = await home.says("show project us trip")
    assert "book a hotel: in Boston" in trip
    habits = await home.types("/habits stats meditate")
    (meditate,) = habits.data["habits"]
    assert meditate["check_ins"] == meditate["longest"] == 2 and meditate["remind_at"] == "07:30"
    listed = await home.says("list habits")
    assert "Run" in listed and "Pay the rent  *monthly on the 1st and 31st" in listed
    assert "Stretch  *on Tuesdays and Thursdays" in listed
    goals = await home.says("list goals")
    assert "189 lb on the way from 190 to 170; 5 %" in goals
    assert "Write a book  *reached; closed as reached on 2025-12-01*" in goals
    assert "Learn to row" in goals and "Play the tuba  *closed as dropped" in goals
    reminders = await home.says("reminders")
    for told in ("take the pills", "water the plants", "buy a candle", "light the tree"):
        assert told in reminders
    assert "sendSignal" not in reminders
    assert "What should I wear today?" in await home.says("schedule")
    facts = await home.says("facts")
    assert "green" in facts and "blue" not in facts
    assert "a bicycle" in facts and "Volvo" not in facts
    assert "Ana Silva's birthday is 12 March 1980." in facts
    assert "J Müller" in facts
    assert "50% sure" in facts
    health = await home.says("health report all")
    assert health.count("slept 7 hours") == 1
    for told in ("in the rain", "a headache", "an older entry", "swam, 1.5 km", "rowed across"):
        assert told in health
    assert "Talked about sailing to Crete" in await home.says("/history Crete")
    assert "Lunch" in await home.says("agenda 1 June 2026")
    assert "Your hat size: 58." in facts and "Your shoe size: 44." in facts
    recovered = paths.home / "notes" / "recovered"
    assert not await asyncio.to_thread((recovered / "boat").exists)
    sunk = (paths.home / "notes/recovered/sunk.md").read_text
    assert await asyncio.to_thread(sunk) == "# Sunk\n\n## Deep\n\nA sunk text.\n"
    about = (paths.home / "notes/user_profile/about.md").read_text
    assert await asyncio.to_thread(about) == "I keep bees.\n"
    read = (paths.home / "notes/recovered/flat/rent.md").read_text
    assert await asyncio.to_thread(read) == "# Rent\n\nIt is due on the third.\n"
    assert await asyncio.to_thread((paths.home / "notes/latin.md").read_bytes) == b"Caf\xe9\n"
    own = await asyncio.to_thread((paths.config / "local-model.json").read_text)
    settings = json.loads(own)
    assert settings["briefing"] == {"at": "06:30"}
    assert settings["notify"]["signal"]["to"] == "+4915187654321"
    servers = settings["routing"]["providers"]
    assert "enabled" not in servers["openai"] and servers["mlx-box"]["enabled"]
    away = servers["mlx-box-thinking"]
    assert not away["enabled"] and away["maySee"] == ["plain"] and "apiKey" not in away
    assert not [each for each in SECRETS if each in own]
    assert ID in await asyncio.to_thread((paths.home / "gtd/next_actions.md").read_text)


async def test_a_list_that_is_there_gets_what_it_lacks(home: Home, old: Path, paths: Paths) -> None:
    """By a task's id, or its line; what was done here since isn't brought back by a second run, and
    another file of the same name is put beside the one that is there."""
    gtd, notes = paths.home / "gtd", paths.home / "notes"
    line = f"- [ ] buy milk and butter (id: {ID})\n"

    def prepare() -> None:
        for folder in (gtd, notes):
            folder.mkdir(exist_ok=True)
        (gtd / "next_actions.md").write_text(f"# Mine\n\n{line}\n## Below\n")
        (notes / "ideas.md").write_text("mine\n")

    await asyncio.to_thread(prepare)
    await home.moves(old)
    now = await asyncio.to_thread((gtd / "next_actions.md").read_text)
    assert now.startswith(f"# Mine\n\n{line}") and now.endswith("\n## Below\n")
    assert now.count(ID) == 1 and "  - a note that belongs to it\n" in now
    await home.types("done call the plumber")
    await home.moves(old)
    assert "plumber" not in await asyncio.to_thread((gtd / "next_actions.md").read_text)
    assert await asyncio.to_thread((notes / "ideas.md").read_text) == "mine\n"
    assert "[[wiki link]]" in await asyncio.to_thread((notes / "ideas (old).md").read_text)


async def test_all_of_it_is_taken_back(home: Home, old: Path, paths: Paths) -> None:
    """Files, settings, secrets, facts, reminders, conversations; habits and goals are in the
    archive. After that it can be moved in again."""
    before = await asyncio.to_thread(files, paths.home)
    first = await home.moves(old)
    told = await home.says("undo")
    assert "Taken back: what was moved in from" in told and "Left as it is" not in told
    assert await asyncio.to_thread(files, paths.home) == before
    kept = [p for p in (paths.config, paths.credentials) if p.exists() and any(p.iterdir())]
    assert kept == []
    rows = await home.rows()
    for table in ("turns", "sessions", "facts", "import_items"):
        assert not rows[table], table
    assert "Meditate" not in await home.says("habits")
    assert (await home.types("verify")).data["findings"] == []
    again = await home.moves(old)
    assert again.data["things"] == first.data["things"]


async def test_what_is_forgotten_is_not_kept_for_taking_back_and_not_moved_in_again(
    home: Home, old: Path
) -> None:
    """Nothing that was forgotten stands in what would take the import back; neither a second run
    nor taking it back brings it again. `import` lists what was moved in."""
    await home.moves(old)
    agreed = home.registry.prepare("forget", {"what": "bicycle"})
    await agreed.run(nobody_listens)

    def kept(connection: sqlite3.Connection) -> list[str]:
        found = connection.execute("SELECT undo_given FROM import_items").fetchall()
        return [row[0] for row in found if "bicycle" in row[0]]

    assert await home.made.database.read(kept) == []
    await home.moves(old)
    assert "bicycle" not in await home.says("facts")
    assert " things" in await home.says("/import")
    with pytest.raises(NotFound):
        await home.types("/import undo 7")
    await home.types("/import undo 1")
    assert "bicycle" not in await home.says("facts")
    assert "taken back" in await home.says("/import")
    assert (await home.types("verify")).data["findings"] == []


async def test_the_old_folder_can_be_used_where_it_is(home: Home, old: Path, paths: Paths) -> None:
    """Lists, projects and notes aren't copied: settings name them from the next start on. What
    would have to be written into them is told, and isn't put where nobody would look then; where
    the person has set another folder, nothing is done."""
    own = paths.config / "local-model.json"
    await asyncio.to_thread(own.write_text, '{"tasks": {"folder": "elsewhere"}}')
    with pytest.raises(UsageError, match=r"tasks\.folder is 'elsewhere'"):
        await home.moves(old, in_place=True)
    await asyncio.to_thread(own.unlink)
    result = await home.moves(old, in_place=True)
    assert not {"task", "task file", "project"} & result.data["things"].keys()
    assert "- waiting\\_for.md: it has no place while the old folder is used" in result.text
    assert not (paths.home / "gtd").exists()
    assert not (paths.home / "notes" / "ideas.md").exists()
    read = await asyncio.to_thread((paths.config / "local-model.json").read_text)
    settings = json.loads(read)
    projects = old.parent / "beside" / "projects"
    assert settings["tasks"] == {"folder": str(old / "gtd"), "projects": str(projects)}
    assert str(projects) in settings["library"]["folders"]
    (trip,) = [e for e in result.data["files"] if e["file"] == "projects/us-trip/us-trip.md"]
    assert [each["why"] for each in trip["unread"]] == [NO_PLACE]
    assert str(old / "notes") in settings["library"]["folders"]
    assert await asyncio.to_thread(unaccounted, old, result.data) == []


async def test_a_folder_that_is_used_already_is_not_written_to(
    paths: Paths, empty_database: Path, never_blocks: BlockBuster, old: Path
) -> None:
    """Who uses the old folder where it is and moves in from it once more changes nothing in it."""
    set_to = {"tasks": {"folder": str(old / "gtd"), "projects": str(old / "projects")}}
    own = paths.config / "local-model.json"
    await asyncio.to_thread(own.write_text, json.dumps(set_to))
    before = await asyncio.to_thread(digests, old)
    async with at_home(paths, empty_database, never_blocks) as home:
        result = await home.moves(old)
        assert "11 next actions" in await home.says("next")
    assert await asyncio.to_thread(digests, old) == before
    assert await asyncio.to_thread(unaccounted, old, result.data) == []


async def test_copies_that_a_killed_daemon_left_are_gone_after_the_next_start(
    paths: Paths, empty_database: Path, never_blocks: BlockBuster
) -> None:
    """An old database is copied into the cache while it is read, which is looked through when
    something is forgotten, and nowhere else."""
    left = paths.cache / "import-abc" / "copy.sqlite3"
    await asyncio.to_thread(left.parent.mkdir, parents=True)
    await asyncio.to_thread(left.write_text, "what I said")
    async with at_home(paths, empty_database, never_blocks):
        assert not await asyncio.to_thread(lambda: list(paths.cache.glob("import-*")))


async def test_a_moving_in_that_is_broken_off_goes_on(home: Home, old: Path, paths: Paths) -> None:
    """Whoever presses Ctrl-C is told what is in already, and can take it back; the next run takes
    in the rest, and both together what one would have. No copy of a database is left meanwhile."""
    call = home.registry.prepare("import", {"path": str(old)})
    reached = asyncio.Event()

    def report(told: Progress) -> None:
        if "habits" in told.text:
            reached.set()

    async def run() -> ActionResult:
        return await call.run(report)

    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(run())
        await reached.wait()
        running.cancel()
        with pytest.raises(BrokenOff) as left:
            await running
    assert await asyncio.to_thread(lambda: list(paths.cache.glob("import-*"))) == []
    broken = left.value.result
    assert broken.text.startswith("Stopped; moved in so far: ")
    assert broken.undo is not None
    rest = await home.moves(old)
    whole = {k: broken.data["things"].get(k, 0) + v for k, v in rest.data["things"].items()}
    assert whole["reminder"] == 5 and whole["habit"] == 4 and whole["fact"] == 14
    assert (await home.types("verify")).data["findings"] == []


async def test_conversations_of_other_assistants(home: Home, tmp_path: Path) -> None:
    """What was said counts, in its last version and at its time; a later export brings only what is
    new; Claude's projects and memories are documents; all of it is found."""
    first = await asyncio.to_thread(exports.zipped, tmp_path / "a.zip", exports.chatgpt())
    told = await home.moves(first)
    assert told.data["things"] == {"message": 4}
    (account,) = told.data["files"]
    assert [each["why"] for each in account["unread"]] == [
        "it is no conversation of ChatGPT or Claude"
    ]
    assert account["total"] == 11
    later = await asyncio.to_thread(exports.zipped, tmp_path / "b.zip", exports.chatgpt(True))
    assert (await home.moves(later)).data["things"] == {"message": 1}
    docs = [{"name": "Flat", "docs": [{"filename": "rules.txt", "content": "No pets."}]}]
    kept = [{"conversations_memory": "Lives by the sea and sails."}]
    third = await asyncio.to_thread(
        lambda: exports.zipped(tmp_path / "c.zip", exports.claude(), projects=docs, memories=kept)
    )
    assert (await home.moves(third)).data["things"] == {"message": 3, "document": 2}
    history = await home.says("/history prune")
    assert "2020-09-13" in history and "above a bud" in history
    assert "made anew" not in await home.says("/history anew")
    assert "900 euros" in await home.says("/history deposit")
    found = await home.says("/recall when to prune the pear tree")
    assert "pear" in found
    assert (await home.types("verify")).data["findings"] == []


async def test_what_was_made_in_conversations_is_kept(
    home: Home, tmp_path: Path, paths: Paths
) -> None:
    """Canvases, artifacts and files are documents, as they were after their last change; one that
    can't be followed is said. Answers have no marks in them but what those show. Of each part of a
    message it is told what became of it."""
    talks = [exports.cited(), exports.with_works()]
    path = await asyncio.to_thread(exports.zipped, tmp_path / "a.zip", talks)
    told = await home.moves(path)
    assert told.data["things"] == {"message": 5, "work": 4}
    (account,) = told.data["files"]
    # 12 messages and 3, and 7 parts that aren't words; the page to look at.
    assert account["total"] == 23 and account["unread"] == []
    assert account["imported"] == {"message": 5, "work": 7}
    assert account["aside"]["thoughts and tools of a model"] == 3
    notes = paths.home / "notes"

    def read() -> dict[str, str]:
        return {str(p.relative_to(notes)): p.read_text() for p in notes.rglob("*/*/*.md")}

    assert await asyncio.to_thread(read) == {
        "ChatGPT/Pruning/Plan_1.md": "# Plan/1\n\nSaw the dead wood.\nCompost it.\n",
        "ChatGPT/Pruning/count.md": "# count\n\n```python\nprint(1)\n```\n",
        "Claude/Sowing/Sowing.md": "# Sowing\n\nPeas in April.\n",
        "Claude/Sowing/sow.py.md": "# sow.py\n\n````py\nprint('```')\n````\n",
    }
    for title, talk in (("Plan/1", "Pruning"), ("Sowing", "Sowing")):
        assert f"a change of “{title}” in the conversation “{talk}” couldn't be" in told.text
    history = await home.says("/history prune conference")
    assert "Prune Conference in winter. (" in history and "pears.example.org" in history
    assert "Not in frost." in history and "turn0" not in history and "†" not in history
    assert "tree.jpg" in await home.says("/history look it up")
    assert "Pears like lime." in await home.says("/history lime")
    again = await home.moves(path)
    assert again.data["things"] == {}


async def test_the_parts_of_an_export_of_claude_come_in_archives_of_their_own_or_unpacked(
    home: Home, tmp_path: Path, paths: Paths
) -> None:
    """A project is a file that is called by a number, with what the model was told in it; a zip of
    projects or of memories needs no conversations beside it; a list of links says what to do."""
    more = {f"projects/{exports.PROJECT[:-5]}": exports.claude_project(), "users": [{"uuid": "x"}]}
    path = await asyncio.to_thread(
        lambda: exports.zipped(tmp_path / "projects-000.zip", None, **more)
    )
    assert (await home.moves(path)).data["things"] == {"document": 2}
    about = await asyncio.to_thread((paths.home / "notes/Claude/Garden").iterdir)
    texts = {each.name: await asyncio.to_thread(each.read_text) for each in about}
    assert texts["beds.txt.md"] == "Peas in the north bed.\n"
    assert "All about the beds" in texts["about the project.md"]
    assert "Answer as a gardener would." in texts["about the project.md"]
    memories = {"conversations_memory": "Lives by the sea and sails.", "account_uuid": "x"}
    alone = await asyncio.to_thread(
        lambda: exports.zipped(tmp_path / "memories-000.zip", None, memories=memories)
    )
    assert (await home.moves(alone)).data["things"] == {"document": 1}
    nothing = await asyncio.to_thread(
        lambda: exports.zipped(tmp_path / "users.zip", None, users=[{"uuid": "x"}])
    )
    assert "no conversations, projects or memories" in (await home.moves(nothing)).text

    def unpacked() -> Path:
        folder = tmp_path / "unpacked"
        (folder / "projects").mkdir(parents=True)
        (folder / "projects" / exports.PROJECT).write_text(json.dumps(exports.claude_project()))
        (folder / "conversations.json").write_text(json.dumps([exports.with_works()]))
        (folder / "manifest-1.json").write_text("{}")
        return folder

    folder = await asyncio.to_thread(unpacked)
    result = await home.moves(folder)
    assert result.data["things"] == {"message": 2, "work": 2}
    assert "manifest-1.json: it only names the archives of an export" in result.text
    assert await asyncio.to_thread(unaccounted, folder, result.data) == []


async def test_what_cannot_be_read_says_why_and_spoils_nothing(
    home: Home, tmp_path: Path, paths: Paths
) -> None:
    """Broken JSON, databases and archives, other encodings, empty files, pipes; a folder that is
    none of ours is refused, and Wooster's own home too."""
    root = tmp_path / "old"

    def make() -> None:
        import os

        for folder in ("gtd", "notes", "database", "vector_data/user_profile_store"):
            (root / folder).mkdir(parents=True)
        (root / "gtd/inbox.md").write_bytes("- [ ] grüße Ana\n".encode("utf-16"))
        (root / "gtd/someday_maybe.md").write_bytes(b"")
        (root / "gtd/waiting_for.md").write_bytes("- [ ] @Waiting Zoë re: x\r\n".encode("cp1252"))
        (root / "database/habits.sqlite3").write_bytes(b"SQLite format 3\0" + b"x" * 4000)
        (root / "conversations.json").write_text(
            '[{"uuid": "1", "chat_messages": [], }, {"uuid": "2", "chat_messages": [{"uuid": "m",'
            ' "sender": "human", "text": "hello there", "created_at": "2024-01-01T00:00:00Z"}]},'
            ' {"uuid": "3", "chat_'
        )
        (root / "export.zip").write_bytes(b"PK no")
        (root / "people.vcf").write_text("lost\nBEGIN:VCARD\nFN:Ana\n")
        (root / "empty.ics").write_text("")
        profile = root / "vector_data/user_profile_store/user_profile_vector_store.json"
        profile.write_text('{"no": "list"}')
        os.mkfifo(root / "notes/pipe")

    await asyncio.to_thread(make)
    result = await home.moves(root)
    assert result.data["things"] == {"message": 1, "task": 2}
    assert await asyncio.to_thread(lambda: list(_reasons(result.data))) == [
        "conversations.json 1 it is no JSON",
        "conversations.json 3 the file ends in the middle of it",
        "database/habits.sqlite3 0 it is no SQLite file that can be read",
        "empty.ics 0 it is no calendar",
        "export.zip 0 it is no zip archive that can be read",
        "notes/pipe 0 it is no file",
        "people.vcf 1 it stands outside of a contact",
        "people.vcf 2 the file ends in the middle of this contact",
        "vector_data/user_profile_store/user_profile_vector_store.json 0 it isn't a JSON list",
    ]
    assert "grüße Ana" in await home.says("inbox")
    assert "waiting for Zoë" in await home.says("waiting")
    nothing = tmp_path / "nothing"
    await asyncio.to_thread(nothing.mkdir)
    with pytest.raises(UsageError, match="has nothing in it that Wooster knows"):
        await home.moves(nothing)
    with pytest.raises(UsageError, match="is where Wooster itself lives"):
        await home.moves(paths.home)
    with pytest.raises(NotFound):
        await home.moves(tmp_path / "gone")


def _reasons(data: dict[str, Any]) -> list[str]:
    return sorted(
        f"{account['file']} {each['at']} {each['why'].partition(':')[0]}"
        for account in data["files"]
        for each in account["unread"]
    )
