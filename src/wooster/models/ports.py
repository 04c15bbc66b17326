"""Which program listens on a port of this machine, and whether a process is one of ours."""

from __future__ import annotations

import os


def listener(port: int) -> str:
    """The program that listens on TCP `port`, as `name (process 123)`; blocking, some 100 ms."""
    name, pid = listening(port)
    return f"{name} (process {pid})" if pid else name


def listening(port: int) -> tuple[str, int]:
    """The name and number of the process that listens on TCP `port`, 0 where the system doesn't
    tell whose it is. Blocking, some 100 ms."""
    import psutil  # imported here: needed only when something is wrong

    for process in psutil.process_iter(["name"]):
        try:
            connections = process.net_connections("tcp")
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        for connection in connections:
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                return str(process.info["name"]), process.pid
    return "another user's program", 0


def is_own_process(pid: int, *names: str) -> bool:
    """Whether `pid` is a process of this user whose command line has one of `names` in it."""
    import psutil

    if pid <= 1:
        return False
    try:
        process = psutil.Process(pid)
        command = " ".join(process.cmdline())
        return process.uids().real == os.getuid() and any(name in command for name in names)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
