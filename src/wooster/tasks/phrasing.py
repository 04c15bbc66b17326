"""The parts of a typed command about tasks. Pure."""

from __future__ import annotations

import re

from wooster.core.patterns import Pattern

_LISTS = {
    "inbox": "inbox.md",
    "next": "next_actions.md",
    "next actions": "next_actions.md",
    "next action": "next_actions.md",
    "waiting": "waiting_for.md",
    "waiting for": "waiting_for.md",
    "someday": "someday_maybe.md",
    "maybe": "someday_maybe.md",
    "someday/maybe": "someday_maybe.md",
}
_TO = Pattern(r"(?P<task>.*\S)\s+to\s+(?:the\s+|my\s+)?(?P<to>\S.*?)(?:\s+list)?", re.IGNORECASE)
_FOR = Pattern(r"(?:(?P<task>\S.*?)\s+)?for\s+(?P<who>\S.*)", re.IGNORECASE)
_EDIT = Pattern(r"#?(?P<number>\d+):?\s+(?P<text>\S.*)|(?P<task>[^:]+?):\s+(?P<other>\S.*)")


def list_file(words: str) -> str:
    """The file of a list by its name; "" for none."""
    return _LISTS.get(" ".join(words.casefold().split()).removesuffix(" list"), "")


def moved(words: str) -> tuple[str, str]:
    """ "3 to someday": the task and the list; "" for what isn't said."""
    found = _TO.fullmatch(words.strip())
    return (found["task"], found["to"]) if found else (words, "")


def awaited(words: str) -> tuple[str, str, str]:
    """ "3 for Bob": the task, who, and with "for Bob: the report" the words of a new one."""
    found = _FOR.fullmatch(words.strip())
    if found is None:
        return words, "", ""
    who, colon, text = found["who"].partition(":")
    if found["task"] is None:
        return "", who.strip(), text.strip() if colon else ""
    return found["task"], found["who"], ""


def edited(words: str) -> tuple[str, str]:
    """ "3 new words", "old words: new words": the task, and its new words."""
    found = _EDIT.fullmatch(words.strip())
    if found is None:
        return words, ""
    return found["number"] or found["task"], found["text"] or found["other"]
