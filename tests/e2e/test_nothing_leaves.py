"""Nothing but loopback is contacted, unless the person allowed it: then what passed the gate alone.

The whole program runs, and every socket of it is watched.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.calendars.conftest import serve
from tests.e2e.conftest import ANSWER_S, WOOSTER, Home
from tests.e2e.test_conversation import PROMPT
from tests.peer import Count, Peer, address_beyond_loopback, scripted
from tests.process import wait_for
from wooster.wire.requests import ActionRequest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SPY = Path(__file__).with_name("spy")


def watched(environ: dict[str, str], seen: Path, allowed: str = "") -> dict[str, str]:
    """`environ` with the watch in it, whose reports go to `seen`."""
    seen.touch()
    path = f"{SPY}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return {**environ, "PYTHONPATH": path, "SPY_FILE": str(seen), "SPY_ALLOWED": allowed}


def reports(seen: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in seen.read_text().splitlines()]


def run(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WOOSTER, *words],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=ANSWER_S,
        check=False,
    )


# What is planted: keys and passwords in each place that takes one, and a person's own words.
SECRETS = {
    "apiKey": "sk-planted-in-the-settings",
    "password": "planted-mail-password",
    "token": "planted-ntfy-token",
    "topic": "planted-ntfy-topic",
    "secret": "planted-webhook-secret",
    "url": "http://127.0.0.1:9/planted-webhook-address",
    "environment": "sk-planted-in-the-environment",
    "calendar": "planted-calendar-address",
    "setup": "planted-at-setup",
    "imported": "sk-planted-in-the-old-environment",
    "address": "planted-password-of-an-address",
}
WORDS = {
    "said": "zanzibar",
    "remembered": "kestrel",
    "read": "saffron",
    "dated": "walnut",
    "wrong": "sasquatch",
    "named": "Quillon",
    "imported": "tamarind",
    "typed": "obsidian",
    "broken": "marzipan",
}
# Where a person's words are kept, and what of a home holds them by its purpose.
_KEEPS_WORDS = re.compile(r"wooster\.db(-\w+)?|backups/.*|history|notes/.*|gtd/.*|export/.*")
# The settings, with the keys that were written into them, are in each backup.
_KEEPS_SECRETS = re.compile(
    r"(backups/[^!]*\.tar\.gz!)?config/local-model\.json|credentials/[\w-]+"
)


def plant(home: Home) -> None:
    """Settings with a secret in each place, and a document."""
    notify = {
        "email": {"host": "127.0.0.1", "password": SECRETS["password"]},
        "ntfy": {"topic": SECRETS["topic"], "token": SECRETS["token"]},
        "webhook": {"url": SECRETS["url"], "secret": SECRETS["secret"]},
    }
    openai = {"enabled": False, "apiKey": SECRETS["apiKey"]}
    settings = {"routing": {"providers": {"openai": openai}}, "notify": notify}
    path = home.paths.config / "local-model.json"
    path.write_text(json.dumps(settings))
    path.chmod(0o600)
    (home.paths.home / "notes").mkdir()
    (home.paths.home / "notes" / "mine.md").write_text(f"# Mine\n\nThe {WORDS['read']} is new.\n")


def old_wooster(folder: Path) -> Path:
    """Another assistant's home, with a key and a line of the person's, and one that is broken."""
    (folder / "gtd").mkdir(parents=True)
    (folder / ".env").write_text(f"OPENAI_API_KEY={SECRETS['imported']}\nMODEL_API_KEY=\n")
    lines = f"- [ ] 2026-01-10 09:30:00 buy {WORDS['imported']}\n- [] \xff {WORDS['imported']}\n"
    (folder / "gtd" / "inbox.md").write_bytes(f"# Inbox\n\n{lines}".encode("latin-1"))
    return folder


def sits_down(environ: dict[str, str]) -> None:
    """A conversation on a terminal."""
    screen = pexpect.spawn(
        WOOSTER[0],
        WOOSTER[1:],
        env={**environ, "TERM": "xterm-256color"},
        dimensions=(40, 100),
        encoding="utf-8",
        timeout=ANSWER_S,
    )
    screen.expect_exact(PROMPT)
    screen.send(f"capture polish the {WORDS['typed']}\r")
    screen.expect_exact("In the inbox")
    screen.expect_exact(PROMPT)
    screen.sendeof()
    screen.expect(pexpect.EOF)
    screen.close()


def calendar(environ: dict[str, Any], start: Any) -> list[bytes]:
    """A calendar whose address is its only key."""
    is_it = environ["PATH_INFO"] == f"/{SECRETS['calendar']}/mine.ics"
    start("200 OK" if is_it else "404 Not Found", [("content-type", "text/calendar")])
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//EN", "BEGIN:VEVENT", "UID:1"]
    lines += ["DTSTAMP:20260101T000000Z", "DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=DAILY"]
    lines += [f"SUMMARY:{WORDS['dated']}", "END:VEVENT", "END:VCALENDAR", ""]
    return ["\r\n".join(lines).encode()]


def live(home: Home, environ: dict[str, str], address: str, old: Path) -> dict[str, str]:
    """A day with all that was planted; what each command wrote, by its words."""
    typed = (
        ("setup", "--name", WORDS["named"], "--channel", f"ntfy:topic={SECRETS['setup']}"),
        ("say", "--json", f"Hello, I like {WORDS['said']}"),
        ("say", f"/no_such_command {WORDS['wrong']}"),
        ("status",),
        ("import", str(old)),
        ("doctor",),
        ("backup",),
    )
    wrote = {each[-1]: told(environ, *each) for each in typed}
    asked: dict[str, dict[str, Any]] = {
        "remember": {"text": f"my boat is called {WORDS['remembered']}"},
        "capture": {"text": f"buy food for the {WORDS['wrong']}"},
        "search": {"words": WORDS["read"]},
        "agenda": {},
        "memory_export": {"path": str(home.paths.home / "export")},
        **{name: {} for name in ("egress", "models", "notify", "calendars", "verify", "log")},
    }
    client = home.daemon.client
    opened = address.replace("//", f"//ana:{SECRETS['address']}@")
    adding = {"what": f"{opened}/{SECRETS['calendar']}/mine.ics"}
    with client.work("calendars_add", ActionRequest(adding, confirmed=True)) as stream:
        wrote["calendars add"] = repr(list(stream))
    for name, arguments in asked.items():
        wrote[name] = repr(client.act(name, **arguments))
    exporting = {"folder": str(home.paths.home / "export" / "all")}
    with client.work("export", ActionRequest(exporting)) as stream:
        wrote["export"] = repr(list(stream))
    breaking = {"folder": str(home.paths.home / f"export-{WORDS['broken']}")}
    with client.work("export", ActionRequest(breaking)) as stream:
        wrote["broken export"] = repr(list(stream))
    sits_down(environ)
    return wrote | {"logs": told(environ, "logs")}


def live_wrongly(home: Home, environ: dict[str, str]) -> dict[str, str]:
    """What commands wrote while a setting was wrong that has a password in its address."""
    path = home.paths.config / "local-model.json"
    own = {"serverUrl": f"http://ana:{SECRETS['address']}@127.0.0.1:9"}
    path.write_text(json.dumps({"routing": {"providers": {"own": own}}}))
    wrote = {each: told(environ, each) for each in ("status", "doctor", "say")}
    wrote["logs of it"] = told(environ, "logs")
    home.stop()
    return wrote


def told(environ: dict[str, str], *words: str) -> str:
    done = run(environ, *words)
    assert done.returncode == 0 or words[0] in ("say", "doctor"), done.stderr
    return done.stdout + done.stderr


def holders(folder: Path, *words: str) -> set[str]:
    """The files under `folder`, and those in its archives, that have one of `words` in them."""
    found = set()
    for name, content in contents(folder):
        if any(word.encode() in content for word in words):
            found.add(name)
    return found


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file but the models', by its path; of an archive each member, by `archive!member`."""
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_file() and not name.startswith("models/"):
            yield name, path.read_bytes()
            if name.endswith(".tar.gz"):
                with tarfile.open(path) as archive:
                    for member in archive:
                        if (file := archive.extractfile(member)) is not None:
                            yield f"{name}!{member.name}", file.read()


