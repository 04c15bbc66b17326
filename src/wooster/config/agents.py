"""Where a system keeps the description of a home's service, and what it is called there.

The file itself says whether there is a service: no note of ours can be out of date. It knows paths
and names; what stands in such a file, and who reads it, is the service's.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path


def suffix(home: Path) -> str:
    """What tells the services of several homes apart; "" for the usual one."""
    if home == Path("~/.wooster").expanduser():
        return ""
    return "-" + hashlib.sha256(os.fsencode(home)).hexdigest()[:8]


def launchd_label(home: Path, role: str = "daemon") -> str:
    return f"org.wooster.{role}{suffix(home)}"


def launchd_file(home: Path, role: str = "daemon") -> Path:
    folder = Path("~/Library/LaunchAgents").expanduser()
    return folder / f"{launchd_label(home, role)}.plist"


def systemd_unit(home: Path, role: str = "daemon") -> str:
    middle = "" if role == "daemon" else f"-{role}"
    return f"wooster{middle}{suffix(home)}.service"


def systemd_file(home: Path, role: str = "daemon", environ: Mapping[str, str] = os.environ) -> Path:
    config = environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(config).expanduser() / "systemd" / "user" / systemd_unit(home, role)


def has_service(home: Path, role: str = "daemon") -> bool:
    """Whether that part of this home is started by the system. Two looks at the disk."""
    return systemd_file(home, role).is_file() or launchd_file(home, role).is_file()
