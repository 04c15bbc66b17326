"""What may leave, what it may cost, and that each request is in the ledger before it goes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.config.settings import Rate, Sensitivity
from wooster.core.clock import ManualClock
from wooster.core.errors import UsageError
from wooster.models.egress import EgressLedger
from wooster.models.gate import LEVELS, Denied, Gate, NoPermit, Parcel, Permit, Rules, refusal
from wooster.models.model import ChatRequest, Died, Finished, Provider, Refused, Rejected, Usage
from wooster.models.month import Month
from wooster.models.outlet import Outlet
from wooster.storage import Database

RATE = Rate(input=2.5, output=10.0)
CLOUD = Provider("openai", "https://api.example.com", "m", leaves=True, price=RATE)
OPEN = Rules(frozenset(), frozenset(), None, local_only=False)


def parcel(sensitivity: Sensitivity = "plain", tokens: int = 100) -> Parcel:
    return Parcel("chat", "turn-1", sensitivity, 400, tokens, tokens)


def capped(dollars: float) -> Rules:
    return Rules(frozenset(), frozenset(), round(dollars * 1e6), local_only=False)


@given(st.sampled_from(LEVELS), st.frozensets(st.sampled_from(LEVELS)))
def test_nobody_sees_more_than_they_may(
    carried: Sensitivity, may_see: frozenset[Sensitivity]
) -> None:
    """A request passes only where all that it may carry may be seen."""
    provider = Provider("x", "https://x.example", "m", leaves=True, may_see=may_see)
    passes = refusal(provider, carried, OPEN) is None
    assert passes == all(level in may_see for level in LEVELS[: LEVELS.index(carried) + 1])


def test_this_machine_and_own_hosts_see_everything() -> None:
    """What isn't leaving isn't kept back; with local-only, others' machines get nothing at all."""
    here = Provider("local", "http://127.0.0.1:1", "m", leaves=False)
    own = Provider("box", "http://box.local:1", "m", leaves=False)
    strict = Rules(frozenset({"box.local"}), frozenset(), None, local_only=True)
    assert refusal(here, "memory", strict) is None
    assert refusal(own, "memory", strict) is None
    assert refusal(CLOUD, "plain", strict) is not None


@given(st.sampled_from(LEVELS), st.booleans())
def test_what_stays_goes_to_this_machine_only(level: Sensitivity, local_only: bool) -> None:
    """Whatever a provider may see and wherever it is: not even to an own host."""
    rules = Rules(frozenset({"box.local"}), frozenset({"x.example"}), None, local_only)
    every = frozenset(LEVELS)
    for url in ("https://api.example.com", "http://x.example", "http://box.local:1", "", "x"):
        provider = Provider("x", url, "m", leaves=False, may_see=every)
        denied = refusal(provider, level, rules, stays=True)
        assert denied is not None
        assert "private documents" in denied.reason and denied.hint
    here = Provider("local", "http://127.0.0.1:1", "m", leaves=False)
    assert refusal(here, level, rules, stays=True) is None


async def test_what_stays_is_refused_before_the_ledger(
    database: Database, clock: ManualClock
) -> None:
    """A request that says so is no row, because nothing leaves."""
    ledger = EgressLedger(database, clock)
    cloud = replace(CLOUD, may_see=frozenset(LEVELS))
    request = ChatRequest((), 10, "chat", "t", sensitivity="documents", stays=True)
    assert isinstance(await Gate(ledger, OPEN).ask(cloud, Parcel.of(request, b"{}")), Denied)
    assert await ledger.count() == 0
    plain = Parcel.of(replace(request, stays=False), b"{}")
    assert isinstance(await Gate(ledger, OPEN).ask(cloud, plain), Permit)
    (row,) = await ledger.rows(Month(2026, 11), 10)
    assert row.entry.sensitivity == "documents"


def test_plain_http_to_another_machine_is_refused_until_allowed() -> None:
    """Even were it asked for past the settings."""
    provider = Provider("x", "http://x.example", "m", leaves=True)
    denied = refusal(provider, "plain", OPEN)
    assert denied is not None
    assert "without encryption" in denied.reason
    allowed = Rules(frozenset(), frozenset({"x.example"}), None, local_only=False)
    assert refusal(provider, "plain", allowed) is None


async def test_a_request_is_a_row_before_and_complete_after(
    database: Database, clock: ManualClock
) -> None:
    """First its size and what it may cost, then its tokens and what it did cost."""
    ledger = EgressLedger(database, clock)
    gate = Gate(ledger, OPEN)
    permit = await gate.ask(CLOUD, parcel())
    assert isinstance(permit, Permit)
    (before,) = await ledger.rows(Month(2026, 11), 10)
    assert (before.state, before.entry.estimate_micros) == ("sent", 1250)
    assert (before.entry.host, before.entry.sent_bytes) == ("api.example.com", 400)
    await gate.close(permit, Finished("stop", Usage(10, 20)))
    (after,) = await ledger.rows(Month(2026, 11), 10)
    assert (after.state, after.cost_micros) == ("answered", 225)
    assert (after.prompt_tokens, after.completion_tokens) == (10, 20)


