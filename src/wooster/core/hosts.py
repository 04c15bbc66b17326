"""Whether an address is this machine, another machine of the person's, or anybody's.

Pure functions over an address as text. Nothing is looked up: a name can mean one machine now and
another in a minute, so every name but `localhost` is another machine until the person says whose.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from typing import Literal
from urllib.parse import urlsplit

Place = Literal["here", "own", "away"]
"""here: this machine · own: one that the person listed as theirs · away: any other."""

# Only addresses that every parser reads alike are believed. With user names, backslashes, escapes,
# tabs or letters beyond ASCII, two programs may see two hosts in one address.
_CLEAR = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?(?:/[!-~]*)?", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.I)
_NAME = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?")


def host_of(url: str) -> str:
    """The host in `url`, in small letters and without brackets; "" when it isn't a clear one."""
    match = _CLEAR.fullmatch(url)
    return match[1].lower().strip("[]") if match else ""


def shown_host(url: str) -> str:
    """The host as a person may read it, also where `host_of` believes none."""
    try:
        return host_of(url) or urlsplit(url).hostname or without_keys(url)
    except ValueError:
        return without_keys(url)


def without_keys(text: str) -> str:
    """What was given for an address, as it may be shown: a user, a password and what follows the
    host, each of which may be a key, are left out. Any other text is as it was."""
    scheme, mark, rest = text.strip().partition("://")
    if not mark or not _SCHEME.fullmatch(scheme):
        user, at, host = text.rpartition("@")
        return f"…@{host}" if at and ":" in user else text
    # A password may have slashes in it, which no program would read so; a person may.
    _, at, rest = rest.rpartition("@")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return f"{scheme}://{at and '…@'}{host}{'/…' if rest[len(host) :].strip('/') else ''}"


def is_here(url: str) -> bool:
    """Whether `url` is certainly this machine: a loopback address, or `localhost`."""
    host = host_of(url)
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # ::ffff:127.0.0.1 is 127.0.0.1; whether Python calls it loopback depends on its version.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def place(url: str, own_hosts: Collection[str]) -> Place:
    """Where a request to `url` goes; when in doubt, away. `own_hosts` are `plain_name`s."""
    if is_here(url):
        return "here"
    host = host_of(url)
    return "own" if host and plain_name(host) in own_hosts else "away"


def plain_name(host: str) -> str:
    """One spelling for each host. Raises `ValueError` for what can't be the name of one."""
    text = host.strip().lower().removeprefix("[").removesuffix("]").removesuffix(".")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        if _NAME.fullmatch(text) is None or len(text) > 253:
            raise ValueError("a host's name or address, without http:// and port") from None
    return text
