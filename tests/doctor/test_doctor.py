"""Each thing broken for real, with no daemon: what is said of it, and what `--fix` does."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.doctor.conftest import Home, a_turn
from tests.embedder import WordEmbedder
from tests.vectors.conftest import passages
from wooster.bootstrap.doctoring import _of_service
from wooster.cli.parser import parse
from wooster.config.agents import launchd_file, systemd_file
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock, to_ms
from wooster.doctor import database as database_checks
from wooster.doctor import showing
from wooster.doctor import time as time_checks
from wooster.service.reading import Described, problems
from wooster.storage import Database, bundle, copies, migrations
from wooster.storage.backup import back_up
from wooster.vectors import keeper, sets, store
from wooster.vectors.filling import Filling
from wooster.vectors.keeper import IndexKeeper


def test_of_a_home_in_order_it_says_that_nothing_is_wrong(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also before the first start; nothing is changed by looking, and the exit code says it."""

    def files() -> list[Path]:
        """Without those that SQLite makes to read."""
        found = home.paths.home.rglob("*")
        return sorted(p for p in found if not p.name.endswith(("-shm", "-wal")))

    before = files()
    report = home.examined()
    assert report.findings("wrong") == []
    assert {each.name for each in report.looked} >= {"database", "schedule", "egress", "clock"}
    assert files() == before
    shutil.rmtree(home.paths.home)
    assert parse(["doctor", "--json"]).run(home.paths) == 1  # no model is there
    told = json.loads(capsys.readouterr().out)
    assert {each["check"] for each in told["findings"] if each["level"] == "wrong"} == {"models"}
    assert all(each["commands"] == ["wooster setup"] for each in told["findings"][:2])
    assert not home.paths.home.exists()


Break = Callable[[Home], Any]


def _open_to_others(home: Home) -> None:
    home.paths.home.chmod(0o755)
    home.paths.database.chmod(0o644)


def _key_for_all(home: Home) -> None:
    home.settings("{}")
    (home.paths.config / "local-model.json").chmod(0o640)


def _stale_socket(home: Home) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(home.paths.socket))
    home.paths.socket.chmod(0o600)


def _open_socket(home: Home) -> None:
    _stale_socket(home)
    home.paths.socket.chmod(0o666)


def _words_of_another_turn(home: Home) -> None:
    with home.rows() as rows:
        a_turn(rows)
        rows.execute("UPDATE turns_search SET question = 'something else'")


def _words_of_no_passage(home: Home) -> None:
    with home.rows() as rows:
        rows.execute(
            "INSERT INTO passages_words (rowid, title, text, known_as) VALUES (7, '', 'ghost', '')"
        )


def _no_copy(home: Home) -> None:
    shutil.rmtree(home.paths.backups)


def _damaged_copy(home: Home) -> None:
    (copy,) = home.paths.backups.iterdir()
    _scribble(copy)