async def test_what_stays_is_in_no_ledger(database: Database, clock: ManualClock) -> None:
    """This machine and own hosts need no row."""
    ledger = EgressLedger(database, clock)
    gate = Gate(ledger, OPEN)
    here = Provider("local", "http://127.0.0.1:1", "m", leaves=False)
    permit = await gate.ask(here, parcel("memory"))
    assert permit == Permit("http://127.0.0.1:1")
    assert await ledger.count() == 0


@pytest.mark.parametrize(
    ("end", "state", "counted"),
    [
        (Finished("stop", Usage(10, 20)), "answered", 225),
        (Finished("stop"), "answered", 1250),
        (Finished("stop", Usage(-1, 10**30)), "answered", 1250),
        (Rejected("no", is_ours=False), "refused", 0),
        (Refused("nobody"), "unreached", 0),
        (Died("gone"), "cut_off", 1250),
        (None, "cut_off", 1250),
    ],
)
async def test_a_cost_that_is_not_known_counts_as_the_most_it_can_be(
    database: Database, clock: ManualClock, end: Finished | None, state: str, counted: int
) -> None:
    """An answer cut off may be charged for; an error or a connection never made isn't."""
    ledger = EgressLedger(database, clock)
    gate = Gate(ledger, OPEN)
    permit = await gate.ask(CLOUD, parcel())
    assert isinstance(permit, Permit)
    await gate.close(permit, end)
    (row,) = await ledger.rows(Month(2026, 11), 1)
    assert row.state == state
    assert (await ledger.total(Month(2026, 11))).cost_micros == counted


async def test_the_cap_holds_for_requests_at_once(database: Database, clock: ManualClock) -> None:
    """Of ten at the same moment, only as many pass as it has room for, with the numbers told."""
    gate = Gate(EgressLedger(database, clock), capped(0.0040))
    passed = await asyncio.gather(*(gate.ask(CLOUD, parcel()) for _ in range(10)))
    assert sum(isinstance(each, Permit) for each in passed) == 3
    denied = next(each for each in passed if isinstance(each, Denied))
    assert "$0.0040" in denied.reason
    assert "$0.0037" in denied.reason or "$0.0038" in denied.reason


async def test_a_new_month_begins_in_the_persons_zone(database: Database) -> None:
    """In Auckland December begins 13 hours before it does in London."""
    clock = ManualClock(datetime(2026, 11, 30, 10, 59, tzinfo=UTC), ZoneInfo("Pacific/Auckland"))
    gate = Gate(EgressLedger(database, clock), capped(0.0013))
    assert isinstance(await gate.ask(CLOUD, parcel()), Permit)
    assert isinstance(await gate.ask(CLOUD, parcel()), Denied)
    clock.advance(120)
    assert isinstance(await gate.ask(CLOUD, parcel()), Permit)


async def test_a_cap_of_nothing_lets_only_what_costs_nothing(
    database: Database, clock: ManualClock
) -> None:
    """An unknown price isn't nothing."""
    gate = Gate(EgressLedger(database, clock), capped(0))
    free = Provider("a", "https://a.example", "m", leaves=True, price=Rate(input=0, output=0))
    unknown = Provider("b", "https://b.example", "m", leaves=True)
    assert isinstance(await gate.ask(free, parcel()), Permit)
    assert isinstance(await gate.ask(unknown, parcel()), Denied)


async def test_no_request_leaves_without_a_permit_of_its_own(
    database: Database, clock: ManualClock
) -> None:
    """None, a used one, one for another host and a made-up one are stopped before the network."""
    reached: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        reached.append(request.url.host)
        return httpx.Response(200)

    gate = Gate(EgressLedger(database, clock), OPEN)
    outlet = Outlet(httpx.MockTransport(answer), gate)
    permit = await gate.ask(CLOUD, parcel())
    async with httpx.AsyncClient(transport=outlet) as client:
        for extensions, url in (
            ({}, CLOUD.url),
            ({"permit": permit}, "https://other.example"),
            ({"permit": permit}, "http://api.example.com"),
            ({"permit": Permit(CLOUD.url, 99)}, CLOUD.url),
        ):
            with pytest.raises(NoPermit):
                await client.get(url, extensions=extensions)
        assert reached == []
        await client.get(f"{CLOUD.url}:443/v1/x?y", extensions={"permit": permit})
        with pytest.raises(NoPermit):
            await client.get(CLOUD.url, extensions={"permit": permit})
        await client.get("http://127.0.0.1:8080/health")
    assert reached == ["api.example.com", "127.0.0.1"]


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "November", "9999-12"])
def test_what_is_no_month_is_refused(text: str) -> None:
    """With the form that one has."""
    with pytest.raises(UsageError):
        Month.parse(text)


@given(st.integers(1970, 2200), st.integers(1, 12), st.sampled_from(["UTC", "Asia/Beirut"]))
def test_months_follow_each_other_without_gap(year: int, number: int, zone: str) -> None:
    """Each begins where the one before it ends."""
    month = Month(year, number)
    begin_ms, end_ms = month.span_ms(ZoneInfo(zone))
    assert begin_ms < end_ms == month.next.begin_ms(ZoneInfo(zone))
    assert Month.parse(str(month)) == month
