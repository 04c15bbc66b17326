"""The settings as types: every key, what it may be, and its unit.

The defaults' values stand in `config/` and not here, so that there is one place to read them. Keys
of `local-model.json` are camelCase on disk (as the upgrade guide has them), snake_case here.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from wooster.config.forms import (
    Dollars,
    Host,
    HostName,
    Keys,
    Name,
    Port,
    Table,
    Url,
    zone_name,
)
from wooster.config.telling import Notify, Schedule
from wooster.core.hosts import without_keys


class ChatServer(Table):
    """`[chat]` and `[fast]`: a chat server. Lengths in tokens.

    `kv_bits` 0 keeps the KV cache as it is; `draft_model` "" decodes without one;
    `prefix_cache_mb` and `memory_limit_gb` 0 are worked out from the machine's memory;
    `idle_unload_minutes` 0 never unloads.
    """

    start: bool
    host: Host
    port: Port
    model: Name
    max_tokens: Annotated[int, Field(ge=1)]
    context_length: Annotated[int, Field(ge=256)]
    parallel: Annotated[int, Field(ge=1, le=64)]
    kv_bits: Literal[0, 4, 8]
    draft_model: str
    draft_tokens: Annotated[int, Field(ge=1, le=16)]
    prefix_cache_mb: Annotated[int, Field(ge=0)]
    memory_limit_gb: Annotated[float, Field(ge=0)]
    idle_unload_minutes: Annotated[float, Field(ge=0)]
    api_key: SecretStr


class EmbedServer(Table):
    """`[embed]`: the embedding server. `prompts` "" takes those of the model's family."""

    start: bool
    host: Host
    port: Port
    model: Name
    batch_size: Annotated[int, Field(ge=1, le=2048)]
    prompts: Literal["", "none", "qwen3", "e5", "nomic", "bge"]
    memory_limit_gb: Annotated[float, Field(ge=0)]
    idle_unload_minutes: Annotated[float, Field(ge=0)]
    api_key: SecretStr


class Tiers(Keys):
    """Which model answers a task of each tier; null is the model that the server has."""

    fast: Name | None
    quality: Name | None


class LocalEmbeddings(Keys):
    enabled: bool
    server_url: Url | None
    model: Name | None
    dimensions: Annotated[int, Field(ge=1)] | None
    batch_size: Annotated[int, Field(ge=1, le=2048)]


class LocalProvider(Keys):
    """A null `serverUrl` is the server of `settings.toml`, whatever its port."""

    enabled: bool
    server_url: Url | None
    models: Tiers
    embeddings: LocalEmbeddings


Sensitivity = Literal["plain", "profile", "documents", "memory"]
"""What a request carries beyond the person's own words in this conversation (`plain`)."""


class Rate(Keys):
    """US dollars a million tokens, read and written."""

    input: Dollars
    output: Dollars


class Price(Keys):
    """What a provider's models cost; `models` are those that cost something else, by name."""

    input: Dollars
    output: Dollars
    models: dict[Name, Rate] = Field(default={})

    def rate(self, model: str) -> Rate:
        return self.models.get(model, Rate(input=self.input, output=self.output))


class RemoteProvider(Keys):
    """An OpenAI-compatible server that isn't started by us.

    `apiKey` is the key, or where it is: `env:NAME`, `keyring:NAME`, `file:PATH`. `maySee` is asked
    only of one that is neither on this machine nor an own host. The defaults are for providers that
    a person adds; those of the shipped ones stand in `config/`.
    """

    enabled: bool = True
    server_url: Url
    api_key: SecretStr = SecretStr("")
    models: Tiers = Tiers(fast=None, quality=None)
    may_see: list[Sensitivity] = Field(default=["plain"])
    price: Price | None = None


