"""Backups in words and as JSON. It asks the disk for their sizes, which blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from wooster.core.text import clean, counted, escaped, number
from wooster.safekeeping.service import Looked, Made
from wooster.storage.copies import (
    ASKED,
    BEFORE_FIX,
    BEFORE_RESTORE,
    DAILY,
    DAMAGED,
    Copy,
    Tested,
)

_WHY = {
    DAILY: "daily",
    ASKED: "you asked for it",
    BEFORE_FIX: "before the doctor mended",
    BEFORE_RESTORE: "before a restore",
    DAMAGED: "put aside, damaged",
}
_NOUNS = {
    "turns": ("exchange", "exchanges"),
    "facts": ("fact", "facts"),
    "habits": ("habit", "habits"),
    "goals": ("goal", "goals"),
    "jobs": ("reminder or other job", "reminders and other jobs"),
    "documents": ("document", "documents"),
}


def made_text(made: Made) -> str:
    tested = made.tested
    lines = [
        f"Backed up, and read back: {holding(tested)}, {size(made.copy)}.",
        f"`{made.copy.path}`",
    ]
    if made.elsewhere is not None:
        lines.append(f"Also in `{made.elsewhere.path.parent}`, read back there.")
    if tested.left_out:
        named = ", ".join(escaped(clean(each)) for each in tested.left_out[:3])
        lines.append(f"{counted(len(tested.left_out), 'file')} couldn't be taken: {named}.")
    lines.append("It isn't encrypted. Passwords in `credentials` and the keyring aren't in it.")
    return "\n\n".join(lines)


def listed_text(found: Sequence[Looked], zone: tzinfo | None) -> str:
    if not found:
        return "There is no backup yet: `wooster backup` makes one, and each day does."
    lines = [f"- {at}. {_line(each, zone)}" for at, each in enumerate(found, 1)]
    bad = sum(1 for each in found if each.problem)
    told = f"**{counted(bad, 'backup')} can't be restored.**" if bad else "All could be restored."
    return "\n".join(lines) + f"\n\n{told} `wooster restore N` goes back to one."


def _line(looked: Looked, zone: tzinfo | None) -> str:
    copy = looked.copy
    head = f"**{when(copy, zone)}** ({why(copy)}, {size(copy)})"
    if looked.tested is None:
        return f"{head}: {escaped(looked.problem)}"
    out = looked.tested.left_out
    left_out = f"; {counted(len(out), 'file')} couldn't be taken" if out else ""
    return f"{head}: {holding(looked.tested)}{left_out}"


def when(copy: Copy, zone: tzinfo | None) -> str:
    return f"{copy.made.astimezone(zone):%Y-%m-%d %H:%M}"


def why(copy: Copy) -> str:
    return _WHY.get(copy.why, "before an update" if copy.why.startswith("after-") else copy.why)


def holding(tested: Tested) -> str:
    """`12 exchanges, 3 facts and 14 files`."""
    told = [
        f"{number(count)} {_NOUNS[name][count != 1]}"
        for name, count in tested.counts.items()
        if count
    ]
    if tested.files or tested.files is None:
        told.append("no files" if tested.files is None else counted(tested.files, "file"))
    if not told:
        return "nothing yet"
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def size(copy: Copy) -> str:
    return f"{copy.size_bytes / 1_000_000:.1f} MB"


def data(looked: Looked) -> Mapping[str, Any]:
    tested = looked.tested
    return {
        "path": str(looked.copy.path),
        "made": looked.copy.made.isoformat(),
        "why": looked.copy.why,
        "size_bytes": looked.copy.size_bytes,
        "sound": tested is not None,
        "problem": looked.problem,
        "counts": dict(tested.counts) if tested else {},
        "files": tested.files if tested else None,
    }
