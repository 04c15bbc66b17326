"""The settings as types: every key, what it may be, and its unit.

The defaults' values stand in `config/` and not here, so that there is one place to read them. Keys
of `local-model.json` are camelCase on disk (as the upgrade guide has them), snake_case here.
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from pydantic.alias_generators import to_camel


def _loopback(host: str) -> str:
    if host not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("only this machine: 127.0.0.1, localhost or ::1")
    return host


def _zone(name: str | None) -> str | None:
    if name is not None:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("a zone of the IANA database, such as Europe/Berlin") from error
    return name


def _url(text: str) -> str:
    """An address without its path: a `/` or `/v1` at the end is what other programs want there."""
    problem = "an address such as http://127.0.0.1:8080, with nothing after the port"
    try:
        parts = urlsplit(text.strip())
        wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0
    except ValueError as error:
        raise ValueError(problem) from error
    if wrong or parts.path.rstrip("/") not in ("", "/v1") or parts.query or parts.username:
        raise ValueError(problem)
    return f"{parts.scheme}://{parts.netloc}"


Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, AfterValidator(_loopback)]
Url = Annotated[str, AfterValidator(_url)]
Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Keys(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=to_camel, validate_by_name=False
    )


class ChatServer(_Table):
    """`[chat]`: the chat server. Lengths in tokens."""

    start: bool
    host: Host
    port: Port
    model: Name
    max_tokens: Annotated[int, Field(ge=1)]
    context_length: Annotated[int, Field(ge=256)]
    api_key: SecretStr


class EmbedServer(_Table):
    """`[embed]`: the embedding server."""

    start: bool
    host: Host
    port: Port
    model: Name
    batch_size: Annotated[int, Field(ge=1, le=2048)]
    api_key: SecretStr


class Tiers(_Keys):
    """Which model answers a task of each tier; null is the model that the server has."""

    fast: Name | None
    quality: Name | None


class LocalEmbeddings(_Keys):
    enabled: bool
    server_url: Url | None
    model: Name | None
    dimensions: Annotated[int, Field(ge=1)] | None
    batch_size: Annotated[int, Field(ge=1, le=2048)]


class LocalProvider(_Keys):
    """A null `serverUrl` is the server of `settings.toml`, whatever its port."""

    enabled: bool
    server_url: Url | None
    models: Tiers
    embeddings: LocalEmbeddings


class OpenAIProvider(_Keys):
    """The cloud. Used only when `enabled` is true and there is a key."""

    enabled: bool
    server_url: Url
    api_key: SecretStr
    models: Tiers


class Providers(_Keys):
    local: LocalProvider
    openai: OpenAIProvider


class HealthCheck(_Keys):
    """`interval` and `timeout` in milliseconds, as the upgrade guide has them."""

    interval: Annotated[int, Field(ge=100)]
    timeout: Annotated[int, Field(ge=50)]
    retries: Annotated[int, Field(ge=0, le=10)]


class Routing(_Keys):
    enabled: bool
    strategy: Literal["intelligent", "fast", "quality", "local-only", "cheapest"]
    fallback_chain: list[Literal["local", "openai"]]
    providers: Providers
    health_check: HealthCheck


class Episodic(_Keys):
    enabled: bool
    max_episodes: Annotated[int, Field(ge=1)]
    summarize_after: Annotated[int, Field(ge=1)]


class Semantic(_Keys):
    enabled: bool
    fact_categories: list[Name]


class Memory(_Keys):
    episodic: Episodic
    semantic: Semantic


class Switch(_Keys):
    enabled: bool


class Services(_Keys):
    habits: Switch
    goals: Switch
    meal_planning: Switch
    scheduling: Switch


class Person(_Keys):
    """`zone` is an IANA name; null is the machine's zone."""

    zone: Annotated[str | None, AfterValidator(_zone)]


class Turn(_Keys):
    """Budgets of a turn, in tokens: past turns shown to the model, and its answer."""

    history_tokens: Annotated[int, Field(ge=0)]
    answer_tokens: Annotated[int, Field(ge=1)]


class Logging(_Keys):
    """`messageText` lets the words of messages into the logs; off, they never are."""

    level: Literal["debug", "info", "warning", "error"]
    message_text: bool
    max_megabytes: Annotated[int, Field(ge=1)]
    keep: Annotated[int, Field(ge=1, le=100)]


class ServerFile(_Table):
    """`settings.toml`."""

    chat: ChatServer
    embed: EmbedServer


class LocalModelFile(_Keys):
    """`local-model.json`."""

    routing: Routing
    memory: Memory
    services: Services
    person: Person
    turn: Turn
    logging: Logging


class Settings(BaseModel):
    """Everything that can be set, validated."""

    model_config = ConfigDict(frozen=True)

    chat: ChatServer
    embed: EmbedServer
    routing: Routing
    memory: Memory
    services: Services
    person: Person
    turn: Turn
    logging: Logging
