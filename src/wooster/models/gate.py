"""The one gate through which everything goes that leaves this machine.

`refusal` decides, a pure function of who is asked, what is carried and what the person allowed;
`Gate` asks it, counts the month's cost and writes the ledger before anything is sent:

    passed = await gate.ask(provider, parcel)      # Permit, or Denied with the reason
    …one request, with {"permit": passed} among its extensions; `outlet.py` lets no other out…
    await gate.close(passed, finished)             # what came of it, for the ledger

It knows no HTTP, and nothing of the text that is carried but its size.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

from wooster.config.settings import Rate, Routing, Sensitivity
from wooster.core.errors import StorageError
from wooster.core.hosts import Place, host_of, place, plain_name, shown_host
from wooster.core.text import rough_tokens
from wooster.models.egress import EgressLedger, Entry, OverCap, State, cost_micros
from wooster.models.model import (
    ChatRequest,
    Died,
    Finished,
    Provider,
    Refused,
    Rejected,
    Usage,
)

log = logging.getLogger(__name__)

_ABSURD_TOKENS: Final = 10**9

LEVELS: Final[tuple[Sensitivity, ...]] = get_args(Sensitivity)
_CARRIES: Final[dict[Sensitivity, str]] = {
    "plain": "your words in this conversation",
    "profile": "your profile",
    "documents": "what stands in your documents",
    "memory": "what is remembered of you",
}


class NoPermit(RuntimeError):
    """A request was about to leave that didn't pass the gate: a mistake of ours, and stopped."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the person allows, from the settings. Hosts are `plain_name`s."""

    own_hosts: frozenset[str]
    plain_http_hosts: frozenset[str]
    cap_micros: int | None
    local_only: bool

    @classmethod
    def of(cls, routing: Routing) -> Self:
        egress = routing.egress
        cap = egress.monthly_cap
        return cls(
            frozenset(egress.own_hosts),
            frozenset(egress.plain_http_hosts),
            None if cap is None else round(cap * 1_000_000),
            routing.strategy == "local-only",
        )

    def place(self, url: str) -> Place:
        return place(url, self.own_hosts)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is about to be sent, by size and kind. Tokens are what it may come to at most.

    `stays`: it carries what never leaves this machine.
    """

    purpose: str
    turn_id: str
    sensitivity: Sensitivity
    size_bytes: int
    prompt_tokens: int
    max_tokens: int
    stays: bool = False

    @classmethod
    def of(cls, request: ChatRequest, content: bytes) -> Self:
        """`content` is the body of `request` as it will be sent."""
        return cls(
            request.purpose,
            request.turn_id,
            request.sensitivity,
            len(content),
            rough_tokens(content.decode("utf-8", "replace")),
            request.max_tokens,
            request.stays,
        )

    @classmethod
    def question(cls, purpose: str) -> Self:
        """A request that carries nothing of the person's: which models there are, a file's name."""
        return cls(purpose, "", "plain", 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Permit:
    """For one request to `url`. `row` is its row in the ledger; None where it doesn't leave."""

    url: str
    row: int | None = None
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """`reason` is a sentence without its full stop; `hint` says what would change it."""

    reason: str
    hint: str = ""


Passed = Permit | Denied


def refusal(
    provider: Provider, sensitivity: Sensitivity, rules: Rules, *, stays: bool = False
) -> Denied | None:
    """Why `provider` mustn't be asked with something so private; None when it may be.

    What `stays` doesn't even go to another machine of the person's.
    """
    where = rules.place(provider.url)
    if stays and where != "here":
        return Denied(
            f"{provider.title} isn't on this machine, and what stands in private documents never "
            "leaves it",
            "A model on this machine may read them; `wooster status` shows its server.",
        )
    if where != "away":
        return None
    if rules.local_only:
        return Denied(
            f"{provider.title} is on another machine, and the strategy is local-only",
            'If that machine is yours, list it in routing.egress.ownHosts; else "intelligent" as '
            "routing.strategy lets it be asked.",
        )
    return unencrypted(provider.title, provider.url, rules) or _too_private(provider, sensitivity)