class Providers(Keys):
    """The shipped ones by name; any other name is one more `RemoteProvider`."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, RemoteProvider] = Field(init=False)

    local: LocalProvider
    exo: RemoteProvider
    openai: RemoteProvider

    def remote(self) -> dict[str, RemoteProvider]:
        """All of them but `local`, by name."""
        return {"exo": self.exo, "openai": self.openai, **(self.__pydantic_extra__ or {})}


class HealthCheck(Keys):
    """`interval` and `timeout` in milliseconds, as the upgrade guide has them."""

    interval: Annotated[int, Field(ge=100)]
    timeout: Annotated[int, Field(ge=50)]
    retries: Annotated[int, Field(ge=0, le=10)]


class Limits(Keys):
    """Longest silences of a server that answers its health check otherwise, in milliseconds."""

    first_token: Annotated[int, Field(ge=100)]
    between_tokens: Annotated[int, Field(ge=100)]


class Egress(Keys):
    """`ownHosts` are this person's other machines: what goes there doesn't leave.

    `plainHttpHosts` may be spoken to without encryption; `monthlyCap` is in US dollars, null for
    none.
    """

    own_hosts: list[HostName]
    plain_http_hosts: list[HostName]
    monthly_cap: Dollars | None


class Routing(Keys):
    enabled: bool
    strategy: Literal["intelligent", "fast", "quality", "local-only", "cheapest"]
    fallback_chain: list[Name]
    providers: Providers
    health_check: HealthCheck
    limits: Limits
    egress: Egress

    @model_validator(mode="after")
    def _chain_of_providers(self) -> Self:
        known = ["local", *self.providers.remote()]
        for name in self.fallback_chain:
            if name not in known:
                told = f"fallbackChain names {without_keys(name)!r}, which is no provider"
                raise ValueError(f"{told}; there are: {', '.join(known)}")
        return self


class Episodic(Keys):
    enabled: bool
    max_episodes: Annotated[int, Field(ge=1)]
    summarize_after: Annotated[int, Field(ge=1)]


class Semantic(Keys):
    enabled: bool
    fact_categories: list[Name]


class Memory(Keys):
    episodic: Episodic
    semantic: Semantic


class Switch(Keys):
    enabled: bool


class Calendars(Switch):
    """`refresh_minutes` is how often calendars that are elsewhere are asked for; `addresses` are
    those under which the person is invited, so that what they declined is known."""

    refresh_minutes: Annotated[int, Field(ge=1)]
    addresses: list[Name]


class Services(Keys):
    habits: Switch
    goals: Switch
    calendars: Calendars
    meal_planning: Switch
    scheduling: Switch


class Person(Keys):
    """`zone` is an IANA name; null is the machine's zone. A day ends `day_ends_at` hours after
    midnight, for habits."""

    zone: Annotated[str | None, AfterValidator(zone_name)]
    day_ends_at: Annotated[int, Field(ge=0, le=11)]
    date_order: Literal["dmy", "mdy"]


class Tasks(Keys):
    """`folder` holds the lists of tasks; a relative one is under `$WOOSTER_HOME`. `projects` null
    is the folder `projects` in it."""

    folder: Name
    projects: Name | None


def _clock_time(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError("a time of day such as 07:00")
    return text


TimeOfDay = Annotated[str, AfterValidator(_clock_time)]


class Briefing(Keys):
    """When each goes out, by the person's clock; null for not at all. `phraseTimeout` is in
    milliseconds."""

    at: TimeOfDay | None
    day_review_at: TimeOfDay | None
    week_review_at: TimeOfDay | None
    phrased: bool
    phrase_timeout: Annotated[int, Field(ge=100, le=600_000)]


class WeatherOf(Keys):
    """`place` is a town or "52.52, 13.41"; null asks nobody. The servers may be one's own."""

    place: Name | None
    units: Literal["metric", "imperial"]
    server: Url
    geocoder: Url


class OwnArea(Keys):
    """An area of the person's life, and the words by which something is taken to belong to it."""

    name: Name
    words: list[Name] = Field(default_factory=list)


class Insights(Keys):
    """Patterns are looked for in the last `days`; of those that are told, at most `falseShare` are
    chance, on average. `suggestAt` is a time of the clock, null for never."""

    enabled: bool
    days: Annotated[int, Field(ge=28, le=3660)]
    false_share: Annotated[float, Field(gt=0, le=0.5)]
    areas: list[OwnArea]
    suggest_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None


class Turn(Keys):
    """Budgets of a turn, in tokens: past turns, memories and tools shown to the model, and its
    answer."""

    history_tokens: Annotated[int, Field(ge=0)]
    memory_tokens: Annotated[int, Field(ge=0)]
    tool_tokens: Annotated[int, Field(ge=0)]
    answer_tokens: Annotated[int, Field(ge=1)]


class Library(Keys):
    """`folders` are read where they are (relative ones are under `$WOOSTER_HOME`); `ignore` are
    patterns in the form of a .gitignore, `private` those of files that never leave this machine."""

    folders: list[Name]
    ignore: list[Name]
    private: list[Name]
    max_megabytes: Annotated[int, Field(ge=1)]


class Vectors(Keys):
    """`precision` is that of stored vectors; `indexDimensions` how many of their first numbers the
    index holds, null for all."""

    precision: Literal["float32", "float16"]
    index_dimensions: Annotated[int, Field(ge=8)] | None


class Backup(Keys):
    """The newest copy of each of so many days, weeks and months is kept."""

    daily: Annotated[int, Field(ge=1, le=366)]
    weekly: Annotated[int, Field(ge=0, le=520)]
    monthly: Annotated[int, Field(ge=0, le=240)]


class Logging(Keys):
    """`messageText` lets the words of messages into the logs; off, they never are."""

    level: Literal["debug", "info", "warning", "error"]
    message_text: bool
    max_megabytes: Annotated[int, Field(ge=1)]
    keep: Annotated[int, Field(ge=1, le=100)]


class Hub(Table):
    """`[hub]`: where `wooster models pull` fetches from."""

    url: Url


class ServerFile(Table):
    """`settings.toml`."""

    chat: ChatServer
    fast: ChatServer
    embed: EmbedServer
    hub: Hub


class LocalModelFile(Keys):
    """`local-model.json`."""

    routing: Routing
    memory: Memory
    services: Services
    person: Person
    briefing: Briefing
    weather: WeatherOf
    tasks: Tasks
    insights: Insights
    turn: Turn
    library: Library
    vectors: Vectors
    notify: Notify
    schedule: Schedule
    backup: Backup
    logging: Logging


class Settings(BaseModel):
    """Everything that can be set, validated."""

    model_config = ConfigDict(frozen=True)

    chat: ChatServer
    fast: ChatServer
    embed: EmbedServer
    hub: Hub
    routing: Routing
    memory: Memory
    services: Services
    person: Person
    briefing: Briefing
    weather: WeatherOf
    tasks: Tasks
    insights: Insights
    turn: Turn
    library: Library
    vectors: Vectors
    notify: Notify
    schedule: Schedule
    backup: Backup
    logging: Logging
