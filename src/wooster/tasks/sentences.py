"""Plain sentences about tasks: "put milk on the shopping list", "what's due this week?".

A chat sentence must almost never be taken for one: what is read here names a list, a task or a day
outright, and all of the sentence is understood. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wooster.core import days
from wooster.core.forms import PAST, stem
from wooster.core.patterns import Pattern
from wooster.tasks import lines
from wooster.tasks.choosing import plain
from wooster.tasks.model import Item

_OWN = r"(?:the|my|our)"
_TODO = (
    r"(?:to-?dos?(?:\s+list)?|to\s+do(?:s|\s+list)?|(?:list\s+of\s+)?tasks?(?:\s+list)?"
    r"|(?:list\s+of\s+)?next\s+actions?(?:\s+list)?)"
)
_POLITE = r"(?:please\s+|can you\s+|could you\s+|would you\s+)*(?:please\s+)?"
_PUT = (
    r"(?:add|put|stick|pop|throw|write|jot|enter|note)(?:\s+down)?"
    r"(?!\s+(?:in|on|up|off|out|together|away|back)\b)"
)
_ON = r"(?:to|on|onto|in|into)"
_LIST = r"(?P<list>[\w-]+(?:\s[\w-]+)?)\s+list"
_DAY = rf"(?P<day>today|tomorrow|tonight|this\s+week|next\s+week|(?:on\s+)?(?:{days.WEEKDAY}))"
_ADD_TO_TODO = Pattern(
    rf"{_POLITE}{_PUT}\s+(?P<what>\S.*?)\s+{_ON}\s+(?:{_OWN}\s+{_TODO}|{_OWN}\s+list)"
    rf"(?:\s+for\s+(?!this\s+week){_DAY})?",
    re.IGNORECASE,
)
_ADD_TO_LIST = Pattern(
    rf"{_POLITE}{_PUT}\s+(?P<what>\S.*?)\s+{_ON}\s+(?:{_OWN}\s+)?{_LIST}", re.IGNORECASE
)
_ADD_AFTER = Pattern(
    rf"{_POLITE}(?:add|put|note)\s+{_ON}\s+{_OWN}\s+"
    rf"(?:{_TODO}|list|(?P<list>[\w-]+(?:\s[\w-]+)?)\s+list)\s*[:,-]?\s+(?P<what>\S.*)",
    re.IGNORECASE,
)
_NEW = Pattern(
    rf"{_POLITE}(?:(?:add|create|make|set\s+up|start|open)\s+(?:a\s+|an\s+)?(?:new\s+)?"
    r"|(?:a\s+)?new\s+)(?:task|to-?do|to\s+do)(?:\s+item)?"
    r"(?:\s+(?:to|for(?:\s+me\s+to)?|called|named)\s+|\s*[:,-]\s*|\s+(?!list|item|app|force)"
    r"(?=[a-z]+\s))(?P<what>\S.*)",
    re.IGNORECASE,
)
_BARE_NEW = Pattern(r"(?:task|to-?do)\s*:\s*(?P<what>\S.*)", re.IGNORECASE)
_NOTED = Pattern(
    rf"{_POLITE}(?:(?:note|write|jot)\s+down|make\s+a\s+note)\s+"
    r"(?:that\s+I\s+(?:have|need|must|ought|got)(?:\s+to)?|to)\s+(?P<what>\S.*)",
    re.IGNORECASE,
)
_JOTTED = Pattern(rf"{_POLITE}jot\s+down\s+(?P<what>\S.*)", re.IGNORECASE)
_MUST = Pattern(
    r"I(?:'ve|’ve)?\s+(?:need|have|must|ought|got|gotta)(?:\s+to)?\s+(?P<what>\S.*)",
    re.IGNORECASE,
)
_NO_DUTY = Pattern(
    r"(?:know|find\s+out|understand|hear|see\s+(?:if|how|what)|an?\b|some\b|help\b|you\b).*"
    r"|.*\b(?:and|but|so)\s+I\b",
    re.IGNORECASE,
)
_NOT_FORGOTTEN = Pattern(
    r"do(?:n['’]?t|\s+not)\s+(?:let\s+me\s+)?forget\s+to\s+(?P<what>(?!remind)\S.*)", re.IGNORECASE
)
_FROM = (
    rf"(?:from|off)\s+(?:of\s+)?(?:{_OWN}\s+)?(?:{_TODO}|list"
    r"|(?P<list>[\w-]+(?:\s[\w-]+)?)\s+list)"
)
_REMOVE = Pattern(
    rf"{_POLITE}(?:remove|take|cross|delete|drop|scratch|strike)\s+(?P<what>\S.*?)\s+{_FROM}",
    re.IGNORECASE,
)
_REMOVE_NAMED = Pattern(
    rf"{_POLITE}(?:remove|delete|drop|scrap|forget(?:\s+about)?)\s+(?:{_OWN}\s+)?"
    r"(?:(?:task|to-?do)\s+(?:to\s+|about\s+)?(?P<what>\S.*)|(?P<before>\S.*?)\s+(?:task|to-?do))",
    re.IGNORECASE,
)
_SHOW = r"(?:show|list|give|read|see|tell|check)(?:\s+me)?(?:\s+out)?(?:\s+all)?(?:\s+of)?"
_WHAT = r"(?:what(?:'s|’s|s|\s+is|\s+are|\s+does)|what)"
_OF_DAY = rf"(?:\s+(?:for\s+|due\s+|due\s+on\s+|on\s+)?{_DAY})?"
_ASK = Pattern(
    rf"(?:{_WHAT}\s+(?:there\s+)?(?:on|left\s+on|still\s+on|in)\s+my\s+(?:{_TODO}|plate|list)"
    rf"|(?:what\s+are|{_SHOW})\s+{_OWN}\s+(?:open\s+|outstanding\s+|remaining\s+|pending\s+|current\s+)?"
    rf"{_TODO}|my\s+{_TODO}"
    rf"|(?:{_SHOW}\s+)?what\s+(?:do\s+)?I\s+(?:still\s+)?(?:have|need|ought)\s+(?:left\s+)?to\s+"
    r"(?:do|get\s+done|finish)|what(?:'s|’s|\s+is)\s+(?:still\s+)?left\s+(?:for\s+me\s+)?to\s+do"
    r"|(?:which|what)\s+(?:open\s+)?(?:tasks|to-?dos|next\s+actions)\s+(?:do\s+I\s+(?:still\s+)?have"
    r"|have\s+I\s+got|are\s+(?:open|left|there))(?:\s+(?:left|open))?"
    rf"|do\s+I\s+have\s+(?:any\s+)?(?:open\s+)?(?:tasks|to-?dos)(?:\s+left)?){_OF_DAY}",
    re.IGNORECASE,
)
_ASK_DUE = Pattern(
    r"(?:(?:which|what)\s+(?:tasks?|to-?dos|next\s+actions)\s+(?:are|is)|what(?:'s|’s|s|\s+is|\s+are)"
    r"|anything|any\s+(?:tasks?|to-?dos)|do\s+I\s+have\s+(?:any\s+(?:tasks|to-?dos)|anything)"
    rf"|{_SHOW}(?:\s+(?:what(?:'s|’s|\s+is)|the\s+tasks|my\s+tasks|tasks)))\s+(?:that(?:'s|\s+are)\s+)?"
    rf"(?:(?P<late>overdue|late)|due(?:\s+(?:for|on|by))?(?:\s+{_DAY})?)",
    re.IGNORECASE,
)
_ASK_LIST = Pattern(
    rf"(?:(?:what(?:'s|’s|s|\s+is)\s+(?:still\s+)?(?:on|left\s+on)|{_SHOW})\s+{_OWN}\s+{_LIST}"
    r"|what(?:'s|’s|s|\s+is)\s+(?:still\s+)?on\s+(?P<own>(?:shopping|grocery|packing))\s+list)",
    re.IGNORECASE,
)
_ASK_PROJECT = Pattern(
    rf"(?:{_SHOW}|what\s+are)\s+{_OWN}\s+(?:open\s+)?{_TODO}\s+(?:for|of|in)\s+"
    r"(?:(?:the\s+)?project\s+(?P<list>[\w-]+(?:\s[\w-]+)?)|the\s+(?P<own>[\w-]+(?:\s[\w-]+)?)\s+project)",
    re.IGNORECASE,
)
_ASK_INBOX = Pattern(
    r"(?:what(?:'s|’s|s|\s+is)(?:\s+there)?\s+in|show(?:\s+me)?|open|check)\s+my\s+inbox(?:\s+now)?",
    re.IGNORECASE,
)
_SINCE = (
    r"(?:\s+(?:today|yesterday|just\s+now|now|already|again|this\s+(?:morning|afternoon|evening)"
    r"|last\s+night|earlier))*"
)
_SAID_DONE = Pattern(
    r"(?:mark\s+(?P<marked>\S.*?)\s+(?:as\s+)?(?:done|complete|completed|finished)"
    r"|(?:tick|check|cross)\s+off\s+(?P<ticked>\S.*)"
    r"|(?:tick|check)\s+(?P<off>\S.*?)\s+off(?:\s+(?:of\s+)?(?:my|the)\s+list)?"
    r"|(?:complete|finish|close)\s+(?:the\s+)?(?:task|to-?do)\s+(?P<named>\S.*)"
    r"|(?:I(?:'m|’m|\s+am)\s+)?(?:all\s+)?(?:done|finished|through)\s+with\s+(?P<with>\S.*?)"
    r"|(?P<ended>\S.*?)\s+(?:is|are)\s+(?:all\s+|now\s+)?(?:done|finished|complete|taken\s+care\s+of)"
    rf"|I(?:'ve|’ve|\s+have)?\s+(?:(?:just|already|finally)\s+)*(?:finished|completed|done|did)"
    rf"\s+(?P<did>\S.*?)){_SINCE}",
    re.IGNORECASE,
)
_DID = Pattern(
    r"(?:I(?:'ve|’ve|\s+have)?\s+)?(?:(?:just|already|finally)\s+)*"
    rf"(?P<what>(?P<verb>[a-z]{{2,20}})\s+\S.*?){_SINCE}",
    re.IGNORECASE,
)
_NOBODY = {"it", "this", "that", "these", "those", "them", "him", "her", "me", "something"}
_NO_PROJECT = {"to-do", "todo", "to do", "task", "tasks", "next action", "next actions", "other"}
_NO_LIST = Pattern(
    r"(?:play|e?mail|mailing|contact|guest|wait|waiting|black|white|wish|watch|favou?rites?|check|price"
    r"|friends?|word|reading|music|song|contacts|attendee|bucket|wine|candidate)",
    re.IGNORECASE,
)
_NOTE = Pattern(
    rf"{_POLITE}(?:(?:make|take|add|leave)\s+(?:me\s+)?a\s+(?:quick\s+)?note|note(?:\s+down)?(?=\s*:|\s+down))"
    r"(?:\s*:|\s+that(?!\s+(?:this|it|these|those)\b)(?!\s+i\s+(?:have|need|must|got)\b)|\s+saying)\s+(?P<what>\S.*)",
    re.IGNORECASE,
)
_JOURNAL = Pattern(
    rf"{_POLITE}(?:(?:add|write|put|note)\s+(?:down\s+)?(?:to|in|into)\s+(?:my|the)\s+(?:journal|diary)"
    r"(?:\s+that)?|dear\s+diary|journal\s+entry(?=\s*:))\s*[:,]?\s+(?P<what>\S.*)",
    re.IGNORECASE,
)
_OTHERS = Pattern(
    r"(?:an?|another|my|the)\s+(?:new\s+)?(?:(?:daily|weekly|monthly)\s+)?"
    r"(?:goal|habit|reminder|milestone|event|appointment|meeting)\b",
    re.IGNORECASE,
)
_OF_OTHER_LISTS = Pattern(
    r"(?:(?:an?|the|this|that|my)\s+)?(?:[\w-]+\s+){0,2}"
    r"(?:contacts?|songs?|tracks?|albums?|movies?|friends?|items?|things?)",
    re.IGNORECASE,
)
_FILLING_WORDS = "the a an my our some that this these those to of for with all"
_FILLING = frozenset(_FILLING_WORDS.split())


def _said(sentence: str) -> str:
    return " ".join(sentence.split()).rstrip(".!?")


def _is_question(sentence: str) -> bool:
    asked = sentence.rstrip().endswith("?")
    return asked and not re.match(r"(?i)\s*(?:can|could|would) you", sentence)


def new_task(sentence: str) -> dict[str, Any] | None:
    """ "add milk to the shopping list": what `add` is given."""
    said = _said(sentence)
    if _is_question(sentence):
        return None
    for pattern in (_ADD_TO_TODO, _ADD_AFTER, _NEW, _BARE_NEW, _NOTED, _ADD_TO_LIST, _JOTTED):
        if found := pattern.fullmatch(said):
            parts = found.groupdict()
            name = (parts.get("list") or "").casefold()
            if _NO_LIST.fullmatch(name.split(" ")[-1]):
                return None
            tag = f" +{lines.slug(name)}" if name and name not in _NO_PROJECT else ""
            day = re.sub(r"(?i)^on\s+", "", parts.get("day") or "")
            due = f" due {'today' if day.casefold() == 'tonight' else day}" if day else ""
            return _given(found["what"], f"{tag}{due}")
    return None


def is_of_others(words: str) -> bool:
    """Whether somebody who says "add" and these words means no task: "a goal to lose 5 kg"."""
    return _OTHERS.match(words.strip()) is not None


def must(sentence: str) -> str:
    """ "I need to call Ana by Friday" without its begin; "" for another sentence."""
    found = _MUST.fullmatch(_said(sentence))
    if found is None or sentence.rstrip().endswith("?") or _NO_DUTY.match(found["what"]):
        return ""
    return found["what"]


def not_to_forget(sentence: str) -> str:
    """ "don't let me forget to cancel the order" without its begin; "" for another sentence."""
    found = _NOT_FORGOTTEN.fullmatch(_said(sentence))
    return found["what"] if found else ""


def _given(what: str, tag: str = "") -> dict[str, Any] | None:
    what = what.strip().strip("\"“”'")
    if _OF_OTHER_LISTS.fullmatch(what):
        return None
    return None if what.casefold() in _NOBODY or not what else {"text": f"{what}{tag}"}


def asked(sentence: str) -> dict[str, Any] | None:
    """ "what do I have to do today?": what the list is given."""
    said = _said(sentence)
    if found := _ASK.fullmatch(said):
        return {"filters": _due(found["day"])}
    if found := _ASK_DUE.fullmatch(said):
        return {"filters": "due:overdue" if found["late"] else _due(found["day"]) or "due:any"}
    for pattern in (_ASK_PROJECT, _ASK_LIST):
        if found := pattern.fullmatch(said):
            name = (found["list"] or found["own"]).casefold()
            if _NO_LIST.fullmatch(name.split(" ")[-1]):
                return None
            return {"filters": "" if name in _NO_PROJECT else f"+{lines.slug(name)}"}
    return None


def _due(words: str | None) -> str:
    day = " ".join((words or "").casefold().split())
    day = {"tonight": "today"}.get(day, day.removeprefix("on ").removeprefix("this "))
    return f"due:{day}" if day else ""


def noted(sentence: str) -> str:
    """ "make a note that the key is with Jo": what is to be kept; "" for another sentence."""
    found = _NOTE.fullmatch(_said(sentence))
    return "" if found is None or _is_question(sentence) else found["what"]


def journaled(sentence: str) -> str:
    """ "write in my journal: a long walk": the entry; "" for another sentence."""
    found = _JOURNAL.fullmatch(_said(sentence))
    return "" if found is None or _is_question(sentence) else found["what"]


def asks_for_inbox(sentence: str) -> bool:
    return bool(_ASK_INBOX.fullmatch(_said(sentence)))


def removed(sentence: str) -> tuple[str, str] | None:
    """ "remove milk from the shopping list": the words, and the list's project or ""."""
    said = _said(sentence)
    if found := _REMOVE.fullmatch(said):
        name = (found["list"] or "").casefold()
        return found["what"], "" if name in _NO_PROJECT else lines.slug(name)
    found = _REMOVE_NAMED.fullmatch(said)
    return (found["what"] or found["before"], "") if found else None


