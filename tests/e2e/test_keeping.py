"""All of a person's, with a real daemon: backed up, taken along, forgotten from every byte, gone
back to.

The model servers are off; what a model would say is taken in as a conversation from elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOON
from tests.e2e.test_commands import SERVERS_OFF, elsewhere
from tests.memory.forgetting.home import left_of
from tests.process import DEADLINE_S, Daemon, running
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.safekeeping.owned import OwnedFiles
from wooster.storage import copies
from wooster.storage.backup import back_up
from wooster.storage.bundle import LARGEST_BYTES, Owned
from wooster.storage.copies import ASKED

SECRET = "Zyxquarble"
OTHER = "Walnut"
OWN = {
    "notes/bees.md": b"# Bees\n",
    "notes/att/bee.png": bytes(range(256)),
    "gtd/roof.png": bytes(range(256)),
}


def _wooster(paths: Paths, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, **SERVERS_OFF, "WOOSTER_HOME": str(paths.home)}
    return subprocess.run(
        [sys.executable, "-m", "wooster", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def _live(daemon: Daemon, aside: Path) -> None:
    """Something in every room, once of what is to be forgotten and once of what stays."""

    def act(name: str, /, **given: object) -> Any:
        return daemon.client.act(name, **given)

    for name in (SECRET, OTHER):
        act("remember", text=f"my locker's word is {name}")
        act("habits_add", habit=f"visit {name} weekly")
        act("habits_checkin", habit=f"visit {name}")
        act("goals_set", goal=f"save 500 for {name} by June 2030")
        act("goals_progress", goal=f"save 500 for {name}: 20")
        act("remind", text=f"me to pay {name} tomorrow at 17:00")
        act("tasks_add", text=f"call {name} @phone")
        act("tasks_add", text=f"write to {name}")
        act("tasks_done", task=f"write to {name}")
        act("health_log", text=f"walked with {name}")
        act("event_add", event=f"lunch with {name} tomorrow 13:00-14:00")
        act("projects_new", name=f"{name} plan")
        act("projects_new", name=f"trip to {name}")
        act("projects_delete", name=f"trip to {name}")
        act("projects_open", name=f"{name} plan")
        act("journal", text="the roof comes first")
        act("tasks_add", text=f"call Bob +{name.lower()}-plan")
        _taken_in(daemon, aside / f"of {name}")
    act("correct", number=1, text='my locker\'s word is "Chestnut"')
    act("correct", number=3, text=f'my locker\'s word is "{SECRET}"')


def _taken_in(daemon: Daemon, old: Path) -> None:
    """A note, moved in from a folder whose name says it."""
    (old / "notes").mkdir(parents=True)
    (old / "notes" / f"{len(old.name)}.md").write_text(f"# {len(old.name)} wasps\n", "utf-8")
    daemon.client.act("import", path=str(old))


def _said(daemon: Daemon, name: str) -> dict[str, bool]:
    """In which rooms it stands, as a person looks at them."""
    looks: dict[str, dict[str, object]] = {
        "facts": {},
        "habits_list": {},
        "goals_list": {},
        "reminders": {},
        "tasks": {},
        "tasks_history": {},
        "health_report": {"days": "all"},
        "agenda": {"when": "tomorrow"},
        "projects": {},
        "import": {},
    }
    return {room: name in daemon.client.act(room, **given).text for room, given in looks.items()}


@pytest.mark.slow
def test_what_is_forgotten_is_in_no_byte_and_no_backup_brings_it_back(
    paths: Paths, tmp_path: Path
) -> None:
    """From all rooms at once; the rest is there. A copy from before, that somebody has elsewhere,
    is gone back to without it."""
    stick, mine = tmp_path / "stick", tmp_path / "mine"
    for name, data in OWN.items():
        (paths.home / name).parent.mkdir(parents=True, exist_ok=True)
        (paths.home / name).write_bytes(data)
    with running(paths, {**SERVERS_OFF, **elsewhere()}) as daemon:
        _live(daemon, tmp_path)
        backed_up = daemon.client.act("backup", folder=str(stick))
        assert backed_up.data["sound"] and backed_up.data["counts"]["habits"] == 2
        exported = daemon.client.act("export", folder=str(mine))
        assert exported.data["habits"] == exported.data["goals"] == 2
        for name in (SECRET, OTHER):
            before = _said(daemon, name)
            assert all(before.values()), before
        asked = _wooster(paths, "forget", SECRET)
        assert asked.returncode != 0 and all(_said(daemon, SECRET).values())
        assert daemon.client.act("forget_prove", words=SECRET).exit_code == 1
        forgotten = _wooster(paths, "forget", "--everywhere", "--yes", SECRET, "--json")
        assert json.loads(forgotten.stdout)["problem"] == ""
        proof = _wooster(paths, "forget", "--prove", SECRET, "--json")
        told = json.loads(proof.stdout)
        assert (proof.returncode, told["found"], told["unread"]) == (0, {}, [])
        assert told["files"] > 5
        assert not any(_said(daemon, SECRET).values()) and all(_said(daemon, OTHER).values())
        assert daemon.client.act("verify").exit_code == 0
        _is_called_otherwise(daemon)
    assert left_of(paths.home, SECRET) == []
    _is_readable(mine)

    (copy,) = stick.glob("*.db")
    restored = _wooster(paths, "restore", "--yes", str(copy))
    assert restored.returncode == 0, restored.stderr
    assert "stayed forgotten" in restored.stdout
    assert left_of(paths.home, SECRET) == []
    with running(paths, {**SERVERS_OFF, **elsewhere()}) as daemon:
        assert not any(_said(daemon, SECRET).values()) and all(_said(daemon, OTHER).values())
        assert daemon.client.act("verify").exit_code == 0
        assert daemon.client.act("forget_prove", words=SECRET).data["found"] == {}
        _is_called_otherwise(daemon)
        # A daemon that serves is stopped for it, and another serves afterwards.
        daemon.client.act("habits_add", habit="swim daily")
        restored = _wooster(paths, "restore", "--yes", "1")
        assert restored.returncode == 0 and "started again" in restored.stderr
        assert daemon.process is not None
        daemon.process.communicate(timeout=DEADLINE_S)
        assert daemon.process.returncode == 0
        assert "swim" not in daemon.client.act("habits_list").text
        assert _wooster(paths, "stop").returncode == 0
    kept = _wooster(paths, "backup", "list", "--json")
    assert kept.returncode == 0
    assert {each["why"] for each in json.loads(kept.stdout)["backups"]} >= {"before-restore"}


def _is_called_otherwise(daemon: Daemon) -> None:
    """Of a project whose name went, what doesn't say it is there, under another name."""
    shown = daemon.client.act("projects_show", name="project").text
    assert "call Bob" in shown and f"call {OTHER}" in shown
    journal = daemon.paths.home / "gtd" / "projects" / "project" / "project.md"
    assert "the roof comes first" in journal.read_text("utf-8")


