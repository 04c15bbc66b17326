"""Which typed lines mean tasks: the parts of a command, and plain sentences.

A chat sentence must almost never be taken for one: what is read here names a list, a task or a day
outright. Pure.
"""

from __future__ import annotations

import re
from typing import Any

from wooster.core.patterns import Pattern
from wooster.tasks import lines

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

_OWN = r"(?:the|my|our)"
_TODO = r"(?:to-?do(?:s| list)?|to do list|tasks?(?: list)?|next actions?(?: list)?)"
_POLITE = r"(?:please\s+|can you\s+|could you\s+|would you\s+)*(?:please\s+)?"
_ADD_TO_TODO = Pattern(
    rf"{_POLITE}(?:add|put)\s+(?P<what>\S.*?)\s+(?:to|on|onto|in|into)\s+{_OWN}\s+{_TODO}",
    re.IGNORECASE,
)
_ADD_TO_LIST = Pattern(
    rf"{_POLITE}(?:add|put)\s+(?P<what>\S.*?)\s+(?:to|on|onto|in|into)\s+{_OWN}\s+"
    r"(?P<list>[\w-]+(?:\s[\w-]+)?)\s+list",
    re.IGNORECASE,
)
_NEW = Pattern(
    rf"{_POLITE}(?:add|create|make)\s+a\s+(?:new\s+)?(?:task|to-?do)(?:\s+to|:)?\s+(?P<what>\S.*)",
    re.IGNORECASE,
)
_MUST = Pattern(r"I\s+(?:need|have|must|ought)(?:\s+to)?\s+(?P<what>\S.*)", re.IGNORECASE)
_REMOVE = Pattern(
    rf"{_POLITE}(?:remove|take|cross|delete)\s+(?P<what>\S.*?)\s+(?:from|off)\s+{_OWN}\s+"
    r"(?:(?P<list>[\w-]+(?:\s[\w-]+)?)\s+)?list",
    re.IGNORECASE,
)
_DID = Pattern(
    r"I(?:'ve|’ve|\s+have)?\s+(?:finished|completed|done)\s+(?P<what>\S.*)", re.IGNORECASE
)
_ASK = Pattern(
    r"what(?:'s|’s|\s+is|\s+are|\s+do)\s+(?:I\s+(?:have|need)\s+to\s+do|left\s+to\s+do"
    rf"|(?:on\s+)?my\s+{_TODO})(?:\s+for)?(?:\s+(?P<day>today|tomorrow|this week))?",
    re.IGNORECASE,
)
_ASK_LIST = Pattern(
    rf"(?:what(?:'s|’s|\s+is)\s+on|show(?:\s+me)?|read(?:\s+me)?)\s+{_OWN}\s+"
    r"(?P<list>[\w-]+(?:\s[\w-]+)?)\s+list",
    re.IGNORECASE,
)
_SHOW = Pattern(rf"(?:show|list)(?:\s+me)?\s+(?:all\s+)?{_OWN}\s+{_TODO}", re.IGNORECASE)
_ASK_INBOX = Pattern(
    r"(?:what(?:'s|’s|\s+is)\s+in|show(?:\s+me)?)\s+my\s+inbox(?:\s+now)?", re.IGNORECASE
)
_NOBODY = {"it", "this", "that", "these", "those", "them", "him", "her", "me", "something"}
_NO_PROJECT = {"to-do", "todo", "to do", "task", "tasks", "next action", "next actions", "other"}


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


# --- plain sentences --------------------------------------------------------------------------


def _said(sentence: str) -> str:
    return " ".join(sentence.split()).rstrip(".!?")


def new_task(sentence: str) -> dict[str, Any] | None:
    """ "add milk to the shopping list": what `add` is given."""
    said = _said(sentence)
    if sentence.rstrip().endswith("?") and not re.match(
        r"(?i)\s*(?:can|could|would) you", sentence
    ):
        return None
    if found := _ADD_TO_TODO.fullmatch(said) or _NEW.fullmatch(said):
        return _given(found["what"])
    if found := _ADD_TO_LIST.fullmatch(said):
        name = found["list"].casefold()
        tag = "" if name in _NO_PROJECT else f" +{lines.slug(name)}"
        return _given(found["what"], tag)
    return None


def must(sentence: str) -> str:
    """ "I need to call Ana by Friday" without its begin; "" for another sentence."""
    found = _MUST.fullmatch(_said(sentence))
    return "" if found is None or sentence.rstrip().endswith("?") else found["what"]


def _given(what: str, tag: str = "") -> dict[str, Any] | None:
    what = what.strip().strip("\"“”'")
    return None if what.casefold() in _NOBODY or not what else {"text": f"{what}{tag}"}


def asked(sentence: str) -> dict[str, Any] | None:
    """ "what do I have to do today?": what the list is given."""
    said = _said(sentence)
    if found := _ASK.fullmatch(said):
        day = (found["day"] or "").casefold().removeprefix("this ")
        return {"filters": f"due:{day}" if day else ""}
    if _SHOW.fullmatch(said):
        return {"filters": ""}
    if found := _ASK_LIST.fullmatch(said):
        name = found["list"].casefold()
        return {"filters": "" if name in _NO_PROJECT else f"+{lines.slug(name)}"}
    return None


def asks_for_inbox(sentence: str) -> bool:
    return bool(_ASK_INBOX.fullmatch(_said(sentence)))


def removed(sentence: str) -> tuple[str, str] | None:
    """ "remove milk from the shopping list": the words, and the list's project or ""."""
    found = _REMOVE.fullmatch(_said(sentence))
    if found is None:
        return None
    name = (found["list"] or "").casefold()
    return found["what"], "" if name in _NO_PROJECT else lines.slug(name)


def did(sentence: str) -> str:
    """ "I finished the report": the words of the task; "" for another sentence."""
    found = _DID.fullmatch(_said(sentence))
    return found["what"] if found else ""
