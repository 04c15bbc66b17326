"""What changes by itself: servers, calendars, the schedule, the clock, the machine.

The doctor's case is given as it would be; what is looked at, and said of it, is real.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import psutil
import pytest

from tests.doctor.conftest import Home
from tests.doctor.test_doctor import _a_model, _calendar, _key_missing, _missed, _stuck_schedule
from wooster.config.agents import systemd_file
from wooster.core.clock import ManualClock, to_ms
from wooster.doctor import showing
from wooster.doctor.model import Level

Broken = Callable[[Home], Any]


def _chat(**told: Any) -> Broken:
    """What the daemon says of its chat server, which has written a log."""

    def broken(home: Home) -> None:
        _a_model(home)
        home.has_daemon(**told)
        (home.paths.logs / "chat-server.log").write_text("bye\n")
        (home.paths.logs / "chat-server.log").chmod(0o600)

    return broken


def _away(home: Home) -> None:
    home.has_daemon(state="away")


def _away_as_service(home: Home) -> None:
    _away(home)
    file = systemd_file(home.paths.home, "chat")
    file.parent.mkdir(parents=True)
    file.write_text("[Service]\n")


def _slow(home: Home) -> None:
    home.has_daemon(health={"blas": "slow: there is no OpenBLAS on this machine; install it"})


def _late(home: Home) -> None:
    _stuck_schedule(home)
    home.has_daemon()


def _held(home: Home) -> None:
    """Handed over since some hours, on a channel that hangs."""
    _missed(home)
    with home.rows() as rows:
        rows.execute("UPDATE occurrences SET state = 'claimed', ended_ms = NULL")
    home.has_daemon()


def _stale(home: Home, read: datetime | None = None) -> None:
    read = read or datetime.now(UTC) - timedelta(days=3)
    _calendar(home, kind="address", place="example.org", credential="c", read_ms=to_ms(read))


def _stale_beside_a_daemon(home: Home) -> None:
    _stale(home)
    home.has_daemon()


def _unreadable_events(home: Home) -> None:
    told = json.dumps([["a.ics", "it ends before it begins"], ["b.ics", "it has no date"]])
    _calendar(home, place=str(home.paths.home), kind="folder", findings=told)


def _spent(home: Home) -> None:
    _key_missing(home)
    home.environ["NO_SUCH_KEY"] = "a-key"
    with home.rows() as rows:
        rows.execute(
            "INSERT INTO egress (at_ms, provider, host, model, purpose, turn_id,"
            " sent_bytes, cost_micros)"
            " VALUES (?, 'openai', 'api.openai.com', 'gpt-4o', 'chat', '', 1, 11000000)",
            (to_ms(datetime.now(UTC)),),
        )


def _old_copy(home: Home) -> None:
    home.given["clock"] = ManualClock(datetime.now(UTC) + timedelta(days=5))


def _first_year(home: Home) -> None:
    home.given["clock"] = ManualClock(datetime(2020, 1, 1, tzinfo=UTC))


_TAIL = "chat-server.log` shows what it said"


@pytest.mark.parametrize(
    ("broken", "check", "level", "said", "mend"),
    [
        (_chat(restarts=2), "servers", "note", "was started again 2 times", _TAIL),
        (_away, "servers", "note", "isn't to be started", "set chat.start to true"),
        (_away_as_service, "servers", "wrong", "is a service", "`wooster service start`"),
        (_chat(state="silent", detail="It runs."), "servers", "wrong", "is silent. It", _TAIL),
        (_chat(state="failed", detail="No room."), "servers", "wrong", "is failed. No", _TAIL),
        (_chat(state="restarting"), "servers", "wrong", "is restarting", "`wooster restart`"),
        (_chat(state="blocked"), "servers", "wrong", "is blocked", "or set chat.port in "),
        (_chat(state="off", detail="No mlx."), "servers", "wrong", "No mlx.", "`scripts/setup`"),
        (_slow, "BLAS", "wrong", "there is no OpenBLAS", "`sudo apt install libopenblas0`"),
        (_late, "schedule", "wrong", "“call Ana” was to come at", "`wooster restart` starts it"),
        (_held, "schedule", "wrong", "is being handed over since", "notify test`"),
        (_stale, "calendars", "note", "“Work” was read 3 days ago", "calendars refresh`"),
        (_stale_beside_a_daemon, "calendars", "wrong", "read 3 days ago", "calendars refresh`"),
        (_unreadable_events, "calendars", "note", "2 events couldn't be read", "calendars` names"),
        (_spent, "egress", "wrong", "$10 are spent ($11.00)", "Raise routing.egress.monthlyCap"),
        (_old_copy, "copies", "note", "is 5 days old", "`wooster backup`"),
        (_first_year, "clock", "wrong", "It is 2020-01-01", "set-ntp"),
    ],
)
def test_how_something_stands_is_told_with_what_mends_it(
    home: Home, broken: Broken, check: str, level: Level, said: str, mend: str
) -> None:
    """What is said, how bad it is, and what is to be done; nothing else is wrong by it."""
    broken(home)
    finding = home.finding(check)
    assert said in finding.what and finding.level == level
    assert mend in finding.mend and finding.why.endswith(".")


@pytest.mark.parametrize("state", ["ready", "starting", "loading"])
def test_a_server_that_comes_up_is_nothing_to_tell_of(home: Home, state: str) -> None:
    """Nor is a calendar that a daemon hasn't read which has just begun."""
    _chat(state=state, uptime_s=5.0)(home)
    _stale(home)
    report = home.examined()
    assert report.findings("wrong") == [], showing.result(report).text
    assert state in home.told("servers")