def done(sentence: str, there: Sequence[Item]) -> Item | None:
    """The one of the tasks `there` that a sentence says is done: by all that the task says
    ("I called the plumber"), or, where it is said outright to be done, all but its verb ("the tax
    return is done"). None where it is of none, or of several."""
    said = _said(sentence)
    if _is_question(sentence):
        return None
    if match := _SAID_DONE.fullmatch(said):
        words = next(each for each in match.groups() if each)
        return _only([each for each in there if _is_of(words, each, may_miss=1)])
    match = _DID.fullmatch(said)
    if match is None or not _is_past(match["verb"].casefold()):
        return None
    return _only([each for each in there if _is_of(match["what"], each, may_miss=0)])


def may_be_done(sentence: str) -> bool:
    """Whether `done` needs to look at the tasks that there are."""
    said = _said(sentence)
    match = _DID.fullmatch(said)
    return bool(match and _is_past(match["verb"].casefold())) or bool(_SAID_DONE.fullmatch(said))


def _is_past(verb: str) -> bool:
    return verb in PAST or (verb.endswith("ed") and len(verb) > 4)


def _is_of(words: str, item: Item, may_miss: int) -> bool:
    """Whether all of `words`, in whatever form, are the task's, and the task has not more of them
    than its first `may_miss`."""
    said, own = _bare(words), _bare(item.task.text)
    return bool(said) and (said == own or said == own[min(may_miss, len(own) - 1) :])


def _bare(text: str) -> list[str]:
    words = re.findall(r"[^\W_]+", plain(text))
    return [stem(each) for each in words if each not in _FILLING]


def _only(found: Sequence[Item]) -> Item | None:
    return found[0] if len(found) == 1 else None
