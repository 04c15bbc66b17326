"""Each channel against who is at its other end, or a stand-in that speaks the documented protocol;
and one falling over to the next, as a reminder does."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.notify import peers
from tests.schedule.conftest import Time
from wooster.bootstrap.leaving import Leaving
from wooster.bootstrap.time import Posting, Words
from wooster.config.telling import (
    AppriseChannel,
    EmailChannel,
    NtfyChannel,
    SignalChannel,
    WebhookChannel,
)
from wooster.core.clock import ManualClock
from wooster.models.month import Month
from wooster.notify.apprise_urls import Apprise
from wooster.notify.channels import Channels
from wooster.notify.desktop import Desktop
from wooster.notify.email import Email
from wooster.notify.model import Channel, Message, NotSent
from wooster.notify.signal_cli import Signal
from wooster.notify.web import Ntfy, Webhook
from wooster.schedule import store
from wooster.schedule.engine import Engine
from wooster.schedule.model import Due
from wooster.storage import Database

MESSAGE = Message("7-1", "Reminder · 09:00", "call “Ana” & <Bob> – at 5\n$HOME `x` [] 'y'", "plain")

# --- the desktop --------------------------------------------------------------------------------


class _Importing(MetaPathFinder):
    """Finds nothing, and knows which threads looked for what speaks D-Bus."""

    def __init__(self) -> None:
        self.threads: set[int] = set()

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition(".")[0] == "jeepney":
            self.threads.add(threading.get_ident())


@pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="there is no D-Bus here")
async def test_a_desktop_shows_it_by_d_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a real bus: the title and the text come to whoever shows notifications as they are, the
    text with its markup made harmless, as the specification wants it. No program has them as
    arguments: none is started. Of several addresses the first that answers is it. Where the desktop
    refuses, or is gone, that is told; and nothing is imported on the loop."""
    running = peers.desktop_bus()
    address, shown = await asyncio.to_thread(running.__enter__)
    several = f"unix:path={tmp_path / 'gone'};tcp:host=127.0.0.1,port=9;{address}"
    desktop = Desktop({"PATH": "", "DBUS_SESSION_BUS_ADDRESS": several}, platform="linux")
    for name in [each for each in sys.modules if each.partition(".")[0] == "jeepney"]:
        monkeypatch.delitem(sys.modules, name)
    importing = _Importing()
    monkeypatch.setattr(sys, "meta_path", [importing, *sys.meta_path])
    try:
        assert await asyncio.to_thread(desktop.lacks) == ""
        await desktop.send(MESSAGE)
        await desktop.send(Message("8", "\ud800", "\0x"))
        with pytest.raises(NotSent, match=r"the desktop shows nothing: .*no room"):
            await desktop.send(Message("9", "trouble", "x"))
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)
    text = "call “Ana” &amp; &lt;Bob&gt; – at 5\n$HOME `x` [] 'y'"
    assert shown == [
        ("Wooster", 0, "", "Reminder · 09:00", text, [], {}, -1),
        ("Wooster", 0, "", "?", "x", [], {}, -1),
    ]
    assert importing.threads and threading.get_ident() not in importing.threads
    no_socket = "a message bus on a Unix socket"
    for gone, why in (
        (address, ""),
        ("tcp:host=127.0.0.1,port=9", no_socket),
        ("nothing", no_socket),
        (";", "somebody who is logged in"),
    ):
        desktop = Desktop({"DBUS_SESSION_BUS_ADDRESS": gone}, platform="linux")
        lacks = await asyncio.to_thread(desktop.lacks)
        assert lacks.startswith(why) and bool(lacks) == bool(why)
        with pytest.raises(NotSent, match=why if why == no_socket else "nobody is logged in"):
            await desktop.send(MESSAGE)


async def test_a_desktop_shows_it_by_a_program(tmp_path: Path) -> None:
    """On a Mac: on its input, and no argument has any of it, which all users can read; what the
    program says of a failure is told."""
    kept = await asyncio.to_thread(peers.shows_notifications, tmp_path, "osascript")
    desktop = Desktop({"PATH": str(tmp_path)}, "darwin")
    await desktop.send(MESSAGE)
    arguments, given = json.loads(await asyncio.to_thread(kept.read_text))
    assert arguments[:3] == ["-l", "JavaScript", "-e"] and len(arguments) == 4
    assert "Ana" not in str(arguments) and "Reminder" not in str(arguments)
    assert json.loads(given) == {"title": "Wooster: Reminder · 09:00", "text": MESSAGE.text}
    with pytest.raises(NotSent, match="osascript failed: Cannot open display"):
        await desktop.send(Message("8", "trouble", "x"))


# --- Signal --------------------------------------------------------------------------------------


def signal(out: Leaving, **more: str) -> Signal:
    given = {"account": "+491", "to": "+492", "group": "", "daemon": "", "command": "signal-cli"}
    return Signal(SignalChannel.model_validate(given | more), out)


