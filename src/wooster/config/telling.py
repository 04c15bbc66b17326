"""The settings of channels, and of when nothing is told."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from wooster.config.forms import Keys, Name, Port, Url


def _hours(text: str | None) -> str | None:
    if text is not None:
        begin, dash, end = text.partition("-")
        try:
            is_right = bool(dash) and time.fromisoformat(begin) != time.fromisoformat(end)
        except ValueError:
            is_right = False
        if not is_right:
            raise ValueError("two different times of day such as 22:00-07:00")
    return text


def _recipient(text: str) -> str:
    """It becomes an argument of a program, which must not take it for an option."""
    text = text.strip()
    if text.startswith("-") or any(character.isspace() for character in text):
        raise ValueError("a number such as +491701234567, a user name or a group's id")
    return text


def _mail_server(text: str) -> str:
    """It is shown where mail is told of, and so has nothing in it but a host."""
    text = text.strip()
    if any(sign in text for sign in "@/ "):
        raise ValueError("the name of a mail server such as smtp.example.org")
    return text


ChannelName = Literal["repl", "desktop", "signal", "email", "ntfy", "webhook", "apprise"]
Recipient = Annotated[str, AfterValidator(_recipient)]


class SignalChannel(Keys):
    """`daemon` is where `signal-cli daemon` listens: a socket's path, or `127.0.0.1:PORT`; "" uses
    `command`. `group` beats `to`; with neither it is a note to oneself."""

    account: Recipient
    to: Recipient
    group: Recipient
    daemon: str
    command: Name


class EmailChannel(Keys):
    """`security` `none` is for a mail server of this machine only."""

    host: Annotated[str, AfterValidator(_mail_server)]
    port: Port
    security: Literal["starttls", "tls", "none"]
    user: str
    password: SecretStr
    from_: Annotated[str, Field(alias="from")]
    to: str


class NtfyChannel(Keys):
    """Who knows the topic can read it, so that it is a secret."""

    url: Url
    topic: SecretStr
    token: SecretStr


class WebhookChannel(Keys):
    """`secret` signs what is posted."""

    url: SecretStr
    secret: SecretStr


class AppriseChannel(Keys):
    urls: list[SecretStr]


class Notify(Keys):
    """`channels` are tried in this order, where a job names none. `allowed` are those that may
    leave this machine."""

    channels: Annotated[list[ChannelName], Field(min_length=1)]
    allowed: list[ChannelName]
    signal: SignalChannel
    email: EmailChannel
    ntfy: NtfyChannel
    webhook: WebhookChannel
    apprise: AppriseChannel


class Schedule(Keys):
    """`quietHours` as `22:00-07:00`; null for none."""

    quiet_hours: Annotated[str | None, AfterValidator(_hours)]
