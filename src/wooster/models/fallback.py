"""Who is asked next when a provider fails: a pure generator, events in, steps out.

The shell around it opens streams and sends back what they tell:

    step = next(machine)               # Open(local)
    step = machine.send(Refused(...))  # Tell(FellBack(...)), then Open(openai)

It knows nothing of HTTP, processes or time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass

from wooster.models.model import (
    Alive,
    Died,
    Failure,
    Finished,
    Fragment,
    Loading,
    Provider,
    ProviderEvent,
    Reading,
    Rejected,
    Thought,
)

# --- steps: what the shell is asked to do -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open:
    """Ask `provider`; `given` is the part of the answer that was already shown.

    Send None, or `Barred` when it may not be asked this. `with_schema` and `with_tools` are False
    for a server that doesn't take the schema of the answer, or tools.
    """

    provider: Provider
    given: str
    with_schema: bool = True
    with_tools: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so long, since the server asked for it and nobody else is left; send None."""

    seconds: float


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


@dataclass(frozen=True, slots=True)
class Barred:
    """The person's rules don't let this provider see this request."""

    reason: str


@dataclass(frozen=True, slots=True)
class GaveWay:
    """A person's turn needed the provider; this work goes on there now, from what was given."""


# --- what a listener is told ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """`provider` has the request now: what comes is its answer, until another is asked."""

    provider: Provider


@dataclass(frozen=True, slots=True)
class Withheld:
    """`provider` may not see what is remembered, and is asked without it."""

    provider: Provider


@dataclass(frozen=True, slots=True)
class WithoutTools:
    """`provider` is asked without the tools that this needs: it takes none, or it `may_not_see`
    what they tell."""

    provider: Provider
    may_not_see: bool


@dataclass(frozen=True, slots=True)
class FellBack:
    """`failed` couldn't answer, or may not be asked; `to` is asked instead."""

    failed: Provider
    to: Provider
    reason: str


@dataclass(frozen=True, slots=True)
class Restarting:
    """Our own server went away before it said anything, or `hangs`; it is waited for."""

    provider: Provider
    reason: str
    hangs: bool = False


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


Told = Loading | Reading | Thought | Fragment
Answer = (
    Told
    | Asked
    | Withheld
    | WithoutTools
    | FellBack
    | Restarting
    | Answered
    | BrokeOff
    | NobodyAnswers
)
Step = Open | Await | Pause | Next | Tell
Input = ProviderEvent | Returned | GaveUp | Barred | GaveWay | None

Machine = Generator[Step, Input, None]


# The longest that a busy server is waited for within a request.
_SHORT_S = 2.0


def ask(
    providers: Sequence[Provider],
    ours: Collection[Provider],
    resting: Mapping[Provider, str] | None = None,
) -> Machine:
    """Ask `providers` in order until one answers. `ours` are those whose server we restart;
    `resting` has those that failed lately, with the reason: they are asked when nobody else is
    left.

    A failure before the first word goes to the next provider at once; with none left, our own
    server is waited for, once. A failure in the middle goes on with the next provider from what was
    given; with none left, the answer stays as it is.
    """
    if not providers:
        yield Tell(NobodyAnswers("No provider is switched on.", is_refusal=False))
        return
    yield from _Chain(providers, ours, resting or {}).run()


class _Chain:
    """One request's way along the providers."""

    def __init__(
        self,
        providers: Sequence[Provider],
        ours: Collection[Provider],
        resting: Mapping[Provider, str],
    ) -> None:
        fresh = [provider for provider in providers if provider not in resting]
        self._queue = deque([*fresh, *(p for p in providers if p in resting)])
        self._ours = ours
        self._given = ""
        self._failed: Provider | None = None
        # Why those before failed: as much as no listener has been told, and all of it.
        self._untold: list[str] = []
        self._reasons: list[str] = []
        self._too_long = ""
        self._to_wait_for: Provider | None = None
        self._hangs = False
        self._waited = False
        first = self._queue[0]
        for provider in providers[: providers.index(first)]:
            self._miss(provider, resting[provider])

    def run(self) -> Machine:
        while self._queue:
            provider = self._queue.popleft()
            failure = yield from self._answer(provider)
            if failure is None:
                return
            self._miss(provider, failure.reason)
            if isinstance(failure, Rejected) and failure.is_ours:
                yield Tell(NobodyAnswers(failure.reason, is_refusal=True))
                return
            if isinstance(failure, Rejected) and failure.fault == "length":
                self._too_long = failure.reason
            elif provider in self._ours and not isinstance(failure, Rejected | Barred):
                self._to_wait_for = provider
                self._hangs = isinstance(failure, Died) and failure.hangs
            if not self._queue and not (yield from self._end(provider)):
                return

    def _miss(self, provider: Provider, reason: str) -> None:
        self._failed = provider
        self._untold.append(reason)
        self._reasons.append(reason)

    def _answer(self, provider: Provider) -> Generator[Step, Input, Failure | Barred | None]:
        """One provider's whole answer, with a second try where only a trifle stood in the way."""
        with_schema, with_tools, paused = True, True, False
        while True:
            barred = yield Open(provider, self._given, with_schema, with_tools)
            if isinstance(barred, Barred):
                return barred
            if self._failed is not None and self._untold:
                yield Tell(FellBack(self._failed, provider, _joined(self._untold)))
                self._untold.clear()
            yield Tell(Asked(provider))
            end = yield from self._stream(provider)
            match end:
                case GaveWay():
                    continue
                case Rejected(fault="format") if with_schema:
                    with_schema = False
                case Rejected(fault="tools") if with_tools:
                    with_tools = False
                case Rejected(fault="busy", retry_after_s=float(wait_s)) if (
                    wait_s <= _SHORT_S and not self._queue and not paused
                ):
                    paused = True
                    yield Pause(wait_s)
                case _:
                    return end

    def _stream(self, provider: Provider) -> Generator[Step, Input, Failure | GaveWay | None]:
        while True:
            event = yield Next()
            if isinstance(event, Failure | GaveWay):
                return event
            if isinstance(event, Finished):
                yield Tell(Answered(provider, event))
                return None
            if isinstance(event, Alive):
                continue
            if isinstance(event, Fragment):
                self._given += event.text
            assert isinstance(event, Told), event
            yield Tell(event)

    def _end(self, last: Provider) -> Generator[Step, Input, bool]:
        """Nobody is left: True when our own server came back and is asked once more."""
        if self._given:
            yield Tell(BrokeOff(last, _joined(self._untold)))
        elif self._too_long:
            yield Tell(NobodyAnswers(self._too_long, is_refusal=True))
        elif self._to_wait_for is not None and not self._waited:
            self._waited = True
            told = Restarting(self._to_wait_for, _joined(self._untold), self._hangs)
            if (yield from _wait(told)):
                self._queue.append(self._to_wait_for)
                self._untold.clear()
                self._reasons.clear()
                return True
        else:
            yield Tell(NobodyAnswers(_joined(self._reasons), is_refusal=False))
        return False


def _joined(reasons: Sequence[str]) -> str:
    """Each reason once."""
    return "; ".join(dict.fromkeys(reasons))


def _wait(told: Restarting) -> Generator[Step, Input, bool]:
    yield Tell(told)
    outcome = yield Await(told.provider)
    if isinstance(outcome, GaveUp):
        yield Tell(NobodyAnswers(outcome.reason, is_refusal=False))
        return False
    return True
