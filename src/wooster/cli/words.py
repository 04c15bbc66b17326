"""Arguments as text. It knows how a shell hands them over, and no command."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def readable(word: str) -> str:
    """An argument whose bytes the locale couldn't read, as the UTF-8 that they mostly are."""
    return os.fsencode(word).decode("utf-8", "replace")


def joined(words: Iterable[str]) -> str:
    """What was typed after a command, as one text."""
    return " ".join(map(readable, words))


def absolute(path: str) -> str:
    """A file or folder as the daemon finds it, which works elsewhere."""
    return str(Path(readable(path)).expanduser().absolute())
