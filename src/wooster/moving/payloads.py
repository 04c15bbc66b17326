"""What a job of the original was to say: out of JSON in JSON, of a call of a tool, or of plain
words. A message is sent as it is; other words were told to a model, and some of them ask for an
answer. What is a program is neither. Pure.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from wooster.moving.texts import TOO_DEEP

_MOST_WRAPPINGS = 3
_KEYS = ("message", "prompt", "text", "body", "input")
_TOOLS = r"(?:send_?signal(?:_?message)?|signal_?notify|discord_?notify|send_?email)"
_CALL = re.compile(
    rf"\s*(?:(?:return|await)\s+)*(?:\w+\.)*{_TOOLS}\s*(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
# A text of JavaScript, and the field of an object that has one. Each sign can be read in one way
# only: with two, a text that isn't closed takes for ever.
_TEXT = re.compile(r"(?P<quote>['\"`])(?P<text>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)", re.DOTALL)
_FIELD = re.compile(rf"['\"]?\b(?:{'|'.join(_KEYS)})\b['\"]?\s*:\s*(?=['\"`])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"n": "\n", "t": "\t", "r": ""}
_VARIABLE = re.compile(r"[\w.]+(?:$|[(\[+])|await\b")
_PROGRAM = re.compile(
    r"\b(?:const|let|var)\s+(?:\w+\s*|[{\[][^;=]{0,300})="
    r"|\bawait\s+[\w.]+\s*\(|\breturn\s+[\w.]+\("
    r"|\bfunction\b[^;{]{0,300}\{|=>|\$\{"
)
_PROGRAM_TOLD = "it is a piece of program, and none is run here"
_ASKS = re.compile(
    r"(?:(?:please|could you|can you|would you|hey wooster|wooster)[,\s]+)*"
    r"(?:what|what's|whats|how|which|why|is there|are there|do i|did i|am i|will it"
    r"|tell me(?!\s+(?:to|that)\b)|let me know|give me|show me|send me|write me|summari[sz]e"
    r"|generate|look up|search (?:for|the)|list (?:all|my|the)"
    r"|check (?:if|whether|what|how|for|(?:the|my) (?:weather|news|calendar|inbox|mail|tasks?))"
    r"|suggest|recommend|compose|report (?:on|the|my))\b",
    re.IGNORECASE,
)
_REMINDS = re.compile(r"\s*(?:please\s+)?(?:remind|tell)\s+(?:me|the user)\s+to\b", re.IGNORECASE)


class NoWords(Exception):
    """Why a payload says nothing that could be said."""


@dataclass(frozen=True, slots=True)
class Said:
    """`asks`: it is told to a model, whose answer is what the person gets."""

    text: str
    asks: bool = False


def said(payload: Any) -> Said:
    """Raises `NoWords` for a program, and for what is too deep to be read."""
    try:
        return _said(payload)
    except RecursionError as error:
        raise NoWords(TOO_DEEP) from error


def _said(payload: Any) -> Said:
    told = _unwrapped(payload)
    if isinstance(told, dict):
        text = _of(told)
        return Said(text, _is_asking(text) and not told.get("message"))
    text = str(told if told is not None else "").strip()
    if call := _CALL.fullmatch(text):
        return Said(_sent(call["rest"]))
    if _PROGRAM.search(text):
        raise NoWords(_PROGRAM_TOLD)
    return Said(text, _is_asking(text))


def _unwrapped(payload: Any) -> Any:
    told = payload
    for _ in range(_MOST_WRAPPINGS):
        if not isinstance(told, str):
            break
        try:
            told = json.loads(told)
        except ValueError:
            break
    return told


def _of(told: dict[str, Any]) -> str:
    return next((str(told[key]) for key in _KEYS if told.get(key)), "").strip()


def _sent(rest: str) -> str:
    """What is in the brackets of a call, or stands without any."""
    given = rest.strip().rstrip(";").strip()
    is_called = given.startswith("(") and given.endswith(")")
    if is_called:
        given = given[1:-1].strip()
    told = _unwrapped(given) if given[:1] in ('"', "{") else None
    if isinstance(told, dict):
        return _of(told)
    if isinstance(told, str) and told != given:
        return told.strip()
    begin = _FIELD.search(given) if given.startswith("{") else None
    if text := _TEXT.match(given, begin.end()) if begin else _TEXT.fullmatch(given):
        return _literal(text["text"])
    if not given or given[0] in "({" or (is_called and _VARIABLE.match(given)):
        raise NoWords(_PROGRAM_TOLD)
    return given


def _literal(text: str) -> str:
    """The words of a text of JavaScript; one that a program fills in has none."""
    if "${" in text:
        raise NoWords(_PROGRAM_TOLD)
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), text).strip()


def _is_asking(text: str) -> bool:
    if _REMINDS.match(text):
        return False
    return text.rstrip().endswith("?") or _ASKS.match(text) is not None
