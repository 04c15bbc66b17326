"""The one module that knows where the shipped folders are: config, prompts, database, launchd.

In a checkout they stand at its root; the wheel carries them inside the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_IN_WHEEL = _PACKAGE / "_resources"
ROOT = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent.parent

CONFIG = ROOT / "config"
PROMPTS = ROOT / "prompts"
MIGRATIONS = ROOT / "database" / "migrations"
LAUNCHD = ROOT / "launchd"


def prompt(name: str) -> str:
    """The text of `prompts/{name}.txt` without its header of declared variables.

    The header is the lines that begin with `#:`; the rest is the prompt, with `{variable}` where a
    variable goes.
    """
    lines = (PROMPTS / f"{name}.txt").read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#:")).strip()
