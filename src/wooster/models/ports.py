"""Which program listens on a port of this machine, as far as this user may know."""

from __future__ import annotations


def listener(port: int) -> str:
    """The program that listens on TCP `port`, as `name (process 123)`; blocking, some 100 ms."""
    import psutil  # imported here: needed only when something is wrong

    for process in psutil.process_iter(["name"]):
        try:
            connections = process.net_connections("tcp")
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        for connection in connections:
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                return f"{process.info['name']} (process {process.pid})"
    return "another user's program"