def unencrypted(title: str, url: str, rules: Rules) -> Denied | None:
    """Why nothing is sent to `url` without encryption, where it would be."""
    if rules.place(url) != "away" or url.startswith("https://"):
        return None
    host = host_of(url)
    if not host:
        return Denied(
            f"{title} has an address whose host isn't clear ({url!r})",
            "Write it as https://host:port, a name beyond ASCII in its xn-- form.",
        )
    if plain_name(host) in rules.plain_http_hosts:
        return None
    return Denied(
        f"{title} is on another machine ({host}) and would be spoken to without encryption",
        f"If that is all right, `wooster egress allow {host}`; if that machine is yours, list it "
        "under routing.egress.ownHosts; else use its https address.",
    )


def _too_private(provider: Provider, sensitivity: Sensitivity) -> Denied | None:
    """A request as private as `memory` may carry all that is less private too."""
    carried = LEVELS[: LEVELS.index(sensitivity) + 1]
    if provider.may_see.issuperset(carried):
        return None
    hidden = next(level for level in reversed(carried) if level not in provider.may_see)
    return Denied(
        f"{provider.title} may not see {_CARRIES[hidden]}",
        f"routing.providers.{provider.name}.maySee says what it may.",
    )


class Gate:
    """Asked before each request, told after it."""

    def __init__(self, ledger: EgressLedger, rules: Rules) -> None:
        self.rules = rules
        self._ledger = ledger
        self._unused: set[Permit] = set()

    def place(self, url: str) -> Place:
        """Where a request to `url` goes."""
        return self.rules.place(url)

    async def ask(self, provider: Provider, parcel: Parcel) -> Passed:
        """A permit for one request; for one that leaves, its row in the ledger is committed.

        Raises `StorageError` where it can't be: then nothing may be sent either.
        """
        denied = refusal(provider, parcel.sensitivity, self.rules, stays=parcel.stays)
        if denied is not None:
            return denied
        if self.place(provider.url) != "away":
            return Permit(provider.url)
        return await self._record(provider, parcel)

    async def ask_fetch(self, url: str, what: str) -> Passed:
        """A permit for fetching a file that the person asked for by name; it carries no words.

        The strategy is for those who answer, so that `local-only` doesn't stand in its way.
        """
        denied = unencrypted("The hub", url, self.rules)
        if denied is not None:
            return denied
        if self.place(url) != "away":
            return Permit(url)
        hub = Provider("hub", url, what, leaves=True, price=Rate(input=0, output=0))
        return await self._record(hub, Parcel.question("pull"))

    async def ask_calendar(self, url: str, calendar: str, size_bytes: int) -> Passed:
        """A permit for one request to the server of a calendar that the person added by a yes.

        As for `ask_fetch`, the strategy doesn't stand in its way.
        """
        # The path may be a secret, and is neither needed nor told.
        scheme, host = _origin(url)
        return await self._ask_free("calendar", f"{scheme}://{host}", calendar, size_bytes)

    async def ask_weather(self, url: str, what: str, size_bytes: int) -> Passed:
        """A permit for one question about the weather of the place that the person named.

        As for `ask_fetch`, the strategy doesn't stand in its way.
        """
        return await self._ask_free("weather", url, what, size_bytes)

    async def _ask_free(
        self, kind: Literal["calendar", "weather"], url: str, what: str, size_bytes: int
    ) -> Passed:
        """A permit for what costs nothing, at a server that the person named."""
        denied = unencrypted(f"The {kind}'s server", url, self.rules)
        if denied is not None:
            return denied
        if self.place(url) != "away":
            return Permit(url)
        server = Provider(kind, url, what, leaves=True, price=Rate(input=0, output=0))
        return await self._record(server, Parcel(kind, "", "plain", size_bytes, 0, 0))

    async def ask_notice(
        self, channel: str, url: str, size_bytes: int, sensitivity: Sensitivity
    ) -> Passed:
        """A permit for telling the person something on a channel that they let leave the machine:
        the strategy is for those who answer."""
        denied = unencrypted(f"The channel {channel}", url, self.rules)
        if denied is not None:
            return denied
        if self.place(url) != "away":
            return Permit(url)
        free = Rate(input=0, output=0)
        to = Provider(channel, url, "message", leaves=True, price=free)
        return await self._record(to, Parcel("notify", "", sensitivity, size_bytes, 0, 0))

    def redeem(self, permit: object, url: str) -> None:
        """Use a permit up for a request to `url`. Raises `NoPermit`."""
        if not isinstance(permit, Permit) or permit not in self._unused:
            raise NoPermit(f"a request to {shown_host(url)} without a permit of the gate")
        if _origin(permit.url) != _origin(url):
            raise NoPermit(f"a permit for {shown_host(permit.url)} used for {shown_host(url)}")
        self._unused.remove(permit)

    async def close(self, permit: Permit, end: Finished | Refused | Rejected | Died | None) -> None:
        """Write what came of a request; None where nobody waited for its end."""
        self._unused.discard(permit)
        if permit.row is None:
            return
        state, usage, cost = outcome(end, permit.rate)
        try:
            await self._ledger.complete(permit.row, state, usage, cost)
        except StorageError as error:
            # The answer is the person's all the same; the row counts with its estimate.
            log.error(
                "egress.incomplete", extra={"fields": {"row": permit.row, "error": str(error)}}
            )

    async def _record(self, provider: Provider, parcel: Parcel) -> Passed:
        rate, cap_micros = provider.price, self.rules.cap_micros
        if rate is None and cap_micros == 0:
            return Denied(
                f"{provider.title} may cost something (its price isn't known), and the monthly "
                "cap is 0",
                f"Set routing.providers.{provider.name}.price, or a higher monthlyCap.",
            )
        estimate: int | None = None
        if rate is not None:
            estimate = cost_micros(rate, parcel.prompt_tokens, parcel.max_tokens)
        entry = Entry(
            provider.name,
            shown_host(provider.url),
            provider.model,
            parcel.purpose,
            parcel.turn_id,
            parcel.size_bytes,
            parcel.sensitivity,
            estimate,
        )
        row = await self._ledger.reserve(entry, cap_micros)
        if isinstance(row, OverCap):
            return _capped(provider.title, row, estimate or 0)
        permit = Permit(provider.url, row, rate)
        self._unused.add(permit)
        return permit


