"""What a turn's events are called in front of a person.

Pure functions from events to lines. It knows nothing of colours, cursors or streams.
"""

from __future__ import annotations

from wooster.core.errors import WoosterError
from wooster.core.text import clean, clip
from wooster.wire.events import Done, Failure, Notice, Progress, Tool
from wooster.wire.requests import Choice, Greeting

LEFT = "(left; what came until now is kept)"


def count(number: int) -> str:
    """4200 as `4 200`."""
    return f"{number:,}".replace(",", " ")


def one_line(text: str) -> str:
    """Text from elsewhere on one line, unable to move a cursor."""
    return " ".join(clean(text).split())


def progress(event: Progress) -> str:
    if event.text:
        return one_line(event.text)
    if event.stage == "searching":
        return "searching your library …"
    if event.stage == "loading":
        return "loading the model …"
    if event.stage == "thinking":
        return f"thinking … {count(event.done)} characters"
    if event.total <= 0:
        return "reading …"
    return f"reading {count(event.done)} of {count(event.total)} tokens"


def tool(event: Tool) -> str:
    """`✓ habits checkin: Meditate — done today`: what a model did, or couldn't."""
    mark = {"done": "✓", "unknown": "?"}.get(event.state, "✗")
    return f"{mark} {one_line(event.text)} — {one_line(event.summary)}"


def ending(event: Done) -> str:
    """What a person must know of how an answer ended; empty when it just ended."""
    match event.state:
        case "stopped":
            return "(stopped; what came is kept)"
        case "cut_off":
            return "(cut off: the answer ended before its end; what came is kept)"
        case "failed":
            return "(no answer came)"
        case _:
            return ""


def footer(event: Done) -> str:
    """`model · provider · 128 tokens · 31.5 tok/s · first word after 0.4 s`, as far as known; empty
    for what no model answered."""
    if not (event.model or event.provider):
        return ""
    parts = [one_line(event.model), one_line(event.provider)]
    tokens, first_s = event.completion_tokens, event.first_token_s
    if tokens is not None:
        parts.append(f"{count(tokens)} token{'' if tokens == 1 else 's'}")
        streaming_s = event.total_s - (first_s or 0.0)
        # The first token's time is the reading's, so it doesn't count as streamed.
        if tokens > 1 and first_s is not None and streaming_s > 0:
            parts.append(f"{(tokens - 1) / streaming_s:.1f} tok/s")
    if first_s is not None:
        parts.append(f"first word after {first_s:.1f} s")
    return " · ".join(part for part in parts if part)


def choice(choice: Choice) -> list[str]:
    """What is asked, then each key with its meaning."""
    lines = [one_line(choice.question)] if choice.question else []
    return [*lines, *(f"  {one_line(each.key)}  {one_line(each.label)}" for each in choice.options)]


def failure(event: Failure) -> tuple[str, str]:
    """What failed, and what to do next."""
    return one_line(event.message), one_line(event.hint)


def trouble(error: WoosterError) -> tuple[str, str]:
    """What failed, and what to do next; a hint may have lines of its own."""
    return one_line(error.message), clean(error.hint).strip()


def notice(event: Notice) -> str:
    """A reminder on one line where it has one: `Reminder · 14:05: call Ana`."""
    text, title = clean(event.text).strip(), one_line(event.title)
    return f"{title}: {text}" if title else text


def greeting(hello: Greeting) -> str:
    """Who answers, where, what may leave the machine, and where the person left off."""
    state = "" if hello.ready else f" {_not_ready(hello)}"
    # A model's name keeps its spelling, even at a sentence's start.
    told = f"{one_line(hello.model)} answers here, {_sentence(hello.where)}{state}"
    left = _sentence(hello.leaves)
    left = left[:1].upper() + left[1:]
    last = f"Last time: {clip(clean(hello.last), 160)}." if hello.last.strip() else ""
    if last and hello.session_id:
        last += " The conversation goes on; new begins another."
    where_left = [one_line(line) for line in hello.left_off]
    parts = (told, left, "" if where_left else last)
    untold = [one_line(line) for line in hello.untold]
    return "\n".join([" ".join(part for part in parts if part), *where_left, *untold])


def _not_ready(hello: Greeting) -> str:
    return _sentence(hello.hint) or "It is still loading; the first answer waits for it."


def _sentence(text: str) -> str:
    line = one_line(text)
    return line if not line or line.endswith((".", "!", "?")) else f"{line}."
