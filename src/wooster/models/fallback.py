"""Who is asked next when a provider fails: a pure generator, events in, steps out.

The shell around it opens streams and sends back what they tell:

    step = next(machine)               # Open(local)
    step = machine.send(Refused(...))  # Tell(FellBack(...)), then Open(openai)

It knows nothing of HTTP, processes or time.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from wooster.models.model import (
    Died,
    Finished,
    Fragment,
    Loading,
    Provider,
    ProviderEvent,
    Reading,
    Refused,
    Rejected,
)

# --- steps: what the shell is asked to do -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open:
    """Ask `provider`; `given` is the part of the answer that was already shown."""

    provider: Provider
    given: str


@dataclass(frozen=True, slots=True)
class Await:
    """Wait until our own server behind `provider` answers again; send `Returned` or `GaveUp`."""

    provider: Provider


@dataclass(frozen=True, slots=True)
class Next:
    """Send the next event of the stream that is open."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Pass this on to whoever listens; send None."""

    event: Answer


# --- what the shell sends beyond a provider's own events --------------------------------------


@dataclass(frozen=True, slots=True)
class Returned:
    """The server that was waited for answers."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """It won't come back, or not soon."""

    reason: str


# --- what a listener is told ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FellBack:
    """`failed` couldn't answer; `to` is asked instead."""

    failed: Provider
    to: Provider
    reason: str


@dataclass(frozen=True, slots=True)
class Restarting:
    """Our own server went away before it said anything; it is waited for."""

    provider: Provider
    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The end, by this provider."""

    provider: Provider
    finished: Finished


@dataclass(frozen=True, slots=True)
class BrokeOff:
    """The answer stopped in the middle, and nobody else may go on with it."""

    provider: Provider
    reason: str


@dataclass(frozen=True, slots=True)
class NobodyAnswers:
    """No word came from anyone. `is_refusal` when a server understood and said no."""

    reason: str
    is_refusal: bool


Answer = Loading | Reading | Fragment | FellBack | Restarting | Answered | BrokeOff | NobodyAnswers
Step = Open | Await | Next | Tell
Input = ProviderEvent | Returned | GaveUp | None

Machine = Generator[Step, Input, None]


def ask(providers: Sequence[Provider], ours: frozenset[str]) -> Machine:
    """Ask `providers` in order until one answers. `ours` names those whose server we restart.

    A failure before the first word goes to the next provider at once; with none left, our own
    server is waited for, once. A failure in the middle goes on with the next provider from what was
    given; with none left, the answer stays as it is.
    """
    if not providers:
        yield Tell(NobodyAnswers("No provider is switched on.", is_refusal=False))
        return
    given = ""
    queue = list(providers)
    to_wait_for: Provider | None = None
    waited = False
    while queue:
        provider = queue.pop(0)
        failure, text = yield from _stream(provider, given)
        given += text
        if failure is None:
            return
        if provider.name in ours and not isinstance(failure, Rejected):
            to_wait_for = provider
        if isinstance(failure, Rejected) and failure.is_ours:
            yield Tell(NobodyAnswers(failure.reason, is_refusal=True))
        elif queue:
            yield Tell(FellBack(provider, queue[0], failure.reason))
            continue
        elif given:
            yield Tell(BrokeOff(provider, failure.reason))
        elif to_wait_for is not None and not waited:
            waited = True
            if (yield from _wait(to_wait_for, failure.reason)):
                queue.append(to_wait_for)
                continue
        else:
            yield Tell(NobodyAnswers(failure.reason, is_refusal=False))
        return


def _stream(
    provider: Provider, given: str
) -> Generator[Step, Input, tuple[Refused | Rejected | Died | None, str]]:
    """One provider's whole answer; gives back its failure, if any, and the text that came."""
    text = ""
    yield Open(provider, given)
    while True:
        event = yield Next()
        if isinstance(event, Refused | Rejected | Died):
            return event, text
        if isinstance(event, Finished):
            yield Tell(Answered(provider, event))
            return None, text
        if isinstance(event, Fragment):
            text += event.text
        assert isinstance(event, Loading | Reading | Fragment), event
        yield Tell(event)


def _wait(provider: Provider, reason: str) -> Generator[Step, Input, bool]:
    yield Tell(Restarting(provider, reason))
    outcome = yield Await(provider)
    if isinstance(outcome, GaveUp):
        yield Tell(NobodyAnswers(outcome.reason, is_refusal=False))
        return False
    return True