@pytest.mark.parametrize("kind", ["tcp", "unix"])
async def test_signal_by_its_daemon(out: Leaving, paths: Any, kind: str) -> None:
    """By TCP and by a socket; to a person, and to oneself; an account that it doesn't have is no
    reason to try again."""
    daemon = peers.SignalDaemon()
    if kind == "tcp":
        server = await asyncio.start_server(daemon.serve, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    else:
        address = str(paths.run / "signal")
        server = await asyncio.start_unix_server(daemon.serve, address)
    async with server:
        await signal(out, daemon=address).send(MESSAGE)
        await signal(out, daemon=address, to="").send(MESSAGE)
        with pytest.raises(NotSent) as refused:
            await signal(out, daemon=address, account="+490").send(MESSAGE)
    assert refused.value.is_final
    base = {"account": "+491", "message": MESSAGE.text}
    assert daemon.sent == [{**base, "recipient": ["+492"]}, {**base, "noteToSelf": True}]


async def test_signal_by_its_command_line(out: Leaving, tmp_path: Path) -> None:
    """The text is on its input and no argument; long text goes in parts; each way in which it ends
    says whether trying again can help, and names nobody."""
    program, kept = await asyncio.to_thread(peers.signal_cli, tmp_path)
    command = str(program)
    await signal(out, command=command).send(Message("1", "", "word " * 900))
    await signal(out, command=command, group="abc=").send(MESSAGE)
    lines = [json.loads(line) for line in (await asyncio.to_thread(kept.read_text)).splitlines()]
    assert [to for to, _ in lines] == [["+492"]] * 3 + [["-g", "abc="]]
    assert [text[:6] for _, text in lines[:3]] == ["(1/3) ", "(2/3) ", "(3/3) "]
    assert " ".join(text[6:] for _, text in lines[:3]).split() == ["word"] * 900
    assert lines[3][1] == MESSAGE.text
    reasons = {}
    for name, more in {
        "account": {"account": "+490"},
        "key": {"to": "+500"},
        "line": {"to": "+501"},
        "none": {"command": str(tmp_path / "nowhere")},
    }.items():
        with pytest.raises(NotSent) as refused:
            await signal(out, **{"command": command, **more}).send(MESSAGE)
        reasons[name] = refused.value.is_final
        assert "+4" not in refused.value.reason and "+5" not in refused.value.reason
    assert reasons == {"account": True, "key": True, "line": False, "none": True}


# --- e-mail --------------------------------------------------------------------------------------


def email(clock: ManualClock, out: Leaving, port: int, **more: Any) -> Email:
    given = {
        **{"host": "127.0.0.1", "port": port, "security": "starttls", "user": "me@example.org"},
        **{"password": SecretStr(more.get("password", "s3cret")), "from": "", "to": "ana@x.org"},
    }
    return Email(EmailChannel.model_validate(given), out, {}, clock, more.get("trust"))


async def test_mail_goes_by_starttls_or_not_at_all(
    clock: ManualClock,
    out: Leaving,
    tmp_path: Path,
) -> None:
    """Name, password and text are said only once the line is encrypted, and only to a server whose
    certificate is right; a wrong password is final."""
    async with peers.mail_server(tmp_path) as (peer, trust):
        await email(clock, out, peer.port, trust=trust).send(MESSAGE)
        assert [line.split()[0].upper() for line in peer.before] == ["EHLO", "STARTTLS"]
        assert peer.login == "\0me@example.org\0s3cret"
        assert "rcpt TO:<ana@x.org>" in peer.after
        (mail,) = peer.mails
        assert "Auto-Submitted: auto-generated" in mail
        with pytest.raises(NotSent, match="name and password") as refused:
            await email(clock, out, peer.port, trust=trust, password="wrong").send(MESSAGE)
        assert refused.value.is_final
        for trusts, reason in ((None, "certificate"), (trust, "STARTTLS")):
            peer.before.clear()
            peer.offers_tls = trusts is None
            with pytest.raises(NotSent, match=reason):
                await email(clock, out, peer.port, trust=trusts).send(MESSAGE)
            assert {line.split()[0].upper() for line in peer.before} <= {"EHLO", "STARTTLS"}
        assert len(peer.mails) == 1


# --- HTTP ----------------------------------------------------------------------------------------


class Posted:
    """What was posted to an HTTP server; it answers with each of `answers` and then 200."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[dict[str, Any]] = []
        self.answers: list[int] = []


@contextmanager
def http() -> Iterator[Posted]:
    posted = Posted()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status = posted.answers.pop(0) if posted.answers else 200
            if status == 200:
                posted.bodies.append(body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    posted.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield posted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ntfy(out: Leaving, url: str) -> Ntfy:
    return Ntfy(NtfyChannel(url=url, topic=SecretStr("t"), token=SecretStr("")), out, {})


async def test_long_text_goes_on_where_it_stopped(out: Leaving) -> None:
    """A part that fails is sent again at the next try, and those before it aren't."""
    text = "\n".join(f"line {n} of a long briefing" for n in range(400))
    with http() as peer:
        peer.answers = [200, 503]
        channel = ntfy(out, peer.url)
        with pytest.raises(NotSent, match="answered 503"):
            await channel.send(Message("9", "Briefing", text))
        await channel.send(Message("9", "Briefing", text))
        parts = [str(body["message"]) for body in peer.bodies]
    assert [part[:6] for part in parts] == ["(1/3) ", "(2/3) ", "(3/3) "]
    assert all(len(part.encode()) <= 4096 for part in parts)
    assert "\n".join(part[6:] for part in parts) == text


async def test_apprise_has_addresses_and_text_on_its_input(
    out: Leaving,
    tmp_path: Path,
) -> None:
    """They are no arguments, which every user can read; each way in which it ends is told."""
    program, kept = tmp_path / "sender.py", tmp_path / "kept"
    text = f"import sys\nopen({str(kept)!r}, 'w').write(sys.stdin.read())\n"
    await asyncio.to_thread(program.write_text, text + "sys.exit(int(sys.argv[1]))\n")
    url = "json://127.0.0.1:9/secret"
    settings = AppriseChannel(urls=[SecretStr(url)])
    reasons = []
    for code in range(5):
        channel = Apprise(settings, out, {}, [sys.executable, str(program), str(code)])
        assert channel.host == "json"
        try:
            await channel.send(MESSAGE)
            reasons.append("")
        except NotSent as error:
            reasons.append(f"{error.reason}{' (final)' if error.is_final else ''}")
    told = json.loads(await asyncio.to_thread(kept.read_text))
    assert told == {"urls": [url], "title": MESSAGE.title, "text": MESSAGE.text}
    assert reasons == [
        "",
        "not every service took it",
        "not every service took it",
        "the library apprise isn't there (final)",
        "apprise doesn't know such an address (final)",
    ]
    rows = await out._ledger.rows(Month(2026, 11), 9)
    assert {row.entry.host for row in rows} == {"json"}


async def test_apprise_itself(out: Leaving) -> None:
    """The library, where it is installed, posts to a real server."""
    pytest.importorskip("apprise")
    with http() as peer:
        url = SecretStr(peer.url.replace("http://", "json://"))
        await Apprise(AppriseChannel(urls=[url]), out, {}).send(MESSAGE)
        assert (peer.bodies[0]["title"], peer.bodies[0]["message"]) == (
            MESSAGE.title,
            MESSAGE.text,
        )


# --- one after the other -------------------------------------------------------------------------


async def test_a_failed_channel_falls_over_to_the_next(
    database: Database,
    out: Leaving,
    tmp_path: Path,
) -> None:
    """A reminder whose desktop and Signal are dead and whose ntfy refuses goes out by the webhook,
    once, word for word; each failure is kept; the next day it is ntfy's, which is up again."""
    time = Time(database)

    async def words(due: Due) -> Words:
        return Words("Reminder", due.job.text)

    with http() as peer, http() as hook:
        peer.answers = [500]
        tried: list[Channel] = [
            Desktop({"PATH": str(tmp_path)}, platform="linux"),
            signal(out, daemon="127.0.0.1:9"),
            ntfy(out, peer.url),
            Webhook(WebhookChannel(url=SecretStr(hook.url), secret=SecretStr("")), out, {}),
        ]
        names = [each.name for each in tried]
        posting = Posting(Channels(tried, names, ["signal"]), {"reminder": words})
        time.engine = Engine(database, time.clock, posting, time.engine._waking)
        await time.daily("call Ana – now", "2026-11-26T09:00", channels=tuple(names))
        for day in (26, 27):
            time.at(f"2026-11-{day}T09:00")
            for due in await time.engine.tick():
                await time.engine.hand_over(due)
    assert [each["text"] for each in hook.bodies] == ["call Ana – now"]
    assert [each["message"] for each in peer.bodies] == ["call Ana – now"]
    rows = await time.schedule.newest(9, ["delivered"])
    assert [due.occurrence.channel for due in rows] == ["ntfy", "webhook"]
    failed = await database.read(
        lambda connection: [
            tuple(row)
            for row in connection.execute(
                "SELECT channel, error FROM deliveries WHERE state = 'failed' ORDER BY id"
            )
        ]
    )
    assert failed[:3] == [
        ("desktop", "nobody is logged in to a desktop here"),
        ("signal", "signal-cli's daemon doesn't answer"),
        ("ntfy", "the server answered 500"),
    ]
    assert await database.read(store.verify) == []
