"""Stand-ins for who is at the other end of a channel, each speaking its documented protocol: a mail
server with STARTTLS, signal-cli's daemon and its command line, and a desktop that shows
notifications on a message bus of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# --- e-mail --------------------------------------------------------------------------------------


@dataclass
class MailServer:
    """What it heard `before` and `after` the line was encrypted, and the mails that it took."""

    port: int = 0
    offers_tls: bool = True
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    login: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass  # the client went
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard, is_safe = self.before, False
        writer.write(b"220 stand-in ESMTP\r\n")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            heard.append(line)
            word = line.split()[0].upper()
            if word == "EHLO":
                offers = ["AUTH PLAIN", "8BITMIME"] if is_safe else []
                offers += ["STARTTLS"] if self.offers_tls and not is_safe else []
                lines = ["stand-in", *offers]
                joined = [f"250{'-' if each != lines[-1] else ' '}{each}" for each in lines]
                writer.write("".join(f"{each}\r\n" for each in joined).encode())
            elif word == "STARTTLS":
                writer.write(b"220 go ahead\r\n")
                await writer.start_tls(self.context)
                heard, is_safe = self.after, True
            elif word == "AUTH":
                self.login = base64.b64decode(line.split()[2]).decode()
                is_right = self.login == "\0me@example.org\0s3cret"
                writer.write(b"235 welcome\r\n" if is_right else b"535 no\r\n")
            elif word == "DATA":
                writer.write(b"354 go on\r\n")
                mail = []
                while (part := await reader.readline()) != b".\r\n":
                    mail.append(part.decode())
                self.mails.append("".join(mail))
                writer.write(b"250 taken\r\n")
            else:
                writer.write(b"250 yes\r\n")

    context: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))


@asynccontextmanager
async def mail_server(folder: Path) -> AsyncIterator[tuple[MailServer, ssl.SSLContext]]:
    """A running one, and what trusts its certificate."""
    certificate = await asyncio.to_thread(_certificate, folder)
    peer = MailServer()
    await asyncio.to_thread(peer.context.load_cert_chain, certificate)
    trust = await asyncio.to_thread(ssl.create_default_context, cafile=str(certificate))
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    async with server:
        peer.port = server.sockets[0].getsockname()[1]
        yield peer, trust


def _certificate(folder: Path) -> Path:
    """One for 127.0.0.1, signed by itself, with its key."""
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "stand-in.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


# --- Signal --------------------------------------------------------------------------------------


@dataclass
class SignalDaemon:
    """signal-cli's JSON-RPC daemon (signal-cli-jsonrpc(5)) of the account +491: it checks what it
    is asked, says what it receives between, and keeps what it `sent`."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            asked = json.loads(line)
            received = {"envelope": {"source": "+499", "dataMessage": {"message": "hi"}}}
            told = {"jsonrpc": "2.0", "method": "receive", "params": received}
            writer.write(json.dumps(told).encode() + b"\n")
            answer = {"jsonrpc": "2.0", "id": asked["id"], **self._answer(asked)}
            writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("jsonrpc") != "2.0" or asked.get("method") != "send":
            return {"error": {"code": -32601, "message": "Method not implemented", "data": None}}
        params = asked["params"]
        unknown = set(params) - {"account", "message", "recipient", "groupId", "noteToSelf"}
        if unknown or not isinstance(params.get("recipient", []), list):
            return {"error": {"code": -32602, "message": f"Invalid params {unknown}"}}
        if params.get("account") != "+491":
            told = "Specified account does not exist"
            return {"error": {"code": -1, "message": told, "data": None}}
        self.sent.append(params)
        results = [
            {"recipientAddress": {"number": each}, "type": "SUCCESS"}
            for each in params.get("recipient", ["+491"])
        ]
        return {"result": {"timestamp": 1764154800000, "results": results}}


_SIGNAL_CLI = """#!{python}
# signal-cli's command line (signal-cli(1)), of the account +491.
import json, sys
from pathlib import Path

given = sys.argv[1:]
if given[:2] != ["-a", "+491"]:
    print("User " + given[1] + " is not registered.", file=sys.stderr)
    sys.exit(1)
if given[2] != "send" or "--message-from-stdin" not in given:
    sys.exit(2)
to = [each for each in given[3:] if each != "--message-from-stdin"]
if to == ["+500"]:
    print("Failed to send (some) messages: +500: Untrusted identity", file=sys.stderr)
    sys.exit(4)
if to == ["+501"]:
    print("Failed to send message: Connection closed", file=sys.stderr)
    sys.exit(3)
with Path({kept!r}).open("a") as kept:
    kept.write(json.dumps([to, sys.stdin.read()]) + "\\n")
print(1764154800000)
"""

_SHOWS = """#!{python}
import json, sys
from pathlib import Path

given = sys.stdin.read()
if "trouble" in given:
    print("no display\\nCannot open display", file=sys.stderr)
    sys.exit(1)
Path({kept!r}).write_text(json.dumps([sys.argv[1:], given]))
"""


def signal_cli(folder: Path) -> tuple[Path, Path]:
    """A program that takes its place, and the file in which it keeps what it sent."""
    return _program(folder / "signal-cli", _SIGNAL_CLI)


def shows_notifications(folder: Path, name: str) -> Path:
    """A program called `name` that keeps what it was asked to show in the file it gives."""
    return _program(folder / name, _SHOWS)[1]


def _program(path: Path, text: str) -> tuple[Path, Path]:
    kept = path.with_suffix(".kept")
    path.write_text(text.format(python=sys.executable, kept=str(kept)))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path, kept


# --- a desktop -----------------------------------------------------------------------------------


@contextmanager
def desktop_bus() -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """A session bus with somebody who shows notifications: its address, and what was shown."""
    from jeepney import MessageType, message_bus, new_error, new_method_return
    from jeepney.io.blocking import open_dbus_connection

    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE
    )
    assert bus.stdout is not None
    address = bus.stdout.readline().decode().strip()
    shown: list[tuple[Any, ...]] = []
    ours = open_dbus_connection(address)
    ours.send_and_get_reply(message_bus.RequestName("org.freedesktop.Notifications"))

    def serve() -> None:
        try:
            while True:
                asked = ours.receive()
                if asked.header.message_type is not MessageType.method_call:
                    continue
                if asked.body[3] == "trouble":
                    ours.send(new_error(asked, "org.example.Full", "s", ("no room",)))
                    continue
                shown.append(asked.body)
                ours.send(new_method_return(asked, "u", (len(shown),)))
        except (ConnectionError, OSError):
            pass  # the bus ended

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield address, shown
    finally:
        bus.terminate()
        bus.wait()
        bus.stdout.close()
        thread.join()
        ours.close()