def _scribble(path: Path) -> None:
    """Every page but the first is noise."""
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("broken", "check", "said", "did"),
    [
        (_open_to_others, "permissions", "Other users of this machine may open", "yours alone"),
        (_key_for_all, "permissions", "local-model.json", "yours alone now"),
        (_stale_socket, "socket", "left by a daemon that was killed", "was removed"),
        (_open_socket, "socket", "may be opened by other users (mode 0666)", "is yours alone"),
        (_words_of_another_turn, "database", "holds another text", "Made anew"),
        (_words_of_no_passage, "database", "row 7 belongs to no passage", "Made anew"),
        (_no_copy, "copies", "There is no copy", "A copy was made"),
        (_damaged_copy, "copies", "is damaged", "A copy was made"),
    ],
)
def test_what_is_safe_to_mend_is_found_and_mended(
    home: Home, broken: Break, check: str, said: str, did: str
) -> None:
    """The finding names it, `--fix` copies the database, mends it, and it is found no more."""
    broken(home)
    finding = home.finding(check)
    assert said in finding.what
    assert finding.why and finding.mend and finding.fix is not None
    done = home.mended()
    assert done.startswith("The database was copied to ")
    assert did in done
    assert home.examined().mended == ()
    assert list(home.paths.backups.glob("*-before-fix.db"))
    for path in (home.paths.home, home.paths.database, *home.paths.config.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_copy_that_was_lacking_is_a_whole_one(home: Home) -> None:
    """With the files, as those that the daemon makes; of those before a mending three are kept."""
    (home.paths.home / "gtd").mkdir()
    (home.paths.home / "gtd" / "inbox.md").write_text("- [ ] call Ana\n", "utf-8")
    shutil.rmtree(home.paths.backups)
    home.paths.backups.mkdir(mode=0o700)
    for day in range(1, 6):
        at = datetime(2020, 1, day, tzinfo=UTC)
        back_up(home.paths.database, home.paths.backups, at, "before-fix")
    home.mended()
    newest = copies.newest(home.paths.backups)
    assert newest is not None
    assert [name for name, _, _ in bundle.contents(newest.files)] == ["tasks/inbox.md"]
    assert len(list(home.paths.backups.glob("*-before-fix.db"))) == 3


def test_what_was_made_anew_is_found_by_its_words_again(home: Home) -> None:
    """Words and parts of words, of turns and of passages."""
    with home.rows() as rows:
        a_turn(rows, "Where is the Kellerschlüssel?")
        rows.execute(
            "INSERT INTO passages (collection, document, place, key, title, text, known_as,"
            " text_hash, project, at_ms, stays) VALUES ('turns', 1, 0, 'k', '', 'red apples', '',"
            " x'00', '', 0, 0)"
        )
        rows.execute("DELETE FROM turns_search")
    home.examined(fix=True)
    with home.rows() as rows:
        queries = {
            "turns_search": "kellerschlüssel",
            "passages_words": "apple",
            "passages_parts": "ppl",
        }
        for table, word in queries.items():
            query = f"SELECT count(*) FROM {table} WHERE {table} MATCH ?"
            assert rows.execute(query, (word,)).fetchone() == (1,), table


_AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
_OWN = f"`sudo chown -R {os.geteuid()} {{home}}`"
_RESTORE = "`wooster restore` goes back to 2"


def _wrong_settings(home: Home) -> None:
    home.settings('{"person": {"zone": "Mars/Olympus"}}')


def _other_file(home: Home) -> None:
    home.paths.socket.write_text("")
    home.paths.socket.chmod(0o600)


def _lock_without_socket(home: Home) -> None:
    home.paths.lock.write_text("4711\n")
    home.paths.lock.chmod(0o600)
    fcntl.flock(os.open(home.paths.lock, os.O_RDWR), fcntl.LOCK_EX)  # open until the test ends


def _damaged(home: Home) -> None:
    with home.rows() as rows:
        for n in range(200):
            rows.execute("INSERT INTO sessions VALUES (?, 0, 'repl', 'talk')", (f"{n:0500}",))
    with closing(sqlite3.connect(home.paths.database)) as rows:
        rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(home.paths.database.read_bytes())
    data[-4096 * 8 :] = os.urandom(4096 * 8)
    home.paths.database.write_bytes(data)


def _gone(home: Home) -> None:
    home.paths.database.unlink()


def _emptied(home: Home) -> None:
    home.paths.database.write_bytes(b"")


def _without_a_table(home: Home) -> None:
    with home.rows() as rows:
        rows.execute("DROP TABLE facts")


def _without_turns(home: Home) -> None:
    with home.rows() as rows:
        rows.execute("DROP TABLE turns")


def _file_for_logs(home: Home) -> None:
    home.paths.logs.rmdir()
    home.paths.logs.write_text("")
    home.paths.logs.chmod(0o600)


def _file_for_a_home(home: Home) -> None:
    home.paths = Paths(home.paths.home / "here")
    home.paths.home.write_text("")


def _of_another_user(home: Home) -> None:
    home.settings("{}")
    os.chown(home.paths.config / "local-model.json", 4711, -1)


def _socket_of_another_user(home: Home) -> None:
    _stale_socket(home)
    os.chown(home.paths.socket, 4711, -1)


def _no_database_at_all(home: Home) -> None:
    home.paths.database.write_bytes(b"This is a letter to my aunt, and no database." * 100)


def _reference_to_nothing(home: Home) -> None:
    with home.rows() as rows:
        rows.execute(
            "INSERT INTO turns (id, session_id, asked_ms, ended_ms, question, answer, state)"
            " VALUES ('t', 'gone', 0, 0, 'x', '', 'done')"
        )


def _newer_database(home: Home) -> None:
    with home.rows() as rows:
        rows.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('wooster', '9999_later', '')"
        )


