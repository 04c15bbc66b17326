"""Takes a server's port at once, and says who has it when it is taken.

It knows sockets and where the system lists them; it knows nothing of what is served.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
from pathlib import Path

from wooster.core.errors import WoosterError

_LISTEN = "0A"  # TCP_LISTEN in /proc/net/tcp


class PortTaken(WoosterError):
    code, exit_code, http_status = "port_taken", 98, 503  # 98: Linux's EADDRINUSE


def bind(host: str, port: int, *, setting: str, file: Path) -> socket.socket:
    """A listening socket. Raises `PortTaken`, naming the holder and the `setting` to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP: only where asyncio reads that it switches Nagle's algorithm off, with which each
    # answer of two small parts waited 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # A port whose last connections are still fading is free; one with a listener stays taken.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            told = f"Port {port} on {host} is taken by {_holder(port) or 'another program'}."
        else:
            told = f"Port {port} on {host} can't be used: {error.strerror}."
        raise PortTaken(
            told, hint=f"Stop that program, or set {setting} in {file} to a free port."
        ) from error
    return listener


def _holder(port: int) -> str:
    """The name and process id of the program that listens on `port`, where the system tells."""
    if Path("/proc/net/tcp").exists():
        return _holder_in_proc(port)
    if lsof := shutil.which("lsof"):
        command = [lsof, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
        told = {line[:1]: line[1:] for line in done.stdout.splitlines()}
        return f"{told['c']} (process {told['p']})" if {"c", "p"} <= told.keys() else ""
    return ""


def _holder_in_proc(port: int) -> str:
    wanted = {
        f"socket:[{fields[9]}]"
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text().splitlines()[1:]
        if (fields := line.split())[3] == _LISTEN and int(fields[1].rsplit(":", 1)[1], 16) == port
    }
    for process in Path("/proc").glob("[0-9]*"):
        try:
            links = [os.readlink(link) for link in (process / "fd").iterdir()]  # noqa: PTH115
            if wanted & set(links):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue  # somebody else's process, or one that has just ended
    return ""
