"""E-mail, against a mail server on loopback that says what a test scripted."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from pydantic import SecretStr

from wooster.bootstrap.leaving import Leaving
from wooster.config.telling import EmailChannel
from wooster.core.clock import ManualClock
from wooster.notify.email import Email
from wooster.notify.model import Message, NotSent


class Out:
    @asynccontextmanager
    async def leaving(self, *_: Any) -> Any:
        yield


def email(clock: ManualClock, host: str, port: int, security: str = "none") -> Email:
    given = {
        **{"host": host, "port": port, "security": security, "user": ""},
        **{"password": SecretStr(""), "from": "me@example.org", "to": ""},
    }
    return Email(EmailChannel.model_validate(given), cast(Leaving, Out()), {}, clock)


async def told(clock: ManualClock, **answers: bytes) -> list[bytes]:
    """What a server heard that gives `answers` to commands, and else agrees."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        in_mail = False
        while line := await reader.readline():
            heard.append(line)
            word = line.split()[0].decode().upper() if line.strip() else ""
            if in_mail and line != b".\r\n":
                continue
            in_mail = word == "DATA"
            usual = b"354 go on" if word == "DATA" else b"250 yes"
            writer.write(answers.get(word, usual) + b"\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await email(clock, "127.0.0.1", port).send(Message("7", "Reminder", "call Ana"))
    return heard


async def test_the_mail_has_the_text_word_for_word(clock: ManualClock) -> None:
    """To oneself, with the title and the text in its subject."""
    heard = await told(clock)
    assert b"call Ana\r\n" in heard
    assert b"Subject: Reminder: call Ana\r\n" in heard
    assert b"To: me@example.org\r\n" in heard


@pytest.mark.parametrize(("answer", "final"), [(b"451 later", False), (b"550 no such", True)])
async def test_a_server_that_refuses(clock: ManualClock, answer: bytes, final: bool) -> None:
    """For now, or for good; nothing of its words is repeated."""
    with pytest.raises(NotSent) as refused:
        await told(clock, RCPT=answer)
    assert refused.value.is_final is final
    assert "such" not in refused.value.reason


def test_no_password_or_text_goes_to_another_machine_in_the_clear(clock: ManualClock) -> None:
    """Without encryption only a server of this machine is spoken to."""
    assert "security" in email(clock, "mail.example.org", 25).lacks()
    assert email(clock, "mail.example.org", 587, "starttls").lacks() == ""
