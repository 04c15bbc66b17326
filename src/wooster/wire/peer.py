"""Who is at the other end of a Unix socket: the kernel's word, which no program can forge.

A socket's file mode keeps other users out; this holds where a folder was copied, mounted or made
with other modes, and lets a client see that what listens is its own person's daemon.
"""

from __future__ import annotations

import os
import socket
import struct
import sys

# struct ucred: pid, uid, gid. The constants are the systems' own headers'.
_LINUX = struct.Struct("iII")
# struct xucred: version, uid, number of groups, sixteen groups.
_XUCRED = struct.Struct("IIh2x16I")
_SOL_LOCAL, _LOCAL_PEERCRED = 0, 1


def uid_of_peer(connected: socket.socket) -> int:
    """The user of the process at the other end, as it was when the connection was made.

    Raises `OSError` where the connection is gone, or this system can't tell.
    """
    if sys.platform.startswith("linux"):
        told = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _LINUX.size)
        return int(_LINUX.unpack(told)[1])
    told = connected.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size)
    return int(struct.unpack_from("II", told)[1])


def is_own(connected: socket.socket) -> bool:
    """Whether the other end is this user's; raises as `uid_of_peer`."""
    return uid_of_peer(connected) == os.geteuid()