def test_a_day_contacts_loopback_only_and_keeps_secrets_and_words_where_they_belong(
    home: Home, tmp_path: Path
) -> None:
    """Every process of a whole day reports each address that it looks up or connects to, and is
    refused any other than loopback; the answer comes all the same. Keys stand where they were put
    and nowhere else: in no log, answer, export or cache. What the person said, wrote and has in
    their calendar stands in what keeps it, and in no log; and nobody else may read any of it.

    The watch is Python's audit events for sockets, put into each process by a `sitecustomize`.
    """
    seen = tmp_path / "seen"
    plant(home)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    old = old_wooster(tmp_path / "old")
    environ = watched(home.environ(), seen) | {
        "OPENAI_API_KEY": SECRETS["environment"],
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "SPY_BREAKS": WORDS["broken"],
        "TMPDIR": str(scratch),
    }
    with contextmanager(serve)(calendar) as served:
        wrote = live(home, environ, served.url, old)
    assert json.loads(wrote[f"Hello, I like {WORDS['said']}"].splitlines()[-1])["state"] == "done"
    assert WORDS["read"] in wrote["search"]
    assert WORDS["dated"] in wrote["agenda"]
    home.wait_ready("embed")
    home.stop()
    wrote["restore"] = told(environ, "restore", "--yes")
    logged = "".join(path.read_text() for path in home.paths.logs.glob("daemon.*"))
    assert "RuntimeError" in logged and "traceback" in logged, "nothing broke: the test proves less"
    wrong = live_wrongly(home, environ)
    assert "routing.providers.own.serverUrl" in wrong["status"]
    for command, text in (wrote | {f"wrong: {name}": text for name, text in wrong.items()}).items():
        shown = [word for word in SECRETS.values() if word in text]
        assert shown == [], f"{command}: {text}"
    assert not any(word in wrote["logs"] + wrote["status"] for word in WORDS.values())
    kept = holders(home.paths.home, *SECRETS.values())
    assert {path for path in kept if not _KEEPS_SECRETS.fullmatch(path)} == set()
    assert any("!" in path for path in kept), "archives are looked into"
    assert holders(scratch, *SECRETS.values(), *WORDS.values()) == set()
    for word in WORDS.values():
        kept = holders(home.paths.home, word)
        assert kept or word == WORDS["broken"], word
        assert {path for path in kept if not _KEEPS_WORDS.match(path)} == set(), word
    assert open_to_others(home) == set()
    contacts = [report for report in reports(seen) if report["event"] != "hub"]
    programs = {contact["program"] for contact in contacts}
    for part in ("daemon", "servers.chat", "servers.embed"):
        assert any(part in program for program in programs), programs
    assert [contact for contact in contacts if not contact["allowed"]] == []
    # Where a loader brings the hub's library along, it is told to ask nobody.
    hubs = [report for report in reports(seen) if report["event"] == "hub"]
    assert any("servers.chat" in report["program"] for report in hubs)
    assert any("servers.embed" in report["program"] for report in hubs)
    assert {report["offline"] for report in hubs} == {"1"}


