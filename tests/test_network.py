"""Which modules can reach a network at all, each with its reason: there is no other way out.

An import-linter contract would say less: it sees no import by name at run time, can't tell
`urllib.request` from `urllib.parse` nor a client that is made from one that is handed over, and
keeps no reasons. Nor does it see programs that are started, which have sockets of their own.
`e2e/test_nothing_leaves.py` holds the same against the sockets of the running program.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "src" / "wooster"

NETWORK = {
    *(
        "aiohttp",
        "apprise",
        "ftplib",
        "http",
        "httpcore",
        "httpx",
        "huggingface_hub",
        "openai",
        "requests",
    ),
    *("smtplib", "socket", "ssl", "telnetlib", "urllib3", "websockets", "xmlrpc"),
    *("grpc", "imaplib", "paramiko", "poplib", "pycurl", "socketserver", "_socket"),
}

REASONS = {
    "models/outlet.py": "the one client, behind the gate",
    "models/embeddings.py": "the errors of that client, which it is handed",
    "models/openai_http.py": "the errors of that client, which it is handed",
    "models/neighbours.py": "the errors of that client, which it is handed",
    "models/hub.py": "the errors of that client, which it is handed",
    "models/router.py": "the type of that client, which it is handed",
    "calendars/web.py": "the errors of that client, which it is handed",
    "weather/web.py": "the errors of that client, which it is handed",
    "models/spec.py": "the errors of that client, which it is handed",
    "bootstrap/leaving.py": "the errors of that client, with a permit of the gate",
    "notify/email.py": "the mail server that a person set up and allowed, in the ledger",
    "notify/apprise_sender.py": "a process for services that a person set up and allowed, in the "
    "ledger by their kind",
    "bootstrap/daemon.py": "the type of that client",
    "bootstrap/ground.py": "the type of that client",
    "bootstrap/search.py": "the type of that client",
    "models/handover.py": "a free port of this machine",
    "daemon/serve.py": "the Unix socket that is listened on",
    "daemon/socket.py": "the Unix socket that is listened on",
    "repl/client.py": "the daemon's Unix socket",
    "wire/peer.py": "the type of a Unix socket, which it is handed",
    "doctor/servers.py": "whether anybody listens on a port of this machine",
    "servers/command.py": "the loopback address that is listened on",
    "servers/moving.py": "the loopback address that is listened on",
    "servers/ports.py": "the loopback address that is listened on",
}

PROGRAMS = {
    "calendars/reader.py": "our own reader of calendars",
    "config/last_good.py": "git, which is asked for the commit that is checked out",
    "knowledge/reader.py": "our own reader of documents",
    "config/keys.py": "the system's keyring",
    "notify/programs.py": "the desktop's notifications; signal-cli and apprise, which leave the "
    "machine once a person set them up and allowed them, in the ledger",
    "models/process.py": "our own model servers",
    "repl/launch.py": "our own daemon, and this program again",
    "repl/own_program.py": "this program, to try a version out or to start its service",
    "service/running.py": "the system's launchctl, systemctl and loginctl",
    "servers/blas.py": "the compiler of this machine",
    "servers/ports.py": "who holds a port of this machine",
    "servers/starter.py": "pip, in the set-up that a person starts: it fetches the starter models",
    "storage/migrations.py": "our own migrations",
}

STARTERS = re.compile(
    r"\b(create_subprocess_\w+|subprocess\.\w+|Popen|multiprocessing\.\w+|"
    r"os\.(system|popen|exec\w+|spawn\w+|posix_spawn\w*|fork))\("
)
BY_NAME = re.compile(r"\b(import_module|__import__)\(")
CLIENTS = re.compile(
    r"\b(AsyncClient|httpx\.Client|AsyncHTTPTransport|HTTPTransport|create_connection|"
    r"open_connection|create_datagram_endpoint|sock_connect|httpx\.(get|post|stream|request))\("
)


def network_imports(source: str) -> set[str]:
    """The modules of `NETWORK` that a source imports, anywhere in it; `urllib.request` too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        found |= {name.split(".")[0] for name in names if name.split(".")[0] in NETWORK}
        found |= {name for name in names if name == "urllib.request"}
    return found


def importers() -> dict[str, set[str]]:
    files = {path.relative_to(SOURCES).as_posix(): path for path in SOURCES.rglob("*.py")}
    found = {name: network_imports(path.read_text("utf-8")) for name, path in files.items()}
    return {name: modules for name, modules in found.items() if modules}


def modules_with(pattern: re.Pattern[str]) -> set[str]:
    files = {path.relative_to(SOURCES).as_posix(): path for path in SOURCES.rglob("*.py")}
    return {name for name, path in files.items() if pattern.search(path.read_text("utf-8"))}


def test_only_these_modules_can_reach_a_network() -> None:
    """A module that is new here needs a reason, and a reason that is no longer needed goes."""
    assert set(importers()) == set(REASONS)


def test_only_the_outlet_makes_a_client() -> None:
    """Every other module is handed the one whose requests the gate has let through; signal-cli's
    daemon is on this machine, and what it passes on is in the ledger."""
    assert modules_with(CLIENTS) == {"models/outlet.py", "notify/signal_cli.py"}


def test_only_these_modules_start_programs() -> None:
    """A program that is started has sockets of its own, past the gate."""
    assert modules_with(STARTERS) == set(PROGRAMS)


def test_nothing_is_imported_by_name() -> None:
    """Which would be an import that the search for imports can't see."""
    assert modules_with(BY_NAME) == set()


def test_the_search_finds_what_it_looks_for() -> None:
    """Inside functions, by another name, and part by part."""
    source = "def f():\n    import httpx as h\nfrom urllib import request\nimport urllib.request\n"
    assert network_imports(source) == {"httpx", "urllib.request"}
    assert network_imports("from urllib.parse import urlsplit") == set()
