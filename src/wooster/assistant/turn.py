"""A turn as a pure generator: events in, steps out.

The order is the promise: an answer's piece is kept before it is sent, and the end is kept before it
is told. The shell (`service.py`) carries the steps out; tests read as the conversation itself.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from wooster.assistant import citations
from wooster.assistant.rounds import Limits, Rounds
from wooster.assistant.steps import (
    Broken,
    End,
    Input,
    Interrupted,
    Keep,
    Kept,
    Next,
    NotThere,
    Prepared,
    Quoted,
    Searching,
    Send,
    Stays,
    Step,
)
from wooster.core.text import escaped
from wooster.knowledge.model import Source
from wooster.memory.model import Ending
from wooster.models import fallback
from wooster.models.model import (
    Finished,
    Fragment,
    Loading,
    Provider,
    Reading,
    Thought,
    Usage,
)
from wooster.wire.events import Done, Failure, Meta, Note, Progress, Token, TurnState

_LIMITS = Limits()


@dataclass(slots=True)
class Timing:
    """Seconds since the turn began; the shell writes them."""

    first_token_s: float | None = None
    total_s: float = 0.0


@dataclass(slots=True)
class _Progressing:
    """What is known of the answer so far."""

    rounds: Rounds
    provider: Provider | None = None
    # Who is asked without what is remembered, by name.
    withheld: str = ""
    has_text: bool = False
    sources: tuple[Source, ...] = ()
    # The answer, where what it cites is to be found in it; and what was said since tools last ran.
    pieces: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    goes_on: bool = False
    noted: list[Note] = field(default_factory=list)
    stays: bool = False
    thought: int = 0
    usage: Usage = field(default_factory=Usage)


def run(
    turn_id: str, session_id: str, timing: Timing, limits: Limits = _LIMITS
) -> Generator[Step, Input, None]:
    """One turn, whose message is stored already."""
    now = _Progressing(Rounds(turn_id, limits))
    yield Send(Meta(turn_id, session_id))
    while True:
        event = yield Next()
        match event:
            case Loading():
                yield Send(Progress("loading"))
            case Reading(done, total):
                yield Send(Progress("reading", done, total))
            case Thought(text):
                now.thought += len(text)
                yield Send(Progress("thinking", now.thought))
            case Fragment(text):
                yield from _fragment(now, text)
            case Searching() | Quoted() | Kept() | Stays():
                yield from _prepared(now, event)
            case NotThere(note):
                yield from _say(" ".join(["That isn't in your library.", *_sentences(note)]))
                yield from _close(turn_id, now, timing, Ending("done"))
                return
            case fallback.Asked(provider):
                now.provider = provider
            case fallback.FellBack():
                yield from _note_once(now, Note("fallback", _fallback(event)))
            case fallback.Withheld(provider):
                now.withheld = provider.name
                told = f"{provider.title} answers without your memory, which it may not see."
                yield Send(Note("memory", _sentence(told)))
            case fallback.Restarting(_, reason, hangs):
                yield Send(Note("restarting", f"{_sentence(reason)} {_WAITED_FOR[hangs]}"))
            case fallback.WithoutTools():
                yield from _note_once(now, Note("tools", _without_tools(event)))
            case fallback.Answered(provider, finished):
                now.provider, now.usage = provider, now.usage + finished.usage
                if not (finished.calls and now.rounds.may_call):
                    yield from _answered(turn_id, now, timing, finished.reason)
                    return
                ended = yield from _call(now, finished)
                if ended is not None:
                    yield from _stopped(turn_id, now, timing, ended)
                    return
            case fallback.BrokeOff(provider, reason):
                now.provider = provider
                yield from _cut_off(turn_id, now, timing, "model_lost", reason)
                return
            case fallback.NobodyAnswers():
                yield from _failed(turn_id, now, timing, _no_answer(event, now.stays))
                return
            case Interrupted() | Broken():
                yield from _stopped(turn_id, now, timing, event)
                return
            case _:
                raise AssertionError(f"a turn was given {event!r}, which is nothing to go on with")


def _note_once(now: _Progressing, note: Note) -> Generator[Step, Input, None]:
    """After each tool the providers are asked anew: what holds for the turn is told once."""
    if note not in now.noted:
        now.noted.append(note)
        yield Send(note)


def _stopped(
    turn_id: str, now: _Progressing, timing: Timing, ended: Interrupted | Broken
) -> Generator[Step, Input, None]:
    match ended:
        case Interrupted(by_person=True):
            yield from _close(turn_id, now, timing, Ending("stopped"))
        case Interrupted(reason=reason):
            yield from _cut_off(turn_id, now, timing, "interrupted", reason)
        case Broken():
            yield from _failed(turn_id, now, timing, ended)


def _fragment(now: _Progressing, text: str) -> Generator[Step, Input, None]:
    if now.goes_on:
        # What was said before the tools ran is a paragraph of its own.
        text = text.lstrip()
        if not text:
            return
        now.goes_on = False
        text = f"\n\n{text}" if now.has_text else text
    now.has_text = True
    now.said.append(text)
    if now.sources:
        now.pieces.append(text)
    yield from _say(text)


def _call(
    now: _Progressing, finished: Finished
) -> Generator[Step, Input, Interrupted | Broken | None]:
    """Run what the model calls, and have it asked again."""
    said = "".join(now.said).strip()
    now.said.clear()
    now.goes_on = True
    return (yield from now.rounds.take(said, finished.calls))


def _without_tools(told: fallback.WithoutTools) -> str:
    who = told.provider.title
    if told.may_not_see:
        return _sentence(f"{who} can't use Wooster's commands: it may not see what they tell")
    return _sentence(f"{who} takes no tools, and answers without Wooster's commands")


def _prepared(now: _Progressing, event: Prepared) -> Generator[Step, Input, None]:
    match event:
        case Searching():
            yield Send(Progress("searching"))
        case Quoted(sources):
            now.sources = sources
            yield Send(Note("library", _quoted(event)))
        case Kept(told):
            yield Send(Note("memory", _sentence(told)))
        case Stays():
            now.stays = True


def _say(text: str) -> Generator[Step, Input, None]:
    yield Keep(text)
    yield Send(Token(text))


def _sources(now: _Progressing) -> Generator[Step, Input, None]:
    """Where the answer's words come from, however it ended: kept and sent like its own."""
    if now.pieces:
        yield from _say(citations.listed("".join(now.pieces), now.sources))


