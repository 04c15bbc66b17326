"""What an HTTP error of a model's server is about: status, headers and body in, a `Rejected` out.

It decides what was meant, and nothing about what to do next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from wooster.models.dialect import message, parse_object
from wooster.models.model import Fault, Provider, Rejected

# How servers say that a request is longer than their model reads: OpenAI, vLLM, llama.cpp,
# LM Studio and our own have each their own words.
_TOO_LONG = re.compile(
    r"context[ _](length|window|size|limit)|maximum context|prompt is too long|too many tokens"
    r"|exceeds? (the )?(available )?context|context the overflows",
    re.I,
)
_NO_MODEL = re.compile(r"model.{0,80}(not[ _]found|not exist|isn't here)", re.I | re.S)
_FORMAT = re.compile(r"response_?format|json_?schema|structured output|guided|grammar", re.I)
# Ollama, vLLM without its flag, llama.cpp without its own, and OpenRouter, each in its words.
_TOOLS = re.compile(r"\btools?\b|tool[ _]choice|function[ _]call", re.I)
_TOOLS_STATUS = (400, 404, 422, 500, 501)
# What is wrong with the request itself. A body that is too large (413) might be small for another
# server, but nothing so large is sent elsewhere unasked: it is the person's to send less.
_OURS = (400, 413, 422)
_LONGEST_S = 3600.0


def rejection(provider: Provider, status: int, headers: Mapping[str, str], raw: bytes) -> Rejected:
    """What `provider` means by an answer whose status isn't 200."""
    data = parse_object(raw)
    told = message(data) if data is not None else f"HTTP {status}"
    fault = _fault(status, _words(data, told))
    retry_s = _retry_after_s(headers) if status in (429, 503, 529) else None
    if fault == "key":
        return Rejected(f"{provider.title} refuses the key: {told}", False, fault)
    if 300 <= status < 400:
        reason = f"{provider.title} sends requests on to another address, which isn't followed"
        return Rejected(reason, False)
    if fault == "busy":
        reason = f"{provider.title} takes no more requests now: {told}"
        return Rejected(reason, False, fault, retry_s)
    return Rejected(f"{provider.title} said: {told}", fault == "request", fault, retry_s)


def without_model(provider: Provider, names: list[str]) -> Rejected:
    """The model that was asked for isn't there; what is, where the server says."""
    model = provider.asked_for or provider.model
    has = f"; it has: {', '.join(names[:8])}" if names else ""
    return Rejected(f"the model {model!r} isn't at {provider.title}{has}", False, "model")


def _words(data: dict[str, object] | None, told: str) -> str:
    """Everything in an error by which its kind can be told."""
    error = (data or {}).get("error")
    if not isinstance(error, dict):
        return told
    parts = (error.get(key) for key in ("code", "type", "param"))
    return " ".join([told, *(part for part in parts if isinstance(part, str))])


def _fault(status: int, words: str) -> Fault:
    if status in (401, 403):
        return "key"
    if status == 429:
        return "busy"
    if status in (*_OURS, 404) and _NO_MODEL.search(words):
        return "model"
    if status in _OURS or status >= 500:
        if _TOO_LONG.search(words):
            return "length"
        if status in (400, 422) and _FORMAT.search(words):
            return "format"
    if status in _TOOLS_STATUS and _TOOLS.search(words):
        return "tools"
    if status == 404:
        return "model"
    return "request" if status in _OURS else "server"


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds, which may be given as a number, a date, or in milliseconds."""
    told = headers.get("retry-after", "").strip()
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
        elif re.fullmatch(r"[0-9.]{1,12}", told):
            seconds = float(told)
        elif told:
            seconds = _seconds_between(headers.get("date", ""), told)
        else:
            return None
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_S) if seconds == seconds else None


def _seconds_between(then: str, later: str) -> float:
    """From one HTTP date to another: the server's own clock tells what it means by a date."""
    return (parsedate_to_datetime(later) - parsedate_to_datetime(then)).total_seconds()
