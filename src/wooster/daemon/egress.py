"""The actions about what leaves the machine: showing it, and allowing a host.

It knows how the ledger is read, and nothing of what was sent: that is in no ledger.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import tzinfo
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from wooster.actions.action import Action, Parameters
from wooster.config.loading import load_settings
from wooster.config.paths import LOCAL_MODEL, Paths
from wooster.config.writing import add_to_list
from wooster.core.clock import Clock
from wooster.core.hosts import plain_name
from wooster.core.text import clip
from wooster.models.egress import EgressLedger, Sent, Total
from wooster.models.gate import dollars
from wooster.models.month import Month
from wooster.wire.requests import ActionResult

_ENDS = {
    "refused": " *(refused)*",
    "cut_off": " *(cut off)*",
    "unreached": " *(not reached: nothing left)*",
    "sent": " *(end unknown)*",
}
_CENT_MICROS = 10_000


class Shown(Parameters):
    """A month as `2026-11`, this one when empty; the newest `limit` requests of it."""

    month: str = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 20


class Allowing(Parameters):
    """The host to speak to without encryption."""

    host: Annotated[str, AfterValidator(plain_name)]


def egress(ledger: EgressLedger, cap_micros: int | None, clock: Clock) -> Action[Shown]:
    async def handle(given: Shown) -> ActionResult:
        now = Month.of(clock.local())
        month = Month.parse(given.month) if given.month.strip() else now
        rows = await ledger.rows(month, given.limit)
        total = await ledger.total(month)
        ever = await ledger.count()
        # A past month has no rest: the cap begins anew each month.
        cap = cap_micros if month == now else None
        text = _text(rows, total, month, cap, clock.zone) if rows else _empty(month, ever)
        return ActionResult(text, _data(rows, total, month, cap))

    return Action(
        name="egress",
        help="shows what has left this machine in a month, and what it cost",
        effect="read",
        by_model=False,
        parameters=Shown,
        phrases=("egress", "/egress 2026-11"),
        handler=handle,
        rest="month",
    )


def allow(paths: Paths) -> Action[Allowing]:
    """Let a host be spoken to over plain HTTP, in the person's own settings file."""

    async def handle(given: Allowing) -> ActionResult:
        path = paths.config / LOCAL_MODEL
        added = await asyncio.to_thread(_allow, paths, given.host)
        if not added:
            return ActionResult(f"{given.host} is allowed already, in {path}.", {"added": False})
        return ActionResult(
            f"{given.host} may be spoken to without encryption: it stands in {path} now. It counts "
            "from the next start: `wooster restart`.",
            {"added": True, "host": given.host, "file": str(path)},
        )

    return Action(
        name="egress_allow",
        help="lets a host be spoken to without encryption",
        effect="outward",
        by_model=False,
        parameters=Allowing,
        phrases=("/egress allow HOST",),
        handler=handle,
        rest="host",
        question="Send what you say to {host} without encryption, where anybody on the way can "
        "read it?",
    )


def _allow(paths: Paths, host: str) -> bool:
    """False when it was allowed already. Raises `SettingsError`. Blocks."""
    allowed = load_settings(paths).routing.egress.plain_http_hosts
    if host in allowed:
        return False
    where = ("routing", "egress", "plainHttpHosts")
    add_to_list(paths.config / LOCAL_MODEL, where, host)
    return True


# --- how it is shown ---------------------------------------------------------------------------


def _empty(month: Month, ever: int) -> str:
    if ever == 0:
        return "Nothing has left this machine."
    return f"Nothing has left this machine in {month}."


def _text(
    rows: list[Sent], total: Total, month: Month, cap_micros: int | None, zone: tzinfo | None
) -> str:
    notes = [_sum(total, month)]
    if total.requests > len(rows):
        notes.append(f"The newest {len(rows)} are shown; `-n` shows more.")
    if total.estimated:
        notes.append(f"Counted as the most that it may have cost: {_count(total.estimated)}.")
    if total.unpriced:
        notes.append(f"Not counted, as the price isn't known: {_count(total.unpriced)}.")
    if cap_micros is not None:
        notes.append(_cap(cap_micros, total.cost_micros))
    # A list: a table with so much in it can't be read on a narrow terminal.
    return "\n\n".join(["\n".join(_line(row, zone) for row in rows), *notes])


def _count(requests: int) -> str:
    return "1 request" if requests == 1 else f"{requests} requests"


def _cap(cap_micros: int, spent_micros: int) -> str:
    rest = max(0, cap_micros - spent_micros)
    if rest > 100 * _CENT_MICROS:
        rest -= rest % _CENT_MICROS  # cents are all that is shown, and no more than there are
    return f"The monthly cap is {dollars(cap_micros)}; {dollars(rest)} is left."


def _sum(total: Total, month: Month) -> str:
    tokens = total.prompt_tokens + total.completion_tokens
    return (
        f"**{month}**: {_count(total.requests)}, {total.sent_bytes} bytes, {tokens} tokens, "
        f"{dollars(total.cost_micros)}"
    )


def _line(row: Sent, zone: tzinfo | None) -> str:
    entry = row.entry
    carried = f"{entry.sensitivity}, {entry.sent_bytes} bytes" if entry.sent_bytes else "no words"
    told = ", ".join(part for part in (carried, _tokens(row), _cost(row)) if part)
    return (
        f"- **{row.at.astimezone(zone):%Y-%m-%d %H:%M}** {entry.provider} ({entry.host}), "
        f"{_code(entry.model)}, for {entry.purpose}: {told}{_ENDS.get(row.state, '')}"
    )


def _code(text: str) -> str:
    """A name from elsewhere, in which nothing is markup."""
    return "`" + clip(text, 80).replace("`", "'") + "`"


def _tokens(row: Sent) -> str:
    if row.prompt_tokens is None or row.completion_tokens is None:
        return ""
    return f"{row.prompt_tokens} + {row.completion_tokens} tokens"


def _cost(row: Sent) -> str:
    if row.cost_micros is not None:
        return f"**{dollars(row.cost_micros)}**"
    estimate = row.entry.estimate_micros
    return "price unknown" if estimate is None else f"at most **{dollars(estimate)}**"


def _data(rows: list[Sent], total: Total, month: Month, cap_micros: int | None) -> dict[str, Any]:
    return {
        "month": str(month),
        "requests": [_row(row) for row in rows],
        "total": asdict(total),
        "cap_micros": cap_micros,
    }


def _row(row: Sent) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        **asdict(row.entry),
        "state": row.state,
        "prompt_tokens": row.prompt_tokens,
        "completion_tokens": row.completion_tokens,
        "cost_micros": row.cost_micros,
    }
