"""Channels that leave the machine, against peers on loopback that say what a test scripted."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from pydantic import SecretStr

from tests.peer import Status, scripted
from wooster.bootstrap.leaving import Leaving
from wooster.config.telling import NtfyChannel, SignalChannel, WebhookChannel
from wooster.models.month import Month
from wooster.notify.channels import Channels
from wooster.notify.model import Answer, Message, NotSent
from wooster.notify.signal_cli import Signal
from wooster.notify.web import Ntfy, Webhook

MESSAGE = Message("7-1", "Reminder", "call Ana – *now*", "plain")


def webhook(out: Leaving, url: str) -> Webhook:
    settings = WebhookChannel(url=SecretStr(url), secret=SecretStr("s3cret"))
    return Webhook(settings, out, {})


async def test_a_webhook_is_posted_as_json(out: Leaving) -> None:
    """With its key, its title and its text as it is."""
    with scripted() as peer:
        await webhook(out, f"{peer.url}/hook/token").send(MESSAGE)
    assert peer.requests == [{"key": "7-1", "title": "Reminder", "text": "call Ana – *now*"}]
    assert peer.asked[0][0] == "POST /hook/token"


async def test_the_signature_is_the_hmac_of_what_was_posted() -> None:
    """So that a receiver can tell that it is from here."""
    posted: list[tuple[bytes, Mapping[str, str]]] = []

    class Kept:
        async def post(self, *given: Any) -> Answer:
            posted.append((given[2], given[3]))
            return Answer(204, "")

    await webhook(cast(Leaving, Kept()), "https://hooks.invalid/x").send(MESSAGE)
    ((content, headers),) = posted
    sign = hmac.new(b"s3cret", content, hashlib.sha256).hexdigest()
    assert headers["x-wooster-signature"] == f"sha256={sign}"
    assert headers["idempotency-key"] == "7-1"


@pytest.mark.parametrize(("status", "final"), [(500, False), (429, False), (404, True)])
async def test_a_refusal_says_the_status_and_no_address(
    out: Leaving, status: int, final: bool
) -> None:
    """A secret address is in no error."""
    with scripted(Status(status, "no")) as peer, pytest.raises(NotSent) as refused:
        await webhook(out, f"{peer.url}/hook/token").send(MESSAGE)
    assert refused.value.is_final is final
    assert refused.value.reason == f"the server answered {status}"


async def test_ntfy_gets_its_topic_and_token(out: Leaving) -> None:
    """In ntfy's JSON, whose title may have any letters."""
    with scripted() as peer:
        settings = NtfyChannel(url=peer.url, topic=SecretStr("t0pic"), token=SecretStr("tk"))
        await Ntfy(settings, out, {}).send(MESSAGE)
    assert peer.requests[0]["topic"] == "t0pic"
    assert peer.asked[0][1] == "Bearer tk"


async def test_nothing_leaves_before_it_is_allowed(out: Leaving) -> None:
    """Another machine's address is refused until the person said yes."""
    channel = webhook(out, "https://hooks.invalid/x")
    channels = Channels([channel], ["webhook"], [])
    assert channels.standing("webhook").state == "not_allowed"
    with pytest.raises(NotSent, match="notify allow webhook"):
        await channels.send("webhook", MESSAGE)


async def test_plain_http_to_another_machine_is_refused(out: Leaving) -> None:
    """Also once it is allowed: what is told would be readable on the way."""
    with pytest.raises(NotSent, match="without encryption") as refused:
        await webhook(out, "http://hooks.invalid/x").send(MESSAGE)
    assert refused.value.is_final


# --- Signal ------------------------------------------------------------------------------------

Says = Callable[[dict[str, Any]], Any]


async def signal(out: Leaving, says: Says, message: Message, **more: str) -> list[dict[str, Any]]:
    """What signal-cli's daemon was asked, while it answers with what `says` returns."""
    asked: list[dict[str, Any]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(json.loads(await reader.readline()))
        told = says(asked[-1])
        writer.write(b'{"jsonrpc":"2.0","method":"receive","params":{}}\n')
        if told is not None:
            line = json.dumps({"jsonrpc": "2.0", "id": "1", **told})
            writer.write(line.encode() + b"\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        given: dict[str, Any] = {
            "account": "+491",
            "to": "",
            "group": "",
            "command": "signal-cli",
            **more,
        }
        settings = SignalChannel(daemon=f"127.0.0.1:{port}", **given)
        await Signal(settings, out).send(message)
    return asked


def taken(_: dict[str, Any]) -> Any:
    return {"result": {"timestamp": 1, "results": [{"type": "SUCCESS"}]}}


async def test_a_group_beats_a_person_and_long_text_goes_in_parts(out: Leaving) -> None:
    """Each part at most 2 000 bytes; the ledger has a row for each, without the text."""
    asked = await signal(out, taken, Message("k", "", "word " * 900), to="+492", group="abc=")
    params = [each["params"] for each in asked]
    assert all(each["groupId"] == "abc=" and "recipient" not in each for each in params)
    assert [str(each["message"])[:5] for each in params] == ["(1/3)", "(2/3)", "(3/3)"]
    rows = await out._ledger.rows(Month(2026, 11), 9)
    assert [(row.entry.host, row.entry.purpose, row.state) for row in rows] == [
        ("Signal", "notify", "answered")
    ] * 3


@pytest.mark.parametrize(
    ("says", "final"),
    [
        ({"error": {"code": -1, "message": "+491 unknown"}}, True),
        ({"error": {"code": -3, "message": "io"}}, False),
        ({"result": {"results": [{"type": "UNREGISTERED_FAILURE"}]}}, True),
        ({"result": {"results": [{"type": "NETWORK_FAILURE"}]}}, False),
        (None, False),
    ],
)
async def test_signal_that_refuses_or_breaks_off(out: Leaving, says: object, final: bool) -> None:
    """Each way in which it can fail, and whether trying again can help."""
    with pytest.raises(NotSent) as refused:
        await signal(out, lambda _: says, MESSAGE, to="+492")
    assert refused.value.is_final is final
    assert "+49" not in refused.value.reason