def _is_readable(folder: Path) -> None:
    """Markdown and JSON that say all of it, by themselves; the person's own files as they are."""

    def read(name: str) -> Any:
        return json.loads((folder / "json" / f"{name}.json").read_text("utf-8"))

    (habit,) = (each for each in read("habits") if OTHER in each["name"])
    assert habit["rules"][0]["says"] == "once a week" and len(habit["check_ins"]) == 1
    (goal,) = (each for each in read("goals") if OTHER in each["name"])
    assert (goal["deadline"], goal["values"][0]["value"]) == ("2030-06-30", 20)
    assert f"my locker's word is {OTHER}" in {each["statement"] for each in read("facts")}
    assert any(OTHER in each["text"] and "17:00" in each["says"] for each in read("reminders"))
    assert f"call {OTHER}" in {each["text"] for each in read("tasks")}
    assert f"walked with {OTHER}" in {each["text"] for each in read("health")}
    for name in ("habits", "goals", "reminders", "facts", "tasks/next_actions", "index"):
        page = (folder / f"{name}.md").read_text("utf-8")
        assert OTHER in page or name == "index", name
        assert page.startswith(("# ", "- ", "---")) or name.startswith("tasks"), name
    taken = [(folder / name.replace("gtd", "tasks")).read_bytes() for name in OWN]
    assert taken == list(OWN.values())
    index = (folder / "index.md").read_text("utf-8")
    assert all(f"]({name}.md)" in index for name in ("habits", "goals", "memory", "calendars"))