def _older_database(home: Home) -> None:
    home.paths.database.unlink()
    with home.rows() as rows:
        rows.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        rows.execute("CREATE TABLE _sqlite_migrations (migration_set, name, applied_at)")
        for name, file in list(migrations.known().items())[:3]:
            for statement in migrations.statements(file.read_text()):
                rows.execute(statement)
            rows.execute("INSERT INTO _sqlite_migrations VALUES ('wooster', ?, '')", (name,))
    home.paths.database.chmod(0o600)


def _stuck_schedule(home: Home) -> None:
    past = to_ms(datetime.now(UTC) - timedelta(hours=2))
    with home.rows() as rows:
        rows.execute(
            "INSERT INTO jobs (kind, text, at_ms, missed, state, next_ms, created_ms)"
            " VALUES ('reminder', 'call Ana', ?1, 'once', 'active', ?1, ?1)",
            (past,),
        )


def _missed(home: Home) -> None:
    with home.rows() as rows:
        rows.execute(
            "INSERT INTO jobs (id, kind, text, at_ms, missed, state, created_ms)"
            " VALUES (1, 'reminder', 'water the plants', 0, 'once', 'ended', 0)"
        )
        rows.execute(
            "INSERT INTO occurrences (job_id, due_ms, state, ended_ms)"
            " VALUES (1, 1780000000000, 'missed', 1780000000000)"
        )


def _clock_back(home: Home) -> None:
    with home.rows() as rows:
        a_turn(rows, ms=to_ms(datetime.now(UTC) + timedelta(days=30)))


def _no_zone(home: Home) -> None:
    home.environ["TZ"] = "Europe/Atlantis"


def _calendar(home: Home, **columns: Any) -> None:
    values = {"kind": "file", "name": "Work", "place": "/nowhere/work.ics", "added_ms": 0} | columns
    marks = ", ".join("?" * len(values))
    with home.rows() as rows:
        rows.execute(
            f"INSERT INTO calendar_sources ({', '.join(values)}) VALUES ({marks})",
            tuple(values.values()),
        )


def _calendar_gone(home: Home) -> None:
    _calendar(home)


def _calendar_unread(home: Home) -> None:
    elsewhere = {"kind": "address", "place": "example.org", "credential": "c"}
    _calendar(home, problem="example.org answers 404 Not Found.", **elsewhere)


def _channel_without_account(home: Home) -> None:
    home.environ["WOOSTER_NOTIFY__CHANNELS"] = '["repl", "signal"]'


def _channel_not_allowed(home: Home) -> None:
    home.environ["WOOSTER_NOTIFY__CHANNELS"] = '["repl", "ntfy"]'
    home.environ["WOOSTER_NOTIFY__NTFY__TOPIC"] = "mine"


