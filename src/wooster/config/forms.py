"""What a setting can be: numbers, names and addresses, and the two forms of their files."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from wooster.core.hosts import plain_name


def _loopback(host: str) -> str:
    if host not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("only this machine: 127.0.0.1, localhost or ::1")
    return host


def zone_name(name: str | None) -> str | None:
    if name is not None:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("a zone of the IANA database, such as Europe/Berlin") from error
    return name


def _url(text: str) -> str:
    """An address without its path: a `/` or `/v1` at the end is what other programs want there."""
    problem = "an address such as http://127.0.0.1:8080, without a user, and nothing after the port"
    try:
        parts = urlsplit(text.strip())
        wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0
    except ValueError as error:
        raise ValueError(problem) from error
    if wrong or parts.path.rstrip("/") not in ("", "/v1") or parts.query or "@" in parts.netloc:
        raise ValueError(problem)
    return f"{parts.scheme}://{parts.netloc}"


Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, AfterValidator(_loopback)]
Url = Annotated[str, AfterValidator(_url)]
Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
HostName = Annotated[str, AfterValidator(plain_name)]
Dollars = Annotated[float, Field(ge=0, le=1_000_000)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Keys(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=to_camel, validate_by_name=False
    )
