"""Loaded by every Python process of a test: reports network contacts, refuses all but loopback and
`$SPY_ALLOWED`.

It reports too what the hub's library is told as it is imported, which is when it reads it; and a
file with `$SPY_BREAKS` in its name can't be opened, for a reason that nobody has foreseen.
"""

from __future__ import annotations

import ipaddress
import json
import os
import sys
from pathlib import Path
from typing import Any


def _is_loopback(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.split("%")[0]).is_loopback
    except ValueError:
        return False


def _is_allowed(host: object) -> bool:
    return _is_loopback(host) or (bool(host) and str(host) == os.environ.get("SPY_ALLOWED"))


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "import" and arguments[0] == "huggingface_hub.constants":
        offline = os.environ.get("HF_HUB_OFFLINE", "")
        _report({"event": "hub", "program": " ".join(sys.orig_argv), "offline": offline})
        return
    breaks = os.environ.get("SPY_BREAKS")
    if event == "open" and breaks and breaks in str(arguments[0]):
        raise RuntimeError(f"nobody has foreseen {arguments[0]}")
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.bind" and isinstance(arguments[1], tuple):
        host = arguments[1][0] or "0.0.0.0"  # an empty host listens to the whole network
    else:
        return
    allowed = _is_allowed(host)
    program = " ".join(sys.orig_argv)
    _report({"event": event, "host": str(host), "program": program, "allowed": allowed})
    if not allowed:
        raise ConnectionRefusedError(f"{event} {host!r}: refused by the test")


def _report(found: dict[str, Any]) -> None:
    with Path(os.environ["SPY_FILE"]).open("a") as file:
        file.write(json.dumps(found) + "\n")


if os.environ.get("SPY_FILE"):
    sys.addaudithook(_watch)