def _key_missing(home: Home) -> None:
    home.environ["WOOSTER_ROUTING__STRATEGY"] = "intelligent"
    home.environ["WOOSTER_ROUTING__PROVIDERS__OPENAI"] = json.dumps(
        {
            "enabled": True,
            "serverUrl": "https://api.openai.com",
            "apiKey": "env:NO_SUCH_KEY",
            "models": {"fast": None, "quality": "gpt-4o"},
            "maySee": ["plain"],
            "price": None,
        }
    )


def _plain_host(home: Home) -> None:
    home.environ["WOOSTER_ROUTING__EGRESS__PLAINHTTPHOSTS"] = '["example.org"]'


def _port_taken(home: Home) -> None:
    _a_model(home)
    taken = home.held.enter_context(socket.socket())
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    home.environ["WOOSTER_CHAT__PORT"] = str(taken.getsockname()[1])


def _a_model(home: Home, weights: bytes = b"x") -> None:
    """One that could be loaded, to be served."""
    home.environ["WOOSTER_CHAT__START"] = "true"
    home.environ["WOOSTER_CHAT__MODEL"] = "tiny"
    folder = home.paths.models / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "llama"}')
    (folder / "model.safetensors").write_bytes(weights)


def _model_missing(home: Home) -> None:
    home.environ["WOOSTER_CHAT__START"] = "true"
    home.environ["WOOSTER_CHAT__MODEL"] = "qwen3-4b"


def _model_cut_short(home: Home) -> None:
    _a_model(home, b"")


def _two_on_one_port(home: Home) -> None:
    _a_model(home)
    home.environ |= {"WOOSTER_EMBED__START": "true", "WOOSTER_EMBED__MODEL": "tiny"}
    home.environ["WOOSTER_EMBED__PORT"] = home.environ["WOOSTER_CHAT__PORT"]


@pytest.mark.parametrize(
    ("broken", "check", "said", "mend"),
    [
        (_wrong_settings, "settings", "person.zone is 'Mars/Olympus'", "Mend it there"),
        (_other_file, "socket", "isn't a socket", "`rm "),
        (_lock_without_socket, "socket", "A daemon runs for this home", "`kill 4711`"),
        (_damaged, "database", "is damaged", _RESTORE),
        (_no_database_at_all, "database", "file is not a database", _RESTORE),
        (_gone, "database", "isn't there any more, and there are backups of it", _RESTORE),
        (_emptied, "database", "is empty, and there are backups of it", _RESTORE),
        (_without_a_table, "database", "The database lacks the table facts", _RESTORE),
        (_without_turns, "database", "the table turns", _RESTORE),
        (_file_for_a_home, "permissions", "isn't a folder", "-aside`"),
        (_file_for_logs, "permissions", "logs isn't a folder", "logs-aside`"),
        pytest.param(_of_another_user, "permissions", "local-model.json", _OWN, marks=_AS_ROOT),
        pytest.param(_socket_of_another_user, "socket", "to user 4711", "sudo rm", marks=_AS_ROOT),
        (_reference_to_nothing, "database", "refers to a row of sessions", _RESTORE),
        (_newer_database, "database", "written by a newer Wooster", "Update Wooster"),
        (_older_database, "database", "of an older version: it lacks", "`wooster restart`"),
        (_stuck_schedule, "schedule", "1 thing is to come, 1 of them by now", "`wooster` starts"),
        (_missed, "schedule", "“water the plants”, ", "`wooster schedule history`"),
        (_clock_back, "clock", "The clock is behind", "set-ntp"),
        (_no_zone, "clock", "'Europe/Atlantis', and there is no such zone", "Unset TZ"),
        (_calendar_gone, "calendars", "/nowhere/work.ics isn't there", "calendars remove Work`"),
        (_calendar_unread, "calendars", "answers 404 Not Found", "`wooster calendars refresh`"),
        (_channel_without_account, "channels", "lacks notify.signal.account", "local-model.json"),
        (_channel_not_allowed, "channels", "may not send off", "`wooster notify allow ntfy`"),
        (_key_missing, "egress", "'NO_SUCH_KEY' has no key in it", "`wooster restart`"),
        (_plain_host, "egress", "example.org be spoken to without encryption", "plainHttpHosts"),
        (_port_taken, "ports", "(process {pid})", "`kill {pid}`"),
        (_model_missing, "models", "'qwen3-4b'", "`wooster models pull qwen3-4b`"),
        (_model_cut_short, "models", "there are no weights", "`wooster models remove tiny`"),
        (_two_on_one_port, "ports", "are both set to port", "Set embed.port"),
    ],
)
def test_what_is_the_persons_to_mend_is_named_with_what_mends_it(
    home: Home, broken: Break, check: str, said: str, mend: str
) -> None:
    """The finding says what and why, and the command that mends it; `--fix` leaves it alone."""
    broken(home)
    finding = home.finding(check)
    assert said.format(pid=os.getpid()) in finding.what
    assert mend.format(pid=os.getpid(), home=home.paths.home) in finding.mend
    assert finding.why.endswith(".") and finding.fix is None
    assert home.examined(fix=True).mended == ()