def test_only_what_mends_it_alone_is_a_command(home: Home) -> None:
    """What has to be set by hand isn't done by a restart, nor is all that is marked a mend."""
    for broken, commands in (
        (_chat(state="blocked"), []),
        (_away, []),
        (_spent, []),
        (_slow, ["sudo apt install libopenblas0", "wooster restart"]),
    ):
        home.given.clear()
        home.environ["WOOSTER_CHAT__START"] = "false"
        shutil.rmtree(home.paths.models / "tiny", ignore_errors=True)
        broken(home)
        found = [f for each in home.examined().looked for f in each.seen.findings]
        assert commands in [showing.commands(each) for each in found]
    home.environ["TZ"] = "Europe/Atlantis"
    (finding,) = (f for name, f in home.examined().findings("wrong") if name == "clock")
    assert showing.commands(finding) == [] and "`person.zone`" not in finding.mend


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is the system's own")
def test_a_slow_blas_is_found_without_a_daemon(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried as a model server would."""
    assert home.told("BLAS") in ("openblas", "scipy-openblas32")
    monkeypatch.setitem(sys.modules, "mlx.core", ModuleType("mlx.core"))
    assert "mlx was imported before" in home.finding("BLAS").what


def test_what_comes_next_is_told(home: Home) -> None:
    """The first three by their times, and how many more there are."""
    home.given["clock"] = clock = ManualClock(datetime(2026, 11, 27, 8, tzinfo=UTC))
    home.has_daemon()
    with home.rows() as rows:
        for n in range(4):
            at = to_ms(clock.now() + timedelta(hours=n + 1))
            rows.execute(
                "INSERT INTO jobs (kind, text, at_ms, missed, state, next_ms, created_ms)"
                " VALUES ('reminder', ?1, ?2, 'once', 'active', ?2, 0)",
                (f"call {n}", at),
            )
    told = home.told("schedule")
    assert told.startswith("next: “call 0” at Fri 27 Nov 09:00; “call 1” at Fri 27 Nov 10:00; ")
    assert told.endswith("; and 1 other")


def test_little_free_memory_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the system ends something for want of it."""
    found = psutil.virtual_memory()._replace(available=200_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: found)
    finding = home.finding("memory")
    assert "Only 0.2 GB of memory are free" in finding.what and finding.level == "note"


def test_a_model_larger_than_the_machine_is_told(home: Home) -> None:
    """By what it takes at its worst moment, before it is loaded."""
    _a_model(home)
    config = {
        "model_type": "llama",
        "hidden_size": 10**6,
        "num_hidden_layers": 1000,
        "num_attention_heads": 64,
    }
    (home.paths.models / "tiny" / "config.json").write_text(json.dumps(config))
    finding = home.finding("memory")
    assert "(chat " in finding.what and "0.0 GB" not in finding.what
    assert "`wooster models recommend`" in finding.mend