def test_a_damaged_database_is_gone_back_from(paths: Paths, empty_database: Path) -> None:
    """Without any daemon, and with settings that are wrong, of which what is right still holds. The
    damaged one is kept, and a damaged backup is refused before that."""
    (paths.config / "settings.toml").write_text("[chat\n", "utf-8")
    wrong = {"tasks": {"folder": "lists"}, "memmory": {}}
    (paths.config / "local-model.json").write_text(json.dumps(wrong), "utf-8")
    (paths.home / "lists").mkdir()
    inbox = paths.home / "lists" / "inbox.md"
    inbox.write_text("- [ ] call Ana\n", "utf-8")
    shutil.copy(empty_database, paths.database)
    owned = [Owned("tasks/inbox.md", inbox)]
    copy = back_up(paths.database, paths.backups, NOON, ASKED, lambda: owned)
    inbox.write_text("- [ ] something else\n", "utf-8")
    damage = b"no database any more" * 1000
    paths.database.write_bytes(damage)
    whole = copy.read_bytes()
    copy.write_bytes(whole[:4096] + bytes(4096) + whole[8192:])
    refused = _wooster(paths, "restore", "--yes", copy.name)
    assert refused.returncode == 74 and "is damaged" in refused.stderr
    assert paths.database.read_bytes() == damage
    copy.write_bytes(whole)
    listed = _wooster(paths, "backup", "list")
    assert listed.returncode == 0 and "Going on without that" in listed.stderr
    restored = _wooster(paths, "restore", "--yes", copy.name)
    assert restored.returncode == 0, restored.stderr
    for told in ("settings.toml can't be read", "Did you mean 'memory'?", "of tasks is "):
        assert told in restored.stderr
    assert "can't say what was forgotten" in restored.stdout
    assert inbox.read_text("utf-8") == "- [ ] call Ana\n"
    aside = list(paths.backups.glob("*-damaged.db"))
    assert [each.read_bytes() for each in aside] == [damage]
    newest = copies.newest(paths.backups)
    assert newest is not None and newest.path == copy  # and not the damaged one
    assert not (paths.home / "restoring").exists()
    assert copies.sound(paths.database)["turns"] == 0


def test_what_is_there_is_kept_or_stays(paths: Paths, empty_database: Path) -> None:
    """Notes, their pictures and calendars of the home are backed up and come back; a newer note
    stays, and so does what is too large to be kept. Where the database is gone, the files that
    there are are kept all the same."""
    notes, gtd = paths.home / "notes", paths.home / "gtd"
    for each in (notes, gtd, paths.home / "calendars"):
        each.mkdir()
    (notes / "bees.md").write_text("# Bees\n", "utf-8")
    (notes / "bee.png").write_bytes(b"a picture")
    (paths.home / "calendars" / "births.ics").write_text("BEGIN:VCALENDAR\n", "utf-8")
    (gtd / "inbox.md").write_text("- [ ] call Ana\n", "utf-8")
    shutil.copy(empty_database, paths.database)
    owned = OwnedFiles(paths, load_settings(paths, {}))
    copy = back_up(paths.database, paths.backups, NOON, ASKED, owned.there)
    (notes / "bees.md").unlink()
    (notes / "bee.png").unlink()
    (paths.home / "calendars" / "births.ics").unlink()
    (notes / "wasps.md").write_text("# Wasps\n", "utf-8")
    (gtd / "inbox.md").write_text("- [ ] newer\n", "utf-8")
    (gtd / "film.mov").touch()
    os.truncate(gtd / "film.mov", LARGEST_BYTES + 1)
    paths.database.unlink()
    restored = _wooster(paths, "restore", "--yes", copy.name)
    assert restored.returncode == 0, restored.stderr
    assert "1 file too large to be kept" in restored.stdout and "tasks/film.mov" in restored.stdout
    there = {str(each.relative_to(paths.home)) for each in (*notes.iterdir(), *gtd.iterdir())}
    assert there == {
        "notes/bee.png",
        "notes/bees.md",
        "notes/wasps.md",
        "gtd/inbox.md",
        "gtd/film.mov",
    }
    assert (paths.home / "calendars" / "births.ics").exists()
    assert (gtd / "inbox.md").read_text("utf-8") == "- [ ] call Ana\n"
    (kept,) = copies.listed(paths.backups)[:1]
    assert kept.why == copies.BEFORE_RESTORE
    back = _wooster(paths, "restore", "--yes", kept.path.name)
    assert back.returncode == 0, back.stderr
    assert (gtd / "inbox.md").read_text("utf-8") == "- [ ] newer\n"