def open_to_others(home: Home) -> set[str]:
    """What another user could read, had they a way into the home, which is closed itself; the
    person's own notes are as the person made them."""
    assert stat.S_IMODE(home.paths.home.stat().st_mode) == 0o700
    files = [path for path in home.paths.home.rglob("*") if path.is_file()]
    files = [each for each in files if home.paths.models not in each.parents]
    shut = {"run", "logs", "config", "cache", "credentials", "backups"}
    folders = [home.paths.home / name for name in sorted(shut)]
    there = [each for each in folders if each.is_dir()]
    assert len(there) >= 4
    assert [each for each in there if each.stat().st_mode & 0o077] == []
    return {
        str(path.relative_to(home.paths.home))
        for path in files
        if path.relative_to(home.paths.home).parts[0] not in {*shut, "notes"}
        and path.stat().st_mode & 0o077
    }


LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
with socket.socket() as handle:
    fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP | IFF_RUNNING))
    try:
        handle.connect(("192.0.2.1", 80))
    except OSError as refused:
        assert refused.errno == 101, refused
os.execv(sys.argv[1], sys.argv[1:])
"""


def can_be_cut_off() -> bool:
    """Whether this machine gives a process a network of its own."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0


@pytest.mark.skipif(not can_be_cut_off(), reason="needs Linux network namespaces")
def test_a_conversation_works_with_no_network_but_loopback(home: Home) -> None:
    """In a network namespace that holds nothing but `lo`, whatever language a library is in."""
    said = subprocess.run(
        ["unshare", "-rn", sys.executable, "-c", LOOPBACK_UP, *WOOSTER, "say", "--json", "Hello"],
        env=home.environ(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=ANSWER_S,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout.splitlines()[-1])["state"] == "done"


def test_the_watch_itself_sees_and_refuses(tmp_path: Path) -> None:
    """A program that does try to reach the world is caught: the test above can fail."""
    seen = tmp_path / "seen"
    seen.touch()
    tried = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('192.0.2.1', 80), 1)"],
        env={**os.environ, "PYTHONPATH": str(SPY), "SPY_FILE": str(seen)},
        capture_output=True,
        check=False,
    )
    assert tried.returncode != 0
    assert b"refused by the test" in tried.stderr
    assert not json.loads(seen.read_text().splitlines()[-1])["allowed"]


# --- when something may leave ------------------------------------------------------------------

KEY = "sk-planted-where-no-log-may-have-it"
PRICE = {"input": 1.0, "output": 2.0}
LOOKS = 10