def _quoted(told: Quoted) -> str:
    """How many passages the model reads, and whether private ones are among them."""
    count = len(told.sources)
    found = "The model reads no passage of your library: none fits."
    if count:
        found = f"The model reads {count} passage{'s' if count > 1 else ''} of your library."
    private = "Private ones are among them: only a model on this machine is asked."
    is_private = any(source.is_private for source in told.sources)
    return " ".join([found, *([private] if is_private else []), *_sentences(told.note)])


def _sentences(note: str) -> list[str]:
    return [_sentence(note)] if note.strip() else []


# A server that hangs is ended and started again only when its health has been silent for long.
_WAITED_FOR = {
    False: "Its server is being started again.",
    True: "It is waited for and asked once more.",
}


def _fallback(told: fallback.FellBack) -> str:
    """Who failed and why, who answers, and whether words leave the machine for it."""
    failed, to = told.failed, told.to
    who = "another model on this machine" if failed.title == to.title else to.title
    there = "; the conversation goes there" if to.leaves else ""
    return f"{_sentence(told.reason)} {_sentence(f'{who} answers{there}')}"


def _answered(
    turn_id: str, now: _Progressing, timing: Timing, reason: str
) -> Generator[Step, Input, None]:
    if not now.has_text and now.rounds.ran:
        # The model's part failed: what was done is told plainly.
        done = [f"- {escaped(each.text)}: {escaped(each.summary)}" for each in now.rounds.ran]
        yield from _say("\n".join(done))
    elif not now.has_text:
        silence = Broken(
            "model_said_nothing",
            "The model ended without a word."
            if reason != "length" or not now.thought
            else "The model thought up to its answer's greatest length and said nothing.",
            "Send it again, or say it in other words.",
            65,
        )
        yield from _failed(turn_id, now, timing, silence)
        return
    if reason == "length":
        yield Send(Note("length", "The answer reached its greatest length and stops here."))
    if reason == "content_filter":
        yield Send(Note("filter", "The provider's filter stopped the answer here."))
    yield from _close(turn_id, now, timing, Ending("done"))


def _cut_off(
    turn_id: str, now: _Progressing, timing: Timing, code: str, reason: str
) -> Generator[Step, Input, None]:
    if reason:
        yield Send(Note(code, f"{_sentence(reason)} What came is kept."))
    yield from _close(turn_id, now, timing, Ending("cut_off", error_code=code))


def _failed(
    turn_id: str, now: _Progressing, timing: Timing, why: Broken
) -> Generator[Step, Input, None]:
    del timing
    yield from _sources(now)
    state: TurnState = "cut_off" if now.has_text else "failed"
    yield End(_who(now, Ending(state, error_code=why.code)))
    yield Send(Failure(why.code, why.message, why.hint, why.exit_code, turn_id))


def _close(
    turn_id: str, now: _Progressing, timing: Timing, ending: Ending
) -> Generator[Step, Input, None]:
    yield from _sources(now)
    ending = _who(now, ending)
    yield End(ending)
    yield Send(
        Done(
            turn_id,
            ending.state,
            ending.provider,
            ending.model,
            now.usage.prompt_tokens,
            now.usage.completion_tokens,
            now.usage.cached_tokens,
            timing.first_token_s,
            timing.total_s,
        )
    )


def _who(now: _Progressing, ending: Ending) -> Ending:
    provider = now.provider
    return Ending(
        ending.state,
        provider.name if provider else "",
        provider.model if provider else "",
        now.usage.prompt_tokens,
        now.usage.completion_tokens,
        ending.error_code,
        without_memory=(
            provider is not None and provider.name == now.withheld and not now.rounds.ran
        ),
    )


def _no_answer(told: fallback.NobodyAnswers, stays: bool) -> Broken:
    reason = _sentence(told.reason)
    if told.is_refusal:
        hint = "Your message is kept. If it was too long, send it in parts."
        return Broken("model_refused", reason, hint, 69)
    hint = "Your message is kept. `wooster status` shows the model servers."
    if stays:
        hint += (
            " Private documents are in this conversation, and only a model on this machine may "
            "read them; a new conversation begins without them."
        )
    return Broken("model_unavailable", reason, hint, 69)


def _sentence(reason: str) -> str:
    """`reason` with a capital and a full stop."""
    reason = reason.strip()
    ended = reason if reason.endswith((".", "!", "?")) else f"{reason}."
    return ended[:1].upper() + ended[1:]
