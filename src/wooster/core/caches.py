"""What is kept in memory so that it isn't worked out twice: a person's words are in it.

Each such cache is made known here where it is made, so that what is forgotten can be taken out of
all of them without anybody knowing which there are. It refuses to know what is in one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast
from weakref import WeakMethod

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

_of_functions: list[Callable[[], None]] = []
_of_objects: set[WeakMethod[Callable[[], None]]] = set()


def kept(most: int) -> Callable[[Callable[_Given, _Made]], Callable[_Given, _Made]]:
    """`functools.lru_cache` for a function that is given a person's words."""

    def keeping(function: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
        made = lru_cache(most)(function)
        _of_functions.append(made.cache_clear)
        return cast("Callable[_Given, _Made]", made)

    return keeping


def known(let_go: Callable[[], None]) -> None:
    """Have this method of an object called, too, for as long as there is the object. It may be
    called at any moment, from another thread than what fills the cache."""
    _of_objects.add(WeakMethod(let_go, _of_objects.discard))


def let_go() -> None:
    """Empty them all: they fill again as they are needed."""
    for clear in _of_functions:
        clear()
    for each in tuple(_of_objects):
        if (method := each()) is not None:
            method()
    re.purge()  # what words are looked for with is a pattern of them