def test_a_home_that_cant_be_written_to_is_found(home: Home) -> None:
    """Its own mode says it, whoever asks."""
    home.paths.logs.chmod(0o500)
    assert f"{home.paths.logs} can't be written to" in home.finding("permissions").what
    assert "can be written to" in home.mended()


@pytest.mark.parametrize("free", [10_000_000, 700_000_000])
def test_little_room_on_the_disk_is_told(
    home: Home, monkeypatch: pytest.MonkeyPatch, free: int
) -> None:
    """Before it runs out; wrong is what doesn't hold another copy."""
    usage = shutil.disk_usage(home.paths.home)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    finding = home.finding("disk")
    assert f"{free // 1_000_000} MB are free" in finding.what
    assert (finding.level == "wrong") == (free < 200_000_000)


async def _done() -> None:
    """Nobody waits for what was embedded."""


def test_an_index_of_another_state_is_removed_and_made_anew(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damaged, of another copy of the database, or lacking vectors that are stored."""
    monkeypatch.setattr(keeper, "EXACT_LIMIT", 5)
    monkeypatch.setattr(database_checks, "EXACT_LIMIT", 5)
    clock = ManualClock(datetime.now(UTC))

    async def save() -> Path:
        opened = await asyncio.to_thread(Database.open, home.paths.database, home.paths.backups)
        made = passages([f"text {n}" for n in range(9)])
        await opened.write(lambda rows: store.put(rows, "elsewhere", 1, made))
        embedder = WordEmbedder()
        await Filling(opened, embedder, "float32", clock, lambda *_: None).once(embedder, _done)
        index = IndexKeeper(opened, home.paths.cache / "vectors", None, lambda *_: None)
        await index.catch_up((await opened.read(sets.all_sets))["current"])
        await index.close()
        await opened.close()
        (path,) = (home.paths.cache / "vectors").glob("*.hnsw")
        for each in (path.parent, *path.parent.iterdir()):
            each.chmod(0o700)  # as the daemon's umask has it
        return path

    def damage(path: Path) -> None:
        path.write_bytes(path.read_bytes()[:-1] + b"?")

    def other_state(_: Path) -> None:
        with home.rows() as rows:
            rows.execute("UPDATE vector_sets SET index_token = 'another'")

    for breaks, said in ((damage, "it is damaged"), (other_state, "another state")):
        path = asyncio.run(save())
        assert "9 vectors" in home.told("index") and "agrees" in home.told("index")
        breaks(path)
        finding = home.finding("index")
        assert said in finding.what and finding.level == "note"
        assert "was removed: it is made anew" in home.mended()
        assert not path.exists()


def test_nothing_is_written_to_a_database_that_cant_be_copied(home: Home) -> None:
    """What has nothing to do with it is mended all the same, and it is said."""
    _words_of_another_turn(home)
    home.paths.home.chmod(0o755)
    shutil.rmtree(home.paths.backups)
    home.paths.backups.write_text("in the way")
    home.paths.backups.chmod(0o600)
    done = home.examined(fix=True).mended
    assert done[0].startswith("Nothing was written to the database")
    assert stat.S_IMODE(home.paths.home.stat().st_mode) == 0o700
    with closing(sqlite3.connect(home.paths.database)) as rows:
        assert rows.execute("SELECT question FROM turns_search").fetchone() == ("something else",)


def test_a_dangling_zone_of_the_machine_is_found(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an update of the system leaves it."""
    link = tmp_path / "localtime"
    link.symlink_to(tmp_path / "zoneinfo" / "Gone")
    monkeypatch.setattr(time_checks, "_LOCALTIME", link)
    monkeypatch.delenv("TZ", raising=False)
    assert "which isn't there" in home.finding("clock").what


def test_a_home_whose_path_is_too_long_for_a_socket_is_told(tmp_path: Path) -> None:
    """Before a daemon is tried."""
    home = Home(Paths(tmp_path / ("deep" * 30)))
    assert "this system takes" in home.finding("socket").what


@pytest.mark.parametrize(
    "broken",
    [
        _other_file,
        _file_for_logs,
        _open_to_others,
        pytest.param(_of_another_user, marks=_AS_ROOT),
        pytest.param(_socket_of_another_user, marks=_AS_ROOT),
    ],
)
def test_the_commands_that_it_names_for_files_mend_it(home: Home, broken: Break) -> None:
    """Run as they stand, all that it names, and nothing is wrong."""
    broken(home)
    ((_, finding),) = home.examined().findings("wrong")
    for each in showing.commands(finding):
        subprocess.run(each.removeprefix("sudo "), shell=True, check=True, cwd="/")
    assert home.examined().findings("wrong") == []


def test_the_commands_that_it_names_for_a_damaged_database_mend_it(home: Home) -> None:
    """As they stand, for a shell; a person reads them on lines of their own."""
    _damaged(home)
    shown = showing.result(home.examined())
    (found,) = (each for each in shown.data["findings"] if each["check"] == "database")
    restore, stop, shell = found["commands"]
    assert (restore, stop) == ("wooster restore", "wooster stop")
    assert f"\n  - `{shell}`\n" in shown.text
    subprocess.run(shell, shell=True, check=True, cwd="/")
    assert home.examined().findings("wrong") == []


def test_a_service_that_nobody_runs_is_found(home: Home) -> None:
    """It is described where the system looks, and the system knows nothing of it."""
    assert home.told("service").startswith("not installed")
    file = systemd_file(home.paths.home) if sys.platform == "linux" else None
    file = file or launchd_file(home.paths.home)
    file.parent.mkdir(parents=True)
    file.write_text("[Service]\nExecStart=/gone/python -m wooster daemon\n")
    found = next(each for each in home.examined().looked if each.name == "service")
    assert found.seen.told == "installed" and found.seen.findings
    for finding in found.seen.findings:
        assert showing.commands(finding) in ([], ["wooster service install"])


def test_what_is_said_of_a_service_is_parted_from_what_mends_it(home: Home) -> None:
    """The command that the sentence ends with, and not one that shows the same again."""
    gone = Described(("/gone/python",), {"WOOSTER_HOME": "/elsewhere"})
    found = [_of_service(each) for each in problems(gone, home.paths.home, sys.executable)]
    assert [showing.commands(each) for each in found] == [["wooster service install"]] * 2
    assert found[0].mend == "`wooster service install` mends it."
    assert found[0].what.endswith("(a virtual environment that was moved or removed?).")
    crashed = _of_service("It crashed; see `wooster logs`. `wooster service start` tries again.")
    assert showing.commands(crashed) == ["wooster service start"]
    assert crashed.what == "It crashed; see `wooster logs`."
