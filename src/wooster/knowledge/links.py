"""Which document a link leads to, as Obsidian finds it: pure.

A link is compared by the last part of its target first (`name_of`, which is stored and indexed),
and then in full among the documents that have such a name. Where one leads is never stored: a
document that comes nearer tomorrow is the one it leads to tomorrow.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePath
from urllib.parse import unquote

from wooster.knowledge import places

_NOTE = ".md"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that a link may mean."""

    id: int
    path: str
    title: str
    aliases: tuple[str, ...] = ()


def name_of(target: str) -> str:
    """The form in which names are compared: the last part, composed, without case, decoded."""
    return _folded(places.last_of(unquote(target).rstrip("/")))


def _folded(text: str) -> str:
    return " ".join(places.composed(text).casefold().split())


def resolve(target: str, source: str, candidates: Iterable[Candidate]) -> int | None:
    """The document that `target`, written in the file `source`, means; None for none of them.

    First the file at that path seen from the source's folder; then one whose path ends so; then one
    with that title, then that alias. Of several, the nearest to the source.
    """
    among = list(candidates) if name_of(target) else []
    for written in dict.fromkeys((target, unquote(target))):
        for fits in (_is_at, _ends_so, _is_titled, _is_also_called):
            found = [each for each in among if fits(written, source, each)]
            if found:
                return min(found, key=lambda each: _distance(source, each)).id
    return None


def _is_at(target: str, source: str, candidate: Candidate) -> bool:
    path = os.path.normpath(f"{places.parent_of(source)}/{target}")
    return _is_file(_parts(path), _parts(candidate.path))


def _ends_so(target: str, _source: str, candidate: Candidate) -> bool:
    wanted = [part for part in _parts(target) if part not in ("", ".", "..")]
    return bool(wanted) and _is_file(wanted, _parts(candidate.path)[-len(wanted) :])


def _is_titled(target: str, _source: str, candidate: Candidate) -> bool:
    return _folded(target) == _folded(candidate.title)


def _is_also_called(target: str, _source: str, candidate: Candidate) -> bool:
    return _folded(target) in map(_folded, candidate.aliases)


def _parts(path: str) -> list[str]:
    return [_folded(places.shown(part)) for part in path.split("/")]


def _is_file(wanted: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the parts of a path are those that are wanted, the ending of the last left out or
    not."""
    if len(wanted) != len(parts) or list(wanted[:-1]) != list(parts[:-1]):
        return False
    return wanted[-1] in (parts[-1], PurePath(parts[-1]).stem)


def _distance(source: str, candidate: Candidate) -> tuple[int, int, bool, str]:
    """Steps from the source's folder to the document's; then the shorter path, then a note."""
    here, there = (places.parent_of(path).split("/") for path in (source, candidate.path))
    shared = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(here, there, strict=False))
    )
    steps = len(here) + len(there) - 2 * shared
    return steps, len(there), not candidate.path.lower().endswith(_NOTE), candidate.path