def outcome(
    end: Finished | Refused | Rejected | Died | None, rate: Rate | None
) -> tuple[State, Usage, int | None]:
    """How a request ended, its tokens and its cost; the cost is None where it isn't known."""
    if isinstance(end, Refused):
        return "unreached", Usage(), 0
    if isinstance(end, Rejected):
        return "refused", Usage(), 0
    if not isinstance(end, Finished):
        return "cut_off", Usage(), None
    read, written = _count(end.usage.prompt_tokens), _count(end.usage.completion_tokens)
    usage = Usage(read, written)
    if rate is None or read is None or written is None:
        return "answered", usage, None
    return "answered", usage, cost_micros(rate, read, written)


def _count(told: object) -> int | None:
    """A number of tokens, unless a provider told something that can't be one."""
    return told if type(told) is int and 0 <= told < _ABSURD_TOKENS else None


def _capped(title: str, over: OverCap, estimate_micros: int) -> Denied:
    return Denied(
        f"{title} isn't asked, because the monthly cap is {dollars(over.cap_micros)}: "
        f"{dollars(over.spent_micros)} is spent, and this request may cost up to "
        f"{dollars(estimate_micros)}",
        "`wooster egress` shows for what; routing.egress.monthlyCap sets the cap.",
    )


def dollars(micros: int) -> str:
    """`$0.0123`: with as many digits as tell small amounts apart."""
    if micros == 0:
        return "$0"
    return f"${micros / 1e6:.2f}" if micros >= 1_000_000 else f"${micros / 1e6:.4f}"


def _origin(url: str) -> tuple[str, str]:
    """Scheme and host with its port; a port that the scheme implies is left away."""
    scheme, _, rest = url.lower().partition("://")
    implied = {"https": ":443", "http": ":80"}.get(scheme, "")
    return scheme, rest.split("/", 1)[0].removesuffix(implied)
