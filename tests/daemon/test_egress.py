"""Showing what left, and allowing a host."""

from __future__ import annotations

import asyncio
import json

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.config.settings import Rate
from wooster.core.clock import ManualClock
from wooster.daemon.egress import Allowing, Shown, allow, egress
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate, Parcel, Permit, Rules
from wooster.models.model import Finished, Provider, Usage
from wooster.storage import Database


async def test_what_left_is_shown_with_its_cost_and_what_the_cap_leaves(
    database: Database, clock: ManualClock
) -> None:
    """Nothing at first; then a row with its numbers, in its month and in no other."""
    ledger = EgressLedger(database, clock)
    action = egress(ledger, 10_000_000, clock)
    assert (await action.handler(Shown())).text == "Nothing has left this machine."
    gate = Gate(ledger, Rules(frozenset(), frozenset(), 10_000_000, local_only=False))
    rate = Rate(input=2.5, output=10.0)
    cloud = Provider("openai", "https://api.example.com", "big|model", leaves=True, price=rate)
    for usage in (Usage(10, 20), Usage()):
        permit = await gate.ask(cloud, Parcel("chat", "turn-1", "plain", 400, 100, 100))
        assert isinstance(permit, Permit)
        await gate.close(permit, Finished("stop", usage))
    shown = await action.handler(Shown())
    row = (
        "- **2026-11-22 12:00** openai (api.example.com), `big|model`, for chat: plain, 400 bytes, "
    )
    assert f"{row}10 + 20 tokens, **$0.0002**" in shown.text
    assert f"{row}at most **$0.0013**" in shown.text
    assert "Counted as the most that it may have cost: 1 request." in shown.text
    assert "**2026-11**: 2 requests, 800 bytes, 30 tokens, $0.0015" in shown.text
    assert "The monthly cap is $10.00; $9.99 is left." in shown.text
    assert shown.data["requests"][1]["cost_micros"] == 225
    other = await action.handler(Shown(month="2026-10"))
    assert other.text == "Nothing has left this machine in 2026-10."


async def test_allowing_a_host_adds_it_to_the_persons_file(paths: Paths) -> None:
    """Once, in its place; all else in the file stays, in its order."""
    file = paths.config / "local-model.json"
    before = '{\n    "turn": {"answerTokens": 9},\n    "routing": {"strategy": "fast"}\n}\n'
    await asyncio.to_thread(file.write_text, before)
    action = allow(paths)
    assert (await action.handler(Allowing(host="Box.local"))).data["added"]
    assert not (await action.handler(Allowing(host="box.local."))).data["added"]
    settings = await asyncio.to_thread(load_settings, paths, {})
    assert settings.routing.egress.plain_http_hosts == ["box.local"]
    assert settings.turn.answer_tokens == 9
    tree = json.loads(await asyncio.to_thread(file.read_text))
    assert list(tree) == ["turn", "routing"]
    assert action.effect == "outward"
    assert action.question
