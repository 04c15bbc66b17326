"""Names that files and folders may have, on any system. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_NOT_IN_NAME = re.compile(r"[^\w.\- ]+")
_LONGEST = 80


def file_name(told: str) -> str:
    """A document's: of a path its last part."""
    stem = PurePosixPath(told.replace("\\", "/")).name
    name = _plain(stem) or "document"
    return name if name.lower().endswith(".md") else f"{name}.md"


def folder_name(told: str) -> str:
    return _plain(told) or "without a name"


def _plain(told: str) -> str:
    return _NOT_IN_NAME.sub("_", told).strip(" ._")[:_LONGEST].strip(" ._")