@pytest.fixture
def cloud() -> Iterator[Peer]:
    host = address_beyond_loopback()
    if not host:
        pytest.skip("this machine has no address but loopback")
    with scripted("From ", "afar.", Count(10, 20), host=host) as made:
        yield made


def settle(home: Home, cloud: Peer, witness: Peer, cap: float) -> None:
    """OpenAI, at the peer, is first in the chain, and a server on this machine second: the looks at
    that one are the test's clock."""
    key = home.paths.home / "openai.key"
    key.write_text(f"{KEY}\n")
    key.chmod(0o600)
    openai = {
        "enabled": True,
        "serverUrl": cloud.url,
        "apiKey": f"file:{key}",
        "models": {"fast": "small", "quality": "big"},
        "price": PRICE,
    }
    path = home.paths.config / "local-model.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    egress = {**kept.get("routing", {}).get("egress", {}), "monthlyCap": cap}
    routing = {
        "strategy": "intelligent",
        "fallbackChain": ["openai", "witness"],
        "providers": {
            "local": {"enabled": False},
            "openai": openai,
            "witness": {"serverUrl": witness.url},
        },
        "healthCheck": {"interval": 100},
        "egress": egress,
    }
    path.write_text(json.dumps({"routing": routing}))


def looked_at(witness: Peer) -> None:
    """Wait until the background has looked around several times more."""
    before = len(witness.asked)
    wait_for("looks", lambda: len(witness.asked) >= before + LOOKS)


def say(environ: dict[str, str]) -> list[dict[str, Any]]:
    said = run(environ, "say", "--json", "Hello")
    assert said.returncode == 0, said.stderr
    return [json.loads(line) for line in said.stdout.splitlines()]


def left(environ: dict[str, str]) -> dict[str, Any]:
    """What `wooster egress --json` shows."""
    found: dict[str, Any] = json.loads(run(environ, "egress", "--json").stdout)
    return found


def test_what_leaves_is_what_passed_the_gate(home: Home, cloud: Peer, tmp_path: Path) -> None:
    """Plain HTTP is refused until it is allowed; then each answer is one connection, one request
    and one row with tokens and cost; the cap stops the next; looks in the background never leave;
    the key is sent to its provider and stands nowhere else."""
    seen = tmp_path / "seen"
    host = cloud.url.split("/")[2].split(":")[0]
    environ = watched(home.environ(), seen, allowed=host)
    environ |= {"WOOSTER_CHAT__START": "false", "WOOSTER_EMBED__START": "false"}

    def contacts() -> list[dict[str, Any]]:
        return [each for each in reports(seen) if each.get("host") == host]

    with scripted("From here.") as witness:
        settle(home, cloud, witness, cap=10)
        assert say(environ)[-1]["provider"] == "witness"
        status = " ".join(run(environ, "status").stdout.split())
        assert f"wooster egress allow {host}" in status
        assert "nothing leaves this machine; requests to other machines so far: 0" in status
        assert contacts() == []
        assert run(environ, "egress", "allow", host).returncode != 0, "nobody is there to say yes"
        assert run(environ, "egress", "allow", host, "--yes").returncode == 0
        home.stop()

        run(environ, "status")
        looked_at(witness)
        assert contacts() == []
        for _ in range(2):
            assert say(environ)[-1]["provider"] == "openai"
        looked_at(witness)
        shown = left(environ)
        assert cloud.asked == [("POST /v1/chat/completions", f"Bearer {KEY}")] * 2
        assert [each["event"] for each in contacts()].count("socket.connect") == 2
        rows = shown["requests"]
        assert [(row["provider"], row["host"], row["state"]) for row in rows] == [
            ("openai", host, "answered")
        ] * 2
        assert {(row["prompt_tokens"], row["completion_tokens"]) for row in rows} == {(10, 20)}
        assert [row["cost_micros"] for row in rows] == [50, 50]
        assert sorted(row["sent_bytes"] for row in rows) == sorted(map(len, cloud.bodies))
        assert shown["total"]["cost_micros"] == 100
        home.stop()

        settle(home, cloud, witness, cap=0.0002)
        events = say(environ)
        assert events[-1]["provider"] == "witness"
        told = json.dumps(events)
        assert "the monthly cap is $0.0002: $0.0001 is spent" in told
        assert len(cloud.asked) == 2
        assert len(left(environ)["requests"]) == 2
        home.stop()
    kept = (path for path in home.paths.home.rglob("*") if path.is_file())
    holders = {path.name for path in kept if KEY.encode() in path.read_bytes()}
    assert holders == {"openai.key"}
